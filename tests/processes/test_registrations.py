"""Subscribers whose processes were killed do not take the room of those who come (class B17: leaked registrations)."""

import os
from collections.abc import Callable

import pytest

from disruptor import Disruptor, InvalidValue, SubscriberDied


def killed(act: Callable[[], object]) -> None:
    """Do something in a process that then dies."""
    pid = os.fork()
    if pid == 0:
        try:
            act()
        finally:
            os.kill(os.getpid(), 9)
    os.waitpid(pid, 0)


def test_the_rows_of_the_dead_are_given_to_those_who_come() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True, max_subscribers=2)
    stays = ring.register_subscriber(name="stays")
    for number in range(20):  # nobody publishes: nobody is held back by any of them

        def join(name: str = f"dies-{number}") -> None:
            ring.register_subscriber(name=name)

        killed(join)
        names = [subscriber.name for subscriber in ring.subscribers]
        assert names == ["stays", f"dies-{number}"]
    mine = ring.register_subscriber(name="mine")
    assert [subscriber.name for subscriber in ring.subscribers] == ["stays", "mine"]
    ring.publish("a")
    for subscriber in (stays, mine):
        with subscriber.read() as batch:
            assert list(batch) == ["a"]
    with pytest.raises(InvalidValue, match="at most max_subscribers=2"):
        ring.register_subscriber(name="too many")  # these are alive
    ring._check()


def test_those_that_somebody_is_after_go_last() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True, max_subscribers=3)

    def join() -> None:
        first = ring.register_subscriber(name="first")
        ring.register_subscriber(name="behind it", after=first)
        ring.register_subscriber(name="alone")

    killed(join)
    ring.register_subscriber(name="new")
    assert [subscriber.name for subscriber in ring.subscribers] == ["first", "alone", "new"]
    ring._check()


def test_or_who_comes_is_told() -> None:
    ring: Disruptor[str] = Disruptor(4, multiproc=True, max_subscribers=1, on_subscriber_death="raise")
    killed(lambda: ring.register_subscriber(name="dead"))
    with pytest.raises(SubscriberDied, match="'dead' is at -1 and takes the room of a new one"):
        ring.register_subscriber(name="new")
    ring.subscribers[0].close()
    assert ring.register_subscriber(name="new").name == "new"
    ring._check()
