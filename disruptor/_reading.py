"""Reading a batch in a block.

Rule: entering it waits; what it has in hand until it ends is kept by `_in_hand.py`.
"""

from types import TracebackType
from typing import Protocol, TypeVar, final

from disruptor._batch import Batch
from disruptor._in_hand import InHand
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
class Reading(InHand[E]):
    """The context manager that `Subscriber.read` returns; entering it waits, and gives the `Batch`."""

    __slots__ = ("_most", "_subscriber", "_timeout")

    def __init__(self, subscriber: Reads[E], most: int, timeout: float | None) -> None:
        self._subscriber = subscriber
        self._most = most
        self._timeout = timeout
        super().__init__()

    def __enter__(self) -> Batch[E]:
        deadline = deadline_of(self._subscriber._runtime, self._timeout)
        turn = self._subscriber._begin()
        try:
            return self._hold(turn, self._subscriber._next(self._most, deadline))
        except BaseException:
            turn.give()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._let_go(self._subscriber, processed=kind is None)
