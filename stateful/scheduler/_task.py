"""One task: a greenlet, and what it waits for."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, final

from greenlet import GreenletExit, greenlet

from disruptor._override import override

if TYPE_CHECKING:
    from stateful.scheduler._runtime import SimLock


@final
class Task:
    """A task of a scheduler; made by `Scheduler.spawn`."""

    __slots__ = (
        "deadline",
        "draining",
        "ended",
        "error",
        "greenlet",
        "injected",
        "lock",
        "looked",
        "name",
        "paused_at",
        "seen",
        "started",
        "stores",
    )

    def __init__(self, name: str, body: Callable[[], object], hub: greenlet) -> None:
        self.name = name
        self.greenlet = greenlet(body, hub)  # where it goes when it ends: not to the task that has started it
        self.lock: SimLock | None = None
        """The lock that it waits for."""
        self.deadline: int | None = None
        """When it stops waiting, in virtual nanoseconds."""
        self.looked: int | None = None
        """When it last looked at the clock, in virtual nanoseconds."""
        self.seen = -1
        """How much had changed when it began its last look at what it waits for without sleeping."""
        self.paused_at: Callable[[], int] | None = None
        """How much has changed, asked as long as it pauses until more has."""
        self.ended = False
        self.started = False
        self.stores = 0
        """How many of its stores are not yet visible to the others."""
        self.draining = False
        """Whether it waits until they are; waiting for a lock, it does in any case."""
        self.error: BaseException | None = None
        self.injected: BaseException | None = None

    def unwind(self) -> None:
        """Leave what it is in the middle of: as long as it is suspended, all that it has is kept, and no collector sees it.

        It may be suspended where a generator is closed because nobody has it any more: such an exit is no news.
        """
        told = sys.unraisablehook

        def hook(what: "sys.UnraisableHookArgs") -> None:
            if not isinstance(what.exc_value, GreenletExit):
                told(what)

        sys.unraisablehook = hook
        try:
            self.greenlet.throw(GreenletExit)
        finally:
            sys.unraisablehook = told

    def runnable(self, now: int) -> bool:
        """Tell whether the task can go on at `now`."""
        if self.ended:
            return False
        lock = self.lock
        if self.paused_at is not None and self.paused_at() == self.seen:
            return self.injected is not None or (self.deadline is not None and self.deadline <= now)
        if self.injected is not None:
            return True
        if self.stores and (self.draining or lock is not None):
            return False
        return lock is None or not lock.taken or (self.deadline is not None and self.deadline <= now)

    @override
    def __repr__(self) -> str:
        state = "ended" if self.ended else "waits" if self.lock is not None else "runs"
        return f"<Task {self.name} {state}>"
