"""Does a time-out begin when the call begins? The clock is read before the lock is taken: waiting for the lock counts."""

from collections.abc import Callable
from typing import final

import pytest

from disruptor import Disruptor, DisruptorError
from disruptor._override import override
from tests.api.scripted import Scripted, ScriptedLock

Use = Callable[[Disruptor[str]], object]


@final
class Watchful(Scripted):
    """A runtime that notes, each time the clock is read, whether somebody has the ring's lock."""

    def __init__(self) -> None:
        super().__init__()
        self.locks: list[ScriptedLock] = []
        self.under_lock: list[bool] = []

    @override
    def lock(self) -> ScriptedLock:
        made = super().lock()
        self.locks.append(made)
        return made

    @override
    def monotonic_ns(self) -> int:
        self.under_lock.append(any(lock.locked() for lock in self.locks))
        return super().monotonic_ns()


USES: dict[str, Use] = {
    "publish": lambda ring: ring.publish("x", timeout=1),
    "publish_many": lambda ring: ring.publish_many(["x"], timeout=1),
    "claim": lambda ring: ring.claim(timeout=1),
    "wait_for": lambda ring: ring.wait_for(1, timeout=1),
    "Subscriber.wait_for": lambda ring: ring.subscribers[0].wait_for(1, timeout=1),
}


@pytest.mark.parametrize("name", USES)
def test_the_clock_is_first_read_without_the_lock(name: str) -> None:
    world = Watchful()
    ring: Disruptor[str] = Disruptor(1, runtime=world)
    ring.register_subscriber()
    ring.publish("first")
    with pytest.raises(DisruptorError):
        USES[name](ring)
    assert world.under_lock[0] is False
    assert True in world.under_lock, "the call has waited"


def test_the_clock_of_a_read_is_first_read_without_its_turn_or_the_lock() -> None:
    world = Watchful()
    ring: Disruptor[str] = Disruptor(1, runtime=world)
    reader = ring.register_subscriber()
    with pytest.raises(DisruptorError):
        reader.read(timeout=1).__enter__()
    assert world.under_lock[0] is False
    assert True in world.under_lock, "the call has waited"
