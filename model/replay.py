"""What each event of a history says about the state, and the check of a witness: an order that explains a history.

Rule 1: an event changes nothing in the ring. It begins a call, takes away one that has its outcome, or says what was seen.
        All that the ring does is done by the steps of open calls, between events.
Rule 2: a witness is a list of moves, each with the state that it leads to: events in their order, steps between them.
Rule 3: `verify` knows nothing of how a witness was found. It makes each move again, by the actions of the model alone.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from model.broken_off import CRASHED, INTERRUPTED, NOBODY, broken_off, lose
from model.events import BadHistory, Called, Crashed, Due, Event, Interrupted, Rest, Returned, Shown
from model.state import Outcome, Pending, State, with_pending, without_pending
from model.steps import Actions, blocked, expire, invoke, outcomes


class Move(NamedTuple):
    """One move of a witness: an event of the history, or one step of an open call."""

    state: State
    """The state after it."""
    task: str | None = None
    """Whose call makes a step; None if the next event of the history happens."""
    outcome: Outcome | None = None
    """What the call is going to return: this step was its effect. None if the call goes on."""


def pending(state: State, task: str) -> Pending | None:
    """Return the open call of a task, if it has one."""
    for call in state.pending:
        if call.task == task:
            return call
    return None


def owned(events: Iterable[Event], task: str) -> tuple[tuple[int, int], ...]:
    """Return the claims that `task` was given: first sequence and length."""
    claims = []
    claiming = False
    for event in events:
        if isinstance(event, Called) and event.task == task:
            claiming = event.call.verb == "claim"
        elif isinstance(event, Returned) and event.task == task and claiming and event.outcome.sequences:
            claims.append((event.outcome.sequences[0], len(event.outcome.sequences)))
    return tuple(claims)


def happen(state: State, events: Sequence[Event], number: int, actions: Actions) -> Iterator[State]:
    """Yield every state in which event `number` may leave a ring that is in `state`; none if it cannot happen there."""
    event = events[number]
    match event:
        case Called():
            yield invoke(state, event.task, event.call)
        case Returned():
            call = pending(state, event.task)
            if call is not None and call.outcome == event.outcome:
                yield without_pending(state, event.task)
        case Due():
            call = pending(state, event.task)
            if call is not None:
                yield expire(state, call) if call.outcome is None else state
        case Interrupted():
            call = pending(state, event.task)
            if call is not None and call.outcome == INTERRUPTED:
                yield without_pending(state, event.task)
        case Crashed():
            call = pending(state, event.task)
            if call is None or call.outcome == CRASHED:
                alone = without_pending(state, event.task)
                yield lose(alone, event.task, owned(events[:number], event.task))
        case Shown():
            if event.view.fits(state):
                yield state
        case Rest():  # pragma: no branch - there is no other event
            if event.view.fits(state) and not moving(state, actions):
                yield state


def moving(state: State, actions: Actions) -> list[Pending]:
    """Return the open calls that could go on, or return."""
    return [call for call in state.pending if not blocked(state, call, actions)]


def breaks_off(events: Sequence[Event], number: int, task: str) -> Outcome | None:
    """Return how the call of `task` is broken off that is open before event `number`; None if it is not."""
    for event in events[number:]:
        if not isinstance(event, Shown | Rest | Due) and event.task == task:
            return {Interrupted: INTERRUPTED, Crashed: CRASHED}.get(type(event))
    return None


def steps(state: State, call: Pending, actions: Actions, broken: Outcome | None) -> Iterator[Move]:
    """Yield the steps that an open call may make now; `broken` if it is broken off later."""
    if broken is not None:
        for after in broken_off(state, call, broken):
            yield Move(after, call.task, broken)
    if call.outcome is not None:
        return
    for after, outcome in outcomes(state, call, actions):
        if outcome is None:
            yield Move(after, call.task)
        elif call.task.startswith(NOBODY):
            yield Move(without_pending(after, call.task), call.task, outcome)
        else:
            # How it came there no longer matters: states that differ in nothing else are one.
            yield Move(with_pending(after, Pending(call.task, call.call, outcome=outcome)), call.task, outcome)


def verify(start: State, events: Sequence[Event], witness: Iterable[Move], actions: Actions) -> None:
    """Make every move of `witness` again, from `start`; `BadHistory` if one of them is not a legal move."""
    state, number = start, 0
    for place, move in enumerate(witness):
        if move.task is None:
            legal = number < len(events) and move.state in happen(state, events, number, actions)
            number += 1
        else:
            call = pending(state, move.task)
            broken = breaks_off(events, number, move.task)
            legal = call is not None and move in steps(state, call, actions, broken)
        if not legal:
            raise BadHistory(f"move {place} of the witness, by {move.task or f'event {number - 1}'}, is not legal")
        state = move.state
    if number != len(events):
        raise BadHistory(f"the witness explains {number} of {len(events)} events")
