"""The steps of a run, each with everything that other tasks could notice of it.

Rule 1: what is not written down here does not exist for a reduced exploration (`_reduce.py`): so whatever is shared and can
        change is written down, by the simulated locks, cells and clock, and by the points in the source (`_points.py`).
Rule 2: a deadline stays on the agenda though nobody waits for it any more. So whether the clock can move depends on nothing
        that a task undoes: no step takes the choice of another one away, which is what the reduction rests on.
Rule 3: the name of an object is the task that made it, and how many that task had made before: so it is the same in all
        runs that begin alike. It is given when the object is made, and kept as long as it lives; what cannot be referred
        to weakly is kept alive, and must not hold what has a finaliser.
"""

import weakref
from functools import partial
from typing import TYPE_CHECKING, Final, final

from stateful.scheduler._access import HISTORY, TIME, Access, Kind, Place, Step

if TYPE_CHECKING:
    from stateful.scheduler._core import Scheduler

SETUP: Final = "setup"
"""Who makes what is made before any task runs."""

Name = tuple[str, int]


@final
class Log:
    """What happened in one run."""

    __slots__ = ("_made", "_names", "_open", "agenda", "current", "kinds", "steps")

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.agenda: set[int] = set()
        """All deadlines that there ever were, in virtual nanoseconds."""
        self.current = SETUP
        """The task at work."""
        self.kinds: dict[Place, type] = {}
        """What each object is, or was, that has a name."""
        self._open: list[Access] = []
        self._names: dict[int, tuple[Name, object]] = {}
        self._made: dict[str, int] = {}

    def begin(self, task: str, decision: int, *, first: bool) -> None:
        """Begin a step of a task, chosen at `decision`; the first one of a task comes after what spawned it."""
        self.current = task
        self._open = [Access(task, Kind.TAKE)] if first else []
        self.steps.append(Step(task, decision, self._open))

    def spawned(self, task: str) -> None:
        """Note that the current step has spawned a task."""
        self._open.append(Access(task, Kind.GIVE))

    def access(self, place: Place, kind: Kind) -> None:
        """Note what the current step does to a place."""
        self._open.append(Access(place, kind))

    def wait_until(self, deadline: int) -> None:
        """Note that the current task waits until `deadline`."""
        self.agenda.add(deadline)
        self._open.append(Access(TIME, Kind.LOAD))

    def clock_moves(self, name: str, decision: int) -> None:
        """Note a step of the clock: calls may be late now."""
        self.steps.append(Step(name, decision, [Access(TIME, Kind.STORE), Access(HISTORY, Kind.BEGIN)]))

    def moves(self, name: str, decision: int, accesses: list[tuple[Place, Kind]]) -> None:
        """Note a step of a store buffer: a store becomes visible."""
        self.steps.append(Step(name, decision, [Access(place, kind) for place, kind in accesses]))

    def name(self, thing: object) -> Name:
        """Return the name of an object; it gets one if it has none."""
        key = id(thing)
        known = self._names.get(key)
        if known is not None:
            return known[0]
        count = self._made.get(self.current, 0)
        self._made[self.current] = count + 1
        name = self.current, count
        mortal = type(thing).__weakrefoffset__ != 0
        kept = weakref.ref(thing, partial(self._forget, key)) if mortal else thing
        self._names[key] = name, kept
        self.kinds[name] = type(thing)
        return name

    def _forget(self, key: int, dead: object) -> None:
        self._names.pop(key, None)


def place_of(scheduler: "Scheduler", thing: object) -> Place:
    """Return the place that an object is in the log of its scheduler, if there is one."""
    return None if scheduler.log is None else scheduler.log.name(thing)
