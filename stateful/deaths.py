"""A process is killed at one step of any program, and the model judges what the others see. (`kills.py` judges by accounts.)

Rule 1: a step is an access of the library to what processes share; the victim stops there, and nothing of it is unwound.
Rule 2: the oracle is told (`model/dying.py`), and then everything is compared as in every other run (`world.py`).
Rule 3: time passes for who is parked when nothing else moves, and only after the death: no wake-up that the living owe each
        other is made up for by time, as long as nobody is dead.
"""

from typing import NamedTuple, final

from disruptor import DisruptorError
from disruptor._override import override
from model.dying import Survivors
from model.state import Call, Outcome
from stateful.adapters.processes import ProcessesByValue, ProcessesInPlace
from stateful.programs import PROGRAMS, Program
from stateful.scheduler import Granularity, RandomWalk, Replay, Scheduler, Weak

ANOTHERS = ("one claim", "a claim is finished", "voids x poll")
"""How the names of programs begin in which one finishes the claim of another, who has made the ring."""
MORTAL = tuple(program for program in PROGRAMS if not program.name.startswith(ANOTHERS))
"""Not those: one finishes the claim with that one's handles, and nobody can die alone."""
NAPS = 3
"""How often all who are parked look around before it is said that nothing moves."""


class Killed(NamedTuple):
    """One run."""

    struck: bool
    """Whether the victim got so far."""
    error: AssertionError | None


@final
class Mourners(Survivors):
    """An oracle that remembers whose the claims are."""

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self._calls: dict[str, Call] = {}
        self.claims: dict[str, list[tuple[int, int]]] = {}

    @override
    def invoke(self, task: str, call: Call) -> None:
        """Tell that a call begins."""
        self._calls[task] = call
        super().invoke(task, call)

    @override
    def respond(self, task: str, outcome: Outcome) -> None:
        """Tell how a call has ended."""
        super().respond(task, outcome)
        if self._calls[task].verb == "claim" and outcome.sequences:
            self.claims.setdefault(task, []).append((outcome.sequences[0], self._calls[task].n))


def kill(program: Program, victim: str, step: int, seed: int, buffers: Weak | None = None) -> Killed:
    """Kill a task of a program at its step number `step`, from 1; `seed` 0 is the default schedule, others are random."""
    chooser = RandomWalk(seed) if seed else Replay()
    scheduler = Scheduler(chooser, granularity=Granularity.CELLS, buffers=buffers, record=True)
    error: AssertionError | None = None
    scene = _Scene(scheduler, program, victim, step)
    try:
        scene.run()
    except (AssertionError, DisruptorError) as raised:
        lines = "\n".join(f"{name}: {text}" for name, text in (scheduler.trace or ())[-80:])
        error = AssertionError(f"{program.name}: {victim}, step {step}, seed {seed}: {raised!r}\n{lines}")
        error.__cause__ = raised
    finally:
        scheduler.dispose(scene.task)
    return Killed(scene.struck, error)


def strike(program: Program, victim: str, seeds: range, buffers: Weak | None = None, *, every: int = 1) -> int:
    """Kill a task of a program at each step (or every so many); return in how many runs it died. Raises what is wrong."""
    struck, step, going = 0, 1, True
    while going:
        killed = [kill(program, victim, step, seed, buffers) for seed in seeds]
        for one in killed:
            if one.error is not None:
                raise one.error
        deaths = sum(one.struck for one in killed)
        struck, step, going = struck + deaths, step + every, deaths > 0
    return struck


@final
class _Scene:
    """A program between processes, one of which dies."""

    def __init__(self, scheduler: Scheduler, program: Program, victim: str, step: int) -> None:
        self.scheduler = scheduler
        self.struck = False
        self._oracle = Mourners(program.capacity)
        make = ProcessesInPlace if program.in_place else ProcessesByValue
        self._world = program.load(make, scheduler, self._oracle)
        ring = self._world.ring
        if not isinstance(ring, (ProcessesByValue, ProcessesInPlace)):
            raise TypeError(f"{ring!r} is no ring between processes")
        self._ring = ring
        [self.task] = [task for task in scheduler.tasks if task.name == victim]
        self._ident = self._world.ident_of(victim)
        self._steps = 0
        self._step = step
        self._naps = 0
        self._on_step = scheduler.on_step
        scheduler.on_step = self._hook
        self._before_clock = scheduler.before_clock
        scheduler.before_clock = self._nothing_moves

    def run(self) -> None:
        """Run to the end, and judge."""
        self.scheduler.run()
        for _ in range(NAPS * self.struck):
            self._ring._simulated.machine.naps_end()
            self.scheduler.run()
        self.scheduler.current = None  # not the dead looks on, but who made the ring
        self._world.finish()
        self._ring.check()

    def _hook(self, scheduler: Scheduler) -> None:
        process = self._ring._simulated.processes.get(self._ident)
        if scheduler.current is self.task and not self.task.ended and process is not None:
            self._steps += 1
            if self._steps == self._step:
                self.struck = True
                name = self.task.name
                scheduler.note(name, "is killed")
                self._ring._simulated.machine.kill(self.task, process.number)
                table = process.sequencer.gate_table
                mine = [row.gate.name for row in table.rows() if table.owner(row) == process.number]
                self._world.killed(name)
                self._oracle.kill(name, self._oracle.claims.get(name, ()), mine)
        if self._on_step is not None:
            self._on_step(scheduler)

    def _nothing_moves(self, scheduler: Scheduler) -> None:
        if self.struck and self._naps < NAPS:
            self._naps += 1
            self._ring._simulated.machine.naps_end()
            if any(task.runnable(scheduler.now) for task in scheduler.tasks):
                return
        self._naps = 0
        if self._before_clock is not None:
            self._before_clock(scheduler)
