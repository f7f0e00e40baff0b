"""Livelocks: fair ways to go round for ever in which somebody works, and no call of his ever returns.

Rule 1: a *livelock* of a task is a cycle that can be reached, in which the task `WORKS` (it does something, over and
        over) and in which none of its calls `RETURNS`. So its call is pending all the way round. What the others do
        makes no difference: their calls may return, and yet it is a livelock of this task.
Rule 2: a call that sleeps, is woken, cannot go on and sleeps again does not work. That it is woken too often is allowed,
        and that it is overtaken for ever too: nobody promised fairness between producers. Nor is it a livelock if calls
        begin and return for ever, as a loop of reads that time out: each of them is progress.
Rule 3: only *fair* cycles count (weak fairness, or justice): a task that could make an obliged step in every state of
        the cycle makes some step in it. The clock is a task. By default all steps but the beginning of a call are
        obliged: everybody may stop calling, nobody may stop within a call. `EVERYTHING` obliges all to call as well.
Rule 4: nothing is missed: going through a whole strongly connected component is as fair as can be, so a component has
        a fair cycle exactly if every task makes a step in it or cannot make one in some state of it.
Rule 5: what is shown is the lasso of the fewest steps, stem and loop together.

(Lichtenstein, Pnueli: Checking That Finite State Concurrent Programs Satisfy Their Linear Specification, POPL 1985.)
"""

from array import array
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple, final

from model.cycles import components
from model.graph import Graph, Move

ONCE_BEGUN: Final = frozenset(Move) - {Move.BEGINS}
"""Whoever has begun a call goes on with it; nobody has to begin one."""
EVERYTHING: Final = frozenset(Move)
"""Whoever can do anything does it some day, and so makes the calls that he can make."""


class Lasso(NamedTuple):
    """A livelock: whose it is, and the arrows of its loop. The stem is the shortest way to the source of the first."""

    task: str
    loop: list[int]


class Liveness(NamedTuple):
    """What the search for livelocks has found."""

    on_cycles: int
    """How many states lie on cycles, fair or not: with none, there was nothing to search."""
    livelock: Lasso | None


def judge(graph: Graph, depths: "array[int]", obliged: Collection[Move] = ONCE_BEGUN) -> Liveness:
    """Search a graph for livelocks. `depths` has the length of the shortest way to each state, in order of the states."""
    return _Search(graph, depths, obliged).search()


@final
class _Search:
    def __init__(self, graph: Graph, depths: "array[int]", obliged: Collection[Move]) -> None:
        self._graph = graph
        self._depths = depths
        self._starts = graph.starts(len(depths))
        self._tasks = list(dict.fromkeys(task for task, _ in graph.names))
        # One bit a task, and one more for the task whose livelock it is to be: has it worked?
        self._bits = [1 << self._tasks.index(task) for task, _ in graph.names]
        self._worked = 1 << len(self._tasks)
        self._full = 2 * self._worked - 1
        self._must = [move in obliged for _, move in graph.names]

    def search(self) -> Liveness:
        every = [True] * len(self._graph.names)
        on_cycles = 0
        found: list[tuple[str, list[int]]] = []
        for component in components(self._graph, self._starts, range(len(self._depths)), every):
            on_cycles += len(component)
            found.extend(self._of_component(component))
        best: Lasso | None = None
        least = 0
        for task, states in found:
            for state in sorted(states):  # in the order of their depths: they are numbered breadth first
                stem = self._depths[state]
                if best is not None and stem + 1 >= least:
                    break
                loop = self._round_from(state, task, set(states), None if best is None else least - stem - 1)
                if loop:
                    best, least = Lasso(task, loop), stem + len(loop)
        return Liveness(on_cycles, best)

    def _of_component(self, component: list[int]) -> Iterator[tuple[str, list[int]]]:
        """Yield the fair parts of a component in which a task works without a return, each with the task."""
        members = set(component)
        works = {label for label, (_, move) in enumerate(self._graph.names) if move is Move.WORKS}
        inside = {self._graph.labels[arrow] for arrow in self._arrows(members)}
        for label in sorted(works & inside):
            task = self._graph.names[label][0]
            for part in components(self._graph, self._starts, members, self._without_return(task)):
                states = set(part)
                labels = {self._graph.labels[arrow] for arrow in self._arrows(states)}
                seen = 0
                for other in labels:
                    seen |= self._bits[other]
                for state in part:
                    seen |= self._unable(state)
                if label in labels and seen | self._worked == self._full:
                    yield task, part

    def _without_return(self, task: str) -> list[bool]:
        return [name != (task, Move.RETURNS) for name in self._graph.names]

    def _arrows(self, states: set[int]) -> Iterator[int]:
        for state in states:
            for arrow in range(self._starts[state], self._starts[state + 1]):
                if self._graph.targets[arrow] in states:
                    yield arrow

    def _unable(self, state: int) -> int:
        """Return the bits of the tasks that are not obliged to make a step in a state."""
        able = 0
        for arrow in range(self._starts[state], self._starts[state + 1]):
            label = self._graph.labels[arrow]
            if self._must[label]:
                able |= self._bits[label]
        return (self._worked - 1) & ~able

    def _round_from(self, start: int, task: str, states: set[int], below: int | None) -> list[int]:
        """Return the shortest fair loop from a state, of less than `below` arrows + 1; empty if there is none.

        Breadth first over pairs of a state and what has been done on the way: who has moved, or could not.
        """
        graph, allowed = self._graph, self._without_return(task)
        first = start, self._unable(start)
        came: dict[tuple[int, int], tuple[tuple[int, int], int]] = {}
        level = [first]
        length = 0
        while level and (below is None or length < below):
            length += 1
            following: list[tuple[int, int]] = []
            for node in level:
                state, done = node
                for arrow in range(self._starts[state], self._starts[state + 1]):
                    target, label = graph.targets[arrow], graph.labels[arrow]
                    if target not in states or not allowed[label]:
                        continue
                    now = done | self._bits[label] | self._unable(target)
                    if graph.names[label] == (task, Move.WORKS):
                        now |= self._worked
                    then = target, now
                    if then == (start, self._full):
                        return [*self._way(came, first, node), arrow]
                    if then != first and then not in came:
                        came[then] = node, arrow
                        following.append(then)
            level = following
        return []

    def _way(
        self, came: dict[tuple[int, int], tuple[tuple[int, int], int]], first: tuple[int, int], node: tuple[int, int]
    ) -> list[int]:
        way: list[int] = []
        while node != first:
            node, arrow = came[node]
            way.append(arrow)
        return way[::-1]
