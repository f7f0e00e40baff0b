"""Ways to choose among the tasks that can go on: one small class each.

Rule 1: a chooser is asked only where there is a choice, and answers with an index. 0 is the default.
Rule 2: `options` are names, the current task first if it can go on (`going`), the clock last.
"""

import random
from typing import Protocol, final

from stateful.scheduler._schedule import Schedule


class Chooser(Protocol):
    """Decides who goes on."""

    def choose(self, decision: int, options: list[str], going: bool) -> int:
        """Return the index of the option to take at this decision."""


@final
class Replay:
    """Follows a schedule. Strict, a decision that is not possible is an error; else it is passed over."""

    def __init__(self, schedule: Schedule = Schedule(), *, strict: bool = True) -> None:  # noqa: B008  # immutable
        self._choices = dict(schedule.deviations)
        self._strict = strict

    def choose(self, decision: int, options: list[str], going: bool) -> int:
        """Return what the schedule says, or the default."""
        name = self._choices.get(decision)
        if name is None:
            return 0
        if name in options:
            return options.index(name)
        if self._strict:
            raise ValueError(f"at decision {decision} the schedule says {name!r}, but there is only {options}")
        return 0


@final
class RandomWalk:
    """Chooses at random: goes on with the current task, except with probability `switch`."""

    def __init__(self, seed: int, switch: float = 0.2) -> None:
        self._random = random.Random(seed)
        self._switch = switch

    def choose(self, decision: int, options: list[str], going: bool) -> int:
        """Return a random choice."""
        if going and self._random.random() >= self._switch:
            return 0
        return self._random.randrange(len(options))


@final
class PCT:
    """Chooses by random priorities that change at `depth - 1` random decisions among the first `steps`.

    Finds a bug that needs `depth` ordered events with probability at least 1 / (tasks * steps ** (depth - 1)).
    (Burckhardt, Kothari, Musuvathi, Nagarakatte: A Randomized Scheduler with Probabilistic Guarantees of Finding
    Bugs, ASPLOS 2010.)
    """

    def __init__(self, seed: int, depth: int = 3, steps: int = 100) -> None:
        self._random = random.Random(seed)
        self._priorities: dict[str, float] = {}
        self._changes = {self._random.randrange(steps) for _ in range(depth - 1)}
        self._lowest = 0.0

    def choose(self, decision: int, options: list[str], going: bool) -> int:
        """Return the option of the highest priority."""
        for name in options:
            self._priorities.setdefault(name, self._random.random() + 1)
        best = max(options, key=self._priorities.__getitem__)
        if decision in self._changes:
            self._lowest -= 1
            self._priorities[best] = self._lowest
            best = max(options, key=self._priorities.__getitem__)
        return options.index(best)


@final
class Drawn:
    """Follows a list of pre-emptions: after so many decisions, take the option of that index."""

    def __init__(self, preemptions: list[tuple[int, int]]) -> None:
        self._choices: dict[int, int] = {}
        decision = 0
        for gap, index in preemptions:
            decision += gap
            self._choices[decision] = index

    def choose(self, decision: int, options: list[str], going: bool) -> int:
        """Return what was drawn for this decision, or the default."""
        return self._choices.get(decision, 0) % len(options)
