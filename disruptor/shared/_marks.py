"""Who holds the lock and the marks of a ring: the operating system is asked, and nothing is taken.

Rule 1: to ask (`F_GETLK`) needs no right to write and changes nothing, unlike `PosixKernel.alive`, which tries the lock.
Rule 2: the system does not tell of this process's own marks, and takes them away when the file is closed. So nobody asks
        about a ring that his own process has open.
Rule 3: who looks whether anybody is left (`PosixKernel.seal`) holds the marks of all for a moment. A mark without an end is
        such a look, and nobody's sign of life.
"""

import fcntl
import struct
import sys
from typing import Final, NamedTuple

_LINUX: Final = sys.platform == "linux"
_FLOCK: Final = "hhqqi4x" if _LINUX else "qqihh8x"
"""`struct flock`: type, whence, start, length, process on Linux; start, length, process, type, whence on BSD and macOS."""
_LENGTH: Final = 2**62
"""Of what has no end."""


class Mark(NamedTuple):
    """The lock on a range of bytes that one process holds."""

    first: int
    last: int
    process: int | None
    """The number of the process; None if it is hidden from here, as in another container."""


def holder(file: int, first: int, last: int = _LENGTH) -> Mark | None:
    """Return one of the locks on bytes `first..last` of an open file, or None if there is none.

    Raises `OSError` if the system does not know locks for this file.
    """
    length = last - first + 1 if last < _LENGTH else 0
    asked = (fcntl.F_WRLCK, 0, first, length, 0) if _LINUX else (first, length, 0, fcntl.F_WRLCK, 0)
    found = struct.unpack(_FLOCK, fcntl.fcntl(file, fcntl.F_GETLK, struct.pack(_FLOCK, *asked)))
    kind, _, start, length, process = found if _LINUX else (*found[3:], *found[:3])
    if kind == fcntl.F_UNLCK:
        return None
    end = start + length - 1 if length else _LENGTH
    return Mark(max(start, first), min(end, last), process if process > 0 else None)


def marks(file: int) -> dict[int, int | None]:
    """Return the number of each participant that is alive, and its process, from the open `lock` file of a ring.

    They are asked for one after the other: who comes or goes meanwhile may be among them or not.
    Raises `OSError` if the system does not know locks for this file.
    """
    found: dict[int, int | None] = {}
    unasked = [(1, _LENGTH)]
    while unasked:
        first, last = unasked.pop()
        mark = holder(file, first, last) if first <= last else None
        if mark is not None:
            if mark.last < _LENGTH:
                found[mark.first] = mark.process  # a participant has one byte
            unasked += [(first, mark.first - 1), (mark.last + 1, last)]
    return dict(sorted(found.items()))
