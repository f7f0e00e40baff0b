"""Blocking, locking and time: the only module that does any of them.

Rule 1: nothing else in this package imports `threading`, `_thread` or `time`, sleeps, or starts a thread
        (a test reads the imports). The rest is handed a `Runtime`, which a simulation can replace: what is
        explored is then the shipped code.
Rule 2: one pattern of waiting, `Signal.wait_until`: count yourself among the sleepers, re-test under the lock,
        sleep. Whoever changes something reads the count *after* the change and wakes if it is not zero.
        The change and the count may be outside the lock (`Signal.nudge`): either the changer sees the
        sleeper's count, or the sleeper's re-test sees the change.
Rule 3: always wake all: the sleepers of one signal wait for different things. Each sleeps on a lock of its own, which is
        already taken; to wake it is to give that lock back. (`threading.Condition` does the same, but an interrupt
        while its `wait` takes the lock again leaves nobody knowing who has it.)
Rule 4: deadlines are absolute and computed before the lock is taken (`_deadline.py`).
"""

import _thread
import threading
import time
from collections.abc import Callable
from functools import partial
from operator import call
from typing import Final, Protocol, SupportsFloat, TypeVar, final

from disruptor._cell import Cell, PlainCell
from disruptor._deadline import check_timeout, deadline_after, seconds_until
from disruptor._runtime import Condition as Condition
from disruptor._runtime import Lock as Lock
from disruptor._runtime import Runtime as Runtime
from disruptor._watched import Watchable, Watched

_T = TypeVar("_T")

_BLOCKING = (True,)
_MOMENT = 1e-6
"""Seconds: less than the system can sleep, and not 0, for which some interpreters do not sleep at all."""


class ThreadRuntime:
    """The real world: `threading` and `time.monotonic_ns`."""

    __slots__ = ()

    def lock(self) -> Lock:
        """Make a `threading.Lock`."""
        return threading.Lock()

    def condition(self, lock: Lock) -> Condition:
        """Make a `threading.Condition` on a lock made by `lock()`."""
        # typeshed wants `threading.Lock | RLock`; at run time any lock object does.
        return threading.Condition(lock)  # type: ignore[arg-type]

    def parked(self) -> Lock:
        """Make a `threading.Lock` and take it."""
        lock = threading.Lock()
        lock.acquire()
        return lock

    def cell(self, value: int) -> Cell:
        """Make a plain cell."""
        return PlainCell(value)

    def array(self, items: list[_T]) -> list[_T]:
        """Return `items` itself."""
        return items

    def monotonic_ns(self) -> int:
        """Return `time.monotonic_ns()`."""
        return time.monotonic_ns()

    def stopwatch_ns(self) -> int:
        """Return `time.monotonic_ns()`."""
        return time.monotonic_ns()

    def pause(self, seconds: float | None, deadline: int | None) -> None:
        """Sleep so long; `time.sleep(0)` lets go of the interpreter and of the processor."""
        if seconds is not None:
            time.sleep(seconds)

    def give_way(self, deadline: int | None) -> bool:
        """Let go of the interpreter for the shortest sleep of the system: some 50 microseconds on Linux."""
        if deadline is not None and time.monotonic_ns() >= deadline:
            return False
        time.sleep(_MOMENT)
        return True

    def spawn(self, function: Callable[[], None]) -> None:
        """Start a bare thread: `threading.Thread.start` takes module locks, which a finaliser must not."""
        _thread.start_new_thread(function, ())

    def start_thread(self, function: Callable[[], None], name: str, *, daemon: bool) -> None:
        """Start a `threading.Thread`."""
        threading.Thread(target=function, name=name, daemon=daemon).start()

    ident = staticmethod(threading.get_ident)
    """Return `threading.get_ident()`: itself, not a method that calls it, because publishing asks for it each time."""


THREADS = ThreadRuntime()


def deadline_of(runtime: Runtime, timeout: SupportsFloat | None) -> int | None:
    """Return the moment, in nanoseconds of `runtime`'s clock, at which a call with `timeout` seconds gives up.

    `None` is never. To be called before any lock is taken. Raises `ValueError` or `TypeError` for what is no time-out.
    """
    seconds = check_timeout(timeout)
    return None if seconds is None else deadline_after(runtime.monotonic_ns(), seconds)


class News(Watchable, Protocol):
    """One kind of news that callers may be asleep for: see `Signal`."""

    sleepers: Cell

    def wait_until(self, ready: Callable[[], bool], deadline: int | None) -> bool:
        """Sleep until `ready()` is true, and return true; false once `deadline` has passed without."""

    def away(self, do: Callable[[], _T]) -> _T:
        """Give the lock up, do something, and take the lock again, whatever happens; return what was returned."""

    def patrol(self) -> None:
        """Look for the dead that the caller may be waiting for. The caller holds the lock."""

    def wake(self) -> None:
        """Wake everybody. The caller holds the lock, and has made its change."""

    def nudge(self) -> None:
        """Wake everybody. The caller does not hold the lock, and has made its change."""

    @property
    def patrols(self) -> bool:
        """Whether who waits has to look for the dead (`patrol`)."""

    def asleep(self) -> int:
        """Return how many wait and were not woken yet. For tests; the caller holds the lock."""


@final
class Signal(Watched):
    """One kind of news that callers may be asleep for.

    `sleepers`: how many are between counting themselves and having stopped waiting. Written under the lock;
    read without it by whoever has just changed something. A stale count is safe: see Rule 2.
    """

    __slots__ = ("_lock", "_runtime", "_waiters")

    def __init__(self, runtime: Runtime, lock: Lock) -> None:
        super().__init__(runtime.cell(0))
        self._runtime = runtime
        self._lock = lock
        self._waiters: list[Lock] = []  # one a sleeper that nobody has woken yet; changed under the lock

    def wait_until(self, ready: Callable[[], bool], deadline: int | None) -> bool:
        """Sleep until `ready()` is true, and return true; false once `deadline` has passed without.

        The caller holds the lock, and `ready` is only called under it. What `ready` raises passes through.
        When the deadline comes and `ready()` is true at that very moment, the answer is true.
        `deadline` is in nanoseconds of the runtime's clock; `None` is never.
        """
        self.sleepers.value += 1
        try:
            while not ready():
                if deadline is None:
                    self._sleep(-1)
                    continue
                now = self._runtime.monotonic_ns()
                if now >= deadline:
                    return False
                self._sleep(seconds_until(now, deadline))
            return True
        finally:
            self.sleepers.value -= 1

    def _sleep(self, seconds: float) -> None:
        """Give the lock up, sleep until woken or `seconds` have passed (-1: for ever), and take the lock again."""
        waiter = self._runtime.parked()
        self._waiters.append(waiter)
        try:
            self.away(partial(waiter.acquire, True, seconds))
        finally:
            if waiter in self._waiters:
                self._waiters.remove(waiter)

    def away(self, do: Callable[[], _T]) -> _T:
        """Give the lock up, do something, and take the lock again, whatever happens; return what was returned.

        The lock is held again whatever happens, an interrupt included: to give or take it, and to note that it was given or
        taken, is a single call of C code (`extend` over `map`), within which no interrupt is raised. So it is never unknown
        who has it. A second interrupt between two tries to take it is beyond what can be done in Python.
        """
        given: list[None] = []
        taken: list[bool] = []
        try:
            given.extend(map(call, (self._lock.release,)))
            return do()
        finally:
            interrupt: BaseException | None = None
            while given and not taken:
                try:
                    taken.extend(map(self._lock.acquire, _BLOCKING))
                except BaseException as error:
                    interrupt = error
            if interrupt is not None:
                raise interrupt

    def patrol(self) -> None:
        """Do nothing: threads do not die."""

    def wake(self) -> None:
        """Wake everybody who sleeps here. The caller holds the lock, and has made its change."""
        if self.sleepers.value:
            self._wake_all()

    def nudge(self) -> None:
        """Wake everybody who sleeps here. The caller does not hold the lock, and has made its change."""
        if self.sleepers.value:
            with self._lock:
                self._wake_all()

    patrols: Final = False

    def asleep(self) -> int:
        """Return how many wait and were not woken yet. For tests; the caller holds the lock."""
        return len(self._waiters) + len(self._watchers)

    def _wake_all(self) -> None:
        for waiter in self._waiters:
            if waiter.locked():  # not yet woken by a call that was interrupted here
                waiter.release()
        self._waiters.clear()
        self._call_watchers()
