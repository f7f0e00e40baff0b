"""What cannot lead on: states that contradict what the history is going to tell.

Rule 1: a state is doomed if some call that is open, or yet to begin, can no longer end as it did. Each reason stands on
        something that never goes back: what is claimed, what is published, where readers are, and, unless somebody opens it
        again, that a ring is closed.
Rule 2: this decides how fast an order is found, or found not to be, never whether: a doomed state leads nowhere anyway.
Rule 3: nothing is said of calls whose end is not known, and of what is not sure: better to search in vain than to miss
        an order.
"""

from collections.abc import Sequence
from typing import NamedTuple

from model.events import Called, Event
from model.state import Content, Outcome, Pending, Phase, State, readable, reader, slot

TAKING = ("publish", "publish_many", "publish_event", "claim")
"""Calls that take sequences in their first step."""

Ends = dict[str, Outcome | None]


class Ahead(NamedTuple):
    """What the calls will need that have yet to begin."""

    claim: int | None = None
    """The lowest sequence that one of them takes: nobody may have it before."""
    unpublished: int | None = None
    """The lowest sequence that one of them does not find."""
    batches: tuple[tuple[str, int], ...] = ()
    """For each reader, where its next batch ends: no further event may be there to be read when it begins."""
    starts: bool = False
    """Whether one of them is `start`: a ring that is closed may be opened again."""


def foresee(events: Sequence[Event], returns: dict[int, Outcome], capacity: int) -> list[Ahead]:
    """Return, for each number of events that have happened, what lies ahead; `returns` tells how calls end."""
    ahead = Ahead()
    found = [ahead]
    firsts: dict[str, int] = {}
    users: dict[str, set[str]] = {}
    for event in events:
        if isinstance(event, Called) and event.call.verb == "read":
            users.setdefault(event.call.name, set()).add(event.task)
    alone = {name for name, tasks in users.items() if len(tasks) == 1}
    for number in range(len(events) - 1, -1, -1):
        event, end = events[number], returns.get(number)
        if isinstance(event, Called) and event.call.verb == "start":
            ahead = ahead._replace(starts=True)
        if isinstance(event, Called) and end is not None:
            ahead = _before(ahead, event, end, firsts, capacity, alone)
        found.append(ahead)
    found.reverse()
    return found


def _before(ahead: Ahead, event: Called, end: Outcome, firsts: dict[str, int], capacity: int, alone: set[str]) -> Ahead:
    """Return what lies ahead before a call began that ended so.

    `firsts` is where later batches of each reader begin; of those of one task, later batches are those that begin later.
    """
    call = event.call
    if call.verb in TAKING and end.kind == "ok" and end.sequences:
        first = end.sequences[0]
        return ahead._replace(claim=first if ahead.claim is None else min(first, ahead.claim))
    missed = end.kind == "SequenceNotFound" if call.verb == "get" else end.kind == "WaitTimeout" and not call.name
    if call.verb in ("get", "wait_for") and missed:
        low = call.sequence if ahead.unpublished is None else min(call.sequence, ahead.unpublished)
        return ahead._replace(unpublished=low)
    if call.verb == "read":
        last: int | None = None
        limited = 0 < call.n < capacity  # it may see nothing but voids, as far as it looks
        if end.kind == "ok" and end.sequences:
            firsts[call.name] = end.sequences[0]
            last = None if limited else end.sequences[-1]
        elif end.kind == "WaitTimeout" and not limited and call.name in firsts and call.name in alone:
            last = firsts[call.name] - 1  # what it is given later it has not missed
        if last is not None:
            return ahead._replace(
                batches=(*(item for item in ahead.batches if item[0] != call.name), (call.name, last))
            )
    return ahead


def doomed(state: State, ends: Ends, ahead: Ahead) -> bool:
    """Tell whether no way from `state` leads to the end of the history."""
    if ahead.claim is not None and state.claimed >= ahead.claim:
        return True
    if ahead.unpublished is not None and state.published >= ahead.unpublished:
        return True
    names = {other.name for other in state.readers} if ahead.batches else set()
    if any(name in names and _more(state, readable(state, name), last) for name, last in ahead.batches):
        return True
    opens = ahead.starts or any(call.call.verb == "start" and call.outcome is None for call in state.pending)
    for call in state.pending:
        end = ends.get(call.task)
        if end is not None and call.outcome is None and _stuck(state, call, end, opens):
            return True
    return False


def _more(state: State, top: int, last: int) -> bool:
    """Tell whether there is an event after `last`, and not after `top`."""
    return any(
        slot(state, s).sequence == s and slot(state, s).content is Content.FULL for s in range(last + 1, top + 1)
    )


def _stuck(state: State, call: Pending, end: Outcome, opens: bool) -> bool:
    """Tell whether an open call can no longer end so; `opens`: the ring may be opened again."""
    verb, kind, wanted = call.call.verb, end.kind, call.call.sequence
    if verb in TAKING and call.stage == 0:
        late = state.phase is not Phase.OPEN and not opens
        return kind == "ok" and bool(end.sequences) and (late or state.claimed >= end.sequences[0])
    if verb == "get":
        outdated = wanted <= state.claimed - state.capacity
        return (kind == "SequenceNotFound" and state.published >= wanted) or (kind == "ok" and outdated)
    if verb == "wait_for":
        return kind == "WaitTimeout" and readable(state, call.call.name) >= wanted
    if verb == "read":
        subscriber = reader(state, call.call.name)
        top = readable(state, subscriber.name)
        if kind == "WaitTimeout":
            top = min(top, subscriber.position + (call.call.n or state.capacity))
            return call.stage == 1 and not call.error and _more(state, top, subscriber.position)
        if kind == "ok" and end.sequences:
            floor = call.floor if call.stage else top
            most = subscriber.position + (call.call.n or state.capacity)
            gone = subscriber.position >= end.sequences[0]
            return gone or _more(state, min(floor, most), end.sequences[-1])
    return False
