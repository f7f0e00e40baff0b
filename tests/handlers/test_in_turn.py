"""Handlers in one thread, in a world where time is virtual: pauses, time-outs, lanes, and who comes too late."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from disruptor import Disruptor, InvalidValue, SelfDeadlock, Sequence, Subscriber, combine, on_error
from disruptor.handlers._work import Work
from tests.api.scripted import NS, Scripted
from tests.limits import LIMIT


class Fails:
    """A handler that raises the first `times` times."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.had: list[tuple[str, int]] = []
        self.world: Scripted | None = None

    def on_event(self, event: str, sequence: Sequence, end_of_batch: bool) -> None:
        assert self.world is not None
        self.had.append((event, self.world.now // NS))
        if self.left:
            self.left -= 1
            raise ValueError(event)


def at_once(run: Callable[[], None]) -> None:
    """Be an executor that runs everything in the calling thread."""
    run()


def ring_of(world: Scripted, capacity: int = 8) -> Disruptor[str]:
    return Disruptor(capacity, runtime=world)


def publish_and_close(ring: Disruptor[str]) -> None:
    ring.publish("a")
    ring.close()


# --- pauses ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pool", [False, True], ids=["handler", "worker"])
def test_a_handler_waits_before_it_tries_again(pool: bool) -> None:
    world, handler = Scripted(), Fails(2)
    handler.world, begun = world, world.now // NS
    ring = ring_of(world)
    add = ring.handle_events_with_pool if pool else ring.handle_events_with
    add(handler, on_error=on_error.retry(3, backoff=2.0, factor=2.0))
    ring.publish("a")
    ring.close()
    ring.start(executor=at_once)
    assert handler.had == [("a", begun), ("a", begun + 2), ("a", begun + 6)]
    assert [subscriber.sequence for subscriber in ring.subscribers] == [0]


@pytest.mark.parametrize("pool", [False, True], ids=["handler", "worker"])
def test_a_halt_ends_a_pause(pool: bool) -> None:
    world, handler = Scripted(), Fails(2)
    handler.world, begun = world, world.now // NS
    ring = ring_of(world)
    add = ring.handle_events_with_pool if pool else ring.handle_events_with
    add(handler, on_error=on_error.retry(3, backoff=2.0))
    ring.publish("a")
    world.then(ring.halt, after=1.0)
    ring.start(executor=at_once)
    assert handler.had == [("a", begun)]
    assert world.now // NS == begun + 1
    assert [subscriber.sequence for subscriber in ring.subscribers] == [-1]


# --- time-outs and batches -------------------------------------------------------------------------------------


@pytest.mark.parametrize("pool", [False, True], ids=["handler", "worker"])
def test_who_does_not_ask_for_time_outs_is_not_told_of_them(pool: bool) -> None:
    world, handler = Scripted(), Fails(0)
    handler.world, begun = world, world.now // NS
    ring = ring_of(world)
    add = ring.handle_events_with_pool if pool else ring.handle_events_with
    add(handler, timeout=1.0)
    world.then(lambda: publish_and_close(ring), after=2.5)
    ring.start(executor=at_once)
    assert handler.had == [("a", begun + 2)]
    assert world.sleeps == [1.0, 1.0, 1.0]


def test_a_batch_that_does_not_come_whole_is_given_when_its_time_is_over() -> None:
    world, batches = Scripted(), list[list[str]]()

    class Whole:
        def on_batch(self, batch: Any, sequences: Any) -> None:
            batches.append([*batch])

    ring = ring_of(world)
    ring.handle_events_with(combine.batched(Whole(), max_events=3, seconds=1.0))
    ring.publish("a")
    world.then(lambda: ring.publish("b"), after=0.5)
    world.then(lambda: ring.publish_many("cde"), after=10.0)
    world.then(ring.close, after=0.5)
    ring.start(executor=at_once)
    assert batches == [["a", "b"], ["c", "d", "e"]]


# --- pools -----------------------------------------------------------------------------------------------------


def test_a_void_is_nobodys_work_and_a_key_that_fails_is_asked_for_again() -> None:
    world, had, asked = Scripted(), list[str](), list[str]()

    def key(event: str) -> str:
        asked.append(event)
        if len(asked) == 1:
            raise ValueError(event)
        return event

    ring = ring_of(world)
    ring.claim().abandon()
    ring.publish_many("ab")
    ring.handle_events_with_pool(lambda event, s, e: had.append(event), key=key, on_error=on_error.retry(1))
    ring.claim().abandon()
    ring.close()
    ring.start(executor=at_once)
    assert (had, asked) == (["a", "b"], ["a", "a", "b"])
    assert [subscriber.sequence for subscriber in ring.subscribers] == [3]


def test_a_pool_goes_on_when_the_first_is_done_and_not_before() -> None:
    ring = ring_of(Scripted())
    pool = ring.handle_events_with_pool(print, print)._pool
    [subscriber] = ring.subscribers
    one, two = pool.workers
    ring.publish_many("ab")
    pool.enter()
    assert [pool.take(worker, None) for worker in (one, two)] == [(0, False), (1, False)]
    pool.finish(1)
    assert subscriber.sequence == -1
    pool.finish(0)
    assert subscriber.sequence == 1
    pool.leave()


def test_events_of_a_key_wait_in_their_lane() -> None:
    work = Work(-1, 4)
    lane = work.lane("key")
    assert work.take(9, keyed=True) == (0, True)
    assert not work.available(9, keyed=True)  # until it is known whose lane that is
    assert work.sort(0, lane)
    assert work.take(9, keyed=True) == (1, True)
    assert not work.sort(1, lane)
    assert work.take(9, keyed=True) == (2, True)
    assert not work.sort(2, lane)
    assert work.finish(0)
    assert work.take(0, keyed=True) == (1, False)
    assert work.finish(1)
    assert work.take(0, keyed=True) == (2, False)
    assert not work.finish(2)
    assert (work.frontier, work.settled) == (2, True)


def test_what_is_given_back_is_taken_again_and_what_is_done_is_not() -> None:
    work = Work(-1, 4)
    assert work.take(9, keyed=True) == (0, True)
    work.give_back(0)  # its key is not known
    assert work.take(9, keyed=True) == (0, True)
    work.finish(0)  # it was skipped
    assert work.take(9, keyed=False) == (1, False)
    assert work.take(9, keyed=False) == (2, False)
    work.finish(2)
    work.give_back(1)
    assert work.take(9, keyed=False) == (1, False)
    work.begin(1)  # moved on by hand
    assert (work.frontier, work.next) == (2, 3)


def test_what_was_done_behind_one_that_is_given_back_is_passed() -> None:
    work = Work(-1, 4)
    assert work.take(9, keyed=False) == (0, False)
    assert work.take(9, keyed=False) == (1, False)
    work.finish(1)
    work.next = 1  # as one that was being sorted leaves it
    assert work.take(9, keyed=False) == (1, False)
    assert work.next == 2
    work.next = 0
    assert work.take(9, keyed=False) == (0, False)
    assert work.next == 2


# --- who comes too late ----------------------------------------------------------------------------------------


def test_a_handler_that_is_removed_before_its_thread_begins_does_nothing() -> None:
    world, runs, handler = Scripted(), list[Callable[[], None]](), Fails(0)
    ring = ring_of(world)
    ring.publish("a")
    ring.handle_events_with(handler)
    ring.start(executor=runs.append)
    [run], [subscriber] = runs, ring.subscribers
    subscriber.close()
    run()
    assert handler.had == []
    ring.shutdown(0)  # nobody is waited for, and there is no error


def test_a_handler_that_is_removed_while_somebody_else_reads_for_it_does_nothing() -> None:
    world, runs, handler = Scripted(), list[Callable[[], None]](), Fails(0)
    ring = ring_of(world)
    ring.publish("a")
    ring.handle_events_with(handler)
    ring.start(executor=runs.append)
    [run], [subscriber] = runs, ring.subscribers
    with subscriber.read():
        subscriber.close()
        run()
    assert handler.had == []
    ring.shutdown(0)


def test_an_event_behind_one_of_its_key_is_handled_after_it_by_whoever_is_free() -> None:
    ring: Disruptor[int] = Disruptor(8)
    had: list[int] = []

    def work(event: int, sequence: Sequence, end_of_batch: bool) -> None:
        while event == 0 and 1 not in pool._pool._work._lane_of:
            pass  # until the other worker has found out its key
        had.append(event)

    pool = ring.handle_events_with_pool(work, work, key=lambda event: "the same")
    ring.start()
    ring.publish_many([0, 1])
    ring.shutdown(LIMIT)
    assert had == [0, 1]


def test_a_run_is_taken_once() -> None:
    world, runs, handler = Scripted(), list[Callable[[], None]](), Fails(0)
    handler.world = world
    ring = ring_of(world)
    ring.publish("a")
    ring.handle_events_with(handler)
    ring.close()
    ring.start(executor=runs.append)
    [run] = runs
    run()
    run()
    assert [event for event, _ in handler.had] == ["a"]


def test_a_thread_that_runs_although_its_executor_raises_is_not_taken_for_one_that_does_not() -> None:
    ring: Disruptor[str] = Disruptor(8)
    ring.handle_events_with(lambda event, s, e: None)

    def raises(run: Callable[[], None]) -> None:
        threading.Thread(target=run).start()
        while ring.stats().handlers[0].state == "begun":
            pass
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ring.start(executor=raises)
    assert ring.stats().handlers[0].state == "running"
    ring.publish("a")
    ring.shutdown(LIMIT)


def test_a_handler_cannot_start_its_own_ring_again() -> None:
    world, raised = Scripted(), list[BaseException]()
    ring = ring_of(world)

    def again(event: str, sequence: Sequence, end_of_batch: bool) -> None:
        ring.halt()
        with pytest.raises(SelfDeadlock, match="cannot start its own ring again") as caught:
            ring.start()
        raised.append(caught.value)

    ring.handle_events_with(again)
    ring.publish("a")
    ring.start(executor=at_once)
    assert len(raised) == 1


def test_a_name_that_somebody_else_takes_meanwhile_is_made_different(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = ring_of(Scripted())
    register = Disruptor.register_subscriber

    def slower(self: Disruptor[str], **options: Any) -> Subscriber[str]:
        monkeypatch.setattr(Disruptor, "register_subscriber", register)
        register(self, name=options["name"])
        return register(self, **options)

    monkeypatch.setattr(Disruptor, "register_subscriber", slower)
    ring.handle_events_with(Fails(0))
    assert [subscriber.name for subscriber in ring.subscribers] == ["Fails", "Fails-2"]


def test_another_mistake_is_told_and_nobody_tries_again() -> None:
    ring = ring_of(Scripted())
    with pytest.raises(InvalidValue, match="start must be >= 0"):
        ring.handle_events_with(Fails(0), start=-2)
    assert ring.subscribers == ()
