"""An interrupt at each line of what runs under the lock: afterwards all promises hold, and everybody goes on.

The interpreter's own tracing raises `KeyboardInterrupt` at the n-th line that a call executes in the library, for every n.
"""

import sys
from collections.abc import Callable, Collection
from types import FrameType
from typing import Any

import pytest

import disruptor
from disruptor import Disruptor, Subscriber

FOLDER = disruptor.__path__[0]

# Where an interrupt has to be put right. Not here: the way into and out of the lock. A tracer can raise there, between the
# last statement of a `with` block and its exit; a signal cannot, for the interpreter looks for signals after calls and
# jumps only.
COVERED = {
    "Sequencer.take",
    "Sequencer.hold",
    "Sequencer.publish",
    "Sequencer.void",
    "Sequencer._finish",
    "Sequencer._advance",
    "Slots.put",
    "Slots.put_many",
    "Slots.spoil",
}

Use = Callable[[Disruptor[str], Subscriber[str]], object]


def hold_and_publish(ring: Disruptor[str], subscriber: Subscriber[str]) -> None:
    with ring.claim(2) as claim:
        claim[0], claim[1] = "x", "y"


def hold_and_abandon(ring: Disruptor[str], subscriber: Subscriber[str]) -> None:
    ring.claim(2).abandon()


USES: dict[str, Use] = {
    "publish": lambda ring, subscriber: ring.publish("x"),
    "publish_many": lambda ring, subscriber: ring.publish_many(["x", "y"]),
    "claim and publish": hold_and_publish,
    "claim and abandon": hold_and_abandon,
}


class Interrupter:
    """Raises once, at the n-th line within the covered functions."""

    def __init__(self, number: int, covered: Collection[str] = COVERED) -> None:
        self.left = number
        self._covered = covered

    def trace(self, frame: FrameType, event: str, argument: object) -> Any:
        if not frame.f_code.co_filename.startswith(FOLDER) or frame.f_code.co_qualname not in self._covered:
            return self.trace if event == "call" else None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        return self.trace


def interrupted(use: Use, number: int, *, open_claim: bool) -> bool:
    """Use a ring, interrupted at the n-th line; check it afterwards; return whether the interrupt came."""
    ring: Disruptor[str] = Disruptor(4)
    subscriber = ring.register_subscriber()
    ring.publish("before")
    other = ring.claim() if open_claim else None
    interrupter = Interrupter(number)
    came = False
    before = sys.gettrace()
    sys.settrace(interrupter.trace)
    try:
        use(ring, subscriber)
    except KeyboardInterrupt:
        came = True
    finally:
        sys.settrace(before)
    if other is not None:
        other.abandon()
    assert not ring._sequencer.lock.locked()
    ring._check()
    assert ring.cursor == ring.claimed, "something is still held"
    assert ring._sequencer._held == {}, "something is still noted as held"
    received: list[str] = []
    with subscriber.read(timeout=0) as batch:
        received.extend(batch)
    ring.publish("after", timeout=0)
    ring.close()
    received.extend(subscriber)
    assert received[0] == "before"
    assert received[-1] == "after"
    assert received[1:-1] in ([], ["x"], ["x", "y"])
    return came


@pytest.mark.parametrize("open_claim", [False, True], ids=["alone", "behind an open claim"])
@pytest.mark.parametrize("name", USES)
def test_an_interrupt_at_any_line_leaves_no_trace_but_voids(name: str, open_claim: bool) -> None:
    number = 0
    while interrupted(USES[name], number + 1, open_claim=open_claim):
        number += 1
    assert number >= 5
