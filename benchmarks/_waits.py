"""What a wait strategy costs: how late an event is seen, what publishing takes, and the processor time of who waits.

Rule 1: the reader waits for each event: the next one is published `GAP` seconds after the one before, at the earliest.
Rule 2: a latency is from just before `publish` to when the reader has the event, on one clock; the first tenth is left out.
Rule 3: processor time is that of the waiting thread alone, in a wait of `IDLE` seconds in which nothing comes.
Rule 4: the figures are those of a machine with an idle processor for each side; what else runs there is in them.
"""

import statistics
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Final, NamedTuple

from benchmarks._timing import expect
from disruptor import Disruptor, WaitStrategy, WaitTimeout
from disruptor.waiting import Blocking, BusySpin, PhasedBackoff, Sleeping, Yielding

GAP: Final = 0.001
IDLE: Final = 0.3

STRATEGIES: Final[dict[str, WaitStrategy]] = {
    "Blocking()": Blocking(),
    "PhasedBackoff()": PhasedBackoff(),
    "Sleeping()": Sleeping(),
    "Sleeping(0.0001)": Sleeping(0.0001),
    "Yielding()": Yielding(),
    "BusySpin()": BusySpin(),
}


class Cost(NamedTuple):
    """What one round has shown."""

    p50: float
    """Latency, in microseconds."""
    p99: float
    publish: float
    """The median of what `publish` took, in microseconds."""
    late: float
    """The median of how late the publisher was, which had slept, in microseconds: a timer is late, and who spins with the
    interpreter lock keeps him from running."""
    idle: float
    """The share of a processor that waiting took, in per cent."""


def listen(ring: Disruptor[int], wait: WaitStrategy, events: int) -> tuple[list[float], float]:
    """Read so many moments, and wait in vain; return how old each was, and the share of a processor of the wait in vain."""
    reader = ring.subscribers[0]
    reader._barrier.patience.strategy = wait  # a ring that was handed on has its own in each process
    ages = []
    for event in reader:
        ages.append((time.perf_counter_ns() - event) / 1e3)
        if len(ages) == events:
            break
    reader.update_sequence(events - 1)
    begin, used = time.perf_counter(), time.thread_time()
    with suppress(WaitTimeout):
        reader.wait_for(events, timeout=IDLE)
    return ages, (time.thread_time() - used) / (time.perf_counter() - begin) * 100


def speak(ring: Disruptor[int], events: int) -> tuple[list[float], list[float]]:
    """Publish the present moment so often; return what each call took, and how late it was."""
    took, late = [], []
    for _ in range(events):
        due = time.perf_counter_ns() + round(GAP * 1e9)
        time.sleep(GAP)
        begin = time.perf_counter_ns()
        ring.publish(begin)
        took.append((time.perf_counter_ns() - begin) / 1e3)
        late.append((begin - due) / 1e3)
    return took, late


def cost(ages: list[float], idle: float, took: list[float], late: list[float]) -> Cost:
    """Return what came out of a round, the first tenth left out."""
    kept, events = sorted(ages[len(ages) // 10 :]), len(ages)
    expect("events that arrived", events, len(took))
    first = events // 10
    return Cost(
        statistics.median(kept),
        kept[int(len(kept) * 0.99)],
        statistics.median(took[first:]),
        statistics.median(late[first:]),
        idle,
    )


def threads(wait: WaitStrategy, events: int) -> Cost:
    """One thread publishes, one waits."""
    ring: Disruptor[int] = Disruptor(1024)
    ring.register_subscriber()
    heard: list[tuple[list[float], float]] = []
    thread = threading.Thread(target=lambda: heard.append(listen(ring, wait, events)), daemon=True)
    thread.start()
    took = speak(ring, events)
    thread.join()
    return cost(*heard[0], *took)


def _listen(ring: Disruptor[int], wait: WaitStrategy, events: int, back: "Connection[object, object]") -> None:
    back.send(listen(ring, wait, events))


def processes(wait: WaitStrategy, events: int) -> Cost:
    """One process publishes, another one waits."""
    ring: Disruptor[int] = Disruptor(1024, multiproc=True)
    ring.register_subscriber()
    here, there = get_context("fork").Pipe()
    process = get_context("fork").Process(target=_listen, args=(ring, wait, events, there), daemon=True)
    process.start()
    took = speak(ring, events)
    ages, idle = here.recv()
    process.join()
    return cost(ages, idle, *took)


PLACES: Final[dict[str, Callable[[WaitStrategy, int], Cost]]] = {"threads": threads, "processes": processes}


def measured(rounds: int, events: int, said: Callable[[str], None]) -> dict[tuple[str, str], list[Cost]]:
    """Return what each strategy costs between threads and between processes, round by round, interleaved."""
    found: dict[tuple[str, str], list[Cost]] = {(place, name): [] for place in PLACES for name in STRATEGIES}
    for round_ in range(rounds):
        for place, name in found:
            said(f"waiting between {place}: {name}, round {round_ + 1} of {rounds}")
            found[place, name].append(PLACES[place](STRATEGIES[name], events))
    return found


def waits_table(found: dict[tuple[str, str], list[Cost]]) -> str:
    """Return the figures in Markdown, medians of the rounds."""
    lines = ["| between | strategy | latency p50 | p99 | `publish` p50 | publisher late p50 | processor of who waits |"]
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    for (place, name), rounds in found.items():
        p50, p99, publish, late, idle = (statistics.median(one[k] for one in rounds) for k in range(5))
        lines.append(
            f"| {place} | `{name}` | {p50:,.0f} us | {p99:,.0f} us | {publish:.0f} us | {late:,.0f} us | {idle:.0f} % |"
        )
    return "\n".join([f"### waiting: an event every {GAP * 1000:g} ms, medians of the rounds", "", *lines])
