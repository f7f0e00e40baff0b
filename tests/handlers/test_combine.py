"""Handlers made of handlers, and publishers that let events go: on real threads."""

import logging
import threading

import pytest

from disruptor import (
    Disruptor,
    DisruptorClosed,
    InsufficientCapacity,
    InvalidType,
    InvalidValue,
    Progress,
    Sequence,
    combine,
    on_error,
)
from tests.limits import LIMIT


class Noted:
    """A handler with everything, which notes what it is told; it fails at some events, once."""

    def __init__(self, name: str, told: list[str], *fails: str) -> None:
        self.name, self.told, self.fails = name, told, [*fails]

    def on_start(self) -> None:
        self.told.append(f"{self.name} start")

    def on_shutdown(self) -> None:
        self.told.append(f"{self.name} shutdown")

    def on_batch_start(self, batch_size: int, queue_depth: int) -> None:
        self.told.append(f"{self.name} batch of {batch_size}")

    def on_timeout(self, sequence: Sequence) -> None:
        self.told.append(f"{self.name} timeout {sequence}")

    def on_event(self, event: str, sequence: Sequence, end_of_batch: bool) -> None:
        self.told.append(f"{self.name} {event} {sequence}{' end' * end_of_batch}")
        if event in self.fails:
            self.fails.remove(event)
            raise ValueError(f"{self.name} {event}")


class Whole:
    """A handler of whole batches."""

    def __init__(self, had: list[object]) -> None:
        self.had = had

    def on_batch(self, events: object, sequences: object) -> None:
        self.had.append(([*events], [*sequences]))  # type: ignore[misc]


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "disruptor")


def test_an_aggregate_hands_everything_on() -> None:
    ring: Disruptor[str] = Disruptor(4)
    told: list[str] = []
    ring.handle_events_with(combine.aggregate(Noted("a", told), Noted("b", told)))
    ring.publish_many(["x", "y"])
    ring.shutdown(LIMIT)
    assert told == [
        "a start", "b start", "a batch of 2", "b batch of 2", "a x 0", "b x 0", "a y 1 end", "b y 1 end",
        "a shutdown", "b shutdown",
    ]  # fmt: skip


def test_who_has_nothing_to_do_is_told_through_an_aggregate() -> None:
    told: list[str] = []
    both = combine.aggregate(Noted("a", told), combine.filtered(bool, Noted("b", told)))
    both.on_timeout(Sequence(3))  # type: ignore[union-attr]
    assert told == ["a timeout 3", "b timeout 3"]


def test_an_error_of_one_keeps_nothing_from_the_others() -> None:
    ring: Disruptor[str] = Disruptor(4)
    told: list[str] = []
    ring.handle_events_with(combine.aggregate(Noted("a", told, "x"), Noted("b", told)), on_error=on_error.skip)
    ring.publish_many(["x", "y"])
    ring.shutdown(LIMIT)
    assert [word for word in told if word[2:3] in "xy"] == ["a x 0", "b x 0", "a y 1 end", "b y 1 end"]


def test_tried_again_only_who_has_failed_is_called_again() -> None:
    ring: Disruptor[str] = Disruptor(4)
    told: list[str] = []
    parts = (Noted("a", told), Noted("b", told, "x"), Noted("c", told))
    ring.handle_events_with(combine.aggregate(*parts), on_error=on_error.retry(1))
    ring.publish("x")
    ring.shutdown(LIMIT)
    assert [word for word in told if "x" in word] == ["a x 0 end", "b x 0 end", "c x 0 end", "b x 0 end"]


def test_one_aggregate_may_be_several_workers_of_a_pool() -> None:
    ring: Disruptor[int] = Disruptor(4)
    there, go = threading.Event(), threading.Event()
    had: dict[str, list[int]] = {"first": [], "second": []}

    def first(event: int, sequence: Sequence, end_of_batch: bool) -> None:
        had["first"].append(event)
        if event == 0:
            there.set()
            assert go.wait(LIMIT)

    def second(event: int, sequence: Sequence, end_of_batch: bool) -> None:
        had["second"].append(event)
        if event == 1:
            go.set()

    both = combine.aggregate(first, second)
    ring.handle_events_with_pool(both, both)  # type: ignore[arg-type]  # its type does not tell that it has on_event
    ring.start()
    ring.publish(0)
    assert there.wait(LIMIT)
    ring.publish(1)  # for the other worker, while this one is in the middle
    ring.shutdown(LIMIT)
    assert {name: sorted(events) for name, events in had.items()} == {"first": [0, 1], "second": [0, 1]}


@pytest.mark.parametrize("wrapped", [False, True], ids=["an aggregate", "in others"])
def test_one_aggregate_may_be_several_handlers(wrapped: bool) -> None:
    """What one of them has yet to try again is nothing to the other one."""
    ring: Disruptor[str] = Disruptor(4)
    failed, handled = threading.Event(), threading.Event()
    had: dict[str, list[str]] = {"one": [], "other": []}

    def sound(event: str, sequence: Sequence, end_of_batch: bool) -> None:
        had[threading.current_thread().name].append("sound")

    def fails(event: str, sequence: Sequence, end_of_batch: bool) -> None:
        had[threading.current_thread().name].append("fails")
        if not failed.is_set():
            failed.set()
            raise ValueError(event)
        handled.set()

    def policy(failure: on_error.Failure) -> on_error.Decision:
        assert handled.wait(LIMIT)  # by the other one
        return on_error.Decision("retry")

    both = combine.aggregate(sound, fails)
    if wrapped:
        both = combine.aggregate(combine.filtered(bool, both))
    for name in had:
        ring.handle_events_with(both, name=name, on_error=policy)
    ring.publish("x")
    ring.shutdown(LIMIT)
    assert sorted(had.values()) == [["sound", "fails"], ["sound", "fails", "fails"]]


class Stages:
    """A part that counts what it is told, and raises at the first of some stages."""

    def __init__(self, *fails: str) -> None:
        self.told: list[str] = []
        self.fails = [*fails]

    def tell(self, stage: str) -> None:
        self.told.append(stage)
        if stage in self.fails:
            self.fails.remove(stage)
            raise ValueError(stage)

    def on_start(self) -> None:
        self.tell("start")

    def on_shutdown(self) -> None:
        self.tell("shutdown")

    def on_batch_start(self, batch_size: int, queue_depth: int) -> None:
        self.tell("batch")

    def on_event(self, event: str, sequence: Sequence, end_of_batch: bool) -> None:
        self.tell(event)


@pytest.mark.parametrize("wrapped", [False, True], ids=["an aggregate", "in others"])
def test_a_part_is_told_of_each_stage_although_another_one_has_failed_there_before(wrapped: bool) -> None:
    ring: Disruptor[str] = Disruptor(2)
    sound, fails = Stages(), Stages("start", "batch", "shutdown")
    both = combine.aggregate(sound, fails)
    if wrapped:
        both = combine.aggregate(combine.filtered(bool, both))
    group = ring.handle_events_with(both, on_error=on_error.skip)
    with ring.register_subscriber(after=group.subscribers) as behind:
        ring.publish("x")
        ring.start()
        behind.wait_for(0, LIMIT)
        ring.halt()
        ring.start()
    ring.publish("y")
    ring.shutdown(LIMIT)
    assert sound.told == fails.told == [
        "start", "batch", "x", "shutdown", "start", "batch", "y", "shutdown"
    ]  # fmt: skip


@pytest.mark.parametrize("wrapped", [False, True], ids=["an aggregate", "in others"])
def test_a_stage_that_is_tried_again_is_tried_by_who_has_failed(wrapped: bool) -> None:
    ring: Disruptor[str] = Disruptor(1)
    sound, fails = Stages(), Stages("start", "batch", "shutdown")
    both = combine.aggregate(sound, fails)
    if wrapped:
        both = combine.aggregate(combine.filtered(bool, both))
    ring.handle_events_with(both, on_error=on_error.retry(1))
    ring.publish("x")
    ring.shutdown(LIMIT)
    assert sound.told == ["start", "batch", "x", "shutdown"]
    assert fails.told == ["start", "start", "batch", "batch", "x", "shutdown", "shutdown"]


def test_errors_of_several_are_a_group() -> None:
    ring: Disruptor[str] = Disruptor(4)
    told: list[str] = []
    ring.handle_events_with(combine.aggregate(Noted("a", told, "x"), Noted("b", told, "x"), Noted("c", told)))
    ring.publish("x")
    with pytest.raises(ExceptionGroup) as raised:
        ring.shutdown(LIMIT)
    (group,) = raised.value.exceptions
    assert isinstance(group, ExceptionGroup)
    assert (str(group), [str(error) for error in group.exceptions]) == (
        "2 of 3 handlers have failed (2 sub-exceptions)",
        ["a x", "b x"],
    )


def test_what_ends_a_thread_keeps_the_rest_for_the_next_time() -> None:
    told: list[str] = []

    def ends(event: str, sequence: Sequence, end_of_batch: bool) -> None:
        told.append("ends")
        if len(told) == 2:
            raise SystemExit

    both = combine.aggregate(Noted("a", told, "x"), ends, Noted("b", told))
    for error in (SystemExit, None):
        if error is None:
            both.on_event("x", Sequence(0), True)  # type: ignore[union-attr]
        else:
            with pytest.raises(error):
                both.on_event("x", Sequence(0), True)  # type: ignore[union-attr]
    assert told == ["a x 0 end", "ends", "a x 0 end", "ends", "b x 0 end"]


def test_an_aggregate_of_handlers_that_say_themselves_what_is_processed() -> None:
    ring: Disruptor[str] = Disruptor(4)

    handed = threading.Event()

    class Says:
        progress: Progress

        def set_sequence_callback(self, progress: Progress) -> None:
            self.progress = progress

        def on_event(self, event: str, sequence: Sequence, end_of_batch: bool) -> None:
            if end_of_batch and self is two:
                handed.set()

    one, two = Says(), Says()
    (subscriber,) = ring.handle_events_with(combine.aggregate(one, two)).subscribers
    ring.publish_many(["x", "y", "z"])
    ring.start()
    assert handed.wait(LIMIT)
    one.progress(2)
    assert (one.progress.sequence, two.progress.sequence, subscriber.sequence) == (2, -1, -1)
    two.progress(1)
    assert subscriber.sequence == 1
    one.progress(0)  # less than before does nothing
    with pytest.raises(InvalidValue, match="was given events up to 2, not 3"):
        two.progress(3)
    two.progress(2)
    ring.shutdown(LIMIT)
    assert subscriber.sequence == 2


def test_an_aggregate_of_whole_batches() -> None:
    ring: Disruptor[str] = Disruptor(4)
    had: list[object] = []
    ring.handle_events_with(combine.aggregate(Whole(had), Whole(had)))
    ring.publish_many(["x", "y"])
    ring.shutdown(LIMIT)
    assert had == [(["x", "y"], [0, 1])] * 2


def test_a_filter_leaves_out() -> None:
    ring: Disruptor[str] = Disruptor(8)
    told: list[str] = []
    had: list[object] = []

    def wanted(event: str) -> bool:
        return event in "bd"

    group = ring.handle_events_with(
        combine.filtered(wanted, Noted("f", told)), combine.filtered(wanted, Whole(had)), max_batch_size=4
    )
    ring.publish_many(["a", "b", "c", "d", "e"])
    ring.shutdown(LIMIT)
    assert [word for word in told if "batch" not in word] == ["f start", "f b 1", "f d 3 end", "f shutdown"]
    assert had == [(["b", "d"], [1, 3])]
    assert [subscriber.sequence for subscriber in group.subscribers] == [4, 4]


def test_a_batched_handler_is_found_again_and_may_be_called_event_by_event() -> None:
    ring: Disruptor[str] = Disruptor(4)
    told: list[str] = []
    batched = combine.batched(Noted("b", told), max_events=3)
    ring.handle_events_with(batched)
    ring.after(batched).then(lambda event, sequence, end: None, name="after")
    ring.start()
    ring.publish("x")
    ring.publish("y")
    ring.publish("z")
    ring.shutdown(LIMIT)
    assert "b batch of 3" in told


def test_what_cannot_be_combined_is_refused() -> None:
    ring: Disruptor[str] = Disruptor(4)
    noted = Noted("a", [])

    class Says:
        def set_sequence_callback(self, progress: Progress) -> None: ...

        def on_event(self, event: str, sequence: Sequence, end_of_batch: bool) -> None: ...

    with pytest.raises(InvalidValue, match="at least one handler"):
        combine.aggregate()
    with pytest.raises(InvalidType, match="have on_batch, and some have not"):
        combine.aggregate(noted, Whole([]))
    with pytest.raises(InvalidType, match="have set_sequence_callback, and some have not"):
        combine.aggregate(noted, Says())
    with pytest.raises(InvalidType, match="predicate must be callable, not 3"):
        combine.filtered(3, noted)  # type: ignore[arg-type]
    with pytest.raises(InvalidType, match="does not see what is left out"):
        combine.filtered(bool, Says())
    with pytest.raises(InvalidValue, match="needs max_events or seconds"):
        combine.batched(noted)
    with pytest.raises(InvalidValue, match="max_events must be in .* not 0"):
        combine.batched(noted, max_events=0)
    with pytest.raises(InvalidValue, match="not -1"):
        combine.batched(noted, seconds=-1)
    with pytest.raises(InvalidType, match=r"not batched\("):
        combine.aggregate(combine.batched(noted, max_events=2))  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match=r"max_events must be in 1\.\.4, not 5"):
        ring.handle_events_with(combine.batched(noted, max_events=5))
    with pytest.raises(InvalidValue, match="max_batch_size is not for it"):
        ring.handle_events_with(combine.batched(noted, max_events=2), max_batch_size=2)
    assert ring.subscribers == ()


# --- publishers ------------------------------------------------------------------------------------------------


def test_what_is_dropped_is_counted_and_each_burst_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    ring: Disruptor[int] = Disruptor(2)
    reader = ring.register_subscriber()
    publisher = ring.publisher(overflow="drop")
    with caplog.at_level(logging.WARNING, "disruptor"):
        assert publisher.publish_many([0, 1]) == range(2)
        assert [publisher.publish(2), publisher.publish_many([3, 4])] == [None, None]
        assert publisher.dropped == 3
        reader.update_sequence(0)
        assert publisher.publish(5) == 2
        assert publisher.publish(6) is None
    assert [record.getMessage() for record in caplog.records] == [
        "the ring is full: events are dropped",
        "there is room again: 3 events were dropped",
        "the ring is full: events are dropped",
    ]
    assert publisher.dropped == 4
    assert repr(publisher) == f"<Publisher into {ring!r}, overflow='drop', timeout=0.0, 4 dropped>"
    assert repr(ring.publisher(timeout=1)) == f"<Publisher into {ring!r}, overflow='block', timeout=1.0>"
    ring.close()
    with pytest.raises(DisruptorClosed):
        publisher.publish(7)


def test_a_translator_is_not_called_for_what_is_dropped_and_its_own_error_is_its_own() -> None:
    ring: Disruptor[list[int]] = Disruptor(2, list)
    reader = ring.register_subscriber()
    publisher = ring.publisher(overflow="drop")

    def fails(event: list[int], sequence: Sequence) -> None:
        raise InsufficientCapacity("of another ring")

    with pytest.raises(InsufficientCapacity, match="of another ring"):
        publisher.publish_event(fails)
    assert publisher.publish_event(lambda event, sequence: event.append(1)) == 1
    assert publisher.publish_event(fails) is None
    assert publisher.dropped == 1
    with reader.read() as batch:
        assert list(batch) == [[1]]
    with pytest.raises(InvalidType, match="translate must be callable, not 3"):
        publisher.publish_event(3)  # type: ignore[arg-type]


def test_a_wrong_overflow_is_refused() -> None:
    ring: Disruptor[int] = Disruptor(2)
    with pytest.raises(InvalidValue, match="must be 'block', 'raise' or 'drop', not 'wait'"):
        ring.publisher(overflow="wait")  # type: ignore[arg-type]
