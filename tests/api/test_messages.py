"""What errors and pictures say, word by word, where a mutant of the words would go unseen."""

import re

import pytest

from disruptor import Disruptor, DisruptorClosed, InsufficientCapacity, InvalidType, WaitTimeout
from tests.api.scripted import Scripted


def by_value(capacity: int = 4) -> Disruptor[str]:
    return Disruptor(capacity, runtime=Scripted())


def exactly(text: str) -> str:
    return f"^{re.escape(text)}$"


def test_a_wait_on_a_halted_ring_says_so() -> None:
    ring = by_value()
    ring.publish("a")
    ring.halt()
    with pytest.raises(DisruptorClosed, match=exactly("the ring is halted")):
        ring.wait_for(0)


def test_a_wait_for_what_is_not_published_shows_the_cursor() -> None:
    ring = by_value()
    ring.publish("a")
    message = "sequence 1 was not published within the time-out: the cursor is at 0"
    with pytest.raises(WaitTimeout, match=exactly(message)):
        ring.wait_for(1, timeout=1)


def test_a_wait_for_what_is_not_published_says_that_the_ring_is_closing() -> None:
    ring = by_value()
    claim = ring.claim()
    ring.close()
    message = "sequence 0 was not published within the time-out: the cursor is at -1 (and the ring is closing)"
    with pytest.raises(WaitTimeout, match=exactly(message)):
        ring.wait_for(0, timeout=1)
    claim.abandon()


def test_a_wait_for_what_is_published_and_not_processed_shows_how_far_the_upstream_is() -> None:
    ring = by_value()
    upstream = ring.register_subscriber()
    downstream = ring.register_subscriber(after=upstream)
    ring.publish_many("ab")
    upstream.update_sequence(0)
    message = "sequence 1 was not processed upstream within the time-out: upstream is at 0"
    with pytest.raises(WaitTimeout, match=exactly(message)):
        downstream.wait_for(1, timeout=1)


def test_no_room_names_all_that_are_in_the_way() -> None:
    ring = by_value(1)
    ring.register_subscriber(name="one")
    ring.register_subscriber(name="two")
    ring.publish("a")
    message = "no room for 1 within the time-out: 0 of 1 slots are free; subscriber 'one', 'two' is at -1"
    with pytest.raises(InsufficientCapacity, match=exactly(message)):
        ring.publish("b", timeout=0)


def test_replacing_an_object_in_place_says_what_to_do_instead() -> None:
    ring: Disruptor[list[str]] = Disruptor(2, list, runtime=Scripted())
    message = "the events of this ring are in place: change claim[index], do not replace it"
    with ring.claim() as claim, pytest.raises(InvalidType, match=exactly(message)):
        claim[0] = []


def test_a_subscriber_shows_all_its_upstreams() -> None:
    ring = by_value()
    upstreams = [ring.register_subscriber(name=name) for name in ("one", "two")]
    both = ring.register_subscriber(name="both", after=upstreams)
    assert repr(both) == "<Subscriber 'both' after 'one', 'two' at -1, 0 behind>"


def test_an_event_that_is_not_set_shows_as_that() -> None:
    claim = by_value().claim(2)
    claim[0] = "a"
    assert repr(claim._events) == "['a', <not set>]"
    claim.abandon()
