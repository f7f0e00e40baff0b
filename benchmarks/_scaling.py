"""How the cost grows: with subscribers, with the size of the ring, with the size of a batch."""

from functools import partial

from benchmarks._threads import LARGE, publish, ring_unicast, total
from benchmarks._timing import Case, Contender, expect, together
from disruptor import Disruptor


def with_subscribers(subscribers: int, events: int) -> float:
    """One producer in batches of 64; every subscriber adds up."""
    ring: Disruptor[int] = Disruptor(LARGE)
    results: list[int] = []
    bodies = [partial(total, ring.register_subscriber(), 64, results) for _ in range(subscribers)]

    def produce() -> None:
        publish(ring, events, 64)
        ring.close()

    seconds = together(produce, *bodies)
    expect("sums", results, [events * (events - 1) // 2] * subscribers)
    return seconds


def publishing_alone(subscribers: int, events: int) -> float:
    """What publishing costs beside subscribers that stand still, until the ring is full."""
    ring: Disruptor[int] = Disruptor(2 ** (events - 1).bit_length())
    readers = [ring.register_subscriber() for _ in range(subscribers)]
    seconds = together(partial(publish, ring, events, 1))
    expect("lags", [reader.lag for reader in readers], [events] * subscribers)
    return seconds


def cases(scale: float) -> list[Case]:
    """Return the cases; each is compared with the first of its section."""
    many, ones = int(400_000 * scale), int(100_000 * scale)
    found = [
        Case("subscribers", f"{n} subscribers", many, (Contender("disruptor", partial(with_subscribers, n)),))
        for n in (1, 2, 4, 8, 64)
    ]
    found += [
        Case(
            "producers",
            f"{n} producers",
            ones // 64 * 64,
            (Contender("disruptor", partial(ring_unicast, 1, producers=n)),),
        )
        for n in (1, 3, 8, 64)
    ]
    found += [
        Case("publishing beside", f"{n} who stand still", ones, (Contender("disruptor", partial(publishing_alone, n)),))
        for n in (1, 2, 4, 8, 64)
    ]
    found += [
        Case(
            "ring size",
            f"{size:,}",
            many if size >= 64 else ones // 10,
            (Contender("disruptor", partial(ring_unicast, min(size, 64), size=size)),),
        )
        for size in (2, 8, 64, 512, 4_096, 32_768, 262_144, 2**20)
    ]
    found += [
        Case(
            "batch size",
            f"{batch}",
            ones if batch == 1 else many,
            (Contender("disruptor", partial(ring_unicast, batch)),),
        )
        for batch in (1, 4, 16, 64, 256, 1_024)
    ]
    return found
