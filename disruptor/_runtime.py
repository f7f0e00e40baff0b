"""What the ring needs from the world: locks, cells, a clock, threads. `_sync.py` has the real one; a simulation has its own.

Rule: whatever blocks, locks, tells the time or starts a thread goes through a `Runtime`: so what is explored is the shipped
      code.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, TypeVar

from disruptor._cell import Cell

_T = TypeVar("_T")


class Lock(Protocol):
    """Mutual exclusion, not re-entrant: what `threading.Lock()` returns."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the lock; with `blocking=False`, return whether it could be taken at once."""

    def release(self) -> None:
        """Give the lock back; any thread may."""

    def locked(self) -> bool:
        """Tell whether somebody holds the lock."""

    def __enter__(self) -> bool: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None: ...


class Condition(Protocol):
    """Sleeping and waking under a `Lock`: the part of `threading.Condition` that most rings use. This one does not."""

    def wait(self, timeout: float | None = None) -> bool:
        """Release the lock, sleep until woken or `timeout` seconds have passed, take the lock again."""

    def notify_all(self) -> None:
        """Wake everybody who sleeps here."""


class Runtime(Protocol):
    """What the ring needs from the world: locks, cells, a clock, threads.

    `THREADS` is the real one. A test hands in another one and owns every interleaving.
    """

    def lock(self) -> Lock:
        """Make a lock."""

    def condition(self, lock: Lock) -> Condition:
        """Make a condition on `lock`."""

    def parked(self) -> Lock:
        """Make a lock that is already taken: one sleeper waits for it, whoever wakes the sleeper gives it back."""

    def cell(self, value: int) -> Cell:
        """Make a cell that holds `value`."""

    def array(self, items: list[_T]) -> list[_T]:
        """Make the list that holds the slots, from `items`, which the caller gives away."""

    def monotonic_ns(self) -> int:
        """Return a clock in nanoseconds that never goes back."""

    def stopwatch_ns(self) -> int:
        """Return the same clock, for figures only: nothing that the ring does may depend on it."""

    def pause(self, seconds: float | None, deadline: int | None) -> None:
        """Let so many seconds pass, 0 to let another thread run, None for nothing, before the caller looks again.

        `deadline` is when the caller stops looking: a simulation passes the time between two looks up to there.
        """

    def give_way(self, deadline: int | None) -> bool:
        """Let other threads run for a moment, unless `deadline` has come; tell whether they may have got on meanwhile.

        A courtesy: nothing that the ring promises depends on it. A simulation does nothing: others run at any step.
        """

    def spawn(self, function: Callable[[], None]) -> None:
        """Run `function` in a thread of its own, without waiting for it to begin.

        Must be safe to call from a finaliser: it takes no lock that Python code can hold.
        """

    def start_thread(self, function: Callable[[], None], name: str, *, daemon: bool) -> None:
        """Run `function` in a thread that has a name; a daemon does not keep the interpreter from ending."""

    def ident(self) -> int:
        """Return a number that no other running thread has."""
