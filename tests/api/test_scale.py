"""Many subscribers, many producers, large rings, high numbers: is it the same ring there?"""

from functools import partial
from itertools import islice

import pytest

from disruptor import Disruptor, InsufficientCapacity, OutdatedSequence
from tests.threads.together import together

MANY = 64
HIGH = (2**31, 2**32, 2**63)


def moved_on(ring: Disruptor[int], position: int) -> None:
    """Let a ring between threads stand as if everything up to `position` had been published and read."""
    sequencer = ring._sequencer
    sequencer.claimed.value = sequencer.published.value = position
    sequencer._limit = position + sequencer.capacity
    for gate in sequencer.gates:
        gate.position.value = position


@pytest.mark.parametrize("high", HIGH)
@pytest.mark.parametrize("capacity", [1, 4, 64])
def test_sequences_go_on_past_the_limits_of_words(high: int, capacity: int) -> None:
    ring: Disruptor[int] = Disruptor(capacity)
    first = ring.register_subscriber()
    second = ring.register_subscriber(after=first)
    start = high - 3 * capacity
    moved_on(ring, start - 1)
    seen: tuple[list[int], list[int]] = ([], [])
    for lap in range(6):
        expected = range(start + lap * capacity, start + (lap + 1) * capacity)
        assert ring.publish_many(expected) == expected
        with pytest.raises(InsufficientCapacity):
            ring.publish(0, timeout=0)
        for reader, events in zip((first, second), seen, strict=True):
            with reader.read() as batch:
                assert batch.sequences == expected
                events.extend(batch)
        assert ring.get(expected[-1]) == expected[-1]
    assert seen[0] == seen[1] == [*range(start, start + 6 * capacity)]
    with ring.claim(capacity) as claim:
        assert claim.sequences == range(start + 6 * capacity, start + 7 * capacity)
        for k in range(capacity):
            claim[k] = k
    ring._check()


@pytest.mark.parametrize("high", HIGH)
def test_voids_and_joiners_up_there(high: int) -> None:
    ring: Disruptor[int] = Disruptor(4)
    moved_on(ring, high - 2)
    ring.claim(2).abandon()
    ring.publish_many([1, 2])
    joiner = ring.register_subscriber(start=high)
    with joiner.read() as batch:
        assert ([*batch], [*batch.sequences]) == ([1, 2], [high + 1, high + 2])
    assert joiner.sequence == high + 2
    with ring.register_subscriber().read() as batch:  # from the earliest that is kept
        assert [*batch.sequences] == [high + 1, high + 2]
    with pytest.raises(OutdatedSequence):
        ring.get(high - 2)
    ring._check()


def test_many_subscribers_each_see_everything() -> None:
    ring: Disruptor[int] = Disruptor(8)
    readers = [ring.register_subscriber() for _ in range(MANY)]
    found: list[list[int]] = [[] for _ in readers]

    def publish() -> None:
        with ring:
            ring.publish_many(range(8))
            for event in range(8, 40):
                ring.publish(event)

    def read(k: int) -> None:
        found[k].extend(readers[k])

    together(publish, *(partial(read, k) for k in range(MANY)))
    assert found == [[*range(40)]] * MANY


def test_many_producers_lose_nothing_and_keep_their_own_order() -> None:
    ring: Disruptor[tuple[int, int]] = Disruptor(16)
    reader = ring.register_subscriber()
    each = 20

    def publish(k: int) -> None:
        for n in range(each):
            ring.publish((k, n))

    found: list[tuple[int, int]] = []

    def read() -> None:
        found.extend(islice(reader, MANY * each))

    together(read, *(partial(publish, k) for k in range(MANY)))
    assert [[n for k, n in found if k == mine] for mine in range(MANY)] == [[*range(each)]] * MANY


def test_a_large_ring_is_filled_to_its_end_and_begun_again() -> None:
    capacity = 2**20
    ring: Disruptor[int] = Disruptor(capacity)
    reader = ring.register_subscriber()
    ring.publish_many(range(capacity))
    with pytest.raises(InsufficientCapacity):
        ring.publish(0, timeout=0)
    with reader.read(capacity - 1) as batch:
        assert sum(batch) == sum(range(capacity - 1))
    assert ring.publish(-1) == capacity
    with reader.read() as batch:
        assert ([*batch], [*batch.sequences]) == ([capacity - 1, -1], [capacity - 1, capacity])


@pytest.mark.deep
@pytest.mark.parametrize("capacity", [64, 2**20])
def test_ten_million_events(capacity: int) -> None:
    ring: Disruptor[int] = Disruptor(capacity)
    reader = ring.register_subscriber()
    events = 10_000_000
    found: list[int] = []

    def publish() -> None:
        with ring:
            for first in range(0, events, 64):
                ring.publish_many(range(first, min(first + 64, events)))

    def read() -> None:
        found.append(sum(sum(batch) for batch in reader.batches()))

    together(publish, read)
    assert found == [events * (events - 1) // 2]
    assert ring.cursor == events - 1
