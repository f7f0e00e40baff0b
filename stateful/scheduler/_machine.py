"""A machine of simulated processes: memory, the ring's lock, parking, and death. Each task is a process.

Rule 1: every word is a cell, and so every load and store is a point. With store buffers, they are buffered.
Rule 2: who waits for the ring's lock sleeps until it is free: trying again and again would be the same, in more steps.
Rule 3: nobody is woken by the mere passing of time, unless his own time-out is over: `PARK_SECONDS` would hide every wake-up
        that is lost. Only after a death, when nothing else moves, `naps_end` ends the naps of all who are parked.
Rule 4: a process that dies stops where it stands, between two steps: nothing of it is unwound, its locks are free, and what
        it has stored has reached the memory (it was a store of a processor) or not (`_buffers.py`).
"""

from math import inf
from typing import TYPE_CHECKING, final

from disruptor._cell import Cell
from disruptor._sync import Lock, Runtime
from disruptor.shared._kernel import Words
from stateful.scheduler._task import Task

if TYPE_CHECKING:
    from stateful.scheduler._core import Scheduler


@final
class Machine:
    """What all processes of one ring share. A `disruptor.shared._kernel.Memory`."""

    def __init__(self, runtime: Runtime, words: int) -> None:
        self.runtime = runtime
        self.cells = [runtime.cell(0) for _ in range(words)]
        self.lock = runtime.lock()
        self.scheduler: Scheduler | None = getattr(self.lock, "scheduler", None)
        self.parked: dict[int, Lock] = {}
        self.dead: set[int] = set()
        self.holder: int | None = None
        self._ended: set[int] = set()  # places where a nap is over, and nobody has called

    def words(self, first: int, count: int) -> Words:
        """Return some words."""
        return SimWords(self.cells[first : first + count])

    def cell(self, word: int) -> Cell:
        """Return one word."""
        return self.cells[word]

    def fenced(self, word: int) -> Cell:
        """Return one word whose stores do not wait in a buffer."""
        return Fenced(self.scheduler, self.cells[word])

    def buffer(self, first: int, size: int) -> memoryview:
        """Refuse: the slots of simulated processes are objects."""
        raise NotImplementedError

    def place(self, place: int) -> Lock:
        """Return the lock that whoever is parked at a place waits for."""
        if place not in self.parked:
            self.parked[place] = self.runtime.parked()
        return self.parked[place]

    def kill(self, task: Task, number: int) -> None:
        """End a process where it stands. Not to be called by a task."""
        task.ended = True
        self.dead.add(number)
        if self.scheduler is not None and self.scheduler.buffers is not None:
            self.scheduler.buffers.drain(task.name)
        if self.holder == number:
            self.holder = None
            self.lock.release()

    def naps_end(self) -> None:
        """End the naps of all who are parked, as `PARK_SECONDS` does."""
        for place, lock in self.parked.items():
            if lock.locked():
                self._ended.add(place)
                lock.release()

    def nap_is_over(self, place: int) -> bool:
        """Tell whether somebody was not called, but has had his nap."""
        over = place in self._ended
        self._ended.discard(place)
        return over


@final
class SimWords:
    """Some words in a row."""

    __slots__ = ("_cells",)

    def __init__(self, cells: list[Cell]) -> None:
        self._cells = cells

    def __getitem__(self, index: int) -> int:
        return self._cells[index].value

    def __setitem__(self, index: int, value: int) -> None:
        self._cells[index].value = value

    def __len__(self) -> int:
        return len(self._cells)


@final
class Fenced:
    """A cell whose stores reach the memory at once."""

    __slots__ = ("_cell", "_scheduler")

    def __init__(self, scheduler: "Scheduler | None", cell: Cell) -> None:
        self._scheduler = scheduler
        self._cell = cell

    @property
    def value(self) -> int:
        """What is in the cell."""
        return self._cell.value

    @value.setter
    def value(self, value: int) -> None:
        self._cell.value = value
        scheduler = self._scheduler
        if scheduler is not None and scheduler.buffers is not None and scheduler.acting:
            scheduler.buffers.fence("make it visible")


@final
class SimKernel:
    """What one process asks of the machine. A `disruptor.shared._kernel.Kernel`."""

    def __init__(self, machine: Machine, number: int) -> None:
        self._machine = machine
        self.number = number

    def local_lock(self) -> Lock:
        """Make a lock among the threads of this process."""
        return self._machine.runtime.lock()

    def lock(self, blocking: bool) -> bool:
        """Take the ring's lock."""
        taken = self._machine.lock.acquire(blocking)
        if taken:
            self._machine.holder = self.number
        return taken

    def unlock(self) -> None:
        """Give the ring's lock back, if this process has it."""
        machine = self._machine
        if machine.holder == self.number:
            machine.lock.release()
            if machine.holder == self.number:  # unless somebody has taken it since
                machine.holder = None

    def mark(self, number: int) -> None:
        """Nothing is to be done: who is not dead is alive."""

    def alive(self, number: int) -> bool:
        """Tell whether a process has not died."""
        return number not in self._machine.dead

    def park(self, place: int, seconds: float) -> bool:
        """Sleep until woken."""
        timeout = -1 if seconds == inf else seconds
        woken = self._machine.place(place).acquire(True, timeout)
        return woken and not self._machine.nap_is_over(place)

    def wake(self, place: int) -> None:
        """Wake who is parked there."""
        lock = self._machine.place(place)
        if lock.locked():
            lock.release()
