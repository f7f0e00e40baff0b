"""A handler that says itself what is processed: early, late, from another thread, and what it must not say."""

import threading

import pytest

from disruptor import Disruptor, InsufficientCapacity, InvalidValue, Progress, Sequence, WaitTimeout
from tests.limits import LIMIT


class Late:
    """A handler that keeps its progress for somebody else to say."""

    def __init__(self) -> None:
        self.had: list[str] = []
        self.all = threading.Event()
        self.expected = 0

    def set_sequence_callback(self, progress: Progress) -> None:
        self.progress = progress

    def on_event(self, event: str, sequence: Sequence, end_of_batch: bool) -> None:
        self.had.append(event)
        if len(self.had) == self.expected:
            self.all.set()


def started(*events: str, expected: int, void: int | None = None) -> tuple[Disruptor[str], Late]:
    """Return a ring of four whose handler has had some events; after `void` of them one sequence is void."""
    ring: Disruptor[str] = Disruptor(4)
    late = Late()
    late.expected = expected
    ring.handle_events_with(late, name="late")
    for number, event in enumerate(events):
        if number == void:
            ring.claim().abandon()
        ring.publish(event)
    if void == len(events):
        ring.claim().abandon()
    ring.start()
    assert late.all.wait(LIMIT)
    return ring, late


def test_nothing_is_processed_before_it_says_so() -> None:
    ring, late = started("a", "b", expected=2)
    follower = ring.register_subscriber(after=ring.subscribers[0])
    assert ring.subscribers[0].sequence == -1
    with pytest.raises(WaitTimeout):
        follower.wait_for(0, timeout=0)
    late.progress(0)
    assert follower.wait_for(0, timeout=0) == 0
    late.progress(1)
    assert late.progress.sequence == ring.subscribers[0].sequence == 1
    ring.shutdown(LIMIT)


def test_producers_wait_for_what_it_says() -> None:
    ring, late = started("a", "b", "c", "d", expected=4)
    with pytest.raises(InsufficientCapacity):
        ring.publish("e", timeout=0)
    late.progress(0)
    ring.publish("e", timeout=0)
    late.progress(0)  # the same again
    late.all.clear()
    late.expected = 5
    while len(late.had) < 5:
        assert late.all.wait(LIMIT)
    late.progress(4)
    ring.shutdown(LIMIT)


def test_a_shutdown_waits_for_what_it_says() -> None:
    ring, late = started("a", expected=1)
    with pytest.raises(
        WaitTimeout, match="not everything was marked as processed within the time-out: 'late' has ended"
    ):
        ring.shutdown(0.01)
        ring.shutdown(0.01)
    threading.Thread(target=late.progress, args=(0,)).start()
    ring.shutdown(LIMIT)
    assert ring.subscribers[0].sequence == 0


def test_what_was_not_handed_out_cannot_be_marked() -> None:
    ring, late = started("a", expected=1)
    with pytest.raises(InvalidValue, match="'late' was given events up to 0, not 1"):
        late.progress(1)
    with pytest.raises(InvalidValue):
        late.progress(-2)
    late.progress(0)
    ring.shutdown(LIMIT)


@pytest.mark.parametrize(("void", "marks"), [(0, [1, 2]), (1, [0, 2]), (2, [0, 1])])
def test_voids_are_marked_with_the_event_before_them(void: int, marks: list[int]) -> None:
    ring, late = started("a", "b", expected=2, void=void)
    for mark in marks:
        late.progress(mark)
    ring.shutdown(LIMIT)
    assert ring.subscribers[0].sequence == 2


def test_voids_alone_are_marked_when_all_before_is() -> None:
    ring, late = started("a", expected=1)
    late.progress(0)
    ring.claim().abandon()
    ring.shutdown(LIMIT)
    assert ring.subscribers[0].sequence == 1


def test_early_marks_let_producers_go_on_within_a_batch() -> None:
    ring: Disruptor[str] = Disruptor(2)
    room: list[int] = []

    class Early:
        def set_sequence_callback(self, progress: Progress) -> None:
            self.progress = progress

        def on_event(self, event: str, sequence: Sequence, end_of_batch: bool) -> None:
            self.progress(sequence)
            room.append(ring.remaining_capacity)

    ring.handle_events_with(Early())
    ring.publish_many(["a", "b"])
    ring.shutdown(LIMIT)
    assert room == [1, 2]


def test_after_a_halt_it_goes_on_after_what_was_marked() -> None:
    ring, late = started("a", "b", expected=2)
    late.progress(0)
    ring.halt()
    late.all.clear()
    late.expected = 3
    ring.start(timeout=LIMIT)
    assert late.all.wait(LIMIT)
    assert late.had == ["a", "b", "b"]
    late.progress(1)
    ring.shutdown(LIMIT)
