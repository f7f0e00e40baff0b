"""What an event's size costs: bytes of several sizes between threads, where they are handed on, and between processes.

Rule: the reader adds up the lengths; bytes are made anew for each event, as whoever reads them from somewhere would.
`memcpy` is the same bytes, copied once within one thread.
"""

import time
from functools import partial

from benchmarks._between import apart
from benchmarks._processes import Raw
from benchmarks._threads import LARGE, chunks
from benchmarks._timing import Case, Contender, expect, together
from disruptor import Disruptor

BATCH = 64
RING = 1_024


def handed_on(size: int, events: int) -> float:
    """Between threads: the slots hold references."""
    ring: Disruptor[bytes] = Disruptor(LARGE)
    reader = ring.register_subscriber()
    totals: list[int] = []

    def produce() -> None:
        for chunk in chunks(events, BATCH):
            ring.publish_many([bytes(size) for _ in chunk])
        ring.close()

    def consume() -> None:
        totals.append(sum(len(event) for batch in reader.batches() for event in batch))

    seconds = together(produce, consume)
    expect("bytes", totals, [size * events])
    return seconds


def copied(size: int, events: int) -> float:
    """Between processes: the slots hold the bytes."""
    ring: Disruptor[bytes] = Disruptor(RING, multiproc=True, slot_size=size, codec=Raw())
    reader = ring.register_subscriber()

    def produce() -> None:
        for chunk in chunks(events, BATCH):
            ring.publish_many([bytes(size) for _ in chunk])
        ring.close()

    def consume() -> None:
        expect("bytes", sum(len(event) for batch in reader.batches() for event in batch), size * events)

    return apart(produce, consume)


def memcpy(size: int, events: int) -> float:
    """The same bytes, `BATCH` events at a time, within one thread."""
    source, target = memoryview(bytes(size * BATCH)), memoryview(bytearray(size * BATCH))
    total = 0
    begin = time.perf_counter()
    for chunk in chunks(events, BATCH):
        length = len(chunk) * size
        target[:length] = source[:length]
        total += length
    seconds = time.perf_counter() - begin
    expect("bytes", total, size * events)
    return seconds


def cases(scale: float) -> list[Case]:
    """Return the cases."""
    events = int(100_000 * scale)
    return [
        Case(
            "payloads",
            f"{size:,} bytes between {where}, batches of {BATCH}",
            events if where == "threads" else events // 2,
            (Contender("disruptor", partial(ours, size)), Contender("memcpy", partial(memcpy, size))),
        )
        for where, ours in (("threads", handed_on), ("processes", copied))
        for size in (64, 256, 4_096)
    ]
