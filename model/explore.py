"""Every state that can be reached, breadth first, with every promise checked in each.

Rule 1: nothing here knows what a state is; it has to be hashable, and `successors` has to be a pure function.
Rule 2: breadth first, so the trace to a broken promise is as short as possible.
Rule 3: a limit that is reached is reported as a limit, never as a pass.
Rule 4: with `liveness`, all arrows between the states are kept, and livelocks are searched for (`liveness.py`).

Counts follow TLC, so that they can be compared with published ones: `states` are distinct states, `transitions` the
initial states plus every successor that was generated, `depth` the number of levels, the initial states being the first.
"""

from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from model.draw import Row, lanes
from model.graph import Graph, Move
from model.graph import Step as Step
from model.liveness import ONCE_BEGUN, judge
from model.override import override

S = TypeVar("S")


class Promise(NamedTuple, Generic[S]):
    """A predicate on states, with a name."""

    name: str
    holds: Callable[[S], bool]


def _named(promise: Promise[S] | Callable[[S], bool]) -> Promise[S]:
    """Return a plain function as a promise under its own name."""
    if isinstance(promise, Promise):
        return promise
    return Promise(getattr(promise, "__name__", repr(promise)), promise)


class Violation(NamedTuple, Generic[S]):
    """A broken promise, and the shortest way to it."""

    promise: str
    trace: tuple[tuple[Step, S], ...]
    state: S
    loop: int = 0
    """Of a livelock: how many of the last steps lead back to where the first of them began."""

    @override
    def __str__(self) -> str:
        rows = [Row(step.actor, step.text) for step, _ in self.trace]
        if rows:
            again = f": and so on from step {len(rows) - self.loop + 1}" if self.loop else ""
            rows[-1] = rows[-1]._replace(note=self.promise + again)
        return f"{self.promise}\n{lanes(dict.fromkeys(row.actor for row in rows), rows)}\nin {self.state}"


class PromiseBroken(AssertionError):
    """A promise does not hold, or was not put to the test."""


class Report(NamedTuple, Generic[S]):
    """What an exploration found."""

    states: int
    transitions: int
    depth: int
    complete: bool
    """Whether everything was visited: false after a violation, and if `max_states` was reached."""
    violation: Violation[S] | None
    unmet: tuple[str, ...]
    """The `sometimes` promises that held nowhere."""
    on_cycles: int = 0
    """With `liveness`, how many states lie on cycles: on none, there was nowhere to go round."""

    @override
    def __str__(self) -> str:
        counts = f"{self.states} states, {self.transitions} transitions, depth {self.depth}"
        if self.violation is not None:
            return f"{counts}: broken\n{self.violation}"
        if not self.complete:
            return f"{counts}: the limit was reached"
        return f"{counts}: complete" + (f", but never seen: {', '.join(self.unmet)}" if self.unmet else "")

    def require(self) -> "Report[S]":
        """Return the report; `PromiseBroken`, with the trace as lanes, if it is not complete and clean."""
        if self.violation is not None:
            raise PromiseBroken(str(self.violation))
        if not self.complete:
            raise PromiseBroken(f"the limit was reached after {self.states} states")
        if self.unmet:
            raise PromiseBroken(f"never seen: {', '.join(self.unmet)}")
        return self


DEADLOCK = "deadlock"
"""Nothing can happen, and not everybody has finished."""
NO_WAY_TO_FINISH = "no way to finish"
"""From this state on, whatever happens, not everybody can finish."""
LIVELOCK = "livelock"
"""A task works for ever, fairly, and its call never returns. It is followed by whose it is."""


def explore(
    initial: Iterable[S],
    successors: Callable[[S], Iterable[tuple[Step, S]]],
    *,
    always: Sequence[Promise[S] | Callable[[S], bool]] = (),
    sometimes: Sequence[Promise[S] | Callable[[S], bool]] = (),
    done: Callable[[S], bool] | None = None,
    within: Callable[[S], bool] | None = None,
    max_states: int | None = None,
    liveness: bool = False,
    obliged: Collection[Move] = ONCE_BEGUN,
) -> Report[S]:
    """Visit every state that can be reached from `initial`.

    `always` has to hold in every state, each of `sometimes` in some state; a plain function is a promise under its own
    name. With `done`, a state without successors
    that is not done is a deadlock, and from every state some done state has to be reachable. A state that is not
    `within` is counted as generated, but neither visited nor counted as a state. With `liveness`, there must be no
    livelock (`model/liveness.py`), as far as the `obliged` moves are fair; it needs all states, so `within` is a
    `ValueError` then.

    >>> def count(state: int) -> Iterable[tuple[Step, int]]:
    ...     return [(Step("counter", "adds one"), state + 1)] if state < 3 else []
    >>> report = explore([0], count, always=[Promise("below 3", lambda state: state < 3)])
    >>> print(report.violation)
    below 3
    step  counter
       1  adds one
       2  adds one
       3  adds one   <- below 3
    in 3
    >>> print(explore([0], count))
    4 states, 4 transitions, depth 4: complete
    """
    if liveness and within is not None:
        raise ValueError("a livelock may lie outside: `liveness` goes without `within`")
    promises = [_named(promise) for promise in always]
    states: list[S] = list(dict.fromkeys(initial))
    index = {state: k for k, state in enumerate(states)}
    parents = array("q", [-1] * len(states))
    steps: list[Step | None] = [None] * len(states)
    depths = array("q", [0] * len(states))
    graph = Graph()
    unmet = {promise.name: promise.holds for promise in map(_named, sometimes)}
    transitions = len(states)
    depth = 0

    def violation(promise: str, k: int) -> Violation[S]:
        trace = []
        state = states[k]
        while (step := steps[k]) is not None:
            trace.append((step, states[k]))
            k = parents[k]
        return Violation(promise, tuple(reversed(trace)), state)

    def arrow(number: int) -> tuple[Step, S]:
        source = graph.sources[number]
        before = number - graph.sources.index(source)
        return list(successors(states[source]))[before]

    def report(complete: bool, found: Violation[S] | None, on_cycles: int = 0) -> Report[S]:
        return Report(len(states), transitions, depth, complete, found, tuple(unmet), on_cycles)

    k = 0
    level_end = 0
    while k < len(states):
        if k == level_end:
            depth += 1
            level_end = len(states)
        if max_states is not None and len(states) > max_states:
            return report(False, None)
        state = states[k]
        for promise in promises:
            if not promise.holds(state):
                return report(False, violation(promise.name, k))
        for name in [name for name, holds in unmet.items() if holds(state)]:
            del unmet[name]
        stuck = True
        for step, following in successors(state):
            stuck = False
            transitions += 1
            target = index.get(following)
            if target is None:
                if within is not None and not within(following):
                    continue
                target = index[following] = len(states)
                states.append(following)
                parents.append(k)
                steps.append(step)
                depths.append(depth)
            if done is not None or liveness:
                graph.add(k, step, target)
        if stuck and done is not None and not done(state):
            return report(False, violation(DEADLOCK, k))
        k += 1
    on_cycles = 0
    if liveness:
        on_cycles, lasso = judge(graph, depths, obliged)
        if lasso is not None:
            stem = violation(f"{LIVELOCK} of {lasso.task}", graph.sources[lasso.loop[0]])
            loop = tuple(map(arrow, lasso.loop))
            found = stem._replace(trace=stem.trace + loop, loop=len(loop))
            return report(False, found, on_cycles)
    if done is not None:
        lost = _first_lost(
            len(states), graph.sources, graph.targets, [k for k, state in enumerate(states) if done(state)]
        )
        if lost is not None:
            return report(False, violation(NO_WAY_TO_FINISH, lost))
    return report(True, None, on_cycles)


def _first_lost(count: int, sources: "array[int]", targets: "array[int]", finished: list[int]) -> int | None:
    """Return the first state from which no finished one can be reached."""
    # Who leads to state t stands in before[starts[t] : starts[t + 1]]: two flat arrays, because a list for each of a
    # million states costs more memory than the edges. Each `starts[t]` is the end of its stretch until that is filled.
    starts = array("q", [0]) * (count + 1)
    for target in targets:
        starts[target] += 1
    total = 0
    for k in range(count + 1):
        total += starts[k]
        starts[k] = total
    before = array("q", [0]) * total
    for source, target in zip(sources, targets, strict=True):
        starts[target] -= 1
        before[starts[target]] = source
    saved = bytearray(count)
    for k in finished:
        saved[k] = 1
    while finished:
        k = finished.pop()
        for source in before[starts[k] : starts[k + 1]]:
            if not saved[source]:
                saved[source] = 1
                finished.append(source)
    lost = saved.find(0)
    return None if lost < 0 else lost
