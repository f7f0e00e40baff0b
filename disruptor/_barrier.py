"""Waiting until a sequence may be read.

Rule 1: a sequence may be read once it is published and every upstream has processed it.
Rule 2: the first test is made without the lock, from cells that only grow: what it allows stays allowed. Only a
        test that fails goes on under the lock, where it is made again before sleeping.
Rule 3: publishing, voiding, an upstream's progress, leaving, closing and halting all wake the sleepers of `news`.
Rule 4: halting and removal refuse at once, even what could be read. Closing, and an upstream that has failed, refuse only
        what can never come.
"""

from collections.abc import Callable
from functools import partial
from typing import final

from disruptor._errors import DisruptorClosed, SubscriberClosed, WaitTimeout
from disruptor._gate import Gate, broken_by
from disruptor._sequence import Sequence
from disruptor._sequencer import CLOSED, HALTED, OPEN, Sequencer


@final
class Barrier:
    """What one reader may read: `gate` is its own, `before` are the barriers of the subscribers that go first."""

    __slots__ = ("_before", "_gate", "_sequencer", "_upstreams")

    def __init__(self, sequencer: Sequencer, gate: Gate, before: "tuple[Barrier, ...]" = ()) -> None:
        self._sequencer = sequencer
        self._gate = gate
        self._before = before
        self._upstreams = tuple(barrier._gate for barrier in before)

    def readable(self) -> Sequence:
        """Return the highest sequence that may be read now."""
        lowest = self._sequencer.published.value
        for upstream in self._upstreams:
            position = upstream.position.value
            if position < lowest and upstream.alive.value:  # only one that died goes before those after it
                lowest = position
        return Sequence(lowest)

    def confirm(self) -> None:
        """Raise if the ring was halted, or the subscriber removed: until then its gate was protecting its slots.

        Raise, too, if the subscriber has failed: it is not read through again before the ring is started again.
        """
        halted = self._sequencer.phase.value == HALTED  # first: whoever is still registered afterwards was so then
        self.registered()
        if halted:
            raise DisruptorClosed("the ring is halted")
        if self._gate.failed.value:  # after the phase: `start` forgets failures before it opens the ring
            raise broken_by(self._gate) from self._gate.cause

    def registered(self) -> None:
        """Raise if the subscriber was removed."""
        if not self._gate.alive.value:
            raise SubscriberClosed(f"subscriber {self._gate.name!r} was removed from its ring")

    def wait_for(self, sequence: int, deadline: int | None) -> Sequence:
        """Wait until `sequence` may be read; return the highest that may, which is at least `sequence`.

        Raises `WaitTimeout`, `DisruptorClosed`, `SubscriberClosed` or `SelfDeadlock`.
        """
        readable = self.readable()
        if readable >= sequence:
            self.confirm()
            return readable
        sequencer = self._sequencer

        def ready() -> bool:
            if self._ready(sequence):
                return True
            if deadline is None:
                sequencer.refuse_own_claim(sequence)
            return False

        with sequencer.lock:
            if not sequencer.news.wait_until(ready, deadline):
                raise WaitTimeout(self._delay(sequence))
        return self.readable()

    def watch(self, sequence: int, call: Callable[[], object]) -> bool:
        """Tell whether `sequence` may be read; if not, have `call` called once, when it is time to ask again.

        Never waits, but for the lock. Raises as `wait_for` does.
        """
        with self._sequencer.lock:
            return self._sequencer.news.watch(partial(self._ready, sequence), call)

    def pause(self, deadline: int | None) -> None:
        """Wait until `deadline`, whatever is published. Raises as `confirm` does, as soon as that is known."""

        def ready() -> bool:
            self.confirm()
            return False

        with self._sequencer.lock:
            self._sequencer.news.wait_until(ready, deadline)

    def _ready(self, sequence: int) -> bool:
        """Tell whether `sequence` may be read; raise if it cannot come any more. The caller holds the lock."""
        self.confirm()
        if self.readable() >= sequence:
            return True
        self._refuse_if_never(sequence)
        self._refuse_if_cut_off(sequence)
        return False

    def _refuse_if_never(self, sequence: int) -> None:
        phase = self._sequencer.phase.value
        last = self._sequencer.claimed.value
        if phase == CLOSED and sequence > last:
            raise DisruptorClosed(f"the ring is closed: its last sequence is {last}, not {sequence}")

    def _refuse_if_cut_off(self, sequence: int) -> None:
        """Raise if somebody has failed before `sequence` who goes before this one. The caller holds the lock."""
        for barrier in self._before:
            gate = barrier._gate
            if gate.alive.value and gate.position.value < sequence:
                if gate.failed.value:
                    raise broken_by(gate) from gate.cause
                barrier._refuse_if_cut_off(sequence)

    def _delay(self, sequence: int) -> str:
        published = self._sequencer.published.value
        if published < sequence:
            state = "" if self._sequencer.phase.value == OPEN else " (and the ring is closing)"
            return f"sequence {sequence} was not published within the time-out: the cursor is at {published}{state}"
        return f"sequence {sequence} was not processed upstream within the time-out: upstream is at {self.readable()}"
