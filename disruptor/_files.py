"""Where the files of rings between processes are, and who may remove them.

Rule 1: a ring has a directory of its own, which only its user may enter. Its name cannot be guessed.
Rule 2: it is made under another name, and renamed when it is whole. So nobody ever sees half a ring.
Rule 3: it is removed by the last participant that ends. Who removes it holds the marks of all others (`PosixKernel.seal`),
        and who opens a ring looks, after he has marked himself, whether it is still there.
Rule 4: a ring whose participants were all killed is left over. Whoever makes a new ring removes those, and so does
        `python -m disruptor remove --dead`.
"""

import os
import re
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from disruptor._errors import RingMismatch, RingNotFound
from disruptor._posix import PosixKernel

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
        return Path(chosen)
    shm = Path("/dev/shm")
    return shm if shm.is_dir() and os.access(shm, os.W_OK) else Path(tempfile.gettempdir())


def new_name() -> str:
    """Return a name that nobody can guess."""
    return secrets.token_hex(8)


def folder_of(name: str) -> Path:
    """Return the directory of a ring. Raises `RingNotFound` for what cannot be a name."""
    if not re.fullmatch(_NAME, name):
        raise RingNotFound(f"{name!r} is not the name of a ring: 16 hexadecimal digits")
    return root() / f"disruptor-{os.getuid()}-{name}"


def unfinished(folder: Path) -> Path:
    """Return where the directory of a ring is made."""
    return folder.with_name(folder.name + _UNFINISHED)


def names() -> list[str]:
    """Return the names of this user's rings, left over ones included."""
    prefix = f"disruptor-{os.getuid()}-"
    found = (path.name.removeprefix(prefix) for path in root().glob(prefix + "*"))
    return sorted(name for name in found if re.fullmatch(_NAME, name))


def open_file(folder: Path, name: str, flags: int = FLAGS) -> int:
    """Open a file of a ring; `RingNotFound`, or `RingMismatch` if it is not a plain file of this user alone."""
    for path in (folder, folder / name):
        try:
            found = path.lstat()
        except FileNotFoundError:
            raise RingNotFound(f"there is no ring {folder.name.rpartition('-')[2]!r} (any more)") from None
        good = stat.S_ISDIR if path == folder else stat.S_ISREG
        if not good(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
            raise RingMismatch(f"{path.name} is not a {'directory' if path == folder else 'file'} of this user alone")
    try:
        return os.open(folder / name, flags)
    except OSError as error:
        raise RingNotFound(
            f"there is no ring {folder.name.rpartition('-')[2]!r} (any more): {error.strerror}"
        ) from None


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
    removed = [folder for name in names() if name not in mine and remove_left_over(folder := folder_of(name))]
    for path in root().glob(f"disruptor-{os.getuid()}-*{_UNFINISHED}"):
        try:
            if not (path / "lock").exists():
                if time.time() - path.stat().st_mtime > _OLD:
                    remove(path)
                    removed.append(path)
            elif remove_left_over(path):
                removed.append(path)
        except OSError:
            pass  # somebody else was quicker
    return removed


def remove_left_over(folder: Path) -> bool:
    """Remove a ring if nobody is left of it; return whether it was removed."""
    try:
        for _ in left_over(folder):
            remove(folder)
            return True
    except (RingNotFound, RingMismatch):
        pass
    return False
