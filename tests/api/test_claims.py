"""Claims, one sentence of the specification a test; both ways of holding events where both have it."""

import weakref
from typing import Any

import pytest

from disruptor import Claim, ClaimClosed, Disruptor, InsufficientCapacity, InvalidValue
from tests.api.snapshot import snapshot


class Half(Exception):
    """What stops a producer half way."""


def by_value(capacity: int = 4) -> Disruptor[str]:
    return Disruptor(capacity)


def in_place(capacity: int = 4) -> Disruptor[list[str]]:
    return Disruptor(capacity, list)


# --- as a sequence -----------------------------------------------------------------------------------------


def test_a_claim_is_a_sequence_of_its_events() -> None:
    with by_value().claim(3) as claim:
        claim[0] = "a"
        claim[-1] = "c"
        claim[1] = "b"
        assert (list(claim), list(reversed(claim)), len(claim)) == (["a", "b", "c"], ["c", "b", "a"], 3)
        assert ("b" in claim, claim.index("c"), claim.count("a"), claim[-3]) == (True, 2, 1, "a")
        assert (list(claim[:2]), list(claim[::-1]), list(claim[3:])) == (["a", "b"], ["c", "b", "a"], [])


def test_an_event_may_be_set_again_before_the_claim_is_published() -> None:
    ring = by_value()
    with ring.claim(2) as claim:
        claim[0] = "first thought"
        claim[0] = "a"
        claim[1] = "b"
    assert [ring.get(0), ring.get(1)] == ["a", "b"]


def test_none_is_an_event_like_any_other() -> None:
    ring: Disruptor[None] = Disruptor(4)
    with ring.claim() as claim:
        claim[0] = None
    assert ring.get(0) is None


def test_a_slice_cannot_be_set() -> None:
    ring = by_value()
    claim = ring.claim()
    claim[0] = "a"
    one: Any = slice(0, 1)  # the type checker would refuse it
    with pytest.raises(TypeError):
        claim[one] = ["a", "b"]  # type: ignore[assignment]  # on purpose
    assert len(claim) == 1
    claim.publish()
    ring._check()


def test_a_claim_in_place_is_a_sequence_of_the_rings_own_objects() -> None:
    ring = in_place()
    with ring.claim(2) as claim:
        claim[-1].append("b")
        first = claim[0]
    assert ring.get(0) is first
    assert ring.get(1) == ["b"]


@pytest.mark.parametrize("n", [1, 2, 4])
@pytest.mark.parametrize("before", range(6))
def test_a_claim_of_n_is_n_contiguous_sequences_also_around_the_end_of_the_ring(n: int, before: int) -> None:
    ring: Disruptor[int] = Disruptor(4)
    for k in range(before):
        ring.publish(k)
    with ring.claim(n) as claim:
        for k, sequence in enumerate(claim.sequences):
            claim[k] = sequence
    assert claim.sequences == range(before, before + n)
    assert (ring.cursor, ring.claimed) == (before + n - 1, before + n - 1)
    assert [ring.get(sequence) for sequence in claim.sequences] == [*claim.sequences]


# --- publishing --------------------------------------------------------------------------------------------


def test_a_claim_is_visible_all_at_once_and_not_before() -> None:
    ring = by_value()
    reader = ring.register_subscriber()
    with ring.claim(3) as claim:
        for k in range(3):
            claim[k] = "abc"[k]
            assert (ring.cursor, reader.lag) == (-1, 0)
            with pytest.raises(LookupError):
                ring.get(k)
    assert reader.wait_for(0, timeout=0) == 2


def test_claims_published_in_reverse_order_are_shown_in_order() -> None:
    ring = by_value()
    reader = ring.register_subscriber()
    claims = [ring.claim() for _ in range(4)]
    for claim, word in zip(claims, "abcd", strict=True):
        claim[0] = word
    for claim in reversed(claims[1:]):
        claim.publish()
        assert ring.cursor == -1
        with pytest.raises(TimeoutError):
            reader.wait_for(0, timeout=0)
    claims[0].publish()
    with reader.read() as batch:
        assert list(batch) == [*"abcd"]
    ring._check()


@pytest.mark.parametrize("abandoned", range(3))
@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_an_abandoned_claim_is_walked_past_in_whatever_order_claims_are_finished(
    abandoned: int, order: tuple[int, ...]
) -> None:
    ring = by_value(8)
    reader = ring.register_subscriber()
    claims = [ring.claim(n) for n in (2, 1, 3)]
    finished: set[int] = set()
    for k in order:
        if k == abandoned:
            claims[k].abandon()
        else:
            for index in range(len(claims[k])):
                claims[k][index] = f"{k}.{index}"
            claims[k].publish()
        finished.add(k)
        lowest = min({0, 1, 2, 3} - finished)
        assert ring.cursor == (-1, 1, 2, 5)[lowest]
        ring._check()
    expected = [f"{k}.{index}" for k in range(3) if k != abandoned for index in range(len(claims[k]))]
    with reader.read() as batch:
        assert list(batch) == expected
    assert reader.sequence == 5


def test_a_nested_claim_is_shown_once_the_outer_one_is_published() -> None:
    ring = by_value()
    with ring.claim() as outer:
        with ring.claim() as inner:
            inner[0] = "inner"
        assert ring.cursor == -1
        outer[0] = "outer"
    assert (ring.cursor, ring.get(0), ring.get(1)) == (1, "outer", "inner")


def test_a_claim_may_be_handed_out_and_published_without_a_block() -> None:
    ring = by_value()
    claim = ring.claim(2)
    claim[0], claim[1] = "a", "b"
    assert (claim.open, claim.publish(), claim.open) == (True, range(2), False)
    assert ring.cursor == 1


def test_an_event_set_after_publishing_is_refused_and_changes_nothing() -> None:
    ring = by_value()
    claim = ring.claim()
    claim[0] = "a"
    claim.publish()
    with pytest.raises(ClaimClosed):
        claim[0] = "b"
    assert ring.get(0) == "a"


def test_what_a_finished_claim_in_place_held_is_no_longer_given_out() -> None:
    ring = in_place()
    with ring.claim() as claim:
        pass
    with pytest.raises(ClaimClosed):
        claim[0].append("late")
    with pytest.raises(ClaimClosed):
        list(claim)
    assert (len(claim), claim.sequences) == (1, range(1))


# --- running out of room -----------------------------------------------------------------------------------


def test_a_claim_that_times_out_never_held_a_sequence() -> None:
    ring = by_value()
    reader = ring.register_subscriber()
    ring.publish_many("abc")
    before = snapshot(ring)
    for n in (2, 3, 4):
        with pytest.raises(InsufficientCapacity, match=f"no room for {n} within the time-out: 1 of 4 slots are free"):
            ring.claim(n, timeout=0)
    assert snapshot(ring) == before
    claim: Claim[str] = ring.claim(1, timeout=0)
    assert claim.sequences == range(3, 4)
    reader.update_sequence(2)
    assert ring.claim(3, timeout=0).sequences == range(4, 7)


def test_unfinished_claims_hold_producers_back_with_and_without_subscribers() -> None:
    for subscribers in range(2):
        ring = by_value(2)
        for _ in range(subscribers):
            ring.register_subscriber()
        claims = [ring.claim(), ring.claim()]
        with pytest.raises(InsufficientCapacity):
            ring.publish("c", timeout=0)
        claims[1].abandon()  # the lower one still holds
        with pytest.raises(InsufficientCapacity):
            ring.publish("c", timeout=0)
        claims[0].abandon()
        if subscribers:
            ring.subscribers[0].update_sequence(1)
        assert ring.publish("c", timeout=0) == 2


def test_a_claim_with_nothing_set_is_abandoned_when_its_block_ends() -> None:
    ring = by_value()
    with (
        pytest.raises(InvalidValue, match="a claim of 4 was to be published with 4 of its events not set"),
        ring.claim(4),
    ):
        pass
    assert (ring.cursor, ring.claimed) == (3, 3)
    ring._check()


# --- afterwards ------------------------------------------------------------------------------------------------


def test_a_finished_claim_keeps_none_of_its_events() -> None:
    class Event:
        pass

    ring: Disruptor[Event] = Disruptor(8, clear=True)
    reader = ring.register_subscriber()
    there = weakref.WeakSet[Event]()
    published, abandoned, incomplete = ring.claim(), ring.claim(2), ring.claim(2)
    for claim in (published, abandoned, incomplete):
        claim[0] = Event()
        there.add(claim[0])
    published.publish()
    abandoned.abandon()
    with pytest.raises(InvalidValue, match="a claim of 2 was to be published with 1 of its events not set"):
        incomplete.publish()
    assert len(there) == 1
    reader.update_sequence(0)
    assert len(there) == 0
    assert [len(published), len(abandoned), abandoned.sequences] == [1, 2, range(1, 3)]
    assert repr(abandoned) == "<Claim of 1..2, finished>"
    with pytest.raises(ClaimClosed, match="is already finished"):
        abandoned[0]


def test_what_a_claim_lets_go_of_is_dropped_without_the_lock() -> None:
    ring: Disruptor[object] = Disruptor(4)
    locked: list[bool] = []

    class Event:
        def __del__(self) -> None:
            locked.append(ring._sequencer.lock.locked())

    claim = ring.claim()
    claim[0] = Event()
    claim.abandon()
    assert locked == [False]
