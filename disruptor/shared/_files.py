"""Where the files of rings between processes are, and who may remove them.

Rule 1: a ring has a directory of its own, which only its user may enter. Its name cannot be guessed.
Rule 2: it is made under another name, and renamed when it is whole. So nobody ever sees half a ring.
Rule 3: it is removed by the last participant that ends. Who removes it holds the marks of all others (`PosixKernel.seal`),
        and who opens a ring looks, after he has marked himself, whether it is still there.
Rule 4: a ring whose participants were all killed is left over. Whoever makes a new ring removes those, and so does
        `python -m disruptor remove --dead`. Who was killed while he made or removed one leaves a directory without a lock:
        it goes the same way, when it is old.
"""

import os
import re
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from disruptor._errors import DisruptorError, InvalidType, RingMismatch, RingNotFound, SharedMemoryError
from disruptor.shared._posix import PosixKernel, above_standard

_NAME: Final = r"[0-9a-f]{16}"
_UNFINISHED: Final = ".new"
_OLD: Final = 60.0
"""Seconds after which a directory without even a lock is nobody's any more."""

FLAGS: Final = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
READING: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
"""For whoever only looks."""


def root() -> Path:
    """Return the directory where rings are: `$DISRUPTOR_DIR`, or memory, not a disk, where the system offers it."""
    chosen = os.environ.get("DISRUPTOR_DIR")
    if chosen:
        return Path(chosen).absolute()  # a ring stays where it is, wherever its process goes
    shm = Path("/dev/shm")
    return shm if shm.is_dir() and os.access(shm, os.W_OK) else Path(tempfile.gettempdir())


def new_name() -> str:
    """Return a name that nobody can guess."""
    return secrets.token_hex(8)


def folder_of(name: str) -> Path:
    """Return the directory of a ring. Raises `RingNotFound` for what cannot be a name, `InvalidType` for what is no text."""
    if not isinstance(name, str):
        raise InvalidType(f"the name of a ring must be a str, not {name!r}")
    if not re.fullmatch(_NAME, name):
        raise RingNotFound(f"{name!r} is not the name of a ring: 16 hexadecimal digits")
    return root() / f"disruptor-{os.geteuid()}-{name}"


def unfinished(folder: Path) -> Path:
    """Return where the directory of a ring is made."""
    return folder.with_name(folder.name + _UNFINISHED)


def names() -> list[str]:
    """Return the names of this user's rings, left over ones included."""
    prefix = f"disruptor-{os.geteuid()}-"
    found = (path.name.removeprefix(prefix) for path in root().glob(prefix + "*"))
    return sorted(name for name in found if re.fullmatch(_NAME, name))


@contextmanager
def opening(name: str) -> Iterator[None]:
    """Raise `SharedMemoryError` for whatever the system refuses meanwhile."""
    try:
        yield
    except DisruptorError:
        raise
    except OSError as error:
        raise SharedMemoryError(error.errno, f"ring {name!r} cannot be opened: {error.strerror}") from error


def open_file(folder: Path, name: str, flags: int = FLAGS) -> int:
    """Open a file of a ring.

    Raises `RingNotFound`, or `RingMismatch` if it is not a plain file of this user alone, or `SharedMemoryError` if the
    system refuses it.
    """
    ring = repr(folder.name.rpartition("-")[2])
    try:
        for path in (folder, folder / name):
            found = path.lstat()
            good = stat.S_ISDIR if path == folder else stat.S_ISREG
            if not good(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
                raise RingMismatch(
                    f"{path.name} is not a {'directory' if path == folder else 'file'} of this user alone"
                )
        return above_standard(os.open(folder / name, flags))
    except FileNotFoundError:
        raise RingNotFound(f"there is no ring {ring} (any more)") from None
    except OSError as error:
        raise SharedMemoryError(error.errno, f"ring {ring} cannot be opened: {error.strerror}") from error


def remove(folder: Path) -> None:
    """Remove a directory; that it is gone is fine."""
    shutil.rmtree(folder, ignore_errors=True)


def left_over(folder: Path) -> Iterator[PosixKernel]:
    """Yield the kernel of a ring, with the marks of all, if nobody is left of it.

    Not to be called for a ring that this process has open: it would lose its marks.
    """
    kernel = PosixKernel(folder, open_file(folder, "lock"))
    try:
        if kernel.seal():
            yield kernel
    finally:
        kernel.close()  # gives all marks back


def sweep(mine: set[str]) -> list[Path]:
    """Remove the rings of which nobody is left, except those in `mine`, which this process has open.

    Return the directories that were removed, those of rings that were never finished included.
    """
    rings = [folder_of(name) for name in names() if name not in mine]
    unfinished_ones = root().glob(f"disruptor-{os.geteuid()}-*{_UNFINISHED}")
    return [folder for folder in (*rings, *unfinished_ones) if remove_left_over(folder)]


def remove_left_over(folder: Path) -> bool:
    """Remove a ring if nobody is left of it, or what is left of one that somebody was making, or removing, when he died.

    Return whether it was removed. Whatever else is there, and whatever the system refuses, is let alone: it is no reason
    not to make a ring.
    """
    removed = False
    try:
        if (folder / "lock").exists():
            for _ in left_over(folder):
                remove(folder)
                removed = True
        else:
            found = folder.lstat()
            mine = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
            removed = mine and time.time() - found.st_mtime > _OLD
            if removed:
                remove(folder)
        return removed and not folder.exists()
    except (RingMismatch, OSError):
        return False
