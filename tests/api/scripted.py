"""A world of one thread, in which whoever would fall asleep runs the next step of a script instead.

Rule 1: time is virtual and moves only while somebody sleeps: to the next step, or to the sleeper's own deadline.
Rule 2: a step that does not wake the sleeper is a failure, and so is a sleep without a time-out and without a step left:
        on real threads both would hang.
Rule 3: taking a lock twice is a failure: on real threads it would hang.
"""

from collections.abc import Callable
from types import TracebackType
from typing import TypeVar, final

from disruptor._cell import Cell, PlainCell
from disruptor._sync import Condition, Lock

_T = TypeVar("_T")
NS = 1_000_000_000


@final
class ScriptedLock:
    """A lock that nobody ever has to wait for."""

    def __init__(self) -> None:
        self._held = False

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if self._held:
            assert not blocking, "the lock is taken twice: this would hang"
            return False
        self._held = True
        return True

    def release(self) -> None:
        assert self._held, "the lock is given back twice"
        self._held = False

    def locked(self) -> bool:
        return self._held

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self.release()


@final
class Bed:
    """The lock that one sleeper waits for: waiting for it is running the next step, giving it back is waking."""

    def __init__(self, world: "Scripted") -> None:
        self._world = world
        self.woken = False

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        return self._world.sleep(self, None if timeout == -1 else timeout)

    def release(self) -> None:
        self.woken = True

    def locked(self) -> bool:
        return not self.woken

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self.release()


class Scripted:
    """The runtime: `then` writes the script, `now` is the clock, `sleeps` are the time-outs that sleepers gave."""

    def __init__(self) -> None:
        self.now = 5 * NS
        self.me = 1
        self.sleeps: list[float | None] = []
        self._steps: list[tuple[int, Callable[[], object]]] = []

    def then(self, action: Callable[[], object], after: float = 0.0) -> None:
        """Let the next sleeper run `action`, as another thread, `after` seconds after the step before."""
        self._steps.append((round(after * NS), action))

    def sleep(self, sleeper: Bed, timeout: float | None) -> bool:
        self.sleeps.append(timeout)
        assert len(self.sleeps) < 1000, "this never stops falling asleep"
        left = None if timeout is None else round(timeout * NS)
        if not self._steps or (left is not None and left < self._steps[0][0]):
            assert left is not None, "this would sleep for ever"
            self.now += left
            if self._steps:
                after, action = self._steps[0]
                self._steps[0] = (after - left, action)
            return False
        after, action = self._steps.pop(0)
        self.now += after
        self.me, me = 2, self.me
        try:
            action()
        finally:
            self.me = me
        assert sleeper.woken, "nobody woke the sleeper"
        return True

    # --- the rest of a runtime -----------------------------------------------------------------------------

    def lock(self) -> ScriptedLock:
        return ScriptedLock()

    def parked(self) -> Bed:
        return Bed(self)

    def condition(self, lock: Lock) -> Condition:
        raise AssertionError("the ring uses no condition")

    def cell(self, value: int) -> Cell:
        return PlainCell(value)

    def array(self, items: list[_T]) -> list[_T]:
        return items

    def monotonic_ns(self) -> int:
        return self.now

    def stopwatch_ns(self) -> int:
        return self.now

    def pause(self, seconds: float | None, deadline: int | None) -> None:
        raise AssertionError("somebody looks again and again")

    def give_way(self, deadline: int | None) -> bool:
        return False

    def spawn(self, function: Callable[[], None]) -> None:
        raise AssertionError("a thread is started")

    def start_thread(self, function: Callable[[], None], name: str, *, daemon: bool) -> None:
        raise AssertionError("a thread is started")

    def ident(self) -> int:
        return self.me
