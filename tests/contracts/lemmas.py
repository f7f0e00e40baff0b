"""What follows from the arithmetic: functions that hold only contracts, for CrossHair to prove.

Each says a fact about any sequence `s` or `t`, so no lists are needed.
"""

from disruptor._deadline import LONGEST_NS, NS, add_ns, ceil_ns, wait_ns
from disruptor._sequence import batch_end, claim_end, is_mask, limit_of, oldest_kept, room, slot_of, split


def live_sequences_never_share_a_slot(mask: int, s: int, t: int) -> bool:
    """Two different sequences within one capacity of each other have different slots.

    pre: s >= 0
    pre: s < t <= s + mask
    pre: is_mask(mask)
    post: __return__
    """
    return slot_of(mask, s) != slot_of(mask, t)


def a_lap_later_is_the_same_slot(mask: int, s: int) -> bool:
    """The sequence one capacity later has the same slot.

    pre: s >= 0
    pre: is_mask(mask)
    post: __return__
    """
    return slot_of(mask, s) == slot_of(mask, s + mask + 1)


def a_claim_within_the_limit_overwrites_nothing_unread(
    claimed: int, n: int, lowest: int, capacity: int, s: int
) -> bool:
    """S1: whatever a claim within the limit overwrites is processed by the slowest gate.

    pre: claimed >= -1
    pre: n >= 1
    pre: lowest >= -1
    pre: capacity >= 1
    pre: claim_end(claimed, n) <= limit_of(lowest, capacity)
    pre: claimed < s <= claim_end(claimed, n)
    post: __return__
    """
    return s - capacity <= lowest


def a_claim_that_fits_is_within_the_limit(claimed: int, n: int, lowest: int, capacity: int) -> bool:
    """`remaining_capacity` and the limit agree.

    pre: claimed >= -1
    pre: n >= 1
    pre: -1 <= lowest <= claimed
    pre: capacity >= 1
    pre: claimed <= limit_of(lowest, capacity)
    post: __return__
    """
    return (claim_end(claimed, n) <= limit_of(lowest, capacity)) == (n <= room(capacity, claimed, lowest))


def a_claim_of_more_than_the_capacity_never_fits(claimed: int, n: int, lowest: int, capacity: int) -> bool:
    """So it has to be refused: it would wait for ever.

    pre: -1 <= lowest <= claimed
    pre: capacity >= 1
    pre: n > capacity
    post: __return__
    """
    return claim_end(claimed, n) > limit_of(lowest, capacity)


def the_lowest_gate_never_goes_back(one: int, other: int, progress: int) -> bool:
    """When one gate advances, the lowest of two does not go back.

    pre: progress >= 0
    post: __return__
    """
    return min(one + progress, other) >= min(one, other)


def a_gate_that_advances_never_takes_room_away(
    one: int, others: int, progress: int, claimed: int, capacity: int
) -> bool:
    """What could be claimed before one gate advanced can be claimed after it.

    pre: one >= -1
    pre: others >= -1
    pre: progress >= 0
    pre: capacity >= 1
    pre: claimed <= limit_of(min(one, others), capacity)
    post: __return__
    """
    return claimed <= limit_of(min(one + progress, others), capacity)


def the_oldest_kept_and_what_follows_it_fill_the_ring(claimed: int, capacity: int) -> bool:
    """No sequence beyond the last claimed is needed to reach a full ring from the oldest kept.

    pre: claimed >= -1
    pre: capacity >= 1
    post: __return__
    """
    return oldest_kept(claimed, capacity) + capacity - 1 >= claimed


def a_joiner_is_never_overwritten(claimed: int, capacity: int, start: int, n: int, s: int) -> bool:
    """S8: from the oldest kept on, what a joiner has yet to read is not overwritten within its limit.

    pre: claimed >= -1
    pre: capacity >= 1
    pre: start >= oldest_kept(claimed, capacity)
    pre: n >= 1
    pre: claim_end(claimed, n) <= limit_of(start - 1, capacity)
    pre: claimed < s <= claim_end(claimed, n)
    post: __return__
    """
    return s - capacity < start


def a_joiner_is_already_within_its_limit(claimed: int, capacity: int, start: int) -> bool:
    """S8: nothing that is already claimed overwrites what a joiner was promised.

    pre: claimed >= -1
    pre: capacity >= 1
    pre: start >= oldest_kept(claimed, capacity)
    post: __return__
    """
    return claimed <= limit_of(start - 1, capacity)


def a_batch_is_covered_by_its_slices(mask: int, first: int, count: int, k: int) -> bool:
    """The k-th event of a batch is where the two slices say it is.

    pre: first >= 0
    pre: 0 <= k < count
    pre: count <= mask + 1
    pre: is_mask(mask)
    post: __return__
    """
    start, head, _ = split(mask, first, count)
    place = start + k if k < head else k - head
    return place == slot_of(mask, first + k)


def slices_are_disjoint(mask: int, first: int, count: int) -> bool:
    """The slice that begins at slot 0 ends before the other one begins.

    pre: first >= 0
    pre: 0 <= count <= mask + 1
    pre: is_mask(mask)
    post: __return__
    """
    start, _, tail = split(mask, first, count)
    return tail <= start


def a_batch_never_goes_beyond_what_may_be_read(first: int, available: int, most: int, s: int) -> bool:
    """S2: no sequence of a batch is beyond what may be read.

    pre: first >= 0
    pre: available >= first
    pre: most >= 1
    pre: first <= s <= batch_end(first, available, most)
    post: __return__
    """
    return s <= available


def a_time_out_is_never_cut_short(now: int, later: int, numerator: int, denominator: int) -> bool:
    """L3: while less than `numerator / denominator` seconds have passed, the deadline has not come.

    pre: now >= 0
    pre: numerator >= 0
    pre: denominator >= 1
    pre: numerator * NS <= LONGEST_NS * denominator
    pre: later >= now
    pre: (later - now) * denominator < numerator * NS
    post: __return__
    """
    return later < add_ns(now, ceil_ns(numerator, denominator))


def a_sleep_never_ends_beyond_the_deadline(now: int, deadline: int) -> bool:
    """L3: after one sleep that took no longer than it was asked to, at most the deadline itself has come.

    pre: deadline > now
    post: __return__
    """
    return now < now + wait_ns(now, deadline) <= deadline


def deadlines_never_fire_early(now: int, duration: int, later: int) -> bool:
    """L3: before the time is over, the deadline has not come.

    pre: now >= 0
    pre: 0 <= duration <= LONGEST_NS
    pre: now <= later < now + duration
    post: __return__
    """
    return later < add_ns(now, duration)


def a_longer_time_out_is_never_earlier(now: int, shorter: int, longer: int) -> bool:
    """Deadlines keep the order of their time-outs.

    pre: now >= 0
    pre: 0 <= shorter <= longer
    post: __return__
    """
    return add_ns(now, shorter) <= add_ns(now, longer)


def more_seconds_are_never_fewer_nanoseconds(less: int, more: int, denominator: int) -> bool:
    """Rounding up keeps the order of two time-outs.

    pre: 0 <= less <= more
    pre: denominator >= 1
    post: __return__
    """
    return ceil_ns(less, denominator) <= ceil_ns(more, denominator)


# Used in contracts only.
__all__ = ["LONGEST_NS", "NS", "batch_end", "is_mask"]
