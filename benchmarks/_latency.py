"""Latency: one event in flight, there and back; and events at a pace, from stage to stage.

Rule 1: a sample is one round trip on the clock of the thread that began it, or one hop; the first tenth is left out.
Rule 2: percentiles are those of all samples, sorted: nothing is put into classes.
"""

import ctypes
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from benchmarks._between import CONTEXT, LIMIT
from benchmarks._timing import WrongResult
from disruptor import Disruptor, Subscriber

PACE = 100e-6
"""Seconds between two events of the paced pipeline."""

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


def there_and_back(send: Send, receive: Receive, events: int) -> list[float]:
    """Send numbers, wait for each to come back, and time it; tell whoever sends them back that this was all."""
    samples = []
    for event in range(events):
        begin = time.perf_counter()
        send(event)
        if receive() != event:
            raise WrongResult(f"event {event} came back as another one")
        samples.append(time.perf_counter() - begin)
    send(-1)
    return samples


def trips(send: Send, receive: Receive, echo: Callable[[], None], events: int) -> Latency:
    """Send numbers there and back through a thread that echoes them."""
    thread = threading.Thread(target=echo, daemon=True)
    thread.start()
    samples = there_and_back(send, receive, events)
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


def paced(send: Send, hops: list[Callable[[Callable[[int], None]], None]], events: int) -> Latency:
    """Send an event every `PACE` seconds through stages, and time each hop; the stages run in threads."""
    arrivals: list[list[float]] = [[] for _ in hops]
    threads = [
        threading.Thread(target=hop, args=(lambda _, seen=seen: seen.append(time.perf_counter()),), daemon=True)
        for hop, seen in zip(hops, arrivals, strict=True)
    ]
    for thread in threads:
        thread.start()
    sent = []
    due = time.perf_counter()
    for event in range(events):
        due = max(due + PACE, time.perf_counter())
        time.sleep(max(0.0, due - time.perf_counter()))
        sent.append(time.perf_counter())
        send(event)
    send(-1)
    for thread in threads:
        thread.join()
    stages = [sent, *arrivals]
    if any(len(stage) != events for stage in stages):
        raise WrongResult(f"{[len(stage) for stage in stages]} events, not {events} in each stage")
    before_after = pairwise(stages)
    return percentiles([late - early for one, two in before_after for early, late in zip(one, two, strict=True)])


def ring_paced(events: int) -> Latency:
    """Three stages, one after the other, on one ring."""
    ring: Disruptor[int] = Disruptor(8_192)
    readers = [ring.register_subscriber()]
    for _ in range(2):
        readers.append(ring.register_subscriber(after=readers[-1]))

    def hop(reader: "Subscriber[int]", note: Callable[[int], None]) -> None:
        for event in reader:
            if event < 0:
                return
            note(event)

    # A loop marks an event when it asks for the next: a stage hears of it as soon as the one before is done with it.
    def ended(reader: "Subscriber[int]", note: Callable[[int], None]) -> None:
        hop(reader, note)
        reader.update_sequence(ring.cursor)

    return paced(ring.publish, [partial(ended, reader) for reader in readers], events)


def queue_paced(events: int) -> Latency:
    """Three stages with a queue in front of each."""
    lines: list[queue.Queue[int]] = [queue.Queue(8_192) for _ in range(3)]

    def hop(k: int, note: Callable[[int], None]) -> None:
        while True:
            event = lines[k].get()
            if event >= 0:
                note(event)
            if k < 2:
                lines[k + 1].put(event)
            if event < 0:
                return

    return paced(lines[0].put, [partial(hop, k) for k in range(3)], events)


def between(echo: Callable[[], None], send: Send, receive: Receive, events: int) -> Latency:
    """As `trips`, but the echo runs in another process."""
    child = CONTEXT.Process(target=echo, daemon=True)
    child.start()
    samples = there_and_back(send, receive, events)
    child.join(LIMIT)
    return percentiles(samples)


def ring_between(events: int) -> Latency:
    """There and back between processes, on two rings of words."""
    there, back = (Disruptor(1024, Word, multiproc=True) for _ in range(2))
    heard, returned = iter(there.register_subscriber()), iter(back.register_subscriber())

    def send(ring: "Disruptor[Word]", number: int) -> None:
        with ring.claim() as claim:
            claim[0].number = number

    def echo() -> None:
        for event in heard:
            if event.number < 0:
                return
            send(back, event.number)

    return between(echo, partial(send, there), lambda: int(next(returned).number), events)


def queue_between(events: int) -> Latency:
    """There and back between processes, on two queues."""
    there, back = CONTEXT.Queue(), CONTEXT.Queue()

    def echo() -> None:
        while (event := there.get()) >= 0:
            back.put(event)

    return between(echo, there.put, back.get, events)


def pipe_between(events: int) -> Latency:
    """There and back between processes, on a pipe."""
    here, other = CONTEXT.Pipe()

    def echo() -> None:
        while (event := other.recv()) >= 0:
            other.send(event)

    return between(echo, here.send, here.recv, events)


class Word(ctypes.Structure):
    """An event between processes: one number."""

    _fields_ = (("number", ctypes.c_int64),)  # type: ignore[mutable-override]  # as ctypes has it
    number: int


Contenders = dict[str, Callable[[int], Latency]]

THREADS, PACED, PROCESSES = "threads, there and back", "threads, paced, a hop", "processes, there and back"
CONTENDERS: dict[str, Contenders] = {
    THREADS: {"disruptor": ring_trips, "queue.Queue": queue_trips},
    PACED: {"disruptor": ring_paced, "queue.Queue": queue_paced},
    PROCESSES: {
        "disruptor": ring_between,
        "multiprocessing.Pipe": pipe_between,
        "multiprocessing.Queue": queue_between,
    },
}
AT_MOST = {THREADS: ("queue.Queue", 1.0), PROCESSES: ("multiprocessing.Pipe", 1.2)}
"""The peer, and how many times its p50 ours may be."""


def measured(where: str, rounds: int, events: int) -> dict[str, list[Latency]]:
    """Return the latencies of each contender, round by round, interleaved."""
    found: dict[str, list[Latency]] = {name: [] for name in CONTENDERS[where]}
    for _ in range(rounds):
        for name, run in CONTENDERS[where].items():
            found[name].append(run(events))
    return found
