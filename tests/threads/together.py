"""Real threads in tests: started together, joined within a limit, and waited for until they sleep; nobody ever polls.

Rule 1: nothing is measured in time. `LIMIT` only decides when a thread counts as stuck.
Rule 2: a thread sleeps when it waits for its own parked lock: it has said before, under the ring's lock, that it would, so
        whoever takes the ring's lock from then on wakes it. `Watched` counts them.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TypeVar, final

from disruptor._cell import Cell
from disruptor._sync import THREADS, Lock
from tests.limits import LIMIT

_T = TypeVar("_T")


@final
class _Bed:
    """The lock that one sleeper waits for, which tells when the sleeper does."""

    def __init__(self, asleep: threading.Semaphore) -> None:
        self._lock = THREADS.parked()
        self._asleep = asleep
        self.release = self._lock.release
        self.locked = self._lock.locked

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        self._asleep.release()
        return self._lock.acquire(blocking, timeout)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self.release()


@final
class Watched:
    """The runtime of real threads, with a count of those that have gone to sleep."""

    def __init__(self) -> None:
        self._asleep = threading.Semaphore(0)
        self.lock = THREADS.lock
        self.monotonic_ns = THREADS.monotonic_ns
        self.stopwatch_ns = THREADS.stopwatch_ns
        self.pause = THREADS.pause
        self.give_way = THREADS.give_way
        self.spawn = THREADS.spawn
        self.start_thread = THREADS.start_thread
        self.condition = THREADS.condition
        self.ident = THREADS.ident

    def parked(self) -> Lock:
        return _Bed(self._asleep)

    def cell(self, value: int) -> Cell:
        return THREADS.cell(value)

    def array(self, items: list[_T]) -> list[_T]:
        return items

    def wait_for_sleepers(self, count: int = 1) -> None:
        """Return when `count` more threads have gone to sleep."""
        for _ in range(count):
            assert self._asleep.acquire(timeout=LIMIT), "nobody goes to sleep"


@final
class Running:
    """A call that runs in a thread of its own."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call
        self._outcome: object = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._outcome = self._call()
        except BaseException as error:
            self._outcome = error

    def outcome(self) -> object:
        """Return what the call returned, or the error that it raised."""
        self._thread.join(LIMIT)
        assert not self._thread.is_alive(), "a thread is stuck"
        return self._outcome

    def result(self) -> object:
        """Return what the call returned; raise what it raised."""
        outcome = self.outcome()
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


def together(*calls: Callable[[], object]) -> list[object]:
    """Run each call in a thread of its own; return what they returned, or raise what the first of them raised."""
    running = [Running(call) for call in calls]
    outcomes = [one.outcome() for one in running]
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return outcomes


@contextmanager
def switching_often() -> Iterator[None]:
    """Let the interpreter change threads as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
