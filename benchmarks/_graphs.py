"""Graphs between threads: a pipeline of three and a diamond, on our ring and on chained queues.

The work is that of LMAX's performance tests. An event in place is a list of numbers, made once.
"""

import queue
from collections.abc import Callable
from functools import partial

from benchmarks._threads import SMALL, chunks
from benchmarks._timing import Case, Contender, expect, together
from disruptor import Disruptor, Subscriber

Event = list[int]
FIRST_B = 777


def event() -> Event:
    """Return an event in place: two operands, and what the steps make of them."""
    return [0, 0, 0, 0]


def fill(ring: Disruptor[Event], events: int, batch: int) -> None:
    """Publish `a` from 0 up and `b` from 777 down."""
    for chunk in chunks(events, batch):
        with ring.claim(len(chunk)) as claim:
            for a, place in zip(chunk, claim, strict=True):
                place[0], place[1] = a, FIRST_B - a
    ring.close()


def each(subscriber: "Subscriber[Event]", work: Callable[[Event], None]) -> None:
    """Do some work on every event, batch by batch."""
    for batch in subscriber.batches():
        for place in batch:
            work(place)


def add(place: Event) -> None:
    """r1 = a + b."""
    place[2] = place[0] + place[1]


def add_three(place: Event) -> None:
    """r2 = r1 + 3."""
    place[3] = place[2] + 3


def fizz(place: Event) -> None:
    """Whether a is divisible by 3."""
    place[2] = place[0] % 3 == 0


def buzz(place: Event) -> None:
    """Whether a is divisible by 5."""
    place[3] = place[0] % 5 == 0


def ring_pipeline(batch: int, events: int) -> float:
    """P -> C1 -> C2 -> C3."""
    ring: Disruptor[Event] = Disruptor(SMALL, event)
    first = ring.register_subscriber()
    second = ring.register_subscriber(after=first)
    third = ring.register_subscriber(after=second)
    counts = [0]

    def count(place: Event) -> None:
        counts[0] += place[3] & 4 == 4

    seconds = together(
        partial(fill, ring, events, batch),
        partial(each, first, add),
        partial(each, second, add_three),
        partial(each, third, count),
    )
    expect("count", counts[0], events if (FIRST_B + 3) & 4 == 4 else 0)
    return seconds


def ring_diamond(batch: int, events: int) -> float:
    """P -> {C1, C2} -> C3."""
    ring: Disruptor[Event] = Disruptor(SMALL, event)
    left = ring.register_subscriber()
    right = ring.register_subscriber()
    join = ring.register_subscriber(after=(left, right))
    counts = [0]

    def count(place: Event) -> None:
        counts[0] += place[2] and place[3]

    seconds = together(
        partial(fill, ring, events, batch),
        partial(each, left, fizz),
        partial(each, right, buzz),
        partial(each, join, count),
    )
    expect("count", counts[0], len(range(0, events, 15)))
    return seconds


Line = queue.Queue[Event | None]


def stage(inward: Line, work: Callable[[Event], None], outward: "Line | None") -> None:
    """Take event after event, work on it, and hand it on."""
    while (place := inward.get()) is not None:
        work(place)
        if outward is not None:
            outward.put(place)
    if outward is not None:
        outward.put(None)


def feed(lines: list[Line], events: int) -> None:
    """Put new events into queues."""
    for a in range(events):
        place = [a, FIRST_B - a, 0, 0]
        for line in lines:
            line.put(place)
    for line in lines:
        line.put(None)


def queue_pipeline(events: int) -> float:
    """The same with a queue in front of each step."""
    lines = [Line(SMALL) for _ in range(3)]
    counts = [0]

    def count(place: Event) -> None:
        counts[0] += place[3] & 4 == 4

    seconds = together(
        partial(feed, lines[:1], events),
        partial(stage, lines[0], add, lines[1]),
        partial(stage, lines[1], add_three, lines[2]),
        partial(stage, lines[2], count, None),
    )
    expect("count", counts[0], events if (FIRST_B + 3) & 4 == 4 else 0)
    return seconds


def queue_diamond(events: int) -> float:
    """The same with two queues in and two queues out; the last step takes from both in turn."""
    inward, outward = [Line(SMALL), Line(SMALL)], [Line(SMALL), Line(SMALL)]
    counts = [0]

    def join() -> None:
        left, right = outward
        while (place := left.get()) is not None:
            right.get()
            counts[0] += place[2] and place[3]
        right.get()

    seconds = together(
        partial(feed, inward, events),
        partial(stage, inward[0], fizz, outward[0]),
        partial(stage, inward[1], buzz, outward[1]),
        join,
    )
    expect("count", counts[0], len(range(0, events, 15)))
    return seconds


def cases(scale: float) -> list[Case]:
    """Return the cases."""
    events = int(100_000 * scale)
    return [
        Case(
            "graphs",
            f"{name}, batches of 64",
            events,
            (Contender("disruptor", partial(ours, 64)), Contender("queue.Queue", theirs)),
            10,
        )
        for name, ours, theirs in (
            ("pipeline of 3", ring_pipeline, queue_pipeline),
            ("diamond", ring_diamond, queue_diamond),
        )
    ]
