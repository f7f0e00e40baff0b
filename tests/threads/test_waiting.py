"""Does every wait end for every cause on real threads? The table of `tests/api/waits.py`, with the real lock and clock."""

from collections.abc import Callable, Iterator

import pytest

from disruptor import Disruptor, DisruptorClosed, SelfDeadlock, Subscriber, SubscriberBusy, SubscriberClosed
from tests.api.waits_one_by_one import ROWS
from tests.limits import LIMIT
from tests.threads.together import Running, Watched, switching_often


@pytest.fixture(autouse=True)
def _switch_often() -> Iterator[None]:
    with switching_often():
        yield


def outcome_of(running: Running) -> object:
    outcome = running.outcome()
    return type(outcome) if isinstance(outcome, Exception) else outcome


@pytest.mark.parametrize("name", ROWS)
def test_a_sleeper_is_woken_by_its_cause(name: str) -> None:
    world = Watched()
    wait = ROWS[name](world)
    running = Running(lambda: wait.call(None))
    world.wait_for_sleepers()
    wait.cause()
    assert outcome_of(running) == wait.outcome
    wait.ring._check()


@pytest.mark.parametrize("name", ROWS)
def test_a_cause_and_a_wait_at_the_same_moment_miss_each_other_never(name: str) -> None:
    for _ in range(5):
        wait = ROWS[name](Watched())
        waiting, causing = Running(lambda w=wait: w.call(None)), Running(wait.cause)  # type: ignore[misc]  # as above
        assert causing.outcome() is None or not isinstance(causing.outcome(), BaseException)
        assert outcome_of(waiting) == wait.outcome


TIMED = [name for name, make in ROWS.items() if make(Watched()).refusal is not None]


@pytest.mark.parametrize("name", TIMED)
def test_a_time_out_fires_on_the_real_clock(name: str) -> None:
    wait = ROWS[name](Watched())
    assert outcome_of(Running(lambda: wait.call(0.001))) is wait.refusal


@pytest.mark.parametrize("name", TIMED)
def test_a_time_out_that_is_far_away_changes_nothing(name: str) -> None:
    world = Watched()
    wait = ROWS[name](world)
    running = Running(lambda: wait.call(LIMIT))
    world.wait_for_sleepers()
    wait.cause()
    assert outcome_of(running) == wait.outcome


# --- many sleepers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["close", "halt"])
def test_the_end_of_a_full_ring_wakes_every_blocked_producer_and_reader(end: str) -> None:
    world = Watched()
    ring: Disruptor[str] = Disruptor(1, runtime=world)
    first = ring.register_subscriber()
    behind = ring.register_subscriber(after=first)
    ring.publish("a")
    calls: list[Callable[[], object]] = [
        lambda: ring.publish("b"),
        lambda: ring.publish("c", timeout=LIMIT),
        lambda: ring.publish_many("d"),
        lambda: ring.claim(),
        lambda: ring.wait_for(1),
        lambda: first.wait_for(1),
        lambda: behind.wait_for(1),
    ]
    running = [Running(call) for call in calls]
    world.wait_for_sleepers(len(calls))
    getattr(ring, end)()
    assert [outcome_of(one) for one in running] == [DisruptorClosed] * len(calls)
    assert (ring.cursor, ring.claimed) == (0, 0)
    if end == "close":
        assert list(first) == list(behind) == ["a"]


def test_room_for_one_lets_one_of_many_producers_go_on_and_the_others_sleep_again() -> None:
    world = Watched()
    ring: Disruptor[int] = Disruptor(1, runtime=world)
    reader = ring.register_subscriber()
    ring.publish(-1)
    running = [Running(lambda k=k: ring.publish(k)) for k in range(4)]  # type: ignore[misc]  # a default is no parameter
    world.wait_for_sleepers(4)
    events: list[int] = []
    for left in range(3, -1, -1):
        with reader.read() as batch:
            events.extend(batch)
        world.wait_for_sleepers(left)
    with reader.read() as batch:
        events.extend(batch)
    assert sorted(one.result() for one in running) == [1, 2, 3, 4]  # type: ignore[type-var]  # they are ints
    assert events[0] == -1
    assert sorted(events[1:]) == [0, 1, 2, 3]


def test_one_event_wakes_every_reader_that_waits_for_it() -> None:
    world = Watched()
    ring: Disruptor[str] = Disruptor(4, runtime=world)
    readers = [ring.register_subscriber() for _ in range(4)]
    running = [Running(lambda r=r: next(iter(r))) for r in readers]  # type: ignore[misc]  # a default is no parameter
    world.wait_for_sleepers(4)
    ring.publish("a")
    assert [one.result() for one in running] == ["a"] * 4


def test_a_reader_that_is_removed_while_it_sleeps_is_told_and_the_others_sleep_on() -> None:
    world = Watched()
    ring: Disruptor[str] = Disruptor(4, runtime=world)
    gone, stays = ring.register_subscriber(), ring.register_subscriber()
    running = {reader: Running(lambda r=reader: next(iter(r))) for reader in (gone, stays)}  # type: ignore[misc]  # as above
    world.wait_for_sleepers(2)
    ring.remove_subscriber(gone)
    assert outcome_of(running[gone]) is SubscriberClosed
    ring.publish("a")
    assert running[stays].result() == "a"


# --- one reader at a time ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "second",
    [
        lambda reader: reader.read().__enter__(),
        lambda reader: next(iter(reader)),
        lambda reader: next(reader.batches()),
        lambda reader: reader.update_sequence(0),
    ],
    ids=["read", "a loop", "a loop by batch", "update_sequence"],
)
def test_a_second_thread_is_refused_while_the_first_sleeps_in_its_read(
    second: Callable[[Subscriber[str]], object],
) -> None:
    world = Watched()
    ring: Disruptor[str] = Disruptor(4, runtime=world)
    reader = ring.register_subscriber(name="one at a time")
    first = Running(lambda: next(iter(reader)))
    world.wait_for_sleepers()
    with pytest.raises(SubscriberBusy, match="'one at a time' is being read"):
        second(reader)
    assert reader.wait_for(ring.publish("a")) == 0  # waiting takes no turn
    assert first.result() == "a"


def test_a_loop_may_be_handed_to_another_thread() -> None:
    ring: Disruptor[str] = Disruptor(4)
    reader = ring.register_subscriber()
    ring.publish_many("abc")
    ring.close()
    loop = iter(reader)
    assert next(loop) == "a"
    assert Running(lambda: list(loop)).result() == ["b", "c"]
    assert reader.sequence == 2


def test_a_thread_that_handed_its_loop_on_may_publish_and_wait_for_it() -> None:
    world = Watched()
    ring: Disruptor[str] = Disruptor(1, runtime=world)
    reader = ring.register_subscriber()
    ring.publish("a")
    loop = iter(reader)
    assert next(loop) == "a"

    def go_on() -> list[str]:
        received = [next(loop)]
        world.wait_for_sleepers()  # until the publisher sleeps for want of room
        return [*received, next(loop)]

    running = Running(go_on)
    world.wait_for_sleepers()  # until the other thread has marked "a", and sleeps for want of news
    try:
        ring.publish("b")
        ring.wait_for(1)
        ring.publish("c")  # the other thread has "b" in hand, and will ask for the next
    except SelfDeadlock:
        world._asleep.release()
        ring.close()
        running.outcome()
        raise
    assert running.result() == ["b", "c"]
