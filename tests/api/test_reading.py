"""Reading, one sentence of the specification a test."""

import pytest

from disruptor import (
    Batch,
    Disruptor,
    InvalidType,
    OutdatedSequence,
    SequenceNotFound,
    Subscriber,
    SubscriberBusy,
    WaitTimeout,
)
from tests.api.snapshot import snapshot


class Stop(Exception):
    """What stops a reader half way."""


def reader_of(words: str, capacity: int = 8) -> tuple[Disruptor[str], Subscriber[str]]:
    ring: Disruptor[str] = Disruptor(capacity)
    reader = ring.register_subscriber(name="R")
    ring.publish_many(words)
    return ring, reader


# --- batches as sequences ------------------------------------------------------------------------------------


def test_a_batch_is_a_sequence_of_events_with_their_sequences() -> None:
    _, reader = reader_of("abc")
    with reader.read() as batch:
        assert (len(batch), batch[0], batch[-1], batch[1:], list(reversed(batch))) == (
            3,
            "a",
            "c",
            ["b", "c"],
            [*"cba"],
        )
        assert ("b" in batch, batch.index("c"), batch.count("a")) == (True, 2, 1)
        assert batch.sequences == range(3)
        assert batch.end == 2
        with pytest.raises(IndexError):
            batch[3]


def test_with_voids_between_a_batch_names_the_sequence_of_each_event() -> None:
    ring, reader = reader_of("a")
    ring.claim(2).abandon()
    ring.publish("b")
    ring.claim().abandon()
    with reader.read() as batch:
        assert dict(zip(batch.sequences, batch, strict=True)) == {0: "a", 3: "b"}
        assert batch.end == 4
        assert repr(batch) == "<Batch of 2, sequences 0..3>"
    assert reader.sequence == 4


def test_a_batch_by_value_stays_as_it_is_when_its_slots_are_written_again() -> None:
    ring, reader = reader_of("ab", capacity=2)
    with reader.read() as batch:
        pass
    ring.publish_many("cd")
    assert list(batch) == ["a", "b"]


def test_a_batch_in_place_holds_the_rings_own_objects() -> None:
    ring: Disruptor[list[int]] = Disruptor(2, list)
    reader = ring.register_subscriber()
    ring.publish_event(lambda event, sequence: event.append(7))
    with reader.read() as batch:
        assert batch[0] is ring.get(0)


@pytest.mark.parametrize("first", range(5))
@pytest.mark.parametrize("count", range(1, 5))
def test_a_batch_goes_around_the_end_of_the_ring(first: int, count: int) -> None:
    ring: Disruptor[int] = Disruptor(4)
    for k in range(first):
        ring.publish(k)
    reader = ring.register_subscriber(start=first)
    ring.publish_many(range(first, first + count))
    with reader.read() as batch:
        assert list(batch) == list(batch.sequences) == [*range(first, first + count)]


# --- how much ------------------------------------------------------------------------------------------------


def test_a_batch_is_all_that_may_be_read() -> None:
    ring, reader = reader_of("abc")
    with reader.read() as batch:
        ring.publish("d")  # comes with the next one
        assert list(batch) == ["a", "b", "c"]
    assert reader.sequence == 2


@pytest.mark.parametrize("most", [1, 2, 3, 8, 9, 2**63 - 1])
def test_a_batch_is_max_events_at_most(most: int) -> None:
    ring, reader = reader_of("abcdefgh")
    ring.close()
    lengths = [len(batch) for batch in reader.batches(most)]
    assert sum(lengths) == 8
    assert set(lengths[:-1]) <= {most}
    assert lengths[-1] <= most


def test_max_events_counts_what_may_be_void_and_a_batch_is_never_empty() -> None:
    ring, reader = reader_of("")
    for word in ("", "", "", "a", "", "b"):
        if word:
            ring.publish(word)
        else:
            ring.claim().abandon()
    ring.close()
    batches = [[*batch] for batch in reader.batches(max_events=2)]
    assert batches == [["a"], ["b"]]


# --- when a batch is processed -------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [Stop, KeyboardInterrupt, SystemExit, GeneratorExit, StopIteration])
def test_whatever_ends_the_block_of_read_other_than_its_end_marks_nothing(error: type[BaseException]) -> None:
    ring, reader = reader_of("abc")
    before = snapshot(ring)
    with pytest.raises(error), reader.read(max_events=2):
        raise error
    assert snapshot(ring) == before
    with reader.read() as batch:
        assert list(batch) == ["a", "b", "c"]


def test_a_read_that_is_not_entered_does_nothing() -> None:
    ring, reader = reader_of("a")
    before = snapshot(ring)
    reader.read()
    reader.batches()
    iter(reader)
    assert snapshot(ring) == before


def test_a_read_may_be_entered_again_for_the_next_batch() -> None:
    _, reader = reader_of("ab")
    reading = reader.read(max_events=1)
    with reading as batch:
        assert list(batch) == ["a"]
        with pytest.raises(SubscriberBusy), reading:
            pass
    with reading as batch:
        assert list(batch) == ["b"]
    assert reader.sequence == 1


def test_a_read_that_fails_to_begin_leaves_the_subscriber_free() -> None:
    ring, reader = reader_of("")
    for _ in range(2):
        with pytest.raises(WaitTimeout):
            reader.read(timeout=0).__enter__()
    ring.publish("a")
    with reader.read(timeout=0) as batch:
        assert list(batch) == ["a"]


def test_a_part_of_a_batch_may_be_released_early_and_the_end_of_the_block_marks_the_rest() -> None:
    ring, reader = reader_of("abcd", capacity=4)
    with reader.read() as batch:
        free = []
        for sequence in batch.sequences:
            reader.update_sequence(sequence)
            free.append(ring.remaining_capacity)
        assert free == [1, 2, 3, 4]
        ring.publish("e", timeout=0)
        assert list(batch) == ["a", "b", "c", "d"]  # by value, a batch is a copy
    assert reader.sequence == 3


def test_marking_more_than_the_batch_within_it_stays_marked() -> None:
    ring, reader = reader_of("abcd")
    with reader.read(max_events=1):
        reader.update_sequence(2)
    assert reader.sequence == 2
    with pytest.raises(Stop), reader.read(max_events=1) as batch:
        reader.update_sequence(3)
        raise Stop
    assert list(batch) == ["d"]
    assert reader.sequence == 3
    assert ring.remaining_capacity == 8


# --- by hand ---------------------------------------------------------------------------------------------


def test_all_subscribers_see_the_same_event_under_the_same_sequence() -> None:
    ring: Disruptor[str] = Disruptor(8)
    readers = [ring.register_subscriber() for _ in range(3)]
    ring.publish("a")
    ring.claim().abandon()
    with ring.claim(2) as claim:
        claim[0], claim[1] = "b", "c"
    ring.close()
    seen: list[list[tuple[int, str]]] = []
    for most, reader in zip((None, 1, 2), readers, strict=True):
        batches: list[Batch[str]] = list(reader.batches(most))
        seen.append([pair for batch in batches for pair in zip(batch.sequences, batch, strict=True)])
    assert seen == [[(0, "a"), (2, "b"), (3, "c")]] * 3


def test_wait_for_moves_nothing_and_may_be_repeated() -> None:
    ring, reader = reader_of("abc")
    before = snapshot(ring)
    assert [reader.wait_for(k) for k in (0, 2, 1)] == [2, 2, 2]
    assert [ring.wait_for(k) for k in (0, 2, 1)] == [0, 2, 1]
    assert snapshot(ring) == before


def test_wait_for_returns_also_for_a_void_and_for_what_is_long_overwritten() -> None:
    ring: Disruptor[str] = Disruptor(1)
    ring.claim().abandon()
    assert ring.wait_for(0, timeout=0) == 0
    for word in "abc":
        ring.publish(word)
    assert ring.wait_for(0, timeout=0) == 0


def test_the_way_of_the_first_version_reads_by_hand() -> None:
    ring, reader = reader_of("abcde")
    read: list[str] = []
    following = 0
    while following < 5:
        highest = reader.wait_for(following)
        read.extend(ring.get(sequence) for sequence in range(following, highest + 1))
        reader.update_sequence(highest)
        following = highest + 1
    assert read == [*"abcde"]


@pytest.mark.parametrize("capacity", [1, 2, 4])
@pytest.mark.parametrize("published", range(7))
@pytest.mark.parametrize("claimed", [0, 1])
def test_get_gives_what_is_published_and_cannot_have_been_overwritten(
    capacity: int, published: int, claimed: int
) -> None:
    ring: Disruptor[int] = Disruptor(capacity)
    for k in range(published):
        ring.publish(k)
    claims = [ring.claim() for _ in range(claimed)]  # what is claimed may be overwritten at any moment
    oldest = published + claimed - capacity
    for sequence in range(published + claimed + 2):
        if sequence >= published:
            with pytest.raises(SequenceNotFound, match=f"sequence {sequence} .* cursor is at {published - 1}"):
                ring.get(sequence)
        elif sequence < oldest:
            with pytest.raises(OutdatedSequence, match=f"sequence {sequence} .* oldest kept is {oldest}"):
                ring.get(sequence)
        else:
            assert ring.get(sequence) == sequence
    for claim in claims:
        claim.abandon()


def test_only_records_between_processes_have_arrays() -> None:
    ring: Disruptor[str] = Disruptor(4)
    subscriber = ring.register_subscriber()
    ring.publish("a")
    message = r"^only a ring between processes whose event_factory is a numpy\.dtype has arrays$"
    with subscriber.read() as batch, pytest.raises(InvalidType, match=message):
        _ = batch.arrays
    with ring.claim() as claim:
        claim[0] = "b"
        with pytest.raises(InvalidType, match=message):
            _ = claim.arrays
