"""Every schedule of a program, up to a bound of pre-emptions.

Rule 1: the program is run again for every schedule, from the beginning; a schedule is a list of choices.
Rule 2: going on with another task although the current one could go on is a pre-emption, and so is letting the clock
        move although somebody could run. All other choices are free.
Rule 3: a limit that is reached is reported as a limit, never as a pass.
"""

from collections.abc import Callable
from typing import NamedTuple, final

from stateful.scheduler._access import Access, Kind
from stateful.scheduler._buffers import Weak
from stateful.scheduler._core import Scheduler
from stateful.scheduler._fair import PATIENCE
from stateful.scheduler._granularity import Granularity
from stateful.scheduler._points import at_work
from stateful.scheduler._schedule import Schedule
from stateful.scheduler._time import CLOCK

Program = Callable[[Scheduler], Callable[[], None]]
"""Builds what is to be explored on a scheduler, and returns what is to be checked when nothing moves any more."""


class Failed(AssertionError):
    """A schedule failed; says which, and how."""

    def __init__(self, error: BaseException, schedule: Schedule, number: int, picture: str = "") -> None:
        super().__init__(f"{error}\n\nschedule: '{schedule}' (number {number})\n{picture}")
        self.error = error
        self.schedule = schedule
        self.number = number


class Exploration(NamedTuple):
    """What an exploration found."""

    schedules: int
    """How many were run."""
    complete: bool
    """Whether these were all, up to the bound."""
    failed: Failed | None
    """The first that failed."""
    redundant: int = 0
    """How many more were begun and given up, for they would have shown nothing new."""


class _Decision(NamedTuple):
    options: int
    costs: tuple[int, ...]


@final
class _Prefix:
    """Follows a list of choices, then the default, and writes down what was open."""

    def __init__(self, choices: list[int]) -> None:
        self.choices = choices
        self.seen: list[_Decision] = []

    def choose(self, decision: int, options: list[str], going: bool) -> int:
        """Return the choice at this decision."""
        runnable = len(options) - (options[-1] == CLOCK)
        costs = tuple(int((going and k > 0) or (k == runnable)) for k in range(len(options)))
        self.seen.append(_Decision(len(options), costs))
        return self.choices[decision] if decision < len(self.choices) else 0


def run_once(program: Program, scheduler: Scheduler, waiting: dict[str, Access] | None = None) -> BaseException | None:
    """Run a program on a scheduler to its end; return what it raised, if anything; `waiting` gets who waits for what."""
    try:
        check = program(scheduler)
        scheduler.run()
        check()
    except Exception as error:
        return error
    finally:
        if waiting is not None:
            locks = ((task.name, task.lock) for task in scheduler.tasks if not task.ended)
            waiting.update({name: Access(lock.place, Kind.TAKE) for name, lock in locks if lock is not None})
        scheduler.dispose()
    return None


def explore(
    program: Program,
    *,
    preemptions: int | None,
    granularity: Granularity = Granularity.CELLS,
    max_schedules: int | None = None,
    max_steps: int = 20_000,
    patience: int = PATIENCE,
    log: bool = False,
    buffers: Weak | None = None,
) -> Exploration:
    """Run `program` under every schedule with at most `preemptions` pre-emptions (None: any number), or until one fails.

    Schedules that keep somebody waiting for longer than `patience` are not among them (`_fair.py`).
    With `log`, the clock can move whenever a deadline lies ahead, as in a reduced exploration.
    With `buffers`, stores become visible later.
    """
    choices: list[int] = []
    number = 0
    while max_schedules is None or number < max_schedules:
        chooser = _Prefix(choices)
        scheduler = Scheduler(
            chooser, granularity=granularity, max_steps=max_steps, patience=patience, log=log, buffers=buffers
        )
        with at_work(scheduler):
            error = run_once(program, scheduler)
        number += 1
        if error is not None:
            return Exploration(number, False, Failed(error, scheduler.schedule, number))
        following = _following(choices, chooser.seen, preemptions)
        if following is None:
            return Exploration(number, True, None)
        choices = following
    return Exploration(number, False, None)


def _following(choices: list[int], seen: list[_Decision], bound: int | None) -> list[int] | None:
    """Return the next list of choices in depth-first order, or None after the last."""
    taken = choices + [0] * (len(seen) - len(choices))
    spent = [0]
    for choice, decision in zip(taken, seen, strict=True):
        spent.append(spent[-1] + decision.costs[choice])
    for k in range(len(seen) - 1, -1, -1):
        decision = seen[k]
        for choice in range(taken[k] + 1, decision.options):
            if bound is None or spent[k] + decision.costs[choice] <= bound:
                return [*taken[:k], choice]
    return None
