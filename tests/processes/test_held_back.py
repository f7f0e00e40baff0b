"""Dead subscribers, and who is held back by them: he goes on, or is told; whoever is not has nothing to do with them."""

import logging
import threading

import pytest

from disruptor import Disruptor, Progress, SubscriberDied, WaitTimeout, on_error
from disruptor.shared._roll import before
from tests.limits import LIMIT
from tests.processes.test_registrations import killed

SHORT = 0.25
"""Seconds in which whoever waits has looked for the dead a few times."""


def with_a_dead_one(policy: str) -> Disruptor[str]:
    """Return a ring whose first subscriber has died, after whom is another one that is alive; one event is published."""
    ring: Disruptor[str] = Disruptor(8, multiproc=True, on_subscriber_death=policy)
    killed(lambda: ring.register_subscriber(name="dead"))
    ring.register_subscriber(name="behind", after=ring.subscribers)
    ring.publish("a")
    return ring


def names(ring: Disruptor[str]) -> list[str]:
    return [subscriber.name for subscriber in ring.subscribers]


POLICIES = pytest.mark.parametrize("policy", ["raise", "remove"])


@POLICIES
def test_a_reader_that_is_after_nobody_dead_waits(policy: str) -> None:
    ring = with_a_dead_one(policy)
    free = ring.register_subscriber(name="free", start=1)
    after = ring.register_subscriber(name="after it", start=1, after=free)
    for waits in (free.wait_for, after.wait_for, ring.wait_for):
        with pytest.raises(WaitTimeout):
            waits(1, timeout=SHORT)
    assert names(ring) == ["dead", "behind", "free", "after it"]


def test_a_reader_that_is_held_back_by_somebody_else_waits() -> None:
    ring = with_a_dead_one("raise")
    slow = ring.register_subscriber(name="slow", after=ring.subscribers[0])
    ring.subscribers[0].update_sequence(0)
    killed(lambda: ring.subscribers[0].update_sequence(0))  # it dies there
    ring.publish("b")
    last = ring.register_subscriber(name="last", after=slow)
    with pytest.raises(WaitTimeout):
        last.wait_for(0, timeout=SHORT)
    slow.update_sequence(0)
    with pytest.raises(SubscriberDied, match="'dead' is at 0"):
        last.wait_for(1, timeout=LIMIT)


def test_who_is_after_somebody_after_it_is_told() -> None:
    ring = with_a_dead_one("raise")
    last = ring.register_subscriber(name="last", after=ring.subscribers[1])
    for reader in (last, ring.subscribers[1]):
        with pytest.raises(SubscriberDied, match="'dead' is at -1"):
            reader.wait_for(0, timeout=LIMIT)


def test_who_is_after_somebody_after_it_goes_on() -> None:
    ring = with_a_dead_one("remove")
    behind = ring.subscribers[1]
    last = ring.register_subscriber(name="last", after=behind)
    with pytest.raises(WaitTimeout):
        last.wait_for(0, timeout=SHORT)  # by now it is one that is alive
    assert names(ring) == ["behind", "last"]
    behind.update_sequence(0)
    assert last.wait_for(0, timeout=LIMIT) == 0


class Late:
    """A handler that says late what is processed."""

    def __init__(self) -> None:
        self.given = threading.Event()

    def set_sequence_callback(self, progress: Progress) -> None:
        self.progress = progress

    def on_event(self, event: str, sequence: int, end_of_batch: bool) -> None:
        self.given.set()


@POLICIES
def test_a_shutdown_that_waits_for_a_mark_has_nothing_to_do_with_the_dead(policy: str) -> None:
    ring = with_a_dead_one(policy)
    late = Late()
    ring.handle_events_with(late, name="late")
    ring.start()
    assert late.given.wait(LIMIT)
    with pytest.raises(WaitTimeout, match="not everything was marked"):
        ring.shutdown(SHORT)
    assert names(ring) == ["dead", "behind", "late"]
    late.progress(0)
    ring.shutdown(LIMIT)


@POLICIES
def test_handlers_that_wait_or_pause_have_nothing_to_do_with_the_dead(
    policy: str, caplog: pytest.LogCaptureFixture
) -> None:
    ring = with_a_dead_one(policy)
    tries: list[str] = []

    def fails_once(event: str, sequence: int, end_of_batch: bool) -> None:
        tries.append(event)
        if len(tries) == 1:
            raise ValueError

    idle = threading.Event()

    class Idle:
        def on_event(self, event: str, sequence: int, end_of_batch: bool) -> None:
            """Handle."""

        def on_timeout(self, sequence: int) -> None:
            idle.set()

    with caplog.at_level(logging.CRITICAL, "disruptor"):
        ring.handle_events_with(fails_once, name="fails", on_error=on_error.retry(1, backoff=SHORT))
        ring.handle_events_with(Idle(), name="idle", timeout=SHORT)
        ring.start()
        assert idle.wait(LIMIT)
        ring.shutdown(LIMIT)
    assert tries == ["a", "a"]
    assert names(ring) == ["dead", "behind", "fails", "idle"]


def test_a_producer_that_somebody_alive_holds_back_waits() -> None:
    ring = with_a_dead_one("raise")
    ring.subscribers[0].update_sequence(0)
    killed(lambda: ring.subscribers[0].update_sequence(0))
    for number in range(7):
        ring.publish(f"{number}")
    with pytest.raises(TimeoutError):
        ring.publish("b", timeout=SHORT)  # it waits for the one behind, who is alive
    assert names(ring) == ["dead", "behind"]


def test_who_goes_before_on_two_ways_is_looked_at_once() -> None:
    ring = with_a_dead_one("raise")
    dead, behind = ring.subscribers
    other = ring.register_subscriber(name="other", after=dead)
    last = ring.register_subscriber(name="last", after=(behind, other, dead))
    assert sorted(gate.name for gate in before(last)) == ["behind", "dead", "other"]
    with pytest.raises(SubscriberDied, match="'dead' is at -1"):
        last.wait_for(0, timeout=LIMIT)
