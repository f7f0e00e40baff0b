"""One ring between processes, as one process has it open: its memory, its kernel, its number.

Rule 1: a process opens a ring once, however many handles it has: see Rule 2 of `_posix.py`.
Rule 2: a child that was forked is a participant of its own, from its first use on that takes the lock or a turn.
Rule 3: memory is a mapped file, not `multiprocessing.shared_memory`: the resource tracker of Python up to 3.12 removes a
        ring when any process that has opened it ends.
Rule 4: all handles of a ring in one process are one ring, which lives as long as anything of it does, be it a claim: its
        threads exclude each other by locks of their own, which the kernel's lock does not do for them.
Rule 5: a ring is not opened again before its old end is over in this process (`Ending`): see Rule 2 of `_posix.py`.
"""

import os
import time
from contextlib import suppress
from mmap import mmap
from multiprocessing import util
from pathlib import Path
from typing import Protocol, TypeVar, cast, final
from weakref import WeakValueDictionary, finalize

from disruptor._cell import Cell
from disruptor._errors import RingNotFound, SharedMemoryError
from disruptor.shared._files import (
    FLAGS,
    folder_of,
    new_name,
    open_file,
    opening,
    remove,
    root,
    sweep,
    unfinished,
)
from disruptor.shared._header import About, write_header
from disruptor.shared._kernel import Memory
from disruptor.shared._layout import State
from disruptor.shared._mapped import mapped_ring, reserve
from disruptor.shared._posix import LocalLock, MappedMemory, PosixKernel, above_standard

R = TypeVar("R", bound="Kept")


@final
class Ending:
    """How this process leaves a ring: once, when nothing of it is left, or at the end of the process.

    Who ends it need not be who opens it again: a finaliser may run in any thread. So `finish` waits for it.
    """

    __slots__ = ("_at_exit", "_folder", "_kernel", "_name", "_over", "_to_leave", "number")

    def __init__(self, name: str, folder: Path, kernel: PosixKernel) -> None:
        self._name = name
        self._folder = folder
        self._kernel = kernel
        self._over = LocalLock()
        self._over.acquire()
        self._at_exit: list[util.Finalize] = []
        self._to_leave = [True]  # emptied by whoever begins: one step, so only one does
        self.number: list[int] = []
        """That of this participant, or none before the first use in this process."""

    def watch(self, segment: "Segment") -> None:
        """Begin when `segment` is no more; `participate` sees to the end of the process."""
        finalize(segment, self.leave).atexit = False
        ENDINGS[self._name] = self

    def participate(self, number: int) -> None:
        """Have a number; leave at the end of the process, when its children have ended: they may have yet to open it."""
        self.number.append(number)
        self._at_exit.append(util.Finalize(None, self.leave, exitpriority=-1))

    @property
    def begun(self) -> bool:
        """Whether the ring is not to be used any more."""
        return not self._to_leave

    def finish(self) -> None:
        """Leave, or wait for the thread that is doing so."""
        self.leave()
        with self._over:
            pass

    def forked(self) -> None:
        """Begin anew, in a child. What another thread had begun, it goes on with in the parent, and there only."""
        self.number.clear()
        self._at_exit.clear()
        self._kernel.forked()

    def leave(self) -> None:
        """Leave, unless somebody has begun to; the last one out removes the ring."""
        try:
            self._to_leave.pop()
        except IndexError:
            return
        self._leave()

    def _leave(self) -> None:
        try:
            if self.number:
                self.number.clear()
                # First: two who look for each other's marks while they have their own would both leave the ring behind.
                self._kernel.unmark()
                if self._kernel.seal():
                    remove(self._folder)
            self._kernel.close()
            for at_exit in self._at_exit:
                at_exit.cancel()
        finally:
            ENDINGS.pop(self._name, None)
            self._over.release()


ENDINGS: dict[str, Ending] = {}
"""Of the rings that this process has open, or is just leaving."""


class Kept(Protocol):
    """A ring, as far as its segment has to do with it."""

    def _forked(self) -> None:
        """Begin anew, in a child."""


@final
class Segment:
    """A ring that is open in this process."""

    __slots__ = (
        "__weakref__",
        "_ending",
        "_joining",
        "_kept",
        "_number",
        "_participants",
        "about",
        "kernel",
        "memory",
        "name",
    )

    def __init__(
        self, name: str, folder: Path, kernel: PosixKernel, memory: Memory, about: About, number: int | None = None
    ) -> None:
        self.name = name
        self.kernel = kernel
        self.memory = memory
        self.about = about
        self._joining = LocalLock()
        self._participants: Cell = memory.cell(State.PARTICIPANTS)
        self._kept: dict[str, Kept] = {}
        self._ending = Ending(name, folder, kernel)
        self._number = self._ending.number
        self._ending.watch(self)
        if number is None:
            self._number_of_process()
        else:
            self._ending.participate(number)
        OPEN[name] = self

    def keep(self, ring: R) -> R:
        """Keep `ring`, unless there is one already; return the one that is kept (Rule 4)."""
        return cast("R", self._kept.setdefault("ring", ring))

    @property
    def kept(self) -> object:
        """The ring that is kept; None before there is one."""
        return self._kept.get("ring")

    @property
    def number(self) -> int:
        """The number of this participant; a child that was forked gets one of its own. 0, nobody's, after the end."""
        return self._number[0] if self._number else self._number_of_process()

    def _number_of_process(self) -> int:
        if self._ending.begun:
            return 0
        with self._joining:
            if not self._number:
                # Nobody in this process can have the ring's lock yet: whoever takes it has a number.
                self.kernel.lock(True)
                try:
                    number = self._participants.value + 1
                    self._participants.value = number
                finally:
                    self.kernel.unlock()
                self.kernel.mark(number)
                self._ending.participate(number)
            return self._number[0]

    def forked(self) -> None:
        """Begin anew, in a child."""
        self._joining.renew()
        for ring in self._kept.values():
            ring._forked()


OPEN: "WeakValueDictionary[str, Segment]" = WeakValueDictionary()
"""The rings that this process has open."""

_opening = LocalLock()


def _forked() -> None:
    _opening.renew()
    for segment in OPEN.values():
        segment.forked()
    for ending in ENDINGS.values():
        ending.forked()
    for name in {*ENDINGS}.difference(OPEN):
        del ENDINGS[name]


os.register_at_fork(after_in_child=_forked)


def create(about: About) -> Segment:
    """Make a ring's files, and open them. Raises `SharedMemoryError` if the system refuses them; then nothing is left."""
    with _opening:
        name = new_name()
        folder = folder_of(name)
        making = unfinished(folder)
        kernel: PosixKernel | None = None
        try:
            sweep({*ENDINGS})
            making.mkdir(mode=0o700)
            lock = os.open(making / "marking", FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
            kernel = PosixKernel(folder, above_standard(lock))
            kernel.mark(1)
            (making / "marking").rename(making / "lock")  # whoever finds it finds it marked: it is not left over
            file = os.open(making / "memory", FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                reserve(file, about.layout.bytes)
                mapped = mmap(file, about.layout.bytes)
            finally:
                os.close(file)
            memory = MappedMemory(mapped)
            write_header(memory, about._replace(creator=os.getpid(), created=int(time.time())))
            making.rename(folder)
        except OSError as error:
            _give_up(making, kernel)
            raise SharedMemoryError(
                error.errno,
                f"{about.layout.bytes} bytes for a ring between processes cannot be had in {root()}: {error.strerror}",
            ) from error
        except BaseException:
            _give_up(making, kernel)
            raise
        return Segment(name, folder, kernel, memory, about, 1)


def _give_up(making: Path, kernel: PosixKernel | None) -> None:
    """Leave nothing of a ring that could not be made. No descriptor is needed: perhaps there was none left."""
    if kernel is not None:
        kernel.close()
    for name in ("marking", "lock", "memory"):
        with suppress(OSError):
            (making / name).unlink()
    with suppress(OSError):
        making.rmdir()


def header_of(name: str) -> About:
    """Return the header of a ring, without taking part in it: who only asks is not the last one out, who removes it.

    Raises as `attach`.
    """
    known = OPEN.get(name)
    if known is not None:
        return known.about
    with opening(name):
        return mapped_ring(folder_of(name), name, reading=True)[1]


def attach(name: str) -> Segment:
    """Open a ring by name.

    Raises `RingNotFound`, `RingMismatch` if what is there is no ring of this version, or `SharedMemoryError`.
    """
    with _opening:
        known = OPEN.get(name)
        if known is not None:
            return known
        ending = ENDINGS.get(name)
        if ending is not None:
            ending.finish()
        folder = folder_of(name)
        with opening(name):
            memory, about = mapped_ring(folder, name)
            kernel = PosixKernel(folder, open_file(folder, "lock"))
            segment = Segment(name, folder, kernel, memory, about)
        if not folder.exists():
            raise RingNotFound(f"there is no ring {name!r} any more: its last participant has just ended")
        return segment
