"""A kill storm: producers and readers in real processes, killed at random, with exact accounts of what they did.

Rule 1: a producer writes each event's name to its own file *after* its publish has returned; a reader writes what it has
        read before it marks it. Both files are appended to by single writes, which a kill does not cut.
Rule 2: every event that a producer has in its file reaches the witness, who is never killed, once and in order. An event
        that was under way when its producer was killed may arrive or not, once at most.
Rule 3: a reader that is killed is replaced by another process, which goes on with the same subscriber where it stood: it may
        be handed once more what the dead one had in hand, and nothing else; and it misses nothing. If a producer was held
        up before that, the subscriber is gone, and what was read until then is right.
"""

import os
import random
import time
from collections import Counter
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

from disruptor import Disruptor, DisruptorClosed, Subscriber, SubscriberClosed
from disruptor.shared import _files
from tests.limits import LIMIT

Event = tuple[int, int, str]
"""Producer, number, and a filling, so that a half-written event would be seen."""


LINE = 16
"""Bytes of a line: so many of them make a page."""


class Storm(NamedTuple):
    """What is to be blown."""

    capacity: int
    producers: int
    readers: int
    kills: int
    seed: int
    batch: int = 1


def note(file: int, text: str) -> None:
    """Append a line by a single write within a page: one over two pages may be cut in the middle by a kill."""
    os.write(file, text[: LINE - 1].ljust(LINE - 1).encode() + b"\n")


def filling(producer: int, number: int) -> str:
    """Return what belongs into an event."""
    return f"{producer}.{number}." * (1 + number % 7)


def produce(ring: Disruptor[Event], producer: int, batch: int, path: Path) -> None:
    """Publish for ever, and note what was published."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    number = 0
    while True:
        numbers = range(number, number + batch)
        try:
            if batch == 1 and number % 3 == 0:
                with ring.claim() as claim:
                    claim[0] = (producer, number, filling(producer, number))
            else:
                ring.publish_many([(producer, k, filling(producer, k)) for k in numbers])
        except DisruptorClosed:
            return
        for k in numbers:
            note(file, f"{producer} {k}")
        number += batch


def consume(subscriber: Subscriber[Event], path: Path) -> None:
    """Read until the end, and note what was read."""
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        for batch in subscriber.batches(8):
            for producer, number, text in batch:
                if text != filling(producer, number):
                    note(file, "half")
            for producer, number, _ in batch:
                note(file, f"{producer} {number}")
        note(file, "end")
    except SubscriberClosed:
        note(file, "removed")  # nobody had taken its place before a producer was held up by it


def lines(path: Path) -> list[str]:
    """Return what was noted."""
    return [line.rstrip() for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def blow(storm: Storm, folder: Path) -> tuple[str, dict[str, int]]:
    """Run a storm, and raise `AssertionError` if an account does not agree.

    Return the name of the ring, whose last handle is gone by then, and what was counted.
    """
    chance = random.Random(storm.seed)
    context = get_context("fork")
    ring: Disruptor[Event] = Disruptor(storm.capacity, multiproc=True)
    witness = ring.register_subscriber(name="witness")
    subscribers = [ring.register_subscriber(name=f"reader-{k}") for k in range(storm.readers)]
    started = 0

    def start_producer() -> BaseProcess:
        nonlocal started
        started += 1
        process = context.Process(target=produce, args=(ring, started, storm.batch, folder / f"producer-{started}"))
        process.start()
        return process

    def start_reader(k: int, subscriber: Subscriber[Event]) -> BaseProcess:
        process = context.Process(target=consume, args=(subscriber, folder / f"reader-{k}"))
        process.start()
        return process

    watching = context.Process(target=consume, args=(witness, folder / "witness"))
    watching.start()
    producers = [start_producer() for _ in range(storm.producers)]
    readers = [start_reader(k, subscriber) for k, subscriber in enumerate(subscribers)]
    killed = []
    for _ in range(storm.kills):
        time.sleep(chance.uniform(0, 0.02))  # when to kill, not how long to wait for something
        k = chance.randrange(len(producers) + len(readers))
        victim = producers[k] if k < len(producers) else readers[k - len(producers)]
        victim.kill()  # SIGKILL; nothing, if it has ended already: a reader that was removed
        victim.join(LIMIT)
        killed.append(victim)
        if k < len(producers):
            producers[k] = start_producer()
        else:
            readers[k - len(producers)] = start_reader(k - len(producers), subscribers[k - len(producers)])
    ring.close()
    for process in (*producers, *readers, watching):
        process.join(LIMIT)
        if process.is_alive():
            process.kill()
            raise AssertionError(f"{process} hangs, on {ring!r}: {[repr(s) for s in ring.subscribers]}")
        if process.exitcode:
            raise AssertionError(f"{process} failed")
    seen = lines(folder / "witness")
    counts = account(storm, folder, started, seen)
    ring._check()
    if ring.name is None or not _files.folder_of(ring.name).exists():
        raise AssertionError("the ring's files are gone while it is in use")
    return ring.name, counts | {"kills": storm.kills, "dead readers": sum(victim in killed for victim in readers)}


def account(storm: Storm, folder: Path, started: int, seen: list[str]) -> dict[str, int]:
    """Compare what was published with what was read."""
    if seen[-1:] != ["end"] or any(line.startswith("half") for line in seen):
        raise AssertionError(f"the witness saw {seen[-3:]}")
    seen = seen[:-1]
    twice = [line for line, times in Counter(seen).items() if times > 1]
    if twice:
        raise AssertionError(f"read twice: {twice[:5]}")
    published = 0
    for producer in range(1, started + 1):
        theirs = [int(line.split()[1]) for line in seen if line.startswith(f"{producer} ")]
        told = [int(line.split()[1]) for line in lines(folder / f"producer-{producer}")]
        published += len(told)
        if theirs != [*range(len(theirs))]:
            raise AssertionError(f"producer {producer}: not in order, or with gaps: {theirs[:20]}")
        if not len(told) <= len(theirs) <= len(told) + storm.batch:
            raise AssertionError(f"producer {producer} was told of {len(told)} events, {len(theirs)} arrived")
    again = 0
    for k in range(storm.readers):
        had = lines(folder / f"reader-{k}")
        removed = "removed" in had
        if not (removed or "end" in had) or any(line.startswith("half") for line in had):
            raise AssertionError(f"reader {k} ended with {had[-3:]}")
        had = [line for line in had if line not in ("end", "removed")]
        again += len(had) - len({*had})
        once = [*dict.fromkeys(had)]
        if once != (seen[: len(once)] if removed else seen):
            at = next((k for k, pair in enumerate(zip(once, seen, strict=False)) if pair[0] != pair[1]), len(once))
            raise AssertionError(
                f"reader {k} has {once[at - 2 : at + 3]} at {at} of {len(once)}, not {seen[at - 2 : at + 3]}; {removed=}"
            )
    return {"published": published, "seen": len(seen), "handed out again": again}
