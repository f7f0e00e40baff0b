"""A second opinion: a small ring written anew, and every order of everything tried on it. For tiny histories only.

Rule 1: nothing is taken from the model but its words (`Call`, `Outcome`, events). Not its actions, its state, its steps.
Rule 2: no cleverness: no memory, no look ahead, no order of preference. At each moment either the next event happens, or one
        open call makes its next step; all ways are tried, one after the other, until one comes to the end.
Rule 3: one kind of reader (`read`, `release`), no upstreams, no loops, nobody leaves, nobody is interrupted.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field

from model.events import Called, Due, Event, Rest, Returned, Shown
from model.state import Call, Outcome

HELD, VOID = object(), object()


@dataclass
class Open:
    """A call under way."""

    call: Call
    step: int = 0
    due: bool = False
    floor: int = -1
    first: int = -1
    error: str = ""
    outcome: Outcome | None = None


@dataclass
class Sub:
    """A subscriber."""

    position: int
    turn: str = ""
    end: int = -1


@dataclass
class Ring:
    """A ring: what stands under each sequence, for ever; who reads; what is under way."""

    capacity: int
    content: list[object] = field(default_factory=list)
    closed: bool = False
    subs: dict[str, Sub] = field(default_factory=dict)
    open: dict[str, Open] = field(default_factory=dict)

    def fork(self) -> "Ring":
        """Return a copy."""
        subs = {name: copy(sub) for name, sub in self.subs.items()}
        calls = {task: copy(call) for task, call in self.open.items()}
        return Ring(self.capacity, list(self.content), self.closed, subs, calls)

    def published(self) -> int:
        """Return the last sequence before the first that is held."""
        return self.content.index(HELD) - 1 if HELD in self.content else len(self.content) - 1

    def lacks_room(self, n: int) -> bool:
        """Tell whether `n` more would overwrite what is not read, or not even published."""
        needed = len(self.content) + n - 1 - self.capacity
        return needed > min([self.published(), *(sub.position for sub in self.subs.values())])


def explainable(events: tuple[Event, ...], capacity: int) -> bool:
    """Tell whether some order explains the history."""
    return _search(Ring(capacity), events)


def _search(ring: Ring, events: tuple[Event, ...]) -> bool:
    if not events:
        return True
    after = _happen(ring, events[0])
    if after is not None and _search(after, events[1:]):
        return True
    return any(_search(later, events) for task in ring.open for later in _step(ring, task))


def _happen(ring: Ring, event: Event) -> Ring | None:
    """Return the ring after an event, or None if that cannot happen now."""
    ring = ring.fork()
    match event:
        case Called(task, call):
            ring.open[task] = Open(call, floor=ring.published())
        case Returned(task, outcome):
            return ring if ring.open.pop(task).outcome == outcome else None
        case Due(task):
            ring.open[task].due = True
        case Shown(view) | Rest(view):
            stuck = all(call.outcome is None and not any(_step(ring, task)) for task, call in ring.open.items())
            if isinstance(event, Rest) and not stuck:
                return None
            positions = tuple(sorted((name, sub.position) for name, sub in ring.subs.items()))
            shows = (len(ring.content) - 1, ring.published(), int(ring.closed), positions)
            wrong = [a for a, b in zip(view, shows, strict=True) if a is not None and a != b]
            return None if wrong else ring
        case _:
            raise NotImplementedError(event)
    return ring


def _step(ring: Ring, task: str) -> Iterator[Ring]:
    """Yield the ring after each step that a task may make now."""
    if ring.open[task].outcome is not None:
        return
    before, ring = ring, ring.fork()
    op = ring.open[task]
    call = op.call
    match call.verb:
        case "register_subscriber":
            start = max(0, len(ring.content) - ring.capacity)
            ring.subs[call.name] = Sub(start - 1)
            op.outcome = Outcome("ok", (start,))
        case "publish" | "publish_many" | "claim" if op.step == 0:
            _take(ring, task, op)
        case "publish" | "publish_many":
            op.outcome = _fill(ring, op.first, call)
        case "publish_claim" | "abandon":
            first = call.sequence
            held = ring.content[first : first + 1] == [HELD]
            if call.verb == "publish_claim":
                op.outcome = _fill(ring, first, call) if held else Outcome("ClaimClosed")
            else:
                ring.content[first : first + call.n] = [VOID] * call.n if held else ring.content[first : first + call.n]
                op.outcome = Outcome("ok")
        case "get":
            op.outcome = _get(ring, call.sequence)
        case "wait_for":
            over = ring.closed and call.sequence >= len(ring.content)
            if over or ring.published() >= call.sequence:
                op.outcome = Outcome("DisruptorClosed") if over else Outcome("ok", (call.sequence,))
            elif op.due:
                op.outcome = Outcome("WaitTimeout")
        case "close":
            ring.closed = True
            op.outcome = Outcome("ok")
        case "read":
            yield from _read(before, task)
            return
        case "release":
            sub = ring.subs[call.name]
            if op.step == 0 and not call.fails:
                sub.position, op.step = max(sub.position, sub.end), 1
            else:
                sub.turn, sub.end, op.outcome = "", -1, Outcome("ok")
        case _:
            raise NotImplementedError(call)
    if ring != before:
        yield ring


def _take(ring: Ring, task: str, op: Open) -> None:
    call = op.call
    mine = [sub.position for sub in ring.subs.values() if sub.turn == task]
    if ring.closed:
        op.outcome = Outcome("DisruptorClosed")
    elif not ring.lacks_room(call.n):
        op.first, op.step = len(ring.content), 1
        ring.content += [HELD] * call.n
        if call.verb == "claim":
            op.outcome = Outcome("ok", tuple(range(op.first, op.first + call.n)))
    elif op.due:
        op.outcome = Outcome("InsufficientCapacity")
    elif not call.timed and any(position < len(ring.content) + call.n - 1 - ring.capacity for position in mine):
        op.outcome = Outcome("SelfDeadlock")


def _fill(ring: Ring, first: int, call: Call) -> Outcome:
    ring.content[first : first + call.n] = call.events
    return Outcome("ok", tuple(range(first, first + call.n)))


def _get(ring: Ring, sequence: int) -> Outcome:
    if sequence > ring.published():
        return Outcome("SequenceNotFound")
    if sequence < len(ring.content) - ring.capacity:
        return Outcome("OutdatedSequence")
    event = ring.content[sequence]
    return Outcome("SequenceVoid") if event is VOID else Outcome("ok", events=(str(event),))


def _read(before: Ring, task: str) -> Iterator[Ring]:
    ring = before.fork()
    op, sub = ring.open[task], ring.subs[before.open[task].call.name]
    following, top = sub.position + 1, ring.published()
    if op.error:
        sub.turn, op.outcome = "", Outcome(op.error)
        yield ring
    elif op.step == 0:
        if sub.turn:
            op.outcome = Outcome("SubscriberBusy")
        else:
            sub.turn, op.step, op.floor = task, 1, top
        yield ring
    elif ring.closed and following >= len(ring.content):
        op.error = "DisruptorClosed"
        yield ring
    else:
        if following <= top and ring.content[following] is VOID:
            walked = ring.fork()
            walked.subs[op.call.name].position = following
            yield walked
        top = min(top, sub.position + (op.call.n or ring.capacity))
        batches = 0
        for end in range(following, top + 1):
            hand = [(s, str(ring.content[s])) for s in range(following, end + 1) if ring.content[s] is not VOID]
            if hand and end >= min(op.floor, top):
                batches += 1
                given = ring.fork()
                given.subs[op.call.name].end = end
                sequences, words = zip(*hand, strict=True)
                given.open[task].outcome = Outcome("ok", sequences, words)
                yield given
        if not batches and op.due:
            op.error = "WaitTimeout"
            yield ring
