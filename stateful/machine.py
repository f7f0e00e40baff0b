"""Programs that nobody wrote: Hypothesis chooses the calls, the tasks, the pre-emptions and when time passes.

Rule 1: rules have the names of the model's actions. What they have in common is in `driven.py`.
"""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from model import calls
from model.calls import EARLIEST, LATEST
from model.state import Outcome
from stateful.driven import Driven

PRODUCERS = ("P", "Q", "R")
OTHERS = ("X", "Y")
TIMEOUTS = st.sampled_from([None, None, 0.0, 1.0, 2.5])
STEPS = st.integers(0, 30)


class RingMachine(Driven):
    """The ring and the model side by side."""

    # --- producers -----------------------------------------------------------------------------------------

    @rule(task=st.sampled_from(PRODUCERS), timeout=TIMEOUTS, steps=STEPS)
    def publish(self, task: str, timeout: float | None, steps: int) -> None:
        """Publish one event, in the ring's own way."""
        if self.is_in_place:
            self.start_call(task, calls.publish_event(*self.fresh(1)), timeout, steps)
        else:
            self.start_call(task, calls.publish(*self.fresh(1)), timeout, steps)

    @precondition(lambda self: self.is_in_place)
    @rule(task=st.sampled_from(PRODUCERS), fails=st.booleans(), timeout=TIMEOUTS, steps=STEPS)
    def publish_event(self, task: str, fails: bool, timeout: float | None, steps: int) -> None:
        """Publish one event in place, whose translator may raise."""
        self.start_call(task, calls.publish_event(*self.fresh(1), fails=fails), timeout, steps)

    @precondition(lambda self: not self.is_in_place)
    @rule(task=st.sampled_from(PRODUCERS), n=st.integers(0, 4), timeout=TIMEOUTS, steps=STEPS)
    def publish_many(self, task: str, n: int, timeout: float | None, steps: int) -> None:
        """Publish several events by value."""
        self.start_call(task, calls.publish_many(*self.fresh(min(n, self.capacity))), timeout, steps)

    @rule(task=st.sampled_from(PRODUCERS), n=st.integers(1, 4), timeout=TIMEOUTS, steps=STEPS)
    def claim(self, task: str, n: int, timeout: float | None, steps: int) -> None:
        """Claim some sequences."""

        def then(outcome: Outcome) -> None:
            if outcome.kind == "ok":
                self.claimed.append((outcome.sequences[0], len(outcome.sequences)))

        self.start_call(task, calls.claim(min(n, self.capacity)), timeout, steps, then)

    @precondition(lambda self: self.claimed)
    @rule(task=st.sampled_from(PRODUCERS + OTHERS), which=st.integers(0, 5), steps=STEPS)
    def publish_claim(self, task: str, which: int, steps: int) -> None:
        """Publish a claim, any one."""
        if task not in self.busy:
            first, n = self.claimed.pop(which % len(self.claimed))
            self.start_call(task, calls.publish_claim(first, *self.fresh(n)), None, steps)

    @precondition(lambda self: self.claimed)
    @rule(task=st.sampled_from(PRODUCERS + OTHERS), which=st.integers(0, 5), steps=STEPS)
    def abandon(self, task: str, which: int, steps: int) -> None:
        """Abandon a claim, any one."""
        if task not in self.busy:
            first, n = self.claimed.pop(which % len(self.claimed))
            self.start_call(task, calls.abandon(first, n), None, steps)

    # --- subscribers ---------------------------------------------------------------------------------------

    @precondition(lambda self: self.used < 4)
    @rule(
        task=st.sampled_from(OTHERS),
        start=st.sampled_from([EARLIEST, EARLIEST, LATEST, 0, 1, 3]),
        upstreams=st.sets(st.integers(0, 3), max_size=2),
        steps=STEPS,
    )
    def register_subscriber(self, task: str, start: int, upstreams: set[int], steps: int) -> None:
        """Register a subscriber, perhaps after others."""
        if task in self.busy:
            return
        name = f"S{self.used}"
        self.used += 1
        after = tuple({self.names[k % len(self.names)] for k in sorted(upstreams)}) if self.names else ()

        def then(outcome: Outcome) -> None:
            if outcome.kind == "ok":
                self.names.append(name)
                self.mode[name] = ""

        self.start_call(task, calls.register_subscriber(name, start=start, after=after), None, steps, then)

    @precondition(lambda self: self.names)
    @rule(task=st.sampled_from(OTHERS), which=st.integers(0, 3), steps=STEPS)
    def remove_subscriber(self, task: str, which: int, steps: int) -> None:
        """Remove a subscriber, perhaps not for the first time."""
        self.start_call(task, calls.remove_subscriber(self.name(which)), None, steps)

    @precondition(lambda self: self.names)
    @rule(which=st.integers(0, 3), most=st.integers(0, 2), timeout=TIMEOUTS, steps=STEPS)
    def read(self, which: int, most: int, timeout: float | None, steps: int) -> None:
        """Begin to read a batch."""
        name = self.name(which)
        if self.mode[name] == "":
            self.start_call(name, calls.read(name, most), timeout, steps, self.enters(name, "read"))

    @precondition(lambda self: self.names)
    @rule(which=st.integers(0, 3), most=st.integers(0, 2), steps=STEPS)
    def poll(self, which: int, most: int, steps: int) -> None:
        """Take a batch if there is one now."""
        name = self.name(which)
        if self.mode[name] == "":
            self.start_call(name, calls.poll(name, most), None, steps, self.enters(name, "read"))

    @precondition(lambda self: self.names)
    @rule(which=st.integers(0, 3), fails=st.booleans(), steps=STEPS)
    def release(self, which: int, fails: bool, steps: int) -> None:
        """End the block of a batch."""
        name = self.name(which)
        if self.mode[name] == "read":
            self.start_call(name, calls.release(name, fails=fails), None, steps, self.leaves(name))

    @precondition(lambda self: self.names)
    @rule(which=st.integers(0, 3), steps=STEPS)
    def iterate(self, which: int, steps: int) -> None:
        """Ask a loop for its next event."""
        name = self.name(which)
        if self.mode[name] in ("", "iterate"):
            self.start_call(name, calls.iterate(name), None, steps, self.enters(name, "iterate"))

    @precondition(lambda self: self.names)
    @rule(which=st.integers(0, 3), steps=STEPS)
    def batches(self, which: int, steps: int) -> None:
        """Ask a loop for its next batch."""
        name = self.name(which)
        if self.mode[name] in ("", "batches"):
            self.start_call(name, calls.batches(name), None, steps, self.enters(name, "batches"))

    @precondition(lambda self: self.names)
    @rule(which=st.integers(0, 3), steps=STEPS)
    def leave(self, which: int, steps: int) -> None:
        """Break out of a loop."""
        name = self.name(which)
        if self.mode[name] in ("iterate", "batches"):
            self.start_call(name, calls.leave(name), None, steps, self.leaves(name))

    @precondition(lambda self: self.names)
    @rule(which=st.integers(0, 3), sequence=st.integers(0, 8), own=st.booleans(), steps=STEPS)
    def update_sequence(self, which: int, sequence: int, own: bool, steps: int) -> None:
        """Mark by hand, from the subscriber's own task or from another."""
        name = self.name(which)
        task = name if own else OTHERS[sequence % 2]
        if not own or name in self.mode:
            self.start_call(task, calls.update_sequence(name, sequence), None, steps)

    @rule(
        task=st.sampled_from(OTHERS),
        which=st.integers(-1, 3),
        sequence=st.integers(0, 8),
        timeout=TIMEOUTS,
        steps=STEPS,
    )
    def wait_for(self, task: str, which: int, sequence: int, timeout: float | None, steps: int) -> None:
        """Wait for a sequence, of the ring or of a subscriber."""
        name = self.name(which) if which >= 0 and self.names else ""
        self.start_call(task, calls.wait_for(sequence, name), timeout, steps)

    # --- anybody -------------------------------------------------------------------------------------------

    @rule(task=st.sampled_from(OTHERS), sequence=st.integers(0, 8), steps=STEPS)
    def get(self, task: str, sequence: int, steps: int) -> None:
        """Look at one slot."""
        self.start_call(task, calls.get(sequence), None, steps)

    @precondition(lambda self: self.words > 6)
    @rule(task=st.sampled_from(OTHERS), steps=STEPS)
    def close(self, task: str, steps: int) -> None:
        """Close the ring."""
        self.start_call(task, calls.close(), None, steps)

    @precondition(lambda self: self.words > 9)
    @rule(task=st.sampled_from(OTHERS), steps=STEPS)
    def halt(self, task: str, steps: int) -> None:
        """Halt the ring."""
        self.start_call(task, calls.halt(), None, steps)

    @precondition(lambda self: self.names and self.words > 6)
    @rule(task=st.sampled_from(OTHERS), which=st.integers(0, 3), steps=STEPS)
    def fail_subscriber(self, task: str, which: int, steps: int) -> None:
        """Say that a subscriber will not go on."""
        self.start_call(task, calls.fail_subscriber(self.name(which)), None, steps)

    @rule(task=st.sampled_from(OTHERS), steps=STEPS)
    def start(self, task: str, steps: int) -> None:
        """Open the ring again."""
        self.start_call(task, calls.start(), None, steps)
