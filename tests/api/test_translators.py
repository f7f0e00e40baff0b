"""What users hand in and the ring calls, factories and translators: it may raise, and it may use the ring.

The scripted lock fails at once where user code runs under the lock and uses the ring: on real threads that would hang.
"""

from collections.abc import Callable

import pytest

from disruptor import (
    Disruptor,
    DisruptorClosed,
    InsufficientCapacity,
    InvalidType,
    InvalidValue,
    SelfDeadlock,
    SequenceVoid,
    WaitTimeout,
)
from tests.api.scripted import Scripted

Ints = Disruptor[list[int]]


class Oops(Exception):
    """What user code raises."""


def in_place(capacity: int = 2) -> Ints:
    return Disruptor(capacity, list, runtime=Scripted())


def fill(event: list[int], sequence: int) -> None:
    event[:] = [sequence]


# --- factories -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", range(4))
@pytest.mark.parametrize("error", [Oops, KeyboardInterrupt])
def test_a_factory_that_raises_at_the_kth_slot_is_not_asked_again(k: int, error: type[BaseException]) -> None:
    asked: list[int] = []

    def factory() -> int:
        asked.append(len(asked))
        if len(asked) > k:
            raise error(f"no event {k}")
        return 0

    with pytest.raises(error, match=f"no event {k}"):
        Disruptor(4, factory)
    assert asked == [*range(k + 1)]


def test_a_factory_is_not_asked_when_something_else_is_wrong() -> None:
    def factory() -> int:
        raise AssertionError("asked")

    with pytest.raises(InvalidValue):
        Disruptor(3, factory)
    with pytest.raises(InvalidValue):
        Disruptor(4, factory, multiproc=True, max_subscribers=0)


def test_a_factory_may_return_whatever_it_likes_even_none() -> None:
    ring = Disruptor(2, lambda: None)
    reader = ring.register_subscriber()
    assert ring.publish_event(lambda event, sequence: None) == 0
    with reader.read() as batch:
        assert list(batch) == [None]


# --- translators ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [Oops, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_translator_that_raises_makes_its_sequence_void_whatever_it_raises(error: type[BaseException]) -> None:
    ring = in_place()
    reader = ring.register_subscriber()

    def half(event: list[int], sequence: int) -> None:
        event.append(-1)
        raise error("half")

    with pytest.raises(error, match="half"):
        ring.publish_event(half)
    with pytest.raises(SequenceVoid):
        ring.get(0)
    ring.publish_event(fill)
    ring.close()
    assert list(reader) == [[1]]
    ring._check()


Use = Callable[[Ints], object]


@pytest.mark.parametrize(
    ("use", "error", "message"),
    [
        (lambda ring: ring.publish_event(fill), SelfDeadlock, r"holds the claim of 0\.\.0"),
        (lambda ring: ring.claim(), SelfDeadlock, r"holds the claim of 0\.\.0"),
        (lambda ring: ring.publish_event(fill, timeout=9), InsufficientCapacity, "0 of 1 slots are free"),
        (lambda ring: ring.wait_for(0), SelfDeadlock, "sequence 0 waits for the claim"),
        (lambda ring: ring.wait_for(0, timeout=9), WaitTimeout, "the cursor is at -1"),
        (lambda ring: next(iter(ring.subscribers[0])), SelfDeadlock, "sequence 0 waits for the claim"),
        (lambda ring: ring.get(0), LookupError, "not published yet"),
        (lambda ring: ring.publish([7]), InvalidType, "use publish_event or claim"),
        (lambda ring: ring.subscribers[0].update_sequence(0), ValueError, "may read up to -1, not 0"),
    ],
)
def test_a_translator_that_would_wait_for_itself_is_told_and_its_sequence_is_void(
    use: Use, error: type[Exception], message: str
) -> None:
    ring = in_place(1)
    reader = ring.register_subscriber()
    with pytest.raises(error, match=message):
        ring.publish_event(lambda event, sequence: use(ring))
    assert (ring.cursor, ring.claimed) == (0, 0)
    reader.update_sequence(0)
    assert ring.publish_event(fill, timeout=0) == 1
    ring._check()


def test_a_translator_may_look_join_leave_and_mark() -> None:
    ring = in_place(4)
    ring.publish_event(fill)

    def translate(event: list[int], sequence: int) -> None:
        with ring.register_subscriber() as guest, guest.read() as batch:
            assert [*batch] == [[0]]
        event[:] = [sequence, ring.cursor, ring.claimed, ring.remaining_capacity]

    ring.publish_event(translate)
    assert ring.get(1) == [1, 0, 1, 3]


@pytest.mark.parametrize("end", ["close", "halt"])
def test_a_translator_may_end_the_ring_and_its_event_is_still_published(end: str) -> None:
    ring = in_place()

    def translate(event: list[int], sequence: int) -> None:
        getattr(ring, end)()
        fill(event, sequence)

    assert ring.publish_event(translate) == 0
    assert ring.get(0) == [0]
    with pytest.raises(DisruptorClosed):
        ring.publish_event(fill)


def test_translators_within_translators_are_shown_in_the_order_of_their_sequences() -> None:
    ring = in_place(4)
    reader = ring.register_subscriber()

    def nested(event: list[int], sequence: int) -> None:
        if sequence < 3:
            ring.publish_event(nested)
        assert ring.cursor == -1
        fill(event, sequence)

    ring.publish_event(nested)
    with reader.read() as batch:
        assert list(batch) == [[0], [1], [2], [3]]


def test_a_translator_that_raises_around_another_voids_only_its_own() -> None:
    ring = in_place(4)
    reader = ring.register_subscriber()

    def outer(event: list[int], sequence: int) -> None:
        ring.publish_event(fill)
        raise Oops

    with pytest.raises(Oops):
        ring.publish_event(outer)
    with reader.read() as batch:
        assert (list(batch), list(batch.sequences)) == ([[1]], [1])
