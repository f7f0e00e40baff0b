"""Graphs made by chance, of handlers and pools: each node is given everything, once, after all that go before it (B18, B19).

The reference is the graph itself, as a dict: who is after whom. A ring is started, halted or broken in the middle, and
started again, under schedules that are made by chance, too.
"""

import logging
from collections.abc import Callable
from random import Random
from typing import final

import pytest

from disruptor import Disruptor, DisruptorBroken, DisruptorClosed, EventHandlerGroup, Sequence, WorkerPool
from disruptor._cell import Cell
from stateful.graphs import Trouble, Wrong
from stateful.library import LIBRARY
from stateful.scheduler import PCT, Failed, Granularity, RandomWalk, Scheduler, instrumented
from stateful.scheduler._explore import run_once
from stateful.scheduler._points import at_work

EVENTS = 3


@final
class Made:
    """A ring, and its graph."""

    def __init__(self, random: Random, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.random = random
        self.ring: Disruptor[int] = Disruptor(random.choice([1, 2, 4]), runtime=scheduler.runtime)
        self.after: dict[str, set[str]] = {}
        self.done: dict[str, list[Cell]] = {}
        self.pools: dict[str, int] = {}
        self.fails: set[tuple[str, int]] = set()
        self.found: list[Wrong] = []
        self.groups: dict[str, EventHandlerGroup[int] | WorkerPool[int]] = {}
        for k in range(random.randint(2, 5)):
            self._register(f"n{k}")

    def _register(self, name: str) -> None:
        random = self.random
        upstreams = random.sample(sorted(self.groups), random.randint(0, min(2, len(self.groups))))
        self.after[name] = set(upstreams)
        self.done[name] = [self.scheduler.runtime.cell(0) for _ in range(EVENTS)]
        handler = self._handler(name)
        pool = random.random() < 0.4
        if upstreams:
            first, *others = (self.groups[upstream] for upstream in upstreams)
            group = first.and_(*others)
            self.groups[name] = group.then_pool(handler, handler, name=name) if pool else group.then(handler, name=name)
        elif pool:
            self.groups[name] = self.ring.handle_events_with_pool(handler, handler, name=name)
        else:
            self.groups[name] = self.ring.handle_events_with(handler, name=name)
        if random.random() < 0.2:
            self.fails.add((name, random.randrange(EVENTS)))

    def _handler(self, name: str) -> Callable[[int, Sequence, bool], None]:
        def handle(event: int, sequence: Sequence, end_of_batch: bool) -> None:
            for upstream in self.after[name]:
                if not self.done[upstream][event].value:
                    self.wrong(f"{name} was given {event} before {upstream} was done with it")
            if (name, event) in self.fails:
                self.fails.discard((name, event))
                raise Trouble(name)
            done = self.done[name][event]
            done.value += 1
            if done.value > 1:
                self.wrong(f"{name} was given {event} twice")

        return handle

    def wrong(self, what: str) -> None:
        """Note what is wrong, and raise it."""
        self.found.append(Wrong(what))
        raise self.found[-1]

    def live(self) -> None:
        """Publish everything; halt in the middle, perhaps; start again whatever happens."""
        ring, number = self.ring, 0
        ring.start()
        while number < EVENTS:
            if self.random.random() < 0.2:
                ring.halt()
            try:
                ring.publish(number)
                number += 1
            except (DisruptorBroken, DisruptorClosed):
                ring.start()
        while True:
            try:
                ring.shutdown()
                return
            except BaseExceptionGroup:
                ring.start()

    def check(self) -> None:
        """Compare with the graph."""
        if self.found:
            raise self.found[0]
        stuck = [task.name for task in self.scheduler.tasks if not task.ended]
        if stuck:
            raise Wrong(f"{', '.join(stuck)} never came to an end")
        registered = {s.name: {upstream.name for upstream in s.after} for s in self.ring.subscribers}
        if registered != self.after:
            raise Wrong(f"registered {registered}, made {self.after}")
        for name, cells in self.done.items():
            if [cell.value for cell in cells] != [1] * EVENTS:
                raise Wrong(f"{name} had {[cell.value for cell in cells]} in {self.after}")
        self.ring._check()


def live(seed: int) -> None:
    """Make a graph and a schedule, and let it live."""

    def program(scheduler: Scheduler) -> Callable[[], None]:
        made = Made(Random(seed), scheduler)
        scheduler.spawn("main", made.live)
        return made.check

    chooser = PCT(seed, depth=4, steps=300) if seed % 2 else RandomWalk(seed, 0.3)
    scheduler = Scheduler(chooser, granularity=Granularity.CELLS)
    with instrumented(LIBRARY), at_work(scheduler):
        error = run_once(program, scheduler)
    if error is not None:
        raise Failed(error, scheduler.schedule, seed)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers that are to fail do so."""
    monkeypatch.setattr(logging.getLogger("disruptor"), "disabled", True)


@pytest.mark.parametrize("tens", range(4))
def test_graphs_made_by_chance(tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        live(seed)


@pytest.mark.deep
def test_many_graphs_made_by_chance() -> None:
    for seed in range(1000, 6000):
        live(seed)
