"""What a producer does when the ring is full: wait, raise, or let the newest event go.

Rule 1: nothing is let go silently: each event is counted, and each time that events begin to be let go is logged, and, with
        their number, that it has ended.
Rule 2: the count is exact for any number of threads: it has a lock of its own, under which nothing is called.
"""

import logging
from collections.abc import Callable, Collection
from collections.abc import Sequence as AbstractSequence
from typing import Final, Generic, Literal, Protocol, TypeVar, final

from disruptor._deadline import check_timeout
from disruptor._errors import InsufficientCapacity, InvalidType, InvalidValue
from disruptor._override import override
from disruptor._sequence import Sequence
from disruptor._sync import Runtime

E = TypeVar("E")
R = TypeVar("R")

Overflow = Literal["block", "raise", "drop"]

LOG: Final = logging.getLogger("disruptor")


class Publishes(Protocol[E]):
    """What of a ring is needed here."""

    def publish(self, event: E, *, timeout: float | None = None) -> Sequence: ...

    def publish_many(self, events: Collection[E], *, timeout: float | None = None) -> range: ...

    def publish_event(
        self, translate: Callable[[E, Sequence], object], *, timeout: float | None = None
    ) -> Sequence: ...

    def _listed(self, events: Collection[E]) -> list[E]: ...


@final
class Publisher(Generic[E]):
    """Publishes into a ring, with its own way of doing without room: what `Disruptor.publisher` returns.

    Any number of threads may use one. It registers nothing and holds nothing.

    >>> from disruptor import Disruptor
    >>> ring: Disruptor[str] = Disruptor(1)
    >>> subscriber = ring.register_subscriber()
    >>> publisher = ring.publisher(overflow="drop")
    >>> publisher.publish("a"), publisher.publish("b"), publisher.dropped
    (0, None, 1)
    """

    __slots__ = ("_burst", "_dropped", "_lock", "_overflow", "_ring", "_timeout")

    def __init__(self, ring: Publishes[E], runtime: Runtime, overflow: Overflow, timeout: float | None) -> None:
        if overflow not in ("block", "raise", "drop"):
            raise InvalidValue(f"overflow must be 'block', 'raise' or 'drop', not {overflow!r}")
        self._timeout = check_timeout(timeout) if overflow == "block" or timeout is not None else 0.0
        self._ring = ring
        self._lock = runtime.lock()
        self._dropped = 0
        self._burst = 0
        self._overflow = overflow

    @property
    def dropped(self) -> int:
        """How many events were let go because there was no room for them."""
        return self._dropped

    @override
    def __repr__(self) -> str:
        dropped = f", {self._dropped} dropped" if self._overflow == "drop" else ""
        return f"<Publisher into {self._ring!r}, overflow={self._overflow!r}, timeout={self._timeout}{dropped}>"

    def publish(self, event: E) -> Sequence | None:
        """Publish an event, and return its sequence; None if it was let go. As `Disruptor.publish`."""
        return self._try(1, lambda: self._ring.publish(event, timeout=self._timeout))

    def publish_many(self, events: Collection[E]) -> range | None:
        """Publish several events, or let all of them go. As `Disruptor.publish_many`."""
        batch = self._ring._listed(events)  # here: what is wrong with them is no want of room
        return self._try(len(batch), lambda: self._ring.publish_many(batch, timeout=self._timeout))

    def publish_event(self, translate: Callable[[E, Sequence], object]) -> Sequence | None:
        """Fill an event in place, and publish it. As `Disruptor.publish_event`.

        If it is let go, `translate` is not called.
        """
        if not callable(translate):
            raise InvalidType(f"translate must be callable, not {translate!r}")
        called: list[Sequence] = []

        def fill(event: E, sequence: Sequence) -> None:
            called.append(sequence)
            translate(event, sequence)

        return self._try(1, lambda: self._ring.publish_event(fill, timeout=self._timeout), called)

    def _try(self, n: int, publish: Callable[[], R], called: AbstractSequence[Sequence] = ()) -> R | None:
        """Publish, or let `n` events go; an error of the user's code, such as a translator that was called, is its own."""
        try:
            result = publish()
        except InsufficientCapacity as error:
            if called or error._of_user or self._overflow != "drop":
                raise
            with self._lock:
                begins = not self._burst
                self._burst += n
                self._dropped += n
            if begins:
                LOG.warning("the ring is full: events are dropped")
            return None
        if self._burst:
            with self._lock:
                burst, self._burst = self._burst, 0
            if burst:
                LOG.warning("there is room again: %d events were dropped", burst)
        return result
