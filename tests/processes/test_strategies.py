"""Strategies between processes: who looks again and again sees what others do there, and looks for the dead."""

from multiprocessing import get_context

import pytest

from disruptor import Disruptor, Subscriber, WaitStrategy
from disruptor.waiting import Blocking, BusySpin, PhasedBackoff, Sleeping, Waits, Yielding
from tests.limits import LIMIT
from tests.processes.test_processes import METHODS, child, hold, read_and_stay

STRATEGIES: list[WaitStrategy] = [Blocking(), Sleeping(), Yielding(), BusySpin(), PhasedBackoff(spins=3)]
LOOKING: list[WaitStrategy] = [Sleeping(), BusySpin()]
EVENTS = 100


def read_all(there: Subscriber[int], back: Disruptor[list[int]]) -> None:
    back.publish([*there])


@pytest.mark.parametrize("strategy", STRATEGIES, ids=repr)
def test_events_pass_through_a_small_ring_to_another_process(strategy: WaitStrategy) -> None:
    ring: Disruptor[int] = Disruptor(2, multiproc=True, wait=strategy, producer_wait=strategy)
    back: Disruptor[list[int]] = Disruptor(1, multiproc=True, slot_size=4096, wait=strategy)
    heard = back.register_subscriber()
    with child("fork", read_all, ring.register_subscriber(), back) as process:
        for number in range(EVENTS):
            ring.publish(number, timeout=LIMIT)
        ring.close()
        with heard.read(timeout=LIMIT) as batch:
            assert [*batch] == [[*range(EVENTS)]]
        process.join(LIMIT)


def tell(ring: Disruptor[str]) -> None:
    ring.publish(repr(ring._waits))


@pytest.mark.parametrize("method", METHODS)
def test_a_ring_that_is_handed_on_takes_its_strategies_along(method: str) -> None:
    ring: Disruptor[str] = Disruptor(2, multiproc=True, wait=Sleeping(0.002), producer_wait=Yielding())
    reader = ring.register_subscriber()
    with child(method, tell, ring), reader.read(timeout=LIMIT) as batch:
        assert [*batch] == [repr(Waits(Sleeping(0.002), Yielding()))]


@pytest.mark.parametrize("strategy", LOOKING, ids=repr)
def test_a_producer_who_looks_again_and_again_finds_that_a_subscriber_has_died(strategy: WaitStrategy) -> None:
    ring: Disruptor[str] = Disruptor(1, multiproc=True, producer_wait=strategy)
    subscriber = ring.register_subscriber(name="dying")
    ring.publish("a")
    event = get_context("fork").Event()
    with child("fork", read_and_stay, subscriber, event) as process:
        assert event.wait(LIMIT)
        process.kill()
        assert ring.publish("b", timeout=LIMIT) == 1
    assert ring.subscribers == ()


@pytest.mark.parametrize("strategy", LOOKING, ids=repr)
def test_a_reader_who_looks_again_and_again_finds_that_a_producer_has_died(strategy: WaitStrategy) -> None:
    ring: Disruptor[str] = Disruptor(2, multiproc=True, wait=strategy)
    subscriber = ring.register_subscriber()
    held = get_context("fork").Event()
    with child("fork", hold, ring, held) as process:
        assert held.wait(LIMIT)
        ring.publish("behind it")
        process.kill()
        with subscriber.read(timeout=LIMIT) as batch:
            assert [*batch] == ["behind it"]
    assert ring.stats().voids == 1
