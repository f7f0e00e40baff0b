"""What a handler says of its position after its turn, while other processes take its row or go on with its subscriber.

Rule: only who has the turn moves a position while there is a turn, and nobody moves the position of another subscriber.
"""

from collections.abc import Callable
from contextlib import suppress

import pytest

from disruptor import Poll, SubscriberBusy
from disruptor.handlers._progress import Progress, mover
from disruptor.shared._deaths import Policy
from stateful.adapters.processes import Simulated
from stateful.library import LIBRARY
from stateful.scheduler import Granularity, Scheduler, instrumented, reduced

Story = Callable[[Scheduler], Callable[[], None]]


def handed(scheduler: Scheduler) -> tuple[Simulated[str], Progress]:
    """Return a ring of two, full, and the progress of a handler of the first process, which had all of it and has ended."""
    simulated: Simulated[str] = Simulated(2, None, scheduler.runtime, Policy.REMOVE)
    sends = simulated.current().ring.register_subscriber(name="sends")
    simulated.register("sends", sends)
    simulated.current().ring.publish_many(["a", "b"])
    turn = sends._begin()
    progress = Progress(sends.name, -1, scheduler.runtime.lock(), mover(sends, scheduler.runtime))
    progress.hand(1, 1)
    turn.give()
    return simulated, progress


def row_of_another(scheduler: Scheduler) -> Callable[[], None]:
    """The subscriber is removed, and another process registers one, which may get its row; then it is said, or before."""
    simulated, progress = handed(scheduler)
    sends = simulated.subscriber("sends")
    joined: list[int] = []

    def joins() -> None:
        new = simulated.current().ring.register_subscriber(name="new")
        joined.extend((new.sequence, new.sequence))
        simulated.register("new", new)

    scheduler.spawn("says so late", lambda: progress(1))
    scheduler.spawn("leaves", sends.close)
    scheduler.spawn("joins", joins)

    def check() -> None:
        assert [*joined, simulated.subscriber("new").sequence] == [-1, -1, -1]
        simulated.current().ring._check()

    return check


def turn_of_another(scheduler: Scheduler) -> Callable[[], None]:
    """Another process goes on with the subscriber: what it has in hand is not marked, nor moved back, by the first one."""
    simulated, progress = handed(scheduler)

    def late() -> None:
        with suppress(SubscriberBusy):
            progress(1)

    def goes_on() -> None:
        mine = simulated.subscriber("sends")
        for _ in range(2):
            with mine.poll(max_events=1) as batch:
                if not isinstance(batch, Poll):
                    assert mine.sequence == batch.sequences[0] - 1

    scheduler.spawn("says so late", late)
    scheduler.spawn("goes on", goes_on)

    def check() -> None:
        assert simulated.subscriber("sends").sequence == 1
        simulated.current().ring._check()

    return check


STORIES: dict[str, Story] = {"row of another": row_of_another, "turn of another": turn_of_another}


@pytest.mark.parametrize("name", STORIES)
def test_a_story(name: str) -> None:
    with instrumented(LIBRARY):
        found = reduced(STORIES[name], granularity=Granularity.CELLS, max_schedules=300)
    if found.failed is not None:
        raise found.failed
