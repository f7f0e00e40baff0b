"""The search for an order that explains a history: depth first, with memory (Wing and Gong; Lowe).

Rule 1: a node is how many events have happened, and the state. Its moves: the next event happens, or an open call makes
        a step. A node that led nowhere is not entered again.
Rule 2: what a call will return is known from the history, so a step that leads to another outcome is not made. This is what
        makes the search nearly linear: `publish` and `read` return sequences.
Rule 3: a call that can have its outcome now without changing anything has it now. That loses no solution: nobody
        else can see whether it had it, and a call that could end at some moment can never be stuck again.
Rule 4: so has a call its next step, if nobody could tell that from the same step made later (`commuting.py`).
Rule 5: the order in which moves are tried decides how fast an order is found, never whether.
Rule 6: a budget that is exceeded is told; it is neither a yes nor a no.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from model.broken_off import CRASHED, INTERRUPTED
from model.commuting import Neighbours, safe
from model.events import Called, Crashed, Event, Interrupted, Returned
from model.foresight import TAKING, Ends, doomed, foresee
from model.replay import Move, happen, steps
from model.state import NONE, Outcome, Pending, State, without_pending
from model.steps import Actions

TROUBLE = ("fail_subscriber", "close", "halt", "remove_subscriber", "register_subscriber", "abandon")
"""Calls after which others can do less: tried late. All others are tried early, for after them others can do more."""

LOOKING = ("get", "wait_for")
"""Calls that change nothing, however they end."""

Node = tuple[int, State]


class Found(NamedTuple):
    """What a search has found."""

    witness: tuple[Move, ...] | None
    """An order that explains everything, if there is one."""
    reached: int
    """How many events have happened at most on any way that was tried."""
    states: int
    """How many nodes were visited."""
    exhausted: bool
    """Whether every node was visited, or an order found; otherwise the budget was exceeded, and nothing is known."""


def search(
    start: State,
    events: Sequence[Event],
    actions: Actions,
    budget: int,
    *,
    until: int | None = None,
    plain: bool = False,
    visit: Callable[[State], None] | None = None,
) -> Found:
    """Look for an order that explains the first `until` events, or all, visiting `budget` nodes at most.

    A `plain` search uses neither foresight nor steps that are made at once: slower, and with less that could be wrong.
    With `visit`, look for all of them: it is called with every state that a ring may be in after the last event.
    """
    last = len(events) if until is None else until
    returns = known_returns(events, last)
    ends = known_ends(events, last, returns)
    neighbours = Neighbours(events, last, returns, cautious=visit is not None, usable=not plain)
    ahead = foresee(events[:last], returns, start.capacity)
    seen: set[Node] = set()
    stack: list[tuple[Move | None, Iterator[tuple[int, Move]]]] = []
    reached = 0

    def enter(node: Node, move: Move | None) -> bool:
        """Visit a node, unless it was visited before; tell whether the search is over."""
        nonlocal reached
        if node in seen:
            return False
        seen.add(node)
        number, state = node
        reached = max(reached, number)
        if not plain and doomed(state, ends[number], ahead[number]):
            return False
        stack.append((move, moves(state, events, number, last, ends[number], neighbours, actions)))
        if number == last:
            if visit is None:
                return True
            visit(state)
        return False

    if not enter((0, start), None):
        while stack:
            following = next(stack[-1][1], None)
            if following is None:
                stack.pop()
                continue
            if len(seen) >= budget:
                return Found(None, reached, len(seen), exhausted=False)
            number, move = following
            if enter((number, move.state), move):
                break
    witness = tuple(move for move, _ in stack if move is not None) if stack else None
    return Found(witness, reached, len(seen), exhausted=True)


def known_returns(events: Sequence[Event], last: int) -> dict[int, Outcome]:
    """Return how calls end, by the number of the event at which they begin.

    Returns after the first `last` events are not known. That a call is broken off is: its end comes before that is told.
    """
    begun: dict[str, int] = {}
    returns: dict[int, Outcome] = {}
    for number, event in enumerate(events):
        if isinstance(event, Called):
            begun[event.task] = number
        elif isinstance(event, Returned):
            beginning = begun.pop(event.task)
            if number < last:
                returns[beginning] = event.outcome
        elif isinstance(event, Interrupted | Crashed) and event.task in begun:
            returns[begun.pop(event.task)] = INTERRUPTED if isinstance(event, Interrupted) else CRASHED
    return returns


def known_ends(events: Sequence[Event], last: int, returns: dict[int, Outcome]) -> list[Ends]:
    """Return, for each number of events that have happened, how the open calls will end; None if that is not known."""
    current: Ends = {}
    ends = [current]
    for number, event in enumerate(events[:last]):
        if isinstance(event, Called):
            current = {**current, event.task: returns.get(number)}
        elif isinstance(event, Returned | Interrupted | Crashed):
            current = {task: outcome for task, outcome in current.items() if task != event.task}
        ends.append(current)
    return ends


def moves(
    state: State,
    events: Sequence[Event],
    number: int,
    last: int,
    ends: Ends,
    neighbours: Neighbours,
    actions: Actions,
) -> Iterator[tuple[int, Move]]:
    """Yield the moves from a node, those first that are likely to lead on, with the number of events after each."""
    late: list[Move] = []
    early: list[Pending] = []
    for call in state.pending:
        end = ends.get(call.task)
        if end is None or end in (INTERRUPTED, CRASHED):
            late.extend(steps(state, call, actions, end))
        elif call.outcome is None:
            if end.kind == "ok" and call.call.verb not in LOOKING:
                early.append(call)
                continue
            for move in steps(state, call, actions, None):
                if move.outcome == end and unchanged(state, move):
                    yield number, move  # Rule 3
                    return
            early.append(call)
    likely: list[Move] = []
    for call in early:
        end = ends[call.task]
        if end is not None and ready(state, call, end):
            leading = [move for move in steps(state, call, actions, None) if leads_to(end, move)]
            if len(leading) == 1 and safe(neighbours, state, number, call, end, leading[0]):
                yield number, leading[0]  # Rule 4
                return
            (late if call.call.verb in TROUBLE else likely).extend(leading)
    for move in likely:
        yield number, move
    if number < last:
        for after in happen(state, events, number, actions):
            yield number + 1, Move(after)
    for move in late:
        yield number, move


def ready(state: State, call: Pending, end: Outcome) -> bool:
    """Tell, at little cost, whether a call that is going to return `end` may make a step; most cannot."""
    if call.call.verb in TAKING and call.stage == 0 and end.sequences:
        return state.claimed + 1 == end.sequences[0]
    return True


def leads_to(end: Outcome, move: Move) -> bool:
    """Tell whether a call that makes this step may still end as it did."""
    if move.outcome is not None:
        return move.outcome == end
    call = next(call for call in move.state.pending if call.task == move.task)
    if call.error:
        return call.error == end.kind
    if end.kind == "SubscriberBusy":
        return False
    if call.held != NONE and end.kind != "TranslatorError":
        return end.sequences[:1] == (call.held,)
    return True


def unchanged(state: State, move: Move) -> bool:
    """Tell whether a step has changed nothing but what its own call will return."""
    return without(state, move.task) == without(move.state, move.task)


def without(state: State, task: str | None) -> State:
    """Return the state without the call of a task."""
    return state if task is None else without_pending(state, task)
