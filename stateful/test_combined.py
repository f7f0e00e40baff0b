"""Batches by count and time, and publishers that let events go, under the scheduler, in virtual time."""

import logging
from collections.abc import Callable
from collections.abc import Sequence as AbstractSequence
from contextlib import suppress

import pytest

from disruptor import InsufficientCapacity, Sequence, combine
from stateful.graphs import Trouble, publish_on
from stateful.library import LIBRARY
from stateful.pools import Crew, Story
from stateful.pools import told as told_of
from stateful.profiles import DEEP_LIMIT
from stateful.scheduler import Granularity, Scheduler, instrumented, reduced

SEEDS, LIMIT = 16, 5
SECOND = 1_000_000_000


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails and what is dropped is logged in each of hundreds of schedules."""
    monkeypatch.setattr(logging.getLogger("disruptor"), "disabled", True)


class Collects:
    """A handler of batches: what it was given, and when."""

    def __init__(self, crew: Crew, fails: int = 0) -> None:
        self.crew = crew
        self.had: list[list[int]] = []
        self.at: list[int] = []
        self.begin = crew.scheduler.now
        self.fails = fails

    def on_batch(self, events: AbstractSequence[int], sequences: AbstractSequence[Sequence]) -> None:
        """Note a batch."""
        if self.fails:
            self.fails -= 1
            raise Trouble("as it was told to")
        for event in events:
            self.crew.done[event].value += 1
        self.had.append([*events])
        self.at.append(self.crew.scheduler.now - self.begin)


def by_count(crew: Crew) -> Callable[[], None]:
    """A batch is handed out when enough has come together, without time having to pass; at the end, what there is."""
    collects = Collects(crew)
    crew.ring.handle_events_with(combine.batched(collects, max_events=2), name="b")

    def body() -> None:
        crew.ring.start()
        crew.publish()
        crew.ring.shutdown()

    crew.scheduler.spawn("main", body)

    def check() -> None:
        crew.finish()
        assert collects.had == [[0, 1], [2]]
        assert collects.at == [0, 0]

    return check


def by_count_and_claims_of_three(crew: Crew) -> Callable[[], None]:
    """As long as `max_events` and the largest claim fit in the ring, less one, neither side waits for the other."""
    collects = Collects(crew)
    crew.ring.handle_events_with(combine.batched(collects, max_events=2), name="b")

    def body() -> None:
        crew.ring.start()
        crew.ring.publish_many([0, 1, 2])
        crew.ring.publish_many([3, 4, 5])
        crew.ring.shutdown()

    crew.scheduler.spawn("main", body)

    def check() -> None:
        crew.finish()
        assert collects.had == [[0, 1], [2, 3], [4, 5]]

    return check


def too_many_for_claims_of_three(crew: Crew) -> Callable[[], None]:
    """One more, and a claim waits for room, and the handler for more events: with `seconds` no longer than that."""
    collects = Collects(crew)
    crew.ring.handle_events_with(combine.batched(collects, max_events=3, seconds=9.0), name="b")

    def body() -> None:
        crew.ring.start()
        crew.ring.publish_many([0, 1])
        crew.ring.publish_many([2, 3, 4])
        crew.ring.shutdown()

    crew.scheduler.spawn("main", body)

    def check() -> None:
        crew.finish()
        assert collects.had == [[0, 1], [2, 3, 4]]
        assert collects.at[0] >= 9 * SECOND

    return check


def by_time(crew: Crew) -> Callable[[], None]:
    """A batch is handed out when its time is over, and nobody has to publish anything for that."""
    collects = Collects(crew)
    group = crew.ring.handle_events_with(combine.batched(collects, max_events=2, seconds=3.0), name="b")

    def body() -> None:
        crew.ring.start()
        crew.ring.publish(0)
        group.subscribers[0].wait_for(0)
        behind.wait_for(0)
        assert collects.at == [3 * SECOND], collects.at
        crew.ring.publish(1)
        crew.ring.halt()
        crew.ring.start()
        crew.ring.shutdown()

    behind = crew.ring.register_subscriber(after=group.subscribers)
    crew.scheduler.spawn("main", body)

    def check() -> None:
        behind.close()
        crew.finish()
        assert collects.had == [[0], [1]]

    return check


def halted_while_it_collects(crew: Crew) -> Callable[[], None]:
    """What waits for more when the ring is halted is not lost, nor handed out twice."""
    collects = Collects(crew)
    crew.ring.handle_events_with(combine.batched(collects, max_events=4, seconds=60.0), name="b")

    def body() -> None:
        crew.ring.start()
        crew.publish()
        crew.ring.halt()
        crew.ring.start()
        crew.ring.shutdown()

    crew.scheduler.spawn("main", body)

    def check() -> None:
        crew.finish()
        assert [event for batch in collects.had for event in batch] == [0, 1, 2]

    return check


def a_batch_that_fails(crew: Crew) -> Callable[[], None]:
    """A batch whose handler fails comes again when the ring is started again."""
    collects = Collects(crew, fails=1)
    crew.ring.handle_events_with(combine.batched(collects, max_events=2), name="b")

    def body() -> None:
        crew.ring.start()
        publish_on(crew.ring, len(crew.done))
        with suppress(BaseExceptionGroup):
            crew.ring.shutdown()
        crew.ring.start()
        crew.ring.shutdown()

    crew.scheduler.spawn("main", body)

    def check() -> None:
        crew.finish()
        assert [event for batch in collects.had for event in batch] == [0, 1, 2]

    return check


def dropping(crew: Crew) -> Callable[[], None]:
    """Two publish what may be dropped, through one publisher: what is not delivered was counted."""
    publisher = crew.ring.publisher(overflow="drop")
    subscriber = crew.ring.register_subscriber()
    had: list[int] = []

    def producer() -> None:
        publisher.publish(0)
        publisher.publish(1)

    def consumer() -> None:
        with subscriber.read() as batch:
            had.extend(batch)

    crew.scheduler.spawn("P", producer)
    crew.scheduler.spawn("Q", producer)
    crew.scheduler.spawn("C", consumer)

    def check() -> None:
        assert not [task.name for task in crew.scheduler.tasks if not task.ended]
        assert crew.ring.cursor + 1 + publisher.dropped == 4
        assert len(had) + subscriber.lag == crew.ring.cursor + 1

    return check


STORIES: dict[str, tuple[Story, int, int]] = {
    "batched by count": (by_count, 4, 3),
    "batched by count on 2": (by_count, 2, 3),
    "batched by count, claims of three": (by_count_and_claims_of_three, 4, 6),
    "batched, too many for claims of three": (too_many_for_claims_of_three, 4, 5),
    "batched by time": (by_time, 2, 2),
    "halted while it collects": (halted_while_it_collects, 4, 3),
    "a batch that fails": (a_batch_that_fails, 2, 3),
    "dropping": (dropping, 1, 0),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_story(name: str) -> None:
    story, capacity, events = STORIES[name]
    told_of(story, capacity=capacity, events=events, granularity=Granularity.LOCKS, limit=LIMIT, seeds=SEEDS)
    told_of(story, capacity=capacity, events=events, limit=LIMIT, seeds=SEEDS)


@pytest.mark.deep
@pytest.mark.parametrize("name", STORIES)
def test_a_story_deep(name: str) -> None:
    story, capacity, events = STORIES[name]
    told_of(story, capacity=capacity, events=events, limit=DEEP_LIMIT)


def test_two_threads_that_drop_are_counted_between_all_bytecodes() -> None:
    def program(scheduler: Scheduler) -> Callable[[], None]:
        crew = Crew(scheduler, 1, 0, 0)
        publisher = crew.ring.publisher(overflow="drop")
        crew.ring.register_subscriber()
        crew.ring.publish(9)
        for name in "PQ":
            scheduler.spawn(name, lambda: publisher.publish(0))

        def check() -> None:
            assert publisher.dropped == 2

        return check

    with instrumented(LIBRARY):
        found = reduced(program, granularity=Granularity.BYTECODES, max_schedules=400)
    if found.failed is not None:
        raise found.failed


def test_raising_and_blocking_publishers() -> None:
    def story(crew: Crew) -> Callable[[], None]:
        subscriber = crew.ring.register_subscriber()
        begin = crew.scheduler.now
        raises, waits = crew.ring.publisher(overflow="raise"), crew.ring.publisher(timeout=5.0)

        def body() -> None:
            assert waits.publish(0) == 0
            with pytest.raises(InsufficientCapacity):
                raises.publish(1)
            assert crew.scheduler.now == begin
            with pytest.raises(InsufficientCapacity):
                waits.publish(1)
            assert crew.scheduler.now == begin + 5 * SECOND
            subscriber.update_sequence(0)
            assert raises.publish(1) == 1
            assert raises.dropped == waits.dropped == 0

        crew.scheduler.spawn("main", body)
        return lambda: None

    told_of(story, capacity=1, events=0, limit=1)
