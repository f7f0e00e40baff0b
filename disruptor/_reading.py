"""Reading a batch in a block.

Rule 1: the batch is marked as processed when the block ends, and nothing is when an exception ends it.
Rule 2: the block has the subscriber's turn from its beginning to its end.
"""

from types import TracebackType
from typing import Generic, Protocol, TypeVar, final

from disruptor._batch import Batch
from disruptor._sync import Runtime, deadline_of
from disruptor._turn import Turn

E = TypeVar("E")


class Reads(Protocol[E]):
    """What of a `Subscriber` is needed here."""

    @property
    def _runtime(self) -> Runtime: ...

    def _begin(self) -> Turn: ...

    def _next(self, most: int, deadline: int | None) -> Batch[E]: ...

    def _move(self, sequence: int) -> object: ...


@final
class Reading(Generic[E]):
    """The context manager that `Subscriber.read` returns; entering it waits, and gives the `Batch`."""

    __slots__ = ("__weakref__", "_batch", "_most", "_subscriber", "_timeout", "_turn")

    def __init__(self, subscriber: Reads[E], most: int, timeout: float | None) -> None:
        self._subscriber = subscriber
        self._most = most
        self._timeout = timeout
        self._turn: Turn | None = None
        self._batch: Batch[E] | None = None

    def __enter__(self) -> Batch[E]:
        deadline = deadline_of(self._subscriber._runtime, self._timeout)
        turn = self._subscriber._begin()
        try:
            batch = self._batch = self._subscriber._next(self._most, deadline)
            self._turn = turn
        except BaseException:
            turn.give()
            raise
        return batch

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        turn, batch, self._turn, self._batch = self._turn, self._batch, None, None
        if turn is None or batch is None:
            raise RuntimeError("nobody has entered this block")
        try:
            if kind is None:
                self._subscriber._move(batch.end)
        finally:
            turn.give()
