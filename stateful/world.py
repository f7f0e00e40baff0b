"""A ring under test, the tasks that use it, and the oracle that follows: all that is compared is compared here.

Rule 1: every call is told to the oracle when it begins and when it returns.
Rule 2: after every step at which the ring shows itself (nobody is inside its lock), what it shows is compared.
Rule 3: whenever nothing moves, and so before the clock moves, the calls that still wait are exactly those that the
        model says cannot go on. No later event masks a lost wake-up.
Rule 4: a time-out begins when the call first looks at the clock; when its time is over, the oracle is told.
"""

from collections.abc import Callable
from typing import TypeVar, final

from disruptor._cell import Cell
from disruptor._sync import Condition, Lock, Runtime
from model.actions import ACTIONS
from model.calls import text
from model.oracle import Mismatch, Oracle, View
from model.override import override
from model.producers import Publish
from model.promises import ALWAYS
from model.state import Call, Outcome, Pending, State
from stateful.adapters._protocol import Make, Ring, Unasked
from stateful.scheduler import HISTORY, Kind, Scheduler

_T = TypeVar("_T")


class _Unnoticing(Publish):
    """Publishing by a ring that does not notice that a task waits for itself."""

    @override
    def hopeless(self, state: State, call: Pending) -> str:
        return ""


NOTICING = ACTIONS
UNNOTICING = {verb: _Unnoticing() if type(action) is Publish else action for verb, action in ACTIONS.items()}

SAFETY = tuple(promise for promise in ALWAYS if promise.__name__.startswith("s"))


@final
class _Clocked:
    """A call with a time-out: when its time is over."""

    __slots__ = ("deadline", "due", "timeout")

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        self.deadline: int | None = None
        self.due = False


@final
class _Watching:
    """The scheduler's runtime, with eyes: it notes when a task looks at the clock, and names tasks, not greenlets."""

    def __init__(self, inner: Runtime, world: "World") -> None:
        self._inner = inner
        self._world = world

    def lock(self) -> Lock:
        return self._inner.lock()

    def condition(self, lock: Lock) -> Condition:
        return self._inner.condition(lock)

    def parked(self) -> Lock:
        return self._inner.parked()

    def cell(self, value: int) -> Cell:
        return self._inner.cell(value)

    def array(self, items: list[_T]) -> list[_T]:
        return self._inner.array(items)

    def spawn(self, function: Callable[[], None]) -> None:
        self._inner.spawn(function)

    def start_thread(self, function: Callable[[], None], name: str, *, daemon: bool) -> None:
        self._inner.start_thread(function, name, daemon=daemon)

    def monotonic_ns(self) -> int:
        now = self._inner.monotonic_ns()
        self._world.looked_at_clock(now)
        return now

    def stopwatch_ns(self) -> int:
        return self._inner.stopwatch_ns()

    def pause(self, seconds: float | None, deadline: int | None) -> None:
        self._inner.pause(seconds, deadline)

    def give_way(self, deadline: int | None) -> bool:
        return self._inner.give_way(deadline)

    def ident(self) -> int:
        return self._world.ident()


@final
class World:
    """One ring on one scheduler, followed by one oracle."""

    def __init__(
        self,
        make: Make,
        capacity: int,
        scheduler: Scheduler,
        oracle: Oracle | None = None,
        *,
        setup_by: str = "setup",
    ) -> None:
        self.scheduler = scheduler
        self._setup_by = setup_by
        self.runtime: Runtime = _Watching(scheduler.runtime, self)
        self._names: dict[str, int] = {}
        self.ring: Ring = make(capacity, self.runtime)
        self._asks_the_ring = oracle is None  # whoever brings an oracle judges by that alone
        # A ring may say that it is judged by other actions than those of many producers.
        actions = getattr(self.ring, "actions", NOTICING if self.ring.notices_itself else UNNOTICING)
        self.oracle = oracle or Oracle(capacity, actions=actions)
        self.outcomes: dict[str, list[Outcome]] = {}
        """How the calls of each task have ended, in order."""
        self._waiting: dict[str, _Clocked] = {}
        self._seen: View | None = None
        scheduler.on_step = self._on_step
        scheduler.before_clock = self._before_clock

    # --- acting --------------------------------------------------------------------------------------------

    def do(self, task: str, call: Call, timeout: float | None = None) -> Outcome:
        """Do `call` in the current scheduler task, known to the oracle as `task`."""
        oracle = self.oracle
        call = call._replace(timed=timeout is not None)
        if not self.ring.can(call):
            raise Unasked(text(call))
        if timeout is not None:
            self._waiting[task] = _Clocked(timeout)
        self.scheduler.note(task, text(call))
        self.scheduler.access(HISTORY, Kind.BEGIN)
        oracle.invoke(task, call)
        try:
            outcome = self.ring.perform(call, timeout)
        except KeyboardInterrupt:
            self._ended(task, "-> interrupted")
            oracle.interrupt(task)
            raise
        self._ended(task, f"-> {outcome}")
        oracle.respond(task, outcome)
        self.outcomes.setdefault(task, []).append(outcome)
        return outcome

    def _ended(self, task: str, note: str) -> None:
        self._tell_due()
        self._waiting.pop(task, None)
        self.scheduler.note(task, note)
        self.scheduler.access(HISTORY, Kind.END)
        self.scheduler.calls_ended += 1

    def setup(self, call: Call) -> Outcome:
        """Do `call` before any task runs."""
        return self.do("setup", call)

    def quiesce(self) -> None:
        """Compare at a moment when nothing moves."""
        self._tell_due()
        view = self.ring.view()
        self.oracle.quiesce(view if view is not None else View())
        self.oracle.check(SAFETY)
        if view is not None and self._asks_the_ring:
            self.ring.check()

    def finish(self) -> None:
        """Compare at the end, when nothing will ever move: then no call may still wait for its time-out either."""
        self.quiesce()
        for task, clocked in self._waiting.items():
            if not clocked.due:
                raise Mismatch(f"{task!r} waits for ever, although it has a time-out of {clocked.timeout} s (L3)")

    def killed(self, task: str) -> None:
        """Note that a task has died within its call, if it was in one: its time-out is nobody's any more."""
        self._waiting.pop(task, None)

    # --- what the runtime asks -----------------------------------------------------------------------------

    def ident(self) -> int:
        """Return the identity of the current task, the same for all greenlets of one name."""
        task = self.scheduler.current
        return self.ident_of(self._setup_by if task is None else task.name)

    def ident_of(self, name: str) -> int:
        """Return the identity of a task."""
        return self._names.setdefault(name, len(self._names) + 1)

    def looked_at_clock(self, now: int) -> None:
        """Note that the current task has looked at the clock."""
        task = self.scheduler.current
        clocked = self._waiting.get("setup" if task is None else task.name)
        if clocked is not None and clocked.deadline is None:
            clocked.deadline = now + round(clocked.timeout * 1e9)
            self._tell_due()

    # --- what the scheduler calls --------------------------------------------------------------------------

    def _on_step(self, scheduler: Scheduler) -> None:
        self._tell_due()
        view = self.ring.view()
        if view is not None and view != self._seen:
            self._seen = view
            self.oracle.observe(view)

    def _before_clock(self, scheduler: Scheduler) -> None:
        self.quiesce()

    def _tell_due(self) -> None:
        now = self.scheduler.now
        for task, clocked in self._waiting.items():
            if not clocked.due and clocked.deadline is not None and clocked.deadline <= now:
                clocked.due = True
                self.oracle.due(task)
