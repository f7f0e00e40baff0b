"""A convenient base for events in place, kept from the first version of this library."""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

T = TypeVar("T")


class EventFactory(ABC, Generic[T]):
    """An event in place that holds one value behind `get` and `set`.

    A subclass is handed to the ring as `Disruptor(capacity, lambda: MyFactory())` or `Disruptor(capacity, MyFactory)`;
    the ring makes one a slot. Any other class does as well: nothing in the ring calls `get` or `set`.
    """

    @abstractmethod
    def get(self) -> T:
        """Return the value."""

    @abstractmethod
    def set(self, value: T) -> None:
        """Replace the value."""
