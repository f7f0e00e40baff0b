"""Locks, conditions and a clock that report to the scheduler.

Rule 1: only the lock, the clock and the shared numbers are simulated. The condition is CPython's own code, with the
        simulated lock put in place of the real one: its faults are a part of what is explored.
Rule 2: whatever may be seen by another task is a scheduling point, as far as the granularity asks for it.
Rule 3: outside of tasks everything works and nothing is a point.
Rule 4: who looks again and again at what he waits for does not run as long as nothing changes that he could see: another
        look would show the same. So he is as good as asleep: nobody has to be fair to him, and a run in which nothing else
        moves ends. (Changes are stores to cells and locks given back; of plain fields, those made under a lock.)
Rule 5: with store buffers, stores go there and locks are fences (`_buffers.py`). Then every use of a lock is a point, also
        giving it back and taking a quiet one: how far a step goes must not depend on what is in a buffer.
"""

import threading
from collections import deque
from collections.abc import Callable
from itertools import count
from types import FunctionType, TracebackType
from typing import TYPE_CHECKING, TypeVar, cast, final

from disruptor._cell import Cell, PlainCell
from disruptor._sync import Condition, Lock
from stateful.scheduler._access import TIME, Kind
from stateful.scheduler._log import place_of
from stateful.scheduler._memory import SimArray, SimCell

if TYPE_CHECKING:
    from stateful.scheduler._core import Scheduler

T = TypeVar("T")


@final
class SimLock:
    """A lock of virtual tasks. `quiet`: taking it while it is free is nobody else's business, so no point."""

    __slots__ = ("label", "place", "quiet", "scheduler", "taken")

    def __init__(self, scheduler: "Scheduler", label: str = "lock", *, quiet: bool = False) -> None:
        self.scheduler = scheduler
        self.label = label
        self.quiet = quiet
        self.taken = False
        self.place = place_of(scheduler, self)

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the lock, waiting in virtual time."""
        scheduler = self.scheduler
        if scheduler.disposing:
            return True
        task = scheduler.current
        if task is None or not blocking or timeout == 0:
            return self._try(blocking and timeout != 0)
        buffers = scheduler.buffers
        if self.quiet and buffers is None and self._free():
            return self._take(Kind.TAKE)
        deadline: int | None = None
        if timeout >= 0:
            # A relative time-out counts from when its task looked at the clock: the code computed it from that.
            deadline = (scheduler.now if task.looked is None else task.looked) + round(timeout * 1e9)
            if scheduler.log is not None:
                scheduler.log.wait_until(deadline)
        task.lock, task.deadline = self, deadline
        try:
            scheduler.point(f"take {self.label}")
            while self.taken and not (deadline is not None and deadline <= scheduler.now):
                scheduler.wait(task, f"wait for {self.label}")
        finally:
            task.lock = task.deadline = None
        if buffers is not None:
            buffers.passed()
        if deadline is None:
            return self._take(Kind.TAKE)
        scheduler.access(TIME, Kind.LOAD)
        # When it is late, the lock's being free is one of two ways to go on; before, it is the only one.
        return self._take(Kind.TRY if deadline <= scheduler.now else Kind.TAKE)

    def _try(self, must: bool) -> bool:
        """Take the lock now or not at all; not at all is an error if it `must` be."""
        if self.scheduler.buffers is not None:
            self.scheduler.buffers.fence(f"try {self.label}")
        elif not (self.quiet and self._free()):
            self.scheduler.point(f"try {self.label}")
        if self._take(Kind.TRY):
            return True
        if must:
            raise RuntimeError(f"outside of tasks, {self.label} would be waited for for ever")
        return False

    def _free(self) -> bool:
        self.scheduler.access(self.place, Kind.LOAD)
        return not self.taken

    def _take(self, kind: Kind) -> bool:
        self.scheduler.access(self.place, kind)
        if self.taken:
            return False
        self.taken = True
        return True

    def release(self) -> None:
        """Give the lock back; any task may."""
        scheduler = self.scheduler
        if scheduler.disposing:
            return
        if not self.taken:
            raise RuntimeError("release unlocked lock")
        if scheduler.buffers is not None:
            scheduler.buffers.fence(f"give back {self.label}")
        scheduler.access(self.place, Kind.GIVE)
        self.taken = False
        scheduler.changes += scheduler.acting  # who only looks on changes nothing
        if not scheduler.cells and not self.quiet:
            scheduler.point(f"has given back {self.label}")

    def locked(self) -> bool:
        """Tell whether somebody has the lock."""
        self.scheduler.access(self.place, Kind.LOAD)
        return self.taken

    def _is_owned(self) -> bool:
        """Tell the condition that its caller has the lock: the ring's own tests show that it does."""
        return self.taken or self.scheduler.disposing

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()


def _condition_class(scheduler: "Scheduler") -> type:
    """Return `threading.Condition` with its locks and clock replaced, and nothing else."""
    replaced = {
        **vars(threading),
        "_allocate_lock": lambda: SimLock(scheduler, "its wake-up", quiet=True),
        "_time": lambda: scheduler.now / 1e9,
        "_deque": deque,
    }
    body = {
        name: FunctionType(member.__code__, replaced, name, member.__defaults__, member.__closure__)
        for name, member in vars(threading.Condition).items()
        if isinstance(member, FunctionType)
    }
    return type("Condition", (), body)


@final
class SimRuntime:
    """A `disruptor._sync.Runtime` whose world is one scheduler."""

    def __init__(self, scheduler: "Scheduler") -> None:
        self._scheduler = scheduler
        self._condition = _condition_class(scheduler)
        self._spawned = 0
        self._seen = scheduler.cells or scheduler.log is not None or scheduler.buffers is not None

    def lock(self) -> Lock:
        """Make a lock."""
        return SimLock(self._scheduler)

    def condition(self, lock: Lock) -> Condition:
        """Make a condition on a lock, of CPython's own code."""
        return cast("Condition", self._condition(lock))

    def parked(self) -> Lock:
        """Make a lock that is already taken, for one sleeper."""
        lock = SimLock(self._scheduler, "its wake-up", quiet=True)
        lock.taken = True
        return lock

    def cell(self, value: int) -> Cell:
        """Make a cell; a plain one if its loads and stores are no points."""
        scheduler = self._scheduler
        return SimCell(scheduler, value) if self._seen else PlainCell(value)

    def array(self, items: list[T]) -> list[T]:
        """Make the list of slots."""
        if not self._seen:
            return items
        array = SimArray(items)
        array.scheduler = self._scheduler
        array.place = place_of(self._scheduler, array)
        return array

    def monotonic_ns(self) -> int:
        """Return the virtual time."""
        scheduler = self._scheduler
        scheduler.point("look at the clock")
        scheduler.access(TIME, Kind.LOAD)
        if scheduler.current is not None:
            scheduler.current.looked = scheduler.now
        return scheduler.now

    def stopwatch_ns(self) -> int:
        """Return the virtual time; no point, for nothing depends on it."""
        return self._scheduler.now

    def pause(self, seconds: float | None, deadline: int | None) -> None:
        """Wait until something has changed since the current task began to look, or until the deadline.

        However long the pause is: in virtual time it is over as soon as it can have an end, and passes to the deadline only
        when nothing else moves. A reduced exploration does not know such a step, and plain cells do not tell of changes.
        """
        scheduler = self._scheduler
        task = scheduler.current
        if scheduler.disposing:
            return
        if task is None or not self._seen or scheduler.log is not None:
            raise RuntimeError("who does not sleep while he waits is explored in tasks, cell by cell, and not reduced")
        if task.seen != scheduler.changes:
            task.seen = scheduler.changes
            scheduler.point("looks again")
            return
        task.deadline, task.paused_at = deadline, lambda: scheduler.changes
        try:
            scheduler.wait(task, "pauses until something changes")
        finally:
            task.deadline = task.paused_at = None

    def give_way(self, deadline: int | None) -> bool:
        """Do nothing: others may run at any step as it is."""
        return False

    def spawn(self, function: Callable[[], None]) -> None:
        """Add a task."""
        if self._scheduler.buffers is not None:
            self._scheduler.buffers.fence("start a thread")
        self._spawned += 1
        self._scheduler.spawn(f"thread-{self._spawned}", function)

    def start_thread(self, function: Callable[[], None], name: str, *, daemon: bool) -> None:
        """Add a task with a name."""
        if self._scheduler.buffers is not None:
            self._scheduler.buffers.fence("start a thread")
        taken = {task.name for task in self._scheduler.tasks if not task.ended}
        mine = name if name not in taken else next(n for k in count(2) if (n := f"{name}~{k}") not in taken)
        self._scheduler.spawn(mine, function)

    def ident(self) -> int:
        """Return the identity of the current task."""
        return id(self._scheduler.current)
