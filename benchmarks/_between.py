"""Processes that begin at the same moment, and what they report when they have ended."""

import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier, Event

from benchmarks._timing import WrongResult

CONTEXT = get_context("fork")
LIMIT = 60.0
"""Seconds after which a child hangs."""


def apart(*bodies: Callable[[], None]) -> float:
    """Run functions in processes that begin at the same moment; return the seconds until the last has ended well.

    A body that finds a wrong result raises: its process then ends with another status than 0.
    """
    ready: Barrier = CONTEXT.Barrier(len(bodies) + 1)

    def guarded(body: Callable[[], None]) -> None:
        ready.wait(LIMIT)
        body()

    children = [CONTEXT.Process(target=guarded, args=(body,), daemon=True) for body in bodies]
    for child in children:
        child.start()
    ready.wait(LIMIT)
    begin = time.perf_counter()
    for child in children:
        child.join(LIMIT)
    seconds = time.perf_counter() - begin
    for child in children:
        if child.exitcode != 0:
            child.kill()
            raise WrongResult(f"a process ended with {child.exitcode}")
    return seconds


def event() -> Event:
    """Return an event between processes."""
    return CONTEXT.Event()
