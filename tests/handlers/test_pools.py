"""Pools on real threads: who is given what, in which order, and what is refused."""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import repeat

import pytest

from disruptor import (
    Disruptor,
    DisruptorBroken,
    InvalidType,
    InvalidValue,
    Sequence,
    SubscriberBusy,
    SubscriberClosed,
    on_error,
)
from disruptor.on_error import Decision, Failure
from tests.limits import LIMIT


def nothing(event: int, sequence: Sequence, end_of_batch: bool) -> None:
    """Handle an event."""


class Noted:
    """A worker that notes everything that it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def on_start(self) -> None:
        self.told.append("start")

    def on_event(self, event: int, sequence: Sequence, end_of_batch: bool) -> None:
        self.told.append((event, sequence, end_of_batch))

    def on_shutdown(self) -> None:
        self.told.append("shutdown")


def test_each_event_goes_to_one_worker_and_who_comes_after_gets_all_in_order() -> None:
    ring: Disruptor[int] = Disruptor(16)
    had: defaultdict[str, list[int]] = defaultdict(list)
    after: list[int] = []

    def work(event: int, sequence: Sequence, end_of_batch: bool) -> None:
        had[threading.current_thread().name].append(event)

    ring.handle_events_with_pool(work, work, work, name="p").then(lambda event, s, e: after.append(event), name="after")
    with ring:
        for number in range(500):
            ring.publish(number)
    assert had.keys() <= {"p-1", "p-2", "p-3"}
    assert sorted(number for numbers in had.values() for number in numbers) == after == list(range(500))
    assert all(numbers == sorted(numbers) for numbers in had.values())


def test_events_of_a_key_are_handled_in_order_one_at_a_time() -> None:
    ring: Disruptor[int] = Disruptor(8)
    had: defaultdict[int, list[int]] = defaultdict(list)
    inside: set[int] = set()

    def work(event: int, sequence: Sequence, end_of_batch: bool) -> None:
        key = event % 30
        assert key not in inside
        inside.add(key)
        had[key].append(event)
        inside.discard(key)

    pool = ring.handle_events_with_pool(*[work] * 4, key=lambda event: event % 30)
    with ring:
        for number in range(900):
            ring.publish(number)
    assert had == {key: list(range(key, 900, 30)) for key in range(30)}
    assert len(pool._pool._work._lanes) <= 17, "keys that are done with are forgotten"


def test_no_worker_has_the_name_of_a_handler() -> None:
    ring: Disruptor[int] = Disruptor(4)
    ring.handle_events_with(nothing, name="p-2")
    pool = ring.handle_events_with_pool(nothing, nothing, name="p")
    assert pool.workers == ("p-1", "p-3")
    with pytest.raises(InvalidValue, match="a handler named 'p-1' is already registered"):
        ring.handle_events_with(nothing, name="p-1")
    with pytest.raises(InvalidType, match=r"name must be a str, not \[\]"):
        ring.handle_events_with(nothing, name=[])  # type: ignore[arg-type]  # that is what is tested
    pool.remove("p-1")
    assert ring.handle_events_with(nothing, name="p-1").subscribers[0].name == "p-1"
    ring.halt()


def test_a_worker_is_told_of_everything_in_order() -> None:
    ring: Disruptor[int] = Disruptor(4)
    noted = Noted()
    ring.handle_events_with_pool(noted)
    ring.publish_many([7, 8])
    ring.shutdown(LIMIT)
    assert noted.told == ["start", (7, 0, True), (8, 1, True), "shutdown"]


def test_events_in_place_are_the_slots_own() -> None:
    ring: Disruptor[list[int]] = Disruptor(4, list)
    had: list[int] = []
    ring.handle_events_with_pool(lambda event, sequence, end: had.extend(event), name="p")

    def fill(event: list[int], sequence: Sequence) -> None:
        event[:] = [int(sequence)]

    with ring:
        for _ in range(10):
            ring.publish_event(fill)
    assert had == list(range(10))


def test_workers_come_and_go() -> None:
    ring: Disruptor[int] = Disruptor(4)
    pool = ring.handle_events_with_pool(nothing, nothing, name="p")
    assert (pool.workers, repr(pool)) == (("p-1", "p-2"), "<WorkerPool 'p' of 2>")
    assert pool.add(nothing) == ("p-3",)
    pool.remove("p-1")
    pool.remove("p-3")
    assert pool.workers == ("p-2",)
    with pytest.raises(InvalidValue, match="'p-2' is the last worker of 'p'; add another one before"):
        pool.remove("p-2")
    with pytest.raises(InvalidValue, match="'p-1' is no worker of 'p', which has 'p-2'"):
        pool.remove("p-1")
    assert pool.add(nothing) == ("p-4",)
    pool.subscribers[0].close()
    with pytest.raises(SubscriberClosed):
        pool.add(nothing)


class Threads:
    """An executor that has so many threads left, and then refuses."""

    def __init__(self, left: int) -> None:
        self.left = left

    def __call__(self, run: Callable[[], None]) -> None:
        if not self.left:
            raise RuntimeError("no more threads")
        self.left -= 1
        threading.Thread(target=run).start()


@pytest.mark.parametrize("left", [0, 1])
def test_a_pool_that_gets_no_threads_is_not_registered(left: int) -> None:
    ring: Disruptor[int] = Disruptor(1)
    ring.start(executor=Threads(left))
    with pytest.raises(RuntimeError, match="no more threads"):
        ring.handle_events_with_pool(nothing, nothing)
    assert ring.subscribers == ()
    ring.publish(0)
    ring.publish(1, timeout=LIMIT)  # nobody holds it back
    ring.shutdown(LIMIT)
    assert all(handler.state == "ended" for handler in ring.stats().handlers)


@pytest.mark.parametrize("left", [1, 2])
def test_workers_that_get_no_threads_are_not_added(left: int) -> None:
    ring: Disruptor[int] = Disruptor(4)
    noted = Noted()
    pool = ring.handle_events_with_pool(noted, name="p")
    ring.start(executor=Threads(left))
    with pytest.raises(RuntimeError, match="no more threads"):
        pool.add(nothing, nothing)
    assert pool.workers == ("p-1",)
    with pytest.raises(InvalidValue, match="'p-1' is the last worker of 'p'"):
        pool.remove("p-1")
    assert {handler.name for handler in ring.stats().handlers if handler.state == "idle"} == set()
    ring.publish(7)
    ring.shutdown(LIMIT)
    assert noted.told == ["start", (7, 0, True), "shutdown"]


def test_who_is_removed_in_the_middle_of_an_event_finishes_it_and_takes_no_more() -> None:
    ring: Disruptor[int] = Disruptor(4)
    there, go = (threading.Event(), threading.Event()), (threading.Event(), threading.Event())
    had: defaultdict[threading.Thread, list[int]] = defaultdict(list)

    def work(event: int, sequence: Sequence, end_of_batch: bool) -> None:
        had[threading.current_thread()].append(event)
        if event < 2:
            there[event].set()
            assert go[event].wait(LIMIT)

    pool = ring.handle_events_with_pool(work, name="p")
    ring.start()
    ring.publish(0)
    assert there[0].wait(LIMIT)
    pool.add(work)
    ring.publish_many([1, 2, 3])
    assert there[1].wait(LIMIT)
    pool.remove("p-1")
    go[0].set()
    first, second = had
    first.join(LIMIT)  # it ends, although there is something to do
    go[1].set()
    ring.shutdown(LIMIT)
    assert (had[first], had[second]) == ([0], [1, 2, 3])


def test_each_worker_may_have_a_policy_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    ring: Disruptor[int] = Disruptor(4)
    failures: list[Failure] = []

    def fails(event: int, sequence: Sequence, end_of_batch: bool) -> None:
        raise ValueError(event)

    def policy(failure: Failure) -> Decision:
        failures.append(failure)
        return on_error.SKIP if failure.attempts == 3 else Decision("rewind")

    pool = ring.handle_events_with_pool(nothing, name="p")
    pool.add(fails, on_error=policy)
    pool.remove("p-1")
    ring.publish(5)
    with caplog.at_level(logging.WARNING, "disruptor"):
        ring.shutdown(LIMIT)
    assert [(f.handler, f.stage, f.sequence, f.event, f.attempts) for f in failures] == [
        ("p-2", "on_event", 0, 5, k) for k in (1, 2, 3)
    ]


def test_a_worker_that_fails_breaks_the_ring_and_its_event_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    ring: Disruptor[int] = Disruptor(4)
    left = [1]
    had: list[int] = []

    def work(event: int, sequence: Sequence, end_of_batch: bool) -> None:
        if event in left:
            left.remove(event)
            raise ValueError(event)
        had.append(event)

    ring.handle_events_with_pool(work, work, name="p")
    ring.publish_many([0, 1, 2])
    with caplog.at_level(logging.ERROR, "disruptor"), pytest.raises(ExceptionGroup) as raised:
        ring.shutdown(LIMIT)
    assert [repr(error) for error in raised.value.exceptions] == ["ValueError(1)"]
    with pytest.raises(DisruptorBroken):
        ring.publish(3)
    ring.start()
    ring.shutdown(LIMIT)
    assert sorted(had) == [0, 1, 2]


def test_a_key_that_cannot_be_told_is_an_error_of_its_worker(caplog: pytest.LogCaptureFixture) -> None:
    ring: Disruptor[int] = Disruptor(4)
    had: list[int] = []

    def key(event: int) -> object:
        return [event] if event == 1 else event  # a list cannot be hashed

    ring.handle_events_with_pool(
        lambda event, sequence, end: had.append(event),
        name="p",
        key=key,
        on_error=on_error.skip,
    )
    ring.publish_many([0, 1, 2])
    with caplog.at_level(logging.WARNING, "disruptor"):
        ring.shutdown(LIMIT)
    assert had == [0, 2]
    assert "has raised in key of 1: skip" in caplog.text


def test_who_has_nothing_to_do_is_told() -> None:
    ring: Disruptor[int] = Disruptor(4)
    idle = threading.Event()

    class Idles(Noted):
        def on_timeout(self, sequence: Sequence) -> None:
            idle.set()

    ring.handle_events_with_pool(Idles(), Noted(), timeout=0.001)
    with ring:
        assert idle.wait(LIMIT)


def test_nobody_else_reads_through_a_pool_that_works() -> None:
    ring: Disruptor[int] = Disruptor(4)
    running = threading.Event()

    class Begins:
        def on_start(self) -> None:
            running.set()

        def on_event(self, event: int, sequence: Sequence, end_of_batch: bool) -> None: ...

    pool = ring.handle_events_with_pool(Begins(), name="p")
    with ring:
        assert running.wait(LIMIT)
        with pytest.raises(SubscriberBusy):
            pool.subscribers[0].update_sequence(0)


def test_a_pool_that_was_moved_on_by_hand_goes_on_from_there() -> None:
    ring: Disruptor[int] = Disruptor(4)
    noted = Noted()
    pool = ring.handle_events_with_pool(noted)
    ring.publish_many([0, 1, 2])
    pool.subscribers[0].update_sequence(1)
    ring.shutdown(LIMIT)
    assert noted.told == ["start", (2, 2, True), "shutdown"]


def test_a_group_goes_on_with_a_pool_and_a_pool_with_a_group() -> None:
    ring: Disruptor[int] = Disruptor(4)
    pool = ring.handle_events_with(nothing, name="a").then_pool(nothing, name="p")
    ring.after(pool).and_(ring.handle_events_with(nothing, name="b")).then(nothing, name="c")
    pool.and_(ring.after(nothing)).then_pool(nothing, name="q")
    after = {subscriber.name: {u.name for u in subscriber.after} for subscriber in ring.subscribers}
    assert after == {"a": set(), "p": {"a"}, "b": set(), "c": {"p", "b"}, "q": {"p", "a", "b", "c"}}
    pool.then_pool(nothing, name="r")
    ring.shutdown(LIMIT)


class Whole:
    """A handler of whole batches."""

    def on_batch(self, events: object, sequences: object) -> None: ...


def test_what_cannot_be_a_pool_is_refused() -> None:
    ring: Disruptor[int] = Disruptor(4)
    with pytest.raises(InvalidValue, match="at least one worker"):
        ring.handle_events_with_pool()
    with pytest.raises(InvalidType, match="has on_batch: a worker of a pool is given event by event"):
        ring.handle_events_with_pool(nothing, Whole())  # type: ignore[arg-type]
    with pytest.raises(InvalidType, match="no options 'progress' of a pool"):
        ring.handle_events_with_pool(nothing, progress="event")  # type: ignore[call-arg]
    with pytest.raises(InvalidType, match="key must be callable, not 3"):
        ring.handle_events_with_pool(nothing, key=3)  # type: ignore[arg-type]
    with pytest.raises(InvalidType, match="on_error must be callable, not 'skip'"):
        ring.handle_events_with_pool(nothing, on_error="skip")  # type: ignore[arg-type]
    assert ring.subscribers == ()
    pool = ring.handle_events_with_pool(nothing)
    with pytest.raises(InvalidType, match="on_error must be callable, not 'skip'"):
        pool.add(nothing, on_error="skip")  # type: ignore[arg-type]


class Looks:
    """A strategy that says who has asked it."""

    def __init__(self) -> None:
        self.asked: set[str] = set()

    def pauses(self) -> Iterator[float | None]:
        self.asked.add(threading.current_thread().name)
        return repeat(0.0)


def test_workers_wait_as_they_are_told() -> None:
    ring: Disruptor[int] = Disruptor(4, wait=(others := Looks()))
    mine = Looks()
    ring.handle_events_with_pool(lambda event, sequence, end: None, name="told", wait=mine)
    ring.handle_events_with_pool(lambda event, sequence, end: None, name="not told")
    with ring:
        while not (mine.asked and others.asked):
            pass
        ring.publish(1)
    assert mine.asked == {"told-1"}
    assert others.asked == {"not told-1"}
    assert all(subscriber.waits.count > 0 for subscriber in ring.stats().subscribers)


def test_a_worker_that_looks_is_told_of_a_halt() -> None:
    ring: Disruptor[int] = Disruptor(4)

    class Halts:
        def pauses(self) -> Iterator[float | None]:
            ring.halt()
            yield None

    noted = Noted()
    pool = ring.handle_events_with_pool(noted, wait=Halts())
    ring.start()
    ring.shutdown(LIMIT)
    assert noted.told == ["start", "shutdown"]
    assert pool.subscribers[0].sequence == -1


def test_a_strategy_of_a_pool_has_to_be_one() -> None:
    ring: Disruptor[int] = Disruptor(4)
    with pytest.raises(InvalidType, match="wait must be a wait strategy"):
        ring.handle_events_with_pool(lambda event, sequence, end: None, wait=Looks)  # type: ignore[arg-type]  # a class
    assert ring.subscribers == ()


def test_a_lane_that_is_busy_is_not_forgotten_for_all_the_others() -> None:
    ring: Disruptor[tuple[str, int]] = Disruptor(4)
    begun, goes_on, later = threading.Event(), threading.Event(), threading.Event()
    at_once: list[tuple[str, int]] = []
    busy: set[str] = set()

    def work(event: tuple[str, int], sequence: Sequence, end_of_batch: bool) -> None:
        key, _ = event
        if key in busy:
            at_once.append(event)
        busy.add(key)
        if event == ("held", 0):
            begun.set()
            goes_on.wait(LIMIT)
        busy.discard(key)
        if event == ("last", 0):
            later.set()

    ring.handle_events_with_pool(work, work, key=lambda event: event[0])
    with ring:
        for k in range(8):  # more keys than the pool remembers
            ring.publish((f"key {k}", 0))
        ring.publish(("held", 0))
        assert begun.wait(LIMIT)
        ring.publish_many([("another", 0), ("held", 1), ("last", 0)])
        assert later.wait(LIMIT)
        goes_on.set()
    assert at_once == []
