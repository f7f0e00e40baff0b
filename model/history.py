"""Histories of calls on anybody's ring, and the verdict on them: is there an order in which a correct ring did that?

Rule 1: a history is what was seen, in the order in which it was seen; it is data, and can be written and read as lines.
Rule 2: `check` finds an order of effects that explains it, each between the beginning and the end of its call, and shows it
        (`order`); it is replayed step by step before it is believed. Or there is none: then the longest beginning that has
        one is found, and what a correct ring would have done next. Or the search was too long: `UNDECIDED`, never a pass.
Rule 3: a call that is open at the end may have taken effect or not; at rest, it must be one that cannot go on.
Rule 4: a task makes one call at a time, and a subscriber's name is given once: what cannot be is `BadHistory`, no verdict.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from model.actions import ACTIONS
from model.calls import text
from model.draw import Row, lanes, svg_lanes
from model.events import BadHistory, Called, Event, Rest, Returned, Shown, shown
from model.events import text as event_text
from model.linearize import Found, search
from model.lines import read, write
from model.oracle import View
from model.override import override
from model.replay import Move, moving, pending, verify
from model.state import Call, Outcome, State, ring
from model.steps import Actions
from model.well_formed import well_formed

BUDGET = 200_000
"""How many nodes a search visits at most, unless it is told otherwise."""

EXPLAINING = 10_000
"""How many nodes a search visits at most that only looks for the words to tell why a history is impossible."""


@dataclass(frozen=True, slots=True)
class History:
    """What happened on one ring, in order. Raises `BadHistory` if it is none: a return without a call, say.

    >>> history = History.read(['{"task": "P", "call": "publish", "events": ["a"]}', '{"task": "P", "returns": "ok"}'])
    >>> print(check(history, capacity=4))
    not linearizable: 'P' cannot return 'ok' from publish(a); a correct ring returns 'ok 0'
    step  P
       1  publish(a)
       2  -> ok   <- no correct ring does this
    """

    events: tuple[Event, ...]

    def __post_init__(self) -> None:
        for _ in well_formed(self.events):
            pass

    @staticmethod
    def read(lines: Iterable[str]) -> "History":
        """Return the history that lines of JSON tell; empty lines are none. `BadHistory` names the line."""
        events: list[Event] = []
        numbers: list[int] = []
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    events.append(read(line))
                except BadHistory as error:
                    raise BadHistory(f"line {number}: {error}") from error
                numbers.append(number)
        checked = well_formed(events)
        for number in numbers:
            try:
                next(checked)
            except BadHistory as error:
                raise BadHistory(f"line {number}: {error}") from error
        return History(tuple(events))

    def lines(self) -> Iterator[str]:
        """Yield the history as lines of JSON, without their ends."""
        return map(write, self.events)


class Kind(Enum):
    """What a verdict can be."""

    LINEARIZABLE = "linearizable"
    IMPOSSIBLE = "not linearizable"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Effect:
    """One place in the order that was found: the call that took effect there."""

    event: int
    """The event, counted from 0, at which the call began."""
    task: str
    call: Call
    outcome: Outcome

    @override
    def __str__(self) -> str:
        return f"{self.task}: {text(self.call)} -> {self.outcome}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `check` has found. As text: the reason, and the history as lanes as far as it can be explained."""

    kind: Kind
    events: tuple[Event, ...]
    states: int
    """How many nodes were visited."""
    explained: int
    """How many events, from the first on, an order explains; at least so many, if `undecided`."""
    order: tuple[Effect, ...] = ()
    """The effects in an order that explains the whole history."""
    reason: str = ""
    """What cannot be, and what a correct ring would have done."""

    def __bool__(self) -> bool:
        return self.kind is Kind.LINEARIZABLE

    @override
    def __str__(self) -> str:
        parts = [f"{self.kind.value}: {self.reason}" if self.reason else self.kind.value]
        return "\n".join([*parts, self.lanes()] if self.kind is not Kind.LINEARIZABLE else parts)

    def lanes(self, last: int = 40) -> str:
        """Return the last rows of what was explained, and the event at which no order fits, as text."""
        rows, first = self._rows(last)
        return lanes(_tasks(self.events), rows, first=first)

    def svg(self, last: int = 40) -> str:
        """Return the same as a standalone SVG."""
        rows, first = self._rows(last)
        return svg_lanes(_tasks(self.events), rows, title=self.reason or self.kind.value, first=first)

    def _rows(self, last: int) -> tuple[list[Row], int]:
        shown = self.events[: self.explained + 1]
        first = max(0, len(shown) - last)
        rows = [Row(_actor(event), event_text(event)) for event in shown[first:]]
        if rows and self.explained < len(self.events):
            note = "no correct ring does this" if self.kind is Kind.IMPOSSIBLE else "no order was found from here on"
            rows[-1] = rows[-1]._replace(note=note)
        return rows, first + 1


def check(
    history: History,
    capacity: int,
    *,
    start: State | None = None,
    actions: Actions = ACTIONS,
    budget: int = BUDGET,
) -> Verdict:
    """Return the verdict on a history of a ring of `capacity` slots, which begins empty, or in the state `start`.

    A search visits at most `budget` nodes (states at moments): beyond that the verdict is `UNDECIDED`. `ValueError` if
    `capacity` is not positive.
    """
    if capacity < 1:
        raise ValueError(f"a capacity is at least 1, not {capacity}")
    start = ring(capacity) if start is None else start
    events = history.events
    found = search(start, events, actions, budget)
    if found.witness is None and found.exhausted:
        # A no is said only if a search with less cleverness, as far as it comes, does not find an order either.
        again = search(start, events, actions, min(budget, EXPLAINING), plain=True)
        found = found if again.witness is None else again
    if found.witness is not None:
        verify(start, events, found.witness, actions)
        order = tuple(_order(events, found.witness))
        return Verdict(Kind.LINEARIZABLE, events, found.states, len(events), order)
    if not found.exhausted:
        reason = f"no order was found within {found.states} states"
        return Verdict(Kind.UNDECIDED, events, found.states, found.reached, reason=reason)
    explained = _explained(start, events, found, actions, min(budget, EXPLAINING))
    reason = _reason(start, events, explained, actions, min(budget, EXPLAINING))
    return Verdict(Kind.IMPOSSIBLE, events, found.states, explained, reason=reason)


def _explained(start: State, events: Sequence[Event], found: Found, actions: Actions, budget: int) -> int:
    """Return how long the longest beginning is that has an order: whatever has one, its beginnings have too.

    The search itself stops earlier: it knows what calls will return, and so gives up before they do.
    """
    low, high, leap = found.reached, len(events) - 1, 1
    while low < high:
        # First by leaps, for it is seldom far; then by halving.
        middle = min(low + leap, (low + high + 1) // 2)
        if search(start, events, actions, budget, until=middle).witness is not None:
            low, leap = middle, 2 * leap
        else:
            high, leap = middle - 1, high
    return low


def _reason(start: State, events: Sequence[Event], number: int, actions: Actions, budget: int) -> str:
    """Return why event `number` cannot be, although all before it can."""
    event = events[number]
    returns: set[str] = set()
    views: set[str] = set()
    goes_on: set[tuple[str, ...]] = set()

    def visit(state: State) -> None:
        views.add(" ".join(shown(View.of(state))))
        if isinstance(event, Returned):
            call = pending(state, event.task)
            returns.update([repr(str(call.outcome))] if call is not None and call.outcome is not None else [])
        elif isinstance(event, Rest) and event.view.fits(state):
            goes_on.add(tuple(f"{call.task}: {text(call.call)}" for call in moving(state, actions)))

    found = search(start, events, actions, budget, until=number, visit=visit)
    more = "" if found.exhausted else " (not all was looked at)"
    if isinstance(event, Returned):
        verb = next(text(e.call) for e in reversed(events[:number]) if isinstance(e, Called) and e.task == event.task)
        unknown = "has to wait" if found.exhausted else "does something else"
        does = f"returns {' or '.join(sorted(returns))}" if returns else unknown
        return f"{event.task!r} cannot return {str(event.outcome)!r} from {verb}; a correct ring {does}{more}"
    if goes_on:
        fewest = min(goes_on, key=lambda group: (len(group), group))
        return f"nothing moves, but a correct ring would go on with {', '.join(fewest)}"
    return f"the ring {event_text(event)}; a correct ring shows {' or '.join(sorted(views))}{more}"


def _order(events: Sequence[Event], witness: Sequence[Move]) -> Iterator[Effect]:
    begun: dict[str, int] = {}
    number = 0
    for move in witness:
        if move.task is None:
            event = events[number]
            if isinstance(event, Called):
                begun[event.task] = number
            number += 1
        elif move.outcome is not None and move.task in begun:
            called = events[begun[move.task]]
            if isinstance(called, Called):  # pragma: no branch - only calls are begun
                yield Effect(begun[move.task], move.task, called.call, move.outcome)


def _actor(event: Event) -> str:
    return "ring" if isinstance(event, Shown | Rest) else event.task


def _tasks(events: Iterable[Event]) -> list[str]:
    return list(dict.fromkeys(map(_actor, events)))
