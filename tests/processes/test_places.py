"""Where rings are: directories that are odd, full, missing, refused, or full of what others have left.

Rule: what the system refuses is an `OSError` that says what and where, and leaves neither files nor descriptors; what others
have left or forged is no reason not to make a ring.
"""

import errno
import fcntl
import gc
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from disruptor import Disruptor, RingNotFound, SharedMemoryError
from disruptor.shared import _files, _mapped, _posix, _segment
from tests.limits import LIMIT
from tests.processes.owners import left_over

ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
NOBODY = 65534


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory for rings of this test alone."""
    folder = tmp_path / "rings"
    folder.mkdir()
    monkeypatch.setenv("DISRUPTOR_DIR", str(folder))
    yield folder
    gc.collect()


def in_a_child(act: Callable[[], object]) -> str:
    """Run something in a child that was forked; return what it returned, or raised, as text."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            said = str(act())
        except BaseException as error:
            said = repr(error)
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    with open(read, encoding="utf-8") as told:
        said = told.read()
    assert os.waitpid(pid, 0)[1] == 0
    return said


def open_to_all(place: Path) -> None:
    """Let everybody make rings there."""
    place.chmod(0o777)
    for parent in place.parents:
        if parent.stat().st_mode & 0o777 == 0o700:
            parent.chmod(0o711)


def made() -> str:
    """Make a ring, use it, and leave it."""
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    subscriber = ring.register_subscriber()
    ring.publish("a")
    with subscriber.read(timeout=LIMIT) as batch:
        assert list(batch) == ["a"]
    return "fine"


def attached(name: str) -> Disruptor[str]:
    """Open a ring by name."""
    return Disruptor.attach(name)


# --- what is there ---------------------------------------------------------------------------------------------


@ROOT
def test_a_directory_that_cannot_be_opened_stops_nobody(place: Path) -> None:
    open_to_all(place)
    made()  # what it imports is there: nobody may not be able to read it

    def act() -> str:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        for ending in ("", ".new"):
            (place / f"disruptor-{NOBODY}-{'0' * 16}{ending}").mkdir(0o000)
        return made()

    assert in_a_child(act) == "fine"


def test_odd_things_under_a_rings_name_stop_nobody(place: Path) -> None:
    prefix = f"disruptor-{os.geteuid()}-"
    (place / f"{prefix}{'0' * 16}").write_text("a file")
    (place / f"{prefix}{'1' * 16}").symlink_to(place)
    os.mkfifo(place / f"{prefix}{'2' * 16}")
    locked = place / f"{prefix}{'3' * 16}"
    locked.mkdir(0o700)
    os.mkfifo(locked / "lock")
    (place / f"{prefix}{'4' * 16}.new").symlink_to("/nowhere")
    before = {*place.iterdir()}
    assert made() == "fine"
    gc.collect()
    assert {*place.iterdir()} == before


@pytest.mark.parametrize("ending", ["", ".new"])
def test_a_directory_without_a_lock_is_removed_when_it_is_old(place: Path, ending: str) -> None:
    folder = place / f"disruptor-{os.geteuid()}-{'0' * 16}{ending}"
    folder.mkdir(0o700)
    (folder / "memory").write_bytes(bytes(100))  # who removed the ring was killed meanwhile
    made()
    assert folder.exists()
    os.utime(folder, (0, time.time() - 120))
    made()
    assert not folder.exists()


def test_who_makes_a_ring_finds_none_that_is_just_being_made(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = _posix.PosixKernel.mark
    swept: list[str] = []

    def slow(self: _posix.PosixKernel, number: int) -> None:
        swept.append(in_a_child(lambda: _files.sweep(set())))  # between the file's birth and its first mark
        mark(self, number)

    monkeypatch.setattr(_posix.PosixKernel, "mark", slow)
    assert made() == "fine"
    assert swept == ["[]"]


# --- the directory ---------------------------------------------------------------------------------------------


def test_a_ring_stays_where_it_is(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(place.parent)
    monkeypatch.setenv("DISRUPTOR_DIR", place.name)
    ring: Disruptor[str] = Disruptor(1, multiproc=True)
    monkeypatch.chdir("/")
    ring.register_subscriber()
    ring.publish("a")
    with pytest.raises(TimeoutError):
        ring.publish("b", timeout=0.01)
    assert [path.name for path in place.glob("*/wake.*")] == ["wake.0"]
    del ring
    gc.collect()
    assert [*place.iterdir()] == []


def test_the_directory_may_be_a_link(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = place.parent / "link"
    link.symlink_to(place)
    monkeypatch.setenv("DISRUPTOR_DIR", str(link))
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    assert ring.name is not None
    assert in_a_child(lambda: ring.publish("a")) == "0"
    assert len([*place.iterdir()]) == 1


def test_a_directory_that_is_not_there_is_an_error(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISRUPTOR_DIR", str(place / "none"))
    with pytest.raises(SharedMemoryError, match=r"bytes .* cannot be had in .*none: No such file") as caught:
        made()
    assert caught.value.errno == errno.ENOENT
    with pytest.raises(RingNotFound):
        Disruptor.attach("0" * 16)


@ROOT
def test_a_directory_that_cannot_be_written_to_is_an_error(place: Path) -> None:
    made()
    open_to_all(place)
    place.chmod(0o755)

    def act() -> str:
        os.setuid(NOBODY)
        return made()

    assert "PermissionError" in in_a_child(act) or "Permission denied" in in_a_child(act)


@pytest.mark.parametrize("mask", [0o000, 0o077, 0o777])
def test_permissions_do_not_depend_on_the_mask(place: Path, mask: int) -> None:
    def act() -> str:
        os.umask(mask)
        ring: Disruptor[str] = Disruptor(1, multiproc=True)
        ring.register_subscriber()
        ring.publish("a")
        [folder] = place.iterdir()
        modes = {path.stat().st_mode & 0o077 for path in (folder, *folder.iterdir())}
        return f"{modes} {ring.get(0)}"

    said = in_a_child(act)
    assert said == "{0} a" or (mask == 0o777 and os.geteuid() and "SharedMemoryError" in said)


@ROOT
def test_somebody_who_acts_as_another_user_has_rings_as_that_user(place: Path) -> None:
    open_to_all(place)
    made()

    def act() -> object:
        os.seteuid(NOBODY)
        ring: Disruptor[str] = Disruptor(4, multiproc=True)
        name = ring.name
        assert name is not None
        ring.publish("a")
        os.close(_files.open_file(_files.folder_of(name), "memory"))
        return "opened"

    assert in_a_child(act) == "opened"


# --- refused ---------------------------------------------------------------------------------------------------


def test_a_file_that_may_not_grow_is_an_error(place: Path) -> None:
    def act() -> str:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        return made()

    assert "SharedMemoryError(27, " in in_a_child(act)
    assert [*place.iterdir()] == []


@ROOT
def test_a_full_file_system_is_an_error(place: Path) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr!r}")
    try:
        before = len(os.listdir("/proc/self/fd"))
        ring: Disruptor[str] = Disruptor(4, multiproc=True)
        with pytest.raises(SharedMemoryError, match="No space left"):
            Disruptor(1024, multiproc=True)
        assert len([*place.iterdir()]) == 1
        (place / "filling").write_bytes(bytes(20_000))
        name = str(ring.name)
        assert in_a_child(lambda: attached(name).publish("a")) == "0"
        del ring
        gc.collect()
        assert len(os.listdir("/proc/self/fd")) == before
    finally:
        subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize("missing", [1, 2])
def test_too_few_descriptors_are_an_error_and_not_a_missing_ring(place: Path, missing: int) -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    code = f"""
import os, resource
import disruptor._disruptor, disruptor.shared._ring
held = [os.open("/dev/null", 0) for _ in range(8)]
resource.setrlimit(resource.RLIMIT_NOFILE, (held[-1] + 1, held[-1] + 1))
for _ in range({missing} - 1):
    os.close(held.pop())
before = len(held)
try:
    disruptor.Disruptor.attach({ring.name!r})
except disruptor.SharedMemoryError as error:
    print(error.errno, error)
try:
    disruptor.Disruptor(4, multiproc=True)
except disruptor.SharedMemoryError as error:
    print(error.errno)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=LIMIT, check=False)
    assert done.stderr == ""
    if missing == 1:
        assert done.stdout.startswith(f"{errno.EMFILE} ")
        assert "cannot be opened: Too many open files" in done.stdout
    assert len([*place.iterdir()]) == 1


def test_a_file_system_without_record_locks_is_an_error(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*arguments: Any) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    (place / f"disruptor-{os.geteuid()}-{'0' * 16}").mkdir(0o700)
    (place / f"disruptor-{os.geteuid()}-{'0' * 16}" / "lock").touch(0o600)

    def act() -> str:
        monkeypatch.setattr(fcntl, "lockf", none)
        with pytest.raises(SharedMemoryError, match="No locks available"):
            made()
        return str(len([*place.iterdir()]))

    assert in_a_child(act) == "2"
    assert ring.publish("a") == 0


def test_an_interrupt_while_a_ring_is_made_leaves_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*arguments: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_segment, "write_header", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Disruptor(4, multiproc=True)
    assert [*place.iterdir()] == []


def test_a_file_that_the_system_refuses_is_an_error(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    folder = _files.folder_of(str(ring.name))

    def too_many(file: int) -> int:
        os.close(file)
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(_files, "above_standard", too_many)
    with pytest.raises(SharedMemoryError, match="cannot be opened: Too many open files"):
        _files.open_file(folder, "memory")


def test_memory_that_cannot_be_mapped_is_an_error_and_not_a_missing_ring(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = left_over()

    def refused(*arguments: Any, **options: Any) -> None:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(_mapped, "mmap", refused)
    with pytest.raises(SharedMemoryError, match=f"ring '{name}' cannot be opened: Cannot allocate memory"):
        Disruptor.attach(name)
    assert _files.folder_of(name).is_dir()


def test_a_ring_that_ends_while_it_is_opened_is_not_there(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = left_over()
    opened = _files.open_file

    def last(folder: Path, name: str, flags: int = _files.FLAGS) -> int:
        file = opened(folder, name, flags)
        if name == "lock":
            _files.remove(folder)  # as the last participant does
        return file

    monkeypatch.setattr(_segment, "open_file", last)
    with pytest.raises(RingNotFound, match="its last participant has just ended"):
        Disruptor.attach(name)
    assert [*place.iterdir()] == []


# --- descriptors -----------------------------------------------------------------------------------------------

BARE = """
import os, sys
told = os.dup(1)
for number in range(3):
    os.close(number)
from disruptor import Disruptor
ring = Disruptor(1, multiproc=True)
null = os.open("/dev/null", os.O_RDWR)
for number in range(3):
    os.dup2(null, number)           # as a daemon does
pid = os.fork()
if pid == 0:
    alive = ring._link.segment.kernel.alive(1)
    os.write(told, b"alive" if alive else b"dead")
    os._exit(0)
os.waitpid(pid, 0)
"""


def test_a_process_without_its_first_descriptors_becomes_a_daemon_and_keeps_its_marks(place: Path) -> None:
    done = subprocess.run([sys.executable, "-c", BARE], capture_output=True, text=True, timeout=LIMIT, check=False)
    assert done.stdout == "alive"
    assert [*place.iterdir()] == []
