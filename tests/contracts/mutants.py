"""The ways in which the arithmetic, or a lemma about it, could be wrong: one small patch each, to be refuted.

Rule 1: each function under contract has at least one; the first of each runs always, all of them with `-m deep`.
Rule 2: each `post:` is refuted by one of its function's: a condition that no mistake breaks says nothing.
Rule 3: a patch keeps the number of lines, so that the conditions stay where they are.
"""

import ast
from pathlib import Path
from typing import NamedTuple

SEQUENCE, DEADLINE, LEMMAS = "disruptor/_sequence.py", "disruptor/_deadline.py", "tests/contracts/lemmas.py"


class Mutant(NamedTuple):
    """A wrong function: text of it replaced, which its contract has to refute."""

    file: str
    function: str
    old: str
    new: str

    def apply(self, source: str) -> str:
        """Return the source of the file with the patch; `ValueError` if it does not fit in exactly one place."""
        first, last = extents(source)[self.function]
        lines = source.splitlines(keepends=True)
        body = "".join(lines[first - 1 : last])
        if body.count(self.old) != 1 or self.old.count("\n") != self.new.count("\n"):
            raise ValueError(f"{self.old!r} does not fit once into {self.function}")
        return "".join([*lines[: first - 1], body.replace(self.old, self.new), *lines[last:]])


def extents(source: str) -> dict[str, tuple[int, int]]:
    """Return the first and the last line of each function of a module."""
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return {node.name: (node.lineno, node.end_lineno or node.lineno) for node in functions}


def under_contract(path: Path, posts: frozenset[int]) -> dict[str, frozenset[int]]:
    """Return the functions of a file that have `post:` lines, and these."""
    found = {
        name: frozenset(range(first, last + 1)) & posts
        for name, (first, last) in extents(path.read_text(encoding="utf-8")).items()
    }
    return {name: lines for name, lines in found.items() if lines}


MUTANTS = (
    Mutant(SEQUENCE, "is_capacity", "1 <= n <= MAX_CAPACITY and", "1 <= n < MAX_CAPACITY and"),
    Mutant(SEQUENCE, "is_capacity", "n == 1 << (n.bit_length() - 1)", "n in (3, 1 << (n.bit_length() - 1))"),
    Mutant(SEQUENCE, "is_capacity", "and n == 1 << (n.bit_length() - 1)", ""),
    Mutant(SEQUENCE, "nearest_capacities", "1 << (n.bit_length() - 1)", "1 << n.bit_length()"),
    Mutant(SEQUENCE, "nearest_capacities", "(below, 2 * below)", "(below, below)"),
    Mutant(SEQUENCE, "nearest_capacities", "(below, 2 * below)", "(below, 4 * below)"),
    Mutant(SEQUENCE, "nearest_capacities", "below = 1 << (n.bit_length() - 1)", "below = n"),
    Mutant(SEQUENCE, "nearest_capacities", "return (below, below) if below == n else", "return"),
    Mutant(SEQUENCE, "nearest_capacities", "(below, 2 * below)", "(below, n)"),
    Mutant(SEQUENCE, "slot_of", "return mask & sequence", "return mask & (sequence + 1)"),
    Mutant(SEQUENCE, "slot_of", "return mask & sequence", "return (mask + 1) & sequence"),
    Mutant(SEQUENCE, "claim_end", "Sequence(claimed + n)", "Sequence(claimed + n - 1)"),
    Mutant(SEQUENCE, "limit_of", "Sequence(lowest + capacity)", "Sequence(lowest + capacity + 1)"),
    Mutant(SEQUENCE, "limit_of", "Sequence(lowest + capacity)", "Sequence(lowest + capacity - 1)"),
    Mutant(SEQUENCE, "oldest_kept", "oldest = claimed - capacity + 1", "oldest = claimed - capacity"),
    Mutant(SEQUENCE, "oldest_kept", "oldest = claimed - capacity + 1", "oldest = claimed - capacity + 2"),
    Mutant(SEQUENCE, "oldest_kept", "oldest if oldest > 0 else 0", "oldest"),
    Mutant(SEQUENCE, "room", "free = capacity - (claimed - lowest)", "free = capacity - (claimed - lowest) + 1"),
    Mutant(SEQUENCE, "room", "free = capacity - (claimed - lowest)", "free = capacity - (claimed - lowest) - 1"),
    Mutant(SEQUENCE, "room", "if free < 0", "if free < -1"),
    Mutant(SEQUENCE, "room", "capacity if free > capacity else free", "free"),
    Mutant(SEQUENCE, "lag", "behind if behind > 0 else 0", "behind"),
    Mutant(SEQUENCE, "lag", "behind = published - position", "behind = published - position + 1"),
    Mutant(SEQUENCE, "lag", "behind if behind > 0 else 0", "0"),
    Mutant(SEQUENCE, "batch_end", "end = first + most - 1", "end = first + most"),
    Mutant(SEQUENCE, "batch_end", "end = first + most - 1", "end = first + most - 2"),
    Mutant(SEQUENCE, "batch_end", "end if end < available else available", "end"),
    Mutant(SEQUENCE, "split", "until_end = mask + 1 - start", "until_end = mask - start"),
    Mutant(SEQUENCE, "split", "until_end = mask + 1 - start", "until_end = mask + 2 - start"),
    Mutant(SEQUENCE, "split", "until_end, count - until_end", "until_end, count"),
    Mutant(SEQUENCE, "split", "if count <= until_end:", "if count > until_end:"),
    Mutant(SEQUENCE, "split", "start, count, 0", "start, -1, count + 1"),
    Mutant(SEQUENCE, "split", "start, until_end, count", "0, until_end, count"),
    Mutant(DEADLINE, "ceil_ns", "-(-numerator * NS // denominator)", "numerator * NS // denominator"),
    Mutant(DEADLINE, "ceil_ns", "-(-numerator * NS // denominator)", "numerator * NS // denominator + 1"),
    Mutant(DEADLINE, "add_ns", "now + (duration if", "now - 1 + (duration if"),
    Mutant(DEADLINE, "add_ns", "duration if duration < LONGEST_NS else LONGEST_NS", "duration"),
    Mutant(DEADLINE, "add_ns", "duration if duration < LONGEST_NS else LONGEST_NS", "LONGEST_NS"),
    Mutant(DEADLINE, "add_ns", "duration if duration < LONGEST_NS else LONGEST_NS", "-duration"),
    Mutant(DEADLINE, "wait_ns", "left = deadline - now", "left = deadline - now - 1"),
    Mutant(DEADLINE, "wait_ns", "left = deadline - now", "left = deadline - now + 1"),
    Mutant(DEADLINE, "wait_ns", "left if left < LONGEST_WAIT_NS else LONGEST_WAIT_NS", "left"),
    Mutant(LEMMAS, "live_sequences_never_share_a_slot", "s < t <= s + mask", "s < t <= s + mask + 1"),
    Mutant(LEMMAS, "a_lap_later_is_the_same_slot", "s + mask + 1", "s + mask"),
    Mutant(LEMMAS, "a_claim_within_the_limit_overwrites_nothing_unread", "return s - capacity", "return s + 1 - capacity"),
    Mutant(LEMMAS, "a_claim_that_fits_is_within_the_limit", "(n <= room(", "(n < room("),
    Mutant(LEMMAS, "a_claim_of_more_than_the_capacity_never_fits", "n > capacity", "n >= capacity"),
    Mutant(LEMMAS, "the_lowest_gate_never_goes_back", "progress >= 0", "progress >= -1"),
    Mutant(LEMMAS, "a_gate_that_advances_never_takes_room_away", "return claimed <=", "return claimed <"),
    Mutant(LEMMAS, "the_oldest_kept_and_what_follows_it_fill_the_ring", "- 1 >= claimed", "- 2 >= claimed"),
    Mutant(LEMMAS, "a_joiner_is_never_overwritten", "limit_of(start - 1, capacity)", "limit_of(start, capacity)"),
    Mutant(LEMMAS, "a_joiner_is_already_within_its_limit", "return claimed <=", "return claimed <"),
    Mutant(LEMMAS, "a_batch_is_covered_by_its_slices", "if k < head", "if k <= head"),
    Mutant(LEMMAS, "slices_are_disjoint", "return tail <= start", "return tail < start"),
    Mutant(LEMMAS, "a_batch_never_goes_beyond_what_may_be_read", "return s <= available", "return s < available"),
    Mutant(LEMMAS, "a_time_out_is_never_cut_short", "* denominator < numerator", "* denominator <= numerator"),
    Mutant(LEMMAS, "a_time_out_is_never_cut_short", "return later <", "return later + 1 <"),
    Mutant(LEMMAS, "a_sleep_never_ends_beyond_the_deadline", "<= deadline", "< deadline"),
    Mutant(LEMMAS, "deadlines_never_fire_early", "later < now + duration", "later <= now + duration"),
    Mutant(LEMMAS, "a_longer_time_out_is_never_earlier", "0 <= shorter <= longer", "0 <= shorter <= longer + 1"),
    Mutant(LEMMAS, "more_seconds_are_never_fewer_nanoseconds", "0 <= less <= more", "0 <= less <= more + 1"),
)  # fmt: skip
