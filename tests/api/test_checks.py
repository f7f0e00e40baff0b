"""Does `_check` find a ring that is wrong, and say all that it knows?"""

from collections.abc import Callable

import pytest

from disruptor import Disruptor, Subscriber
from disruptor._sequence import Sequence
from disruptor._single import SingleSequencer


def ahead(ring: Disruptor[str]) -> None:
    ring._sequencer.claimed.value += 1


def behind(ring: Disruptor[str]) -> None:
    ring._sequencer.published.value -= 1


def a_gap(ring: Disruptor[str]) -> None:
    ring.claim(2).abandon()
    sequencer = ring._sequencer
    held = sequencer.hold(5, 1)
    assert held.last == 5
    sequencer.published.value = Sequence(3)


def too_much_room(ring: Disruptor[str]) -> None:
    ring._sequencer._limit = Sequence(99)


def a_void_to_come(ring: Disruptor[str]) -> None:
    ring._sequencer.voids.update([7])


@pytest.mark.parametrize("spoil", [ahead, behind, a_gap, too_much_room, a_void_to_come])
@pytest.mark.parametrize("producers", ["multi", "single"])
def test_a_ring_that_is_wrong_is_found_out(spoil: Callable[[Disruptor[str]], None], producers: str) -> None:
    ring: Disruptor[str] = Disruptor(8, producers=producers)
    subscriber: Subscriber[str] = ring.register_subscriber(name="reader")
    ring.publish_many("abc")
    subscriber.update_sequence(1)
    ring._check()
    spoil(ring)
    with pytest.raises(AssertionError, match=r"claimed=\d+ published=\d+ capacity=8 limit=.* positions={'reader': 1}"):
        ring._check()


@pytest.mark.parametrize("what", ["beyond", "out of order", "busy"])
def test_a_producer_that_may_publish_too_much_without_the_lock_is_found_out(what: str) -> None:
    ring: Disruptor[str] = Disruptor(8, producers="single")
    ring.publish("a")
    sequencer = ring._sequencer
    assert isinstance(sequencer, SingleSequencer)
    ring._check()
    if what == "beyond":
        sequencer.role.limit.value += 1
    elif what == "busy":
        sequencer.role.busy.value = 1
    else:
        limit = sequencer.role.limit.value
        ring.claim().abandon()
        sequencer.role.limit.value = limit
    with pytest.raises(AssertionError, match=r"limit=\d+ within=\d+ busy=(True|False|0|1) held="):
        ring._check()
