"""Pools under the scheduler: workers come, go, fail, are halted, at every step that can make a difference.

Each story is explored with partial-order reduction, up to a limit in continuous integration; the deep run goes further.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import pytest

from disruptor import DisruptorBroken, Sequence, SubscriberClosed, on_error
from stateful.graphs import Trouble, Wrong, publish_on, raising
from stateful.pools import Crew, Story, Worker, told
from stateful.profiles import DEEP_LIMIT
from stateful.scheduler import Failed, Granularity

SEEDS, LIMIT = 24, 5


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that are to fail do so in each of hundreds of schedules."""
    monkeypatch.setattr(logging.getLogger("disruptor"), "disabled", True)


def main(crew: Crew, *others: Callable[[], object]) -> None:
    """Start a task that starts, publishes everything and shuts down, and one for each of the others."""

    def body() -> None:
        crew.ring.start()
        crew.publish()
        crew.ring.shutdown()

    crew.scheduler.spawn("main", body)
    for k, other in enumerate(others):
        crew.scheduler.spawn(f"other {k}", other)


def all_is_handled(crew: Crew) -> Callable[[], None]:
    """Everything is handled, once; who comes after waits for all before."""
    crew.pool(then=True)
    main(crew)

    def check() -> None:
        crew.finish()
        assert crew.after == list(range(len(crew.done)))

    return check


def one_needs_the_other(crew: Crew) -> Callable[[], None]:
    """Whoever has the first event needs the second to be handled: nobody may sit on it."""
    crew.pool(then=True)
    other = crew.scheduler.runtime.parked()
    crew.deeds[0], crew.deeds[1] = other.acquire, other.release
    main(crew)
    return crew.finish


def never_started(crew: Crew) -> Callable[[], None]:
    """What was published before is handled, although nobody ever started the workers: shutting down does."""
    crew.pool()
    crew.publish()
    crew.scheduler.spawn("shuts down", crew.ring.shutdown)
    crew.scheduler.spawn("starts", crew.ring.start)
    return crew.finish


def one_is_removed(crew: Crew) -> Callable[[], None]:
    """A worker is removed at any moment: the other one does the rest."""
    pool = crew.pool(then=True)
    main(crew, lambda: pool.remove("p-1"))

    def check() -> None:
        crew.finish()
        assert pool.workers == ("p-2",)
        assert crew.after == list(range(len(crew.done)))

    return check


def one_is_removed_and_nothing_else(crew: Crew) -> Callable[[], None]:
    """A worker that waits is removed: it ends, although nothing is published, nor the ring closed."""
    pool = crew.pool()

    def body() -> None:
        crew.ring.start()
        pool.remove("p-1")

    crew.scheduler.spawn("main", body)

    def check() -> None:
        assert [task.name for task in crew.scheduler.tasks if not task.ended] == ["p-2"]

    return check


def one_is_removed_before_its_retry(crew: Crew) -> Callable[[], None]:
    """A worker is removed while it waits to try again: the other one tries."""
    pool = crew.pool(options={"on_error": on_error.retry(1, backoff=3600.0)})
    crew.deeds[0] = raising
    main(crew, lambda: pool.remove("p-1"))
    return crew.finish


def one_is_added(crew: Crew) -> Callable[[], None]:
    """A worker is added at any moment: to one that is stuck until somebody does the next event."""
    pool = crew.pool(1)
    other = crew.scheduler.runtime.parked()
    crew.deeds[0], crew.deeds[1] = other.acquire, other.release
    main(crew, lambda: pool.add(Worker(crew)))
    return crew.finish


def one_is_exchanged(crew: Crew) -> Callable[[], None]:
    """A worker is added and the only other one removed."""
    pool = crew.pool(1)

    def exchange() -> None:
        pool.add(Worker(crew))
        pool.remove("p-1")

    main(crew, exchange)
    return crew.finish


def one_fails_and_is_started_again(crew: Crew) -> Callable[[], None]:
    """A worker fails: the ring is broken. Started again, all goes on: nothing is lost, nothing done twice."""
    crew.pool(then=True)
    crew.deeds[0] = raising
    errors: list[BaseException] = []

    def body() -> None:
        crew.ring.start()
        publish_on(crew.ring, len(crew.done))
        try:
            crew.ring.shutdown()
        except* Trouble as raised:
            errors.extend(raised.exceptions)
        crew.ring.start()
        crew.ring.shutdown()

    crew.scheduler.spawn("main", body)

    def check() -> None:
        crew.finish()
        assert len(errors) <= 1
        assert crew.after == list(range(len(crew.done)))

    return check


def one_fails_and_another_has_an_event(crew: Crew) -> Callable[[], None]:
    """A worker that has an event in hand when another one fails moves the pool on, after whoever follows it was told to end.

    Who comes after that one sees that the pool has gone on, and is not to wait for somebody who is gone.
    """
    told = crew.scheduler.runtime.parked()
    behind: list[int] = []

    class After:
        def on_event(self, event: int, sequence: Sequence, end_of_batch: bool) -> None:
            crew.follow(event, sequence, end_of_batch)

        def on_shutdown(self) -> None:
            told.release()

    crew.pool().then(After(), name="after").then(lambda event, sequence, end: behind.append(event), name="behind")
    crew.deeds[0] = told.acquire
    crew.deeds[1] = raising

    def body() -> None:
        crew.publish()
        crew.ring.start()
        with suppress(BaseExceptionGroup):
            crew.ring.shutdown()
        crew.ring.start()
        crew.ring.shutdown()

    crew.scheduler.spawn("main", body)

    def check() -> None:
        crew.finish()
        assert crew.after == behind == [0, 1]

    return check


def halted_and_started_again(crew: Crew) -> Callable[[], None]:
    """Halted at any moment and started again: nothing is lost, nothing done twice."""
    crew.pool(then=True)

    def body() -> None:
        crew.publish()
        crew.ring.start()
        crew.ring.halt()
        crew.ring.start()
        crew.ring.shutdown()

    crew.scheduler.spawn("main", body)
    return crew.finish


def halted_before_a_retry(crew: Crew) -> Callable[[], None]:
    """A halt cuts a pause short; started again, the event comes again."""
    crew.pool(options={"on_error": on_error.retry(1, backoff=3600.0)})
    crew.deeds[0] = raising

    def body() -> None:
        crew.ring.start()
        crew.publish()
        crew.ring.halt()
        crew.ring.start()
        crew.ring.shutdown()

    crew.scheduler.spawn("main", body)
    return crew.finish


def halt_x_shutdown(crew: Crew) -> Callable[[], None]:
    """One halts, one shuts down: everybody ends."""
    crew.pool()
    crew.publish()
    crew.ring.start()
    crew.scheduler.spawn("halts", crew.ring.halt)
    crew.scheduler.spawn("shuts down", crew.ring.shutdown)
    return lambda: crew.finish(all_done=False)


def one_skips(crew: Crew) -> Callable[[], None]:
    """An event is skipped, and nobody waits for it."""
    crew.pool(then=True, options={"on_error": on_error.skip})

    def fail() -> None:
        crew.skipped.add(0)
        raising()

    crew.deeds[0] = fail
    main(crew)
    return crew.finish


def a_key_that_fails(crew: Crew) -> Callable[[], None]:
    """The key of an event cannot be told, once: it is tried again, and others wait for it."""
    left = [0]

    def key(event: int) -> int:
        if event in left:
            left.remove(event)
            raising()
        return 0

    pool = crew.ring.handle_events_with_pool(
        Worker(crew), Worker(crew), name="p", key=key, on_error=on_error.retry(1, backoff=3600.0)
    )
    main(crew, lambda: pool.remove("p-1"))
    return crew.finish


def voids(crew: Crew) -> Callable[[], None]:
    """Voids are walked past: a ring full of them stops nobody."""
    crew.pool(then=True)
    crew.voids.update((0, 1))

    def body() -> None:
        crew.ring.start()
        crew.ring.claim().abandon()
        crew.ring.claim().abandon()
        crew.ring.publish(2)
        crew.ring.shutdown()

    crew.scheduler.spawn("main", body)
    return crew.finish


def the_pool_is_removed(crew: Crew) -> Callable[[], None]:
    """The whole pool is removed at any moment: its workers end, and producers do not wait for it."""
    pool = crew.pool()
    main(crew, pool.subscribers[0].close)

    def check() -> None:
        crew.finish(all_done=False)
        with pytest.raises(SubscriberClosed):
            pool.add(Worker(crew))

    return check


def a_pool_after_a_pool(crew: Crew) -> Callable[[], None]:
    """A pool after a pool: each event is done here before it is begun there."""
    first = crew.pool(1)

    def second(event: int, sequence: int, end_of_batch: bool) -> None:
        if not all(crew.is_done(number) for number in range(event + 1)):
            crew.wrong(f"the second pool was given {event} too early")
        crew.after.append(event)

    first.then_pool(second, second, name="q")
    main(crew)

    def check() -> None:
        crew.finish()
        assert sorted(crew.after) == list(range(len(crew.done)))

    return check


def an_upstream_fails(crew: Crew) -> Callable[[], None]:
    """Who goes before fails at the second event: the pool does the first, and ends."""

    def before(event: int, sequence: int, end_of_batch: bool) -> None:
        if event == 1:
            raising()

    crew.ring.handle_events_with(before, name="before").then_pool(Worker(crew), Worker(crew), name="p")

    def body() -> None:
        crew.ring.start()
        with suppress(DisruptorBroken):
            crew.publish()
        with suppress(BaseExceptionGroup):
            crew.ring.shutdown()

    crew.scheduler.spawn("main", body)

    def check() -> None:
        crew.finish(all_done=False)
        assert [cell.value for cell in crew.done] == [1, 0]

    return check


def left_without_sorting(crew: Crew) -> Callable[[], None]:
    """A worker is removed while it finds out a key, which fails and is skipped: the other one does the next event.

    Nothing is published afterwards, nor is the ring closed: nobody else wakes it.
    """

    def key(event: int) -> int:
        if event == 0:
            crew.skipped.add(0)
            task = crew.scheduler.current
            assert task is not None
            pool.remove(task.name)
            raising()
        return 0

    pool = crew.ring.handle_events_with_pool(Worker(crew), Worker(crew), name="p", key=key, on_error=on_error.skip)

    def body() -> None:
        crew.ring.start()
        crew.publish()

    crew.scheduler.spawn("main", body)

    def check() -> None:
        assert [task.name for task in crew.scheduler.tasks if not task.ended] == [*pool.workers]
        if not crew.is_done(1):
            raise Wrong("[1] are lost")

    return check


class Told(NamedTuple):
    """A story, and the ring that it is told of."""

    story: Story
    capacity: int = 2
    events: int = 2
    keys: int = 0


STORIES: dict[str, Told] = {
    "all is handled": Told(all_is_handled, events=3),
    "all is handled on 1": Told(all_is_handled, 1),
    "one key": Told(all_is_handled, 2, 3, keys=1),
    "two keys": Told(all_is_handled, 4, 4, keys=2),
    "one needs the other": Told(one_needs_the_other),
    "one needs the other, two keys": Told(one_needs_the_other, keys=2),
    "never started": Told(never_started),
    "never started, with keys": Told(never_started, keys=1),
    "one is removed": Told(one_is_removed),
    "one is removed, one key": Told(one_is_removed, keys=1),
    "one is removed, and nothing else": Told(one_is_removed_and_nothing_else),
    "one is removed before its retry": Told(one_is_removed_before_its_retry),
    "one is removed before its retry, one key": Told(one_is_removed_before_its_retry, keys=1),
    "one is added": Told(one_is_added),
    "one is exchanged on 1": Told(one_is_exchanged, 1),
    "failed and started again": Told(one_fails_and_is_started_again),
    "failed and started again, one key": Told(one_fails_and_is_started_again, keys=1),
    "one fails and another has an event": Told(one_fails_and_another_has_an_event),
    "halted and started again": Told(halted_and_started_again),
    "halted and started again, one key": Told(halted_and_started_again, keys=1),
    "halted before a retry": Told(halted_before_a_retry),
    "halt x shutdown": Told(halt_x_shutdown),
    "one skips": Told(one_skips),
    "one skips, one key": Told(one_skips, keys=1),
    "a key that fails": Told(a_key_that_fails),
    "left without sorting": Told(left_without_sorting),
    "voids": Told(voids, 2, 3),
    "voids, with keys": Told(voids, 2, 3, keys=1),
    "the pool is removed": Told(the_pool_is_removed),
    "a pool after a pool": Told(a_pool_after_a_pool),
    "an upstream fails": Told(an_upstream_fails),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_story(name: str) -> None:
    story, capacity, events, keys = STORIES[name]
    told(story, capacity=capacity, events=events, keys=keys, granularity=Granularity.LOCKS, limit=LIMIT, seeds=SEEDS)
    told(story, capacity=capacity, events=events, keys=keys, limit=LIMIT, seeds=SEEDS)


@pytest.mark.deep
@pytest.mark.parametrize("name", STORIES)
def test_a_story_deep(name: str) -> None:
    story, capacity, events, keys = STORIES[name]
    told(
        story,
        capacity=capacity,
        events=events,
        keys=keys,
        granularity=Granularity.LOCKS,
        preemptions=2,
        limit=DEEP_LIMIT,
    )
    told(story, capacity=capacity, events=events, keys=keys, limit=DEEP_LIMIT)


def test_an_event_that_is_handled_twice_is_found_out() -> None:
    def story(crew: Crew) -> Callable[[], None]:
        crew.pool()
        crew.done[0].value = 1  # as if somebody had handled it
        main(crew)
        return crew.finish

    with pytest.raises(Failed) as raised:
        told(story, limit=1)
    assert "0 was handled twice" in repr(raised.value.error)


def test_an_event_that_is_lost_is_found_out() -> None:
    def story(crew: Crew) -> Callable[[], None]:
        crew.scheduler.spawn("main", crew.publish)
        return crew.finish

    with pytest.raises(Failed) as raised:
        told(story, limit=1)
    assert "[0, 1] are lost" in repr(raised.value.error)
