"""What if a `KeyboardInterrupt` strikes whoever ends what others wait for, and nobody comes after to wake them?

In `test_interrupts.py` everybody leaves and a last event comes: that would mask a wake-up that the interrupt has lost, and
half a registration. Here nothing follows. Either the call has done nothing, or all of it: with the wake-ups.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import pytest

from disruptor import Disruptor, DisruptorClosed
from stateful.library import LIBRARY
from stateful.scheduler import Granularity, Scheduler, instrumented, reduced
from stateful.strikes import unraised

Ring = Disruptor[str]


class Scene(NamedTuple):
    """A ring, a victim that ends something, and somebody who waits for that end."""

    build: Callable[[Ring], object]
    victim: Callable[[Ring], object]
    waiter: Callable[[Ring], object]
    undone: Callable[[Ring], bool]
    """Whether what the waiter waits for has not happened: then it may wait."""


def registered(ring: Ring) -> bool:
    """Tell whether there is a subscriber that gates; half of one is an error."""
    mine = ring.subscribers
    assert [subscriber._gate for subscriber in mine] == list(ring._sequencer.gates), "half registered"
    assert not any(subscriber.closed for subscriber in mine), "half removed"
    for upstream in mine:
        assert upstream._gate.followers.value == sum(upstream in other.after for other in mine), "miscounted"
    return bool(mine)


def full(ring: Ring) -> None:
    ring.register_subscriber()
    ring.publish("first")


def behind(ring: Ring) -> None:
    upstream = ring.register_subscriber()
    ring.register_subscriber(after=upstream)


def fail(ring: Ring) -> None:
    ring.fail_subscriber(ring.subscribers[0], ValueError())


def read_behind(ring: Ring) -> None:
    with ring.subscribers[1].read():
        pass


SCENES = {
    "abandon": Scene(
        lambda ring: ring.publish("first"),
        lambda ring: ring.claim().abandon(),
        lambda ring: ring.publish("x"),
        lambda ring: False,
    ),
    "publish": Scene(
        lambda ring: None, lambda ring: ring.publish("x"), lambda ring: ring.wait_for(0), lambda ring: ring.cursor < 0
    ),
    "leave": Scene(full, lambda ring: ring.subscribers[0].close(), lambda ring: ring.publish("x"), registered),
    "leave an upstream": Scene(behind, lambda ring: ring.subscribers[1].close(), lambda ring: None, lambda ring: False),
    "close": Scene(full, lambda ring: ring.close(), lambda ring: ring.publish("x"), lambda ring: not ring.closed),
    "fail": Scene(full, fail, lambda ring: ring.publish("x"), lambda ring: not ring.closed),
    "fail an upstream": Scene(behind, fail, read_behind, lambda ring: not ring.closed),
    "halt": Scene(full, lambda ring: ring.halt(), lambda ring: ring.publish("x"), lambda ring: not ring.closed),
    "join": Scene(
        lambda ring: None, lambda ring: ring.register_subscriber(), lambda ring: ring.publish("x"), lambda ring: False
    ),
    "join behind": Scene(
        full, lambda ring: ring.register_subscriber(after=ring.subscribers), lambda ring: None, lambda ring: False
    ),
}


def strike(scene: Scene, step: int) -> bool:
    """Interrupt the victim at one of its steps; return whether it ever had so many steps."""
    struck = False

    def program(scheduler: Scheduler) -> Callable[[], None]:
        ring: Ring = Disruptor(1, runtime=scheduler.runtime)
        scene.build(ring)
        steps = 0

        def victim() -> None:
            with suppress(KeyboardInterrupt):
                scene.victim(ring)

        def waiter() -> None:
            with suppress(DisruptorClosed):  # refused: it did not wait for ever
                scene.waiter(ring)

        task = scheduler.spawn("victim", victim)
        scheduler.spawn("waiter", waiter)

        def hook(scheduler: Scheduler) -> None:
            nonlocal steps, struck
            if scheduler.current is task:
                steps += 1
                if steps == step:
                    struck = True
                    scheduler.inject(task, KeyboardInterrupt())

        scheduler.on_step = hook

        def check() -> None:
            stuck = [other.name for other in scheduler.tasks if not other.ended]
            registered(ring)
            assert not ring._sequencer.lock.locked()
            ring._check()
            assert not stuck or (stuck == ["waiter"] and scene.undone(ring)), f"{stuck} wait for ever"

        return check

    with instrumented(LIBRARY), unraised([]):
        found = reduced(program, granularity=Granularity.BYTECODES, max_schedules=20)
    if found.failed is not None:
        raise found.failed
    return struck


@pytest.mark.parametrize("name", SCENES)
def test_an_interrupted_end_is_no_end_or_a_whole_one(name: str) -> None:
    step = 1
    while strike(SCENES[name], step):
        step += 1
    assert step > 5
