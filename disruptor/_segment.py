"""One ring between processes, as one process has it open: its memory, its kernel, its number.

Rule 1: a process opens a ring once, however many handles it has: see Rule 2 of `_posix.py`.
Rule 2: a child that was forked is a participant of its own, from its first use on.
Rule 3: memory is a mapped file, not `multiprocessing.shared_memory`: the resource tracker of Python up to 3.12 removes a
        ring when any process that has opened it ends.
"""

import os
import time
from mmap import ACCESS_READ, ACCESS_WRITE, mmap
from multiprocessing import util
from pathlib import Path
from typing import NamedTuple, final
from weakref import WeakValueDictionary, finalize

from disruptor._cell import Cell
from disruptor._errors import RingMismatch, RingNotFound, SharedMemoryError
from disruptor._files import FLAGS, READING, folder_of, new_name, open_file, remove, root, sweep, unfinished
from disruptor._kernel import Memory
from disruptor._layout import GATES, MAGIC, MAX_SUBSCRIBERS, VERSION, Header, Layout, State
from disruptor._posix import LocalLock, MappedMemory, PosixKernel
from disruptor._sequence import is_capacity


class About(NamedTuple):
    """What the header says of a ring."""

    layout: Layout
    kind: int
    policy: int
    description: str
    creator: int = 0
    created: int = 0


@final
class Segment:
    """A ring that is open in this process."""

    __slots__ = (
        "__weakref__",
        "_ending",
        "_joining",
        "_number",
        "_participants",
        "about",
        "folder",
        "kernel",
        "memory",
        "name",
    )

    def __init__(
        self, name: str, folder: Path, kernel: PosixKernel, memory: Memory, about: About, number: int | None = None
    ) -> None:
        self.name = name
        self.folder = folder
        self.kernel = kernel
        self.memory = memory
        self.about = about
        self._joining = LocalLock()
        self._number: list[int] = []  # one, or none before the first use in this process
        self._participants: Cell = memory.cell(State.PARTICIPANTS)
        self._ending = finalize(self, _end, kernel, folder, self._number)
        if number is None:
            self._number_of_process()
        else:
            self._participate(number)
        OPEN[name] = self

    @property
    def number(self) -> int:
        """The number of this participant; a child that was forked gets one of its own."""
        return self._number[0] if self._number else self._number_of_process()

    def _number_of_process(self) -> int:
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
                self._participate(number)
            return self._number[0]

    def _participate(self, number: int) -> None:
        self._number.append(number)
        util.Finalize(None, self._ending, exitpriority=0)  # a child of multiprocessing ends without atexit

    def forked(self) -> None:
        """Begin anew, in a child."""
        self._number.clear()
        self._joining.renew()
        self.kernel.forked()


OPEN: "WeakValueDictionary[str, Segment]" = WeakValueDictionary()
"""The rings that this process has open."""

_opening = LocalLock()


def _forked() -> None:
    _opening.renew()
    for segment in OPEN.values():
        segment.forked()


os.register_at_fork(after_in_child=_forked)


def _end(kernel: PosixKernel, folder: Path, number: list[int]) -> None:
    """Leave a ring, at the end of the process or of its last handle; the last one out removes it."""
    if number:
        number.clear()
        if kernel.seal():
            remove(folder)
    kernel.close()


def create(about: About) -> Segment:
    """Make a ring's files, and open them. Raises `SharedMemoryError` if the system refuses them; then nothing is left."""
    with _opening:
        sweep({*OPEN})
        name = new_name()
        folder = folder_of(name)
        making = unfinished(folder)
        try:
            making.mkdir(mode=0o700)
            kernel = PosixKernel(folder, os.open(making / "lock", FLAGS | os.O_CREAT | os.O_EXCL, 0o600))
            kernel.mark(1)  # before anybody can see the ring, who could take it for left over
            file = os.open(making / "memory", FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                reserve(file, about.layout.bytes)
                mapped = mmap(file, about.layout.bytes)
            finally:
                os.close(file)
            memory = MappedMemory(mapped)
            write_header(memory, about)
            making.rename(folder)
        except OSError as error:
            remove(making)
            raise SharedMemoryError(
                error.errno,
                f"{about.layout.bytes} bytes for a ring between processes cannot be had in {root()}: {error.strerror}",
            ) from error
        except BaseException:
            remove(making)
            raise
        return Segment(name, folder, kernel, memory, about, 1)


def attach(name: str) -> Segment:
    """Open a ring by name. Raises `RingNotFound`, or `RingMismatch` if what is there is no ring of this version."""
    with _opening:
        known = OPEN.get(name)
        if known is not None:
            return known
        folder = folder_of(name)
        memory, about = mapped_ring(folder, name)
        kernel = PosixKernel(folder, open_file(folder, "lock"))
        segment = Segment(name, folder, kernel, memory, about)
        if not folder.exists():
            raise RingNotFound(f"there is no ring {name!r} any more: its last participant has just ended")
        return segment


def reserve(file: int, size: int) -> None:
    """Make a file so long, and make sure of the memory now: later it would be a bus error."""
    os.ftruncate(file, size)
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)


def mapped_ring(folder: Path, name: str, *, reading: bool = False) -> tuple[MappedMemory, About]:
    """Map the memory of a ring, only for `reading` or for writing too, and read its header."""
    file = open_file(folder, "memory", READING if reading else FLAGS)
    try:
        size = os.fstat(file).st_size
        least = 8 * State.CLAIMED
        if size < least:
            raise RingMismatch(f"ring {name!r} has {size} bytes; its header alone has {least}")
        memory = MappedMemory(mmap(file, size, access=ACCESS_READ if reading else ACCESS_WRITE))
    finally:
        os.close(file)
    return memory, read_header(memory, name, size)


def write_header(memory: Memory, about: About) -> None:
    """Write the header of a new ring."""
    raw = about.description.encode()
    if len(raw) > Header.DESCRIPTION_BYTES:
        raise ValueError(f"a description has at most {Header.DESCRIPTION_BYTES} bytes, not {len(raw)}")
    words = memory.words(0, GATES)
    layout = about.layout
    words[Header.VERSION] = VERSION
    words[Header.BYTES] = layout.bytes
    words[Header.CAPACITY] = layout.capacity
    words[Header.MAX_SUBSCRIBERS] = layout.max_subscribers
    words[Header.MAX_WAITERS] = layout.max_waiters
    words[Header.SLOT_SIZE] = layout.slot_size
    words[Header.KIND] = about.kind
    words[Header.POLICY] = about.policy
    words[Header.CREATOR] = os.getpid()
    words[Header.CREATED] = int(time.time())
    memory.buffer(Header.DESCRIPTION, len(raw))[:] = raw
    words[State.PARTICIPANTS] = 1
    words[Header.MAGIC] = MAGIC


def read_header(memory: Memory, name: str, size: int) -> About:
    """Read a header, and believe nothing of it: `RingMismatch` names what is wrong."""
    words = memory.words(0, State.CLAIMED)

    def expect(what: str, found: int, good: bool, bound: object) -> None:
        if not good:
            raise RingMismatch(f"ring {name!r} cannot be opened: its {what} is {found}, not {bound}")

    expect("mark", words[Header.MAGIC], words[Header.MAGIC] == MAGIC, MAGIC)
    expect("layout version", words[Header.VERSION], words[Header.VERSION] == VERSION, VERSION)
    capacity, slot_size = words[Header.CAPACITY], words[Header.SLOT_SIZE]
    subscribers, waiters = words[Header.MAX_SUBSCRIBERS], words[Header.MAX_WAITERS]
    expect("capacity", capacity, is_capacity(capacity), "a power of two")
    expect("table of subscribers", subscribers, 1 <= subscribers <= MAX_SUBSCRIBERS, f"in 1..{MAX_SUBSCRIBERS}")
    expect("table of waiters", waiters, 1 <= waiters <= 2**16, f"in 1..{2**16}")
    expect("slot size", slot_size, 0 < slot_size <= 2**31 and slot_size % 8 == 0, "a multiple of 8 in 8..2**31")
    layout = Layout(capacity, subscribers, waiters, slot_size)
    expect("size in bytes", size, size == layout.bytes == words[Header.BYTES], layout.bytes)
    raw = bytes(memory.buffer(Header.DESCRIPTION, Header.DESCRIPTION_BYTES)).rstrip(b"\0")
    return About(
        layout,
        words[Header.KIND],
        words[Header.POLICY],
        raw.decode(errors="replace"),
        words[Header.CREATOR],
        words[Header.CREATED],
    )
