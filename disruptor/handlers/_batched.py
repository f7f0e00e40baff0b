"""Handlers that are called when enough has come together.

Rule 1: what waits for more lies in the ring: it is not marked, so it holds producers back, and comes again after a failure.
"""

from math import inf
from typing import Generic, SupportsIndex, TypeVar, final

from disruptor._arguments import integer_between
from disruptor._deadline import check_timeout
from disruptor._errors import InvalidValue
from disruptor._override import override
from disruptor.handlers._handler import Handler, Manner, hooks

E = TypeVar("E")


@final
class Batched(Generic[E]):
    """A handler, and how much it waits for: what `combine.batched` returns."""

    __slots__ = ("handler", "most", "seconds")

    def __init__(self, handler: Handler[E], most: SupportsIndex | None, seconds: float | None) -> None:
        hooks(handler)  # a wrong one is told here
        if most is None and seconds is None:
            raise InvalidValue("batched needs max_events or seconds, or both")
        self.handler: Handler[E] = handler
        self.most: int | None = None if most is None else integer_between("max_events", most, 1, 2**63 - 1)
        self.seconds: float | None = check_timeout(seconds)

    def manner(self, manner: Manner, capacity: int) -> Manner:
        """Return how the handler is to be called in a ring of `capacity`."""
        if manner.most != capacity:
            raise InvalidValue(f"{self!r} says itself how large its batches are: max_batch_size is not for it")
        most = capacity if self.most is None else integer_between("max_events", self.most, 1, capacity)
        return manner._replace(most=most, linger=inf if self.seconds is None else self.seconds)

    @override
    def __repr__(self) -> str:
        return f"batched({self.handler!r}, max_events={self.most}, seconds={self.seconds})"


def inner(handler: "Handler[E] | Batched[E]") -> Handler[E]:
    """Return the handler that is to be called."""
    return handler.handler if isinstance(handler, Batched) else handler
