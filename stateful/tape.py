"""A run of the scheduler as a history: what the calls returned, and when nothing moved, judged by nobody meanwhile.

Rule 1: a tape stands in the place of the oracle that follows a run, and writes down what that is told. So histories are
        made by the same `World`, programs and schedules as everything else.
Rule 2: what the ring shows of itself is not written down: the verdict is from calls and their outcomes alone.
"""

from collections.abc import Callable, Iterable
from typing import final

from model.events import Called, Due, Event, Interrupted, Rest, Returned, Shown
from model.history import History, Verdict, check
from model.oracle import UNSEEN, Oracle, View
from model.override import override
from model.state import Call, Outcome, State
from stateful.adapters._protocol import Make
from stateful.programs import Program
from stateful.scheduler import Exploration, Granularity, Scheduler, explore
from stateful.world import NOTICING, UNNOTICING, World


class Unexplained(AssertionError):
    """No correct ring could have done what is on the tape."""


@final
class Tape(Oracle):
    """Writes down what an oracle is told, and never objects."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []

    @override
    def invoke(self, task: str, call: Call) -> None:
        """Write it down."""
        self.events.append(Called(task, call))

    @override
    def respond(self, task: str, outcome: Outcome) -> None:
        """Write it down."""
        self.events.append(Returned(task, outcome))

    @override
    def interrupt(self, task: str) -> None:
        """Write it down."""
        self.events.append(Interrupted(task))

    @override
    def due(self, task: str) -> None:
        """Write it down."""
        self.events.append(Due(task))

    @override
    def observe(self, view: View) -> None:
        """Pass over it: the verdict is from calls alone."""

    @override
    def quiesce(self, view: View = UNSEEN) -> None:
        """Write down that nothing moves, and not what the ring shows."""
        self.events.append(Rest())

    @override
    def check(self, promises: Iterable[Callable[[State], bool]]) -> None:
        """Promise nothing."""

    def end(self) -> None:
        """Write down that nothing will ever move: the time of every open call is over, however long it was."""
        last = {event.task: event for event in self.events if not isinstance(event, Rest | Shown)}
        for task, event in last.items():
            if isinstance(event, Called) and event.call.timed:
                self.due(task)
        self.quiesce()

    def within(self, task: str) -> bool:
        """Tell whether a task has an open call."""
        mine = [event for event in self.events if not isinstance(event, Rest | Shown) and event.task == task]
        return bool(mine) and isinstance(mine[-1], Called | Due)

    def history(self) -> History:
        """Return what was written down."""
        return History(tuple(self.events))


def judge(world: World, tape: Tape, capacity: int) -> Verdict:
    """Return the verdict on a tape; `Unexplained` unless an order explains it."""
    actions = NOTICING if world.ring.notices_itself else UNNOTICING
    verdict = check(tape.history(), capacity, actions=actions)
    if not verdict:
        raise Unexplained(str(verdict))
    return verdict


def explained(
    program: Program, make: Make, *, preemptions: int, granularity: Granularity, max_schedules: int
) -> Exploration:
    """Explore a program, each run judged by its tape alone; what is wrong with the first bad one is in `failed`."""

    def load(scheduler: Scheduler) -> Callable[[], None]:
        tape = Tape()
        world = program.load(make, scheduler, tape)

        def finish() -> None:
            tape.end()
            judge(world, tape, program.capacity)

        return finish

    return explore(load, preemptions=preemptions, granularity=granularity, max_schedules=max_schedules)
