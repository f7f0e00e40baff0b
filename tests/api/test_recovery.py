"""What is voided after an interrupt, and what is not: neither what others hold, nor what is published.

Here the interrupt strikes at a named place, by a `KeyboardInterrupt` out of the runtime's own cells.
"""

import pytest

from disruptor import Disruptor
from disruptor._cell import Cell
from disruptor._override import override
from tests.api.scripted import Scripted


class Trapped:
    """A cell that raises when it is armed and loaded, or stored to: before that, or after."""

    def __init__(self, value: int) -> None:
        self.held = value
        self.armed = ""

    def _strike(self, access: str) -> None:
        if self.armed == access:
            self.armed = ""
            raise KeyboardInterrupt

    @property
    def value(self) -> int:
        self._strike("load")
        return self.held

    @value.setter
    def value(self, value: int) -> None:
        self._strike("store")
        self.held = value
        self._strike("stored")


class World(Scripted):
    """A runtime whose cells can be armed."""

    @override
    def cell(self, value: int) -> Cell:
        return Trapped(value)


def arm(cell: Cell, access: str) -> None:
    assert isinstance(cell, Trapped)
    cell.armed = access


@pytest.fixture
def ring() -> Disruptor[str]:
    return Disruptor(8, runtime=World())


def test_a_claim_that_is_interrupted_before_it_is_shown_voids_itself_and_none_that_came_later(
    ring: Disruptor[str],
) -> None:
    reader = ring.register_subscriber()
    one, two = ring.claim(2), ring.claim(2)
    one[0], one[1], two[0], two[1] = "abcd"
    arm(ring._sequencer.published, "store")
    with pytest.raises(KeyboardInterrupt):
        one.publish()
    assert (ring.cursor, ring.claimed) == (1, 3)
    assert set(ring._sequencer.voids) == {0, 1}
    two.publish()
    ring._check()
    with reader.read() as batch:
        assert (list(batch), list(batch.sequences)) == (["c", "d"], [2, 3])


def test_what_was_published_before_is_not_voided_by_an_interrupt(ring: Disruptor[str]) -> None:
    reader = ring.register_subscriber()
    ring.publish_many(["a", "b"])
    arm(ring._sequencer.published, "store")
    with pytest.raises(KeyboardInterrupt):
        ring.publish("c")
    assert set(ring._sequencer.voids) == {2}
    with reader.read() as batch:
        assert list(batch) == ["a", "b"]


@pytest.mark.parametrize("n", [1, 2])
def test_a_claim_that_is_interrupted_after_it_was_shown_stays_published(ring: Disruptor[str], n: int) -> None:
    reader = ring.register_subscriber()
    claim = ring.claim(n)
    for k in range(n):
        claim[k] = "ab"[k]
    arm(ring._sequencer.news.sleepers, "load")  # everything is done but the waking
    with pytest.raises(KeyboardInterrupt):
        claim.publish()
    assert ring.cursor == n - 1
    assert not ring._sequencer.voids
    assert ring._sequencer._done == {}
    with reader.read() as batch:
        assert list(batch) == ["a", "b"][:n]


def test_a_claim_that_is_interrupted_while_an_earlier_one_is_open_is_finished_once(ring: Disruptor[str]) -> None:
    reader = ring.register_subscriber()
    one, two = ring.claim(), ring.claim()
    one[0], two[0] = "ab"
    arm(ring._sequencer.news.sleepers, "load")
    with pytest.raises(KeyboardInterrupt):
        two.publish()
    assert ring.cursor == -1
    assert not ring._sequencer.voids
    one.publish()
    ring._check()
    with reader.read() as batch:
        assert list(batch) == ["a", "b"]


@pytest.mark.parametrize("end", ["close", "halt"])
def test_what_two_interrupts_have_stranded_is_voided_when_the_ring_is_closed(ring: Disruptor[str], end: str) -> None:
    with ring._sequencer.lock:
        ring._sequencer.take(2, None)  # and neither `publish` nor `recover`
    getattr(ring, end)()
    assert (ring.cursor, set(ring._sequencer.voids)) == (1, {0, 1})
    ring._check()


def test_what_two_interrupts_have_stranded_is_voided_by_the_next_claim(ring: Disruptor[str]) -> None:
    with ring._sequencer.lock:
        ring._sequencer.take(2, None)
    assert ring.publish("a") == 2
    assert set(ring._sequencer.voids) == {0, 1}
    ring._check()


def test_claims_that_were_shown_by_an_interrupted_call_are_forgotten(ring: Disruptor[str]) -> None:
    reader = ring.register_subscriber()
    one, two = ring.claim(), ring.claim()
    one[0], two[0] = "ab"
    two.publish()
    arm(ring._sequencer.published, "stored")  # both are shown, and both are still noted as finished
    with pytest.raises(KeyboardInterrupt):
        one.publish()
    assert ring.cursor == 1
    assert (ring._sequencer._done, ring._sequencer._held) == ({}, {})
    ring._check()
    with reader.read() as batch:
        assert list(batch) == ["a", "b"]


@pytest.mark.parametrize("n", [1, 3])
def test_what_an_interrupt_has_voided_is_counted(ring: Disruptor[str], n: int) -> None:
    ring.claim(2).abandon()
    ring.publish("a")
    arm(ring._sequencer.published, "store")
    with pytest.raises(KeyboardInterrupt):
        ring.publish_many(["b"] * n)
    assert ring.stats().voids == 2 + n
    assert ring.claimed == ring.cursor == 2 + n
