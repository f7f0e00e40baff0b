"""Latency: one event in flight, there and back, on two rings and on two queues.

Rule: a sample is one round trip on the clock of the thread that began it; the first tenth is left out.
"""

import queue
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from benchmarks._timing import WrongResult
from disruptor import Disruptor

Send = Callable[[int], object]
Receive = Callable[[], int]


class Latency(NamedTuple):
    """Round trips, in microseconds."""

    p50: float
    p99: float
    p999: float


def percentiles(samples: list[float]) -> Latency:
    """Return the percentiles of samples in seconds, the first tenth left out.

    >>> percentiles([1e-6] * 100)
    Latency(p50=1.0, p99=1.0, p999=1.0)
    """
    kept = sorted(samples[len(samples) // 10 :])
    ranks = (kept[min(len(kept) - 1, int(len(kept) * share))] * 1e6 for share in (0.5, 0.99, 0.999))
    return Latency(*(round(rank, 3) for rank in ranks))


def trips(send: Send, receive: Receive, echo: Callable[[], None], events: int) -> Latency:
    """Send numbers, wait for each to come back, and time it."""
    thread = threading.Thread(target=echo, daemon=True)
    thread.start()
    samples = []
    for event in range(events):
        begin = time.perf_counter()
        send(event)
        if receive() != event:
            raise WrongResult(f"event {event} came back as another one")
        samples.append(time.perf_counter() - begin)
    send(-1)
    thread.join()
    return percentiles(samples)


def ring_trips(events: int) -> Latency:
    """There and back on two rings."""
    there: Disruptor[int] = Disruptor(1024)
    back: Disruptor[int] = Disruptor(1024)
    heard, returned = iter(there.register_subscriber()), iter(back.register_subscriber())

    def echo() -> None:
        for event in heard:
            if event < 0:
                return
            back.publish(event)

    return trips(there.publish, lambda: next(returned), echo, events)


def queue_trips(events: int) -> Latency:
    """There and back on two queues."""
    there: queue.Queue[int] = queue.Queue(1024)
    back: queue.Queue[int] = queue.Queue(1024)

    def echo() -> None:
        while (event := there.get()) >= 0:
            back.put(event)

    return trips(there.put, back.get, echo, events)


CONTENDERS: dict[str, Callable[[int], Latency]] = {"disruptor": ring_trips, "queue.Queue": queue_trips}


def measured(rounds: int, events: int) -> dict[str, list[Latency]]:
    """Return the latencies of each contender, round by round, interleaved."""
    found: dict[str, list[Latency]] = {name: [] for name in CONTENDERS}
    for _ in range(rounds):
        for name, run in CONTENDERS.items():
            found[name].append(run(events))
    return found
