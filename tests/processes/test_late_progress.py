"""A handler between processes that says later what is processed: of what is its own, and of nothing else."""

import os
import threading
from contextlib import suppress

import pytest

from disruptor import Disruptor, Poll, Progress, Subscriber, SubscriberBusy, WaitTimeout
from tests.limits import LIMIT


class Sends:
    """A handler that keeps its progress for somebody else to say, but for what it marks at once."""

    def __init__(self, count: int, at_once: int = -1) -> None:
        self.all = threading.Event()
        self._last = count - 1
        self._at_once = at_once

    def set_sequence_callback(self, progress: Progress) -> None:
        self.progress = progress

    def on_event(self, event: str, sequence: int, end_of_batch: bool) -> None:
        if sequence <= self._at_once:
            self.progress(sequence)
        if sequence == self._last:
            self.all.set()


def started(*events: str, at_once: int = -1) -> tuple[Disruptor[str], Sends]:
    """Return a full ring whose only handler has had everything."""
    ring: Disruptor[str] = Disruptor(len(events), multiproc=True)
    sends = Sends(len(events), at_once)
    ring.handle_events_with(sends, name="sends")
    ring.start()
    ring.publish_many(events)
    assert sends.all.wait(LIMIT)
    return ring, sends


def test_a_mark_moves_the_position_from_any_thread() -> None:
    ring, sends = started("a", "b", at_once=0)
    [handler] = ring.subscribers
    assert handler.sequence == 0
    follower = ring.register_subscriber(after=handler, start=1)
    sends.progress(1)
    assert follower.wait_for(1, timeout=0) == handler.sequence == 1
    sends.progress(0)
    assert handler.sequence == 1
    ring.shutdown(LIMIT)


def removed(*events: str) -> tuple[Disruptor[str], Sends, Subscriber[str], Subscriber[str]]:
    """Return a ring whose handler was removed, and has ended, and a subscriber that has got its row."""
    ring, sends = started(*events)
    [handler] = ring.subscribers
    handler.close()
    ring.shutdown(LIMIT)
    return ring, sends, handler, ring.register_subscriber(name="new")


def test_a_mark_after_the_removal_moves_nobody_else() -> None:
    _, sends, _, new = removed("a", "b")
    sends.progress(1)
    assert new.sequence == -1
    with new.poll() as batch:
        assert not isinstance(batch, Poll)
        assert list(batch) == ["a", "b"]


def test_a_mark_within_a_turn_that_was_never_taken_moves_nobody_else() -> None:
    _, sends, handler, new = removed("a", "b")
    turn = handler._begin()  # as a handler that begins to run: it finds out only later that it was removed
    try:
        sends.progress(1)
    finally:
        turn.give()
    assert new.sequence == -1


def test_a_mark_is_refused_once_another_process_has_gone_on() -> None:
    ring, sends = started("a", "b")
    [handler] = ring.subscribers
    ring.halt()
    with suppress(WaitTimeout):
        ring.shutdown(LIMIT)  # until it has ended
    pid = os.fork()
    if not pid:
        handler.update_sequence(0)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    with pytest.raises(SubscriberBusy, match="gone on with it: nothing is marked as processed up to 1 here"):
        sends.progress(1)
    assert handler.sequence == 0
