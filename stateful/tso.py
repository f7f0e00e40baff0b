"""The memory of x86 as a machine of its own, and programs for it: what the store buffers are compared with.

Rule 1: this is written from the paper alone and shares nothing with the scheduler: states, not runs.
Rule 2: a program is a list of acts for each task. An outcome is what its loads have seen, and what memory holds at the end.
Rule 3: `sequential` runs the same program without buffers: what it cannot do and `outcomes` can is what is weak.

(Sewell, Sarkar, Owens, Zappa Nardelli, Myreen: x86-TSO, CACM 53(7), 2010. The litmus tests are those named there and in
Alglave, Maranget, Tautschnig: Herding Cats, TOPLAS 36(2), 2014.)
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, TypeVar

from stateful.scheduler import Scheduler

PLACES = 2

T = TypeVar("T")


class Act(NamedTuple):
    """One thing that a task does: `load`, `store`, `fence`, or `add`, which takes the lock for a load and a store."""

    verb: str
    place: int = 0
    value: int = 0


Acts = tuple[Act, ...]
Outcome = tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]


class Machine(NamedTuple):
    """A state: how far each task is, what it has loaded, what it has stored and others cannot see, and memory."""

    at: tuple[int, ...]
    seen: tuple[tuple[int, ...], ...]
    buffers: tuple[tuple[tuple[int, int], ...], ...]
    memory: tuple[int, ...]


def _with(values: tuple[T, ...], index: int, value: T) -> tuple[T, ...]:
    return (*values[:index], value, *values[index + 1 :])


def _following(tasks: list[Acts], state: Machine, *, buffered: bool) -> Iterator[Machine]:
    """Yield the states that can come next."""
    for number, acts in enumerate(tasks):
        buffer, memory, seen = state.buffers[number], state.memory, state.seen[number]
        if buffer:
            place, value = buffer[0]
            yield state._replace(buffers=_with(state.buffers, number, buffer[1:]), memory=_with(memory, place, value))
        if state.at[number] == len(acts):
            continue
        act = acts[state.at[number]]
        match act.verb:
            case "load":
                mine = [value for place, value in buffer if place == act.place]
                seen = (*seen, mine[-1] if mine else memory[act.place])
            case "store" if buffered:
                buffer = (*buffer, (act.place, act.value))
            case "store":
                memory = _with(memory, act.place, act.value)
            case _ if buffer:
                continue  # a locked instruction waits for its buffer
            case "add":
                seen = (*seen, memory[act.place])
                memory = _with(memory, act.place, memory[act.place] + act.value)
        yield Machine(
            _with(state.at, number, state.at[number] + 1),
            _with(state.seen, number, seen),
            _with(state.buffers, number, buffer),
            memory,
        )


def outcomes(tasks: list[Acts], *, buffered: bool = True) -> set[Outcome]:
    """Return every outcome of a program."""
    zero = (0,) * len(tasks)
    begin = Machine(zero, ((),) * len(tasks), ((),) * len(tasks), (0,) * PLACES)
    known, open_ = {begin}, [begin]
    found: set[Outcome] = set()
    while open_:
        state = open_.pop()
        following = list(_following(tasks, state, buffered=buffered))
        if not following:
            found.add((state.seen, state.memory))
        open_.extend(other for other in following if other not in known)
        known.update(following)
    return found


def sequential(tasks: list[Acts]) -> set[Outcome]:
    """Return every outcome of a program whose stores are visible at once."""
    return outcomes(tasks, buffered=False)


class OnTheScheduler:
    """The same program on a scheduler; gathers the outcomes of all runs."""

    def __init__(self, tasks: list[Acts]) -> None:
        self.tasks = tasks
        self.outcomes: set[Outcome] = set()

    def __call__(self, scheduler: Scheduler) -> Callable[[], None]:
        """Load the program."""
        runtime = scheduler.runtime
        cells = [runtime.cell(0) for _ in range(PLACES)]
        lock, fences = runtime.lock(), [runtime.lock() for _ in self.tasks]
        seen: list[list[int]] = [[] for _ in self.tasks]

        def run(number: int) -> None:
            for verb, place, value in self.tasks[number]:
                match verb:
                    case "load":
                        seen[number].append(cells[place].value)
                    case "store":
                        cells[place].value = value
                    case "fence":
                        fences[number].acquire(False)
                    case "add":
                        with lock:
                            before = cells[place].value
                            seen[number].append(before)
                            cells[place].value = before + value

        for number in range(len(self.tasks)):
            scheduler.spawn("PQRS"[number], partial(run, number))

        def check() -> None:
            self.outcomes.add((tuple(map(tuple, seen)), tuple(cell.value for cell in cells)))

        return check
