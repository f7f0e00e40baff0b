"""Waiting until a sequence may be read.

Rule 1: a sequence may be read once it is published and every upstream has processed it.
Rule 2: the first test is made without the lock, from cells that only grow: what it allows stays allowed. Only a
        test that fails goes on under the lock, where it is made again before sleeping.
Rule 3: publishing, voiding, an upstream's progress, leaving, closing and halting all wake the sleepers of `news`.
Rule 4: halting and removal refuse at once, even what could be read. Closing refuses only what can never come.
"""

from typing import final

from disruptor._errors import DisruptorClosed, SubscriberClosed, WaitTimeout
from disruptor._gate import Gate
from disruptor._sequence import Sequence
from disruptor._sequencer import CLOSED, HALTED, OPEN, Sequencer


@final
class Barrier:
    """What one reader may read: `gate` is its own, `upstreams` are those of the subscribers that go first."""

    __slots__ = ("_gate", "_sequencer", "_upstreams")

    def __init__(self, sequencer: Sequencer, gate: Gate, upstreams: tuple[Gate, ...] = ()) -> None:
        self._sequencer = sequencer
        self._gate = gate
        self._upstreams = upstreams

    def readable(self) -> Sequence:
        """Return the highest sequence that may be read now."""
        lowest = self._sequencer.published.value
        for upstream in self._upstreams:
            position = upstream.position.value
            if position < lowest and upstream.alive.value:  # only one that died goes before those after it
                lowest = position
        return Sequence(lowest)

    def confirm(self) -> None:
        """Raise if the ring was halted or the subscriber removed: until then its gate was protecting its slots."""
        halted = self._sequencer.phase.value == HALTED  # first: whoever is still registered afterwards was so then
        self.registered()
        if halted:
            raise DisruptorClosed("the ring is halted")

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
            self.confirm()
            if self.readable() >= sequence:
                return True
            self._refuse_if_never(sequence)
            if deadline is None:
                sequencer.refuse_own_claim(sequence)
            return False

        with sequencer.lock:
            if not sequencer.news.wait_until(ready, deadline):
                raise WaitTimeout(self._delay(sequence))
        return self.readable()

    def _refuse_if_never(self, sequence: int) -> None:
        phase = self._sequencer.phase.value
        last = self._sequencer.claimed.value
        if phase == CLOSED and sequence > last:
            raise DisruptorClosed(f"the ring is closed: its last sequence is {last}, not {sequence}")

    def _delay(self, sequence: int) -> str:
        published = self._sequencer.published.value
        if published < sequence:
            state = "" if self._sequencer.phase.value == OPEN else " (and the ring is closing)"
            return f"sequence {sequence} was not published within the time-out: the cursor is at {published}{state}"
        return f"sequence {sequence} was not processed upstream within the time-out: upstream is at {self.readable()}"
