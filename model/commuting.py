"""Steps that may be made at once, because nobody could tell them from the same steps made later.

Rule 1: a step of a call that is known to succeed may be made at once, if whatever other calls do until it returns can
        be done after it as well, with the same results. Then no order is lost, and nothing else need be tried.
Rule 2: `Neighbours` says whom a call overlaps. What is asked of them is written beside each kind of step, in `safe`.
Rule 3: in doubt a step is not safe. Histories with calls that were broken off are searched without this.
"""

from collections.abc import Sequence
from typing import NamedTuple

from model.events import Called, Crashed, Event, Interrupted, Returned, Shown
from model.foresight import TAKING
from model.replay import Move
from model.state import Outcome, Pending, State, reader

MANY = 2**63
"""More than any sequence."""

READING = ("read", "poll", "iterate", "batches", "update_sequence", "release", "leave")
"""Calls that take a subscriber's turn, or give it back."""
WAITING = ("read", "iterate", "batches")
"""Those of them that take the turn whatever comes after."""


class Neighbour(NamedTuple):
    """A call that overlaps another, and how it ended; None if that is not known."""

    event: int
    task: str
    verb: str
    end: Outcome | None


class Neighbours:
    """Which calls of a history overlap; and what holds for all of it."""

    def __init__(
        self, events: Sequence[Event], last: int, returns: dict[int, Outcome], *, cautious: bool, usable: bool
    ) -> None:
        self.cautious = cautious
        """Whether a call whose end is not known may still end in any way that is possible, and all of them matter."""
        self.usable = usable and not any(isinstance(event, Interrupted | Crashed) for event in events)
        self.lists: dict[int, list[Neighbour]] = {}
        self.watched: set[int] = set()
        """Calls during which the ring was looked at."""
        self.voids = False
        users: dict[str, set[str]] = {}
        self.upstreams: set[str] = set()
        self.begun: list[dict[str, int]] = [{}]
        """For each number of events that have happened, the event at which the open call of each task began."""
        self.taken: dict[int, int] = {}
        """For each call, the highest sequence that calls take which began before it."""
        high = -1
        current: dict[str, int] = {}
        for number, event in enumerate(events[:last]):
            if isinstance(event, Called):
                call = event.call
                mine = Neighbour(number, event.task, call.verb, returns.get(number))
                self.lists[number] = []
                self.taken[number] = high
                if call.verb in TAKING:
                    high = max([high, *mine.end.sequences]) if mine.end is not None and mine.end.kind == "ok" else high
                    high = MANY if mine.end is None or call.fails else high
                for other in current.values():
                    called = events[other]
                    if isinstance(called, Called):  # pragma: no branch - only calls are current
                        self.lists[other].append(mine)
                        theirs = Neighbour(other, called.task, called.call.verb, returns.get(other))
                        self.lists[number].append(theirs)
                current = {**current, event.task: number}
                if call.verb in READING:
                    users.setdefault(call.name, set()).add(event.task)
                self.upstreams.update(call.after)
                self.voids = self.voids or call.verb == "abandon" or (call.fails and call.verb == "publish_event")
            elif isinstance(event, Returned):
                current = {task: began for task, began in current.items() if task != event.task}
            elif isinstance(event, Shown):
                self.watched.update(current.values())
            self.begun.append(current)
        self.shared = {name for name, tasks in users.items() if len(tasks) > 1}

    def ahead(self, state: State, number: int, task: str) -> list[Neighbour]:
        """Return the neighbours of the open call of `task` that have yet to decide what they return."""
        decided = {call.task: self.begun[number][call.task] for call in state.pending if call.outcome is not None}
        began = self.begun[number][task]
        return [
            other
            for other in self.lists[began]
            if decided.get(other.task) != other.event
            and (other.event >= number or self.begun[number].get(other.task) == other.event)
        ]


def safe(neighbours: Neighbours, state: State, number: int, call: Pending, end: Outcome, move: Move) -> bool:
    """Tell whether a step of a call that ends by `end` may be made at once."""
    began = neighbours.begun[number].get(call.task)
    if not neighbours.usable or began is None or began in neighbours.watched:
        return False
    verb, name = call.call.verb, call.call.name
    if end.kind != "ok" and not call.error and not (verb in WAITING and call.stage == 0):
        return False  # of a call that fails only the way to its turn, and the way back
    if verb in TAKING and call.stage == 0:
        return all(unmoved_by_claims(neighbours, other) for other in neighbours.ahead(state, number, call.task))
    if verb in TAKING or verb == "publish_claim":
        others = neighbours.ahead(state, number, call.task)
        return all(unmoved_by_events(neighbours, state, number, other) for other in others)
    if verb in READING:
        if name in neighbours.shared:
            return False
        moved = reader(state, name).position != reader(move.state, name).position
        if moved and name in neighbours.upstreams:
            return False
        if moved:
            others = neighbours.ahead(state, number, call.task)
            return all(unmoved_by_room(neighbours, other) for other in others)
        # What is handed out, and whose turn it is, only this subscriber's own task can see.
        return not neighbours.voids
    return False


def unmoved_by_claims(neighbours: Neighbours, other: Neighbour) -> bool:
    """Tell whether a call ends the same if sequences are taken earlier: what it looks at is not outdated by that."""
    if other.end is None and neighbours.cautious:
        return False
    if other.verb == "get":
        return other.end is None or other.end.kind == "SequenceNotFound"
    return other.verb != "register_subscriber"


def unmoved_by_room(neighbours: Neighbours, other: Neighbour) -> bool:
    """Tell whether a call ends the same if there is room earlier: it does not fail for want of it."""
    if other.end is None:
        return not neighbours.cautious
    return other.end.kind != "InsufficientCapacity"


def unmoved_by_events(neighbours: Neighbours, state: State, number: int, other: Neighbour) -> bool:
    """Tell whether a call ends the same if events can be read earlier."""
    if other.verb == "register_subscriber":
        return False
    if other.end is None:
        return not neighbours.cautious
    if other.verb in ("read", "poll", "batches"):
        began = neighbours.begun[number].get(other.task) == other.event
        turn = began and any(call.task == other.task and call.stage > 0 for call in state.pending)
        if other.end.kind == "ok" and other.end.sequences:
            # It has to hand out whatever can be read when it takes the turn: at most what others may have taken until it
            # began, and never more than a ring full.
            full = other.end.sequences[0] - 1 + state.capacity
            return turn or other.end.sequences[-1] >= min(full, neighbours.taken[other.event])
        return other.end.kind not in ("ok", "WaitTimeout", "idle", "gated")
    if other.verb == "wait_for":
        return other.end.kind == "DisruptorClosed"
    return other.end.kind not in ("InsufficientCapacity", "SequenceNotFound", "InvalidValue")
