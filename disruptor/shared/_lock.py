"""The ring's lock among processes, and among the threads of each: whoever takes it finds the ring whole.

Rule 1: a thread first takes a lock of its process, then the process takes the ring's. So threads exclude each other, too.
Rule 2: whoever has it has written his number into the `busy` word. Who takes the lock and finds a number there comes after
        a holder that died: he puts right what that one left half done, before anything else.
Rule 3: what an interrupt leaves: to give the ring's lock back twice is harmless as long as the process's own is held, so
        it is given back again. Only at the very entry of `__exit__`, before its first line, nothing can be done: then the
        thread that comes back finds itself named as the holder, and goes on from there; others wait until it does, or ends.
Rule 4: a signal handler or a finaliser that comes in between, while its thread holds the lock, is not such a thread: the
        frame that took the lock is still being run. It is refused, before it takes half a claim for what the dead left.
"""

import sys
from collections.abc import Callable
from operator import call
from types import FrameType, TracebackType
from typing import final

from disruptor._cell import Cell
from disruptor._errors import SelfDeadlock
from disruptor._sync import Lock
from disruptor.shared._kernel import Kernel


@final
class SharedLock:
    """A `Lock`, not re-entrant, that outlives whoever holds it.

    `holder`: the thread of this process that has the lock, or None. Written by it; another one only compares it with itself,
    and never finds itself.
    """

    __slots__ = ("_busy", "_frames", "_ident", "_kernel", "_local", "_me", "_repair", "holder")

    def __init__(
        self,
        kernel: Kernel,
        busy: Cell,
        me: Callable[[], int],
        ident: Callable[[], int],
        repair: Callable[[], None],
    ) -> None:
        self._kernel = kernel
        self._busy = busy
        self._me = me
        self._ident = ident
        self._repair = repair
        self._local: Lock = kernel.local_lock()
        self.holder: int | None = None
        self._frames: dict[int, FrameType] = {}  # of each thread that has the lock, or waits: where its `with` is

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the lock; with `blocking=False`, return whether it could be taken at once.

        `timeout` is for the threads of this process only. A sleeper takes the lock back by this, within the `with` that had
        it: if he was interrupted while he gave it up, he is the thread that comes back of Rule 3.
        """
        if not blocking and self._within():
            return False
        return self._acquire(blocking, timeout)

    def _within(self) -> bool:
        """Tell whether this thread is within a `with` of this lock, and has it (Rule 4)."""
        ident = self._ident()
        if self.holder != ident:
            return False
        taken_in, frame = self._frames.get(ident), sys._getframe(1)
        back: FrameType | None = frame
        while back is not None and back is not taken_in:
            back = back.f_back
        return back is not None

    def _acquire(self, blocking: bool, timeout: float) -> bool:
        me = self._me()
        taken: list[bool] = []
        try:
            if self.holder == self._ident():  # Rule 3: it was interrupted on its way out
                taken.append(True)
            else:
                taken.extend(map(call, (self._local.acquire,), (blocking,), (timeout,)))
            if taken[0] and self._enter(me, blocking):
                return True
        except BaseException:
            if taken and taken[0]:
                self._leave()
            raise
        if taken[0]:
            self._leave()
        return False

    def _enter(self, me: int, blocking: bool) -> bool:
        self.holder = self._ident()
        if not self._kernel.lock(blocking):
            return False
        died = self._busy.value
        self._busy.value = me
        if died:
            self._repair()
        return True

    def release(self) -> None:
        """Give the lock back."""
        self._busy.value = 0
        self._leave()

    def _leave(self) -> None:
        interrupt: BaseException | None = None
        given: list[None] = []
        while not given:
            try:
                self._kernel.unlock()
                given.append(None)
            except BaseException as error:
                interrupt = error
        self.holder = None
        self._local.release()
        if interrupt is not None:
            raise interrupt

    def locked(self) -> bool:
        """Tell whether a thread of this process holds the lock, or some process was last seen to."""
        return self._local.locked() or bool(self._busy.value)

    def __enter__(self) -> bool:
        if self._within():
            raise SelfDeadlock(
                "this thread holds the ring's lock already: a signal handler, or a finaliser, has come in between and uses "
                "the same ring; let another thread do it"
            )
        self._frames[self._ident()] = sys._getframe(1)  # first: an interrupt after the lock is taken would lose it
        return self._acquire(True, -1)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()
        self._frames.pop(self._ident(), None)
