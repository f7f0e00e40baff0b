"""Sleeping and waking between processes: the pattern of `Signal`, with sleepers that may die.

Rule 1: who waits sits down in the table of waiters, then tests again, then gives the lock up and parks at his place. Who
        changes something reads the count of sleepers after the change. Both stores are fenced, so one sees the other.
Rule 2: nobody parks for longer than `PARK_SECONDS`. So a waker that dies between its change and its wake-up costs a moment.
Rule 3: who was not woken in that time looks for the dead (`tend`) before he tests again: they may be what he waits for.
        Which of them that may be depends on who waits: so each who waits has a signal of his own, over the same words
        (`tended`).
Rule 4: a place belongs to who sits there until he gets up, or is found dead. If all are taken, one waits without, and looks
        again all the time.
"""

from collections.abc import Callable
from functools import partial
from math import inf
from operator import call
from typing import Final, TypeVar, final

from disruptor._cell import Cell
from disruptor._deadline import seconds_until
from disruptor._errors import Unsupported
from disruptor._sync import Lock, Runtime
from disruptor.shared._kernel import NOWHERE, Kernel, Words
from disruptor.shared._layout import WaiterWord

_T = TypeVar("_T")


@final
class SharedSignal:
    """One kind of news that threads of several processes may be asleep for.

    `sleepers`: how many sit in the table for this kind of news, or more, if some have died. Written under the lock, fenced;
    read without it by whoever has just changed something.
    """

    __slots__ = ("_kernel", "_kind", "_lock", "_me", "_runtime", "_tend", "_waiters", "sleepers")

    def __init__(
        self,
        kind: int,
        sleepers: Cell,
        waiters: Words,
        kernel: Kernel,
        lock: Lock,
        runtime: Runtime,
        me: Callable[[], int],
        tend: Callable[[], object],
    ) -> None:
        self._kind = kind
        self.sleepers = sleepers
        self._waiters = waiters
        self._kernel = kernel
        self._lock = lock
        self._runtime = runtime
        self._me = me
        self._tend = tend

    def tended(self, tend: Callable[[], object]) -> "SharedSignal":
        """Return the same for somebody who looks for other dead."""
        return SharedSignal(
            self._kind, self.sleepers, self._waiters, self._kernel, self._lock, self._runtime, self._me, tend
        )

    def wait_until(self, ready: Callable[[], bool], deadline: int | None) -> bool:
        """Sleep until `ready()` is true, and return true; false once `deadline` has passed without.

        As `Signal.wait_until`: the caller holds the lock, and what `ready` raises passes through.
        """
        place = self._sit()
        try:
            while not ready():
                seconds = inf
                if deadline is not None:
                    now = self._runtime.monotonic_ns()
                    if now >= deadline:
                        return False
                    seconds = seconds_until(now, deadline)
                if not self._sleep(place, seconds):
                    self.patrol()
                    if place == NOWHERE:
                        place = self._sit()
            return True
        finally:
            self._get_up(place)

    def _sit(self) -> int:
        """Take a place, and count oneself; return it, or `NOWHERE`."""
        waiters = self._waiters
        owners = range(WaiterWord.OWNER, len(waiters), WaiterWord.SIZE)
        free = next((at for at in owners if not waiters[at]), None)
        if free is None:
            free = next((at for at in owners if not self._kernel.alive(waiters[at])), None)
        if free is None:
            return NOWHERE
        place = free // WaiterWord.SIZE
        waiters[free - WaiterWord.OWNER + WaiterWord.SIGNAL] = self._kind
        waiters[free] = self._me()
        self._count()
        return place

    def _get_up(self, place: int) -> None:
        if place != NOWHERE:
            self._waiters[place * WaiterWord.SIZE + WaiterWord.OWNER] = 0
            self._count()

    def _count(self) -> None:
        self.sleepers.value = len(self._places())

    def _places(self) -> list[int]:
        waiters = self._waiters
        return [
            at // WaiterWord.SIZE
            for at in range(0, len(waiters), WaiterWord.SIZE)
            if waiters[at + WaiterWord.OWNER] and waiters[at + WaiterWord.SIGNAL] == self._kind
        ]

    def _sleep(self, place: int, seconds: float) -> bool:
        """Give the lock up, park, and take the lock again; return whether somebody called."""
        return self.away(partial(self._kernel.park, place, seconds))

    def patrol(self) -> None:
        """Look for the dead that the caller may be waiting for. The caller holds the lock."""
        self._tend()

    def away(self, do: Callable[[], _T]) -> _T:
        """Give the lock up, do something, and take the lock again, whatever happens; return what was returned.

        As `Signal.away`: a call of C code each, so that it is never unknown who has the lock.
        """
        given: list[None] = []
        taken: list[bool] = []
        try:
            given.extend(map(call, (self._lock.release,)))
            return do()
        finally:
            interrupt: BaseException | None = None
            while not taken:
                try:
                    taken.extend(map(call, (self._lock.acquire,)))
                except BaseException as error:
                    interrupt = error
            if interrupt is not None:
                raise interrupt

    def wake(self) -> None:
        """Wake everybody who sleeps here. The caller holds the lock, and has made its change."""
        if self.sleepers.value:
            for place in self._places():
                self._kernel.wake(place)

    def nudge(self) -> None:
        """Wake everybody who sleeps here. The caller does not hold the lock, and has made its change."""
        if self.sleepers.value:
            with self._lock:
                self.wake()

    watchable: Final = False
    patrols: Final = True

    def watch(self, ready: Callable[[], bool], call: Callable[[], object]) -> bool:
        """Raise `Unsupported`: who is to be woken may be in another process."""
        raise Unsupported(
            "a ring between processes (multiproc=True) cannot be awaited yet; read or publish in a thread"
        )

    def unwatch(self, call: Callable[[], object]) -> None:
        """Do nothing: nobody watches."""

    def asleep(self) -> int:
        """Return how many sit in the table for this. For tests; the caller holds the lock."""
        return len(self._places())

    def bury(self) -> None:
        """Free the places of the dead. The caller holds the lock."""
        for place in self._places():
            if not self._kernel.alive(self._waiters[place * WaiterWord.SIZE + WaiterWord.OWNER]):
                self._waiters[place * WaiterWord.SIZE + WaiterWord.OWNER] = 0
        self._count()
