"""What producers do: claim, publish, abandon. The rules are in `model/actions.py`."""

from collections.abc import Iterator
from typing import ClassVar

from model.action import NEWS, OK, ROOM, Action, Result
from model.override import override
from model.state import (
    Content,
    Outcome,
    Pending,
    Phase,
    Slot,
    State,
    broken,
    finished,
    has_room,
    with_pending,
    with_slots,
)


def take(state: State, n: int) -> State:
    """Return the state in which the next `n` sequences are held."""
    first = state.claimed + 1
    held = {s: Slot(s, Content.HELD) for s in range(first, first + n)}
    return with_slots(state, held)._replace(claimed=state.claimed + n, claims=(*state.claims, (first, n)))


def finish(state: State, places: dict[int, Slot]) -> State:
    """Return the state in which held sequences are full or void, and everybody may see as far as there is no gap."""
    state = with_slots(state, places)
    while finished(state, state.published + 1):
        state = state._replace(published=state.published + 1)
    return state


def fill(state: State, first: int, call: Pending) -> State:
    """Return the state in which the events of `call` are published from `first` on."""
    events = enumerate(call.call.events, first)
    return finish(state, {s: Slot(s, Content.FULL, event) for s, event in events})


def empty(state: State, first: int, n: int) -> State:
    """Return the state in which `n` held sequences are void."""
    return finish(state, {s: Slot(s, Content.VOID) for s in range(first, first + n)})


def give_up(state: State, first: int, n: int) -> State:
    """Return the state in which the claim of `n` from `first` on is no longer held."""
    return state._replace(claims=tuple(claim for claim in state.claims if claim != (first, n)))


class Publish(Action):
    """`publish`, `publish_many`, `publish_event`: claim, then fill and show all at once, or void if a translator raised."""

    waits: ClassVar[str] = ROOM
    wakes: ClassVar[tuple[str, ...]] = (ROOM, NEWS)

    @override
    def refuse(self, state: State, call: Pending) -> str:
        # REFUSE
        if call.stage > 0 or call.call.n == 0:
            return ""
        late = "" if state.phase is Phase.OPEN else "DisruptorClosed"
        return "DisruptorBroken" if broken(state) else late

    @override
    def guard(self, state: State, call: Pending) -> bool:
        # GUARD
        return call.stage == 1 or has_room(state, call.call.n)

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        # EFFECT: first step, the claim
        n = call.call.n
        if call.stage == 0 and n > 0:
            first = state.claimed + 1
            state = take(state, n)
            yield with_pending(state, call._replace(stage=1, held=first)), None
            return
        # EFFECT: second step, what was made of it
        state = give_up(state, call.held, n)
        if call.call.fails:
            yield empty(state, call.held, n), Outcome("TranslatorError")
        else:
            yield fill(state, call.held, call), Outcome("ok", tuple(range(call.held, call.held + n)))

    @override
    def hopeless(self, state: State, call: Pending) -> str:
        # HOPELESS: it waits for the batch that its own task has in hand
        needed = state.claimed + call.call.n - state.capacity
        own = (r for r in state.readers if r.alive and r.turn == call.task)
        return "SelfDeadlock" if any(gate.position < needed for gate in own) else ""


class Claim(Publish):
    """`claim`: hold `n` sequences."""

    wakes: ClassVar[tuple[str, ...]] = ()

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        # EFFECT
        first, n = state.claimed + 1, call.call.n
        yield take(state, n), Outcome("ok", tuple(range(first, first + n)))


class PublishClaim(Action):
    """`Claim.publish`: show the events of a claim, in whatever order claims are published."""

    wakes: ClassVar[tuple[str, ...]] = (ROOM, NEWS)

    @override
    def refuse(self, state: State, call: Pending) -> str:
        # REFUSE
        return "" if (call.call.sequence, call.call.n) in state.claims else "ClaimClosed"

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        # EFFECT
        first, n = call.call.sequence, call.call.n
        yield fill(give_up(state, first, n), first, call), Outcome("ok", tuple(range(first, first + n)))


class Abandon(Action):
    """`Claim.abandon`: make the sequences of a claim void; a finished one is left alone."""

    wakes: ClassVar[tuple[str, ...]] = (ROOM, NEWS)

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        # EFFECT
        first, n = call.call.sequence, call.call.n
        held = (first, n) in state.claims
        yield (empty(give_up(state, first, n), first, n) if held else state), OK
