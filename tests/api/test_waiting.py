"""Does every wait end for every cause, and in time? In one thread, by the script of `scripted.py`."""

import pytest

from disruptor import Disruptor, DisruptorError, InsufficientCapacity, SelfDeadlock, WaitTimeout
from disruptor._deadline import LONGEST_WAIT_NS
from tests.api.scripted import NS, Scripted
from tests.api.snapshot import snapshot
from tests.api.waits import Wait
from tests.api.waits_one_by_one import ROWS


def ends(wait: Wait, timeout: float | None) -> object:
    """Return how the call ends: what it returns, or the class of its error."""
    try:
        return wait.call(timeout)
    except DisruptorError as error:
        return type(error)


TIMED = [name for name, make in ROWS.items() if make(Scripted()).refusal is not None]


@pytest.mark.parametrize("name", ROWS)
def test_a_wait_ends_by_its_cause_and_by_nothing_else(name: str) -> None:
    world = Scripted()
    wait = ROWS[name](world)
    world.then(wait.cause, after=3600)
    assert ends(wait, None) == wait.outcome
    assert world.sleeps == [None]
    wait.ring._check()


@pytest.mark.parametrize("name", TIMED)
def test_a_time_out_covers_every_cause_of_waiting_and_leaves_no_trace(name: str) -> None:
    world = Scripted()
    wait = ROWS[name](world)
    before, began = snapshot(wait.ring), world.now
    assert ends(wait, 2.5) is wait.refusal
    assert world.sleeps == [2.5]
    assert world.now - began == 2.5 * NS
    assert snapshot(wait.ring) == before


@pytest.mark.parametrize("name", TIMED)
def test_a_time_out_of_nought_tries_once_without_waiting(name: str) -> None:
    world = Scripted()
    wait = ROWS[name](world)
    before = snapshot(wait.ring)
    assert ends(wait, 0) is wait.refusal
    assert world.sleeps == []
    assert snapshot(wait.ring) == before


@pytest.mark.parametrize("name", TIMED)
def test_a_time_out_of_nought_succeeds_where_there_is_nothing_to_wait_for(name: str) -> None:
    world = Scripted()
    wait = ROWS[name](world)
    wait.cause()
    assert ends(wait, 0) == wait.outcome
    assert world.sleeps == []


@pytest.mark.parametrize("name", TIMED)
def test_success_wins_when_it_comes_at_the_very_moment_of_the_deadline(name: str) -> None:
    world = Scripted()
    wait = ROWS[name](world)
    world.then(wait.cause, after=2.5)
    assert ends(wait, 2.5) == wait.outcome


@pytest.mark.parametrize("name", TIMED)
def test_a_call_that_timed_out_can_be_made_again(name: str) -> None:
    world = Scripted()
    wait = ROWS[name](world)
    assert ends(wait, 1) is wait.refusal
    world.then(wait.cause)
    assert ends(wait, 1) == wait.outcome


@pytest.mark.parametrize("name", TIMED)
def test_infinity_waits_for_ever(name: str) -> None:
    world = Scripted()
    wait = ROWS[name](world)
    world.then(wait.cause, after=10.0**9)
    assert ends(wait, float("inf")) == wait.outcome
    assert world.sleeps == [None]


# --- wake-ups that are for somebody else ---------------------------------------------------------------------


def test_wake_ups_that_do_not_help_a_producer_do_not_put_its_deadline_off() -> None:
    world = Scripted()
    ring: Disruptor[int] = Disruptor(4, runtime=world)
    slow = ring.register_subscriber()
    ring.publish_many(range(4))
    for k in range(3):
        world.then(lambda k=k: slow.update_sequence(k), after=1)  # type: ignore[misc]  # a default is no parameter
    began = world.now
    with pytest.raises(InsufficientCapacity, match=r"no room for 4 within the time-out: 3 of 4 slots are free"):
        ring.publish_many(range(4), timeout=3.5)
    assert world.sleeps == [3.5, 2.5, 1.5, 0.5]
    assert world.now - began == 3.5 * NS


def test_wake_ups_that_do_not_help_a_reader_do_not_put_its_deadline_off() -> None:
    world = Scripted()
    ring: Disruptor[int] = Disruptor(8, runtime=world)
    reader = ring.register_subscriber()
    claim = ring.claim()
    for k in range(3):
        world.then(lambda k=k: ring.publish(k), after=1)  # type: ignore[misc]  # a default is no parameter
    with pytest.raises(WaitTimeout, match="sequence 0 was not published within the time-out: the cursor is at -1"):
        reader.read(timeout=3.5).__enter__()
    assert world.sleeps == [3.5, 2.5, 1.5, 0.5]
    claim.abandon()
    assert reader.wait_for(0) == 3


def test_voids_that_a_reader_walks_past_do_not_put_its_deadline_off() -> None:
    world = Scripted()
    ring: Disruptor[int] = Disruptor(2, runtime=world)
    reader = ring.register_subscriber()
    for _ in range(3):
        world.then(lambda: ring.claim().abandon(), after=1)
    with pytest.raises(WaitTimeout):
        reader.read(timeout=3.5).__enter__()
    assert world.sleeps == [3.5, 2.5, 1.5, 0.5]
    assert reader.sequence == 2


def test_the_clock_of_a_read_starts_when_its_block_is_entered() -> None:
    world = Scripted()
    ring: Disruptor[int] = Disruptor(2, runtime=world)
    reading = ring.register_subscriber().read(timeout=5)
    world.now += 60 * NS
    world.then(lambda: ring.publish(7), after=4)
    with reading as batch:
        assert list(batch) == [7]


# --- how long a sleep is -------------------------------------------------------------------------------------


def test_a_time_out_is_never_early() -> None:
    world = Scripted()
    ring: Disruptor[int] = Disruptor(1, runtime=world)
    began = world.now
    with pytest.raises(WaitTimeout):
        ring.wait_for(0, timeout=1e-12)
    assert world.now - began == 1  # a nanosecond: rounded up


def test_a_time_out_that_no_platform_can_wait_at_once_is_waited_in_parts() -> None:
    world = Scripted()
    ring: Disruptor[int] = Disruptor(1, runtime=world)
    longest = LONGEST_WAIT_NS / NS
    with pytest.raises(WaitTimeout):
        ring.wait_for(0, timeout=2.5 * longest)
    assert world.sleeps[:2] == [longest, longest]
    assert world.sleeps[2] == pytest.approx(longest / 2)


# --- waiting for oneself -------------------------------------------------------------------------------------


def test_publishing_into_the_full_ring_from_within_ones_own_batch_is_refused_if_it_would_wait_for_ever() -> None:
    ring: Disruptor[str] = Disruptor(1, runtime=Scripted())
    reader = ring.register_subscriber(name="me")
    ring.publish("a")
    with reader.read():
        before = snapshot(ring)
        with pytest.raises(SelfDeadlock, match=r"this thread itself is reading through 'me', which is at -1"):
            ring.publish("b")
        with pytest.raises(InsufficientCapacity):
            ring.publish("b", timeout=1)
        assert snapshot(ring) == before
        reader.update_sequence(0)  # released early: there is room now
        assert ring.publish("b") == 1


def test_publishing_from_within_ones_own_loop_is_refused_only_if_the_loop_is_in_the_way() -> None:
    ring: Disruptor[int] = Disruptor(2, runtime=Scripted())
    echo = ring.register_subscriber()
    ring.publish(0)
    for event in echo:
        if event == 3:
            with pytest.raises(SelfDeadlock, match="a claim of 2 needs sequence 3 processed"):
                ring.publish_many([4, 5])
            ring.close()
        else:
            ring.publish(event + 1)
    assert echo.sequence == 3


def test_publishing_from_within_ones_own_batch_may_wait_for_somebody_else() -> None:
    world = Scripted()
    ring: Disruptor[str] = Disruptor(2, runtime=world)
    slow = ring.register_subscriber()
    ring.publish_many("ab")
    mine = ring.register_subscriber()
    mine.update_sequence(0)
    world.then(lambda: slow.update_sequence(0))
    with mine.read():
        assert ring.publish("c") == 2


def test_waiting_for_ones_own_claim_is_refused_if_it_would_be_for_ever() -> None:
    ring: Disruptor[str] = Disruptor(2, runtime=Scripted())
    reader = ring.register_subscriber()
    with ring.claim() as claim:
        before = snapshot(ring)
        message = (
            r"^sequence 0 waits for the claim of 0\.\.0, which this thread itself holds; "
            "finish it first, or give a time-out$"
        )
        for wait in (
            lambda: ring.wait_for(0),
            lambda: reader.wait_for(0),
            lambda: reader.read().__enter__(),
            lambda: next(iter(reader)),
            lambda: next(reader.batches()),
        ):
            with pytest.raises(SelfDeadlock, match=message):
                wait()
        with pytest.raises(WaitTimeout):
            ring.wait_for(0, timeout=1)
        assert snapshot(ring) == before
        claim[0] = "a"
    assert reader.wait_for(0) == 0


def test_waiting_for_a_claim_that_another_thread_is_in_is_not_refused() -> None:
    world = Scripted()
    ring: Disruptor[str] = Disruptor(1, runtime=world)
    world.me = 2
    with ring.claim() as claim:
        world.me = 1
        claim[0] = "a"
        world.then(claim.publish)
        assert ring.wait_for(0) == 0


# --- who is named ----------------------------------------------------------------------------------------------


def test_a_subscriber_that_has_processed_everything_is_not_named_as_what_holds_a_producer_back() -> None:
    ring: Disruptor[str] = Disruptor(1, runtime=Scripted())
    ring.register_subscriber(name="innocent")
    claim = ring.claim()
    with pytest.raises(InsufficientCapacity, match="an unfinished claim"):
        ring.publish("b", timeout=0)
    claim.abandon()


def test_a_loop_that_is_handed_on_is_that_of_who_asks_for_its_next() -> None:
    world = Scripted()
    ring: Disruptor[str] = Disruptor(2, runtime=world)
    loop = iter(ring.register_subscriber())
    ring.publish_many(["a", "b"])
    world.me = 2
    assert next(loop) == "a"
    world.me = 1
    assert next(loop) == "b"
    ring.publish("c")
    with pytest.raises(SelfDeadlock, match="this thread itself is reading"):
        ring.publish("d")


def test_who_has_read_and_reads_no_more_may_wait_for_another_reader() -> None:
    world = Scripted()
    ring: Disruptor[str] = Disruptor(1, runtime=world)
    reader = ring.register_subscriber()
    ring.publish("a")
    with reader.read():
        pass
    ring.publish("b")
    world.then(lambda: reader.update_sequence(1))
    assert ring.publish("c") == 2
