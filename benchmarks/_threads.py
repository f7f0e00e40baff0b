"""Between threads: LMAX's topologies, on our ring and on queues.

The folds are those of LMAX's performance tests; each is compared with what it must be.
"""

import queue
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from benchmarks._timing import Case, Contender, expect, together
from disruptor import Disruptor, Subscriber

LARGE, SMALL = 65_536, 8_192
SINGLE = '`producers="single"`'

END = None
"""What ends a queue."""

Fold = Callable[[int, int], int]
FOLDS: tuple[tuple[str, Fold], ...] = (
    ("sum", lambda total, event: total + event),
    ("difference", lambda total, event: total - event),
    ("conjunction", lambda total, event: total & event),
)


def chunks(events: int, batch: int) -> Iterable[range]:
    """Return the numbers below `events`, so many at a time."""
    return (range(first, min(first + batch, events)) for first in range(0, events, batch))


def publish(ring: Disruptor[int], events: int, batch: int) -> None:
    """Publish the numbers below `events`, one by one or `batch` at a time."""
    if batch == 1:
        one = ring.publish
        for event in range(events):
            one(event)
    else:
        many = ring.publish_many
        for chunk in chunks(events, batch):
            many(chunk)


def fold(subscriber: "Subscriber[int]", how: Fold, batch: int, results: list[int]) -> None:
    """Fold all events, one by one, or batch by batch."""
    total = 0
    if batch == 1:
        for event in subscriber:
            total = how(total, event)
    else:
        for events in subscriber.batches():
            for event in events:
                total = how(total, event)
    results.append(total)


def total(subscriber: "Subscriber[int]", batch: int, results: list[int]) -> None:
    """Add all events up."""
    found = 0
    if batch == 1:
        for event in subscriber:
            found += event
    else:
        for events in subscriber.batches():
            found += sum(events)
    results.append(found)


def ring_unicast(batch: int, events: int, *, producers: int = 1, size: int = LARGE, kind: str = "multi") -> float:
    """One or more producers, one subscriber."""
    ring: Disruptor[int] = Disruptor(size, producers=kind)
    subscriber = ring.register_subscriber()
    results: list[int] = []
    each = events // producers
    left = [None] * producers

    def produce() -> None:
        publish(ring, each, batch)
        left.pop()
        if not left:  # the last one; `pop` is one step
            ring.close()

    seconds = together(partial(total, subscriber, batch, results), *[produce] * producers)
    expect("sum", results, [producers * (each * (each - 1) // 2)])
    return seconds


def queue_unicast(
    make: Callable[[], "queue.Queue[int | None] | queue.SimpleQueue[int | None]"], events: int, *, producers: int = 1
) -> float:
    """One or more producers, one consumer, and a queue; queues have no batches."""
    line = make()
    results: list[int] = []
    each = events // producers

    def produce() -> None:
        put = line.put
        for event in range(each):
            put(event)
        put(END)

    def consume() -> None:
        get, found, ends = line.get, 0, producers
        while ends:
            event = get()
            if event is None:
                ends -= 1
            else:
                found += event
        results.append(found)

    seconds = together(consume, *[produce] * producers)
    expect("sum", results, [producers * (each * (each - 1) // 2)])
    return seconds


def expected(how: Fold, events: int) -> int:
    """Return a fold over the numbers below `events`."""
    found = 0
    for event in range(events):
        found = how(found, event)
    return found


def ring_multicast(batch: int, events: int, *, subscribers: int = 3, kind: str = "multi") -> float:
    """One producer, and subscribers that each see everything."""
    ring: Disruptor[int] = Disruptor(SMALL, producers=kind)
    folds = [FOLDS[k % len(FOLDS)][1] for k in range(subscribers)]
    results: list[list[int]] = [[] for _ in folds]
    readers = [ring.register_subscriber() for _ in folds]
    bodies = [
        partial(fold, reader, how, batch, found) for reader, how, found in zip(readers, folds, results, strict=True)
    ]

    def produce() -> None:
        publish(ring, events, batch)
        ring.close()

    seconds = together(produce, *bodies)
    expect("folds", results, [[expected(how, events)] for how in folds])
    return seconds


def queue_multicast(events: int, *, subscribers: int = 3) -> float:
    """One producer, and a queue for each consumer."""
    folds = [FOLDS[k % len(FOLDS)][1] for k in range(subscribers)]
    lines: list[queue.Queue[int | None]] = [queue.Queue(SMALL) for _ in folds]
    results: list[list[int]] = [[] for _ in folds]

    def produce() -> None:
        puts = [line.put for line in lines]
        for event in range(events):
            for put in puts:
                put(event)
        for put in puts:
            put(END)

    def consume(line: "queue.Queue[int | None]", how: Fold, found: list[int]) -> None:
        get, folded = line.get, 0
        while (event := get()) is not None:
            folded = how(folded, event)
        found.append(folded)

    bodies = [partial(consume, *work) for work in zip(lines, folds, results, strict=True)]
    seconds = together(produce, *bodies)
    expect("folds", results, [[expected(how, events)] for how in folds])
    return seconds


def bounded() -> "queue.Queue[int | None]":
    """Return the bounded queue of the standard library."""
    return queue.Queue(LARGE)


def others() -> tuple[Contender, ...]:
    """Return the queues of others that are installed, by their sides for threads."""
    found = []
    for name in ("culsans", "janus"):
        if find_spec(name) is not None:
            module: Any = import_module(name)

            def make(queue_of: "Callable[[int], Any]" = module.Queue) -> "queue.Queue[int | None]":
                side: queue.Queue[int | None] = queue_of(LARGE).sync_q
                return side

            found.append(Contender(name, partial(queue_unicast, make)))
    return tuple(found)


def cases(scale: float) -> list[Case]:
    """Return the cases of one producer or three, and of one subscriber or three."""
    ones, many = int(100_000 * scale), int(1_000_000 * scale)
    queues = (
        Contender("queue.Queue", partial(queue_unicast, bounded)),
        Contender("queue.SimpleQueue", partial(queue_unicast, queue.SimpleQueue)),
    )
    three = (Contender("queue.Queue", partial(queue_unicast, bounded, producers=3)),)
    found = [
        Case(
            "unicast",
            "1 to 1, one a call",
            ones,
            (Contender("disruptor", partial(ring_unicast, 1)), *queues, *others()),
            4,
        )
    ]
    for batch, target in ((10, None), (64, 20), (256, None)):
        ours = Contender("disruptor", partial(ring_unicast, batch))
        more = (("queue.SimpleQueue", 3),) if batch == 64 else ()
        found.append(Case("unicast", f"1 to 1, batches of {batch}", many // 2, (ours, *queues), target, more))
    for batch, target in ((1, 4), (64, 20)):
        ours = Contender("disruptor", partial(ring_unicast, batch, kind="single"))
        name = f"1 to 1, {'one a call' if batch == 1 else 'batches of 64'}, {SINGLE}"
        found.append(Case("unicast", name, ones if batch == 1 else many // 2, (ours, *queues), target))
    for batch, target in ((1, 3), (64, 15)):
        ours = Contender("disruptor", partial(ring_unicast, batch, producers=3))
        name = "3 to 1, one a call" if batch == 1 else f"3 to 1, batches of {batch}"
        found.append(Case("sequencer", name, ones if batch == 1 else many // 2, (ours, *three), target))
    for batch, target, kind in ((1, 10, "multi"), (64, 40, "multi"), (1, 10, "single"), (64, 40, "single")):
        ours = Contender("disruptor", partial(ring_multicast, batch, kind=kind))
        name = "1 to 3, one a call" if batch == 1 else f"1 to 3, batches of {batch}"
        name += f", {SINGLE}" if kind == "single" else ""
        found.append(
            Case(
                "multicast",
                name,
                (ones if batch == 1 else many) // 4,
                (ours, Contender("queue.Queue", queue_multicast)),
                target,
            )
        )
    return found
