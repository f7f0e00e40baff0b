"""Each strategy on real threads: events arrive, and whatever ends a wait ends it."""

import pytest

from disruptor import Disruptor, DisruptorClosed, InsufficientCapacity, SubscriberClosed, WaitStrategy, WaitTimeout
from disruptor._sync import THREADS
from disruptor.waiting import Blocking, BusySpin, PhasedBackoff, Sleeping, Yielding
from tests.threads.together import Running, together

STRATEGIES: list[WaitStrategy] = [
    Blocking(),
    Sleeping(),
    Sleeping(0),
    Yielding(),
    Yielding(spins=10),
    BusySpin(),
    PhasedBackoff(),
    PhasedBackoff(spins=3, yields=3, sleeps=3, seconds=0.0001),
]
EVENTS, SPINNING = 300, 10
"""Who spins keeps the interpreter to himself until it is taken away from him."""


def waits_until(ring: Disruptor[int], count: int) -> None:
    """Return when so many calls have begun to wait, of producers and readers."""
    while True:
        stats = ring.stats()
        if stats.producer_waits.waiting + sum(one.waits.waiting for one in stats.subscribers) >= count:
            return
        THREADS.pause(0.0, None)


@pytest.mark.parametrize("strategy", STRATEGIES, ids=repr)
def test_all_events_arrive_in_order_through_a_small_ring(strategy: WaitStrategy) -> None:
    ring: Disruptor[int] = Disruptor(2, wait=strategy, producer_wait=strategy)
    first = ring.register_subscriber()
    second = ring.register_subscriber(after=first)

    events = SPINNING if isinstance(strategy, BusySpin) else EVENTS

    def produce() -> None:
        for number in range(events):
            ring.publish(number)
        ring.close()

    _, one, two = together(produce, lambda: [*first], lambda: [*second])
    assert one == two == [*range(events)]
    ring._check()


@pytest.mark.parametrize("strategy", STRATEGIES, ids=repr)
def test_whatever_ends_a_wait_ends_it(strategy: WaitStrategy) -> None:
    ring: Disruptor[int] = Disruptor(1, wait=strategy, producer_wait=strategy)
    slow, leaves = ring.register_subscriber(), ring.register_subscriber()
    ring.publish(0)
    with pytest.raises(InsufficientCapacity):
        ring.publish(1, timeout=0.01)
    with pytest.raises(WaitTimeout):
        slow.wait_for(1, timeout=0.01)
    reader, producer = Running(lambda: leaves.wait_for(1)), Running(lambda: ring.publish(1))
    waits_until(ring, 2)
    leaves.close()
    assert isinstance(reader.outcome(), SubscriberClosed)
    ring.halt()
    assert isinstance(producer.outcome(), DisruptorClosed)
