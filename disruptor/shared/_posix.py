"""The kernel of a ring between processes, of record locks, pipes with names, and mapped memory.

Rule 1: the lock is a record lock on byte 0 of the ring's `lock` file, the mark of a participant one on the byte of its
        number. The operating system takes both away when their process ends, however it ends, even if it had forked.
        (POSIX: they belong to the process; a child does not inherit them.)
Rule 2: closing any descriptor of a file drops all record locks that the process has on it. So each process opens it once for
        each ring, and keeps it (`_segment.py`).
Rule 3: record locks are only ever tried: the waiting kind reports deadlocks that are none when several threads wait.
Rule 4: who parks waits for a byte in the pipe of his place, opened for reading and writing, so that nobody waits to open it
        and nobody is killed for writing to it. A full pipe holds a wake-up already.
Rule 5: on x86-64 stores are seen in order, and an atomic operation, as in taking any lock, is a fence. Elsewhere loads and
        stores are fenced on both sides.
"""

import ctypes
import errno
import fcntl
import os
import platform
import select
import threading
import time
from contextlib import suppress
from mmap import mmap
from pathlib import Path
from typing import Final, final
from weakref import WeakSet

from disruptor._cell import Cell
from disruptor._sync import Lock
from disruptor.shared._kernel import PARK_SECONDS, Words

_ORDERED: Final = platform.machine().lower() in ("x86_64", "amd64")
_SPINS: Final = 20
"""How often the processor is offered to others before a waiter for the lock sleeps."""
_SHORTEST, _LONGEST = 20e-6, 2e-3
_BUSY: Final = (errno.EACCES, errno.EAGAIN)
_FENCE: Final = threading.Lock()
"""Only ever tried: to try it is the fence, whether it is taken or not."""


def fence() -> None:
    """Let what this thread has stored be seen by all before it loads anything else.

    To try a lock is an atomic read-modify-write: on x86-64 a full fence. To give one back and to try it again is one on
    ARMv8, whose acquire after release is not reordered. It never waits, so a fork in the middle of it does no harm.
    """
    if _FENCE.acquire(False):
        _FENCE.release()
    if not _ORDERED and _FENCE.acquire(False):
        _FENCE.release()


def above_standard(file: int) -> int:
    """Return a descriptor of the same open file that is none of 0, 1 and 2; `file` is closed if it was.

    Where a process was started without these, the system gives them to the next file; and they are replaced one day, as a
    daemon does: that would take all locks away (Rule 2).
    """
    if file > 2:
        return file
    try:
        return fcntl.fcntl(file, fcntl.F_DUPFD_CLOEXEC, 3)
    finally:
        os.close(file)


@final
class FencedCell:
    """A word whose stores are seen by all before its storer loads anything else."""

    __slots__ = ("_word",)

    def __init__(self, word: ctypes.c_int64) -> None:
        self._word = word

    @property
    def value(self) -> int:
        """What the word holds."""
        if not _ORDERED:
            fence()
        return self._word.value

    @value.setter
    def value(self, value: int) -> None:
        if not _ORDERED:
            fence()
        self._word.value = value
        fence()


@final
class MappedMemory:
    """The words of a mapped file. Cells are `ctypes.c_int64`: one aligned load or store each."""

    __slots__ = ("_map",)

    def __init__(self, mapped: mmap) -> None:
        self._map = mapped

    def words(self, first: int, count: int) -> Words:
        """Return `count` words from number `first` on."""
        return memoryview(self._map)[8 * first : 8 * (first + count)].cast("q")

    def cell(self, word: int) -> Cell:
        """Return one word as a cell."""
        found = ctypes.c_int64.from_buffer(self._map, 8 * word)
        return found if _ORDERED else FencedCell(found)

    def fenced(self, word: int) -> Cell:
        """Return one word as a cell whose stores are fences."""
        return FencedCell(ctypes.c_int64.from_buffer(self._map, 8 * word))

    def buffer(self, first: int, size: int) -> memoryview:
        """Return `size` bytes from word `first` on."""
        return memoryview(self._map)[8 * first : 8 * first + size]


@final
class PosixKernel:
    """Locks, marks and parking of one ring, for one process."""

    __slots__ = ("_file", "_folder", "_locks", "_marks", "_pipes")

    def __init__(self, folder: Path, file: int) -> None:
        self._folder = folder
        self._file = file
        self._locks: WeakSet[LocalLock] = WeakSet()
        self._marks: set[int] = set()
        self._pipes: dict[int, int] = {}

    def local_lock(self) -> Lock:
        """Make a lock among the threads of this process."""
        lock = LocalLock()
        self._locks.add(lock)
        return lock

    def forked(self) -> None:
        """Begin anew, as a child: without marks, and with locks that nobody holds."""
        self._marks.clear()
        for lock in self._locks:
            lock.renew()

    def lock(self, blocking: bool) -> bool:
        """Take the ring's lock, and wait for it if `blocking`; return whether it was taken."""
        tries = 0
        while not self._try(0):
            if not blocking:
                return False
            if tries < _SPINS:
                time.sleep(0)
            else:
                time.sleep(min(_SHORTEST * 1.5 ** (tries - _SPINS), _LONGEST))
            tries += 1
        return True

    def unlock(self) -> None:
        """Give the ring's lock back."""
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, 0)

    def mark(self, number: int) -> None:
        """Put this process's mark under `number`, until it ends. Waits while somebody looks whether anybody is left."""
        while not self._try(number):
            time.sleep(_LONGEST)
        self._marks.add(number)

    def unmark(self) -> None:
        """Take this process's marks away."""
        while self._marks:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, self._marks.pop())

    def alive(self, number: int) -> bool:
        """Tell whether the mark under `number` stands."""
        if number in self._marks:
            return True  # to try one's own would take it
        if not self._try(number):
            return True
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, number)
        return False

    def seal(self) -> bool:
        """Take all marks, so that nobody comes, until `close`; return False, and take none, if somebody is alive.

        To be called without marks of one's own: they would be taken, too.
        """
        return self._try(1, 0)  # a length of 0 reaches to the end of all

    def _try(self, start: int, length: int = 1) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, length, start)
        except OSError as error:
            if error.errno in _BUSY:
                return False
            raise
        return True

    def park(self, place: int, seconds: float) -> bool:
        """Sleep until woken, or `seconds` or `PARK_SECONDS` have passed; return whether it was woken."""
        seconds = min(seconds, PARK_SECONDS)
        pipe = self._pipe(place)
        if pipe is None:
            time.sleep(min(seconds, _LONGEST))
            return False
        poll = select.poll()
        poll.register(pipe, select.POLLIN)
        if not poll.poll(1000 * seconds):
            return False
        with suppress(BlockingIOError):  # somebody who sat here before was quicker
            os.read(pipe, 4096)
        return True

    def wake(self, place: int) -> None:
        """Wake whoever is parked at `place`, or will be."""
        pipe = self._pipe(place)
        if pipe is not None:
            with suppress(BlockingIOError):  # it is full of wake-ups
                os.write(pipe, b"!")

    def _pipe(self, place: int) -> int | None:
        """Return the descriptor of a place's pipe; none for `NOWHERE`, or if the ring's files are gone."""
        if place < 0:
            return None
        pipe = self._pipes.get(place)
        if pipe is None:
            path = self._folder / f"wake.{place}"
            try:
                with suppress(FileExistsError):
                    os.mkfifo(path, 0o600)
                opened = above_standard(os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW))
            except OSError:
                return None
            pipe = self._pipes.setdefault(place, opened)
            if pipe != opened:
                os.close(opened)  # another thread was quicker
        return pipe

    def close(self) -> None:
        """Close everything: this drops the marks."""
        for pipe in self._pipes.values():
            os.close(pipe)
        self._pipes.clear()
        os.close(self._file)


@final
class LocalLock:
    """A `threading.Lock` that is free in a forked child, whoever held it in the parent."""

    __slots__ = ("__weakref__", "_lock")

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def renew(self) -> None:
        """Be free."""
        self._lock = threading.Lock()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take the lock."""
        return self._lock.acquire(blocking, timeout)

    def release(self) -> None:
        """Give the lock back."""
        self._lock.release()

    def locked(self) -> bool:
        """Tell whether somebody holds the lock."""
        return self._lock.locked()

    def __enter__(self) -> bool:
        return self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()
