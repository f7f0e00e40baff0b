"""Every schedule of a program that can make a difference: dynamic partial-order reduction, with sleep sets.

Rule 1: a run is looked at after it has ended: wherever two of its steps race, and might have gone the other way, the point
        before the earlier one gets another choice to be tried, unless one is there that leads to the same.
Rule 2: a choice that was tried sleeps in the branches that follow, until a step conflicts with it: what it leads to
        was seen. A run in which everybody who could go on sleeps is redundant, and ends there.
Rule 3: it is complete: without an error, every outcome that some schedule has was seen, and every way in which nothing moves
        any more. What the ring shows at some moment in between is compared in the runs that are made.
Rule 4: a limit that is reached is reported as a limit, never as a pass.

(Source sets: Abdulla, Aronis, Jonsson, Sagonas: Optimal Dynamic Partial Order Reduction, POPL 2014. The clock is a task.)
"""

from collections.abc import Callable
from typing import final

from stateful.scheduler._access import Access, Step, conflicts
from stateful.scheduler._buffers import Weak
from stateful.scheduler._core import Scheduler
from stateful.scheduler._explore import Exploration, Failed, Program, run_once
from stateful.scheduler._fair import PATIENCE
from stateful.scheduler._granularity import Granularity
from stateful.scheduler._log import Log
from stateful.scheduler._order import Order
from stateful.scheduler._points import at_work


class Redundant(Exception):
    """The rest of a run would show nothing new."""


@final
class _Node:
    """A decision: what was open, what was chosen, and what else has been or is to be tried."""

    __slots__ = ("chosen", "done", "options", "sleep", "todo")

    def __init__(self, options: list[str], chosen: str, sleep: dict[str, list[Access]]) -> None:
        self.options = options
        self.chosen = chosen
        self.sleep = sleep
        """Tasks whose next step was seen in a branch above, with what that step does."""
        self.done: dict[str, list[Access]] = {}
        """The choices that were tried here, with what their step does."""
        self.todo: set[str] = {chosen}


@final
class _Branch:
    """Chooses as the nodes say, and from there on the first task that does not sleep."""

    def __init__(self, nodes: list[_Node], scheduler: Scheduler) -> None:
        self.nodes = nodes
        self._depth = len(nodes)
        self._scheduler = scheduler
        self._sleep: dict[str, list[Access]] = {}
        self._seen = -1

    def choose(self, decision: int, options: list[str], going: bool) -> int:
        """Return the index of the choice."""
        nodes = self.nodes
        if decision < self._depth:
            node = nodes[decision]
            if node.options != options:
                raise RuntimeError(f"a run went differently: at decision {decision} {node.options} became {options}")
            return options.index(node.chosen)
        sleep = self.asleep()
        for index, name in enumerate(options):
            if name not in sleep:
                nodes.append(_Node(options, name, dict(sleep)))
                return index
        raise Redundant

    def asleep(self) -> dict[str, list[Access]]:
        """Return who sleeps now, having looked at the steps since the last time; `Redundant` if a sleeper has moved."""
        log = self._scheduler.log
        steps = log.steps if log is not None else []
        if self._seen < 0:
            if not self._depth:
                self._seen = 0
            else:
                last = self.nodes[self._depth - 1]
                self._seen = next(k for k, step in enumerate(steps) if step.decision == self._depth - 1)
                self._sleep = {**last.sleep, **last.done}
                self._sleep.pop(last.chosen, None)
        for step in steps[self._seen :]:
            if step.task in self._sleep:
                raise Redundant
            if self._sleep:
                self._sleep = {
                    name: accesses for name, accesses in self._sleep.items() if not conflicts(accesses, step.accesses)
                }
        self._seen = len(steps)
        return self._sleep


def reduced(
    program: Program,
    *,
    granularity: Granularity = Granularity.CELLS,
    max_schedules: int | None = None,
    max_steps: int = 50_000,
    patience: int = PATIENCE,
    look: Callable[[Log], object] | None = None,
    buffers: Weak | None = None,
) -> Exploration:
    """Run `program` under every schedule that can make a difference, until one fails or `max_schedules` were run.

    `look` is given the log of every run.
    The source must be instrumented (`_points.instrumented`), whatever the granularity: what is not seen is not reduced.
    Where somebody has to go on because he was kept waiting for longer than `patience` (`_fair.py`), nothing else is tried.
    With `buffers`, stores become visible later.
    """
    nodes: list[_Node] = []
    number = redundant = 0
    while max_schedules is None or number + redundant < max_schedules:
        depth = len(nodes)
        scheduler = Scheduler(
            granularity=granularity, max_steps=max_steps, patience=patience, log=True, buffers=buffers
        )
        branch = _Branch(nodes, scheduler)
        scheduler.chooser = branch
        waiting: dict[str, Access] = {}
        with at_work(scheduler):
            error = run_once(program, scheduler, waiting)
        if error is None:
            try:
                branch.asleep()
            except Redundant as found:
                error = found
        if isinstance(error, Redundant):
            redundant += 1
        else:
            number += 1
            if error is not None:
                return Exploration(number, False, Failed(error, scheduler.schedule, number), redundant)
        log = scheduler.log
        if log is None:
            raise RuntimeError("a scheduler has lost its log")
        if look is not None:
            look(log)
        since = len(log.steps)
        for k, step in enumerate(log.steps):
            if step.decision >= max(depth - 1, 0):
                nodes[step.decision].done[step.task] = step.accesses
                since = min(since, k)
        order = Order(log.steps)
        for earlier, later, before, step in order.races(since, waiting):
            _add(nodes, order, earlier, later, before, step)
        if not _next(nodes):
            return Exploration(number, True, None, redundant)
    return Exploration(number, False, None, redundant)


def _add(nodes: list[_Node], order: Order, earlier: int, later: int | None, before: list[int], step: Step) -> None:
    """Make sure that two racing steps are tried the other way round."""
    decision = order.steps[earlier].decision
    if decision < 0:
        return  # nothing else could move there
    node = nodes[decision]
    movers = order.first_movers(earlier, later, before, step)
    if any(mover in node.todo or mover in node.sleep for mover in movers):
        return
    open_to = [mover for mover in movers if mover in node.options]
    node.todo.update(open_to[:1] or node.options)


def _next(nodes: list[_Node]) -> bool:
    """Go to the last decision with something left to try, and choose that; false if there is none."""
    while nodes:
        node = nodes[-1]
        left = [name for name in node.options if name in node.todo and name not in node.done and name not in node.sleep]
        if left:
            node.chosen = left[0]
            return True
        nodes.pop()
    return False
