"""Claims and voids of a ring between processes: what `Sequencer` keeps in dicts and a set, kept in words.

Rule 1: everything here is written under the ring's lock; voids are also read without it, as `Sequencer.voids` says.
Rule 2: the row of a claim is that of its first sequence's slot. No two unfinished claims share one: none goes more than
        `capacity` beyond `published`. A row whose tag names another sequence is old, and says nothing.
Rule 3: a row says nothing until its `TAG` is stored, last; a later claim of the slot overwrites it as a whole. So a process
        that is killed in between leaves no half of a row.
Rule 4: unfinished claims lie one after the other from `published` to `claimed`, so they are found by walking there.
Rule 5: how many are finished above `published` is counted in a word of its own, which `recount` puts right after a death.
"""

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Final, NamedTuple, final

from disruptor._cell import Cell
from disruptor._errors import RingMismatch
from disruptor._held import Held
from disruptor._override import override
from disruptor._sequence import INITIAL
from disruptor.shared._kernel import Words
from disruptor.shared._layout import ClaimWord

HELD: Final = 1
DONE: Final = 2
_KINDS: Final = 4
_LOW: Final = 2**62 - 1
"""As much of a thread's identity as a word holds."""


class ClaimTable(NamedTuple):
    """The rows, and what is needed to read them."""

    words: Words
    published: Cell
    claimed: Cell
    done: Cell
    """How many are finished above `published`."""
    me: Callable[[], int]
    """The number of this participant."""
    ident: Callable[[], int]
    """The identity of the current thread."""

    def at(self, first: int) -> int:
        """Return the first word of the row of a claim."""
        return (first & (len(self.words) // ClaimWord.SIZE - 1)) * ClaimWord.SIZE

    def has(self, first: int, kind: int) -> bool:
        """Tell whether the row of `first` is about it, and of this kind."""
        return self.words[self.at(first)] == tag_of(first, kind)

    def clear(self, first: int, kind: int) -> None:
        """Empty the row of `first`; `KeyError` if it is not of this kind."""
        if not self.has(first, kind):
            raise KeyError(first)
        self.words[self.at(first)] = 0

    def unfinished(self, kind: int) -> Iterator[int]:
        """Yield the first sequences of the claims of a kind, from `published` on (Rule 4)."""
        first = self.published.value + 1
        while first <= self.claimed.value:
            if self.has(first, kind):
                yield first
            elif not (self.has(first, HELD) or self.has(first, DONE)):
                return  # it is just being taken
            first = self.last_of(first) + 1

    def last_of(self, first: int) -> int:
        """Return where a claim ends. Raises `RingMismatch` for a row that was damaged: to walk on from there has no end."""
        last, claimed = self.words[self.at(first) + ClaimWord.LAST], self.claimed.value
        if not first <= last <= claimed:
            raise RingMismatch(
                f"the claim of {first} ends at {last}, not in {first}..{claimed}: its memory was damaged"
            )
        return last


def tag_of(first: int, kind: int) -> int:
    """Return the `TAG` of a claim of a kind."""
    return (first + 1) * _KINDS + kind


@final
class SharedHeld(Held):
    """A claim that somebody has yet to finish, as its row shows it."""

    __slots__ = ("_at", "_table", "participant")

    def __init__(self, table: ClaimTable, first: int) -> None:
        self._table = table
        self._at = table.at(first)
        self.last = table.words[self._at + ClaimWord.LAST]
        self.participant = table.words[self._at + ClaimWord.OWNER]
        """Who has made it."""

    @property
    @override
    def mine(self) -> bool:
        return self.participant == self._table.me()

    @property  # type: ignore[explicit-override]  # mypy does not see it on a property with a setter
    def owner(self) -> int | None:
        """The thread that must finish it, if it is the one that asks; None for all others, and in other processes."""
        ident = self._table.ident()
        signed = self._table.words[self._at + ClaimWord.THREAD] == ident & _LOW
        return ident if signed and self.mine else None

    @owner.setter
    def owner(self, ident: int | None) -> None:
        self._table.words[self._at + ClaimWord.THREAD] = 0 if ident is None else ident & _LOW


@final
class HeldClaims(MutableMapping[int, Held]):
    """The claims that somebody has yet to finish, by first sequence."""

    __slots__ = ("_table",)

    def __init__(self, table: ClaimTable) -> None:
        self._table = table

    @override
    def __getitem__(self, first: int) -> SharedHeld:
        if not self._table.has(first, HELD):
            raise KeyError(first)
        return SharedHeld(self._table, first)

    @override
    def __setitem__(self, first: int, held: Held) -> None:
        words, at = self._table.words, self._table.at(first)
        words[at + ClaimWord.LAST] = held.last
        words[at + ClaimWord.OWNER] = self._table.me()
        words[at + ClaimWord.THREAD] = 0
        words[at] = tag_of(first, HELD)

    @override
    def __delitem__(self, first: int) -> None:
        self._table.clear(first, HELD)

    @override
    def __iter__(self) -> Iterator[int]:
        return self._table.unfinished(HELD)

    @override
    def __len__(self) -> int:
        return sum(1 for _ in self)


@final
class DoneClaims(MutableMapping[int, int]):
    """The claims that are finished above `published`: first and last sequence."""

    __slots__ = ("_table",)

    def __init__(self, table: ClaimTable) -> None:
        self._table = table

    @override
    def __getitem__(self, first: int) -> int:
        table = self._table
        if not table.has(first, DONE):
            raise KeyError(first)
        return table.last_of(first)

    @override
    def __setitem__(self, first: int, last: int) -> None:
        table, at = self._table, self._table.at(first)
        known = table.has(first, DONE)
        table.words[at + ClaimWord.LAST] = last
        table.words[at] = tag_of(first, DONE)  # from now on nobody holds it
        table.done.value += not known

    @override
    def __delitem__(self, first: int) -> None:
        self._table.clear(first, DONE)
        self._table.done.value -= 1

    @override
    def __iter__(self) -> Iterator[int]:
        return self._table.unfinished(DONE)

    @override
    def __len__(self) -> int:
        return self._table.done.value

    def recount(self) -> None:
        """Count anew, after a death."""
        self._table.done.value = sum(1 for _ in self)


@final
class SharedVoids:
    """The void sequences among the last `capacity`: the part of a set that the ring uses."""

    __slots__ = ("_claimed", "_mask", "_newest", "_words")

    def __init__(self, words: Words, newest: Cell, claimed: Cell) -> None:
        self._words = words
        self._mask = len(words) - 1
        self._newest = newest
        self._claimed = claimed

    def update(self, sequences: Iterable[int]) -> None:
        """Add sequences."""
        newest = self._newest.value
        for sequence in sequences:
            newest = max(newest, sequence + 1)
            self._newest.value = newest  # first: who sees none of them may yet see that there are some
            self._words[self._mask & sequence] = sequence + 1

    def difference_update(self, sequences: Iterable[int]) -> None:
        """Forget sequences whose slots have new owners. Nothing is to be done: a slot's word names the sequence."""

    def __contains__(self, sequence: object) -> bool:
        return isinstance(sequence, int) and self._words[self._mask & sequence] == sequence + 1

    def __bool__(self) -> bool:
        return self._newest.value > self._claimed.value - len(self._words)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[int]:
        oldest = max(INITIAL, self._claimed.value - len(self._words))  # in a new ring, a word of 0 names no sequence
        return (word - 1 for word in (self._words[k] for k in range(len(self._words))) if word - 1 > oldest)
