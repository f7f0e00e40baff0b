"""A batch on its way out: events that a subscriber has in hand.

Rule 1: a batch is a copy of a part of the ring, made while the subscriber's gate protected it. By value it stays
        as it is; in place its events are the ring's own objects, only promised until the batch is processed.
"""

import operator
from collections.abc import Iterator
from collections.abc import Sequence as AbstractSequence
from typing import TYPE_CHECKING, Generic, SupportsIndex, TypeVar, cast, final, overload

from disruptor._errors import InvalidType
from disruptor._override import override
from disruptor._sequence import Sequence
from disruptor.shared._records import Records

if TYPE_CHECKING:
    from disruptor.shared._records import Array

E = TypeVar("E")


@final
class Batch(AbstractSequence[E], Generic[E]):
    """Some consecutive events and their `sequences`; voids are left out.

    >>> from disruptor import Disruptor
    >>> ring: Disruptor[str] = Disruptor(4)
    >>> subscriber = ring.register_subscriber()
    >>> ring.publish_many(["a", "b"])
    range(0, 2)
    >>> with subscriber.read() as batch:
    ...     print(list(batch), list(batch.sequences))
    ['a', 'b'] [0, 1]
    """

    __slots__ = ("_events", "end", "sequences")

    def __init__(self, events: AbstractSequence[E], sequences: AbstractSequence[Sequence], end: int) -> None:
        self._events = events
        self.sequences: AbstractSequence[Sequence] = sequences
        """The sequence of each event: a range, or a tuple if there are voids between."""
        self.end: Sequence = Sequence(end)
        """The last sequence that this batch covers: of its last event, or of a void behind it."""

    @override
    def __len__(self) -> int:
        return len(self._events)

    @overload
    @override
    def __getitem__(self, index: SupportsIndex) -> E: ...
    @overload
    def __getitem__(self, index: slice) -> list[E]: ...
    def __getitem__(self, index: SupportsIndex | slice) -> E | list[E]:
        if isinstance(index, slice):
            return list(self._events[index])
        return self._events[operator.index(index)]

    @property
    def arrays(self) -> "tuple[Array, ...]":
        """The events as slices of the ring's own array: one, or two where its end lies between; more if voids do.

        Nothing is copied. Only of rings between processes whose events are a `numpy.dtype`; otherwise `InvalidType`.
        """
        return arrays_of(self._events)

    @override
    def __iter__(self) -> Iterator[E]:
        return iter(self._events)

    @override
    def __repr__(self) -> str:
        return f"<Batch of {len(self._events)}, sequences {self.sequences[0]}..{self.sequences[-1]}>"


def arrays_of(events: object) -> "tuple[Array, ...]":
    """Return the arrays that events are slices of; `InvalidType` if they are not."""
    if isinstance(events, Records):
        return events.arrays
    raise InvalidType("only a ring between processes whose event_factory is a numpy.dtype has arrays")


def chosen(events: AbstractSequence[E], indices: list[int]) -> AbstractSequence[E]:
    """Return some of the events."""
    if isinstance(events, Records):
        return cast("AbstractSequence[E]", events.picked(indices))
    return [events[index] for index in indices]


def sequences_of(first: int, end: int) -> AbstractSequence[Sequence]:
    """Return `first..end`: a range of sequences is a range."""
    return range(first, end + 1)  # type: ignore[return-value]  # a NewType has no range of its own
