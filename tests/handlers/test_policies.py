"""What is done when a handler raises: by each policy, at each stage; and what is nobody's business but the ring's."""

import logging
import threading
from collections.abc import Callable

import pytest

from disruptor import Disruptor, DisruptorBroken, DisruptorClosed, InvalidType, InvalidValue, Sequence, on_error
from disruptor.on_error import Decision, Failure, Policy
from tests.limits import LIMIT


class Fails:
    """A handler of numbers that raises, the first `times` times, at some of them, or at some stage."""

    def __init__(self, *at: int | str, times: int = 1, error: BaseException | None = None) -> None:
        self._left = dict.fromkeys(at, times)
        self._error = error or ValueError("as it was told to")
        self.had: list[int] = []
        self.told: list[str] = []

    def _may_fail(self, at: int | str) -> None:
        if self._left.get(at, 0):
            self._left[at] -= 1
            raise self._error

    def on_start(self) -> None:
        self.told.append("start")
        self._may_fail("start")

    def on_batch_start(self, batch_size: int, queue_depth: int) -> None:
        self._may_fail("batch")

    def on_event(self, event: int, sequence: Sequence, end_of_batch: bool) -> None:
        self.had.append(event)
        self._may_fail(event)

    def on_shutdown(self) -> None:
        self.told.append("shutdown")
        self._may_fail("shutdown")


def run(handler: object, policy: Policy | None, *, progress: str = "batch", count: int = 4) -> list[BaseException]:
    """Run a handler over some numbers that are there at once; return the errors of the shutdown."""
    ring: Disruptor[int] = Disruptor(8)
    if policy is None:
        ring.handle_events_with(handler, progress=progress)  # type: ignore[arg-type]
    else:
        ring.handle_events_with(handler, on_error=policy, progress=progress)  # type: ignore[arg-type]
    ring.publish_many(range(count))
    try:
        ring.shutdown(LIMIT)
    except BaseExceptionGroup as group:
        return list(group.exceptions)
    return []


def test_stop_is_what_happens_if_nothing_is_said() -> None:
    handler = Fails(2)
    [error] = run(handler, None)
    assert isinstance(error, ValueError)
    assert (handler.had, handler.told) == ([0, 1, 2], ["start", "shutdown"])


def test_skip_goes_on_with_the_next() -> None:
    handler = Fails(0, 2, 3)
    assert run(handler, on_error.skip) == []
    assert handler.had == [0, 1, 2, 3]


def test_retry_gives_the_same_event_again() -> None:
    handler = Fails(2, times=2)
    assert run(handler, on_error.retry(2)) == []
    assert handler.had == [0, 1, 2, 2, 2, 3]


def test_retry_gives_up_and_asks_what_then() -> None:
    handler = Fails(2, times=9)
    assert len(run(handler, on_error.retry(2))) == 1
    assert handler.had == [0, 1, 2, 2, 2]
    handler = Fails(2, times=9)
    assert run(handler, on_error.retry(2, then=on_error.skip)) == []
    assert handler.had == [0, 1, 2, 2, 2, 3]


def test_each_event_is_tried_anew() -> None:
    handler = Fails(1, 3, times=1)
    assert run(handler, on_error.retry(1)) == []
    assert handler.had == [0, 1, 1, 2, 3, 3]


@pytest.mark.parametrize(("progress", "had"), [("batch", [0, 1, 2, 0, 1, 2, 3]), ("event", [0, 1, 2, 2, 3])])
def test_rewind_gives_the_batch_again_from_the_first_that_is_not_marked(progress: str, had: list[int]) -> None:
    handler = Fails(2)
    assert run(handler, on_error.rewind(), progress=progress) == []
    assert handler.had == had


def test_rewind_gives_up_as_in_lmax() -> None:
    handler = Fails(2, times=9)
    assert run(handler, on_error.rewind(2, then=on_error.skip)) == []
    assert handler.had == [0, 1, 2, 0, 1, 2, 0, 1, 2, 3]


def test_a_batch_is_retried_rewound_or_skipped_as_a_whole() -> None:
    class Batches:
        def __init__(self, fails: int) -> None:
            self.had: list[list[int]] = []
            self._fails = fails

        def on_batch(self, events: list[int], sequences: list[Sequence]) -> None:
            self.had.append(list(events))
            if len(self.had) <= self._fails:
                raise ValueError

    for policy in (on_error.retry(1), on_error.rewind(1)):
        batches = Batches(1)
        assert run(batches, policy) == []
        assert batches.had == [[0, 1, 2, 3]] * 2
    batches = Batches(1)
    assert run(batches, on_error.skip) == []
    assert batches.had == [[0, 1, 2, 3]]
    batches = Batches(1)
    assert len(run(batches, None)) == 1


@pytest.mark.parametrize("stage", ["start", "batch"])
def test_an_error_before_the_first_event_stops_is_skipped_or_tried_again(stage: str) -> None:
    handler = Fails(stage)
    assert len(run(handler, None)) == 1
    assert (handler.had, handler.told[-1]) == ([], "shutdown")
    for policy in (on_error.skip, on_error.retry(1), on_error.rewind(1)):
        handler = Fails(stage)
        assert run(handler, policy) == []
        assert handler.had == [0, 1, 2, 3]


def test_an_error_in_the_shutdown_is_told() -> None:
    handler = Fails("shutdown")
    assert len(run(handler, None)) == 1
    assert run(Fails("shutdown"), on_error.skip) == []
    handler = Fails(1, "shutdown")
    assert len(run(handler, None)) == 2


def test_a_policy_is_told_what_went_wrong() -> None:
    told: list[Failure] = []

    def policy(failure: Failure) -> Decision:
        told.append(failure)
        return on_error.SKIP if failure.attempts > 1 else Decision("retry")

    handler = Fails("start", 1, times=2)
    assert run(handler, policy) == []
    assert [(f.handler, f.stage, f.sequence, f.event, f.attempts, str(f.error)) for f in told] == [
        ("Fails", "on_start", None, None, 1, "as it was told to"),
        ("Fails", "on_start", None, None, 2, "as it was told to"),
        ("Fails", "on_event", 1, 1, 1, "as it was told to"),
        ("Fails", "on_event", 1, 1, 2, "as it was told to"),
    ]


def test_a_policy_that_raises_stops_the_handler_by_its_own_error() -> None:
    def policy(failure: Failure) -> Decision:
        raise LookupError("no such rule")

    [error] = run(Fails(1), policy)
    assert isinstance(error, LookupError)
    assert isinstance(error.__context__, ValueError)


def test_a_policy_that_decides_nothing_is_told_so() -> None:
    [error] = run(Fails(1), lambda failure: None)  # type: ignore[arg-type,return-value]  # that is the point
    assert isinstance(error, InvalidType)
    assert "a policy returns a Decision, not None" in str(error)


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt()])
def test_what_is_no_exception_breaks_the_ring_and_no_policy_is_asked(error: BaseException) -> None:
    handler = Fails(1, error=error)
    ring: Disruptor[int] = Disruptor(8)
    ring.handle_events_with(handler, on_error=on_error.skip)
    ring.publish_many(range(3))
    with pytest.raises(BaseExceptionGroup) as raised:
        ring.shutdown(LIMIT)
    assert raised.value.exceptions == (error,)
    with pytest.raises(DisruptorBroken) as broken:
        ring.publish(9)
    assert broken.value.__cause__ is error


def test_a_handler_that_raises_what_the_ring_raises_is_asked_about_too() -> None:
    handler = Fails(1, error=DisruptorClosed("another ring is closed"))
    assert run(handler, on_error.skip) == []
    assert handler.had == [0, 1, 2, 3]
    assert len(run(Fails(1, error=DisruptorClosed("another ring is closed")), None)) == 1


def test_a_producer_that_waits_for_room_is_told() -> None:
    ring: Disruptor[int] = Disruptor(1)
    go = threading.Event()

    def handler(event: int, sequence: int, end_of_batch: bool) -> None:
        assert go.wait(LIMIT)
        raise ValueError("no")

    ring.handle_events_with(handler)
    ring.start()
    ring.publish(0)
    told: list[BaseException | None] = []

    def producer() -> None:
        try:
            ring.publish(1, timeout=LIMIT)
        except DisruptorBroken as broken:
            told.append(broken.__cause__)

    thread = threading.Thread(target=producer)
    thread.start()
    go.set()
    thread.join(LIMIT)
    assert [str(error) for error in told] == ["no"]
    with pytest.raises(ExceptionGroup, match="1 error in handlers of <Disruptor of 1"):
        ring.shutdown(LIMIT)


def test_it_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "disruptor")
    run(Fails(1), on_error.skip)
    run(Fails(1), None)
    of = "handler 'Fails' of <Disruptor of 8, by value, {}: published 3, claimed 3, 1 subscriber".format
    assert [record.getMessage().partition(">: ")[::2] for record in caplog.records] == [
        (of("closed"), "it has raised in on_event of 1: skip"),
        (of("broken"), "it has stopped, and the ring is broken"),
    ]
    assert all(record.exc_info for record in caplog.records)


def test_a_subscriber_that_somebody_else_reads_breaks_the_ring() -> None:
    ring: Disruptor[int] = Disruptor(8)
    group = ring.handle_events_with(lambda event, sequence, end: None, name="read")
    ring.publish(0)
    with group.subscribers[0].read(), pytest.raises(ExceptionGroup, match="1 error"):
        ring.shutdown(LIMIT)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: on_error.retry(0), InvalidValue),
        (lambda: on_error.retry(1, backoff=-1.0), InvalidValue),
        (lambda: on_error.retry(1, factor=float("nan")), InvalidValue),
        (lambda: on_error.rewind(0), InvalidValue),
        (lambda: on_error.rewind(pause=-1.0), InvalidValue),
        (lambda: on_error.rewind("often"), InvalidType),  # type: ignore[arg-type]  # that is the point
    ],
)
def test_wrong_numbers_are_refused(make: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        make()


def test_pauses_grow_by_the_factor() -> None:
    policy = on_error.retry(3, backoff=0.5, factor=2)
    pauses = [policy(Failure("h", "on_event", ValueError(), 0, None, k)).pause for k in (1, 2, 3)]
    assert pauses == [0.5, 1.0, 2.0]
    assert on_error.rewind(pause=0.25)(Failure("h", "on_event", ValueError())).pause == 0.25


def test_fail_subscriber_takes_an_exception() -> None:
    ring: Disruptor[int] = Disruptor(8)
    subscriber = ring.register_subscriber()
    with pytest.raises(InvalidType, match="error must be an exception, not 'no'"):
        ring.fail_subscriber(subscriber, "no")  # type: ignore[arg-type]  # that is the point
    first, second = ValueError("first"), ValueError("second")
    ring.fail_subscriber(subscriber, first)
    ring.fail_subscriber(subscriber, second)
    with pytest.raises(DisruptorBroken) as broken:
        ring.publish(1)
    assert broken.value.__cause__ is first
    with pytest.raises(DisruptorBroken):
        subscriber.wait_for(0)
