"""The kernel of a ring between processes, by itself: fences, the lock, marks and pipes.

Rule: what a second process is needed for is done by one, which is told when to go on, and ends on its own.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from disruptor import Disruptor
from disruptor.shared import _posix
from disruptor.shared._kernel import NOWHERE
from disruptor.shared._marks import marks
from disruptor.shared._posix import FencedCell, PosixKernel, fence
from tests.limits import LIMIT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lock").touch(0o600)
    return tmp_path


def kernel_in(folder: Path) -> PosixKernel:
    return PosixKernel(folder, os.open(folder / "lock", os.O_RDWR | os.O_CLOEXEC))


@contextmanager
def elsewhere(act: Callable[[], object]) -> Iterator[Callable[[], None]]:
    """Have another process do something first, and hold on to it until it is told to end, which closes its files."""
    ready, go = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            act()
            os.write(ready[1], b"!")
            os.read(go[0], 1)
        finally:
            os._exit(0)
    os.close(ready[1])  # so that the end of a child that failed is seen
    assert os.read(ready[0], 1) == b"!"
    told: list[int] = []

    def end() -> None:
        if not told:
            told.append(os.write(go[1], b"!"))
            os.waitpid(pid, 0)

    try:
        yield end
    finally:
        end()
        for file in (ready[0], *go):
            os.close(file)


# --- fences ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ordered", [True, False], ids=["x86-64", "elsewhere"])
@pytest.mark.parametrize("tried", [False, True], ids=["free", "tried by another thread"])
def test_a_fence_never_waits_and_takes_nothing(ordered: bool, tried: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_posix, "_ORDERED", ordered)
    monkeypatch.setattr(_posix, "_FENCE", threading.Lock())
    if tried:
        _posix._FENCE.acquire()
    fence()
    assert _posix._FENCE.locked() is tried


def test_where_stores_are_not_seen_in_order_each_load_and_store_is_fenced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_posix, "_ORDERED", False)
    ring: Disruptor[str] = Disruptor(2, multiproc=True)
    sequencer = ring._sequencer
    assert isinstance(sequencer.published, FencedCell)
    fences: list[int] = []
    monkeypatch.setattr(_posix, "fence", lambda: fences.append(sequencer.published._word.value))
    assert sequencer.published.value == -1
    assert fences == [-1]
    sequencer.published.value = 0
    assert fences == [-1, -1, 0]
    sequencer.published.value = -1
    subscriber = ring.register_subscriber()
    for k in range(3):
        ring.publish(str(k))
        with subscriber.read() as batch:
            assert list(batch) == [str(k)]
    ring._check()


# --- the lock --------------------------------------------------------------------------------------------------


def test_a_lock_that_another_process_holds_is_not_had_at_once() -> None:
    ring: Disruptor[str] = Disruptor(2, multiproc=True)
    lock = ring._sequencer.lock
    with elsewhere(lock.acquire) as end:
        assert lock.acquire(False) is False
        assert lock.locked()  # by the other one
        end()
    assert lock.acquire(False) is True
    lock.release()
    assert not lock.locked()
    assert ring.publish("a") == 0
    ring._check()


def test_whoever_waits_for_the_lock_offers_the_processor_and_then_sleeps_longer_and_longer(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel, slept = kernel_in(folder), list[float]()
    try:
        with elsewhere(lambda: kernel.lock(True)) as end:

            def sleep(seconds: float) -> None:
                slept.append(seconds)
                if len(slept) == 60:
                    end()

            monkeypatch.setattr("disruptor.shared._posix.time.sleep", sleep)
            assert kernel.lock(True)
    finally:
        kernel.close()
    assert slept[:20] == [0] * 20
    assert slept[20:] == sorted(slept[20:])
    assert (slept[20], slept[-1]) == (20e-6, 2e-3)


# --- marks -----------------------------------------------------------------------------------------------------


def test_who_looks_whether_anybody_is_left_lets_nobody_come_and_is_nobodys_sign_of_life(folder: Path) -> None:
    kernel = kernel_in(folder)

    def look() -> None:
        assert kernel.seal()

    file = os.open(folder / "lock", os.O_RDWR)
    try:
        with elsewhere(look) as end:
            assert marks(file) == {}
            coming = threading.Thread(target=kernel.mark, args=(7,))
            coming.start()
            assert not kernel._marks
            end()
            coming.join(LIMIT)
        assert kernel._marks == {7}
        assert kernel.alive(7)
    finally:
        kernel.close()
        os.close(file)


def test_nobody_is_left_unless_somebody_is(folder: Path) -> None:
    kernel = kernel_in(folder)
    with elsewhere(lambda: kernel.mark(7)) as end:
        assert not kernel.seal()
        assert kernel.alive(7)
        end()
    assert kernel.seal()
    kernel.close()


# --- pipes -----------------------------------------------------------------------------------------------------


def test_nobody_is_woken_nowhere_and_a_place_keeps_its_wake_up(folder: Path) -> None:
    kernel = kernel_in(folder)
    kernel.wake(NOWHERE)
    assert not kernel.park(NOWHERE, 0)
    assert not kernel.park(3, 0)
    kernel.wake(3)
    assert kernel.park(3, LIMIT)
    assert not kernel.park(3, 0)
    kernel.close()


def test_where_the_files_are_gone_nobody_is_woken_and_nobody_fails(folder: Path) -> None:
    kernel = kernel_in(folder)
    kernel._folder = folder / "gone"
    kernel.wake(3)
    assert not kernel.park(3, 0)
    kernel.close()


def test_threads_that_open_a_pipe_at_once_have_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = kernel_in(folder)
    above_standard, opened = _posix.above_standard, list[int]()

    def slow(file: int) -> int:
        if not opened:
            opened.append(file)
            kernel.wake(3)  # as another thread does meanwhile
        return above_standard(file)

    monkeypatch.setattr(_posix, "above_standard", slow)
    assert kernel.park(3, LIMIT)  # by the pipe of the other one
    assert opened != [*kernel._pipes.values()]
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(opened[0])
    kernel.close()
