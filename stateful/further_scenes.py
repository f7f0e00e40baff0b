"""More of what a task may be at when it is interrupted: variants of the operations in `scenes.py`, for the deep run."""

from contextlib import suppress

from disruptor import Disruptor, InsufficientCapacity, Start, Subscriber, WaitTimeout
from disruptor.waiting import PhasedBackoff
from stateful.scenes import Event, Scene


def _publishes_many(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    with suppress(InsufficientCapacity):
        ring.publish_many([["x"], ["y"]], timeout=1.0)


def _claims_two(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    with suppress(InsufficientCapacity), ring.claim(2, timeout=1.0) as claim:
        claim[0], claim[1] = ["x"], ["y"]


def _fills(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    with suppress(InsufficientCapacity):
        ring.publish_event(lambda event, sequence: event.append("x"), timeout=1.0)


def _fails_to_fill(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    def translate(event: Event, sequence: int) -> None:
        event.append("half")
        raise ValueError

    with suppress(ValueError):
        ring.publish_event(translate)


def _finishes_the_other_way_round(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    first, second = ring.claim(), ring.claim()
    second[0] = ["x"]
    second.publish()
    first.abandon()


def _drops(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    publisher = ring.publisher(overflow="drop")
    publisher.publish(["x"])
    publisher.publish(["y"])


def _reads_behind(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    with suppress(WaitTimeout), ring.register_subscriber(after=subscriber).read(timeout=1.0):
        pass


def _waits_in_phases(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    behind = ring.register_subscriber(wait=PhasedBackoff(spins=1, yields=1))
    with suppress(WaitTimeout), behind.read(timeout=1.0):
        pass


def _reads_past_voids(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    ring.claim().abandon()
    with suppress(WaitTimeout), subscriber.read(timeout=1.0):
        pass


def _loops_twice(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    for k, _ in enumerate(subscriber):
        if k:
            break


def _loops_over_two_batches(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    for k, _ in enumerate(subscriber.batches(1)):
        if k:
            break


def _waits_a_while(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    with suppress(WaitTimeout):
        subscriber.wait_for(0, timeout=1.0)


def _looks(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    ring.stats()
    ring.has_available_capacity(1)
    repr((ring, subscriber))


FURTHER = {
    "publish_many into a full ring": Scene(_publishes_many, 2, first=True),
    "claim of two in a full ring": Scene(_claims_two, 2, first=True),
    "publish_event into a full ring": Scene(_fills, 1, first=True, in_place=True),
    "a translator that fails": Scene(_fails_to_fill, in_place=True),
    "claims finished the other way round": Scene(_finishes_the_other_way_round),
    "a publisher that drops": Scene(_drops, 1, first=True),
    "read behind another": Scene(_reads_behind, first=True),
    "read with a strategy": Scene(_waits_in_phases),
    "read past voids": Scene(_reads_past_voids),
    "iterate twice": Scene(_loops_twice, first=True),
    "two batches": Scene(_loops_over_two_batches, first=True),
    "wait_for of a subscriber for a while": Scene(_waits_a_while),
    "join at a sequence": Scene(lambda ring, subscriber: ring.register_subscriber(start=0).close(), first=True),
    "join at the end": Scene(lambda ring, subscriber: ring.register_subscriber(start=Start.LATEST).close()),
    "look": Scene(_looks, first=True),
}
