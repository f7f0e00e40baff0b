"""What is not done twice, nor without need: copying, taking the lock, making objects, giving up the range."""

from collections.abc import Callable
from typing import SupportsIndex, TypeVar, overload

import pytest

from disruptor import Disruptor, Subscriber
from disruptor._override import override
from tests.api.scripted import Scripted

T = TypeVar("T")


class Counting(list[T]):
    """Slots that count how often they are copied."""

    copies = 0

    @overload
    def __getitem__(self, index: SupportsIndex) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    @override
    def __getitem__(self, index: SupportsIndex | slice) -> T | list[T]:
        self.copies += isinstance(index, slice)
        return super().__getitem__(index)


class World(Scripted):
    """A runtime with such slots."""

    slots: Counting[object]

    @override
    def array(self, items: list[T]) -> list[T]:
        made = Counting(items)
        self.slots = made  # type: ignore[assignment]  # only counted
        return made


READS: dict[str, Callable[[Subscriber[int]], list[int]]] = {
    "loop": lambda reader: list(reader),
    "loop over batches": lambda reader: [event for batch in reader.batches() for event in batch],
}


@pytest.mark.parametrize("name", READS)
def test_a_loop_copies_what_is_there_once(name: str) -> None:
    world = World()
    ring: Disruptor[int] = Disruptor(8, runtime=world)
    reader = ring.register_subscriber()
    ring.publish_many(range(8))
    ring.close()
    world.slots.copies = 0
    assert READS[name](reader) == [*range(8)]
    assert world.slots.copies == 1


def test_what_may_be_read_is_waited_for_without_the_lock() -> None:
    ring: Disruptor[int] = Disruptor(4, runtime=Scripted())
    reader = ring.register_subscriber()
    ring.publish_many(range(3))
    with ring._sequencer.lock:  # taking it twice fails in this world
        assert reader.wait_for(2) == 2
        assert ring.wait_for(2) == 2


def test_an_object_is_made_anew_once_after_its_claim_was_abandoned() -> None:
    made: list[list[int]] = []

    def factory() -> list[int]:
        made.append([])
        return made[-1]

    ring: Disruptor[list[int]] = Disruptor(1, factory, runtime=Scripted())
    ring.claim().abandon()
    for _ in range(3):
        with ring.claim() as claim:
            assert claim[0] is made[1]
    assert len(made) == 2


def test_the_sequences_of_a_batch_without_voids_are_a_range_though_there_are_voids_elsewhere() -> None:
    ring: Disruptor[int] = Disruptor(4, runtime=Scripted())
    reader = ring.register_subscriber()
    ring.claim().abandon()
    ring.publish_many(range(2))
    with reader.read(1) as batch:
        assert batch.sequences == range(1, 2)
    with reader.read() as batch:
        assert batch.sequences == range(2, 3)
        assert [*batch] == [1]
