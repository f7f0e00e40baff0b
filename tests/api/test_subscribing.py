"""Subscribing, reading, closing and looking, one sentence of the specification a test."""

import pytest

from disruptor import (
    INITIAL,
    Disruptor,
    DisruptorClosed,
    InsufficientCapacity,
    InvalidValue,
    Start,
    SubscriberClosed,
    WaitTimeout,
)


def ring_of(*words: str, capacity: int = 4) -> Disruptor[str]:
    ring: Disruptor[str] = Disruptor(capacity)
    for word in words:
        ring.publish(word)
    return ring


# --- joining and leaving -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "start", "first"),
    [
        ("", Start.EARLIEST, 0),
        ("abc", Start.EARLIEST, 0),
        ("abcdef", Start.EARLIEST, 2),
        ("abcdef", Start.LATEST, 6),
        ("abcdef", 3, 3),
        ("abcdef", 6, 6),
        ("abcdef", 9, 9),
    ],
)
def test_a_joiner_starts_where_it_asked(words: str, start: Start | int, first: int) -> None:
    subscriber = ring_of(*words).register_subscriber(start=start)
    assert subscriber.sequence == first - 1


def test_a_joiner_gets_what_was_claimed_before_and_published_after_it_joined() -> None:
    ring = ring_of("a")
    claim = ring.claim()
    late = ring.register_subscriber(start=Start.LATEST)
    claim[0] = "b"
    claim.publish()
    ring.close()
    assert list(late) == ["b"]


def test_a_joiner_may_wait_for_the_future() -> None:
    ring = ring_of()
    future = ring.register_subscriber(start=2)
    assert future.lag == 0
    for word in "abcd":
        ring.publish(word, timeout=0)
    assert ring.remaining_capacity == 2
    ring.close()
    assert list(future) == ["c", "d"]


def test_a_joiner_gates_at_once() -> None:
    ring = ring_of("a", "b", "c", "d")
    ring.register_subscriber()
    with pytest.raises(InsufficientCapacity):
        ring.publish("e", timeout=0)


def test_removing_stops_gating_at_once() -> None:
    ring = ring_of()
    subscriber = ring.register_subscriber()
    ring.publish_many("abcd")
    assert not ring.has_available_capacity()
    ring.remove_subscriber(subscriber)
    assert ring.has_available_capacity(4)
    assert (ring.subscribers, subscriber.closed) == ((), True)


def test_one_that_others_are_after_cannot_be_removed_before_them() -> None:
    ring = ring_of()
    first = ring.register_subscriber(name="first")
    second = ring.register_subscriber(name="second", after=[first])
    with pytest.raises(InvalidValue, match="'first' cannot be removed before those after it: 'second'"):
        first.close()
    second.close()
    first.close()
    assert ring.subscribers == ()


def test_a_subscriber_is_a_context_manager_that_leaves() -> None:
    ring = ring_of()
    with ring.register_subscriber() as subscriber:
        assert [*ring.subscribers] == [subscriber]
    assert [*ring.subscribers] == []


def test_names_are_made_up_and_unique() -> None:
    ring = ring_of()
    ring.register_subscriber(name="subscriber-0")
    assert [ring.register_subscriber().name for _ in range(2)] == ["subscriber-1", "subscriber-2"]


def test_a_diamond_is_read_upstream_first() -> None:
    ring = ring_of("a", "b")
    left, right = ring.register_subscriber(), ring.register_subscriber()
    last = ring.register_subscriber(after=(left, right))
    assert last.after == (left, right)
    left.update_sequence(1)
    with pytest.raises(
        WaitTimeout, match="sequence 0 was not processed upstream within the time-out: upstream is at -1"
    ):
        last.wait_for(0, timeout=0)
    right.update_sequence(0)
    assert last.wait_for(0, timeout=0) == 0
    with last.read() as batch:
        assert list(batch) == ["a"]


# --- reading -----------------------------------------------------------------------------------------------


def test_wait_for_returns_the_highest_that_may_be_read() -> None:
    ring = ring_of("a", "b", "c")
    subscriber = ring.register_subscriber()
    assert subscriber.wait_for(0) == 2
    assert ring.wait_for(0) == 0
    with pytest.raises(WaitTimeout, match="sequence 3 was not published within the time-out: the cursor is at 2"):
        subscriber.wait_for(3, timeout=0)


def test_update_sequence_marks_and_may_be_repeated() -> None:
    subscriber = ring_of("a", "b").register_subscriber()
    subscriber.update_sequence(1)
    subscriber.update_sequence(1)
    assert (subscriber.sequence, subscriber.lag) == (1, 0)


def test_reading_marks_when_the_block_ends() -> None:
    subscriber = ring_of("a", "b", "c").register_subscriber()
    with subscriber.read(max_events=2) as batch:
        assert (list(batch), batch[0], batch[0:2], len(batch)) == (["a", "b"], "a", ["a", "b"], 2)
        assert repr(batch) == "<Batch of 2, sequences 0..1>"
        assert subscriber.sequence == INITIAL
    assert subscriber.sequence == 1


def test_reading_marks_nothing_when_an_exception_ends_the_block() -> None:
    subscriber = ring_of("a", "b").register_subscriber()
    with pytest.raises(OSError), subscriber.read():
        raise OSError
    with subscriber.read() as batch:
        assert list(batch) == ["a", "b"]


def test_a_part_of_a_batch_can_be_released_early() -> None:
    ring = ring_of("a", "b", "c", "d")
    subscriber = ring.register_subscriber()
    with pytest.raises(OSError), subscriber.read():
        subscriber.update_sequence(1)
        assert ring.remaining_capacity == 2
        raise OSError
    with subscriber.read() as batch:
        assert list(batch.sequences) == [2, 3]


def test_an_event_is_processed_when_the_next_is_asked_for() -> None:
    ring = ring_of("a", "b")
    subscriber = ring.register_subscriber()
    loop = iter(subscriber)
    assert [(next(loop), subscriber.sequence) for _ in range(2)] == [("a", -1), ("b", 0)]


def test_leaving_a_loop_by_break_does_not_mark_the_event_in_hand() -> None:
    ring = ring_of("a", "b", "c")
    subscriber = ring.register_subscriber()
    for event in subscriber:
        if event == "b":
            break
    assert subscriber.sequence == 0
    for batch in subscriber.batches(max_events=1):
        assert list(batch) == ["b"]
        break
    assert subscriber.sequence == 0
    ring.close()
    assert list(subscriber) == ["b", "c"]


def test_voids_are_walked_past_wherever_they_are() -> None:
    ring = ring_of(capacity=8)
    subscriber = ring.register_subscriber()
    for word in "-a--b-":
        if word == "-":
            ring.claim().abandon()
        else:
            ring.publish(word)
    with subscriber.read() as batch:
        assert (list(batch), list(batch.sequences), batch.end) == (["a", "b"], [1, 4], 5)
    assert subscriber.sequence == 5


def test_a_ring_full_of_voids_stops_nobody() -> None:
    ring = ring_of(capacity=1)
    subscriber = ring.register_subscriber()
    ring.claim().abandon()
    with pytest.raises(WaitTimeout):
        subscriber.read(timeout=0).__enter__()
    assert subscriber.sequence == 0
    assert ring.publish("a", timeout=0) == 1


def test_voids_at_the_end_end_an_iteration_too() -> None:
    ring = ring_of("a")
    subscriber = ring.register_subscriber()
    ring.claim(2).abandon()
    ring.close()
    assert list(subscriber) == ["a"]
    assert subscriber.sequence == 2
    assert [list(batch) for batch in subscriber.batches()] == []


def test_reading_through_a_removed_subscriber_stops_at_the_next_event() -> None:
    ring = ring_of("a", "b")
    subscriber = ring.register_subscriber()
    loop = iter(subscriber)
    assert next(loop) == "a"
    subscriber.close()
    with pytest.raises(SubscriberClosed):
        next(loop)


# --- closing -----------------------------------------------------------------------------------------------


def test_after_close_subscribers_get_everything_and_then_their_iteration_ends() -> None:
    ring = ring_of("a")
    subscriber = ring.register_subscriber()
    claim = ring.claim()
    ring.close()
    ring.close()
    claim[0] = "b"
    claim.publish()
    assert list(subscriber) == ["a", "b"]
    with pytest.raises(DisruptorClosed, match="its last sequence is 1, not 2"):
        subscriber.read().__enter__()
    assert ring.get(1) == "b"


def test_one_may_join_a_closed_ring_and_read_what_is_left() -> None:
    ring = ring_of("a", "b")
    ring.close()
    assert list(ring.register_subscriber()) == ["a", "b"]


def test_halt_drains_nothing() -> None:
    ring = ring_of("a", "b")
    subscriber = ring.register_subscriber()
    loop = iter(subscriber)
    next(loop)
    ring.halt()
    with pytest.raises(DisruptorClosed, match="halted"):
        next(loop)
    with pytest.raises(DisruptorClosed, match="halted"):
        ring.publish("c")
    assert (ring.closed, ring.halted) == (True, True)


def test_a_with_block_closes_and_halts_if_an_exception_passes_through() -> None:
    with ring_of() as ring:
        ring.publish("a")
    assert (ring.closed, ring.halted) == (True, False)
    with pytest.raises(OSError), ring_of() as ring:
        raise OSError
    assert ring.halted


# --- looking -----------------------------------------------------------------------------------------------


def test_looking_shows_and_changes_nothing() -> None:
    ring = ring_of("a")
    subscriber = ring.register_subscriber(name="S")
    claim = ring.claim(2)
    for _ in range(2):
        assert (ring.capacity, ring.cursor, ring.claimed, ring.remaining_capacity) == (4, 0, 2, 1)
        assert (ring.has_available_capacity(1), ring.has_available_capacity(2)) == (True, False)
        assert (ring.subscribers, ring.closed, subscriber.sequence, subscriber.lag) == ((subscriber,), False, -1, 1)
        assert ring.getCursor() == 0
        assert repr(ring) == "<Disruptor of 4, by value, open: published 0, claimed 2, 1 subscriber>"
        assert repr(subscriber) == "<Subscriber 'S' at -1, 1 behind>"
        assert repr(claim) == "<Claim of 1..2, open>"
    behind = ring.register_subscriber(name="T", after=subscriber)
    assert repr(behind) == "<Subscriber 'T' after 'S' at -1, 1 behind>"
    behind.close()
    assert repr(behind) == "<Subscriber 'T' after 'S' at -1, removed>"
    claim.abandon()


def test_a_ring_of_one_slot_works() -> None:
    ring = ring_of(capacity=1)
    subscriber = ring.register_subscriber()
    for k in range(5):
        ring.publish(str(k), timeout=0)
        with subscriber.read(timeout=0) as batch:
            assert list(batch) == [str(k)]


def test_the_spellings_of_the_first_version_work() -> None:
    ring = ring_of("a")
    subscriber = ring.registerSubscriber()
    assert ring.waitFor(0) == 0
    ring.removeSubscriber(subscriber)
    assert ring.subscribers == ()


@pytest.mark.parametrize("first", [2**31 - 3, 2**32 - 3, 2**63 - 3, 2**80])
def test_sequences_go_on_past_the_width_of_machine_words(first: int) -> None:
    ring = ring_of()
    sequencer = ring._sequencer
    sequencer.claimed.value = sequencer.published.value = first - 1
    sequencer._limit = first + 3
    subscriber = ring.register_subscriber(start=Start.LATEST)
    for k in range(10):
        assert ring.publish(str(k)) == first + k
        with subscriber.read() as batch:
            assert list(batch.sequences) == [first + k]
    ring._check()


def test_a_loop_does_not_hand_out_what_was_marked_meanwhile() -> None:
    ring: Disruptor[list[int]] = Disruptor(4, list)
    subscriber = ring.register_subscriber()
    for k in range(4):
        ring.publish_event(lambda event, sequence, k=k: event.append(k))  # type: ignore[misc]
    loop = iter(subscriber)
    assert next(loop) == [0]
    subscriber.update_sequence(2)
    assert next(loop) == [3]
    assert subscriber.sequence == 2
