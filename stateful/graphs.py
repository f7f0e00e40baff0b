"""Handlers in a graph, on one scheduler: what each was given, and what must hold of that.

Rule 1: an event is its own number, so a handler knows what it has to be given next. What is wrong is said where it happens.
Rule 2: what a handler has done stands in a cell of the runtime: whoever looks at it is seen by the reduction.
Rule 3: at the end nobody is stuck, no thread of a handler is left, and the ring is consistent.
"""

from collections.abc import Callable, Mapping
from typing import final

from disruptor import Disruptor, DisruptorBroken, Sequence
from disruptor._cell import Cell
from disruptor.handlers._groups import EventHandlerGroup
from disruptor.handlers._handler import HandlerOptions
from stateful.library import LIBRARY
from stateful.scheduler import Exploration, Granularity, Scheduler, explore, instrumented, reduced

Nodes = Mapping[str, tuple[str, ...]]
"""The name of each handler, and those that it is after; these stand before it."""


class Wrong(AssertionError):
    """A handler was given what it should not be given, or not what it should."""


class Trouble(Exception):
    """What a handler raises that is to fail."""


@final
class Graph:
    """A ring of numbers, and its handlers."""

    def __init__(self, scheduler: Scheduler, capacity: int, nodes: Nodes) -> None:
        self.scheduler = scheduler
        self.nodes = nodes
        self.ring: Disruptor[int] = Disruptor(capacity, runtime=scheduler.runtime)
        self.done: dict[str, Cell] = {name: scheduler.runtime.cell(-1) for name in nodes}
        """The last event that each handler has handled."""
        self.begun: dict[str, int] = dict.fromkeys(nodes, 0)
        self.ended: dict[str, int] = dict.fromkeys(nodes, 0)
        """How often each was started, and has shut down."""
        self.inside: set[str] = set()
        self.groups: dict[str, EventHandlerGroup[int]] = {}
        self.found: list[Wrong] = []
        self.deeds: dict[tuple[str, int], Callable[[], object]] = {}
        """What a handler does, once, when it is given an event, before it has handled it."""

    def register(self, **options: HandlerOptions) -> None:
        """Register all handlers; `options` of each by its name."""
        for name, after in self.nodes.items():
            handler = _Node(self, name)
            mine = options.get(name, HandlerOptions())
            mine = {**mine, "name": name}
            if after:
                first, *others = (self.groups[upstream] for upstream in after)
                self.groups[name] = first.and_(*others).then(handler, **mine)
            else:
                self.groups[name] = self.ring.handle_events_with(handler, **mine)

    def publish(self, count: int) -> Callable[[], None]:
        """Return what publishes the numbers from 0 on, one by one, as long as the ring takes them."""

        def body() -> None:
            for number in range(count):
                if self.ring.publish(number) != number:
                    raise Wrong(f"{number} was published out of turn")

        return body

    def position(self, name: str) -> int:
        """Return how far a handler has marked."""
        return self.groups[name].subscribers[0].sequence

    def wrong(self, what: str) -> Wrong:
        """Note what is wrong, and return it: what a handler raises could be lost."""
        self.found.append(Wrong(what))
        return self.found[-1]

    def finish(self, *, most: int | None = None) -> None:
        """Check the end: nobody is stuck, and everybody who was begun has ended; with `most`, has handled all to there."""
        if self.found:
            raise self.found[0]
        stuck = [task.name for task in self.scheduler.tasks if not task.ended]
        if stuck:
            raise Wrong(f"{', '.join(stuck)} never came to an end")
        if self.begun != self.ended or self.inside:
            raise Wrong(f"begun {self.begun}, ended {self.ended}, still inside {self.inside}")
        if most is not None:
            done = {name: cell.value for name, cell in self.done.items()}
            if set(done.values()) != {most} or any(self.position(name) < most for name in done):
                raise Wrong(f"not everybody has handled all to {most}: {done}")
        self.ring._check()


@final
class _Node:
    """A handler that knows what it has to be given."""

    def __init__(self, graph: Graph, name: str) -> None:
        self._graph = graph
        self._name = name

    def on_start(self) -> None:
        self._graph.begun[self._name] += 1

    def on_shutdown(self) -> None:
        self._graph.ended[self._name] += 1

    def on_event(self, event: int, sequence: Sequence, end_of_batch: bool) -> None:
        graph, name = self._graph, self._name
        if name in graph.inside:
            raise graph.wrong(f"{name} is called by two threads at once")
        graph.inside.add(name)
        try:
            done = graph.done[name]
            if (event, event) != (sequence, done.value + 1):
                raise graph.wrong(f"{name} was given {event} as {sequence} after {done.value}")
            for upstream in graph.nodes[name]:
                if graph.done[upstream].value < event:
                    raise graph.wrong(f"{name} was given {event} before {upstream}")
            deed = graph.deeds.pop((name, event), None)
            if deed is not None:
                deed()
            done.value = event
        finally:
            graph.inside.discard(name)


Story = Callable[[Graph], Callable[[], None]]
"""Registers handlers and starts tasks; returns what checks the end."""


def told(
    nodes: Nodes,
    capacity: int,
    story: Story,
    *,
    granularity: Granularity = Granularity.CELLS,
    limit: int | None = None,
    preemptions: int | None = None,
) -> Exploration:
    """Explore a story: every schedule that can make a difference, or, with `preemptions`, every one with so many.

    Raises what went wrong, with the schedule.
    """

    def program(scheduler: Scheduler) -> Callable[[], None]:
        return story(Graph(scheduler, capacity, nodes))

    with instrumented(LIBRARY):
        if preemptions is None:
            found = reduced(program, granularity=granularity, max_schedules=limit)
        else:
            found = explore(program, granularity=granularity, preemptions=preemptions, max_schedules=limit)
    if found.failed is not None:
        raise found.failed
    return found


def raising() -> None:
    """Raise."""
    raise Trouble("as it was told to")


def publish_on(ring: Disruptor[int], count: int) -> None:
    """Publish the numbers below `count`; start the ring again whenever it is broken."""
    number = 0
    while number < count:
        try:
            ring.publish(number)
            number += 1
        except DisruptorBroken:
            ring.start()
