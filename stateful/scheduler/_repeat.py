"""Runs that do not end: the bound of steps, and the loop that is found before it is reached.

Rule 1: a *livelock* is a loop of steps that leads back to the same state of everything that tasks can see
        (`_fingerprint.py`), in which everybody who could move all the way has moved, the clock included, and no call has
        ended. So the run could go on like that for ever, and fairly.
Rule 2: it is looked for only after so many steps that most runs have ended long before, and costs nothing until then.
Rule 3: one state is kept, and compared with what follows; after twice as many steps as the last time, the next one is kept
        (Brent: An improved Monte Carlo factorization algorithm, BIT 20, 1980). It has to come back `ROUNDS` times, for a
        value in the middle of an expression cannot be seen.
Rule 4: whatever cannot be compared counts as different. Then there is still the bound of steps: `StepLimit`.
"""

import sys
from itertools import zip_longest
from types import FrameType
from typing import TYPE_CHECKING, Final, final

from model.draw import Row, lanes
from stateful.scheduler._fingerprint import Fingerprint, Incomparable, in_for
from stateful.scheduler._task import Task
from stateful.scheduler._time import CLOCK

if TYPE_CHECKING:
    from stateful.scheduler._core import Scheduler

ROUNDS: Final = 3
"""How often a state has to come back."""
FIRST: Final = 64
"""How many steps the first state is kept for."""
SHOWN: Final = 200
"""How many steps of a loop are shown."""
INSIDE: Final = ("stateful.scheduler._core", "stateful.scheduler._repeat", "stateful.world")
"""Whose frames are the scheduler's own, or only look on."""

Frames = dict[str, list[FrameType]]


class StepLimit(AssertionError):
    """A run took more steps than allowed: perhaps it never ends."""


@final
class Livelock(AssertionError):
    """A run goes round for ever, although it is fair, and no call ends."""

    def __init__(self, loop: list[tuple[str, str]]) -> None:
        self.loop = loop
        """The steps that lead back to the same state: tasks and texts."""
        rows = [Row(*step) for step in loop]
        more = f"\n      ... and {len(rows) - SHOWN} steps more" if len(rows) > SHOWN else ""
        super().__init__(
            f"the same state again after {len(loop)} steps, in which everybody who could move has moved, and no call "
            f"has ended\n{lanes(dict.fromkeys(task for task, _ in loop), rows[:SHOWN])}{more}"
        )


@final
class Repeat:
    """Looks at each step of a long run."""

    def __init__(self, scheduler: "Scheduler", after: int, max_steps: int) -> None:
        self._scheduler = scheduler
        self._after = after
        self._max_steps = max_steps
        self._window = FIRST
        self.forget()

    def forget(self) -> None:
        """Forget what was kept, for it keeps alive what it has seen."""
        self._tokens: list[object] | None = None
        self._frames: Frames = {}
        self._place: object = None
        self._left = 0
        self._restart()

    def _restart(self) -> None:
        """Begin to look for one round, from this step on."""
        self._steps: list[tuple[str, str]] = []
        self._moved: set[str] = set()
        self._excused: set[str] = set()

    def step(self, task: Task, text: object) -> AssertionError | None:
        """Look at a step; return the error if the run has to end here."""
        scheduler = self._scheduler
        if scheduler.steps > self._max_steps:
            return StepLimit(f"more than {self._max_steps} steps")
        if scheduler.steps <= self._after:
            return None
        place = self._where(task)
        if self._left == 0 or scheduler.calls_ended != self._ended:
            self._keep(place)
            return None
        self._left -= 1
        self._note(task, str(text))
        if place != self._place or not self._fair() or not self._same():
            return None
        self._round += 1
        if self._round < ROUNDS:
            self._restart()
            return None
        return Livelock(self._steps)

    def _keep(self, place: object) -> None:
        self._restart()
        self._left, self._window = self._window, 2 * self._window
        self._round = 0
        self._now, self._ended = self._scheduler.now, self._scheduler.calls_ended
        self._place = place
        self._frames = self._all_frames()
        self._tokens = self._fingerprint(self._frames)

    def _where(self, task: Task) -> object:
        """Return where the current task is: two frames that are its own, for a first comparison that is cheap."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_globals["__name__"] in INSIDE:
            frame = frame.f_back
        if frame is None or frame.f_back is None:
            return None
        return task.name, frame.f_code, frame.f_lasti, frame.f_back.f_code, frame.f_back.f_lasti

    def _note(self, task: Task, text: str) -> None:
        """Note who has moved, and who cannot move now."""
        scheduler = self._scheduler
        self._steps.append((task.name, text))
        self._moved.add(task.name)
        self._excused.update(
            other.name for other in scheduler.tasks if other is not task and not other.runnable(scheduler.now)
        )
        if scheduler.now != self._now:
            self._now = scheduler.now
            self._moved.add(CLOCK)
            self._steps.insert(-1, (CLOCK, "moves"))
        elif not scheduler.deadlines():
            self._excused.add(CLOCK)

    def _fair(self) -> bool:
        everybody = {task.name for task in self._scheduler.tasks if not task.ended} | {CLOCK}
        return everybody <= self._moved | self._excused

    def _same(self) -> bool:
        """Tell whether this is the state that was kept."""
        frames = self._all_frames()
        if self._tokens is None or frames.keys() != self._frames.keys() or self._hides(frames):
            return False
        return self._fingerprint(frames) == self._tokens

    def _hides(self, frames: Frames) -> bool:
        """Tell whether somebody who has moved may have moved an iterator that nobody can see.

        A frame that is still in the same call as before has done nothing meanwhile.
        """
        return any(
            in_for(frame) and (inner is None or inner is not before)
            for name in self._moved - {CLOCK}
            for frame, inner, before in zip_longest(frames[name], frames[name][1:], self._frames[name][1:])
            if frame is not None
        )

    def _all_frames(self) -> Frames:
        """Return the frames of all tasks that run, from the outermost to the innermost."""
        found: Frames = {}
        for task in self._scheduler.tasks:
            if task.started and not task.ended:
                frame = sys._getframe() if task is self._scheduler.current else task.greenlet.gr_frame
                found[task.name] = []
                while frame is not None:
                    if frame.f_globals["__name__"] not in INSIDE:
                        found[task.name].insert(0, frame)
                    frame = frame.f_back
        return found

    def _fingerprint(self, frames: Frames) -> list[object] | None:
        now = self._scheduler.now
        seen = Fingerprint()
        try:
            for task in self._scheduler.tasks:
                rest = None if task.deadline is None else task.deadline - now
                seen.tokens += [task.name, task.ended, task.started, rest, repr(task.injected)]
                seen.values([task.lock])
                for frame in frames.get(task.name, ()):
                    seen.frame(frame)
        except Incomparable:
            return None
        return seen.tokens
