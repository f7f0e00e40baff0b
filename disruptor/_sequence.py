"""Sequences, and all arithmetic on them.

Rule 1: every calculation with sequences that the ring makes is one of these functions.
Rule 2: each is small, pure, and stands under a contract (`pre:` and `post:` lines, PEP 316) that CrossHair confirms over
        all paths; `tests/contracts` runs it, with the lemmas that follow from them. Contracts cost nothing at run time.
Rule 3: facts about many sequences are said about *any* one of them, as an argument.

Contracts write `mask & sequence`, never the other way round: CrossHair enumerates the left operand.
"""

from typing import Final, NewType

Sequence = NewType("Sequence", int)
"""The number of an event in the life of a ring, from 0; -1 for none yet."""

INITIAL: Final = Sequence(-1)
"""The sequence before the first event. (LMAX: `Sequencer.INITIAL_CURSOR_VALUE`.)"""

MAX_CAPACITY: Final = 2**30
"""The largest capacity of a ring, in events."""

CAPACITIES: Final = tuple(1 << k for k in range(MAX_CAPACITY.bit_length()))
"""All capacities that a ring can have, for contracts: each is proved, so nothing is left to sampling."""


def is_mask(mask: int) -> bool:
    """Tell whether `mask` is one less than a capacity. For contracts: stands last among the `pre:` lines."""
    return mask + 1 in CAPACITIES


def is_capacity(n: int) -> bool:
    """Tell whether `n` is the capacity of a ring: a power of two in `1..MAX_CAPACITY`.

    post: __return__ == (n in CAPACITIES)

    >>> [n for n in range(-1, 9) if is_capacity(n)]
    [1, 2, 4, 8]
    """
    # Not `bit_count() == 1`: CrossHair cannot follow that.
    return 1 <= n <= MAX_CAPACITY and n == 1 << (n.bit_length() - 1)


def nearest_capacities(n: int) -> tuple[int, int]:
    """Return the capacities just below and just above `n`, which is between two of them or one itself.

    post: __return__[0] in CAPACITIES
    post: __return__[1] in CAPACITIES
    post: __return__[0] <= n or (n < 1 and __return__[0] == 1)
    post: __return__[1] >= n or (n > MAX_CAPACITY and __return__[1] == MAX_CAPACITY)
    post: __return__[1] == __return__[0] or __return__[1] == 2 * __return__[0]
    post: (__return__[0] == __return__[1]) == (n in CAPACITIES or n < 1 or n > MAX_CAPACITY)

    >>> nearest_capacities(5), nearest_capacities(8), nearest_capacities(0), nearest_capacities(2**40)
    ((4, 8), (8, 8), (1, 1), (1073741824, 1073741824))
    """
    if n < 1:
        return 1, 1
    if n >= MAX_CAPACITY:
        return MAX_CAPACITY, MAX_CAPACITY
    below = 1 << (n.bit_length() - 1)
    return (below, below) if below == n else (below, 2 * below)


def slot_of(mask: int, sequence: int) -> int:
    """Return the slot of `sequence` in a ring of `mask + 1` slots.

    pre: sequence >= 0
    pre: is_mask(mask)
    post: 0 <= __return__ <= mask
    post: __return__ == sequence % (mask + 1)

    >>> slot_of(3, 6)
    2
    """
    return mask & sequence


def claim_end(claimed: int, n: int) -> Sequence:
    """Return the last sequence of a claim of `n` made after `claimed`.

    pre: claimed >= -1
    pre: n >= 1
    post: __return__ > claimed
    post: __return__ - claimed == n

    >>> claim_end(-1, 3)
    2
    """
    return Sequence(claimed + n)


def limit_of(lowest: int, capacity: int) -> Sequence:
    """Return the highest sequence that may be claimed while the lowest of all gates is at `lowest`.

    pre: lowest >= -1
    pre: capacity >= 1
    post: __return__ - capacity == lowest

    >>> limit_of(-1, 4)
    3
    """
    return Sequence(lowest + capacity)


def oldest_kept(claimed: int, capacity: int) -> Sequence:
    """Return the oldest sequence whose slot cannot have been overwritten, when everything to `claimed` is claimed.

    pre: claimed >= -1
    pre: capacity >= 1
    post: 0 <= __return__ <= claimed + 1
    post: __return__ + capacity > claimed
    post: __return__ == 0 or __return__ + capacity == claimed + 1

    >>> oldest_kept(1, 4), oldest_kept(4, 4)
    (0, 1)
    """
    oldest = claimed - capacity + 1
    return Sequence(oldest if oldest > 0 else 0)


def room(capacity: int, claimed: int, lowest: int) -> int:
    """Return how many more sequences fit; `claimed` and `lowest` may be from different moments.

    pre: capacity >= 1
    pre: claimed >= -1
    pre: lowest >= -1
    post: 0 <= __return__ <= capacity
    post: __return__ == 0 or claimed + __return__ <= lowest + capacity
    post: __return__ == capacity or claimed + __return__ + 1 > lowest + capacity

    >>> room(4, 5, 3), room(4, 9, 3), room(4, 3, 9)
    (2, 0, 4)
    """
    free = capacity - (claimed - lowest)
    if free < 0:
        return 0
    return capacity if free > capacity else free


def lag(published: int, position: int) -> int:
    """Return how many published sequences are not yet processed; none if the position is ahead.

    pre: published >= -1
    pre: position >= -1
    post: __return__ >= 0
    post: __return__ == 0 or position + __return__ == published
    post: position + __return__ >= published

    >>> lag(5, 3), lag(3, 5)
    (2, 0)
    """
    behind = published - position
    return behind if behind > 0 else 0


def batch_end(first: int, available: int, most: int) -> Sequence:
    """Return the last sequence of a batch of at most `most` from `first` on, when it may go up to `available`.

    pre: first >= 0
    pre: available >= first
    pre: most >= 1
    post: first <= __return__ <= available
    post: __return__ - first < most
    post: __return__ == available or __return__ - first + 1 == most

    >>> batch_end(4, 9, 3), batch_end(4, 5, 3)
    (6, 5)
    """
    end = first + most - 1
    return Sequence(end if end < available else available)


def split(mask: int, first: int, count: int) -> tuple[int, int, int]:
    """Return where `count` sequences from `first` lie: the first slot, how many go from there, how many from slot 0.

    pre: first >= 0
    pre: 0 <= count <= mask + 1
    pre: is_mask(mask)
    post: __return__[0] == slot_of(mask, first)
    post: __return__[1] + __return__[2] == count
    post: __return__[1] >= 0
    post: __return__[2] >= 0
    post: __return__[0] + __return__[1] <= mask + 1
    post: __return__[2] == 0 or __return__[0] + __return__[1] == mask + 1
    post: __return__[2] <= __return__[0]

    >>> split(3, 6, 1), split(3, 6, 3)
    ((2, 1, 0), (2, 2, 1))
    """
    start = slot_of(mask, first)
    until_end = mask + 1 - start
    if count <= until_end:
        return start, count, 0
    return start, until_end, count - until_end
