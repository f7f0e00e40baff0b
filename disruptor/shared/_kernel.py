"""What a ring between processes needs from the world: memory that all see, a lock, and news of who is alive.

Rule 1: this is the second seam beside `Runtime` (`_sync.py`): the real one is `_posix.py`, a test hands in another one and
        owns every step. Whatever is said here is all that the rest relies on.
Rule 2: memory is made of *words*: signed integers of 64 bits. To load or store one is a single step, in order, also for
        the processes that look on; a process that is killed leaves each word as it was or as it was to be.
Rule 3: a *participant* is a process that has the ring open. It has a number of its own, which is never given again, and a
        mark under that number, which the operating system takes away when the process ends, however it ends.
Rule 4: nobody waits for a process that is dead: the lock is given back when its holder ends, and nobody parks for long.
"""

from typing import Final, Protocol

from disruptor._cell import Cell
from disruptor._sync import Lock

NOWHERE: Final = -1
"""No place to be woken at."""

PARK_SECONDS: Final = 0.05
"""The longest that anybody parks before looking again: what a waker costs that dies between its change and its wake-up."""


class Words(Protocol):
    """Some words in a row, which are only touched under the ring's lock, or as their owner says."""

    def __getitem__(self, index: int, /) -> int: ...

    def __setitem__(self, index: int, value: int, /) -> None: ...

    def __len__(self) -> int: ...


class Memory(Protocol):
    """The memory of one ring, as it is seen by one process."""

    def words(self, first: int, count: int) -> Words:
        """Return `count` words from number `first` on."""

    def cell(self, word: int) -> Cell:
        """Return one word as a cell."""

    def fenced(self, word: int) -> Cell:
        """Return one word as a cell whose stores are visible to all before the storing thread loads anything else."""

    def buffer(self, first: int, size: int) -> memoryview:
        """Return `size` bytes from word `first` on, to be read and written."""


class Kernel(Protocol):
    """What the operating system does for one ring and one process."""

    def local_lock(self) -> Lock:
        """Make a lock among the threads of this process; it is free in a child that was forked while it was held."""

    def lock(self, blocking: bool) -> bool:
        """Take the ring's lock among processes, and wait for it if `blocking`; return whether it was taken.

        It is given back by `unlock`, or when this process ends. Threads of one process are not kept apart by it.
        """

    def unlock(self) -> None:
        """Give the ring's lock back; doing it again is fine, as long as no thread of this process has taken it since."""

    def mark(self, number: int) -> None:
        """Put this process's mark under `number`, until it ends."""

    def alive(self, number: int) -> bool:
        """Tell whether the mark under `number` stands; of a number of this process, it does. Never wrong for long."""

    def park(self, place: int, seconds: float) -> bool:
        """Sleep until somebody calls `wake(place)`, or `seconds` or `PARK_SECONDS` have passed; return whether it was woken.

        A wake-up that came before is not lost. It may also end early, for nothing. Nobody wakes `NOWHERE`: then it is a nap.
        """

    def wake(self, place: int) -> None:
        """Wake whoever is parked at `place`, or will be. Never waits, never fails."""
