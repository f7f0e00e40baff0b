"""Abandoned claims, one sentence of the specification a test; both ways of holding events where both have it."""

import gc
import weakref

import pytest

from disruptor import ClaimClosed, Disruptor, SequenceVoid
from tests.api.snapshot import snapshot


class Half(Exception):
    """What stops a producer half way."""


def by_value(capacity: int = 4) -> Disruptor[str]:
    return Disruptor(capacity)


def in_place(capacity: int = 4) -> Disruptor[list[str]]:
    return Disruptor(capacity, list)


@pytest.mark.parametrize("error", [Half, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_whatever_ends_the_block_of_a_claim_other_than_its_end_voids_it(error: type[BaseException]) -> None:
    ring = by_value()
    with pytest.raises(error), ring.claim(2) as claim:
        claim[0], claim[1] = "a", "b"
        raise error
    for sequence in range(2):
        with pytest.raises(SequenceVoid, match=f"sequence {sequence} is void"):
            ring.get(sequence)
    assert ring.cursor == 1


def test_an_exception_after_publishing_within_the_block_changes_nothing() -> None:
    ring = by_value()
    with pytest.raises(Half), ring.claim() as claim:
        claim[0] = "a"
        claim.publish()
        raise Half
    assert ring.get(0) == "a"


def test_abandoning_a_published_claim_does_nothing() -> None:
    ring = by_value()
    with ring.claim() as claim:
        claim[0] = "a"
    before = snapshot(ring)
    claim.abandon()
    assert snapshot(ring) == before


def test_publishing_an_abandoned_claim_is_refused_and_changes_nothing() -> None:
    ring = by_value()
    claim = ring.claim()
    claim[0] = "a"
    claim.abandon()
    before = snapshot(ring)
    with pytest.raises(ClaimClosed, match=r"<Claim of 0\.\.0, finished>"):
        claim.publish()
    assert snapshot(ring) == before


def test_a_slot_whose_claim_was_abandoned_shows_neither_the_new_event_nor_the_one_of_the_lap_before() -> None:
    ring = by_value(2)
    ring.publish_many("ab")
    claim = ring.claim()
    claim[0] = "c"
    claim.abandon()
    with pytest.raises(SequenceVoid):
        ring.get(2)
    joiner = ring.register_subscriber()
    ring.close()
    assert list(joiner) == ["b"]


def test_an_abandoned_claim_in_place_leaves_its_objects_to_nobody() -> None:
    ring = in_place(2)
    with pytest.raises(Half), ring.claim(2) as claim:
        spoilt = [claim[0], claim[1]]
        spoilt[0].append("half")
        raise Half
    with ring.claim(2) as claim:
        assert not any(event is other for event in claim for other in spoilt)
        assert list(claim) == [[], []]


@pytest.mark.parametrize("fails_at", range(3))
def test_a_factory_that_fails_while_a_claim_is_made_voids_all_of_it(fails_at: int) -> None:
    left: list[int] = []

    def factory() -> list[str]:
        if left:
            left[0] -= 1
            if left[0] < 0:
                raise MemoryError("no event")
        return []

    ring = Disruptor(4, factory)
    with pytest.raises(Half), ring.claim(3):
        raise Half
    with ring.claim():
        pass
    left.append(fails_at)
    with pytest.raises(MemoryError, match="no event"):
        ring.claim(3)
    assert (ring.cursor, ring.claimed) == (6, 6)
    left.clear()
    with ring.claim(4) as claim:
        claim[0].append("whole")
    assert [ring.get(sequence) for sequence in range(7, 11)] == [["whole"], [], [], []]
    ring._check()


def test_a_forgotten_claim_in_place_is_abandoned_and_its_objects_are_replaced() -> None:
    ring = in_place(1)
    claim = ring.claim()
    claim[0].append("half")
    del claim
    gc.collect()
    assert (ring.cursor, ring.claimed) == (0, 0)
    ring.publish_event(lambda event, sequence: event.append("whole"))
    assert ring.get(1) == ["whole"]


def test_a_claim_that_is_forgotten_in_a_cycle_is_abandoned_when_it_is_collected() -> None:
    ring: Disruptor[object] = Disruptor(4)
    claim = ring.claim()
    claim[0] = [claim]
    gone = weakref.ref(claim)
    del claim
    gc.collect()
    assert gone() is None
    assert (ring.cursor, ring.claimed) == (0, 0)


def test_a_finished_claim_that_is_forgotten_changes_nothing() -> None:
    ring = by_value()
    with ring.claim() as claim:
        claim[0] = "a"
    before = snapshot(ring)
    del claim
    gc.collect()
    assert snapshot(ring) == before
