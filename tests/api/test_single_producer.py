"""A ring for one producer at a time: `producers="single"`."""

import gc
import sys
from collections.abc import Callable
from threading import Event, Thread

import pytest

from disruptor import Disruptor, InsufficientCapacity, InvalidType, InvalidValue, SecondProducer, SelfDeadlock, Sequence
from disruptor._single import SingleSequencer
from disruptor._slots import LocalSlots
from disruptor._sync import Lock


class Counted:
    """A lock that counts how often it is taken."""

    def __init__(self, inner: Lock) -> None:
        self.inner = inner
        self.taken = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        self.taken += 1
        return self.inner.acquire(blocking, timeout)

    def release(self) -> None:
        self.inner.release()

    def locked(self) -> bool:
        return self.inner.locked()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *exception: object) -> None:
        self.release()


def ring_of(capacity: int) -> Disruptor[str]:
    """Return a ring by value for one producer, who has published already."""
    ring: Disruptor[str] = Disruptor(capacity, producers="single")
    ring.publish("first")
    return ring


def counted(ring: Disruptor[str]) -> Counted:
    """Have a ring count how often its lock is taken."""
    lock = Counted(ring._sequencer.lock)
    ring._sequencer.lock = lock
    return lock


def in_thread(act: Callable[[], object]) -> object:
    """Do something in another thread; return what it returns, raise what it raises."""
    had: list[object] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            had.append(act())
        except BaseException as error:
            raised.append(error)

    thread = Thread(target=run)
    thread.start()
    thread.join(30)
    if raised:
        raise raised[0]
    return had[0]


# --- what it is for ------------------------------------------------------------------------------------------


def test_it_publishes_without_the_lock() -> None:
    ring = ring_of(8)
    lock = counted(ring)
    assert [ring.publish("a"), *ring.publish_many(["b", "c"]), ring.publish("d")] == [1, 2, 3, 4]
    assert lock.taken == 0
    assert [ring.get(k) for k in range(5)] == ["first", "a", "b", "c", "d"]


def test_it_fills_events_without_the_lock() -> None:
    ring: Disruptor[list[int]] = Disruptor(8, list, producers="single")
    ring.publish_event(lambda event, sequence: event.append(sequence))
    lock = Counted(ring._sequencer.lock)
    ring._sequencer.lock = lock
    assert [ring.publish_event(lambda event, sequence: event.append(sequence)) for _ in range(3)] == [1, 2, 3]
    assert lock.taken == 0
    assert ring.get(3) == [3]


def test_it_looks_at_the_gates_once_for_all_the_room_there_is() -> None:
    ring = ring_of(64)
    subscriber = ring.register_subscriber()
    lock = counted(ring)
    for _ in range(10):
        taken = lock.taken
        ring.publish_many(["x"] * 32)
        ring.publish_many(["x"] * 16)
        assert lock.taken - taken <= 1
        with subscriber.read():
            pass
    ring._check()


def test_it_refuses_what_cannot_be() -> None:
    with pytest.raises(InvalidValue, match="producers must be 'multi' or 'single', not 'one'"):
        Disruptor(4, producers="one")
    with pytest.raises(InvalidType, match="producers must be a str, not 1"):
        Disruptor(4, producers=1)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="between threads"):
        Disruptor(4, multiproc=True, producers="single")


@pytest.mark.parametrize("timeout", [-1, "x", float("nan")])
def test_a_wrong_timeout_is_told_also_without_the_lock(timeout: float) -> None:
    ring = ring_of(8)
    with pytest.raises((InvalidValue, InvalidType)):
        ring.publish("a", timeout=timeout)
    with pytest.raises((InvalidValue, InvalidType)):
        ring.publish_many(["a"], timeout=timeout)
    assert ring.cursor == 0


def test_an_event_that_is_replaced_is_dropped_when_it_may_publish_itself() -> None:
    class Parting:
        def __del__(self) -> None:
            said.append(ring.publish("gone"))

    said: list[int] = []
    ring: Disruptor[object] = Disruptor(2, producers="single")
    ring.publish(Parting())
    ring.publish("a")
    ring.publish("b")
    assert said == [3]
    ring.publish(Parting())
    ring.publish("c")
    ring.publish_many(["d"])
    assert said == [3, 7]
    ring._check()


def test_where_stores_and_loads_may_change_places_it_is_a_ring_for_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: False, raising=False)
    ring: Disruptor[str] = Disruptor(4, producers="single")
    assert not isinstance(ring._sequencer, SingleSequencer)
    assert ring.publish("a") == 0


# --- one at a time -------------------------------------------------------------------------------------------


def test_the_role_is_handed_over_between_calls() -> None:
    ring = ring_of(8)
    assert in_thread(lambda: [ring.publish("a"), ring.publish("b")]) == [1, 2]
    assert ring.publish("c") == 3
    assert in_thread(lambda: ring.publish_many(["d", "e"])) == range(4, 6)
    ring._check()


def test_a_second_producer_is_refused_while_the_first_waits_for_room() -> None:
    ring = ring_of(1)
    subscriber = ring.register_subscriber()
    waiting = Thread(target=lambda: ring.publish("waits"))
    waiting.start()
    while not ring._sequencer.room.asleep():
        pass
    for act in (lambda: ring.publish("x"), lambda: ring.publish_many(["x"]), lambda: ring.claim()):
        with pytest.raises(SecondProducer, match="another thread is publishing"):
            act()
    with subscriber.read():
        pass
    waiting.join(30)
    assert ring.cursor == 1
    ring._check()


def test_a_second_producer_is_refused_while_the_first_fills_an_event() -> None:
    ring: Disruptor[list[int]] = Disruptor(4, list, producers="single")
    ring.publish_event(lambda event, sequence: event.append(sequence))

    def translate(event: list[int], sequence: Sequence) -> None:
        with pytest.raises(SecondProducer):
            in_thread(lambda: ring.publish_event(lambda event, sequence: None))
        event.append(sequence)

    assert ring.publish_event(translate) == 1
    assert ring.get(1) == [1]
    assert isinstance(SecondProducer(), RuntimeError)


# --- what is not in order goes under the lock ----------------------------------------------------------------


def test_it_publishes_behind_a_claim_that_is_held() -> None:
    ring = ring_of(4)
    ring.publish("a")
    claim = ring.claim()
    assert ring.publish("c") == 3
    assert ring.cursor == 1
    claim[0] = "b"
    claim.publish()
    assert [ring.get(k) for k in (2, 3)] == ["b", "c"]
    ring._check()


def test_it_publishes_between_two_claims_and_goes_on_without_the_lock() -> None:
    ring = ring_of(8)
    one, two = ring.claim(), ring.claim()
    two.abandon()
    assert ring.publish("x") == 3
    one[0] = "y"
    one.publish()
    assert ring.cursor == 3
    for _ in range(8):
        ring.publish("z")
    lock = counted(ring)
    assert ring.publish("w") == 12
    assert lock.taken == 0
    ring._check()


def test_a_time_out_leaves_nothing_announced() -> None:
    ring = ring_of(2)
    ring.register_subscriber()
    ring.publish("a")
    for _ in range(2):
        with pytest.raises(InsufficientCapacity):
            ring.publish("b", timeout=0)
    assert (ring.claimed, ring.cursor) == (1, 1)
    ring._check()


# --- filling in place ----------------------------------------------------------------------------------------


def filled(capacity: int = 4) -> Disruptor[list[str]]:
    """Return a ring in place, whose producer has published already."""
    ring: Disruptor[list[str]] = Disruptor(capacity, list, producers="single")
    ring.publish_event(lambda event, sequence: event.append("first"))
    return ring


def test_an_event_may_be_published_while_another_is_filled() -> None:
    ring = filled()

    def translate(event: list[str], sequence: Sequence) -> None:
        event.append("outer")
        assert ring.publish_event(lambda event, sequence: event.append("inner")) == 2
        assert (ring.claimed, ring.cursor) == (2, 0)

    assert ring.publish_event(translate) == 1
    assert ring.cursor == 2
    assert [ring.get(k) for k in (1, 2)] == [["outer"], ["inner"]]
    ring._check()
    assert ring.publish_event(lambda event, sequence: event.append("next")) == 3


@pytest.mark.parametrize("nested", [False, True])
def test_an_event_whose_translator_raises_is_void(nested: bool) -> None:
    ring = filled(8)

    def translate(event: list[str], sequence: Sequence) -> None:
        event.append("half")
        if nested:
            ring.publish_event(lambda event, sequence: event.append("inner"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ring.publish_event(translate)
    assert ring.cursor == 1 + nested
    ring._check()
    for _ in range(8):
        ring.publish_event(lambda event, sequence: event.append("next"))
    assert ring.get(9) == ["next"]  # a fresh one: nobody is shown the half-filled
    ring._check()


def test_waiting_for_the_event_that_is_being_filled_is_noticed() -> None:
    ring = filled()
    with pytest.raises(SelfDeadlock):
        ring.publish_event(lambda event, sequence: ring.wait_for(sequence))
    assert ring.cursor == 1
    ring._check()


def test_claiming_more_than_there_is_while_an_event_is_filled_is_noticed() -> None:
    ring = filled(2)
    with pytest.raises(SelfDeadlock):
        ring.publish_event(lambda event, sequence: ring.claim(2))
    ring._check()


# --- real threads --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("capacity", [1, 2, 64])
def test_all_events_arrive_in_order_while_others_join_and_leave(capacity: int) -> None:
    ring: Disruptor[int] = Disruptor(capacity, producers="single")
    subscriber = ring.register_subscriber()
    had: list[int] = []
    joined: list[list[int]] = []
    ended = Event()

    def reads() -> None:
        had.extend(subscriber)

    def joins() -> None:
        while not ended.is_set():
            with ring.register_subscriber() as joiner:
                first = joiner.sequence + 1
                with joiner.read(timeout=10) as batch:
                    joined.append([event - first for event in batch])

    threads = [Thread(target=reads), Thread(target=joins)]
    for thread in threads:
        thread.start()
    count = 3_000
    for k in range(count):
        ring.publish(k)
    ended.set()
    for k in range(count, count + capacity):  # the last joiner reads one more
        ring.publish(k)
    threads[1].join(30)
    ring.close()
    threads[0].join(30)
    assert had == list(range(count + capacity))
    assert all(events == list(range(len(events))) for events in joined)
    assert isinstance(ring._sequencer, SingleSequencer)
    ring._check()


@pytest.mark.parametrize("many", [False, True])
def test_a_finaliser_that_publishes_in_the_middle_of_a_call_is_refused(
    many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Bomb:
        def __init__(self) -> None:
            self.me = self  # garbage that only the collector finds

        def __del__(self) -> None:
            try:
                said.append(ring.publish_many(["nested"]) if many else ring.publish("nested"))
            except SecondProducer as error:
                said.append(error)

    put_many = LocalSlots.put_many

    def collects(slots: LocalSlots[str], first: int, events: list[str]) -> list[str]:
        gc.collect()
        return put_many(slots, first, events)

    said: list[object] = []
    ring = ring_of(8)
    subscriber = ring.register_subscriber()
    ring.publish("b")
    monkeypatch.setattr(LocalSlots, "put_many", collects)
    Bomb()
    assert ring.publish_many(["c", "d"]) == range(2, 4)
    assert [type(one) for one in said] == [SecondProducer]
    with subscriber.read() as batch:
        assert [*batch][-3:] == ["b", "c", "d"]
    ring._check()
