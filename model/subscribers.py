"""What subscribers do: read, mark, wait. The rules are in `model/actions.py`."""

from collections.abc import Iterator
from typing import ClassVar

from model.action import NEWS, OK, ROOM, Action, Result
from model.override import override
from model.state import (
    NONE,
    Content,
    Outcome,
    Pending,
    Phase,
    Reader,
    State,
    cut_off,
    readable,
    reader,
    shown_as_claimed,
    slot,
    with_pending,
    with_reader,
)


class Turn(Action):
    """What all calls of a reader have in common: in their first step they take its turn, or find it taken."""

    waits: ClassVar[str] = NEWS
    wakes: ClassVar[tuple[str, ...]] = (ROOM, NEWS)
    keeps: ClassVar[bool] = True
    """Whether the turn is kept after a call that succeeded."""

    @override
    def refuse(self, state: State, call: Pending) -> str:
        # REFUSE
        subscriber = reader(state, call.call.name)
        if call.stage == 0:
            busy = "SubscriberBusy" if subscriber.alive else "SubscriberClosed"
            return busy if self.taken(subscriber, call) else ""
        return self.refuse_turn(state, call, subscriber)

    @override
    def guard(self, state: State, call: Pending) -> bool:
        # GUARD
        return call.stage == 0 or self.guard_turn(state, call, reader(state, call.call.name))

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        # EFFECT: first step, the turn; a loop marks what it has in hand
        subscriber = reader(state, call.call.name)
        if call.stage == 0:
            if subscriber.turn is not None and self.keeps:
                subscriber = mark(subscriber)
            state = with_reader(state, subscriber._replace(turn=call.task))
            floor = readable(state, call.call.name)
            yield with_pending(state, call._replace(stage=1, floor=floor)), None
            return
        # EFFECT: second step
        yield from self.effect_turn(state, call, subscriber)

    @override
    def undo(self, state: State, call: Pending) -> State:
        subscriber = reader(state, call.call.name)
        if call.stage == 0:
            return state
        ended = subscriber.alive and not subscriber.failed and drained(state, subscriber.position + 1)
        return with_reader(state, subscriber._replace(turn=None, ended=subscriber.ended or ended))

    @override
    def walk(self, state: State, call: Pending) -> Iterator[State]:
        """Yield the state in which a waiting reader has gone past one void: a ring of voids stops nobody."""
        subscriber = reader(state, call.call.name)
        following = subscriber.position + 1
        waits = call.stage == 1 and self.keeps and not self.refuse(state, call)
        if waits and following <= readable(state, subscriber.name) and slot(state, following).content is Content.VOID:
            yield with_reader(state, subscriber._replace(position=following))

    def taken(self, subscriber: Reader, call: Pending) -> bool:
        """Tell whether the turn is somebody else's."""
        return subscriber.turn is not None

    def refuse_turn(self, state: State, call: Pending, subscriber: Reader) -> str:
        """Return the error that is due at once to a reader, or nothing."""
        return told(state, subscriber, subscriber.position + 1)

    def guard_turn(self, state: State, call: Pending, subscriber: Reader) -> bool:
        """Tell whether there is an event to hand out."""
        return any(True for _ in hands(state, call, subscriber))

    def effect_turn(self, state: State, call: Pending, subscriber: Reader) -> Iterator[Result]:
        """Yield the ways to hand out events."""
        for end, hand in hands(state, call, subscriber):
            sequences = () if call.call.verb == "iterate" else tuple(s for s, _ in hand)
            after = with_reader(state, subscriber._replace(hand=hand, end=end))
            yield after, Outcome("ok", sequences, tuple(event for _, event in hand))


def drained(state: State, sequence: int) -> bool:
    """Tell whether `sequence` can never come, because the ring was closed before it."""
    return state.phase is Phase.CLOSED and sequence > shown_as_claimed(state)


def told(state: State, subscriber: Reader, sequence: int) -> str:
    """Return the error that is due to a reader that waits for `sequence`, or nothing."""
    if not subscriber.alive:
        return "SubscriberClosed"
    if state.phase is Phase.HALTED:
        return "DisruptorClosed"
    if subscriber.failed:
        return "DisruptorBroken"
    if drained(state, sequence):
        return "DisruptorClosed"
    return "DisruptorBroken" if cut_off(state, subscriber.name, sequence) else ""


def mark(subscriber: Reader) -> Reader:
    """Return the subscriber with what it has in hand processed."""
    return subscriber._replace(position=max(subscriber.position, subscriber.end), hand=(), end=NONE)


def hands(state: State, call: Pending, subscriber: Reader) -> Iterator[tuple[int, tuple[tuple[int, object], ...]]]:
    """Yield every batch that may be handed out: its end, and its sequences with events.

    A batch holds at least what could be read when the call began, and at most what can be read now.
    """
    first, top = subscriber.position + 1, readable(state, subscriber.name)
    most = call.call.n or state.capacity
    if call.call.verb != "iterate":
        top = min(top, subscriber.position + most)
    hand: tuple[tuple[int, object], ...] = ()
    for end in range(first, top + 1):
        place = slot(state, end)
        if place.content is Content.FULL:
            hand = (*hand, (end, place.event))
        if hand and (end >= min(call.floor, top) or call.call.verb == "iterate"):
            yield end, hand
        if hand and call.call.verb == "iterate":
            return


class Read(Turn):
    """`read`: take the turn, wait for an event, and hand out a batch."""


class Poll(Turn):
    """`poll`: take the turn, and hand out a batch if there is one; else say why not, and give the turn back."""

    waits: ClassVar[str] = ""

    @override
    def refuse_turn(self, state: State, call: Pending, subscriber: Reader) -> str:
        # REFUSE: it never waits, so what a reader would wait for is an answer
        following = subscriber.position + 1
        over = subscriber.alive and not subscriber.failed and drained(state, following)
        error = "" if over else told(state, subscriber, following)
        if error or following <= readable(state, subscriber.name):  # if that is void, it is walked past
            return error
        if over:
            return "closed"
        return "gated" if following <= state.published else "idle"


class Iterate(Turn):
    """A loop asks for the next event or batch: mark the one before, wait, and hand out; the loop ends after close."""

    @override
    def taken(self, subscriber: Reader, call: Pending) -> bool:
        return subscriber.turn not in (None, call.task)

    @override
    def refuse_turn(self, state: State, call: Pending, subscriber: Reader) -> str:
        # REFUSE: closing ends a loop quietly, halting does not
        over = subscriber.alive and not subscriber.failed and drained(state, subscriber.position + 1)
        return "ended" if over else super().refuse_turn(state, call, subscriber)


class UpdateSequence(Turn):
    """`update_sequence`: mark everything up to a sequence, forward only, and no more than may be read."""

    waits: ClassVar[str] = ""
    keeps: ClassVar[bool] = False

    @override
    def taken(self, subscriber: Reader, call: Pending) -> bool:
        return subscriber.turn not in (None, call.task)

    @override
    def refuse_turn(self, state: State, call: Pending, subscriber: Reader) -> str:
        # REFUSE
        wanted, top = call.call.sequence, readable(state, subscriber.name)
        if call.stage == 2:
            return ""
        if not subscriber.alive:
            return "SubscriberClosed"
        within = subscriber.position <= wanted <= max(top, subscriber.position)
        return "" if within else "InvalidValue"

    @override
    def guard_turn(self, state: State, call: Pending, subscriber: Reader) -> bool:
        # GUARD
        return True

    @override
    def effect_turn(self, state: State, call: Pending, subscriber: Reader) -> Iterator[Result]:
        # EFFECT: second step, the mark; what was in hand and is marked now is no longer in hand
        if call.stage == 1:
            wanted = call.call.sequence
            hand = tuple(item for item in subscriber.hand if item[0] > wanted)
            state = with_reader(state, subscriber._replace(position=wanted, hand=hand))
            yield with_pending(state, call._replace(stage=2)), None
            return
        # EFFECT: third step, the turn is free again
        turn = call.task if subscriber.end != NONE else None
        yield with_reader(state, subscriber._replace(turn=turn)), OK

    @override
    def undo(self, state: State, call: Pending) -> State:
        subscriber = reader(state, call.call.name)
        keep = call.stage == 0 or subscriber.end != NONE
        return state if keep else with_reader(state, subscriber._replace(turn=None))


class Release(Action):
    """The end of a block of `read`: what is in hand is processed, unless an exception ended the block."""

    wakes: ClassVar[tuple[str, ...]] = (ROOM, NEWS)

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        # EFFECT
        subscriber = reader(state, call.call.name)
        # EFFECT: first step, the mark
        if call.stage == 0 and not call.call.fails:
            yield with_pending(with_reader(state, mark(subscriber)), call._replace(stage=1)), None
            return
        # EFFECT: second step, the turn is free again
        yield with_reader(state, subscriber._replace(hand=(), end=NONE, turn=None)), OK


class Leave(Action):
    """The end of a loop by `break`: what is in hand is not processed."""

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        # EFFECT
        subscriber = reader(state, call.call.name)
        yield with_reader(state, subscriber._replace(hand=(), end=NONE, turn=None)), OK


class WaitFor(Action):
    """`wait_for`: of the ring, the sequence itself; of a subscriber, the highest sequence that it may read."""

    waits: ClassVar[str] = NEWS

    @override
    def refuse(self, state: State, call: Pending) -> str:
        # REFUSE
        name, wanted = call.call.name, call.call.sequence
        if name:
            return told(state, reader(state, name), wanted)
        return "DisruptorClosed" if state.phase is Phase.HALTED or drained(state, wanted) else ""

    @override
    def guard(self, state: State, call: Pending) -> bool:
        # GUARD
        return readable(state, call.call.name) >= call.call.sequence

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        # EFFECT
        wanted = call.call.sequence
        if not call.call.name:
            yield state, Outcome("ok", (wanted,))
            return
        for answer in range(max(wanted, call.floor), readable(state, call.call.name) + 1):
            yield state, Outcome("ok", (answer,))
