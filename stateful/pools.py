"""A pool of workers on one scheduler: who was given what, and what must hold of that.

Rule 1: an event is its own number. Each is handled to its end once, by whomever; a deed may let it fail before that.
Rule 2: what is done stands in a cell of the runtime for each event: whoever looks at it is seen by the reduction.
Rule 3: with keys, an event is given only when those of its key before it are done. Who comes after the pool is given an
        event only when it and all before it are done.
"""

from collections.abc import Callable
from typing import final

from disruptor import Disruptor, Sequence, WorkerPool
from disruptor._cell import Cell
from disruptor.handlers._worker import PoolOptions
from stateful.graphs import Wrong
from stateful.library import LIBRARY
from stateful.scheduler import (
    PCT,
    Exploration,
    Failed,
    Granularity,
    RandomWalk,
    Scheduler,
    explore,
    instrumented,
    reduced,
)
from stateful.scheduler._explore import run_once
from stateful.scheduler._points import at_work


@final
class Crew:
    """A ring of numbers, a pool, and perhaps a handler after it."""

    def __init__(self, scheduler: Scheduler, capacity: int, events: int, keys: int) -> None:
        self.scheduler = scheduler
        self.ring: Disruptor[int] = Disruptor(capacity, runtime=scheduler.runtime)
        self.done: list[Cell] = [scheduler.runtime.cell(0) for _ in range(events)]
        """How often each event was handled to its end."""
        self.voids: set[int] = set()
        self.after: list[int] = []
        self.keys = keys
        """How many keys there are; 0 for no order."""
        self.deeds: dict[int, Callable[[], object]] = {}
        """What whoever is given an event does, once, before it has handled it."""
        self.begun = self.ended = 0
        self.skipped: set[int] = set()
        self.found: list[Wrong] = []

    def pool(self, workers: int = 2, *, then: bool = False, options: PoolOptions[int] | None = None) -> WorkerPool[int]:
        """Register the pool."""
        given: PoolOptions[int] = options or {}
        given["name"] = "p"
        if self.keys:
            given["key"] = self.key
        pool = self.ring.handle_events_with_pool(*(Worker(self) for _ in range(workers)), **given)
        if then:
            pool.then(self.follow, name="after")
        return pool

    def key(self, event: int) -> int:
        """Return the key of an event."""
        return event % self.keys

    def publish(self) -> None:
        """Publish all events."""
        for number in range(len(self.done)):
            self.ring.publish(number)

    def follow(self, event: int, sequence: Sequence, end_of_batch: bool) -> None:
        """Be after the pool."""
        late = [number for number in range(event + 1) if not self.is_done(number)]
        if late:
            self.wrong(f"who comes after was given {event} before {late} were done")
        self.after.append(event)

    def is_done(self, number: int) -> bool:
        """Tell whether an event needs nothing more."""
        return number in self.voids or number in self.skipped or self.done[number].value > 0

    def wrong(self, what: str) -> None:
        """Note what is wrong, and raise it: what a worker raises could be lost."""
        self.found.append(Wrong(what))
        raise self.found[-1]

    def finish(self, *, all_done: bool = True) -> None:
        """Check the end: nobody is stuck, and everything is done, once."""
        if self.found:
            raise self.found[0]
        stuck = [task.name for task in self.scheduler.tasks if not task.ended]
        if stuck:
            raise Wrong(f"{', '.join(stuck)} never came to an end")
        if self.begun != self.ended:
            raise Wrong(f"{self.begun} have begun, {self.ended} have ended")
        left = [number for number in range(len(self.done)) if not self.is_done(number)]
        if all_done and left:
            raise Wrong(f"{left} are lost")
        self.ring._check()


@final
class Worker:
    """A worker that knows what it may be given."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew

    def on_start(self) -> None:
        """Count."""
        self._crew.begun += 1

    def on_shutdown(self) -> None:
        """Count."""
        self._crew.ended += 1

    def on_event(self, event: int, sequence: Sequence, end_of_batch: bool) -> None:
        """Handle an event, unless its deed raises."""
        crew = self._crew
        if event != sequence or not end_of_batch:
            crew.wrong(f"{event} was given as {sequence}")
        if crew.keys:
            before = [n for n in range(event) if crew.key(n) == crew.key(event) and not crew.is_done(n)]
            if before:
                crew.wrong(f"{event} was given before {before}, which have its key, were done")
        deed = crew.deeds.pop(event, None)
        if deed is not None:
            deed()
        done = crew.done[event]
        if done.value:
            crew.wrong(f"{event} was handled twice")
        done.value += 1


Story = Callable[[Crew], Callable[[], None]]
"""Registers a pool and starts tasks; returns what checks the end."""


def told(
    story: Story,
    *,
    capacity: int = 2,
    events: int = 2,
    keys: int = 0,
    granularity: Granularity = Granularity.CELLS,
    limit: int | None = None,
    preemptions: int | None = None,
    seeds: int = 0,
) -> Exploration:
    """Explore a story, as `stateful.graphs.told` does; before, run it under so many schedules made by chance.

    A limit leaves the schedules that differ early to the deep run: those made by chance differ anywhere.
    """

    def program(scheduler: Scheduler) -> Callable[[], None]:
        return story(Crew(scheduler, capacity, events, keys))

    with instrumented(LIBRARY):
        for seed in range(seeds):
            chooser = PCT(seed, depth=4, steps=150) if seed % 2 else RandomWalk(seed, 0.3)
            scheduler = Scheduler(chooser, granularity=granularity)
            with at_work(scheduler):
                error = run_once(program, scheduler)
            if error is not None:
                raise Failed(error, scheduler.schedule, seed + 1)
        if preemptions is None:
            found = reduced(program, granularity=granularity, max_schedules=limit)
        else:
            found = explore(program, granularity=granularity, preemptions=preemptions, max_schedules=limit)
    if found.failed is not None:
        raise found.failed
    return found
