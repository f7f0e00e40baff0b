"""The scheduler: tasks, scheduling points, decisions, and virtual time.

Rule 1: one task runs at a time, and only a scheduling point can change which. So everything between two points is atomic.
Rule 2: a decision is a point where more than one option is open. `chooser` decides; what differs from the default is
        written into `schedule`, which replays the run.
Rule 3: the clock moves when nobody can run, or as a choice while somebody waits with a deadline; always to the
        earliest deadline. Before it moves because nobody can run, `before_clock` is called.
Rule 4: what `on_step` or a task raises ends the run: `run` raises it.
Rule 5: with `log`, each step is written down with all that others could notice of it (`_log.py`).
Rule 6: after `patience` steps, who can move does not wait for ever (`_fair.py`), and who goes round ends (`_repeat.py`).
Rule 7: with `buffers`, stores become visible later (`_buffers.py`); which one and when is decided as all else.
"""

from collections.abc import Callable
from typing import final

from greenlet import GreenletExit, getcurrent

from disruptor._sync import Runtime
from stateful.scheduler._access import Kind, Place
from stateful.scheduler._buffers import Buffers, Weak
from stateful.scheduler._choose import Chooser, Replay
from stateful.scheduler._fair import PATIENCE, Fair
from stateful.scheduler._granularity import Granularity
from stateful.scheduler._log import Log
from stateful.scheduler._schedule import Schedule
from stateful.scheduler._task import Task
from stateful.scheduler._time import CLOCK, START_NS


@final
class Scheduler:
    """Runs tasks, one at a time, as `chooser` decides."""

    def __init__(
        self,
        chooser: Chooser | None = None,
        *,
        granularity: Granularity = Granularity.CELLS,
        max_steps: int = 20_000,
        patience: int = PATIENCE,
        record: bool = False,
        log: bool = False,
        buffers: Weak | None = None,
    ) -> None:
        from stateful.scheduler._repeat import Repeat
        from stateful.scheduler._runtime import SimRuntime

        self.chooser: Chooser = Replay() if chooser is None else chooser
        self.cells = granularity is not Granularity.LOCKS
        self.bytecodes = granularity is Granularity.BYTECODES
        self.now = START_NS
        self.current: Task | None = None
        self.tasks: list[Task] = []
        self.steps = self.decisions = 0
        self.changes = 0  # how often anybody has changed a cell or given a lock back
        self.trace: list[tuple[str, str]] | None = [] if record else None
        """Task and text of each step, if `record`."""
        self.log: Log | None = Log() if log else None
        """What each step did, if `log`."""
        self.buffers: Buffers | None = None if buffers is None else Buffers(self, buffers)
        """The stores that are not yet visible to all, if any store is to wait."""
        self.on_step: Callable[[Scheduler], None] | None = None
        self.before_clock: Callable[[Scheduler], None] | None = None
        self.runtime: Runtime = SimRuntime(self)
        self.calls_ended = 0
        """How many calls have ended: who runs calls counts them here."""
        self._calm = min(patience, max_steps)
        self._fair, self._repeat = Fair(self, patience), Repeat(self, patience, max_steps)
        self._deviations: list[tuple[int, str]] = []
        self._hub = getcurrent()
        self._next: Task | None = None
        self._failure: BaseException | None = None
        self.disposing = self._looking = False
        self._decision = -1
        self._limit: int | None = None
        self._by_itself = True  # the clock

    @property
    def schedule(self) -> Schedule:
        """The decisions so far that differed from the default."""
        return Schedule(tuple(self._deviations))

    # --- from outside --------------------------------------------------------------------------------------

    def spawn(self, name: str, body: Callable[[], object]) -> Task:
        """Add a task; its name must be unlike those of the tasks that still run."""
        if name == CLOCK or any(task.name == name and not task.ended for task in self.tasks):
            raise ValueError(f"there is already a task named {name!r}")
        task = Task(name, lambda: self._body(task, body), getcurrent() if self.current is None else self._hub)
        self.tasks = [other for other in self.tasks if not other.ended]
        self.tasks.append(task)
        if self.log is not None and self.acting:
            self.log.spawned(name)
        return task

    def run(self, *, steps: int | None = None, clock: bool = True) -> bool:
        """Run until nothing can move, or for about `steps` steps; return whether nothing can. Raises what a task raised.

        With `clock=False`, the clock only moves by choice.
        """
        self._hub, self._by_itself = getcurrent(), clock
        self._limit = limit = None if steps is None else self.steps + steps
        while limit is None or self.steps < limit:
            task = self._decide(None, clock)
            if task is None:
                return True
            self._resume(task)
        return False

    def advance_clock(self) -> bool:
        """Move the clock to the earliest deadline of a waiting task; return whether there is one."""
        deadlines = self.deadlines()
        if not deadlines:
            return False
        self.now = min(deadlines)
        self.note(CLOCK, f"moves to {(self.now - START_NS) / 1e9:g} s")
        if self.log is not None:
            self.log.clock_moves(CLOCK, self._decision)
        return True

    def deadlines(self) -> list[int]:
        """Return the deadlines that lie ahead."""
        waiting = (task.deadline for task in self.tasks if not task.ended)
        agenda = waiting if self.log is None else self.log.agenda
        return [deadline for deadline in agenda if deadline is not None and deadline > self.now]

    def inject(self, task: Task, error: BaseException) -> None:
        """Raise `error` in `task` when it next goes on."""
        task.injected = error

    def dispose(self, *killed: Task) -> None:
        """End all tasks, and those that were `killed`; to be called when a run is over, so that nothing of it is left."""
        self.disposing = True
        self._repeat.forget()
        for task in (*self.tasks, *killed):
            if task.started and not task.greenlet.dead:
                self.current = task
                task.unwind()
            task.ended = True
        self.tasks = []
        self.current = self.on_step = self.before_clock = None

    # --- from inside ---------------------------------------------------------------------------------------

    @property
    def acting(self) -> bool:
        """Whether a task is at work, and not a hook that only looks on."""
        return not (self.current is None or self.disposing or self._looking)

    def access(self, place: Place, kind: Kind) -> None:
        """Write down what the current step does to a place. Outside of tasks, do nothing."""
        if self.log is not None and self.acting:
            self.log.access(place, kind)

    def point(self, text: object) -> None:
        """Offer to go on with another task before the current one does `text`. Outside of tasks, do nothing."""
        task = self.current
        if task is None or self.disposing or self._looking:
            return
        self._step(task, text)
        if not task.runnable(self.now) or (self._limit is not None and self.steps >= self._limit):
            self._hub.switch()  # `run` goes on
        else:
            chosen = self._decide(task, True)
            if chosen is not task:
                self._next = chosen
                self._hub.switch()
            elif self.log is not None:
                self.log.begin(task.name, self._decision, first=False)
        self._resumed(task)

    def wait(self, task: Task, text: object) -> None:
        """Let others go on until the current task is runnable again."""
        self._step(task, text)
        self._resumed(task)
        while not task.runnable(self.now):
            self._hub.switch()
            self._resumed(task)

    def fail(self, error: BaseException) -> None:
        """End the run with `error`; does not return in a task."""
        self._failure = error
        if self.current is not None:
            self._hub.switch()

    def _body(self, task: Task, body: Callable[[], object]) -> None:
        try:
            body()
        except GreenletExit:
            pass
        except BaseException as error:
            task.error = error
            self._failure = error
        task.ended = True

    def _resume(self, task: Task) -> None:
        following: Task | None = task
        while following is not None:
            self.current = following
            self._next = None
            if self.log is not None:
                self.log.begin(following.name, self._decision, first=not following.started)
            following.started = True
            following.greenlet.switch()
            self.current = None
            if self._failure is not None:
                failure, self._failure = self._failure, None
                raise failure
            if following.ended:
                self._hook()
            following = self._next

    def _resumed(self, task: Task) -> None:
        if self.disposing:
            raise GreenletExit
        if task.injected is not None:
            error, task.injected = task.injected, None
            task.lock = task.deadline = None
            try:
                raise error
            finally:
                del error  # its traceback holds this frame: without this, what it unwinds would not be freed

    def _step(self, task: Task, text: object) -> None:
        if self.trace is not None:
            self.trace.append((task.name, str(text)))
        self.steps += 1
        endless = self._repeat.step(task, text) if self.steps > self._calm else None
        if endless is not None:
            self.fail(endless)
        self._hook()

    def _hook(self) -> None:
        if self.on_step is not None:
            self._looking = True  # a hook looks at what is shared: no points, no steps
            try:
                self.on_step(self)
            except BaseException as error:
                if self.current is None:
                    raise
                self.fail(error)
            finally:
                self._looking = False

    def note(self, name: str, text: str) -> None:
        """Write down what happened, if the run is recorded."""
        if self.trace is not None:
            self.trace.append((name, text))

    def _decide(self, current: Task | None, clock: bool) -> Task | None:
        """Return who goes on; the clock may move meanwhile. None if nobody can."""
        while True:
            now = self.now
            going = current is not None and current.runnable(now)
            tasks = [task for task in self.tasks if task.runnable(now)]
            if going and current is not None and tasks[0] is not current:
                tasks.remove(current)
                tasks.insert(0, current)
            stores = [] if self.buffers is None else self.buffers.options()
            timed = bool(self.deadlines())
            self._decision = -1
            if not (tasks or stores):
                if not (timed and clock):
                    return None
                if self.before_clock is not None:
                    self.before_clock(self)
                if not any(task.runnable(now) for task in self.tasks):  # unless it has let somebody go on
                    self.advance_clock()
                continue
            if self.steps > self._calm:
                due = self._fair.due(tasks[1:] if going else tasks, timed and self._by_itself)
                if due == CLOCK:
                    self.advance_clock()
                    continue
                if isinstance(due, Task):
                    return due
            options = [*(task.name for task in tasks), *stores, *([CLOCK] if timed else [])]
            index = self._choose(options, going) if len(options) > 1 else 0
            if index < len(tasks):
                return tasks[index]
            if self.buffers is not None and options[index] in stores:
                self.buffers.move(options[index], self._decision)
                self._hook()
            else:
                self.advance_clock()

    def _choose(self, options: list[str], going: bool) -> int:
        try:
            index = self.chooser.choose(self.decisions, options, going)
        except BaseException as error:
            if self.current is None:
                raise
            self.fail(error)
            raise
        if index:
            self._deviations.append((self.decisions, options[index]))
        self._decision = self.decisions
        self.decisions += 1
        return index
