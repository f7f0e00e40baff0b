"""What is not kept, and what is not made: memory on the fast paths and after calls that failed."""

import gc
import tracemalloc
import weakref
from collections.abc import Callable

import pytest

from disruptor import Disruptor, InsufficientCapacity, WaitTimeout

BATCH, ROUNDS = 64, 50


class Thing:
    """An event that can be referred to weakly."""


def kept(work: Callable[[], None]) -> int:
    """Return how many bytes are kept by doing some work many times over, once it was done for the first time."""
    work()
    gc.collect()
    tracemalloc.start()
    try:
        work()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(ROUNDS):
            work()
        gc.collect()  # an exception and its traceback refer to each other
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


def most(work: Callable[[], None]) -> int:
    """Return how many bytes are there at most while some work is done, beyond what was there before."""
    work()
    gc.collect()
    tracemalloc.start()
    try:
        work()
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        work()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


def batches(size: int) -> Callable[[], None]:
    """Return what publishes a batch of `size`, and reads it."""
    ring: Disruptor[object] = Disruptor(4 * size)
    reader = ring.register_subscriber()
    events: list[object] = [None] * size

    def work() -> None:
        ring.publish_many(events)
        with reader.read() as batch:
            assert len(batch) == size

    return work


def test_a_batch_allocates_a_few_lists_and_nothing_for_each_event() -> None:
    small, large = (most(batches(size)) for size in (BATCH, 16 * BATCH))
    pointer = 8
    events = 15 * BATCH  # so many more
    # Copied in, replaced, copied out: three lists of pointers. An object for each event would be 16 bytes more at least.
    assert large - small <= 3 * pointer * events + 4 * pointer * BATCH
    # And the test can tell: an object an event is more than that.
    made = Disruptor[object](4 * 16 * BATCH)
    reader = made.register_subscriber()

    def objects() -> None:
        made.publish_many([object() for _ in range(16 * BATCH)])
        with reader.read():
            pass

    assert most(objects) - small > 3 * pointer * events + 4 * pointer * BATCH


def test_a_ring_in_use_keeps_nothing_but_its_slots() -> None:
    assert kept(batches(BATCH)) < 4096


def times_out_for_room() -> Callable[[], None]:
    ring: Disruptor[int] = Disruptor(1)
    ring.register_subscriber()
    ring.publish(0)

    def work() -> None:
        with pytest.raises(InsufficientCapacity):
            ring.publish(1, timeout=0)
        with pytest.raises(InsufficientCapacity):
            ring.claim(timeout=0)

    return work


def times_out_for_news() -> Callable[[], None]:
    ring: Disruptor[int] = Disruptor(1)
    reader = ring.register_subscriber()

    def work() -> None:
        with pytest.raises(WaitTimeout), reader.read(timeout=0):
            pass
        with pytest.raises(WaitTimeout):
            reader.wait_for(0, timeout=0)
        with pytest.raises(WaitTimeout):
            ring.wait_for(0, timeout=0)

    return work


def abandons() -> Callable[[], None]:
    ring: Disruptor[int] = Disruptor(4)
    reader = ring.register_subscriber()

    def work() -> None:
        ring.claim(4).abandon()
        with pytest.raises(WaitTimeout), reader.read(timeout=0):
            pass

    return work


def joins_and_leaves() -> Callable[[], None]:
    ring: Disruptor[int] = Disruptor(4)

    def work() -> None:
        with ring.register_subscriber(name="passing"):
            pass

    return work


@pytest.mark.parametrize("make", [times_out_for_room, times_out_for_news, abandons, joins_and_leaves])
def test_calls_that_fail_or_end_leave_nothing_behind(make: Callable[[], Callable[[], None]]) -> None:
    assert kept(make()) < 4096


def test_a_call_that_timed_out_does_not_keep_its_event() -> None:
    ring: Disruptor[Thing] = Disruptor(1)
    ring.register_subscriber()
    ring.publish(Thing())
    thing = Thing()
    gone = weakref.ref(thing)
    for _ in range(2):
        with pytest.raises(InsufficientCapacity):
            ring.publish(thing, timeout=0)
        with pytest.raises(InsufficientCapacity):
            ring.publish_many([thing], timeout=0)
    del thing
    assert gone() is None


def test_an_event_is_released_when_it_is_overwritten_and_not_before() -> None:
    ring: Disruptor[Thing] = Disruptor(2)
    reader = ring.register_subscriber()
    thing = Thing()
    gone = weakref.ref(thing)
    ring.publish(thing)
    del thing
    with reader.read():
        pass
    assert gone() is not None
    ring.publish(Thing())
    assert gone() is not None
    ring.publish(Thing())
    assert gone() is None


def test_a_batch_that_was_read_keeps_its_events_as_long_as_it_is_kept() -> None:
    ring: Disruptor[Thing] = Disruptor(1)
    reader = ring.register_subscriber()
    ring.publish(Thing())
    with reader.read() as batch:
        gone = weakref.ref(batch[0])
    ring.publish(Thing())
    assert gone() is batch[0]
    del batch
    assert gone() is None
