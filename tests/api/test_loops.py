"""Loops over a subscriber, by event and by batch, one sentence of the specification a test."""

import gc
from collections.abc import Callable, Iterator

import pytest

from disruptor import Disruptor, DisruptorClosed, Subscriber, SubscriberBusy


class Stop(Exception):
    """What stops a reader half way."""


def reader_of(words: str, capacity: int = 8) -> tuple[Disruptor[str], Subscriber[str]]:
    ring: Disruptor[str] = Disruptor(capacity)
    reader = ring.register_subscriber(name="R")
    ring.publish_many(words)
    return ring, reader


Loop = Callable[[Subscriber[str]], Iterator[object]]
LOOPS: dict[str, Loop] = {
    "by event": iter,
    "by batch": lambda reader: (event for batch in reader.batches(max_events=1) for event in batch),
}
loops = pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)


@loops
def test_what_is_in_hand_is_processed_when_the_next_is_asked_for_or_the_loop_ends(loop: Loop) -> None:
    ring, reader = reader_of("abc")
    ring.close()
    assert [(event, reader.sequence) for event in loop(reader)] == [("a", -1), ("b", 0), ("c", 1)]
    assert reader.sequence == 2


@loops
def test_leaving_a_loop_by_an_exception_does_not_mark_what_is_in_hand(loop: Loop) -> None:
    ring, reader = reader_of("abc")

    def handle(event: object) -> None:
        if event == "b":
            raise Stop

    with pytest.raises(Stop):
        for event in loop(reader):
            handle(event)
    gc.collect()
    assert reader.sequence == 0
    ring.close()
    assert list(loop(reader)) == ["b", "c"]


@loops
def test_a_loop_that_is_forgotten_gives_the_subscriber_free_and_marks_nothing(loop: Loop) -> None:
    ring, reader = reader_of("ab")
    running = loop(reader)
    assert next(running) == "a"
    with pytest.raises(SubscriberBusy):
        next(loop(reader))
    del running
    gc.collect()
    assert reader.sequence == -1
    ring.close()
    assert list(loop(reader)) == ["a", "b"]


@loops
def test_a_loop_gets_what_is_published_while_it_runs(loop: Loop) -> None:
    ring, reader = reader_of("a", capacity=2)
    received = []
    for event in loop(reader):
        received.append(event)
        if len(received) == 5:
            ring.close()
        else:
            ring.publish("abcde"[len(received)], timeout=0)
    assert received == [*"abcde"]


@loops
def test_the_end_of_a_loop_leaves_the_subscriber_free(loop: Loop) -> None:
    ring, reader = reader_of("a")
    ring.close()
    running = loop(reader)
    assert list(running) == ["a"]
    with pytest.raises(DisruptorClosed):
        reader.read().__enter__()
    assert list(running) == []
    assert list(loop(reader)) == []


@loops
def test_a_loop_in_a_ring_of_one_slot_keeps_the_producer_back_by_one(loop: Loop) -> None:
    ring, reader = reader_of("a", capacity=1)
    running = loop(reader)
    for word, following in ("ab", "bc"):
        assert next(running) == word
        with pytest.raises(TimeoutError):
            ring.publish(following, timeout=0)
        reader.update_sequence(reader.sequence + 1)
        ring.publish(following, timeout=0)


def test_a_loop_does_not_hand_out_what_was_marked_meanwhile() -> None:
    ring, reader = reader_of("abcd", capacity=4)
    running = iter(reader)
    assert next(running) == "a"
    reader.update_sequence(2)
    assert next(running) == "d"
    assert reader.sequence == 2
    ring.close()
    assert list(running) == []


def test_a_loop_in_place_does_not_hand_out_a_slot_that_has_been_written_again() -> None:
    ring: Disruptor[list[int]] = Disruptor(2, list)
    reader = ring.register_subscriber()

    def fill(event: list[int], sequence: int) -> None:
        event[:] = [sequence]

    for _ in range(2):
        ring.publish_event(fill)
    running = iter(reader)
    assert next(running) == [0]
    reader.update_sequence(1)  # both slots are free: producers may write them again
    for _ in range(2):
        ring.publish_event(fill, timeout=0)
    assert next(running) == [2]
