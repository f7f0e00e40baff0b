"""Graphs made by chance, of handlers and pools: each node is given everything, once, after all that go before it (B18, B19).

A ring is started, halted, broken, and loses a node in the middle, and is started again (`made.py`), under schedules that are
made by chance, too.
"""

import logging
from collections.abc import Callable
from random import Random

import pytest

from stateful.library import LIBRARY
from stateful.made import Made
from stateful.scheduler import PCT, Failed, Granularity, RandomWalk, Scheduler, instrumented
from stateful.scheduler._explore import run_once
from stateful.scheduler._points import at_work


def live(seed: int) -> None:
    """Make a graph and a schedule, and let it live."""

    def program(scheduler: Scheduler) -> Callable[[], None]:
        made = Made(Random(seed), scheduler)
        for name, task in made.tasks().items():
            scheduler.spawn(name, task)
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


@pytest.mark.parametrize("tens", range(10))
def test_graphs_made_by_chance(tens: int) -> None:
    for seed in range(10 * tens, 10 * tens + 10):
        live(seed)


@pytest.mark.deep
def test_many_graphs_made_by_chance() -> None:
    for seed in range(1000, 6000):
        live(seed)
