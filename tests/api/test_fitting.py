"""Is a claim that can never fit refused at once? In a world where waiting for ever is a failure, not a hang."""

import pytest

from disruptor import Disruptor, InvalidValue
from tests.api.scripted import Scripted
from tests.api.snapshot import snapshot


@pytest.mark.parametrize("capacity", [1, 2, 8])
def test_what_fits_into_the_empty_ring_is_claimed_and_one_more_is_refused(capacity: int) -> None:
    for n in (1, capacity):
        ring: Disruptor[int] = Disruptor(capacity, runtime=Scripted())
        ring.register_subscriber()
        assert ring.has_available_capacity(n)
        assert ring.publish_many(range(n)) == range(n)
        other: Disruptor[int] = Disruptor(capacity, runtime=Scripted())
        other.register_subscriber()
        assert other.claim(n).sequences == range(n)


@pytest.mark.parametrize("capacity", [1, 2, 8])
def test_more_than_the_capacity_is_refused_and_not_waited_for(capacity: int) -> None:
    ring: Disruptor[int] = Disruptor(capacity, runtime=Scripted())
    ring.register_subscriber()
    before = snapshot(ring)
    for n in (capacity + 1, 2 * capacity + 1):
        with pytest.raises(InvalidValue, match=str(n)):
            ring.publish_many(range(n))
        with pytest.raises(InvalidValue, match=str(n)):
            ring.claim(n)
        with pytest.raises(InvalidValue, match=str(n)):
            ring.has_available_capacity(n)
    assert snapshot(ring) == before


@pytest.mark.parametrize("capacity", [1, 2, 8])
def test_nothing_is_published_by_no_events_and_cannot_be_claimed(capacity: int) -> None:
    ring: Disruptor[int] = Disruptor(capacity, runtime=Scripted())
    ring.register_subscriber()
    before = snapshot(ring)
    assert ring.publish_many([]) == range(0)
    with pytest.raises(InvalidValue, match="0"):
        ring.claim(0)
    assert snapshot(ring) == before
