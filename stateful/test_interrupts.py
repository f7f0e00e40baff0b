"""What if a `KeyboardInterrupt` strikes a task at any of its steps, while others are at work?

Afterwards nothing is held, everybody else goes on, a last event reaches everybody who is left, and the ring is consistent.
Every step of the victim is tried, each with every schedule of at most one pre-emption.
"""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from disruptor import Disruptor, Subscriber
from stateful.scheduler import Granularity, Scheduler, explore

Act = Callable[[Disruptor[str], Subscriber[str]], object]


class Scene(NamedTuple):
    """A victim, and the ring around it: its capacity, and whether there is an event to begin with."""

    victim: Act
    capacity: int = 4
    first: bool = False


def claims_and_publishes(ring: Disruptor[str], subscriber: Subscriber[str]) -> None:
    with ring.claim() as claim:
        claim[0] = "x"


def claims_and_abandons(ring: Disruptor[str], subscriber: Subscriber[str]) -> None:
    ring.claim().abandon()


def reads(ring: Disruptor[str], subscriber: Subscriber[str]) -> None:
    with subscriber.read():
        pass


def loops_once(ring: Disruptor[str], subscriber: Subscriber[str]) -> None:
    for _ in subscriber:
        break


def joins_and_leaves(ring: Disruptor[str], subscriber: Subscriber[str]) -> None:
    ring.register_subscriber().close()


def leaves_and_publishes(ring: Disruptor[str], subscriber: Subscriber[str]) -> None:
    subscriber.close()
    ring.publish("x")


# None of these has to sleep.
AWAKE = {
    "publish": Scene(lambda ring, subscriber: ring.publish("x")),
    "publish_many": Scene(lambda ring, subscriber: ring.publish_many(["x", "y"])),
    "claim and publish": Scene(claims_and_publishes),
    "claim and abandon": Scene(claims_and_abandons),
    "join and leave": Scene(joins_and_leaves),
    "leave": Scene(lambda ring, subscriber: subscriber.close(), capacity=1, first=True),
    "read": Scene(reads, first=True),
    "loop": Scene(loops_once, first=True),
    "update_sequence": Scene(lambda ring, subscriber: subscriber.update_sequence(0), first=True),
}

# These may sleep, and be interrupted when they wake up and take the lock again.
ASLEEP = {
    "publish into a full ring": Scene(leaves_and_publishes, capacity=1, first=True),
    "read from an empty ring": Scene(reads),
    "wait_for": Scene(lambda ring, subscriber: ring.wait_for(0)),
}


def strike(scene: Scene, step: int, preemptions: int) -> bool:
    """Interrupt the victim at one of its steps, under every schedule; return whether it ever had so many steps."""
    struck = False

    def program(scheduler: Scheduler) -> Callable[[], None]:
        ring: Disruptor[str] = Disruptor(scene.capacity, runtime=scheduler.runtime)
        victims = ring.register_subscriber(name="victim's")
        others = ring.register_subscriber(name="other's")
        if scene.first:
            ring.publish("first")
        had: list[str] = []

        acting = True
        hit = raised = False

        def victim() -> None:
            nonlocal acting, raised
            try:
                scene.victim(ring, victims)
            except KeyboardInterrupt:
                raised = True
            acting = False
            victims.close()  # it has to work, whatever happened: nobody holds the subscriber's ring up for ever

        def producer() -> None:
            ring.publish("last")

        def reader() -> None:
            while "last" not in had:
                with others.read() as batch:
                    had.extend(batch)

        task = scheduler.spawn("victim", victim)
        scheduler.spawn("producer", producer)
        scheduler.spawn("reader", reader)
        steps = 0

        def hook(scheduler: Scheduler) -> None:
            nonlocal steps, struck, hit
            if scheduler.current is task and acting:
                steps += 1
                if steps == step:
                    struck = hit = True
                    scheduler.inject(task, KeyboardInterrupt())

        scheduler.on_step = hook

        def check() -> None:
            assert raised == hit, "the interrupt was swallowed"
            stuck = [other.name for other in scheduler.tasks if not other.ended]
            assert not stuck, f"{stuck} wait for ever"
            assert not ring._sequencer.lock.locked()
            ring._check()
            assert "last" in had

        return check

    found = explore(program, preemptions=preemptions, granularity=Granularity.CELLS, max_schedules=4_000)
    if found.failed is not None:
        raise found.failed
    return struck


@pytest.mark.parametrize("name", [*AWAKE, *ASLEEP])
def test_an_interrupt_at_any_step_stops_nobody_else(name: str) -> None:
    scene = (AWAKE | ASLEEP)[name]
    step = 1
    while strike(scene, step, 1):
        step += 1
    assert step > 5
