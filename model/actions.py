"""What each call does: the whole behaviour of a ring, as guards and effects.

Rule 1: every action has the same parts. REFUSE: the error that is due at once, if any. GUARD: whether the call can go
        on; until then it waits. EFFECT: the state after it, and what the call returns; several pairs where more than
        one is allowed. HOPELESS: the error of a call that would wait for itself.
Rule 2: an effect that gives no outcome is one step of a longer call, which goes on in its next `stage`.
Rule 3: `waits` says what a blocked call sleeps on, `wakes` whom an effect has to wake: everybody for whom it
        may have changed anything (L1).
Rule 4: the verbs are the methods of `disruptor`; `release`, `leave` are the ways out of `read` or `poll`, and of a loop.
"""

from collections.abc import Iterator
from typing import ClassVar

from model.action import NEWS, OK, ROOM, Action, Result
from model.belonging import FailSubscriber, RegisterSubscriber, RemoveSubscriber
from model.override import override
from model.producers import Abandon, Claim, Publish, PublishClaim
from model.state import Content, Outcome, Pending, Phase, State, broken, oldest, slot
from model.subscribers import (
    Iterate,
    Leave,
    Poll,
    Read,
    Release,
    UpdateSequence,
    WaitFor,
)


class Get(Action):
    """`get`: look at one slot."""

    @override
    def refuse(self, state: State, call: Pending) -> str:
        # REFUSE
        wanted = call.call.sequence
        if wanted > state.published:
            return "SequenceNotFound"
        if wanted < oldest(state):
            return "OutdatedSequence"
        return "SequenceVoid" if slot(state, wanted).content is Content.VOID else ""

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        # EFFECT
        yield state, Outcome("ok", events=(slot(state, call.call.sequence).event,))


class Close(Action):
    """`close`: no new claims."""

    wakes: ClassVar[tuple[str, ...]] = (ROOM, NEWS)
    phase: ClassVar[Phase] = Phase.CLOSED

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        # EFFECT
        yield state._replace(phase=max(state.phase, self.phase)), OK


class Halt(Close):
    """`halt`: no waiting any more."""

    phase: ClassVar[Phase] = Phase.HALTED


class Start(Action):
    """`start`: open a ring again that was halted or is broken; everybody goes on where it stopped."""

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        # EFFECT
        if state.phase is Phase.HALTED or broken(state):
            readers = tuple(other._replace(failed=False, ended=False) for other in state.readers)
            state = state._replace(phase=Phase.OPEN, readers=readers)
        yield state, OK


ACTIONS: dict[str, Action] = {
    "publish": Publish(),
    "publish_many": Publish(),
    "publish_event": Publish(),
    "claim": Claim(),
    "publish_claim": PublishClaim(),
    "abandon": Abandon(),
    "register_subscriber": RegisterSubscriber(),
    "remove_subscriber": RemoveSubscriber(),
    "update_sequence": UpdateSequence(),
    "wait_for": WaitFor(),
    "read": Read(),
    "poll": Poll(),
    "release": Release(),
    "iterate": Iterate(),
    "batches": Iterate(),
    "leave": Leave(),
    "get": Get(),
    "fail_subscriber": FailSubscriber(),
    "close": Close(),
    "halt": Halt(),
    "start": Start(),
}
"""Every verb; a mutated specification is another such table."""
