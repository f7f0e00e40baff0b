from typing import Final, NewType

Sequence = NewType("Sequence", int)
INITIAL: Final = Sequence(-1)
MAX_CAPACITY: Final = 2**30


def is_capacity(n: int) -> bool:
    return 1 <= n <= MAX_CAPACITY and n & (n - 1) == 0


def nearest_capacities(n: int) -> tuple[int, int]:
    below = 1 << (n.bit_length() - 1)
    return below, below * 2


def slot_of(mask: int, sequence: int) -> int:
    return mask & sequence


def claim_end(claimed: int, n: int) -> Sequence:
    return Sequence(claimed + n)


def limit_of(lowest: int, capacity: int) -> Sequence:
    return Sequence(lowest + capacity)


def oldest_kept(claimed: int, capacity: int) -> Sequence:
    return Sequence(max(0, claimed - capacity + 1))


def room(capacity: int, claimed: int, lowest: int) -> int:
    return max(0, min(capacity, capacity - (claimed - lowest)))


def lag(published: int, position: int) -> int:
    return max(0, published - position)


def split(mask: int, first: int, count: int) -> tuple[int, int, int]:
    start = mask & first
    head = min(count, mask + 1 - start)
    return start, head, count - head


def batch_end(first: int, available: int, most: int) -> Sequence:
    return Sequence(min(available, first + most - 1))
