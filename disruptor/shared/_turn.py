"""Who reads through a subscriber, among processes: one at a time, and the process that does so owns it.

Rule 1: the turn is taken under the ring's lock, as a subscriber is removed and its row given to another one: so whoever has
        the turn of a registered subscriber has its row, until he gives it back (`BUSY`), removed or not.
Rule 2: a row is taken over when it is first used in another process, unless its owner is alive and reads; then that is an
        error, as with a second thread. Its position goes with it: what a dead owner had in hand comes again.
Rule 3: what was forked while its parent had the turn has no turn of its own: it gives none back, and moves no position.
Rule 4: without the turn, a position is moved only under the ring's lock, by the process that owns the row of a registered
        subscriber: that is certain then, because both change under the lock only.
"""

from collections.abc import Callable
from types import TracebackType
from typing import final

from disruptor._cell import Cell
from disruptor._errors import SubscriberBusy
from disruptor._sync import Lock
from disruptor.shared._gates import Row
from disruptor.shared._kernel import Kernel, Memory
from disruptor.shared._layout import GATES, GateWord


@final
class OwnPosition:
    """The position of a subscriber in the process that has a handle on it: moved only by who has the turn, or owns the row
    (Rules 3 and 4)."""

    __slots__ = ("_name", "_position", "_turn")

    def __init__(self, position: Cell, turn: "SharedTurn", name: str) -> None:
        self._position = position
        self._turn = turn
        self._name = name

    @property
    def value(self) -> int:
        """The highest sequence processed."""
        return self._position.value

    @value.setter
    def value(self, value: int) -> None:
        if not self._turn.mine:
            raise SubscriberBusy(
                f"subscriber {self._name!r} is being read by another process, the one that this one was forked from or one "
                f"that has gone on with it: nothing is marked as processed up to {value} here"
            )
        self._position.value = value


@final
class SharedTurn:
    """A `Lock` that is only tried: the turn of one subscriber."""

    __slots__ = ("_alive", "_busy", "_kernel", "_local", "_lock", "_me", "_owner", "_taken_by", "_tried_by")

    def __init__(
        self,
        memory: Memory,
        row: Row,
        kernel: Kernel,
        lock: Lock,
        me: Callable[[], int],
    ) -> None:
        at = GATES + row.number * GateWord.SIZE
        self._busy = memory.cell(at + GateWord.BUSY)
        self._owner = memory.cell(at + GateWord.OWNER)
        self._kernel = kernel
        self._lock = lock
        self._me = me
        self._alive = row.gate.alive
        self._local = kernel.local_lock()
        self._taken_by = 0
        self._tried_by = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the turn if nobody has it; return whether it was taken. It never waits."""
        me = self._me()
        if not self._local.acquire(False):
            return False
        try:
            self._tried_by = me
            if self._take(me):
                return True
        except BaseException:
            self.release()
            raise
        self._local.release()
        return False

    def _take(self, me: int) -> bool:
        with self._lock:
            if self._alive.value:  # else the row is nobody's, or another one's: the reader will be told
                owner = self._owner.value
                if owner != me and self._busy.value and self._kernel.alive(owner):
                    return False
                self._owner.value = me
                self._taken_by = me
                self._busy.value = 1
            return True

    def release(self) -> None:
        """Give the turn back; a copy of the parent's does nothing (Rule 3)."""
        if self._tried_by == self._me():
            taken_by, self._taken_by = self._taken_by, 0
            if taken_by:
                self._busy.value = 0
            self._local.release()

    @property
    def mine(self) -> bool:
        """Whether it was this process that took the turn last: not the one that it was forked from, nor another since."""
        me = self._me()
        return self._tried_by == me and self._owner.value == me

    def locked(self) -> bool:
        """Tell whether a thread of this process has the turn."""
        return self._local.locked()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()
