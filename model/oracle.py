"""The model as a judge of what some ring did: yours, ours, anybody's.

Rule 1: tell it what happened, in order: `invoke` when a call begins, `respond` when it returns, and, as far as you
        know, `due` when the time of a call is over, `observe` what the ring shows, `quiesce` when nothing moves.
Rule 2: the oracle keeps every state that a correct ring could be in. It lets each pending call take effect at any moment
        between its beginning and its return (linearizability), and drops the states that contradict what it is told.
Rule 3: when no state is left, no correct ring could have done that: `Mismatch`, with what was told, as lanes.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from model import calls
from model.actions import ACTIONS
from model.draw import Row, lanes
from model.state import Call, Outcome, Pending, State, ring, shown_as_claimed, with_pending, without_pending
from model.steps import Actions, expire, invoke, outcomes


class Mismatch(AssertionError):
    """No correct ring could have done what was told."""


class View(NamedTuple):
    """What a ring shows of itself; each is compared unless it is None."""

    claimed: int | None = None
    published: int | None = None
    phase: int | None = None
    positions: tuple[tuple[str, int], ...] | None = None
    """Position of every registered subscriber, in any order."""

    @staticmethod
    def of(state: State) -> "View":
        """Return what a ring in `state` shows."""
        positions = tuple(sorted((r.name, r.position) for r in state.readers if r.alive))
        return View(shown_as_claimed(state), state.published, int(state.phase), positions)

    def fits(self, state: State) -> bool:
        """Tell whether a ring in `state` shows this."""
        if self.claimed is not None and self.claimed != shown_as_claimed(state):
            return False
        if self.published is not None and self.published != state.published:
            return False
        if self.phase is not None and self.phase != state.phase:
            return False
        return self.positions is None or self.positions == View.of(state).positions


UNSEEN = View()
"""What a ring shows of which nothing can be seen."""


class Oracle:
    """Follows one ring; every method raises `Mismatch` when what it is told cannot be.

    >>> oracle = Oracle(capacity=1)
    >>> oracle.invoke("P", calls.publish("a"))
    >>> oracle.respond("P", Outcome("ok", (0,)))
    >>> oracle.invoke("C", calls.get(0))
    >>> oracle.respond("C", Outcome("ok", events=("b",)))
    Traceback (most recent call last):
        ...
    model.oracle.Mismatch: 'C' cannot return 'ok b' from get(0); a correct ring returns 'ok a'
    step  P            C
       1  publish(a)   |
       2  -> ok 0      |
       3  |            get(0)
       4  |            -> ok b   <- no correct ring does this
    """

    def __init__(self, capacity: int = 1, *, state: State | None = None, actions: Actions = ACTIONS) -> None:
        self.states: set[State] = {state if state is not None else ring(capacity)}
        self.told: list[Row] = []
        self._actions = actions

    # --- telling -------------------------------------------------------------------------------------------

    def invoke(self, task: str, call: Call) -> None:
        """Tell that `task` begins `call`. A call with `timeout=0` is due from the beginning: follow with `due`."""
        self.told.append(Row(task, calls.text(call)))
        self.states = {invoke(state, task, call) for state in self.states}

    def respond(self, task: str, outcome: Outcome) -> None:
        """Tell that the call of `task` returned, or raised, `outcome`."""
        self.told.append(Row(task, f"-> {outcome}"))
        possible = self._closure(self.states)
        kept = set()
        others = set()
        for state in possible:
            call = _pending(state, task)
            if call.outcome == outcome:
                kept.add(without_pending(state, task))
            else:
                others.add(call.outcome)
        if not kept:
            verb = calls.text(_pending(next(iter(possible)), task).call)
            legal = " or ".join(sorted(repr(str(other)) for other in others if other is not None))
            does = f"returns {legal}" if legal else "has to wait"
            self._mismatch(f"{task!r} cannot return {str(outcome)!r} from {verb}; a correct ring {does}")
        self.states = kept

    def interrupt(self, task: str) -> None:
        """Tell that the call of `task` was interrupted. `ValueError`: only `model.history` can judge that, afterwards."""
        raise ValueError(f"the call of {task!r} was interrupted: what that did is known only when all is over")

    def due(self, task: str) -> None:
        """Tell that the time of the call of `task` is over."""
        self.told.append(Row(task, "time is over"))
        possible = self._closure(self.states)
        self.states = {expire(state, _pending(state, task)) for state in possible}

    def observe(self, view: View) -> None:
        """Tell what the ring shows at this moment."""
        possible = self._closure(self.states)
        kept = {state for state in possible if view.fits(state)}
        if not kept:
            legal = "\n  ".join(sorted({str(View.of(state)) for state in possible}))
            self._mismatch(f"the ring shows\n  {view}\na correct ring shows\n  {legal}")
        self.states = kept

    def quiesce(self, view: View = UNSEEN) -> None:
        """Tell that nothing moves any more, and what the ring shows: every pending call waits for another call."""
        self.observe(view)
        possible = {state for state in self._closure(self.states) if view.fits(state)}
        kept = {state for state in possible if not self._moving(state)}
        if not kept:
            state = min(possible, key=lambda state: len(self._moving(state)))
            stuck = ", ".join(f"{call.task}: {calls.text(call.call)}" for call in self._moving(state))
            self._mismatch(f"nothing moves, but a correct ring would go on with {stuck}")
        self.states = kept

    # --- asking --------------------------------------------------------------------------------------------

    def check(self, promises: Iterable[Callable[[State], bool]]) -> None:
        """Raise `Mismatch` unless each promise holds in some state that the ring may be in."""
        for promise in promises:
            if not any(promise(state) for state in self.states):
                self._mismatch(f"broken: {promise.__doc__}")

    @property
    def state(self) -> State:
        """One of the states that the ring may be in."""
        return next(iter(self.states))

    # --- inside --------------------------------------------------------------------------------------------

    def _closure(self, states: set[State]) -> set[State]:
        """Return every state that a correct ring may reach from `states` without another call."""
        reached = set(states)
        frontier = list(states)
        while frontier:
            state = frontier.pop()
            for call in state.pending:
                if call.outcome is not None:
                    continue
                for after, outcome in outcomes(state, call, self._actions):
                    if outcome is not None:
                        after = with_pending(after, call._replace(outcome=outcome))
                    if after not in reached:
                        reached.add(after)
                        frontier.append(after)
        return reached

    def _moving(self, state: State) -> list[Pending]:
        """Return the pending calls that could go on, or return."""
        return [
            call
            for call in state.pending
            if call.outcome is not None or next(outcomes(state, call, self._actions), None) is not None
        ]

    def _mismatch(self, message: str) -> None:
        tasks = list(dict.fromkeys(row.actor for row in self.told))
        rows = list(self.told)
        if rows:
            rows[-1] = rows[-1]._replace(note="no correct ring does this")
        raise Mismatch(f"{message}\n{lanes(tasks, rows)}")


def _pending(state: State, task: str) -> Pending:
    for call in state.pending:
        if call.task == task:
            return call
    raise ValueError(f"task {task!r} has no pending call")
