"""Looking for events without waiting.

Rule 1: as for `read`, a batch is marked as processed when its block ends, and nothing is when an exception ends it.
Rule 2: whoever has a batch has the subscriber's turn until the block ends; whoever is told why there is none has not.
"""

from types import TracebackType
from typing import Protocol, TypeVar, final

from disruptor._barrier import Barrier
from disruptor._batch import Batch
from disruptor._gate import Gate
from disruptor._in_hand import InHand
from disruptor._poll import Poll
from disruptor._turn import Turn

E = TypeVar("E")


class Reads(Protocol[E]):
    """What of a `Subscriber` is needed here."""

    @property
    def _barrier(self) -> Barrier: ...

    @property
    def _gate(self) -> Gate: ...

    def _begin(self) -> Turn: ...

    def _look(self, first: int, most: int, deadline: int | None) -> Batch[E]: ...

    def _move(self, sequence: int) -> object: ...


@final
class Polling(InHand[E]):
    """The context manager that `Subscriber.poll` returns; entering it never waits, and gives a `Batch` or a `Poll`."""

    __slots__ = ("_most", "_subscriber")

    def __init__(self, subscriber: Reads[E], most: int) -> None:
        self._subscriber = subscriber
        self._most = most
        super().__init__()

    def __enter__(self) -> Batch[E] | Poll:
        subscriber = self._subscriber
        turn = subscriber._begin()
        try:
            while (found := subscriber._barrier.poll(first := subscriber._gate.position.value + 1)) is None:
                batch = subscriber._look(first, self._most, None)
                if batch:
                    return self._hold(turn, batch)
                subscriber._move(batch.end)  # nothing but voids: they stop nobody
        except BaseException:
            turn.give()
            raise
        turn.give()
        return found

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._let_go(self._subscriber, processed=kind is None)
