"""What a sequencer keeps of claims that are not finished, and of those that were abandoned.

Rule: between threads these are an object and a set; between processes the same is kept in words (`shared/_claims.py`).
"""

from collections.abc import Iterable, Iterator
from typing import Protocol


class Held:
    """A claim that somebody has yet to finish."""

    __slots__ = ("last", "owner")

    def __init__(self, last: int) -> None:
        self.last: int = last
        """Its last sequence."""
        self.owner: int | None = None
        """The thread that must finish it, if known. Written by it, without the lock; another thread only compares it with
        itself, and never finds itself."""

    @property
    def mine(self) -> bool:
        """Whether this process has made the claim, and not the one that it was forked from."""
        return True


class Voids(Protocol):
    """The part of a set of sequences that the ring uses."""

    def update(self, sequences: Iterable[int], /) -> None:
        """Add sequences."""

    def difference_update(self, sequences: Iterable[int], /) -> None:
        """Forget sequences."""

    def __contains__(self, sequence: object, /) -> bool: ...

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[int]: ...
