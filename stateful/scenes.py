"""What a task may be at when it is interrupted: one scene for each public operation, and the ring around it.

A victim does the operation; a producer publishes a last event, and a reader reads until it has it. Events are lists of
words, so that a ring by value and one in place hold the same.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from disruptor import Disruptor, DisruptorError, InsufficientCapacity, Sequence, Subscriber, WaitTimeout

Event = list[str]
Act = Callable[[Disruptor[Event], Subscriber[Event]], object]


class Scene(NamedTuple):
    """A victim, and the ring around it: its capacity, whether there is an event to begin with, and how it holds events."""

    victim: Act
    capacity: int = 4
    first: bool = False
    in_place: bool = False
    ends: bool = False
    """Whether it ends the ring: then nobody can expect the last event."""


def _claims_and_publishes(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    with ring.claim() as claim:
        claim[0] = ["x"]


def _claims_and_abandons(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    ring.claim().abandon()


def _fills(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    def translate(event: Event, sequence: Sequence) -> None:
        event[:] = ["x"]

    ring.publish_event(translate)


def _reads(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    with subscriber.read():
        pass


def _polls(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    with subscriber.poll():
        pass


def _reads_a_while(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    with suppress(WaitTimeout), subscriber.read(timeout=1.0):
        pass


def _loops_once(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    for _ in subscriber:
        break


def _loops_over_one_batch(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    for _ in subscriber.batches():
        break


def _joins_and_leaves(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    ring.register_subscriber(after=subscriber).close()


def _leaves_and_publishes(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    subscriber.close()
    ring.publish(["x"])


def _publishes_a_while(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    with suppress(InsufficientCapacity):
        ring.publish(["x"], timeout=1.0)


def _gets(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    with suppress(DisruptorError):
        ring.get(0)


def _halts_and_starts(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    try:
        ring.halt()
    finally:
        ring.start()


def _fails_and_starts(ring: Disruptor[Event], subscriber: Subscriber[Event]) -> None:
    try:
        ring.fail_subscriber(subscriber, ValueError())
    finally:
        ring.start()


# None of these has to sleep.
AWAKE = {
    "publish": Scene(lambda ring, subscriber: ring.publish(["x"])),
    "publish_many": Scene(lambda ring, subscriber: ring.publish_many([["x"], ["y"]])),
    "publish_event": Scene(_fills, in_place=True),
    "claim, publish_claim": Scene(_claims_and_publishes),
    "claim, abandon": Scene(_claims_and_abandons),
    "claim, abandon in place": Scene(_claims_and_abandons, in_place=True),
    "register_subscriber, remove_subscriber": Scene(_joins_and_leaves),
    "remove_subscriber": Scene(lambda ring, subscriber: subscriber.close(), capacity=1, first=True),
    "read, release": Scene(_reads, first=True),
    "poll, release": Scene(_polls, first=True),
    "poll, idle": Scene(_polls),
    "iterate, leave": Scene(_loops_once, first=True),
    "batches, leave": Scene(_loops_over_one_batch, first=True),
    "update_sequence": Scene(lambda ring, subscriber: subscriber.update_sequence(0), first=True),
    "get": Scene(_gets, first=True),
    "close": Scene(lambda ring, subscriber: ring.close(), ends=True),
    "fail_subscriber": Scene(lambda ring, subscriber: ring.fail_subscriber(subscriber, ValueError()), ends=True),
    "halt, start": Scene(_halts_and_starts, first=True, ends=True),
    "fail_subscriber, start": Scene(_fails_and_starts, first=True, ends=True),
    "halt": Scene(lambda ring, subscriber: ring.halt(), ends=True),
}

# These may sleep, and be interrupted when they wake up and take the lock again.
ASLEEP = {
    "publish into a full ring": Scene(_leaves_and_publishes, capacity=1, first=True),
    "publish into a full ring for a while": Scene(_publishes_a_while, capacity=1, first=True),
    "read from an empty ring": Scene(_reads),
    "read from an empty ring for a while": Scene(_reads_a_while),
    "wait_for": Scene(lambda ring, subscriber: ring.wait_for(0)),
    "wait_for of a subscriber": Scene(lambda ring, subscriber: subscriber.wait_for(0)),
}

SCENES = {**AWAKE, **ASLEEP}
