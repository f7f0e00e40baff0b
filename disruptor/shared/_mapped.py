"""The memory of a ring, mapped from its file: to take part in it, or only to look at it.

Rule: what is there is tested before anything of it is believed (`_header.py`).
"""

import os
from mmap import ACCESS_READ, ACCESS_WRITE, mmap
from pathlib import Path

from disruptor._errors import RingMismatch
from disruptor.shared._files import FLAGS, READING, open_file
from disruptor.shared._header import About, read_header
from disruptor.shared._layout import State
from disruptor.shared._posix import MappedMemory


def reserve(file: int, size: int) -> None:
    """Make a file so long, and make sure of the memory now: later it would be a bus error."""
    os.ftruncate(file, size)
    if hasattr(os, "posix_fallocate"):  # pragma: no branch - only macOS does not have it
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
