"""A process leaves a ring: when nothing of it is left there, or at its own end. Nobody loses what he still has.

Rule: a process that still waits for its children is alive. What is last removes the files, in whatever order all end.
"""

import gc
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from disruptor import Disruptor, RingNotFound, SharedMemoryError
from disruptor.shared import _files
from disruptor.shared._posix import PosixKernel
from disruptor.shared._segment import ENDINGS, Ending
from tests.limits import LIMIT

CHILDREN = """
from multiprocessing import get_context
from disruptor import Disruptor

def publish(ring):
    print(ring.publish("by the child"), ring.name, flush=True)

if __name__ == "__main__":
    ring = Disruptor(4, multiproc=True)
    get_context(METHOD).Process(target=publish, args=(ring,)).start()
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_child_finds_the_ring_of_a_parent_that_has_nothing_more_to_do(method: str, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(CHILDREN.replace("METHOD", repr(method)), encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=LIMIT, check=False)
    sequence, name = done.stdout.split()
    assert (sequence, done.stderr) == ("0", "")
    assert name not in _files.names()


def test_two_who_leave_at_once_do_not_both_leave_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    assert ring.name is not None
    name: str = ring.name
    ready, go = os.pipe(), os.pipe()
    pid = os.fork()
    if pid == 0:
        ring.publish("a")  # from now on it is a participant
        os.write(ready[1], b"!")
        os.read(go[0], 1)
        del ring
        gc.collect()
        os._exit(0)
    os.read(ready[0], 1)
    seal = PosixKernel.seal
    ended: list[int] = []

    def sealed(self: PosixKernel) -> bool:
        found = seal(self)
        if self._folder == _files.folder_of(name):
            os.write(go[1], b"!")
            ended.append(os.waitpid(pid, 0)[1])  # the other one leaves while this one is still about it
        return found

    monkeypatch.setattr(PosixKernel, "seal", sealed)
    del ring
    gc.collect()
    for end in (*ready, *go):
        os.close(end)
    assert ended == [0]
    assert name not in _files.names()


def test_a_claim_keeps_its_ring() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    name, claim = ring.name, ring.claim()
    lock = ring._sequencer.lock
    assert name is not None
    del ring
    gc.collect()
    again: Disruptor[str] = Disruptor.attach(name)
    assert again._sequencer.lock is lock  # else two threads of this process would not exclude each other
    claim[0] = "a"
    claim.publish()
    assert again.get(0) == "a"


def test_threads_that_open_a_ring_at_once_have_one() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    raw = pickle.dumps(ring)
    ring._link.segment._kept.clear()  # type: ignore[union-attr]  # as if it had just been opened
    start = threading.Barrier(8)
    had: list[object] = []

    def load() -> None:
        start.wait()
        had.append(pickle.loads(raw))

    threads = [threading.Thread(target=load) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
    assert len(had) == 8
    assert len({*map(id, had)}) == 1


def test_who_opens_a_ring_that_another_thread_is_leaving_waits_for_that(monkeypatch: pytest.MonkeyPatch) -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    assert ring.name is not None
    name: str = ring.name
    pid = os.fork()
    if pid == 0:
        ring.publish("by one who stays")
        os.kill(os.getpid(), 19)  # SIGSTOP
        os._exit(0)
    assert ring.wait_for(0, timeout=LIMIT) == 0
    leaving, go = threading.Event(), threading.Event()
    unmark = PosixKernel.unmark

    def slow(self: PosixKernel) -> None:
        if self._folder == _files.folder_of(name):
            leaving.set()
            go.wait(LIMIT)
        unmark(self)

    monkeypatch.setattr(PosixKernel, "unmark", slow)
    waiting = threading.Event()
    finish = Ending.finish

    def waits(self: Ending) -> None:
        waiting.set()
        finish(self)

    monkeypatch.setattr(Ending, "finish", waits)
    holder = [ring]
    del ring

    def leave() -> None:
        holder.clear()
        gc.collect()

    had: list[Disruptor[str]] = []
    leaver = threading.Thread(target=leave)
    leaver.start()
    assert leaving.wait(LIMIT)
    opener = threading.Thread(target=lambda: had.append(Disruptor.attach(name)))
    opener.start()
    assert waiting.wait(LIMIT)
    assert name in ENDINGS
    go.set()
    leaver.join(LIMIT)
    opener.join(LIMIT)
    [again] = had
    number = again._link.segment.number  # type: ignore[union-attr]
    found, status = os.pipe(), os.fork()
    if status == 0:
        alive = again._link.segment.kernel.alive(number)  # type: ignore[union-attr]  # asked by another process
        os.write(found[1], b"1" if alive else b"0")
        os._exit(0)
    assert os.read(found[0], 1) == b"1"
    os.waitpid(status, 0)
    assert again.get(0) == "by one who stays"
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    for end in found:
        os.close(end)


def test_a_child_that_is_forked_while_a_thread_leaves_a_ring_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    name = str(ring.name)
    leaving, go = threading.Event(), threading.Event()
    unmark = PosixKernel.unmark

    def slow(self: PosixKernel) -> None:
        if self._folder == _files.folder_of(name):
            leaving.set()
            go.wait(LIMIT)
        unmark(self)

    monkeypatch.setattr(PosixKernel, "unmark", slow)
    holder = [ring]
    del ring

    def leave() -> None:
        holder.clear()
        gc.collect()

    leaver = threading.Thread(target=leave)
    leaver.start()
    assert leaving.wait(LIMIT)
    pid = os.fork()
    if pid == 0:
        os._exit(int(name in ENDINGS))  # that end is the parent's
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert name in ENDINGS
    go.set()
    leaver.join(LIMIT)
    assert name not in ENDINGS


def test_who_has_left_has_no_number() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    segment = ring._link.segment  # type: ignore[union-attr]  # it is one between processes
    assert segment.number == 1
    ENDINGS[str(ring.name)].finish()
    assert segment.number == 0
    assert ring.name not in _files.names()


OPEN_AT_THE_END = """
from disruptor import Disruptor
ring = Disruptor(4, multiproc=True)
claim = ring.claim()
del ring
"""


def test_a_claim_that_is_open_at_the_end_is_silent() -> None:
    command = [sys.executable, "-W", "error", "-c", OPEN_AT_THE_END]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
def test_a_ring_that_cannot_be_made_leaves_no_descriptor(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int, offset: int, size: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        with pytest.raises(SharedMemoryError):
            Disruptor(4, multiproc=True)
    assert len(os.listdir("/proc/self/fd")) == before


def test_nothing_is_noted_for_ever() -> None:
    from multiprocessing import util

    noted: dict[object, object] = vars(util)["_finalizer_registry"]
    gc.collect()
    before = len(noted), len(ENDINGS)
    for _ in range(20):
        Disruptor(2, multiproc=True)
    gc.collect()
    assert (len(noted), len(ENDINGS)) == before


def test_a_pickle_of_a_ring_that_was_closed_opens_it_and_of_one_that_is_gone_does_not() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    ring.publish("a")
    ring.close()
    raw = pickle.dumps(ring)
    assert pickle.loads(raw).closed
    del ring
    gc.collect()
    with pytest.raises(RingNotFound):
        pickle.loads(raw)
