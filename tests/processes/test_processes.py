"""Rings between real processes: handed on in every way, killed, stopped, forked, and left behind."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event as EventType
from pathlib import Path

import numpy as np
import pytest

from disruptor import (
    Claim,
    ClaimClosed,
    Disruptor,
    DisruptorClosed,
    EventFactory,
    InsufficientCapacity,
    InvalidType,
    InvalidValue,
    RingMismatch,
    RingNotFound,
    SharedMemoryError,
    Subscriber,
    SubscriberBusy,
    SubscriberClosed,
    SubscriberDied,
)
from disruptor._override import override
from disruptor.shared import _files
from tests.limits import LIMIT

METHODS = ["fork", "spawn", "forkserver"]


class Tick(ctypes.Structure):
    _fields_ = (("price", ctypes.c_double), ("count", ctypes.c_int64))  # type: ignore[mutable-override]  # as ctypes has it

    price: float
    count: int


class Word(EventFactory[str]):
    """As in the library's first README."""

    def __init__(self) -> None:
        self.word = "new"

    @override
    def get(self) -> str:
        return self.word

    @override
    def set(self, value: str) -> None:
        self.word = value


def ended(process: BaseProcess) -> int | None:
    """Wait for the end of a process, and return its status."""
    process.join(LIMIT)
    if process.is_alive():
        process.kill()
        raise AssertionError(f"{process} hangs")
    return process.exitcode


@contextmanager
def child(method: str, target: Callable[..., object], *arguments: object) -> Iterator[BaseProcess]:
    makes: dict[str, Callable[..., BaseProcess]] = {
        "fork": get_context("fork").Process,
        "spawn": get_context("spawn").Process,
        "forkserver": get_context("forkserver").Process,
    }
    process = makes[method](target=target, args=arguments)
    process.start()
    try:
        yield process
    finally:
        if process.is_alive():
            process.kill()
        process.join(LIMIT)


# --- handed on -------------------------------------------------------------------------------------------------


def read_words(subscriber: Subscriber[str], expected: list[str]) -> None:
    if list(subscriber) != expected:
        sys.exit(3)


@pytest.mark.parametrize("method", METHODS)
def test_a_subscriber_goes_to_a_child(method: str) -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    subscriber = ring.register_subscriber()
    words = [f"word {k}" for k in range(100)]
    with child(method, read_words, subscriber, words) as process:
        for word in words:
            ring.publish(word, timeout=LIMIT)
        ring.close()
        assert ended(process) == 0
    assert subscriber.sequence == 99


def publish_words(ring: Disruptor[str], words: list[str]) -> None:
    ring.publish_many(words[:2])
    for word in words[2:]:
        ring.publish(word)


@pytest.mark.parametrize("method", METHODS)
def test_a_ring_goes_to_a_child_who_publishes(method: str) -> None:
    ring: Disruptor[str] = Disruptor(2, multiproc=True)
    subscriber = ring.register_subscriber()
    with child(method, publish_words, ring, ["a", "b", "c", "d", "e"]) as process:
        had = [next(iter(subscriber)) for _ in range(0)]
        while len(had) < 5:
            with subscriber.read(timeout=LIMIT) as batch:
                had.extend(batch)
        assert ended(process) == 0
    assert had == ["a", "b", "c", "d", "e"]


def attach_and_publish(name: str) -> None:
    ring: Disruptor[str] = Disruptor.attach(name)
    ring.publish("from a stranger")


def test_a_stranger_opens_it_by_name() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    subscriber = ring.register_subscriber()
    with child("spawn", attach_and_publish, ring.name) as process:
        with subscriber.read(timeout=LIMIT) as batch:
            assert list(batch) == ["from a stranger"]
        assert ended(process) == 0


def test_in_one_process_one_name_is_one_ring() -> None:
    import pickle

    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    subscriber = ring.register_subscriber(name="s")
    assert ring.name is not None
    assert Disruptor.attach(ring.name) is ring
    assert pickle.loads(pickle.dumps(ring)) is ring
    assert pickle.loads(pickle.dumps(subscriber)) is subscriber
    raw = pickle.dumps(subscriber)
    subscriber.close()
    with pytest.raises(SubscriberClosed, match="'s' was removed"):
        pickle.loads(raw)
    with pytest.raises(InvalidType, match="lives in one process"):
        pickle.dumps(ring.claim())


def read_behind(subscriber: Subscriber[str], position: int) -> None:
    with subscriber.read(timeout=LIMIT):
        if subscriber.after[0].sequence < position:
            sys.exit(3)


def test_a_graph_goes_over_processes() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    first = ring.register_subscriber(name="first")
    behind = ring.register_subscriber(after=first, name="behind")
    ring.publish("a")
    with child("spawn", read_behind, behind, 0) as process:
        with first.read():
            pass
        assert ended(process) == 0
    with pytest.raises(InvalidValue, match="'first' cannot be removed before those after it: 'behind'"):
        first.close()


# --- events ----------------------------------------------------------------------------------------------------


def raise_prices(ring: Disruptor[Tick], subscriber: Subscriber[Tick]) -> None:
    with subscriber.read(timeout=LIMIT) as batch:
        if [(tick.price, tick.count) for tick in batch] != [(1.5, 7), (0.0, 0)]:
            sys.exit(3)


@pytest.mark.parametrize("method", METHODS)
def test_structures_lie_in_the_memory(method: str) -> None:
    ring: Disruptor[Tick] = Disruptor(4, Tick, multiproc=True)
    subscriber = ring.register_subscriber()
    with ring.claim(2) as claim:
        claim[0].price, claim[0].count = 1.5, 7
    claim = ring.claim()
    claim[0].count = 99
    claim.abandon()
    with child(method, raise_prices, ring, subscriber) as process:
        assert ended(process) == 0
    copy = ring.get(0)
    assert (copy.price, copy.count) == (1.5, 7)
    for _ in range(2):
        ring.publish_event(lambda tick, sequence: None)
    with ring.claim(2) as claim:  # the slot of the abandoned one is fresh again
        assert [tick.count for tick in claim] == [0, 0] or claim.sequences.start != 5


def test_records_are_slices_of_one_array() -> None:
    ring: Disruptor[np.void] = Disruptor(4, np.dtype([("x", "i4"), ("y", "f8")]), multiproc=True)  # type: ignore[arg-type]  # a dtype makes records
    subscriber = ring.register_subscriber()
    with ring.claim(3) as claim:
        claim.arrays[0]["x"] = [1, 2, 3]
    with subscriber.read(2) as batch:
        assert [array["x"].tolist() for array in batch.arrays] == [[1, 2]]
    with ring.claim(3) as claim:
        for number, array in enumerate(claim.arrays):
            array["x"] = 10 * (number + 1)
    with subscriber.read() as batch:
        assert [array["x"].tolist() for array in batch.arrays] == [[3, 10], [20, 20]]
        assert [int(record["x"]) for record in batch] == [3, 10, 20, 20]
        assert len(batch[1:3]) == 2
        assert np.shares_memory(batch.arrays[0], claim.arrays[0]) if claim.open else True


def test_records_around_voids_are_more_slices() -> None:
    ring: Disruptor[np.void] = Disruptor(4, np.dtype([("x", "i4")]), multiproc=True)  # type: ignore[arg-type]  # a dtype makes records
    subscriber = ring.register_subscriber()
    for number in range(3):
        claim = ring.claim()
        claim.arrays[0]["x"] = number
        if number == 1:
            claim.abandon()
        else:
            claim.publish()
    with subscriber.read() as batch:
        assert [array["x"].tolist() for array in batch.arrays] == [[0], [2]]
        assert list(batch.sequences) == [0, 2]


def test_only_records_have_arrays() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    subscriber = ring.register_subscriber()
    ring.publish("a")
    with (
        subscriber.read() as batch,
        pytest.raises(InvalidType, match=r"^only a ring between .* whose event_factory is a numpy\.dtype has arrays$"),
    ):
        _ = batch.arrays


def set_word(ring: "Disruptor[Word]") -> None:
    ring.publish_event(lambda event, sequence: event.set(event.get() + "!"))


def test_the_state_of_a_factorys_events_travels() -> None:
    ring: Disruptor[Word] = Disruptor(1, Word, multiproc=True)
    subscriber = ring.register_subscriber()
    for expected in ("new!", "new!!", "new!!!"):
        with child("spawn", set_word, ring) as process:
            assert ended(process) == 0
        with subscriber.read(timeout=LIMIT) as batch:
            assert [event.get() for event in batch] == [expected]


def test_an_event_that_is_too_large_is_told_before_anything_is_claimed() -> None:
    ring: Disruptor[bytes] = Disruptor(4, multiproc=True, slot_size=100)
    with pytest.raises(
        InvalidValue, match=r"an event of 2\d\d bytes does not fit into a slot of \d+; .* slot_size=2\d\d"
    ):
        ring.publish(b"x" * 200)
    with pytest.raises(InvalidValue, match="does not fit"):
        ring.publish_many([b"x", b"x" * 200])
    assert ring.claimed == -1


class Reversed:
    description = "reversed UTF-8"

    def encode(self, event: str) -> bytes:
        return event[::-1].encode()

    def decode(self, stored: bytes) -> str:
        return stored.decode()[::-1]


def test_a_codec_of_ones_own() -> None:
    ring: Disruptor[str] = Disruptor(2, multiproc=True, codec=Reversed(), slot_size=8)
    subscriber = ring.register_subscriber()
    ring.publish("abcdefgh")
    assert ring.get(0) == "abcdefgh"
    with subscriber.read() as batch:
        assert list(batch) == ["abcdefgh"]


class Pointing(ctypes.Structure):
    _fields_ = (("text", ctypes.c_char_p),)  # type: ignore[mutable-override]  # as ctypes has it


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (lambda: Disruptor(4, Pointing, multiproc=True), InvalidType, "'text' is a c_char_p"),
        (lambda: Disruptor(4, Tick, multiproc=True, slot_size=8), InvalidValue, "slot_size is for events"),
        (lambda: Disruptor(4, np.dtype(object), multiproc=True), InvalidType, "Python objects"),  # type: ignore[arg-type]  # wrong
        (lambda: Disruptor(4, multiproc=True, slot_size=0), InvalidValue, "slot_size must be in 1"),
        (
            lambda: Disruptor(4, multiproc=True, max_subscribers=63),
            InvalidValue,
            "max_subscribers must be in 1..62, not 63",
        ),
        (lambda: Disruptor(4, multiproc=True, on_subscriber_death="x"), InvalidValue, "'remove', 'raise', not 'x'"),
        (lambda: Disruptor(4, slot_size=8), InvalidValue, "multiproc=True"),
        (lambda: Disruptor(4, "no", multiproc=True), InvalidType, "'no'"),  # type: ignore[arg-type]  # wrong
    ],
)
def test_what_cannot_be_shared(build: Callable[[], object], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        build()


def test_more_subscribers_than_there_are_rows() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True, max_subscribers=1)
    first = ring.register_subscriber()
    with pytest.raises(InvalidValue, match="at most max_subscribers=1"):
        ring.register_subscriber()
    first.close()
    assert ring.register_subscriber(name="again").name == "again"
    with pytest.raises(InvalidValue, match="64 bytes"):
        Disruptor[str](4, multiproc=True).register_subscriber(name="x" * 65)
    with pytest.raises(InvalidValue, match=r"must be text that UTF-8 has, not '\\ud800'"):
        Disruptor[str](4, multiproc=True).register_subscriber(name="\ud800")


# --- opened by name --------------------------------------------------------------------------------------------


def test_who_holds_events_otherwise_is_refused() -> None:
    ring: Disruptor[Tick] = Disruptor(4, Tick, multiproc=True)
    assert ring.name is not None
    with pytest.raises(
        RingMismatch, match=r"holds 'structure of 16 bytes: price at 0: d8, count at 8: l8'.* not 'pickle"
    ):
        Disruptor.attach(ring.name)
    for name in ("../etc", "0" * 15, "0" * 16):
        with pytest.raises(RingNotFound):
            Disruptor.attach(name)


ATTACH = "import sys; from disruptor import Disruptor; Disruptor.attach(sys.argv[1])"


@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (lambda path: os.truncate(path, 100), "has 100 bytes"),
        (lambda path: os.truncate(path, 4096), "size in bytes is 4096"),
        (lambda path: path.write_bytes(b"x" * 8192), "mark"),
        (lambda path: path.chmod(0o644), "this user alone"),
    ],
)
def test_a_forged_or_truncated_ring_is_an_error(damage: Callable[[Path], None], text: str) -> None:
    made = "from disruptor import Disruptor; r = Disruptor(64, multiproc=True); print(r.name, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", made], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        name = owner.stdout.readline().strip()
        owner.kill()  # who has it mapped would get a bus error, if it was cut
        owner.wait(LIMIT)
    folder = _files.folder_of(name)
    damage(folder / "memory")
    done = subprocess.run([sys.executable, "-c", ATTACH, name], capture_output=True, text=True, timeout=LIMIT)
    assert done.returncode == 1
    assert "RingMismatch" in done.stderr
    assert text in done.stderr
    _files.remove(folder)


def test_files_are_their_users_alone() -> None:
    ring: Disruptor[str] = Disruptor(1, multiproc=True)
    assert ring.name is not None
    folder = _files.folder_of(ring.name)
    ring.register_subscriber()
    ring.publish("a")
    with pytest.raises(InsufficientCapacity):
        ring.publish("b", timeout=0.01)
    assert {path.name for path in folder.iterdir()} == {"lock", "memory", "wake.0"}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_full_device_is_an_error_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int, offset: int, size: int) -> None:
        raise OSError(28, "No space left on device")

    before = {*_files.root().iterdir()}
    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(SharedMemoryError, match=r"\d+ bytes .* cannot be had in .*No space left"):
        Disruptor(4, multiproc=True)
    assert {*_files.root().iterdir()} <= before


# --- death -----------------------------------------------------------------------------------------------------


def hold(claims: Disruptor[str], event: EventType) -> None:
    claim = claims.claim()
    event.set()
    threading.Event().wait(LIMIT)
    claim.abandon()


def test_the_claim_of_a_killed_process_becomes_void() -> None:
    ring: Disruptor[str] = Disruptor(2, multiproc=True)
    subscriber = ring.register_subscriber()
    held = get_context("fork").Event()
    with child("fork", hold, ring, held) as process:
        assert held.wait(LIMIT)
        ring.publish("behind it")
        process.kill()
        with subscriber.read(timeout=LIMIT) as batch:
            assert list(batch) == ["behind it"]
            assert list(batch.sequences) == [1]


def read_and_stay(subscriber: Subscriber[str], event: EventType) -> None:
    with subscriber.read(timeout=LIMIT):
        event.set()
        threading.Event().wait(LIMIT)


def blocked_by_a_reader(policy: str) -> tuple[Disruptor[str], Subscriber[str], BaseProcess]:
    ring: Disruptor[str] = Disruptor(1, multiproc=True, on_subscriber_death=policy)
    subscriber = ring.register_subscriber(name="dying")
    ring.publish("a")
    event = get_context("fork").Event()
    process = get_context("fork").Process(target=read_and_stay, args=(subscriber, event))
    process.start()
    assert event.wait(LIMIT)
    return ring, subscriber, process


def test_a_killed_subscriber_is_removed_when_it_holds_somebody_back() -> None:
    ring, subscriber, process = blocked_by_a_reader("remove")
    with pytest.raises(InsufficientCapacity):
        ring.publish("b", timeout=0.2)  # it is alive
    process.kill()
    process.join(LIMIT)
    assert ring.publish("b", timeout=LIMIT) == 1
    assert subscriber.closed
    assert ring.subscribers == ()


def test_or_whoever_is_held_back_is_told() -> None:
    ring, subscriber, process = blocked_by_a_reader("raise")
    process.kill()
    process.join(LIMIT)
    with pytest.raises(SubscriberDied, match="'dying' is at -1"):
        ring.publish("b", timeout=LIMIT)
    with subscriber.read() as batch:  # this process goes on with it: what was in hand comes again
        assert list(batch) == ["a"]
    assert ring.publish("b", timeout=LIMIT) == 1


def test_a_stopped_subscriber_is_slow_and_not_dead() -> None:
    ring, subscriber, process = blocked_by_a_reader("remove")
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(InsufficientCapacity):
        ring.publish("b", timeout=0.3)
    assert not subscriber.closed
    with pytest.raises(SubscriberBusy):
        subscriber.read().__enter__()
    os.kill(process.pid, signal.SIGCONT)
    process.terminate()
    process.join(LIMIT)
    assert ring.publish("b", timeout=LIMIT) == 1


# --- fork, and the end -----------------------------------------------------------------------------------------


def test_a_child_has_no_claim_of_its_parents() -> None:
    ring: Disruptor[str] = Disruptor(2, multiproc=True)
    claim: Claim[str] = ring.claim()
    claim[0] = "mine"
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            claim.abandon()  # a copy: it does nothing
            try:
                claim.publish()
            except ClaimClosed as error:
                status = 0 if "belongs to the process that this one was forked from" in str(error) else 2
        finally:
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0
    claim.publish()
    assert ring.get(0) == "mine"


def test_a_fork_while_another_thread_waits() -> None:
    ring: Disruptor[str] = Disruptor(1, multiproc=True)
    subscriber = ring.register_subscriber()
    had: list[str] = []
    thread = threading.Thread(target=lambda: had.extend(subscriber))
    thread.start()
    for k in range(5):
        with child("fork", publish_words, ring, [f"{k}"]) as process:
            assert ended(process) == 0
    ring.close()
    thread.join(LIMIT)
    assert had == ["0", "1", "2", "3", "4"]


PARENT_FIRST = """
import os, sys
from disruptor import Disruptor
ring = Disruptor(4, multiproc=True)
subscriber = ring.register_subscriber()
go, told = os.pipe(), os.pipe()
if os.fork() == 0:
    os.close(go[1])
    child = subscriber.wait_for(0)   # before its parent ends
    os.write(told[1], b'!')
    os.read(go[0], 1)
    ring.publish("after")
    print(ring.name, ring.get(0), ring.get(1), flush=True)
    sys.exit()
ring.publish("before")
os.read(told[0], 1)
os.close(go[1])
"""


def test_a_parent_that_ends_first() -> None:
    done = subprocess.run([sys.executable, "-c", PARENT_FIRST], capture_output=True, text=True, timeout=LIMIT)
    _, *words = done.stdout.split()
    assert words == ["before", "after"]
    assert done.stderr == ""


WAITING = """
import sys, threading
from disruptor import Disruptor
ring = Disruptor(4, multiproc=True)
subscriber = ring.register_subscriber()
print(ring.name, flush=True)
threading.Thread(target=lambda: list(subscriber), daemon=True).start()
while not ring._sequencer.news.sleepers.value:
    pass
"""


def test_an_interpreter_that_ends_with_a_blocked_thread_is_silent_and_leaves_nothing() -> None:
    command = [sys.executable, "-W", "error", "-c", WAITING]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() not in _files.names()


def test_what_killed_processes_leave_is_removed_by_the_next_ring() -> None:
    code = "import os; from disruptor import Disruptor; r = Disruptor(4, multiproc=True); "
    code += "print(r.name, flush=True); os.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=LIMIT)
    name = done.stdout.strip()
    assert name in _files.names()
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    assert name not in _files.names()
    assert ring.name in _files.names()


def test_a_closed_ring_ends_readers_in_all_processes() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    subscriber = ring.register_subscriber()
    with child("fork", read_words, subscriber, []) as process:
        ring.close()
        assert ended(process) == 0
    with pytest.raises(DisruptorClosed):
        ring.publish("late")
