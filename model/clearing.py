"""What a ring does that keeps no event longer than somebody has to read it (`clear=True`).

Rule 1: when the lowest gate moves, or leaves others behind, the events between where it was and where the lowest is now are
        *released*: their slots hold nothing any more, in the same step.
Rule 2: what is released is gone as if it were overwritten: for `get`, and for who joins later.
Rule 3: without subscribers nothing is released: nobody has passed it, and who joins first is given it.
"""

from collections.abc import Iterator

from model.action import Action, Result
from model.actions import ACTIONS
from model.belonging import RemoveSubscriber
from model.override import override
from model.state import Content, Pending, Slot, State, lowest, oldest, slot, with_slots
from model.subscribers import Iterate, Poll, Read, Release, UpdateSequence


def cleared(before: State, after: State) -> State:
    """Return the state after a step with what the lowest gate has passed in it released."""
    was, now = lowest(before), lowest(after)
    if now <= was or not any(gate.alive for gate in after.readers):
        return after
    places = {s: Slot(s) for s in range(was + 1, now + 1)}
    return with_slots(after, places)._replace(released=now)


class Clears(Action):
    """An action that may move the lowest gate, or take it away."""

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        for after, outcome in super().effect(state, call):
            yield cleared(state, after), outcome

    @override
    def walk(self, state: State, call: Pending) -> Iterator[State]:
        for after in super().walk(state, call):
            yield cleared(state, after)


class ClearingRead(Clears, Read):
    """`read`, which walks past voids."""


class ClearingPoll(Clears, Poll):
    """`poll`, which walks past voids."""


class ClearingRelease(Clears, Release):
    """`release`, which marks."""


class ClearingIterate(Clears, Iterate):
    """`iterate` and `batches`, which mark."""


class ClearingUpdateSequence(Clears, UpdateSequence):
    """`update_sequence`, which marks."""


class ClearingRemoveSubscriber(Clears, RemoveSubscriber):
    """`remove_subscriber`, which leaves the others behind."""


CLEARS: dict[str, Action] = {
    "read": ClearingRead(),
    "poll": ClearingPoll(),
    "release": ClearingRelease(),
    "iterate": ClearingIterate(),
    "batches": ClearingIterate(),
    "update_sequence": ClearingUpdateSequence(),
    "remove_subscriber": ClearingRemoveSubscriber(),
}
"""The verbs that release."""

CLEARING: dict[str, Action] = {**ACTIONS, **CLEARS}
"""Every verb, in a ring that clears."""


def c1_released(state: State) -> bool:
    """C1: an event is kept as long as a registered subscriber has yet to process it, and no longer once all have."""
    promised = [gate.promised for gate in state.readers if gate.alive]
    passed = lowest(state)
    window = range(max(0, state.claimed - state.capacity + 1), state.claimed + 1)
    kept = {s for s in window if slot(state, s).content is not Content.FREE}
    return kept.issuperset(range(passed + 1, state.claimed + 1)) and (
        not promised or kept.isdisjoint(range(min(promised), passed + 1))
    )


def c2_gone(state: State) -> bool:
    """C2: what is released is refused, to `get` and to who joins, as what is overwritten is."""
    window = range(max(0, state.claimed - state.capacity + 1), state.claimed + 1)
    return all(slot(state, s).content is not Content.FREE for s in window if s >= oldest(state))


def released_and_kept(state: State) -> bool:
    """Something is released, and something else is still kept."""
    contents = {place.content for place in state.slots if place.sequence >= 0}
    return Content.FREE in contents and Content.FULL in contents


def joined_behind_what_is_gone(state: State) -> bool:
    """Somebody has joined who would have been given more if nothing had been released."""
    return any(gate.alive and 0 < gate.promised == state.released + 1 for gate in state.readers)
