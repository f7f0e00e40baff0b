"""Waiting until a sequence may be read.

Rule 1: a sequence may be read once it is published and every upstream has processed it.
Rule 2: the first test is made without the lock, from cells that only grow: what it allows stays allowed. Only a
        test that fails goes on under the lock, where it is made again before sleeping.
        So it is for those who wait without sleeping: what they see is only a reason to test under the lock.
Rule 3: publishing, voiding, an upstream's progress, leaving, closing and halting all wake the sleepers of `news`.
Rule 4: halting and removal refuse at once, even what could be read. Closing, and an upstream that has failed, refuse only
        what can never come.
"""

from collections.abc import Callable
from functools import partial
from typing import final

from disruptor._errors import DisruptorClosed, DisruptorError, SubscriberClosed, WaitTimeout
from disruptor._gate import Gate, broken_by
from disruptor._patience import LOOKS, Patience
from disruptor._poll import Poll
from disruptor._sequence import Sequence
from disruptor._sequencer import CLOSED, HALTED, OPEN, Sequencer


@final
class Barrier:
    """What one reader may read: `gate` is its own, `before` are the barriers of the subscribers that go first."""

    __slots__ = ("_before", "_gate", "_sequencer", "_upstreams", "patience")

    def __init__(self, sequencer: Sequencer, gate: Gate, before: "tuple[Barrier, ...]" = ()) -> None:
        self._sequencer = sequencer
        self._gate = gate
        self._before = before
        self._upstreams = tuple(barrier._gate for barrier in before)
        self.patience = Patience(sequencer._runtime, sequencer.news, sequencer.reader_wait)
        """How this reader waits: as the ring's readers do, unless it was given a strategy of its own."""

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
        readable, looks = self.readable(), LOOKS
        while readable < sequence and looks and self.patience.give_way(deadline):
            readable, looks = self.readable(), looks - 1
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
            if not self.patience.until(ready, partial(self._stirred, sequence), deadline):
                raise WaitTimeout(self._delay(sequence))
        return self.readable()

    def poll(self, sequence: int) -> Poll | None:
        """Tell why `sequence` may not be read now; None if it may. Never waits; raises as `wait_for` does.

        An open ring is looked at without the lock: what is published is read before the phase and again after it, and
        upstreams after it. As all of them only grow, the answer is true at the moment when the phase was read.
        """
        sequencer = self._sequencer
        shown = sequencer.published.value >= sequence
        phase = sequencer.phase.value
        if self.readable() >= sequence:
            return None
        if phase == OPEN and (shown or sequencer.published.value < sequence):
            self.confirm()
            return Poll.GATED if shown else Poll.IDLE
        with sequencer.lock:
            self.confirm()
            if self.readable() >= sequence:
                return None
            if sequencer.phase.value == CLOSED and sequence > sequencer.claimed.value:
                return Poll.CLOSED
            self._refuse_if_cut_off(sequence)
            return Poll.GATED if sequencer.published.value >= sequence else Poll.IDLE

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

    def refuse(self, sequence: int) -> None:
        """Raise if `sequence` can never be read: the ring is closed, or somebody has failed. The caller holds the lock."""
        self._refuse_if_never(sequence)
        self._refuse_if_cut_off(sequence)

    def _ready(self, sequence: int) -> bool:
        """Tell whether `sequence` may be read; raise if it cannot come any more. Certain under the lock."""
        self.confirm()
        if self.readable() >= sequence:
            return True
        self.refuse(sequence)
        return False

    def _stirred(self, sequence: int) -> bool:
        """Tell, without the lock, whether a wait for `sequence` has anything to find out under it."""
        try:
            return self._ready(sequence)
        except DisruptorError:
            return True

    def _refuse_if_never(self, sequence: int) -> None:
        phase = self._sequencer.phase.value
        last = self._sequencer.claimed.value
        if phase == CLOSED and sequence > last:
            raise DisruptorClosed(f"the ring is closed: its last sequence is {last}, not {sequence}")

    def _refuse_if_cut_off(self, sequence: int) -> None:
        """Raise if somebody has failed before `sequence` who goes before this one. Certain under the lock."""
        before = [*self._before]
        for barrier in before:  # which grows: each once, whatever the number of ways to it
            gate = barrier._gate
            if gate.alive.value and gate.position.value < sequence:
                if gate.failed.value:
                    raise broken_by(gate) from gate.cause
                before.extend(further for further in barrier._before if further not in before)

    def _delay(self, sequence: int) -> str:
        published = self._sequencer.published.value
        if published < sequence:
            state = "" if self._sequencer.phase.value == OPEN else " (and the ring is closing)"
            return f"sequence {sequence} was not published within the time-out: the cursor is at {published}{state}"
        return f"sequence {sequence} was not processed upstream within the time-out: upstream is at {self.readable()}"
