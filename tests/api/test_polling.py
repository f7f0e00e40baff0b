"""What does `poll` give, and what does it say when there is nothing?"""

from typing import final

import pytest

from disruptor import (
    Batch,
    Disruptor,
    DisruptorBroken,
    DisruptorClosed,
    InvalidValue,
    Poll,
    Subscriber,
    SubscriberBusy,
    SubscriberClosed,
)
from disruptor._cell import Cell
from tests.api.scripted import Scripted


def ring_of(capacity: int = 4) -> tuple[Disruptor[str], Subscriber[str]]:
    ring: Disruptor[str] = Disruptor(capacity)
    return ring, ring.register_subscriber(name="S")


def told(subscriber: Subscriber[str]) -> Poll | list[str]:
    with subscriber.poll() as found:
        return found if isinstance(found, Poll) else list(found)


def test_a_batch_is_marked_when_its_block_ends() -> None:
    ring, subscriber = ring_of()
    ring.publish_many(["a", "b", "c"])
    with subscriber.poll(2) as found:
        assert isinstance(found, Batch)
        assert (list(found), list(found.sequences)) == (["a", "b"], [0, 1])
        assert subscriber.sequence == -1
    assert subscriber.sequence == 1
    assert told(subscriber) == ["c"]


def test_nothing_is_marked_when_the_block_raises() -> None:
    ring, subscriber = ring_of()
    ring.publish("a")
    with pytest.raises(ZeroDivisionError), subscriber.poll():
        raise ZeroDivisionError
    assert subscriber.sequence == -1
    assert told(subscriber) == ["a"]


def test_there_is_nothing_and_then_the_end() -> None:
    ring, subscriber = ring_of()
    assert told(subscriber) is Poll.IDLE
    ring.publish("a")
    ring.close()
    assert told(subscriber) == ["a"]
    assert told(subscriber) is Poll.CLOSED
    assert told(subscriber) is Poll.CLOSED


def test_an_upstream_holds_it_up() -> None:
    ring, first = ring_of()
    second = ring.register_subscriber(after=first)
    assert told(second) is Poll.IDLE
    ring.publish("a")
    assert told(second) is Poll.GATED
    ring.close()
    assert told(second) is Poll.GATED
    assert told(first) == ["a"]
    assert told(second) == ["a"]
    assert told(second) is Poll.CLOSED


def test_it_gates_producers_from_its_registration_on() -> None:
    ring, _ = ring_of(1)
    ring.publish("a")
    assert ring.remaining_capacity == 0


def test_voids_are_walked_past() -> None:
    ring, subscriber = ring_of(1)
    ring.claim().abandon()
    assert told(subscriber) is Poll.IDLE
    assert subscriber.sequence == 0
    ring.publish("a", timeout=0)


def test_an_unfinished_claim_is_not_published() -> None:
    ring, subscriber = ring_of()
    claim = ring.claim()
    ring.close()
    assert told(subscriber) is Poll.IDLE
    claim.abandon()
    assert told(subscriber) is Poll.CLOSED


def test_the_turn_is_taken_while_there_is_a_batch_in_hand_and_only_then() -> None:
    ring, subscriber = ring_of()
    with subscriber.poll() as nothing, subscriber.poll() as again:
        assert nothing is again is Poll.IDLE
    ring.publish("a")
    polling = subscriber.poll()
    with polling:
        with pytest.raises(SubscriberBusy), subscriber.poll():
            pass
        subscriber.update_sequence(0)  # a part of it early
    with polling as found:
        assert found is Poll.IDLE


def test_what_is_halted_removed_or_broken_is_refused() -> None:
    ring, subscriber = ring_of()
    behind = ring.register_subscriber(after=subscriber)
    ring.publish("a")
    ring.fail_subscriber(subscriber, ValueError("a"))
    for reader in (subscriber, behind):
        with pytest.raises(DisruptorBroken), reader.poll():
            pass
    ring.halt()
    with pytest.raises(DisruptorClosed), behind.poll():
        pass
    ring.start()
    assert told(subscriber) == told(behind) == ["a"]
    behind.close()
    with pytest.raises(SubscriberClosed), behind.poll():
        pass


@pytest.mark.parametrize("most", [0, -1])
def test_a_wrong_number_is_told_at_once(most: int) -> None:
    _, subscriber = ring_of()
    with pytest.raises(InvalidValue, match=f"max_events must be in .* not {most}"):
        subscriber.poll(most)


def test_an_open_ring_is_looked_at_without_the_lock() -> None:
    ring: Disruptor[str] = Disruptor(4, runtime=Scripted())
    first = ring.register_subscriber()
    second = ring.register_subscriber(after=first)
    with ring._sequencer.lock:  # to take it once more would fail
        assert told(second) is Poll.IDLE
    ring.publish_many(["a", "b"])
    for k in range(2):
        with ring._sequencer.lock:
            assert told(second) is Poll.GATED
        first.update_sequence(k)
        assert told(second) == ["ab"[k]]


@final
class Late:
    """A cursor that moves as soon as somebody has looked at it."""

    def __init__(self, cell: Cell, value: int) -> None:
        self._cell, self._late = cell, [value]

    @property
    def value(self) -> int:
        return self._late.pop() if self._late else self._cell.value


def test_what_is_published_while_one_looks_is_not_taken_for_nothing() -> None:
    ring, first = ring_of()
    second = ring.register_subscriber(after=first)
    ring.publish("a")
    ring._sequencer.published = Late(ring._sequencer.published, -1)  # type: ignore[assignment]  # nobody stores to it here
    assert told(second) is Poll.GATED
