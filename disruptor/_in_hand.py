"""A batch that somebody has in hand, in a block of his own: until it ends, he has the turn.

Rule 1: the batch is marked as processed when the block ends, and nothing is when an exception ends it.
Rule 2: the turn is taken before the batch is, and given back after it was marked, whatever happens.
"""

from typing import Generic, Protocol, TypeVar

from disruptor._batch import Batch
from disruptor._turn import Turn

E = TypeVar("E")


class Moves(Protocol):
    """What of a `Subscriber` is needed here."""

    def _move(self, sequence: int) -> object: ...


class InHand(Generic[E]):
    """The turn and the batch of a block, while it lasts."""

    __slots__ = ("__weakref__", "_batch", "_turn")

    def __init__(self) -> None:
        self._turn: Turn | None = None
        self._batch: Batch[E] | None = None

    def _hold(self, turn: Turn, batch: Batch[E]) -> Batch[E]:
        """Have a batch in hand, and return it."""
        self._turn, self._batch = turn, batch
        return batch

    def _let_go(self, subscriber: Moves, *, processed: bool) -> None:
        """End the block, if there was anything in hand."""
        turn, batch, self._turn, self._batch = self._turn, self._batch, None, None
        if turn is None or batch is None:
            return
        try:
            if processed:
                subscriber._move(batch.end)
        finally:
            turn.give()
