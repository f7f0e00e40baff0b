"""What drives the machine: a ring and the model side by side, calls that begin in tasks, steps, and time.

Rule 1: a call is started in a task that has none, and the scheduler does a few steps; so calls overlap, and any of them may
        be blocked while others begin.
Rule 2: the pre-emptions are drawn up front, as a list: it shrinks to none or one.
Rule 3: the comparison with the model is the `World`'s: at every step, whenever nothing moves, and of every outcome.
"""

from collections.abc import Callable

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from disruptor._override import override
from model.state import Call, Outcome
from stateful.adapters._protocol import Make
from stateful.adapters.threads import ByValue, InPlace
from stateful.scheduler import Drawn, Granularity, Scheduler, Weak
from stateful.world import World


class Driven(RuleBasedStateMachine):
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

    def start_call(
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
