"""Nobody who can move waits for ever: a task that spins lets the others go on.

Rule 1: whoever could have moved for so many steps (`patience`) and was not chosen goes next. This is no decision: it is a
        part of what every schedule means, of the default as of a replay, and so of every way to choose.
Rule 2: the clock is one of those who wait, while a deadline lies ahead. It is never made to move in a run in which it
        moves by choice only.
Rule 3: every time it comes to that, the patience is halved, down to `SHORTEST`: somebody spins, and need not spin long. So
        the loop of two who spin becomes short.
Rule 4: what lies within the first `patience` steps of a run is not touched, and costs nothing.

A task that spins until another one moves is thus no endless run, for a schedule in which the other one never moves is
not run to its end. (The idea of exploring fair schedules only: Musuvathi, Qadeer: Fair Stateless Model Checking,
PLDI 2008. Here it is a bound: who is kept waiting for longer than the patience is not explored.)
"""

from typing import TYPE_CHECKING, Final, final

from stateful.scheduler._task import Task
from stateful.scheduler._time import CLOCK

if TYPE_CHECKING:
    from stateful.scheduler._core import Scheduler

PATIENCE: Final = 2_000
"""After how many steps a run counts as long."""
SHORTEST: Final = 8
"""The least patience: long enough for a loop to come round."""


@final
class Fair:
    """Knows since when each has been able to move, and was not chosen."""

    __slots__ = ("_now", "_scheduler", "_since", "patience")

    def __init__(self, scheduler: "Scheduler", patience: int) -> None:
        self._scheduler = scheduler
        self._since: dict[str, int] = {}
        self._now = 0
        self.patience = patience

    def due(self, others: list[Task], timed: bool) -> Task | str | None:
        """Return who has to go next: one of `others`, the clock if it is `timed`, or None if anybody may."""
        steps, now = self._scheduler.steps, self._scheduler.now
        if now != self._now:
            self._since.pop(CLOCK, None)
            self._now = now
        waiting: list[tuple[str, Task | str]] = [(task.name, task) for task in others]
        if timed:
            waiting.append((CLOCK, CLOCK))
        if not waiting:
            self._since = {}
            return None
        self._since = {name: self._since.get(name, steps) for name, _ in waiting}
        name, who = min(waiting, key=lambda item: self._since[item[0]])
        if steps - self._since[name] < self.patience:
            return None
        del self._since[name]
        self.patience = max(min(self.patience, SHORTEST), self.patience // 2)
        return who
