"""An interrupt between two steps that belong together: the call raises it, and what was begun is done or undone whole.

That this holds at every step is explored in `stateful/test_interrupts.py`; here each way of putting it right is told alone.
"""

import gc
from collections.abc import Callable
from typing import Any, final
from weakref import ref

import pytest

from disruptor import (
    Batch,
    Disruptor,
    DisruptorBroken,
    DisruptorClosed,
    InvalidValue,
    SequenceVoid,
    Subscriber,
    SubscriberClosed,
    WaitTimeout,
)
from disruptor._cell import Cell, PlainCell
from disruptor._clearing import Clearing
from disruptor._roll import LocalRoll
from disruptor._sequencer import Sequencer
from disruptor._single import SingleSequencer
from disruptor._slots import LocalSlots
from disruptor._sync import THREADS, Signal
from tests.api.scripted import Scripted


class Event:
    """Something that can be referred to weakly."""


@pytest.fixture
def strike(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what lets the next call of a method raise a `KeyboardInterrupt`, before or after it does what it should."""

    def struck(owner: type, name: str, *, after: bool = False) -> None:
        method: Callable[..., object] = getattr(owner, name)

        def once(*arguments: Any, **options: Any) -> None:
            monkeypatch.setattr(owner, name, method)
            if after:
                method(*arguments, **options)
            raise KeyboardInterrupt

        monkeypatch.setattr(owner, name, once)

    return struck


Strike = Callable[..., None]


# --- closing, joining and leaving ------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [Disruptor.close, Disruptor.halt])
def test_a_ring_is_closed_and_everybody_woken(end: Callable[[Disruptor[str]], None], strike: Strike) -> None:
    ring: Disruptor[str] = Disruptor(2)
    strike(Sequencer, "_wake")  # closed, and nobody told
    with pytest.raises(KeyboardInterrupt):
        end(ring)
    assert ring.closed
    ring._check()


def test_who_has_half_joined_gates_for_nobody(strike: Strike) -> None:
    ring: Disruptor[str] = Disruptor(2)
    strike(LocalRoll, "add")
    with pytest.raises(KeyboardInterrupt):
        ring.register_subscriber()
    assert ring.subscribers == ()
    assert [ring.publish("x", timeout=0) for _ in range(5)] == [*range(5)]
    ring._check()


def test_who_has_half_left_gates_for_nobody(strike: Strike) -> None:
    ring: Disruptor[str] = Disruptor(2)
    subscriber = ring.register_subscriber()
    strike(LocalRoll, "drop")
    with pytest.raises(KeyboardInterrupt):
        subscriber.close()
    assert ring.subscribers == ()
    assert [ring.publish("x", timeout=0) for _ in range(5)] == [*range(5)]
    ring._check()


def test_who_has_half_failed_has_failed(strike: Strike) -> None:
    ring: Disruptor[str] = Disruptor(2)
    subscriber = ring.register_subscriber()
    strike(Sequencer, "close")
    with pytest.raises(KeyboardInterrupt):
        ring.fail_subscriber(subscriber, ValueError("why"))
    with pytest.raises(DisruptorBroken) as caught:
        ring.publish("x")
    assert isinstance(caught.value.__cause__, ValueError)
    ring._check()


def test_who_was_removed_does_not_fail() -> None:
    ring: Disruptor[str] = Disruptor(2)
    subscriber = ring.register_subscriber(name="reader")
    subscriber.close()
    with pytest.raises(SubscriberClosed, match="'reader' was removed"):
        ring.fail_subscriber(subscriber, ValueError())
    assert not ring.closed


def test_a_ring_that_was_half_started_again_is_open(strike: Strike) -> None:
    ring: Disruptor[str] = Disruptor(2)
    ring.halt()
    strike(Sequencer, "start")
    with pytest.raises(KeyboardInterrupt):
        ring.start()
    assert ring.publish("x") == 0
    ring._check()


# --- claims ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("owner", "name"), [(LocalSlots, "spoil"), (Sequencer, "void")])
def test_a_claim_that_was_half_abandoned_is_void(owner: type, name: str, strike: Strike) -> None:
    ring: Disruptor[str] = Disruptor(2)
    claim = ring.claim()
    strike(owner, name)
    with pytest.raises(KeyboardInterrupt):
        claim.abandon()
    assert not claim.open
    assert ring.cursor == 0
    with pytest.raises(SequenceVoid):
        ring.get(0)
    ring._check()


# --- a ring that clears ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["_release", "_move"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_what_was_half_released_is_gone(name: str, after: bool, strike: Strike) -> None:
    strike(Clearing, name, after=after)
    ring: Disruptor[Event] = Disruptor(2, clear=True)
    subscriber = ring.register_subscriber()
    event = Event()
    known = ref(event)
    ring.publish(event)
    del event
    with pytest.raises(KeyboardInterrupt):
        subscriber.update_sequence(0)
    gc.collect()
    assert known() is None
    assert subscriber.sequence == 0
    ring._check()


def test_who_has_left_releases_nothing() -> None:
    ring: Disruptor[str] = Disruptor(2, clear=True)
    subscriber, other = ring.register_subscriber(), ring.register_subscriber()
    ring.publish("x")
    subscriber.close()
    clearing = ring._sequencer.clearing
    assert clearing is not None
    assert clearing.move(subscriber._gate, 0) == []
    assert ring.get(0) == "x"
    assert other.sequence == -1


# --- a single producer -----------------------------------------------------------------------------------------


def single(factory: Callable[[], list[int]] = list) -> tuple[Disruptor[list[int]], SingleSequencer]:
    """Return a ring in place for one producer, who has published already."""
    ring: Disruptor[list[int]] = Disruptor(8, factory, producers="single")
    ring.publish_event(fill)
    return ring, sequencer_of(ring)


def by_value() -> tuple[Disruptor[str], SingleSequencer]:
    ring: Disruptor[str] = Disruptor(8, producers="single")
    ring.publish("first")
    return ring, sequencer_of(ring)


def sequencer_of(ring: Disruptor[Any]) -> SingleSequencer:
    sequencer = ring._sequencer
    assert isinstance(sequencer, SingleSequencer)
    return sequencer


def fill(event: list[int], sequence: int) -> None:
    event[:] = [sequence]


class Meddled:
    """A cell that lets something happen once, when something was stored."""

    def __init__(self, cell: Cell, act: Callable[[], None]) -> None:
        self._cell = cell
        self._acts = [act]

    @property
    def value(self) -> int:
        return self._cell.value

    @value.setter
    def value(self, value: int) -> None:
        self._cell.value = value
        if self._acts:
            self._acts.pop()()


def interrupt() -> None:
    raise KeyboardInterrupt


USES: dict[str, Callable[[Disruptor[str]], object]] = {
    "publish": lambda ring: ring.publish("x"),
    "publish_many": lambda ring: ring.publish_many(["x"]),
}


@pytest.mark.parametrize("use", USES)
def test_an_announcement_that_comes_too_late_is_taken_back_and_made_under_the_lock(use: str) -> None:
    ring, sequencer = by_value()
    role = sequencer.role
    role.claimed = Meddled(role.claimed, role.shut)  # as by one who joins at this moment
    assert USES[use](ring) in (1, range(1, 2))
    assert ring.get(1) == "x"
    ring._check()


def test_an_announcement_of_an_event_in_place_that_comes_too_late_is_taken_back() -> None:
    ring, sequencer = single()
    role = sequencer.role
    role.claimed = Meddled(role.claimed, role.shut)
    assert ring.publish_event(fill) == 1
    assert ring.get(1) == [1]
    ring._check()


@pytest.mark.parametrize("use", USES)
def test_what_was_only_announced_is_taken_back(use: str) -> None:
    ring, sequencer = by_value()
    sequencer.role.claimed = Meddled(sequencer.role.claimed, interrupt)
    with pytest.raises(KeyboardInterrupt):
        USES[use](ring)
    assert (ring.cursor, ring.claimed) == (0, 0)
    assert ring.publish("next") == 1
    ring._check()


@pytest.mark.parametrize("use", USES)
def test_what_may_have_been_written_is_void_or_shown(use: str) -> None:
    ring, sequencer = by_value()
    sequencer.role.published = Meddled(sequencer.role.published, interrupt)
    with pytest.raises(KeyboardInterrupt):
        USES[use](ring)
    assert (ring.cursor, ring.claimed) == (1, 1)
    assert ring.publish("next") == 2
    ring._check()


def test_many_that_were_half_written_are_void(strike: Strike) -> None:
    ring, _ = by_value()
    strike(LocalSlots, "put_many")
    with pytest.raises(KeyboardInterrupt):
        ring.publish_many(["a", "b"])
    assert (ring.cursor, ring.claimed, ring.stats().voids) == (2, 2, 2)
    assert ring.publish("next") == 3
    ring._check()


def test_an_event_in_place_that_was_only_announced_is_taken_back() -> None:
    ring, sequencer = single()
    sequencer.role.claimed = Meddled(sequencer.role.claimed, interrupt)
    with pytest.raises(KeyboardInterrupt):
        ring.publish_event(fill)
    assert (ring.cursor, ring.claimed) == (0, 0)
    assert ring.publish_event(fill) == 1
    ring._check()


def test_what_became_a_claim_while_it_was_filled_is_void_if_publishing_it_is_struck(strike: Strike) -> None:
    ring, _ = single()
    inner = []

    def claims(event: list[int], sequence: int) -> None:
        inner.append(ring.claim())
        strike(SingleSequencer, "publish")

    with pytest.raises(KeyboardInterrupt):
        ring.publish_event(claims)
    assert (ring.cursor, ring.claimed) == (1, 2)
    with pytest.raises(SequenceVoid):
        ring.get(1)
    fill(inner[0][0], 2)
    inner[0].publish()
    assert ring.get(2) == [2]
    ring._check()


def test_what_nobody_finished_is_void_before_anything_else_is_claimed() -> None:
    ring, sequencer = by_value()
    with sequencer.lock:
        assert sequencer.take(1, None) == 1
        sequencer.role.shut()
    assert ring.publish("next") == 2
    with pytest.raises(SequenceVoid):
        ring.get(1)
    ring._check()


def test_what_was_left_announced_is_claimed_by_the_next() -> None:
    ring, sequencer = by_value()
    sequencer.role.claimed.value += 3
    with ring.claim() as claim:
        claim[0] = "next"
    assert claim.sequences == range(1, 2)
    ring._check()


@pytest.mark.parametrize("use", USES)
def test_who_publishes_without_the_lock_wakes_who_sleeps(use: str) -> None:
    world = Scripted()
    ring: Disruptor[str] = Disruptor(8, producers="single", runtime=world)
    world.me = 2
    ring.publish("first")
    world.me = 1
    world.then(lambda: USES[use](ring))
    assert ring.wait_for(1) == 1


def test_who_fills_without_the_lock_wakes_who_sleeps() -> None:
    world = Scripted()
    ring: Disruptor[list[int]] = Disruptor(8, list, producers="single", runtime=world)
    world.me = 2
    ring.publish_event(fill)
    world.me = 1
    world.then(lambda: ring.publish_event(fill))
    assert ring.wait_for(1) == 1


# --- sleeping --------------------------------------------------------------------------------------------------


class StruckLock:
    """A lock that is struck once before it is taken again."""

    def __init__(self) -> None:
        self.inner = THREADS.lock()
        self.struck = False

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if not self.struck:
            self.struck = True
            raise KeyboardInterrupt
        return self.inner.acquire(blocking, timeout)

    def release(self) -> None:
        self.inner.release()

    def locked(self) -> bool:
        return self.inner.locked()

    def __enter__(self) -> bool:
        return self.inner.acquire()

    def __exit__(self, *exception: object) -> None:
        self.inner.release()


def test_a_sleeper_that_is_struck_while_it_takes_the_lock_again_has_it_when_it_raises() -> None:
    lock = StruckLock()
    news = Signal(THREADS, lock)
    with lock:
        with pytest.raises(KeyboardInterrupt):
            news.away(lambda: None)
        assert lock.locked()
    assert not lock.locked()


def test_a_sleeper_that_was_woken_by_a_call_that_was_struck_is_not_woken_twice() -> None:
    lock = THREADS.lock()
    news = Signal(THREADS, lock)
    news._waiters = [THREADS.parked(), THREADS.parked()]
    first, second = news._waiters
    news.sleepers.value = 2
    first.release()
    with lock:
        news.wake()
    assert not first.locked()
    assert not second.locked()
    assert news.asleep() == 0


def test_a_ring_of_ones_own_may_sleep_on_a_condition() -> None:
    lock = THREADS.lock()
    condition = THREADS.condition(lock)
    with lock:
        assert not condition.wait(0)
        condition.notify_all()


def test_who_watches_no_more_may_say_so_again() -> None:
    news = Signal(THREADS, THREADS.lock())
    assert not news.watch(lambda: False, interrupt)
    news.unwatch(interrupt)
    news.unwatch(interrupt)
    assert news.asleep() == 0


def test_who_has_failed_keeps_back_only_what_he_has_not_processed() -> None:
    ring: Disruptor[str] = Disruptor(4)
    failed, slow = ring.register_subscriber(), ring.register_subscriber()
    behind = ring.register_subscriber(after=[failed, slow])
    ring.publish_many(["a", "b"])
    failed.update_sequence(1)
    ring.fail_subscriber(failed, ValueError())
    for sequence in (0, 1):  # it is the slow one that has to process them
        with pytest.raises(WaitTimeout):
            behind.wait_for(sequence, timeout=0)


def test_a_ring_that_is_started_again_has_forgotten_why_it_broke() -> None:
    ring: Disruptor[str] = Disruptor(4)
    subscriber = ring.register_subscriber()
    ring.fail_subscriber(subscriber, ValueError("why"))
    ring.start()
    assert subscriber._gate.cause is None  # it would keep alive whatever its traceback has in hand


@final
class Struck:
    """A cell at which an interrupt strikes, before or after its first store."""

    def __init__(self, *, after: bool) -> None:
        self._value = 0
        self._after = after
        self._struck = False

    @property
    def value(self) -> int:
        return self._value

    @value.setter
    def value(self, value: int) -> None:
        if self._struck:
            self._value = value
            return
        self._struck = True
        if self._after:
            self._value = value
        raise KeyboardInterrupt


@pytest.mark.parametrize("after", [False, True])
def test_who_is_struck_when_he_begins_to_watch_does_not_take_a_sleeper_away(after: bool) -> None:
    news = Signal(THREADS, THREADS.lock())
    news.sleepers = Struck(after=after)

    def call() -> None:
        raise AssertionError("nobody watches")

    with pytest.raises(KeyboardInterrupt):
        news.watch(lambda: False, call)
    news.unwatch(call)
    assert news.sleepers.value >= 0
    news.wake()


def test_a_cell_shows_what_it_holds() -> None:
    assert repr(PlainCell(7)) == "PlainCell(7)"


def test_options_of_rings_between_processes_are_for_those() -> None:
    for option in ({"slot_size": 8}, {"max_subscribers": 2}, {"on_subscriber_death": "raise"}):
        with pytest.raises(InvalidValue, match="are for rings between processes: multiproc=True"):
            Disruptor(2, **option)


def test_a_loop_goes_on_in_a_ring_that_was_started_again_before_it_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    ring: Disruptor[str] = Disruptor(4)
    following = Subscriber._next
    refused: list[int] = []

    def following_once_more(reader: Subscriber[str], most: int, deadline: int | None) -> Batch[str]:
        if not refused:
            refused.append(1)
            raise DisruptorClosed("the ring is halted")  # and is started again at once
        ring.publish("a")
        return following(reader, most, deadline)

    monkeypatch.setattr(Subscriber, "_next", following_once_more)
    assert next(iter(ring.register_subscriber())) == "a"
