"""Cells and slots that report to the scheduler: the numbers and events that tasks share.

Rule 1: a load or a store of a cell, or of a slice of slots, is one scheduling point, as far as the granularity asks for it,
        and is written down in the log, place by place.
Rule 2: with store buffers, a store goes to the buffer of its task, slot by slot, and a load looks there first.
Rule 3: outside of tasks everything works and nothing is a point.
"""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeVar, cast, final, overload

from disruptor._override import override
from stateful.scheduler._access import Kind, Place
from stateful.scheduler._buffers import Buffers, Store
from stateful.scheduler._log import place_of

if TYPE_CHECKING:
    from stateful.scheduler._core import Scheduler

T = TypeVar("T")


@final
class SimCell:
    """A cell whose every load and store is a scheduling point."""

    __slots__ = ("_value", "label", "place", "scheduler")

    def __init__(self, scheduler: "Scheduler", value: int) -> None:
        self.scheduler = scheduler
        self.label = "cell"
        self.place = place_of(scheduler, self)
        self._value = value

    @property
    def value(self) -> int:
        """The number."""
        scheduler = self.scheduler
        if scheduler.cells:
            scheduler.point(f"load {self.label}")
        if scheduler.buffers is not None:
            mine = scheduler.buffers.newest((id(self), 0), self.place)
            if mine is not None:
                return cast("int", mine.value)
        scheduler.access(self.place, Kind.LOAD)
        return self._value

    @value.setter
    def value(self, value: int) -> None:
        scheduler = self.scheduler
        if scheduler.cells:
            scheduler.point(f"store {self.label} = {value}")
        buffers = scheduler.buffers
        if buffers is None:
            scheduler.access(self.place, Kind.STORE)
            self._value = value
            scheduler.changes += scheduler.acting  # who only looks on changes nothing
            return
        text = f"{self.label} = {value} is visible"
        buffers.put(Store((id(self), 0), self.place, value, text, partial(self._write, value)))
        if buffers.is_fenced(self.label):
            buffers.fence(f"fence after {self.label}")

    def _write(self, value: int) -> None:
        self._value = value
        self.scheduler.changes += 1

    def peek(self) -> int:
        """Return the number without a point: for those who only look on."""
        return self._value


class SimArray(list[T]):
    """A list whose items are loaded and stored at scheduling points."""

    scheduler: "Scheduler"
    place: Place

    @overload
    def __getitem__(self, index: SupportsIndex) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    @override
    def __getitem__(self, index: SupportsIndex | slice) -> T | list[T]:
        """Load items."""
        self._touch(index, Kind.LOAD)
        if self.scheduler.buffers is not None:
            return self._through(self.scheduler.buffers, index)
        return super().__getitem__(index)

    @overload
    def __setitem__(self, index: SupportsIndex, item: T) -> None: ...
    @overload
    def __setitem__(self, index: slice, item: Iterable[T]) -> None: ...
    @override
    def __setitem__(self, index: SupportsIndex | slice, item: T | Iterable[T]) -> None:
        """Store items."""
        self._touch(index, Kind.STORE)
        if self.scheduler.buffers is None:
            super().__setitem__(cast("Any", index), cast("Any", item))
            return
        slots, items = range(len(self))[index], cast("Any", item)
        for slot, each in [(slots, item)] if isinstance(slots, int) else zip(slots, items, strict=True):
            write = partial(super().__setitem__, slot, each)
            self.scheduler.buffers.put(
                Store((id(self), slot), (self.place, slot), each, f"slot {slot} is visible", write)
            )

    def _through(self, buffers: Buffers, index: SupportsIndex | slice) -> T | list[T]:
        """Load items through the buffer of the current task."""

        def load(slot: int) -> T:
            mine = buffers.newest((id(self), slot), (self.place, slot))
            if mine is not None:
                return cast("T", mine.value)
            self.scheduler.access((self.place, slot), Kind.LOAD)
            return list.__getitem__(self, slot)

        slots = range(len(self))[index]
        return load(slots) if isinstance(slots, int) else [load(slot) for slot in slots]

    def _touch(self, index: SupportsIndex | slice, kind: Kind) -> None:
        scheduler = self.scheduler
        if scheduler.cells:
            scheduler.point(f"{kind.value} slots")
        if scheduler.log is not None and scheduler.buffers is None:
            places = range(len(self))[index]
            for place in places if isinstance(places, range) else (places,):
                scheduler.access((self.place, place), kind)
