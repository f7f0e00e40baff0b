"""Every way to wait, with every cause that ends it: one table for the script and for real threads.

Rule 1: a row makes a ring in which `call` has to wait, and `cause` is what ends the wait: a call of another thread.
Rule 2: `outcome` is what the call then returns, or the error that it raises.
Rule 3: `refusal` is how the call ends when its time-out passes first; `None` for a call that takes no time-out.
"""

from collections.abc import Callable
from typing import NamedTuple

from disruptor import (
    Disruptor,
    DisruptorClosed,
    InsufficientCapacity,
    Subscriber,
    SubscriberClosed,
    WaitTimeout,
)
from disruptor._sync import Runtime

Call = Callable[[float | None], object]


class Wait(NamedTuple):
    """One row."""

    ring: Disruptor[str]
    call: Call
    cause: Callable[[], object]
    outcome: object
    refusal: type[Exception] | None


Row = Callable[[Runtime], Wait]
ROWS: dict[str, Row] = {}


def row(make: Row) -> Row:
    ROWS[make.__name__.replace("_", " ")] = make
    return make


def full(runtime: Runtime) -> tuple[Disruptor[str], Subscriber[str]]:
    """Return a ring of 2 that is full, and the subscriber that holds it so."""
    ring: Disruptor[str] = Disruptor(2, runtime=runtime)
    subscriber = ring.register_subscriber(name="slow")
    ring.publish_many("ab")
    return ring, subscriber


def drained(runtime: Runtime) -> tuple[Disruptor[str], Subscriber[str]]:
    """Return a ring of 4 with two events, and a subscriber that has processed both."""
    ring: Disruptor[str] = Disruptor(4, runtime=runtime)
    subscriber = ring.register_subscriber(name="idle")
    ring.publish_many("ab")
    subscriber.update_sequence(1)
    return ring, subscriber


# What a producer may be doing while it waits for room, each for a ring by value and one sequence.
PRODUCERS: dict[str, tuple[Callable[[Disruptor[str]], Call], object]] = {
    "publish": (lambda ring: lambda timeout: ring.publish("c", timeout=timeout), 2),
    "publish_many": (lambda ring: lambda timeout: ring.publish_many("c", timeout=timeout), range(2, 3)),
    "claim": (lambda ring: lambda timeout: ring.claim(timeout=timeout).sequences, range(2, 3)),
}


def read(subscriber: Subscriber[str]) -> None:
    with subscriber.read():
        pass


def read_one(subscriber: Subscriber[str]) -> None:
    loop = iter(subscriber)
    next(loop)
    next(loop)


def read_a_batch_of_one(subscriber: Subscriber[str]) -> None:
    loop = subscriber.batches(max_events=1)
    next(loop)
    next(loop)


# What makes room, or ends the wait for it.
ROOM: dict[str, tuple[Callable[[Disruptor[str], Subscriber[str]], object], bool]] = {
    "a reader marks by hand": (lambda ring, subscriber: subscriber.update_sequence(0), True),
    "a reader ends its block": (lambda ring, subscriber: read(subscriber), True),
    "a loop asks for its next event": (lambda ring, subscriber: read_one(subscriber), True),
    "a loop asks for its next batch": (lambda ring, subscriber: read_a_batch_of_one(subscriber), True),
    "the subscriber leaves": (lambda ring, subscriber: subscriber.close(), True),
    "the ring closes": (lambda ring, subscriber: ring.close(), False),
    "the ring halts": (lambda ring, subscriber: ring.halt(), False),
}


def waits_for_room(verb: str, cause: str) -> Row:
    def make(runtime: Runtime) -> Wait:
        ring, subscriber = full(runtime)
        call, answer = PRODUCERS[verb]
        end, makes_room = ROOM[cause]
        outcome = answer if makes_room else DisruptorClosed
        return Wait(ring, call(ring), lambda: end(ring, subscriber), outcome, InsufficientCapacity)

    return make


ROWS |= {f"{verb} until {cause}": waits_for_room(verb, cause) for verb in PRODUCERS for cause in ROOM}

# What a reader may be doing while it waits for sequence 2 of a drained ring; and what that gives once "c" is published.
READERS: dict[str, tuple[Callable[[Disruptor[str], Subscriber[str]], Call], object, bool]] = {
    "wait_for of the ring": (lambda ring, subscriber: lambda timeout: ring.wait_for(2, timeout), 2, True),
    "wait_for of a subscriber": (lambda ring, subscriber: lambda timeout: subscriber.wait_for(2, timeout), 2, True),
    "read": (
        lambda ring, subscriber: lambda timeout: list(subscriber.read(timeout=timeout).__enter__()),
        ["c"],
        True,
    ),
    "a loop": (lambda ring, subscriber: lambda timeout: next(iter(subscriber), "end"), "c", False),
    "a loop by batch": (
        lambda ring, subscriber: lambda timeout: next(map(list, subscriber.batches()), ["end"]),
        ["c"],
        False,
    ),
}


def publish_by_claim(ring: Disruptor[str]) -> None:
    with ring.claim() as claim:
        claim[0] = "c"


NEWS: dict[str, Callable[[Disruptor[str]], object]] = {
    "publish": lambda ring: ring.publish("c"),
    "publish_many": lambda ring: ring.publish_many("c"),
    "a claim is published": publish_by_claim,
    "the ring closes": lambda ring: ring.close(),
    "the ring halts": lambda ring: ring.halt(),
    "the subscriber leaves": lambda ring: ring.subscribers[0].close(),
}


def waits_for_news(reader: str, cause: str) -> Row:
    def make(runtime: Runtime) -> Wait:
        ring, subscriber = drained(runtime)
        call, answer, timed = READERS[reader]
        outcome: object = answer
        if cause == "the subscriber leaves":
            outcome = SubscriberClosed
        elif cause == "the ring halts" or (cause == "the ring closes" and timed):
            outcome = DisruptorClosed
        elif cause == "the ring closes":
            outcome = ["end"] if isinstance(answer, list) else "end"
        return Wait(ring, call(ring, subscriber), lambda: NEWS[cause](ring), outcome, WaitTimeout if timed else None)

    return make


ROWS |= {
    f"{reader} until {cause}": waits_for_news(reader, cause)
    for reader in READERS
    for cause in NEWS
    if not (reader == "wait_for of the ring" and cause == "the subscriber leaves")
}
