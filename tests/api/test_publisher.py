"""A publisher that lets events go, a loop that waits for room: neither takes an error of the user's for a full ring."""

import asyncio
import sys
from collections.abc import Callable

import pytest

from disruptor import Codec, Disruptor, InsufficientCapacity, InvalidType, SequenceVoid
from disruptor._override import override
from tests.limits import LIMIT


def full_elsewhere() -> InsufficientCapacity:
    """Return what publishing into another ring, which is full, has raised."""
    other: Disruptor[int] = Disruptor(1)
    other.register_subscriber()
    other.publish(0)
    with pytest.raises(InsufficientCapacity) as raised:
        other.publish(1, timeout=0)
    return raised.value


class Factory:
    """Makes lists; fails, once asked to, but not for ever: who takes that for a full ring would ask again without end."""

    def __init__(self) -> None:
        self.errors: list[Exception] = []

    def __call__(self) -> list[int]:
        if self.errors:
            raise self.errors.pop()
        return []


def with_stale_slots(producers: str) -> tuple[Disruptor[list[int]], InsufficientCapacity]:
    """Return a ring whose factory fails at the next few claims, and with what."""
    factory = Factory()
    ring: Disruptor[list[int]] = Disruptor(4, factory, producers=producers)
    ring.claim(4).abandon()
    error = full_elsewhere()
    factory.errors = [error] * 4
    return ring, error


@pytest.mark.parametrize("producers", ["multi", "single"])
def test_an_error_of_the_factory_is_not_a_drop(producers: str) -> None:
    ring, error = with_stale_slots(producers)
    publisher = ring.publisher(overflow="drop")
    with pytest.raises(InsufficientCapacity) as raised:
        publisher.publish_event(lambda event, sequence: None)
    assert raised.value is error
    assert (publisher.dropped, ring.stats().voids) == (0, 5)
    with pytest.raises(SequenceVoid):
        ring.get(4)


@pytest.mark.parametrize("producers", ["multi", "single"])
def test_an_error_of_the_factory_is_not_waited_for(producers: str) -> None:
    ring, error = with_stale_slots(producers)

    async def main() -> None:
        async with asyncio.timeout(LIMIT):
            with pytest.raises(InsufficientCapacity) as raised:
                await ring.publish_event_async(lambda event, sequence: None)
            assert raised.value is error
            with pytest.raises(InsufficientCapacity) as raised:
                async with ring.claim_async():
                    pass  # pragma: no cover - there is no claim
            assert raised.value is error

    asyncio.run(main())
    assert ring.stats().voids == 6


class Failing(Codec[int]):
    """A codec whose error is like that of a full ring."""

    description = "nothing"

    def __init__(self, error: Exception) -> None:
        self.error = error

    @override
    def encode(self, event: int) -> bytes:
        raise self.error

    @override
    def decode(self, stored: bytes) -> int:
        raise self.error


@pytest.mark.skipif(sys.platform == "win32", reason="rings between processes are for Linux and macOS")
def test_an_error_of_a_codec_is_not_a_drop() -> None:
    error = full_elsewhere()
    ring: Disruptor[int] = Disruptor(2, multiproc=True, codec=Failing(error))
    publisher = ring.publisher(overflow="drop")
    attempts: list[Callable[[], object]] = [lambda: publisher.publish(1), lambda: publisher.publish_many([1])]
    for attempt in attempts:
        with pytest.raises(InsufficientCapacity) as raised:
            attempt()
        assert raised.value is error
    assert publisher.dropped == 0


@pytest.mark.parametrize("events", [iter(()), 3, None])
def test_what_cannot_be_published_is_told_as_the_ring_does(events: object) -> None:
    for ring in (Disruptor[int](2), Disruptor[int](2, producers="single")):
        with pytest.raises(InvalidType, match="publish_many needs a sized iterable, not"):
            ring.publisher(overflow="drop").publish_many(events)  # type: ignore[arg-type]


def test_an_error_of_the_events_is_not_a_drop() -> None:
    error = full_elsewhere()

    class Events(list[int]):
        @override
        def __len__(self) -> int:
            raise error

    publisher = Disruptor[int](2).publisher(overflow="drop")
    with pytest.raises(InsufficientCapacity) as raised:
        publisher.publish_many(Events())
    assert (raised.value, publisher.dropped) == (error, 0)
