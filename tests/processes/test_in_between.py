"""A signal handler or a finaliser comes in between while its thread holds the ring's lock, and uses the same ring.

Rule: it is refused, or does its work later; what it has interrupted ends as if nothing had been. (It cannot wait: it would
wait for itself.)
"""

import gc
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from disruptor import Disruptor, SelfDeadlock
from disruptor.shared._lock import SharedLock
from disruptor.shared._posix import PosixKernel
from disruptor.shared._turn import SharedTurn
from tests.limits import LIMIT


@pytest.fixture
def handled() -> Iterator[list[Callable[[], object]]]:
    """What a signal does."""
    does: list[Callable[[], object]] = []

    def handler(number: int, frame: FrameType | None) -> None:
        for one in does:
            one()

    before = signal.signal(signal.SIGUSR1, handler)
    yield does
    signal.signal(signal.SIGUSR1, before)


@pytest.mark.parametrize(
    "use",
    [lambda ring: ring.publish("b"), Disruptor.close, Disruptor.halt, lambda ring: ring.register_subscriber()],
    ids=["publish", "close", "halt", "register"],
)
def test_a_signal_handler_is_refused(
    use: Callable[[Disruptor[str]], object], handled: list[Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    refused: list[str] = []

    def act() -> None:
        with pytest.raises(SelfDeadlock, match="holds the ring's lock already") as caught:
            use(ring)
        refused.append(str(caught.value))

    handled.append(act)
    sequencer = ring._sequencer
    publish = type(sequencer).publish

    def struck(self: object, first: int, n: int) -> None:
        signal.raise_signal(signal.SIGUSR1)  # the claim is taken, and not yet shown
        publish(sequencer, first, n)
        signal.raise_signal(signal.SIGUSR1)

    monkeypatch.setattr(type(sequencer), "publish", struck)
    assert ring.publish("a") == 0
    monkeypatch.undo()
    assert len(refused) == 2
    assert ring.get(0) == "a"
    assert ring.publish("c") == 1
    ring._check()


def test_a_signal_handler_that_finds_its_thread_asleep_may_use_the_ring(
    handled: list[Callable[[], object]],
) -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    handled.append(lambda: ring.publish("from the handler"))
    sleeper = threading.get_ident()

    def strike() -> None:
        while not ring._sequencer.news.sleepers.value:
            pass
        with ring._sequencer.lock:  # so the sleeper does not have it
            signal.pthread_kill(sleeper, signal.SIGUSR1)

    thread = threading.Thread(target=strike)
    thread.start()
    assert ring.wait_for(0, timeout=LIMIT) == 0
    thread.join(LIMIT)
    ring._check()


def test_a_lost_claim_that_is_collected_under_the_lock_is_abandoned_later() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    claim = ring.claim()
    with ring._sequencer.lock:
        del claim
        gc.collect()
        assert ring.cursor == -1  # nobody has changed anything under the holder's feet
        assert ring._sequencer.lock.locked()
    assert ring.wait_for(0, timeout=LIMIT) == 0
    ring._check()


def test_a_sleeper_that_is_interrupted_while_it_gives_the_lock_up_takes_it_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ring: Disruptor[str] = Disruptor(1, multiproc=True)
    subscriber = ring.register_subscriber()
    ring.publish("a")
    lock = type(ring._sequencer.lock)

    def struck(self: Any) -> None:
        monkeypatch.undo()
        raise KeyboardInterrupt  # at the entry, before anything was given

    monkeypatch.setattr(lock, "release", struck)
    with pytest.raises(KeyboardInterrupt):
        ring.publish("b", timeout=LIMIT)
    with subscriber.read() as batch:
        assert list(batch) == ["a"]
    assert ring.publish("c", timeout=LIMIT) == 1
    ring._check()


def once(patch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Return a method that is struck once before it does anything, and from then on does what it should."""

    def struck(*arguments: Any) -> Any:
        patch.undo()
        raise KeyboardInterrupt

    return struck


@pytest.mark.parametrize("verb", ["lock", "unlock"])
def test_an_interrupt_while_the_rings_lock_is_taken_or_given_leaves_it_free(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    monkeypatch.setattr(PosixKernel, verb, once(monkeypatch))
    with pytest.raises(KeyboardInterrupt):
        ring.publish("a")
    assert not ring._sequencer.lock.locked()
    thread = threading.Thread(target=ring.publish, args=("b",))
    thread.start()
    thread.join(LIMIT)
    assert not thread.is_alive()
    assert ring.get(ring.cursor) == "b"
    ring._check()


def test_an_interrupt_while_a_sleeper_takes_the_lock_again_comes_after_that(monkeypatch: pytest.MonkeyPatch) -> None:
    ring: Disruptor[str] = Disruptor(1, multiproc=True)
    subscriber = ring.register_subscriber()
    ring.publish("a")
    monkeypatch.setattr(SharedLock, "acquire", once(monkeypatch))
    with pytest.raises(KeyboardInterrupt):
        ring.publish("b", timeout=LIMIT)
    assert not ring._sequencer.lock.locked()
    with subscriber.read() as batch:
        assert list(batch) == ["a"]
    assert ring.publish("c", timeout=LIMIT) == 1
    ring._check()


def test_an_interrupt_while_a_turn_is_taken_gives_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    subscriber = ring.register_subscriber()
    ring.publish("a")
    monkeypatch.setattr(SharedTurn, "_take", once(monkeypatch))
    with pytest.raises(KeyboardInterrupt), subscriber.read():
        pass
    with subscriber.read(timeout=LIMIT) as batch:
        assert list(batch) == ["a"]
    ring._check()
