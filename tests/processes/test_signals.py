"""Signals strike a process that waits in a ring: it ends, or goes on, and nobody else notices.

Rule: a child tells that it waits by being counted among the sleepers; nobody sleeps for a while and hopes.
"""

import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from types import FrameType

import pytest

from disruptor import Disruptor, Subscriber
from tests.limits import LIMIT
from tests.processes.test_processes import ended

Waits = Callable[[Disruptor[str], Subscriber[str]], object]


def publishes(ring: Disruptor[str], subscriber: Subscriber[str]) -> None:
    ring.publish("a")
    ring.publish("never")  # there is no room


def claims(ring: Disruptor[str], subscriber: Subscriber[str]) -> None:
    ring.publish("a")
    with ring.claim() as claim:
        claim[0] = "never"


def reads(ring: Disruptor[str], subscriber: Subscriber[str]) -> None:
    with subscriber.read():
        pass


def loops(ring: Disruptor[str], subscriber: Subscriber[str]) -> None:
    for _ in subscriber:
        pass


def leave(number: int, frame: FrameType | None) -> None:
    sys.exit(7)


def waiting(waits: Waits, handler: "Callable[[int, FrameType | None], None] | signal.Handlers") -> "Blocked":
    ring: Disruptor[str] = Disruptor(1, multiproc=True)
    subscriber = ring.register_subscriber(name="shared")

    def act() -> None:
        signal.signal(signal.SIGTERM, handler)
        signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background ignores it
        try:
            waits(ring, subscriber)
        except KeyboardInterrupt:
            sys.exit(9)

    process = get_context("fork").Process(target=act)
    process.start()
    sleepers = ring._sequencer.room if waits in (publishes, claims) else ring._sequencer.news
    while not sleepers.sleepers.value:
        if not process.is_alive():
            raise AssertionError(f"it ended with {process.exitcode}")
    return Blocked(ring, subscriber, process)


class Blocked:
    """A child that waits in a ring."""

    def __init__(self, ring: Disruptor[str], subscriber: Subscriber[str], process: BaseProcess) -> None:
        self.ring, self.subscriber, self.process = ring, subscriber, process

    def strike(self, number: int) -> int | None:
        """Send a signal, and return how the child ended."""
        if self.process.pid is None:
            raise AssertionError("it was never started")
        os.kill(self.process.pid, number)
        return ended(self.process)

    def goes_on(self) -> None:
        """Publish and read one more here: nothing of the child is in the way."""
        ring, subscriber = self.ring, self.subscriber
        if ring.cursor >= 0:
            with subscriber.read(timeout=LIMIT) as batch:
                assert list(batch) == ["a"]
        sequence = ring.publish("more", timeout=LIMIT)
        with subscriber.read(timeout=LIMIT) as batch:
            assert list(batch) == ["more"]
            assert list(batch.sequences) == [sequence]
        ring._check()


@pytest.mark.parametrize("waits", [publishes, claims, reads, loops])
@pytest.mark.parametrize(
    ("number", "handler", "status"),
    [
        (signal.SIGTERM, signal.SIG_DFL, -signal.SIGTERM),
        (signal.SIGTERM, leave, 7),
        (signal.SIGINT, signal.SIG_DFL, 9),
        (signal.SIGKILL, signal.SIG_DFL, -signal.SIGKILL),
    ],
    ids=["terminated", "leaves when terminated", "interrupted", "killed"],
)
def test_a_signal_strikes_who_waits(
    waits: Waits,
    number: int,
    handler: "Callable[[int, FrameType | None], None] | signal.Handlers",
    status: int,
) -> None:
    blocked = waiting(waits, handler)
    assert blocked.strike(number) == status
    blocked.goes_on()


@pytest.mark.parametrize("waits", [publishes, reads])
def test_who_is_stopped_and_continued_goes_on_waiting(waits: Waits) -> None:
    blocked = waiting(waits, signal.SIG_DFL)
    process, ring, subscriber = blocked.process, blocked.ring, blocked.subscriber
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    assert os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT) is not None
    os.kill(process.pid, signal.SIGCONT)
    if waits is reads:
        ring.publish("a")
    else:
        with subscriber.read(timeout=LIMIT) as batch:
            assert list(batch) == ["a"]
    assert ended(process) == 0
