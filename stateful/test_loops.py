"""Event loops under the scheduler: awaiting, publishing, cancelling, closing, in every order that can make a difference.

The coroutines are the library's own, run by tasks of `asyncio` in a simulated loop (`loops.py`). Each story is explored
completely, between the bytecodes of the library, with partial-order reduction; of those in `LONG` only the first schedules
are run here, and more in the deep run.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress

import pytest

from disruptor import Disruptor, DisruptorClosed, SequenceVoid, SubscriberClosed
from disruptor.aio import AsyncSubscriber
from stateful.loops import Loop, Scene, Story, told
from stateful.profiles import DEEP_LIMIT
from stateful.scheduler import Failed, Granularity

LIMIT = 120


async def collect(subscriber: AsyncSubscriber[object], into: list[object]) -> str:
    """Read to the end; say how it came."""
    try:
        async for event in subscriber:
            into.append(event)
    except (DisruptorClosed, SubscriberClosed) as error:
        return type(error).__name__
    return "end"


async def read(subscriber: AsyncSubscriber[object]) -> object:
    """Read one batch; say what is in it, or what ended the wait."""
    try:
        async with subscriber.read() as batch:
            return list(batch)
    except (DisruptorClosed, SubscriberClosed) as error:
        return type(error).__name__


async def publish(scene: Scene, *events: object) -> object:
    """Publish; say how many were taken, or what ended the wait."""
    for event in events:
        try:
            await scene.ring.publish_async(event)
        except DisruptorClosed as error:
            return type(error).__name__
    return "published"


def registered(scene: Scene) -> AsyncSubscriber[object]:
    return AsyncSubscriber(scene.ring.register_subscriber())


# --- reading -------------------------------------------------------------------------------------------------


def the_last_event(scene: Scene) -> Callable[[], None]:
    """The last event arrives, without any later one to nudge it."""
    feed = registered(scene)
    scene.loop(reader=read(feed))
    scene.scheduler.spawn("producer", lambda: scene.ring.publish("a"))

    def check() -> None:
        scene.finish()
        assert (scene.result("reader"), feed.sequence) == (["a"], 0)

    return check


def a_loop_to_its_end(scene: Scene) -> Callable[[], None]:
    """A thread publishes two and closes: all of it arrives, in order, and the loop ends."""
    feed = registered(scene)
    got: list[object] = []
    scene.loop(reader=collect(feed, got))

    def producer() -> None:
        scene.ring.publish("a")
        scene.ring.publish("b")
        scene.ring.close()

    scene.scheduler.spawn("producer", producer)

    def check() -> None:
        scene.finish()
        assert (scene.result("reader"), got, feed.sequence) == ("end", ["a", "b"], 1)

    return check


def two_readers(scene: Scene) -> Callable[[], None]:
    """Two subscribers of one loop: one event wakes both."""
    feeds = [registered(scene), registered(scene)]
    scene.loop(one=read(feeds[0]), other=read(feeds[1]))
    scene.scheduler.spawn("producer", lambda: scene.ring.publish("a"))

    def check() -> None:
        scene.finish()
        assert scene.result("one") == scene.result("other") == ["a"]

    return check


def a_reader_behind_another_loop(scene: Scene) -> Callable[[], None]:
    """A reader of one loop is after a reader of another one: progress wakes it as a publication does."""
    first = registered(scene)
    second = AsyncSubscriber(scene.ring.register_subscriber(after=first.subscriber))
    scene.loop("upstream", first=read(first))
    scene.loop("downstream", second=read(second))
    scene.ring.publish("a")

    def check() -> None:
        scene.finish()
        assert scene.result("first", "upstream") == scene.result("second", "downstream") == ["a"]

    return check


def ended_by(end: Callable[[Scene, AsyncSubscriber[object]], object], says: set[object]) -> Story:
    """Return the story of a reader that waits while `end` is done."""

    def story(scene: Scene) -> Callable[[], None]:
        feed = registered(scene)
        scene.loop(reader=read(feed))
        scene.scheduler.spawn("ends", lambda: end(scene, feed))

        def check() -> None:
            scene.finish()
            assert scene.result("reader") in says

        return check

    return story


# --- cancelling ----------------------------------------------------------------------------------------------


def cancel_x_read(scene: Scene) -> Callable[[], None]:
    """A read is cancelled while something is published: it has marked it, or nothing is marked, and it comes again."""
    feed = registered(scene)
    loop = scene.loop(reader=read(feed))
    scene.scheduler.spawn("producer", lambda: scene.ring.publish("a"))
    scene.scheduler.spawn("cancels", lambda: loop.cancel("reader"))

    def check() -> None:
        scene.finish()
        assert (scene.result("reader"), feed.sequence) in ((["a"], 0), ("cancelled", -1))
        scene.ring.close()
        assert list(feed.subscriber) == ["a"] * (scene.result("reader") == "cancelled")

    return check


def cancelled_for_nothing(scene: Scene) -> Callable[[], None]:
    """A read and a publication are cancelled, and nothing ever comes that would sweep up behind them."""
    feed = registered(scene)
    scene.ring.publish("a")
    feed.subscriber.update_sequence(0)
    slow = scene.ring.register_subscriber(start=0)
    loop = scene.loop(reader=read(feed), producer=publish(scene, "b"))

    def cancel() -> None:
        loop.cancel("reader")
        loop.cancel("producer")

    scene.scheduler.spawn("cancels", cancel)

    def check() -> None:
        scene.finish()
        assert scene.result("reader") == scene.result("producer") == "cancelled"
        assert (scene.ring.claimed, slow.sequence) == (0, -1)

    return check


def cancel_x_loop(scene: Scene) -> Callable[[], None]:
    """A loop over events is cancelled: what it was given before it asked again is marked, and nothing else."""
    feed = registered(scene)
    got: list[object] = []
    loop = scene.loop(reader=collect(feed, got))

    def producer() -> None:
        scene.ring.publish("a")
        loop.cancel("reader")

    scene.scheduler.spawn("producer", producer)

    def check() -> None:
        scene.finish()
        assert scene.result("reader") == "cancelled"
        assert feed.sequence == len(got) - 1
        scene.ring.close()
        assert [*got, *feed.subscriber] == ["a"]

    return check


def cancelled_and_asked_again(scene: Scene) -> Callable[[], None]:
    """Whoever is cancelled while he waits for the next one can ask again, through the same loop."""
    feed = registered(scene)

    async def reader() -> object:
        events = aiter(feed)
        try:
            return await anext(events)
        except asyncio.CancelledError:
            return ["again", await anext(events)]

    loop = scene.loop(reader=reader())
    scene.scheduler.spawn("producer", lambda: scene.ring.publish("a"))
    scene.scheduler.spawn("cancels", lambda: loop.cancel("reader"))

    def check() -> None:
        scene.finish()
        assert scene.result("reader") in ("a", ["again", "a"], "cancelled")

    return check


def cancel_x_publish(scene: Scene) -> Callable[[], None]:
    """A producer is cancelled while it waits for room: it has published, or has not and holds nothing."""
    reader = scene.ring.register_subscriber()
    scene.ring.publish("a")
    loop = scene.loop(producer=publish(scene, "b"))
    scene.scheduler.spawn("reader", lambda: reader.update_sequence(0))
    scene.scheduler.spawn("cancels", lambda: loop.cancel("producer"))

    def check() -> None:
        scene.finish()
        assert (scene.result("producer"), scene.ring.cursor) in (("published", 1), ("cancelled", 0))
        scene.ring.close()
        assert list(reader) == ["b"] * (scene.ring.cursor == 1)

    return check


def cancel_x_claim(scene: Scene) -> Callable[[], None]:
    """Whoever has a claim and is cancelled in its block leaves voids; who is cancelled before has held nothing."""
    reader = scene.ring.register_subscriber()
    scene.ring.publish("a")

    async def producer() -> None:
        async with scene.ring.claim_async() as claim:
            claim[0] = "b"
            await loop.create_future()

    loop = scene.loop(producer=producer())
    scene.scheduler.spawn("reader", lambda: reader.update_sequence(0))
    scene.scheduler.spawn("cancels", lambda: loop.cancel("producer"))

    def check() -> None:
        scene.finish()
        assert scene.result("producer") == "cancelled"
        if scene.ring.cursor == 1:
            with pytest.raises(SequenceVoid):
                scene.ring.get(1)

    return check


# --- publishing ----------------------------------------------------------------------------------------------


def a_producer_and_a_thread(scene: Scene) -> Callable[[], None]:
    """A producer in a loop waits for a reader in a thread."""
    reader = scene.ring.register_subscriber()
    scene.ring.publish("a")
    scene.loop(producer=publish(scene, "b"))
    scene.scheduler.spawn("reader", lambda: reader.update_sequence(0))

    def check() -> None:
        scene.finish()
        assert (scene.result("producer"), scene.ring.cursor) == ("published", 1)

    return check


def two_producers(scene: Scene) -> Callable[[], None]:
    """Two producers of two loops wait for the same room: one after the other has it."""
    reader = scene.ring.register_subscriber()
    scene.ring.publish("a")
    scene.loop("one", producer=publish(scene, "b"))
    scene.loop("other", producer=publish(scene, "c"))

    def reads() -> None:
        reader.update_sequence(0)
        reader.wait_for(1)
        reader.update_sequence(1)

    scene.scheduler.spawn("reader", reads)

    def check() -> None:
        scene.finish()
        assert scene.ring.get(2) in ("b", "c")
        assert scene.result("producer", "one") == scene.result("producer", "other") == "published"

    return check


def all_in_one_loop(scene: Scene) -> Callable[[], None]:
    """A producer and a reader in one loop pass three events through a ring of one."""
    feed = registered(scene)
    got: list[object] = []

    async def producer() -> None:
        await publish(scene, "a", "b", "c")
        scene.ring.close()

    scene.loop(producer=producer(), reader=collect(feed, got))

    def check() -> None:
        scene.finish()
        assert (scene.result("reader"), got) == ("end", ["a", "b", "c"])

    return check


def producer_ended_by(end: Callable[[Scene], object], says: str) -> Story:
    """Return the story of a producer that waits for room while `end` is done."""

    def story(scene: Scene) -> Callable[[], None]:
        scene.ring.register_subscriber(name="slow")
        scene.ring.publish("a")
        scene.loop(producer=publish(scene, "b"))
        scene.scheduler.spawn("ends", lambda: end(scene))

        def check() -> None:
            scene.finish()
            assert scene.result("producer") == says

        return check

    return story


# --- what is left behind -------------------------------------------------------------------------------------


def abandoned(scene: Scene, wait: Coroutine[object, object, object], meanwhile: Callable[[], object]) -> Loop:
    """Begin a wait in a loop, and give it up as a finaliser does, while something else is done."""
    loop = scene.loops["loop"] = Loop(scene.scheduler, "loop")

    def body() -> None:
        try:
            wait.send(None)
        except StopIteration:
            return
        wait.close()

    scene.scheduler.spawn("loop", body)
    scene.scheduler.spawn("meanwhile", meanwhile)
    return loop


def an_abandoned_read(scene: Scene) -> Callable[[], None]:
    """A wait is given up by a finaliser, which never waits for the lock: nothing is left of it, though nothing comes."""
    feed = registered(scene)
    abandoned(scene, read(feed), scene.ring.register_subscriber)  # it takes the lock, and wakes nobody
    return scene.finish


def an_abandoned_publish(scene: Scene) -> Callable[[], None]:
    """The same, of a producer."""
    reader = scene.ring.register_subscriber()
    scene.ring.publish("a")
    abandoned(scene, publish(scene, "b"), lambda: reader.update_sequence(0))
    return scene.finish


def a_loop_that_is_gone(scene: Scene) -> Callable[[], None]:
    """A loop is closed while somebody waits in it: whoever publishes has nothing to do with that."""
    feed = registered(scene)
    loop = scene.loops["loop"] = Loop(scene.scheduler, "loop")
    wait = read(feed)

    def body() -> None:
        with suppress(StopIteration):
            wait.send(None)
        loop.close()

    scene.scheduler.spawn("loop", body)
    scene.scheduler.spawn("producer", lambda: scene.ring.publish("a"))

    def check() -> None:
        wait.close()
        scene.finish()
        assert scene.ring.cursor == 0

    return check


def a_subscription_nobody_has(scene: Scene) -> Callable[[], None]:
    """A subscription is left by `break`, and nobody has it any more: it holds nobody back."""

    async def reader() -> object:
        async for event in scene.ring.subscribe_async():
            return event
        return "nothing"

    def producer() -> None:
        for event in ("a", "b"):
            scene.ring.publish(event)

    scene.loop(reader=reader())
    scene.scheduler.spawn("producer", producer)

    def check() -> None:
        scene.finish()
        assert scene.result("reader") in ("a", "b")  # the second one, if it came late
        assert scene.ring.subscribers == ()
        assert scene.ring.cursor == 1

    return check


def a_pipeline_nobody_has(scene: Scene) -> Callable[[], None]:
    """Two subscriptions, one after the other, are dropped at the same time; both are gone, whoever is the first."""
    first = [scene.ring.subscribe_async()]
    second = [scene.ring.subscribe_async(after=first[0].subscriber)]
    for name, held in (("drops the first", first), ("drops the second", second)):
        scene.scheduler.spawn(name, held.clear)

    def check() -> None:
        scene.finish()
        assert scene.ring.subscribers == ()

    return check


def a_subscription_nobody_has_x_remove(scene: Scene) -> Callable[[], None]:
    """A subscription is dropped while the only one that is after it is removed: both are gone."""
    dropped = [scene.ring.subscribe_async()]
    behind = scene.ring.register_subscriber(after=dropped[0].subscriber)
    scene.ring.publish("a")
    scene.scheduler.spawn("drops", dropped.clear)
    scene.scheduler.spawn("removes", behind.close)
    scene.scheduler.spawn("producer", lambda: scene.ring.publish("b"))

    def check() -> None:
        scene.finish()
        assert scene.ring.subscribers == ()
        assert scene.ring.cursor == 1

    return check


def collected_under_the_lock(scene: Scene) -> Callable[[], None]:
    """A wait is collected by whoever holds the ring's lock: it does not wait for that."""
    feed = registered(scene)
    scene.loops["loop"] = Loop(scene.scheduler, "loop")
    wait = read(feed)

    def body() -> None:
        wait.send(None)
        with scene.ring._sequencer.lock:
            wait.close()

    scene.scheduler.spawn("loop", body)
    return scene.finish


# --- taking turns --------------------------------------------------------------------------------------------


def with_another(scene: Scene, endless: Coroutine[object, object, object]) -> Callable[[], None]:
    """Somebody who never has to wait goes on for ever; another task of the loop cancels it, once it has its turn."""

    async def canceller() -> None:
        loop.tasks["endless"].cancel()

    loop = scene.loop(endless=endless, canceller=canceller())

    def check() -> None:
        scene.finish()
        assert scene.result("endless") == "cancelled"

    return check


def a_reader_that_never_waits(scene: Scene) -> Callable[[], None]:
    feed = registered(scene)
    scene.ring.publish("a")

    async def reader() -> None:
        async for event in feed:
            scene.ring.publish(event)

    return with_another(scene, reader())


def a_reader_of_batches_that_never_waits(scene: Scene) -> Callable[[], None]:
    feed = registered(scene)
    scene.ring.publish("a")

    async def reader() -> None:
        async for batch in feed.batches():
            scene.ring.publish(batch[0])

    return with_another(scene, reader())


def a_producer_that_never_waits(scene: Scene) -> Callable[[], None]:
    async def producer() -> None:
        while True:
            await scene.ring.publish_async("a")

    return with_another(scene, producer())


STORIES: dict[str, tuple[int, Story]] = {
    "the last event": (1, the_last_event),
    "a loop to its end": (1, a_loop_to_its_end),
    "a loop to its end on 2": (2, a_loop_to_its_end),
    "two readers": (1, two_readers),
    "a reader behind another loop": (1, a_reader_behind_another_loop),
    "close x read": (1, ended_by(lambda scene, feed: scene.ring.close(), {"DisruptorClosed"})),
    "halt x read": (1, ended_by(lambda scene, feed: scene.ring.halt(), {"DisruptorClosed"})),
    "remove x read": (1, ended_by(lambda scene, feed: feed.close(), {"SubscriberClosed"})),
    "fail x read": (
        1,
        ended_by(lambda scene, feed: scene.ring.fail_subscriber(feed.subscriber, ValueError()), {"DisruptorBroken"}),
    ),
    "cancel x read": (1, cancel_x_read),
    "cancelled for nothing": (1, cancelled_for_nothing),
    "cancel x loop": (1, cancel_x_loop),
    "cancelled and asked again": (1, cancelled_and_asked_again),
    "cancel x publish": (1, cancel_x_publish),
    "cancel x claim": (1, cancel_x_claim),
    "a producer and a thread": (1, a_producer_and_a_thread),
    "two producers": (1, two_producers),
    "all in one loop": (1, all_in_one_loop),
    "close x publish": (1, producer_ended_by(lambda scene: scene.ring.close(), "DisruptorClosed")),
    "halt x publish": (1, producer_ended_by(lambda scene: scene.ring.halt(), "DisruptorClosed")),
    "remove x publish": (1, producer_ended_by(lambda scene: scene.ring.subscribers[0].close(), "published")),
    "an abandoned read": (1, an_abandoned_read),
    "an abandoned publish": (1, an_abandoned_publish),
    "a loop that is gone": (1, a_loop_that_is_gone),
    "a subscription nobody has": (1, a_subscription_nobody_has),
    "a pipeline nobody has": (1, a_pipeline_nobody_has),
    "a subscription nobody has x remove": (1, a_subscription_nobody_has_x_remove),
    "collected under the lock": (1, collected_under_the_lock),
    "a reader that never waits": (2, a_reader_that_never_waits),
    "a reader of batches that never waits": (2, a_reader_of_batches_that_never_waits),
    "a producer that never waits": (1, a_producer_that_never_waits),
}


LONG = {"a loop to its end", "a loop to its end on 2", "two producers"}
"""Stories with more schedules than `LIMIT`; all of every other one are run."""


@pytest.mark.parametrize("name", STORIES)
def test_a_story(name: str) -> None:
    capacity, story = STORIES[name]
    told(story, capacity=capacity, granularity=Granularity.LOCKS, preemptions=1, limit=LIMIT)
    found = told(story, capacity=capacity, granularity=Granularity.BYTECODES, limit=LIMIT)
    assert found.complete == (name not in LONG), found


@pytest.mark.deep
@pytest.mark.parametrize("name", STORIES)
def test_a_story_deep(name: str) -> None:
    capacity, story = STORIES[name]
    told(story, capacity=capacity, granularity=Granularity.LOCKS, preemptions=2, limit=DEEP_LIMIT)
    found = told(story, capacity=capacity, granularity=Granularity.BYTECODES, limit=20 * DEEP_LIMIT)
    assert found.complete or name == "two producers", found  # that one has more than were ever run


def test_a_wait_that_is_left_behind_is_found_out() -> None:
    def story(scene: Scene) -> Callable[[], None]:
        feed = registered(scene)
        scene.loop(reader=read(feed))

        def check() -> None:
            scene.finish()

        return check

    with pytest.raises(Failed) as raised:
        told(story, limit=1)
    assert "loop never came to an end" in str(raised.value)


def test_the_real_question_is_asked_again_afterwards() -> None:
    told(the_last_event, limit=1)

    async def main() -> int:
        ring: Disruptor[str] = Disruptor(1)
        return await ring.publish_async("a")

    assert asyncio.run(main()) == 0
