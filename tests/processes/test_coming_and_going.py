"""Many come and go: processes, subscribers, rings, sleepers. Nothing is used up, and nothing is left.

Rule: what could be used up (rows, places to sleep, descriptors, files) is counted before and after.
"""

import gc
import os
import sys
import threading
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import pytest

from disruptor import Disruptor, DisruptorClosed, Start, Subscriber
from disruptor.shared import _files
from disruptor.shared._sequencer import SharedSequencer
from tests.limits import LIMIT
from tests.processes.test_processes import child, ended

DESCRIPTORS = Path("/proc/self/fd")


def test_thousands_of_subscribers_come_and_go() -> None:
    ring: Disruptor[int] = Disruptor(4, multiproc=True, max_subscribers=2)
    stays = ring.register_subscriber(name="stays")
    for number in range(3_000):
        with ring.register_subscriber(name=f"{number}", start=Start.LATEST) as passing:
            if number % 100 == 0:
                ring.publish(number)
                for subscriber in (passing, stays):
                    with subscriber.read(timeout=LIMIT) as batch:
                        assert list(batch) == [number]
    assert [subscriber.name for subscriber in ring.subscribers] == ["stays"]
    ring._check()


def join_publish_and_go(ring: Disruptor[int], number: int) -> None:
    with ring.register_subscriber(start=Start.LATEST) as mine:
        ring.publish(number)
        with mine.read() as batch:
            if list(batch) != [number]:
                os._exit(3)
    if number % 2:
        os._exit(0)  # as if it had been killed: nothing is tidied up


def test_many_processes_come_and_go() -> None:
    ring: Disruptor[int] = Disruptor(2, multiproc=True, max_subscribers=2)
    stays = ring.register_subscriber(name="stays")
    for number in range(40):
        with child("fork", join_publish_and_go, ring, number) as process:
            assert ended(process) == 0
        with stays.read(timeout=LIMIT) as batch:
            assert list(batch) == [number]
    ring._check()


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="needs /proc")
def test_rings_that_are_dropped_leave_neither_files_nor_descriptors() -> None:
    Disruptor[int](2, multiproc=True).publish(0)  # what is opened once for all is open now
    gc.collect()
    before = len(os.listdir(DESCRIPTORS))
    names = set()
    for number in range(50):
        ring: Disruptor[int] = Disruptor(2, multiproc=True)
        subscriber = ring.register_subscriber()
        ring.publish(number)
        assert ring.name is not None
        names.add(ring.name)
        del ring, subscriber
    gc.collect()
    assert len(os.listdir(DESCRIPTORS)) == before
    assert names.isdisjoint(_files.names())


def test_more_sleep_than_there_are_places() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    sleepers = 80
    had: list[int] = []
    threads = [threading.Thread(target=lambda: had.append(ring.wait_for(0))) for _ in range(sleepers)]
    for thread in threads:
        thread.start()
    while ring._sequencer.news.sleepers.value < min(sleepers, 60):
        pass
    ring.publish("a")
    for thread in threads:
        thread.join(LIMIT)
    assert had == [0] * sleepers
    ring._check()


def test_who_died_asleep_is_no_sleeper_once_the_lock_was_found_with_a_dead_holder() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    sequencer = ring._sequencer
    assert isinstance(sequencer, SharedSequencer)
    sleeper = get_context("fork").Process(target=ring.wait_for, args=(0,))
    sleeper.start()
    while not sequencer.news.sleepers.value:
        pass
    sleeper.kill()
    sleeper.join(LIMIT)
    with sequencer.lock:
        sequencer.repair()  # as whoever finds another one's number in the lock
    assert sequencer.news.sleepers.value == 0
    assert ring.publish("a") == 0
    ring._check()


def test_who_comes_to_wake_sleepers_that_are_up_already_wakes_nobody() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    with ring._sequencer.lock:
        ring._sequencer.news.wake()
    assert ring.publish("a") == 0
    ring._check()


def publish_until_closed(ring: Disruptor[str]) -> None:
    try:
        while True:
            ring.publish("a")
    except DisruptorClosed:
        sys.exit(0)


@pytest.mark.parametrize("end", [Disruptor.close, Disruptor.halt], ids=["closed", "halted"])
def test_the_end_frees_producers_in_all_processes(end: Callable[[Disruptor[str]], None]) -> None:
    ring: Disruptor[str] = Disruptor(1, multiproc=True)
    stays: Subscriber[str] = ring.register_subscriber()
    context = get_context("fork")
    producers = [context.Process(target=publish_until_closed, args=(ring,)) for _ in range(3)]
    for producer in producers:
        producer.start()
    while ring._sequencer.room.sleepers.value < len(producers):
        pass
    end(ring)
    assert [ended(producer) for producer in producers] == [0, 0, 0]
    if end is Disruptor.close:
        assert list(stays) == ["a"]
