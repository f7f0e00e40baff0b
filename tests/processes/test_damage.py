"""Words of a ring that somebody has written over while it runs: an error, and nobody hangs or crashes.

Rule: whoever can write there is the same user, and may do worse; but a slip of his ends in an error with a name.
"""

import pytest

from disruptor import Disruptor, RingMismatch
from disruptor.shared._header import write_header
from disruptor.shared._layout import GATES, ClaimWord, GateWord, Header
from tests.processes.owners import left_over, memory_of


@pytest.mark.parametrize("last", [-1, 0, 3, 2**62, -(2**63)])
@pytest.mark.parametrize("finished", [False, True])
def test_a_claim_that_ends_nowhere(last: int, finished: bool) -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    ring.publish("a")
    first = ring.claim()
    second = ring.claim()
    second[0] = "b"
    if finished:
        second.publish()
    segment = ring._link.segment  # type: ignore[union-attr]  # it is one between processes
    words = segment.memory.words(segment.about.layout.claims, 4 * ClaimWord.SIZE)
    row = (2 if finished else 1) * ClaimWord.SIZE
    assert words[row] != 0
    right = words[row + ClaimWord.LAST]
    words[row + ClaimWord.LAST] = last
    with pytest.raises(RingMismatch, match=rf"ends at {last}, not in .*\.\.2: its memory was damaged"):
        ring.publish_many(["c", "d", "e"], timeout=0.2)  # waits, and looks for the dead
    words[row + ClaimWord.LAST] = right
    first.abandon()
    second.abandon()
    ring._check()


def test_a_row_without_a_claim_is_no_claim() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    sequencer = ring._sequencer
    claim = ring.claim(2)
    assert [*sequencer._held] == [0]
    sequencer.claimed.value += 1  # as by one who is just taking it: his row comes later
    assert [*sequencer._held] == [0]
    sequencer.claimed.value -= 1
    claim.abandon()
    for claims in (sequencer._held, sequencer._done):
        with pytest.raises(KeyError):
            del claims[0]
    ring._check()


@pytest.mark.parametrize("length", [-1, 5000])
def test_an_event_that_is_longer_than_its_slot(length: int) -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    ring.publish("a")
    segment = ring._link.segment  # type: ignore[union-attr]  # it is one between processes
    segment.memory.words(segment.about.layout.events, 1)[0] = length
    with pytest.raises(RingMismatch, match="its event has more than 256 bytes: its memory was damaged"):
        ring.get(0)


def test_a_pickle_that_is_not_there() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    ring.publish("a")
    segment = ring._link.segment  # type: ignore[union-attr]  # it is one between processes
    segment.memory.words(segment.about.layout.events, 1)[0] = 0
    with pytest.raises(RingMismatch, match="its event has 0 bytes, which is no pickle: its memory was damaged"):
        ring.get(0)


def test_subscribers_that_are_after_each_other() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    first = ring.register_subscriber(name="first")
    ring.register_subscriber(name="second", after=first)
    segment = ring._link.segment  # type: ignore[union-attr]  # it is one between processes
    segment.memory.words(GATES + GateWord.UPSTREAMS, 1)[0] = 3  # itself, and who came after it
    ring._roll._known.clear()  # type: ignore[attr-defined]  # as in a process that has just opened it
    assert [(one.name, [other.name for other in one.after]) for one in ring.subscribers] == [
        ("first", []),
        ("second", ["first"]),
    ]


@pytest.mark.parametrize(("word", "value"), [(Header.KIND, 4), (Header.KIND, -1), (Header.POLICY, 2)])
def test_a_ring_of_a_kind_that_is_not_known(word: int, value: int) -> None:
    name = left_over()
    with memory_of(name).open("r+b") as file:
        file.seek(8 * word)
        file.write(value.to_bytes(8, "little", signed=True))
    with pytest.raises(RingMismatch, match="which this version does not know"):
        Disruptor.attach(name)


def test_a_description_that_would_write_over_the_state_is_refused_before_anything_is_written() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True)
    segment = ring._link.segment  # type: ignore[union-attr]  # it is one between processes
    with pytest.raises(ValueError, match="at most 640 bytes, not 641"):
        write_header(segment.memory, segment.about._replace(policy=1, description="x" * 641))
    assert segment.memory.words(0, Header.DESCRIPTION)[Header.POLICY] == segment.about.policy == 0
