"""What goes wrong around a handler, and not in it: the log, the threads, the fork, numbers that cannot be."""

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from disruptor import Disruptor, DisruptorBroken, InvalidType, InvalidValue, Progress, Sequence, on_error
from disruptor._override import override
from disruptor.on_error import Decision, Failure
from tests.limits import LIMIT
from tests.processes.test_forks import forked


def fails(event: int, sequence: Sequence, end_of_batch: bool) -> None:
    raise ValueError(event)


@pytest.fixture
def log() -> Iterator[list[logging.LogRecord]]:
    """Collect what is logged."""
    records: list[logging.LogRecord] = []

    class Collects(logging.Handler):
        @override
        def emit(self, record: logging.LogRecord) -> None:
            record.getMessage()
            records.append(record)

    logger, collects = logging.getLogger("disruptor"), Collects()
    logger.addHandler(collects)
    yield records
    logger.removeHandler(collects)


def test_an_error_is_logged_once_with_the_names_of_ring_and_handler(log: list[logging.LogRecord]) -> None:
    ring: Disruptor[int] = Disruptor(4)
    ring.handle_events_with(fails, on_error=on_error.retry(1))
    ring.publish(7)
    with pytest.raises(ExceptionGroup):
        ring.shutdown(LIMIT)
    assert [record.levelname for record in log] == ["WARNING", "ERROR"]
    assert all("'fails' of <Disruptor of 4, by value" in record.getMessage() for record in log)
    assert all(record.exc_info is not None and record.exc_info[0] is ValueError for record in log)


def test_a_log_that_cannot_be_written_is_no_reason_to_be_silent() -> None:
    class Full(logging.Handler):
        @override
        def emit(self, record: logging.LogRecord) -> None:
            raise OSError("no space left on device")

    logger, full = logging.getLogger("disruptor"), Full()
    logger.addHandler(full)
    try:
        ring: Disruptor[int] = Disruptor(1)
        ring.handle_events_with(fails)
        ring.start()
        ring.publish(0)
        with pytest.raises(DisruptorBroken):
            ring.publish(1, timeout=LIMIT)
        with pytest.raises(ExceptionGroup) as raised:
            ring.shutdown(LIMIT)
        assert [str(error) for error in raised.value.exceptions] == ["0"]
        skipped: Disruptor[int] = Disruptor(1)
        skipped.handle_events_with(fails, on_error=on_error.skip)
        with skipped:
            skipped.publish(0)
    finally:
        logger.removeHandler(full)


def test_handlers_that_get_no_thread_are_not_registered() -> None:
    ring: Disruptor[int] = Disruptor(1)
    left = [1]

    def executor(run: Callable[[], None]) -> None:
        if not left:
            raise RuntimeError("no more threads")
        left.clear()
        ring._runtime.start_thread(run, "one", daemon=True)

    ring.start(executor=executor)
    with pytest.raises(RuntimeError, match="no more threads"):
        ring.handle_events_with(lambda *of: None, lambda *of: None)
    assert ring.subscribers == ()
    ring.shutdown(LIMIT)


def test_a_new_start_counts_attempts_anew() -> None:
    ring: Disruptor[int] = Disruptor(4)
    told: list[int] = []

    def policy(failure: Failure) -> Decision:
        told.append(failure.attempts)
        return on_error.retry(1)(failure)

    ring.handle_events_with(fails, on_error=policy)
    ring.publish(0)
    for _ in range(2):
        ring.start()
        with pytest.raises(ExceptionGroup):
            ring.shutdown(LIMIT)
    assert told == [1, 2, 1, 2]


def test_what_was_handed_out_before_a_restart_can_still_be_marked() -> None:
    class Late:
        def __init__(self) -> None:
            self.handed: list[Progress] = []
            self.had: list[int] = []

        def set_sequence_callback(self, progress: Progress) -> None:
            self.handed.append(progress)

        def on_event(self, event: int, sequence: Sequence, end_of_batch: bool) -> None:
            self.had.append(event)
            if len(self.had) == 3:
                ring.halt()
            elif len(self.had) == 4:
                self.handed[0](2)  # all of what was handed out before, although only the first one has come again
                ring.halt()

    ring: Disruptor[int] = Disruptor(4)
    late = Late()
    group = ring.handle_events_with(late, max_batch_size=1)
    ring.publish_many([0, 1, 2])
    for position in (-1, 2):
        ring.start()
        ring._consumers.join(ring._consumers._starts, ring._runtime.monotonic_ns() + int(LIMIT * 1e9))
        assert group.subscribers[0].sequence == position
    assert late.had == [0, 1, 2, 0]


def test_a_decision_that_is_none_stops() -> None:
    ring: Disruptor[int] = Disruptor(4)
    ring.handle_events_with(fails, on_error=lambda failure: Decision("ignore"))  # type: ignore[arg-type]
    ring.publish(0)
    with pytest.raises(ExceptionGroup) as raised:
        ring.shutdown(LIMIT)
    [error] = raised.value.exceptions
    assert isinstance(error, InvalidValue)
    assert "not 'ignore'" in str(error)


def test_numbers_of_policies() -> None:
    failure = Failure("h", "on_event", ValueError(), attempts=5000)
    assert on_error.retry(10_000, factor=2.0)(failure) == Decision("retry", 0.0)
    assert on_error.retry(10_000, backoff=1.0, factor=2.0)(failure) == Decision("retry", float("inf"))
    with pytest.raises(InvalidValue, match="backoff must be >= 0, not -1"):
        on_error.retry(1, backoff=-1)
    with pytest.raises(InvalidType, match="factor must be a number"):
        on_error.retry(1, factor=None)  # type: ignore[arg-type]
    with pytest.raises(InvalidType, match="pause must be a number"):
        on_error.rewind(pause=None)  # type: ignore[arg-type]


def test_after_nobody_is_refused() -> None:
    ring: Disruptor[int] = Disruptor(4)
    with pytest.raises(InvalidValue, match="at least one"):
        ring.after()


@pytest.mark.parametrize("begun", [True, False])
def test_handlers_stay_in_the_process_that_has_registered_them(begun: bool) -> None:
    """A child that publishes in a `with` block neither waits for its parent's handlers, nor runs them."""
    ring: Disruptor[int] = Disruptor(8, multiproc=True)
    seen: list[tuple[int, int]] = []
    ring.handle_events_with(lambda event, sequence, end: seen.append((event, os.getpid())), name="parent's")
    if begun:
        ring.start()

    def child() -> None:
        signal.alarm(20)  # it would wait for ever
        with ring:
            ring.publish(7)

    assert forked(child) == 0
    ring.shutdown(LIMIT)
    assert seen == [(7, os.getpid())]


def test_a_child_of_a_ring_between_threads_waits_for_none_of_its_handlers() -> None:
    """What a child has is a copy, and the threads are its parent's: it can leave a `with` block that it was forked in."""
    ring: Disruptor[int] = Disruptor(8)
    ring.handle_events_with(lambda event, sequence, end: None)
    sequencer = ring._sequencer

    def child() -> None:
        signal.alarm(20)  # it would wait for ever
        ring.shutdown()
        assert ring.stats().handlers == ()

    with ring:
        while True:
            with sequencer.lock:  # who sleeps has given it back: the child gets a copy of it that is free
                if sequencer.news.asleep():
                    break
        assert forked(child) == 0
        assert [handler.state for handler in ring.stats().handlers] == ["running"]


def cannot_be_made() -> object:
    raise ValueError("cannot be decoded")


class Bad:
    @override
    def __reduce__(self) -> tuple[object, ...]:
        return cannot_be_made, ()


def test_an_event_that_cannot_be_decoded_ends_a_handler_and_can_be_gone_past() -> None:
    ring: Disruptor[object] = Disruptor(8, multiproc=True)
    had: list[object] = []
    group = ring.handle_events_with(
        lambda event, sequence, end: had.append(event), max_batch_size=1, on_error=on_error.skip
    )
    ring.publish_many(["a", "b", Bad(), "c"])
    with pytest.raises(ExceptionGroup) as raised:
        ring.shutdown(LIMIT)
    assert [str(error) for error in raised.value.exceptions] == ["cannot be decoded"]
    assert had == ["a", "b"]
    group.subscribers[0].update_sequence(2)
    ring.start()
    ring.shutdown(LIMIT)
    assert had == ["a", "b", "c"]


def test_a_handler_that_shuts_its_ring_down_is_not_told_of_the_errors_of_others() -> None:
    ring: Disruptor[int] = Disruptor(4)
    failed, raised = threading.Event(), list[BaseException]()

    def shuts_down(event: int, sequence: Sequence, end_of_batch: bool) -> None:
        assert failed.wait(LIMIT)
        try:
            ring.shutdown()
        except BaseException as error:
            raised.append(error)

    class Fails:
        def on_event(self, event: int, sequence: Sequence, end_of_batch: bool) -> None:
            raise ValueError(event)

        def on_shutdown(self) -> None:
            failed.set()

    ring.handle_events_with(Fails(), shuts_down)
    ring.publish(0)
    with pytest.raises(ExceptionGroup) as told:
        ring.shutdown(LIMIT)
    assert [str(error) for error in told.value.exceptions] == ["0"]
    assert raised == []
