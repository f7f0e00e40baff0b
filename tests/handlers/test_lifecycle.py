"""From start to shutdown, on real threads: names, daemons, pools, restarts, and what a handler is told."""

import threading
from collections.abc import Callable
from collections.abc import Sequence as AbstractSequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from disruptor import Disruptor, DisruptorClosed, InvalidType, InvalidValue, Sequence, Start, WaitTimeout
from tests.limits import LIMIT


class Noted:
    """A handler that notes everything that it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.thread: threading.Thread | None = None

    def on_start(self) -> None:
        self.thread = threading.current_thread()
        self.told.append("start")

    def on_batch_start(self, batch_size: int, queue_depth: int) -> None:
        self.told.append((batch_size, queue_depth))

    def on_event(self, event: str, sequence: Sequence, end_of_batch: bool) -> None:
        self.told.append((event, sequence, end_of_batch))

    def on_shutdown(self) -> None:
        self.told.append("shutdown")


def gate() -> tuple[Callable[[str, int, bool], None], threading.Event, threading.Event]:
    """Return a handler that stops within an event, an event for when it is there, and one that lets it go on."""
    there, go = threading.Event(), threading.Event()

    def handler(event: str, sequence: int, end_of_batch: bool) -> None:
        there.set()
        assert go.wait(LIMIT)

    return handler, there, go


def test_a_handler_is_told_everything_in_order() -> None:
    ring: Disruptor[str] = Disruptor(8)
    noted = Noted()
    ring.handle_events_with(noted, max_batch_size=2)
    ring.publish_many(["a", "b", "c"])
    ring.start()
    ring.shutdown(LIMIT)
    assert noted.told == [
        "start", (2, 3), ("a", 0, False), ("b", 1, True), (1, 1), ("c", 2, True), "shutdown",
    ]  # fmt: skip


def test_its_thread_has_its_name_and_is_a_daemon_if_one_says_so() -> None:
    for daemon in (False, True):
        ring: Disruptor[str] = Disruptor(8)
        noted = Noted()
        ring.handle_events_with(noted)
        ring.start(daemon=daemon)
        ring.shutdown(LIMIT)
        assert noted.thread is not None
        assert (noted.thread.name, noted.thread.daemon) == ("Noted", daemon)


def test_names_are_made_different_and_given_ones_are_kept() -> None:
    ring: Disruptor[str] = Disruptor(8)
    ring.handle_events_with(Noted(), Noted())
    ring.handle_events_with(Noted(), name="mine")
    ring.handle_events_with(lambda event, sequence, end: None)
    assert [subscriber.name for subscriber in ring.subscribers] == ["Noted", "Noted-2", "mine", "subscriber-0"]
    with pytest.raises(InvalidValue, match="already registered"):
        ring.handle_events_with(Noted(), name="mine")
    with pytest.raises(InvalidValue, match="one name is for one handler, not 2"):
        ring.handle_events_with(Noted(), Noted(), name="both")


@pytest.mark.parametrize("multiproc", [False, True])
@pytest.mark.parametrize("letter", ["a", "\u00e9", "\u4e16"])
def test_names_that_are_made_up_are_not_too_long(multiproc: bool, letter: str) -> None:
    """Between processes a name has 64 bytes: nobody is told off for one that he has not given."""

    def handler(event: str, sequence: Sequence, end_of_batch: bool) -> None: ...

    handler.__name__ = letter * 100
    ring: Disruptor[str] = Disruptor(8, multiproc=multiproc)
    ring.handle_events_with(handler, handler)
    one, two = (subscriber.name for subscriber in ring.subscribers)
    assert two.endswith("-2")
    assert handler.__name__.startswith(one)
    assert handler.__name__.startswith(two[:-2])
    assert 60 < len(two.encode()) <= 64
    assert 60 < len(one.encode()) <= 64
    ring.halt()


def test_a_pool_can_be_used() -> None:
    ring: Disruptor[int] = Disruptor(8)
    had: list[int] = []
    ring.handle_events_with(lambda event, sequence, end: had.append(event))
    with ThreadPoolExecutor(1) as pool:
        ring.start(executor=pool.submit)
        ring.publish_many(range(5))
        ring.shutdown(LIMIT)
    assert had == [0, 1, 2, 3, 4]


def test_a_pool_that_is_too_small_is_told_by_a_shutdown_that_waits_in_vain() -> None:
    ring: Disruptor[int] = Disruptor(8)
    kept: list[Callable[[], None]] = []
    ring.handle_events_with(lambda event, sequence, end: None, name="starved")
    ring.start(executor=kept.append)
    ring.publish(1)
    with pytest.raises(WaitTimeout, match="'starved' has not begun to run and is at -1"):
        ring.shutdown(0)
    for run in kept:
        run()
    ring.shutdown(LIMIT)


def test_a_broken_ring_goes_on_without_the_handler_that_has_failed() -> None:
    """Without it, it is closed, which a start does not change; halted, it is opened again."""
    ring: Disruptor[int] = Disruptor(8)
    had: list[int] = []

    def fails(event: int, sequence: Sequence, end_of_batch: bool) -> None:
        raise ValueError(event)

    group = ring.handle_events_with(fails)
    ring.handle_events_with(lambda event, sequence, end: had.append(event))
    ring.publish(0)
    with pytest.raises(ExceptionGroup):
        ring.shutdown(LIMIT)
    assert ring.stats().state == "broken"
    group.subscribers[0].close()
    ring.start()
    assert ring.stats().state == "closed"
    ring.halt()
    ring.start()
    ring.publish(1)
    ring.shutdown(LIMIT)
    assert had == [0, 1]


def test_a_halt_ends_a_handler_after_the_event_in_hand_and_a_start_goes_on_there() -> None:
    ring: Disruptor[str] = Disruptor(8)
    had: list[str] = []
    there, go = threading.Event(), threading.Event()

    def handler(event: str, sequence: int, end_of_batch: bool) -> None:
        had.append(event)
        there.set()
        assert go.wait(LIMIT)

    ring.handle_events_with(handler)
    ring.publish_many(["a", "b", "c"])
    ring.start()
    assert there.wait(LIMIT)
    ring.halt()
    go.set()
    with suppress(DisruptorClosed):
        ring.shutdown(LIMIT)
    assert had == ["a"]
    assert ring.subscribers[0].sequence == 0
    ring.start(timeout=LIMIT)
    ring.shutdown(LIMIT)
    assert had == ["a", "b", "c"]


def test_a_start_waits_for_a_handler_that_still_ends_as_long_as_one_says() -> None:
    ring: Disruptor[str] = Disruptor(8)
    handler, there, go = gate()
    ring.handle_events_with(handler, name="slow")
    ring.publish("a")
    ring.start()
    assert there.wait(LIMIT)
    ring.halt()
    with pytest.raises(WaitTimeout, match="before its handlers have ended: 'slow' runs and is at -1"):
        ring.start(timeout=0)
    go.set()
    ring.start(timeout=LIMIT)
    ring.shutdown(LIMIT)


def test_a_shutdown_that_runs_out_of_time_halts_nobody() -> None:
    ring: Disruptor[str] = Disruptor(8)
    handler, there, go = gate()
    ring.handle_events_with(handler, name="slow")
    ring.start()
    ring.publish("a")
    assert there.wait(LIMIT)
    with pytest.raises(WaitTimeout, match="'slow' runs and is at -1"):
        ring.shutdown(0)
    assert not ring.halted
    go.set()
    ring.shutdown(LIMIT)
    assert ring.subscribers[0].sequence == 0


def test_a_block_starts_and_shuts_down() -> None:
    ring: Disruptor[str] = Disruptor(8)
    noted = Noted()
    with ring:
        ring.handle_events_with(noted)  # the ring was started: it begins at once
        ring.publish("a")
    assert noted.told[-1] == "shutdown"
    assert ("a", 0, True) in noted.told
    assert ring.closed


def test_a_block_that_raises_halts_and_waits_for_the_threads() -> None:
    ring: Disruptor[str] = Disruptor(8)
    noted = Noted()
    ring.handle_events_with(noted)
    with pytest.raises(LookupError), ring:
        raise LookupError
    assert ring.halted
    assert noted.told[-1] == "shutdown"


def test_a_shutdown_can_come_twice_and_a_start_after_it_does_nothing() -> None:
    ring: Disruptor[str] = Disruptor(8)
    noted = Noted()
    ring.handle_events_with(noted)
    ring.start()
    ring.shutdown(LIMIT)
    ring.start()
    ring.shutdown(LIMIT)
    assert noted.told == ["start", "shutdown"]


def test_a_ring_without_handlers_is_started_and_shut_down_too() -> None:
    ring: Disruptor[str] = Disruptor(8)
    ring.start()
    ring.publish("a")
    ring.shutdown()
    assert ring.closed


def test_where_a_handler_starts_is_chosen() -> None:
    ring: Disruptor[int] = Disruptor(8)
    had: dict[str, list[int]] = {"all": [], "late": [], "two": []}
    for number in range(3):
        ring.publish(number)
    ring.handle_events_with(lambda event, sequence, end: had["all"].append(event), start=Start.EARLIEST)
    ring.handle_events_with(lambda event, sequence, end: had["late"].append(event), start=Start.LATEST)
    ring.handle_events_with(lambda event, sequence, end: had["two"].append(event), start=2)
    ring.publish(3)
    ring.shutdown(LIMIT)
    assert had == {"all": [0, 1, 2, 3], "late": [3], "two": [2, 3]}


def test_groups_are_found_again_joined_and_shown() -> None:
    ring: Disruptor[str] = Disruptor(8)
    one, two = Noted(), Noted()
    both = ring.handle_events_with(one, two)
    third = ring.after(one).then(Noted(), name="third")
    last = third.and_(ring.after(two)).then(Noted(), name="last")
    assert repr(both) == "<EventHandlerGroup 'Noted', 'Noted-2'>"
    assert [upstream.name for upstream in last.subscribers[0].after] == ["third", "Noted-2"]
    assert ring.after(both, both.subscribers[0]).subscribers == both.subscribers
    with pytest.raises(InvalidValue, match="is no handler of"):
        ring.after(Noted())
    other: Disruptor[str] = Disruptor(8)
    with pytest.raises(InvalidValue, match="belongs to another ring"):
        other.after(both)
    ring.shutdown(LIMIT)


def test_methods_are_found_by_what_they_are_methods_of() -> None:
    ring: Disruptor[str] = Disruptor(8)
    one, two = Noted(), Noted()
    ring.handle_events_with(one.on_event, two.on_event)
    assert [s.name for s in ring.after(two.on_event).subscribers] == ["on_event-2"]
    ring.shutdown(LIMIT)


def test_a_registration_that_fails_leaves_nobody_behind() -> None:
    ring: Disruptor[str] = Disruptor(8)
    stranger = Disruptor[str](8).handle_events_with(Noted())
    with pytest.raises(InvalidValue):
        ring._handle(stranger.subscribers, (Noted(), Noted()), {})
    assert ring.subscribers == ()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"max_batch_size": 0}, InvalidValue, "max_batch_size must be in 1..8, not 0"),
        ({"max_batch_size": 9}, InvalidValue, "max_batch_size must be in 1..8, not 9"),
        ({"progress": "never"}, InvalidValue, "progress must be 'batch' or 'event', not 'never'"),
        ({"on_error": 3}, InvalidType, "on_error must be callable, not 3"),
        ({"timeout": -1}, InvalidValue, "timeout must be >= 0 seconds, not -1"),
        ({"nmae": "x"}, InvalidType, "there are no options 'nmae' of a handler"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, object], error: type[Exception], message: str) -> None:
    ring: Disruptor[str] = Disruptor(8)
    with pytest.raises(error, match=message):
        ring.handle_events_with(Noted(), **options)  # type: ignore[arg-type]  # that is the point
    assert ring.subscribers == ()


class Both(Noted):
    def on_batch(self, events: object, sequences: object) -> None: ...


class Awaits:
    async def on_event(self, event: str, sequence: int, end_of_batch: bool) -> None: ...


class NoMethod(Noted):
    on_timeout = 3


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        (3, "a handler is a function .*, or has on_event or on_batch, not 3"),
        (Both(), "has both on_event and on_batch"),
        (Awaits(), "is a coroutine function"),
        (NoMethod(), "on_timeout of .* must be callable, not 3"),
    ],
)
def test_what_is_no_handler_is_refused(handler: object, message: str) -> None:
    ring: Disruptor[str] = Disruptor(8)
    with pytest.raises(InvalidType, match=message):
        ring.handle_events_with(handler)  # type: ignore[arg-type]  # that is the point
    with pytest.raises(InvalidValue, match="at least one handler"):
        ring.handle_events_with()
    with pytest.raises(InvalidType, match="executor must be callable, not 3"):
        ring.start(executor=3)  # type: ignore[arg-type]  # that is the point


def test_a_time_out_is_told_again_and_again_until_something_comes() -> None:
    ring: Disruptor[str] = Disruptor(8)
    quiet: list[int] = []
    enough, had = threading.Event(), threading.Event()

    class Waits:
        def on_event(self, event: str, sequence: Sequence, end_of_batch: bool) -> None:
            had.set()

        def on_timeout(self, sequence: Sequence) -> None:
            quiet.append(sequence)
            if len(quiet) > 2:
                enough.set()

    ring.handle_events_with(Waits(), timeout=0.001)
    ring.start()
    assert enough.wait(LIMIT)
    ring.publish("a")
    assert had.wait(LIMIT)
    ring.shutdown(LIMIT)
    assert set(quiet[:3]) == {-1}


def test_whole_batches_are_given_with_their_sequences() -> None:
    ring: Disruptor[str] = Disruptor(8)
    had: list[tuple[list[str], list[int]]] = []

    class Batches:
        def on_batch(self, events: AbstractSequence[str], sequences: AbstractSequence[Sequence]) -> None:
            had.append((list(events), list(sequences)))

    ring.handle_events_with(Batches())
    ring.publish_many(["a", "b"])
    ring.claim().abandon()
    ring.publish("c")
    ring.shutdown(LIMIT)
    assert had == [(["a", "b", "c"], [0, 1, 3])]
    assert ring.subscribers[0].sequence == 3


def test_a_handler_that_is_removed_ends() -> None:
    ring: Disruptor[str] = Disruptor(1)
    noted = Noted()
    [subscriber] = ring.handle_events_with(noted).subscribers
    ring.start()
    ring.publish("a")
    subscriber.close()
    ring.publish("b", timeout=LIMIT)
    ring.publish("c", timeout=LIMIT)  # nobody holds it back
    ring.shutdown(LIMIT)
    assert noted.told[-1] == "shutdown"
    ring.handle_events_with(Noted())  # and it is forgotten
    assert len(ring._consumers.processors()) == 1
    ring.shutdown(LIMIT)
