"""What users hand in and the ring calls, iterables and finalisers: it may raise, and it may use the ring.

The scripted lock fails at once where user code runs under the lock and uses the ring: on real threads that would hang.
"""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from disruptor import (
    Disruptor,
    InsufficientCapacity,
    InvalidType,
    InvalidValue,
    Subscriber,
    SubscriberClosed,
)
from tests.api.scripted import Scripted
from tests.api.snapshot import snapshot


class Oops(Exception):
    """What user code raises."""


# --- iterables -----------------------------------------------------------------------------------------------


class Events:
    """A sized iterable that does something when it is asked for its events."""

    def __init__(self, size: int, do: Callable[[], Iterator[str]]) -> None:
        self.size = size
        self.do = do

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[str]:
        return self.do()

    def __contains__(self, event: object) -> bool:
        return False


def test_events_that_raise_publish_nothing() -> None:
    ring: Disruptor[str] = Disruptor(4)

    def half() -> Iterator[str]:
        yield "a"
        raise Oops

    before = snapshot(ring)
    with pytest.raises(Oops):
        ring.publish_many(Events(2, half))
    assert snapshot(ring) == before


def test_events_that_use_the_ring_come_after_what_they_publish() -> None:
    ring: Disruptor[str] = Disruptor(4, runtime=Scripted())

    def publish_first() -> Iterator[str]:
        ring.publish("a")
        yield "b"

    assert ring.publish_many(Events(1, publish_first)) == range(1, 2)
    assert [ring.get(0), ring.get(1)] == ["a", "b"]


def test_far_too_many_events_are_refused_before_they_are_asked_for() -> None:
    ring: Disruptor[str] = Disruptor(4)
    before = snapshot(ring)

    def asked() -> Iterator[str]:
        raise Oops

    with pytest.raises(InvalidValue, match="at most 4 events .* not 1000000000000"):
        ring.publish_many(Events(10**12, asked))  # `range(10**12)` raises MemoryError
    assert snapshot(ring) == before


class OnlySized:
    """Something with a size that cannot be iterated."""

    def __len__(self) -> int:
        return 2


@pytest.mark.parametrize(
    "wrong",
    [
        OnlySized(),
        list,
    ],
    ids=["only sized", "a class"],
)
def test_what_cannot_be_iterated_is_refused_like_any_wrong_argument(wrong: Any) -> None:
    ring: Disruptor[str] = Disruptor(4)
    before = snapshot(ring)
    with pytest.raises(InvalidType, match="sized iterable"):
        ring.publish_many(wrong)
    assert snapshot(ring) == before


def test_a_type_error_of_the_events_themselves_reaches_the_caller_as_it_is() -> None:
    ring: Disruptor[str] = Disruptor(4)
    mine = TypeError("of the events")

    def half() -> Iterator[str]:
        yield "a"
        raise mine

    with pytest.raises(TypeError) as caught:
        ring.publish_many(Events(2, half))
    assert caught.value is mine


def test_upstreams_that_raise_register_nobody() -> None:
    ring: Disruptor[str] = Disruptor(4)

    def half() -> Iterator[Subscriber[str]]:
        yield ring.register_subscriber(name="first")
        raise Oops

    with pytest.raises(Oops):
        ring.register_subscriber(name="second", after=half())
    assert [subscriber.name for subscriber in ring.subscribers] == ["first"]
    ring.subscribers[0].close()
    assert ring.subscribers == ()


def fail(event: object, sequence: int) -> None:
    raise Oops


def test_upstreams_that_leave_while_they_are_listed_are_refused() -> None:
    ring: Disruptor[str] = Disruptor(4, runtime=Scripted())
    first = ring.register_subscriber()

    def leaving() -> Iterator[Subscriber[str]]:
        first.close()
        yield first

    with pytest.raises(SubscriberClosed):
        ring.register_subscriber(after=leaving())
    assert ring.subscribers == ()


# --- finalisers ----------------------------------------------------------------------------------------------


class LastWords:
    """An event whose finaliser uses its ring in every way that takes the lock."""

    def __init__(self, ring: Disruptor[object]) -> None:
        self.ring = ring

    def __del__(self) -> None:
        self.ring.publish("last words", timeout=0)
        with self.ring.register_subscriber():
            pass


def publish(ring: Disruptor[object], word: object) -> None:
    ring.publish(word, timeout=0)


def publish_many(ring: Disruptor[object], word: object) -> None:
    ring.publish_many([word], timeout=0)


def claim(ring: Disruptor[object], word: object) -> None:
    with ring.claim(timeout=0) as claim:
        claim[0] = word


@pytest.mark.parametrize("by", [publish, publish_many, claim])
def test_a_replaced_events_finaliser_runs_without_the_lock(by: Callable[[Disruptor[object], object], None]) -> None:
    ring: Disruptor[object] = Disruptor(2, runtime=Scripted())
    ring.publish(LastWords(ring))
    ring.publish("b")
    by(ring, "c")
    gc.collect()
    assert (ring.cursor, ring.get(2), ring.get(3)) == (3, "c", "last words")
    ring._check()


def test_the_finaliser_of_an_event_that_never_found_room_runs_without_the_lock() -> None:
    ring: Disruptor[object] = Disruptor(2, runtime=Scripted())
    reader = ring.register_subscriber()
    ring.publish_many("ab")

    class Closing:
        def __del__(self) -> None:
            reader.close()

    with pytest.raises(InsufficientCapacity):
        ring.publish(Closing(), timeout=0)
    gc.collect()
    assert reader.closed


def test_the_finaliser_of_a_replaced_event_in_place_runs_without_the_lock() -> None:
    made: list[int] = []

    class Counted:
        def __init__(self) -> None:
            made.append(0)

        def __del__(self) -> None:
            if not ring.closed:
                ring.has_available_capacity()
                ring.close()

    ring: Disruptor[Counted] = Disruptor(1, Counted, runtime=Scripted())
    with pytest.raises(Oops):
        ring.publish_event(fail)
    gc.collect()
    assert ring.publish_event(lambda event, sequence: None) == 1
    gc.collect()
    assert (len(made), ring.closed, ring.cursor) == (2, True, 1)
