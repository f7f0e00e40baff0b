"""Producers and readers whose books have to balance: content, order per producer, one order for all.

Rule 1: an event says who made it and its number; in place, it also has a check that a half-written or overwritten one fails.
Rule 2: a producer publishes in every way its ring has, singles and batches mixed, and leaves voids between.
Rule 3: what a reader has received is compared only at the end; on the way only what would be gone by then is looked at.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol, TypeVar, final

from disruptor import Disruptor, DisruptorClosed, Subscriber
from disruptor._override import override
from tests.limits import LIMIT
from tests.threads.together import Running

Entry = tuple[int, int]
"""Who published it, and its number."""

E = TypeVar("E")


class Oops(Exception):
    """What a translator or a claim raises now and then."""


class Kind(Protocol[E]):
    """A way to hold events."""

    def ring(self, capacity: int) -> Disruptor[E]:
        """Return a new ring."""

    def publish(self, ring: Disruptor[E], entries: list[Entry], rng: random.Random) -> None:
        """Publish `entries`, one or more, visible all at once."""

    def fail(self, ring: Disruptor[E]) -> None:
        """Begin to publish something, and fail."""

    def entry(self, event: E) -> Entry:
        """Return what an event says."""


@final
class ByValue(Kind[Entry]):
    """The events are the entries."""

    @override
    def ring(self, capacity: int) -> Disruptor[Entry]:
        return Disruptor(capacity)

    @override
    def publish(self, ring: Disruptor[Entry], entries: list[Entry], rng: random.Random) -> None:
        if len(entries) == 1 and rng.random() < 0.7:
            ring.publish(entries[0])
        elif rng.random() < 0.7:
            ring.publish_many(entries)
        else:
            with ring.claim(len(entries)) as claim:
                for k, entry in enumerate(entries):
                    claim[k] = entry

    @override
    def fail(self, ring: Disruptor[Entry]) -> None:
        with ring.claim() as claim:
            claim[0] = (-1, -1)
            raise Oops

    @override
    def entry(self, event: Entry) -> Entry:
        return event


@final
class Cell:
    """An event in place: its three fields are written one after the other."""

    __slots__ = ("check", "number", "who")

    def __init__(self) -> None:
        self.who = self.number = self.check = 0

    def fill(self, entry: Entry) -> None:
        self.check = -1
        self.who, self.number = entry
        self.check = self.who ^ self.number


@final
class InPlace(Kind[Cell]):
    """The events are cells of the ring."""

    @override
    def ring(self, capacity: int) -> Disruptor[Cell]:
        return Disruptor(capacity, Cell)

    @override
    def publish(self, ring: Disruptor[Cell], entries: list[Entry], rng: random.Random) -> None:
        if len(entries) == 1 and rng.random() < 0.7:
            [entry] = entries
            ring.publish_event(lambda cell, sequence: cell.fill(entry))
        else:
            with ring.claim(len(entries)) as claim:
                for cell, entry in zip(claim, entries, strict=True):
                    cell.fill(entry)

    @override
    def fail(self, ring: Disruptor[Cell]) -> None:
        def half(cell: Cell, sequence: int) -> None:
            cell.who = -1
            raise Oops

        ring.publish_event(half)

    @override
    def entry(self, event: Cell) -> Entry:
        entry, check = (event.who, event.number), event.check
        assert entry[0] ^ entry[1] == check, f"{entry} is half written"
        return entry


def produce(kind: Kind[E], ring: Disruptor[E], who: int, count: int, seed: int) -> int:
    """Publish `count` entries of `who`; return how many were published when the ring was closed."""
    rng = random.Random(seed)
    sent = 0
    while sent < count:
        size = min(rng.choice((1, 1, 1, 2, 5, 16)), ring.capacity, count - sent)
        try:
            if rng.random() < 0.01:
                with suppress(Oops):
                    kind.fail(ring)
            kind.publish(ring, [(who, sent + k) for k in range(size)], rng)
        except DisruptorClosed:
            break
        sent += size
    return sent


def consume(kind: Kind[E], reader: Subscriber[E], seed: int) -> list[Entry]:
    """Read until the end, in one of three ways; return what the events said while they were in hand."""
    rng = random.Random(seed)
    received: list[Entry] = []
    way = rng.randrange(3)
    if way == 0:
        for event in reader:
            received.append(kind.entry(event))
    elif way == 1:
        for batch in reader.batches(rng.choice((None, 1, 7))):
            received.extend(map(kind.entry, batch))
    else:
        while True:
            try:
                with reader.read(rng.choice((None, 3)), timeout=LIMIT) as batch:
                    taken = [kind.entry(event) for event in batch]
                    if rng.random() < 0.01:
                        raise Oops
                received.extend(taken)
            except Oops:
                continue  # nothing was marked: it comes again
            except DisruptorClosed:
                break
    return received


def settle(sent: dict[int, int], received: list[list[Entry]]) -> None:
    """Check the books: everything that was sent, and nothing else, in each producer's order, and in one order for all."""
    for entries in received:
        for who, count in sent.items():
            assert [number for maker, number in entries if maker == who] == [*range(count)]
        assert len(entries) == sum(sent.values())
        assert entries == received[0]


def run(kind: Kind[E], producers: int, readers: int, each: int, capacity: int, seed: int) -> None:
    """Let `producers` and `readers`, one of them after two others, run to the end, and settle."""
    ring = kind.ring(capacity)
    subscribers = [ring.register_subscriber() for _ in range(readers - 1)]
    subscribers.append(ring.register_subscriber(after=subscribers[:2]))

    def reads(reader: Subscriber[E], index: int) -> Callable[[], object]:
        return lambda: consume(kind, reader, seed + index)

    def produces(who: int) -> Callable[[], object]:
        return lambda: produce(kind, ring, who, each, seed + 100 + who)

    reading = [Running(reads(reader, index)) for index, reader in enumerate(subscribers)]
    producing = [Running(produces(who)) for who in range(producers)]
    assert [one.result() for one in producing] == [each] * producers
    ring.close()
    received = [one.result() for one in reading]
    settle(dict.fromkeys(range(producers), each), received)  # type: ignore[arg-type]  # what `consume` returned
    ring._check()
    assert ring.remaining_capacity == ring.capacity
