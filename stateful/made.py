"""A ring with a graph of handlers and pools made by chance, and a life made by chance, on one scheduler.

Rule 1: the reference is the graph itself, as a dict: who is after whom. A node is given an event only when all that it is
        after are done with it, or were removed; and each event once.
Rule 2: what is done stands in a cell of the runtime for each node and event: a point at which others may go on.
Rule 3: whatever happens, the ring is started again until everything is done: who is stuck or lost shows at the end.
"""

from collections.abc import Callable
from collections.abc import Sequence as AbstractSequence
from contextlib import suppress
from random import Random
from typing import final

from disruptor import (
    Disruptor,
    DisruptorBroken,
    DisruptorClosed,
    EventHandlerGroup,
    Progress,
    Sequence,
    WorkerPool,
    on_error,
)
from disruptor._cell import Cell
from disruptor.handlers._handler import HandlerOptions
from disruptor.handlers._worker import PoolOptions
from disruptor.waiting import BusySpin, PhasedBackoff, WaitStrategy
from stateful.graphs import Trouble, Wrong
from stateful.scheduler import Scheduler

EVENTS = 3
LIVES = 20
"""How often a ring has to be started again at most: there are not nearly as many reasons."""


@final
class Made:
    """A ring, its graph, and what has become of each event in each node."""

    def __init__(self, random: Random, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.random = random
        clear = random.random() < 0.3
        self.ring: Disruptor[int] = Disruptor(random.choice([1, 2, 4]), clear=clear, runtime=scheduler.runtime)
        self.after: dict[str, set[str]] = {}
        self.removed: set[str] = set()
        self.voids = 0
        self.over = False
        self.done: dict[str, list[Cell]] = {}
        self.fails: set[tuple[str, int]] = set()
        self.found: list[Wrong] = []
        self.groups: dict[str, EventHandlerGroup[int] | WorkerPool[int]] = {}
        for k in range(random.randint(2, 5)):
            self._register(f"n{k}")

    # --- the graph -----------------------------------------------------------------------------------------

    def _register(self, name: str) -> None:
        random = self.random
        upstreams = random.sample(sorted(self.groups), random.randint(0, min(2, len(self.groups))))
        self.after[name] = set(upstreams)
        self.done[name] = [self.scheduler.runtime.cell(0) for _ in range(EVENTS)]
        if random.random() < 0.3:
            self.fails.add((name, random.randrange(EVENTS)))
        if random.random() < 0.35:
            self._pool(name, upstreams)
        else:
            self._handler(name, upstreams)

    def _pool(self, name: str, upstreams: list[str]) -> None:
        node = Node(self, name)
        workers = [node] * self.random.randint(1, 3)
        options: PoolOptions[int] = {"name": name}
        if self.random.random() < 0.5:
            options["key"] = lambda event: event % 2
        if upstreams:
            self.groups[name] = self._before(upstreams).then_pool(*workers, **options)
        else:
            self.groups[name] = self.ring.handle_events_with_pool(*workers, **options)

    def _before(self, upstreams: list[str]) -> EventHandlerGroup[int] | WorkerPool[int]:
        first, *others = (self.groups[upstream] for upstream in upstreams)
        return first.and_(*others)

    def _handler(self, name: str, upstreams: list[str]) -> None:
        random = self.random
        options: HandlerOptions = {"name": name}
        kinds: list[type[Node | Whole | Late]] = [Node, Node, Whole, Late]
        handler = random.choice(kinds)(self, name)
        if random.random() < 0.5:
            options["max_batch_size"] = 1
        if random.random() < 0.3 and isinstance(handler, Node):
            options["progress"] = "event"
            options["on_error"] = random.choice([on_error.retry(1), on_error.rewind(1)])
        if random.random() < 0.2:
            ways: list[WaitStrategy] = [BusySpin(), PhasedBackoff(spins=0, yields=1)]
            options["wait"] = random.choice(ways)
        if upstreams:
            self.groups[name] = self._before(upstreams).then(handler, **options)
        else:
            self.groups[name] = self.ring.handle_events_with(handler, **options)

    # --- what the nodes say --------------------------------------------------------------------------------

    def given(self, name: str, event: int) -> None:
        """Note that a node is given an event; raise if it is to fail there, once."""
        for upstream in self.after[name]:
            if not self.done[upstream][event].value and upstream not in self.removed:
                self.wrong(f"{name} was given {event} before {upstream} was done with it")
        if (name, event) in self.fails:
            self.fails.discard((name, event))
            raise Trouble(name)

    def finished(self, name: str, event: int) -> None:
        """Note that a node is done with an event."""
        done = self.done[name][event]
        done.value += 1
        if done.value > 1:
            self.wrong(f"{name} was given {event} twice")

    def wrong(self, what: str) -> None:
        """Note what is wrong, and raise it."""
        self.found.append(Wrong(what))
        raise self.found[-1]

    # --- its life ------------------------------------------------------------------------------------------

    def tasks(self) -> dict[str, Callable[[], None]]:
        """Return what is done with the ring, each by a task of its own."""
        others = {"halts": self.ring.halt, "removes": self._remove, "starts": self._start}
        return {
            "main": self.live,
            **{name: task for name, task in others.items() if self.random.random() < 0.3},
        }

    def _remove(self) -> None:
        name = self.random.choice(sorted({*self.groups} - {name for after in self.after.values() for name in after}))
        self.removed.add(name)
        self.groups[name].subscribers[0].close()

    def _start(self) -> None:
        self.ring.start()
        if self.over:
            self._shut_down()

    def _shut_down(self) -> None:
        with suppress(BaseExceptionGroup):
            self.ring.shutdown()

    def live(self) -> None:
        """Publish everything; start again whatever happens, until all is done."""
        number = 0
        self.ring.start()
        while number < EVENTS:
            if self.random.random() < 0.2:
                self.ring.halt()
            try:
                number += self._publish(number)
            except (DisruptorBroken, DisruptorClosed):
                self.ring.start()
        for _ in range(LIVES):
            self._shut_down()
            if not self.left():
                break
            self.ring.start()
        self.over = True  # whoever starts it again from now on shuts it down himself
        self._shut_down()

    def _publish(self, number: int) -> int:
        """Publish one, or two at once, or nothing but a void; return how many."""
        way = self.random.random()
        if way < 0.6:
            self.ring.publish(number)
            return 1
        if (
            way < 0.8 and not self.voids
        ):  # one, or a ring of four would be full of them while a `Late` keeps an event back
            self.ring.claim().abandon()
            self.voids += 1
            return 0
        if self.ring.capacity == 1 or number + 2 > EVENTS:
            return 0
        with self.ring.claim(2) as claim:
            claim[0], claim[1] = number, number + 1
        return 2

    def left(self) -> list[str]:
        """Return who has not done everything."""
        return [
            name
            for name, cells in self.done.items()
            if name not in self.removed and not all(cell.value for cell in cells)
        ]

    def check(self) -> None:
        """Compare with the graph."""
        if self.found:
            raise self.found[0]
        stuck = [task.name for task in self.scheduler.tasks if not task.ended]
        if stuck:
            raise Wrong(f"{', '.join(stuck)} never came to an end")
        if self.left():
            raise Wrong(f"{self.left()} were not given everything, in {self.after}")
        registered = {s.name: {upstream.name for upstream in s.after} for s in self.ring.subscribers}
        made = {name: upstreams for name, upstreams in self.after.items() if name not in self.removed}
        if registered != made:
            raise Wrong(f"registered {registered}, made {made}")
        self.ring._check()


class Node:
    """A handler, or a worker, of single events."""

    def __init__(self, made: Made, name: str) -> None:
        self.made = made
        self.name = name

    def on_event(self, event: int, sequence: Sequence, end_of_batch: bool) -> None:
        """Handle an event."""
        self.made.given(self.name, event)
        self.made.finished(self.name, event)


class Whole:
    """A handler of whole batches: it fails before it has done anything."""

    def __init__(self, made: Made, name: str) -> None:
        self.made = made
        self.name = name

    def on_batch(self, events: AbstractSequence[int], sequences: AbstractSequence[Sequence]) -> None:
        """Handle a batch."""
        for event in events:
            self.made.given(self.name, event)
        for event in events:
            self.made.finished(self.name, event)


class Late:
    """A handler that says itself what is done: of the event before one at which it fails, only when it shuts down."""

    def __init__(self, made: Made, name: str) -> None:
        self.made = made
        self.name = name
        self.kept: list[tuple[int, Sequence]] = []
        self.progress: list[Progress] = []

    def set_sequence_callback(self, progress: Progress) -> None:
        """Take what is called with the position."""
        self.progress.append(progress)

    def on_event(self, event: int, sequence: Sequence, end_of_batch: bool) -> None:
        """Handle an event."""
        self.made.given(self.name, event)
        self.kept.append((event, sequence))
        if self.made.ring.capacity < 4 or (self.name, event + 1) not in self.made.fails:
            self.on_shutdown()

    def on_shutdown(self) -> None:
        """Say that everything is done."""
        while self.kept:
            event, sequence = self.kept.pop(0)
            self.made.finished(self.name, event)
            self.progress[-1](sequence)
