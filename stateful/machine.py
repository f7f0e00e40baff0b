"""Programs that nobody wrote: Hypothesis chooses the calls, the tasks, the pre-emptions and when time passes.

Rule 1: a rule starts one call in a task that has none, and lets the scheduler do a few steps; so calls overlap, and any of
        them may be blocked while others begin.
Rule 2: the pre-emptions are drawn up front, as a list: it shrinks to none or one.
Rule 3: the comparison with the model is the `World`'s: at every step, whenever nothing moves, and of every outcome.
Rule 4: rules have the names of the model's actions.
"""

from collections.abc import Callable

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from disruptor._override import override
from model import calls
from model.calls import EARLIEST, LATEST
from model.state import Call, Outcome
from stateful.adapters._protocol import Make
from stateful.adapters.threads import ByValue, InPlace
from stateful.scheduler import Drawn, Granularity, Scheduler, Weak
from stateful.world import World

PRODUCERS = ("P", "Q", "R")
OTHERS = ("X", "Y")
TIMEOUTS = st.sampled_from([None, None, 0.0, 1.0, 2.5])
STEPS = st.integers(0, 30)


class RingMachine(RuleBasedStateMachine):
    """The ring and the model side by side."""

    rings: tuple[Make, Make | None] = (ByValue, InPlace)
    """What makes a ring by value, and, if there is one, a ring in place."""
    weak: Weak | None = None
    """Whether stores become visible later."""

    @initialize(
        capacity=st.sampled_from([1, 2, 4]),
        wants_in_place=st.booleans(),
        preemptions=st.lists(st.tuples(st.integers(1, 40), st.integers(1, 4)), max_size=12),
        granularity=st.sampled_from(list(Granularity)),
    )
    def begin(
        self, capacity: int, wants_in_place: bool, preemptions: list[tuple[int, int]], granularity: Granularity
    ) -> None:
        """Make a ring, and its scheduler."""
        self.scheduler = Scheduler(Drawn(preemptions), granularity=granularity, buffers=self.weak)
        in_place = self.rings[1] if wants_in_place else None
        self.is_in_place = in_place is not None
        self.world = World(in_place or self.rings[0], capacity, self.scheduler)
        self.capacity = capacity
        self.words = 0
        self.claimed: list[tuple[int, int]] = []
        self.names: list[str] = []
        self.used = 0
        self.mode: dict[str, str] = {}
        self.busy: set[str] = set()

    # --- producers -----------------------------------------------------------------------------------------

    @rule(task=st.sampled_from(PRODUCERS), timeout=TIMEOUTS, steps=STEPS)
    def publish(self, task: str, timeout: float | None, steps: int) -> None:
        """Publish one event, in the ring's own way."""
        if self.is_in_place:
            self.start(task, calls.publish_event(*self.fresh(1)), timeout, steps)
        else:
            self.start(task, calls.publish(*self.fresh(1)), timeout, steps)

    @precondition(lambda self: self.is_in_place)
    @rule(task=st.sampled_from(PRODUCERS), fails=st.booleans(), timeout=TIMEOUTS, steps=STEPS)
    def publish_event(self, task: str, fails: bool, timeout: float | None, steps: int) -> None:
        """Publish one event in place, whose translator may raise."""
        self.start(task, calls.publish_event(*self.fresh(1), fails=fails), timeout, steps)

    @precondition(lambda self: not self.is_in_place)
    @rule(task=st.sampled_from(PRODUCERS), n=st.integers(0, 4), timeout=TIMEOUTS, steps=STEPS)
    def publish_many(self, task: str, n: int, timeout: float | None, steps: int) -> None:
        """Publish several events by value."""
        self.start(task, calls.publish_many(*self.fresh(min(n, self.capacity))), timeout, steps)

    @rule(task=st.sampled_from(PRODUCERS), n=st.integers(1, 4), timeout=TIMEOUTS, steps=STEPS)
    def claim(self, task: str, n: int, timeout: float | None, steps: int) -> None:
        """Claim some sequences."""

        def then(outcome: Outcome) -> None:
            if outcome.kind == "ok":
                self.claimed.append((outcome.sequences[0], len(outcome.sequences)))

        self.start(task, calls.claim(min(n, self.capacity)), timeout, steps, then)

    @precondition(lambda self: self.claimed)
    @rule(task=st.sampled_from(PRODUCERS + OTHERS), which=st.integers(0, 5), steps=STEPS)
    def publish_claim(self, task: str, which: int, steps: int) -> None:
        """Publish a claim, any one."""
        if task not in self.busy:
            first, n = self.claimed.pop(which % len(self.claimed))
            self.start(task, calls.publish_claim(first, *self.fresh(n)), None, steps)

    @precondition(lambda self: self.claimed)
    @rule(task=st.sampled_from(PRODUCERS + OTHERS), which=st.integers(0, 5), steps=STEPS)
    def abandon(self, task: str, which: int, steps: int) -> None:
        """Abandon a claim, any one."""
        if task not in self.busy:
            first, n = self.claimed.pop(which % len(self.claimed))
            self.start(task, calls.abandon(first, n), None, steps)

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

        self.start(task, calls.register_subscriber(name, start=start, after=after), None, steps, then)

    @precondition(lambda self: self.names)
    @rule(task=st.sampled_from(OTHERS), which=st.integers(0, 3), steps=STEPS)
    def remove_subscriber(self, task: str, which: int, steps: int) -> None:
        """Remove a subscriber, perhaps not for the first time."""
        self.start(task, calls.remove_subscriber(self.name(which)), None, steps)

    @precondition(lambda self: self.names)
    @rule(which=st.integers(0, 3), most=st.integers(0, 2), timeout=TIMEOUTS, steps=STEPS)
    def read(self, which: int, most: int, timeout: float | None, steps: int) -> None:
        """Begin to read a batch."""
        name = self.name(which)
        if self.mode[name] == "":
            self.start(name, calls.read(name, most), timeout, steps, self.enters(name, "read"))

    @precondition(lambda self: self.names)
    @rule(which=st.integers(0, 3), fails=st.booleans(), steps=STEPS)
    def release(self, which: int, fails: bool, steps: int) -> None:
        """End the block of a batch."""
        name = self.name(which)
        if self.mode[name] == "read":
            self.start(name, calls.release(name, fails=fails), None, steps, self.leaves(name))

    @precondition(lambda self: self.names)
    @rule(which=st.integers(0, 3), steps=STEPS)
    def iterate(self, which: int, steps: int) -> None:
        """Ask a loop for its next event."""
        name = self.name(which)
        if self.mode[name] in ("", "iterate"):
            self.start(name, calls.iterate(name), None, steps, self.enters(name, "iterate"))

    @precondition(lambda self: self.names)
    @rule(which=st.integers(0, 3), steps=STEPS)
    def batches(self, which: int, steps: int) -> None:
        """Ask a loop for its next batch."""
        name = self.name(which)
        if self.mode[name] in ("", "batches"):
            self.start(name, calls.batches(name), None, steps, self.enters(name, "batches"))

    @precondition(lambda self: self.names)
    @rule(which=st.integers(0, 3), steps=STEPS)
    def leave(self, which: int, steps: int) -> None:
        """Break out of a loop."""
        name = self.name(which)
        if self.mode[name] in ("iterate", "batches"):
            self.start(name, calls.leave(name), None, steps, self.leaves(name))

    @precondition(lambda self: self.names)
    @rule(which=st.integers(0, 3), sequence=st.integers(0, 8), own=st.booleans(), steps=STEPS)
    def update_sequence(self, which: int, sequence: int, own: bool, steps: int) -> None:
        """Mark by hand, from the subscriber's own task or from another."""
        name = self.name(which)
        task = name if own else OTHERS[sequence % 2]
        if not own or name in self.mode:
            self.start(task, calls.update_sequence(name, sequence), None, steps)

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
        self.start(task, calls.wait_for(sequence, name), timeout, steps)

    # --- anybody -------------------------------------------------------------------------------------------

    @rule(task=st.sampled_from(OTHERS), sequence=st.integers(0, 8), steps=STEPS)
    def get(self, task: str, sequence: int, steps: int) -> None:
        """Look at one slot."""
        self.start(task, calls.get(sequence), None, steps)

    @precondition(lambda self: self.words > 6)
    @rule(task=st.sampled_from(OTHERS), steps=STEPS)
    def close(self, task: str, steps: int) -> None:
        """Close the ring."""
        self.start(task, calls.close(), None, steps)

    @precondition(lambda self: self.words > 9)
    @rule(task=st.sampled_from(OTHERS), steps=STEPS)
    def halt(self, task: str, steps: int) -> None:
        """Halt the ring."""
        self.start(task, calls.halt(), None, steps)

    # --- time ----------------------------------------------------------------------------------------------

    @rule()
    def everybody_goes_on(self) -> None:
        """Let everything happen that can happen, as long as time stands still."""
        self.run(None, clock=False)

    @rule()
    def time_passes(self) -> None:
        """Let everything happen that can happen, and then time pass until nobody waits for it."""
        self.run(None, clock=True)

    @override
    def teardown(self) -> None:
        """Let everything happen; what waits then must wait for ever."""
        if hasattr(self, "world"):
            try:
                self.run(None, clock=True)
                self.world.finish()
            finally:
                self.scheduler.dispose()

    # --- inside --------------------------------------------------------------------------------------------

    def fresh(self, n: int) -> list[str]:
        """Return words that were never used."""
        self.words += n
        return [f"w{self.words - k}" for k in range(n)]

    def name(self, which: int) -> str:
        """Return the name of a subscriber."""
        return self.names[which % len(self.names)]

    def enters(self, name: str, mode: str) -> Callable[[Outcome], None]:
        """Return what notes that `name` has something in hand after a call that succeeded."""

        def then(outcome: Outcome) -> None:
            if outcome.kind != "SubscriberBusy":
                self.mode[name] = mode if outcome.kind == "ok" else ""

        return then

    def leaves(self, name: str) -> Callable[[Outcome], None]:
        """Return what notes that `name` has nothing in hand."""

        def then(outcome: Outcome) -> None:
            self.mode[name] = ""

        return then

    def start(
        self,
        task: str,
        call: Call,
        timeout: float | None,
        steps: int,
        then: Callable[[Outcome], None] | None = None,
    ) -> None:
        """Start a call in a task, unless it has one, and do some steps."""
        if self.world.ring.can(call._replace(timed=timeout is not None)) and task not in self.busy:
            self.busy.add(task)

            def body() -> None:
                outcome = self.world.do(task, call, timeout)
                if then is not None:
                    then(outcome)
                self.busy.discard(task)

            self.scheduler.spawn(task, body)
        self.run(steps, clock=False)

    def run(self, steps: int | None, *, clock: bool) -> None:
        """Let the scheduler do some steps, or all; compare if nothing moves then."""
        try:
            if self.scheduler.run(steps=steps, clock=clock):
                self.world.quiesce()
        except BaseException:
            note(f"schedule: '{self.scheduler.schedule}'")
            raise
