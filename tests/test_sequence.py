"""Is the arithmetic on sequences right, by example and against a plainer statement of it, however large they grow?

The contracts prove these functions; these tests would notice if the contracts said the wrong thing.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disruptor._sequence import (
    CAPACITIES,
    INITIAL,
    MAX_CAPACITY,
    batch_end,
    claim_end,
    is_capacity,
    is_mask,
    lag,
    limit_of,
    nearest_capacities,
    oldest_kept,
    room,
    slot_of,
    split,
)

# Where storage of a fixed width would wrap, or a float would lose count.
EDGES = (0, 2**31, 2**32, 2**53, 2**63, 2**64, 2**80, 10**30)

capacities = st.sampled_from(CAPACITIES)
small_capacities = st.sampled_from(CAPACITIES[:7])
near_an_edge = st.builds(int.__add__, st.sampled_from(EDGES), st.integers(-70, 70))
sequences = st.one_of(st.integers(0, 300), near_an_edge.map(abs))
positions = st.one_of(st.just(int(INITIAL)), sequences)


def around(base: int) -> st.SearchStrategy[int]:
    """Positions within some laps of a small ring of `base`."""
    return st.integers(-200, 200).map(lambda offset: max(INITIAL, base + offset))


def test_the_capacities_are_the_powers_of_two_up_to_the_largest() -> None:
    assert tuple(2**k for k in range(31)) == CAPACITIES
    assert CAPACITIES[-1] == MAX_CAPACITY
    assert INITIAL == -1


@given(st.one_of(st.integers(), st.builds(int.__add__, capacities, st.integers(-2, 2))))
def test_a_capacity_is_a_power_of_two_in_range(n: int) -> None:
    assert is_capacity(n) == (n in set(CAPACITIES))
    assert is_mask(n - 1) == is_capacity(n)


@pytest.mark.parametrize("n", [0, -1, -2, 3, MAX_CAPACITY - 1, MAX_CAPACITY + 1, 2 * MAX_CAPACITY, 2**80])
def test_what_is_no_capacity(n: int) -> None:
    assert not is_capacity(n)


@given(st.one_of(st.integers(), st.integers(1, MAX_CAPACITY), st.builds(int.__add__, capacities, st.integers(-2, 2))))
def test_the_nearest_capacities_are_the_last_below_and_the_first_above(n: int) -> None:
    below = max((c for c in CAPACITIES if c <= n), default=1)
    above = min((c for c in CAPACITIES if c >= n), default=MAX_CAPACITY)
    assert nearest_capacities(n) == (below, above)


@given(capacities, sequences)
def test_a_slot_is_the_sequence_modulo_the_capacity(capacity: int, sequence: int) -> None:
    assert slot_of(capacity - 1, sequence) == sequence % capacity


@given(small_capacities, sequences)
def test_a_lap_visits_every_slot_once_in_order(capacity: int, first: int) -> None:
    slots = [slot_of(capacity - 1, first + k) for k in range(capacity)]
    assert sorted(slots) == list(range(capacity))
    assert slots == [*range(slots[0], capacity), *range(slots[0])]


@given(small_capacities, sequences, st.data())
def test_the_slices_of_a_batch_are_its_slots_in_order(capacity: int, first: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, capacity))
    start, head, tail = split(capacity - 1, first, count)
    slots = [slot_of(capacity - 1, first + k) for k in range(count)]
    assert [*range(start, start + head), *range(tail)] == slots
    assert min(head, tail) >= 0


@given(sequences)
def test_a_batch_as_long_as_the_largest_ring_is_split_at_its_end(first: int) -> None:
    start, head, tail = split(MAX_CAPACITY - 1, first, MAX_CAPACITY)
    assert (start + head, tail) == (MAX_CAPACITY, start)


@given(positions, st.integers(1, 100))
def test_a_claim_is_the_next_n_sequences(claimed: int, n: int) -> None:
    assert [*range(claimed + 1, claim_end(claimed, n) + 1)] == [claimed + k for k in range(1, n + 1)]


def test_the_first_claim_begins_at_nought() -> None:
    assert claim_end(INITIAL, 1) == 0
    assert limit_of(INITIAL, 1) == 0


@given(small_capacities, positions)
def test_the_limit_is_the_last_sequence_that_overwrites_nothing_unread(capacity: int, lowest: int) -> None:
    limit = limit_of(lowest, capacity)
    assert limit - capacity <= lowest < limit + 1 - capacity
    if lowest >= 0:
        assert slot_of(capacity - 1, limit) == slot_of(capacity - 1, lowest)


@given(small_capacities, positions)
def test_the_oldest_kept_is_the_first_that_no_claim_has_overwritten(capacity: int, claimed: int) -> None:
    oldest = oldest_kept(claimed, capacity)
    window = range(max(0, claimed - 3 * capacity), claimed + 2)
    assert oldest == next(s for s in window if s + capacity > claimed)


@given(small_capacities, positions, st.data())
def test_room_is_how_many_single_claims_pass_the_limit(capacity: int, lowest: int, data: st.DataObject) -> None:
    claimed = data.draw(st.integers(lowest, lowest + capacity))
    passing = 0
    while claim_end(claimed, passing + 1) <= limit_of(lowest, capacity):
        passing += 1
    assert room(capacity, claimed, lowest) == passing


@given(capacities, positions.flatmap(lambda p: st.tuples(around(p), around(p))))
def test_room_is_within_the_capacity_even_of_a_racy_snapshot(capacity: int, racy: tuple[int, int]) -> None:
    claimed, lowest = racy
    assert room(capacity, claimed, lowest) == min(capacity, max(0, lowest + capacity - claimed))


@given(positions.flatmap(lambda p: st.tuples(around(p), around(p))))
def test_lag_counts_what_is_published_and_not_processed(racy: tuple[int, int]) -> None:
    published, position = racy
    assert lag(published, position) == len(range(position + 1, published + 1))


@given(sequences, st.integers(0, 200), st.integers(1, 200))
def test_a_batch_ends_at_what_is_available_or_is_as_long_as_it_may_be(first: int, more: int, most: int) -> None:
    available = first + more
    end = batch_end(first, available, most)
    assert [*range(first, end + 1)] == [*range(first, available + 1)][:most]


@given(small_capacities, st.sampled_from(EDGES), st.lists(st.integers(1, 64), max_size=30), st.data())
def test_a_ring_driven_by_this_arithmetic_loses_and_overwrites_nothing(
    capacity: int, base: int, sizes: list[int], data: st.DataObject
) -> None:
    """One producer, one reader, no threads: what the ring does, in twenty lines."""
    slots: dict[int, int] = {}
    mask = capacity - 1
    claimed = position = base - 1
    for size in sizes:
        n = min(size, room(capacity, claimed, position))
        for sequence in range(claimed + 1, claimed + n + 1):
            slots[slot_of(mask, sequence)] = sequence
        claimed = claim_end(claimed, n) if n else claimed
        assert claimed <= limit_of(position, capacity)
        assert oldest_kept(claimed, capacity) <= position + 1
        if lag(claimed, position):
            end = batch_end(position + 1, claimed, data.draw(st.integers(1, capacity)))
            start, head, tail = split(mask, position + 1, end - position)
            batch = [slots[slot] for slot in (*range(start, start + head), *range(tail))]
            assert batch == list(range(position + 1, end + 1))
            position = end
    assert 0 <= lag(claimed, position) <= capacity
