"""Joining, leaving and dependency graphs, one sentence of the specification a test."""

import sys
from collections.abc import Callable, Iterable

import pytest

from disruptor import (
    Disruptor,
    InsufficientCapacity,
    InvalidValue,
    OutdatedSequence,
    Start,
    Subscriber,
    SubscriberClosed,
    WaitTimeout,
)
from tests.api.snapshot import snapshot


def ring_of(words: str, capacity: int = 4) -> Disruptor[str]:
    ring: Disruptor[str] = Disruptor(capacity)
    for word in words:
        ring.publish(word)
    return ring


# --- where a joiner starts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("published", range(10))
@pytest.mark.parametrize("capacity", [1, 2, 4])
def test_the_earliest_start_is_the_oldest_that_cannot_have_been_overwritten(capacity: int, published: int) -> None:
    words = "abcdefghij"[:published]
    ring = ring_of(words, capacity)
    oldest = max(0, published - capacity)
    reader = ring.register_subscriber()
    assert reader.sequence == oldest - 1
    assert ring.register_subscriber(start=oldest).sequence == oldest - 1
    if oldest:
        before = snapshot(ring)
        with pytest.raises(OutdatedSequence, match=f"start {oldest - 1} .* oldest kept is {oldest}"):
            ring.register_subscriber(start=oldest - 1)
        assert snapshot(ring) == before
    ring.close()
    assert list(reader) == [*words[oldest:]]


def test_an_unfinished_claim_overwrites_as_soon_as_it_is_made() -> None:
    ring = ring_of("abcd")
    claim = ring.claim(3)  # sequences 4 to 6: slots 0 to 2
    with pytest.raises(OutdatedSequence, match="oldest kept is 3"):
        ring.register_subscriber(start=2)
    reader = ring.register_subscriber()
    claim.abandon()
    ring.close()
    assert list(reader) == ["d"]


def test_the_latest_start_is_the_first_not_yet_published_also_with_unfinished_claims() -> None:
    ring = ring_of("a")
    claims = [ring.claim() for _ in range(2)]
    reader = ring.register_subscriber(start=Start.LATEST)
    assert (reader.sequence, reader.lag) == (0, 0)
    for claim, word in zip(reversed(claims), "cb", strict=True):
        claim[0] = word
        claim.publish()
    ring.close()
    assert list(reader) == ["b", "c"]


def test_a_joiner_in_the_future_gates_from_there_and_is_shown_nothing_before() -> None:
    ring = ring_of("ab")
    reader = ring.register_subscriber(start=4)
    with pytest.raises(WaitTimeout):
        reader.read(timeout=0).__enter__()
    for word in "cdefgh":
        ring.publish(word, timeout=0)
    with pytest.raises(InsufficientCapacity, match=r"subscriber 'subscriber-0' is at 3"):
        ring.publish("i", timeout=0)
    with reader.read() as batch:
        assert list(batch) == [*"efgh"]


def test_a_joiner_in_the_future_of_a_ring_that_closes_before_ends_at_once() -> None:
    ring = ring_of("ab")
    reader = ring.register_subscriber(start=100)
    ring.close()
    assert list(reader) == []


def test_a_joiner_in_the_future_can_neither_go_back_nor_ahead() -> None:
    reader = ring_of("a").register_subscriber(start=3)
    reader.update_sequence(2)
    for wrong, message in ((1, "is at 2 and cannot go back to 1"), (3, "may read up to 0, not 3")):
        with pytest.raises(InvalidValue, match=message):
            reader.update_sequence(wrong)
    assert reader.sequence == 2


def test_a_joiner_is_not_shown_voids_from_before_it_came() -> None:
    ring = ring_of("a")
    ring.claim().abandon()
    ring.publish("c")
    reader = ring.register_subscriber()
    ring.close()
    assert list(reader) == ["a", "c"]


def test_joiners_do_not_disturb_each_other() -> None:
    ring = ring_of("abcdef")
    early, late = ring.register_subscriber(), ring.register_subscriber(start=5)
    with early.read(max_events=2) as batch:
        assert list(batch) == ["c", "d"]
    with late.read() as batch:
        assert list(batch) == ["f"]
    assert (early.sequence, late.sequence) == (3, 5)
    assert ring.remaining_capacity == 2


# --- after ---------------------------------------------------------------------------------------------------

Give = Callable[[Subscriber[str]], "Subscriber[str] | Iterable[Subscriber[str]]"]


@pytest.mark.parametrize(
    "give",
    [
        lambda upstream: upstream,
        lambda upstream: [upstream],
        lambda upstream: {upstream},
        lambda upstream: (one for one in [upstream]),
        lambda upstream: {upstream: "first"}.keys(),
        lambda upstream: [upstream, upstream],
    ],
    ids=["itself", "list", "set", "generator", "keys", "twice"],
)
def test_after_takes_a_subscriber_or_any_iterable_of_them(give: Give) -> None:
    ring = ring_of("ab")
    first = ring.register_subscriber()
    second = ring.register_subscriber(after=give(first))
    assert set(second.after) == {first}
    assert first.sequence == -1  # it was not iterated
    with pytest.raises(WaitTimeout, match="was not processed upstream"):
        second.read(timeout=0).__enter__()
    with first.read():
        pass
    with second.read(timeout=0) as batch:
        assert list(batch) == ["a", "b"]
    second.close()
    first.close()
    assert first._gate.followers.value == 0


def test_a_chain_hands_events_down_one_by_one() -> None:
    ring = ring_of("abcd")
    chain = [ring.register_subscriber(name="0")]
    for k in range(1, 4):
        chain.append(ring.register_subscriber(name=str(k), after=chain[-1]))
    for sequence in range(4):
        for place, reader in enumerate(chain):
            assert reader.wait_for(sequence, timeout=0) == (3 if place == 0 else sequence)
            reader.update_sequence(sequence)
            for below in chain[place + 1 :]:
                if below is not chain[place + 1]:
                    with pytest.raises(WaitTimeout):
                        below.wait_for(sequence, timeout=0)
    assert ring.remaining_capacity == 4


def test_marking_past_an_upstream_is_refused_and_changes_nothing() -> None:
    ring = ring_of("abc")
    first = ring.register_subscriber()
    second = ring.register_subscriber(name="second", after=first)
    first.update_sequence(1)
    before = snapshot(ring)
    with pytest.raises(InvalidValue, match="'second' may read up to 1, not 2"):
        second.update_sequence(2)
    assert snapshot(ring) == before
    second.update_sequence(1)


def test_an_upstream_has_processed_an_event_only_when_it_has_let_go_of_it() -> None:
    ring = ring_of("a")
    first = ring.register_subscriber()
    second = ring.register_subscriber(after=first)
    with first.read(), pytest.raises(WaitTimeout):
        second.read(timeout=0).__enter__()
    with second.read(timeout=0) as batch:
        assert list(batch) == ["a"]


def test_one_may_start_earlier_or_later_than_its_upstream() -> None:
    ring = ring_of("abcd")
    first = ring.register_subscriber(start=2)
    early = ring.register_subscriber(after=first)
    late = ring.register_subscriber(start=3, after=first)
    with early.read(timeout=0) as batch:
        assert list(batch) == ["a", "b"]  # the upstream began behind these: for it they are processed
    with pytest.raises(WaitTimeout):
        late.read(timeout=0).__enter__()
    with first.read():
        pass
    with late.read(timeout=0) as batch:
        assert list(batch) == ["d"]


def test_producers_wait_for_the_last_of_a_chain() -> None:
    ring = ring_of("", capacity=1)
    first = ring.register_subscriber()
    last = ring.register_subscriber(name="last", after=first)
    ring.publish("a")
    first.update_sequence(0)
    with pytest.raises(InsufficientCapacity, match="'last' is at -1"):
        ring.publish("b", timeout=0)
    last.update_sequence(0)
    assert ring.publish("b", timeout=0) == 1


# --- leaving -------------------------------------------------------------------------------------------------


def test_those_after_an_upstream_leave_before_it_and_a_refusal_changes_nothing() -> None:
    ring = ring_of("a")
    first = ring.register_subscriber(name="first")
    left, right = (ring.register_subscriber(name=name, after=first) for name in ("left", "right"))
    before = snapshot(ring)
    with pytest.raises(InvalidValue, match="'first' cannot be removed before those after it: 'left', 'right'"):
        ring.remove_subscriber(first)
    assert snapshot(ring) == before
    left.close()
    with pytest.raises(InvalidValue, match="before those after it: 'right'"):
        first.close()
    right.close()
    first.close()
    assert ring.subscribers == ()
    assert ring.publish_many("bcde", timeout=0) == range(1, 5)


def test_a_name_is_free_again_after_its_subscriber_has_left() -> None:
    ring = ring_of("")
    old = ring.register_subscriber(name="reader")
    old.close()
    new = ring.register_subscriber(name="reader")
    assert ring.subscribers == (new,)


def test_only_the_slowest_leaving_makes_room() -> None:
    ring = ring_of("abcd")
    slow, fast = ring.register_subscriber(), ring.register_subscriber()
    fast.update_sequence(2)
    assert ring.remaining_capacity == 0
    slow.close()
    assert ring.remaining_capacity == 3
    fast.close()
    assert ring.remaining_capacity == 4


def test_leaving_within_ones_own_batch_stops_gating_at_once() -> None:
    ring = ring_of("abcd")
    with ring.register_subscriber() as reader, reader.read() as batch:
        reader.close()
        ring.publish("e", timeout=0)
        assert list(batch) == [*"abcd"]
    with pytest.raises(SubscriberClosed):
        reader.read().__enter__()


def test_a_subscriber_may_leave_a_closed_and_a_halted_ring() -> None:
    for end in ("close", "halt"):
        ring = ring_of("a")
        reader = ring.register_subscriber()
        getattr(ring, end)()
        reader.close()
        assert (ring.subscribers, reader.closed) == ((), True)


def test_a_subscriber_leaves_its_block_also_by_an_exception() -> None:
    ring = ring_of("a")
    with pytest.raises(ZeroDivisionError), ring.register_subscriber():
        raise ZeroDivisionError
    assert ring.subscribers == ()


@pytest.mark.parametrize("start", [Start.EARLIEST, Start.LATEST, 0, 3])
def test_a_refused_joiner_leaves_no_gate_behind(start: Start | int) -> None:
    ring = ring_of("abcd")
    gone = ring.register_subscriber()
    gone.close()
    taken = ring.register_subscriber(name="taken", start=Start.LATEST)
    before = snapshot(ring)
    with pytest.raises(InvalidValue):
        ring.register_subscriber(start=start, after=taken, name="taken")
    for upstreams in ([gone], [taken, gone]):
        with pytest.raises(SubscriberClosed):
            ring.register_subscriber(start=start, after=upstreams)
    assert snapshot(ring) == before
    assert taken._gate.followers.value == 0
    assert len(ring._sequencer.gates) == 1


def test_a_wait_looks_at_each_subscriber_before_it_once_however_many_ways_lead_there() -> None:
    ring: Disruptor[str] = Disruptor(4)
    layer: tuple[Subscriber[str], ...] = ()
    for _ in range(40):  # two in each: 2 ** 40 ways
        layer = tuple(ring.register_subscriber(after=layer) for _ in range(2))
    with pytest.raises(WaitTimeout):
        layer[0].wait_for(0, timeout=0)
    last = layer[0]
    for _ in range(sys.getrecursionlimit()):
        last = ring.register_subscriber(after=last)
    with pytest.raises(WaitTimeout):
        last.wait_for(0, timeout=0)
