"""Which steps of a run come after which, and where two of them race.

Rule 1: a step comes after another one if it is a later step of the same task, or conflicts with it, or by way of others.
        Each step has a vector clock: how many steps of each task come before it or are it.
Rule 2: two steps of two tasks race if they conflict and nothing in between orders them: they might have gone the other way.
        Taking a lock does not race with giving it back: until then it cannot be taken. It races with its last taking.
        Nor does what follows in the same step race with what came before the lock was given back.
Rule 3: what would go first the other way round (`first_movers`): tasks that have a step, among those after the first of the
        two that do not come after it and the second, that comes after no other of them.

(Flanagan, Godefroid: Dynamic Partial-Order Reduction for Model Checking Software, POPL 2005. Abdulla, Aronis, Jonsson,
Sagonas: Optimal Dynamic Partial Order Reduction, POPL 2014, whose initials these first movers are.)
"""

from collections.abc import Iterator
from typing import final

from stateful.scheduler._access import COMMUTE, TAKES, Access, Kind, Place, Step, conflicts

_RACES_WITH_TAKE = TAKES | {Kind.LOAD}


@final
class Order:
    """The order among the steps of one run, built step by step."""

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        names = list(dict.fromkeys(step.task for step in steps))
        self._index = {name: k for k, name in enumerate(names)}
        self._now = [[0] * len(names) for _ in names]
        self._clocks: list[list[int]] = []
        self._last: dict[Place, dict[tuple[int, Kind], int]] = {}

    def races(self, since: int, waiting: dict[str, Access]) -> Iterator[tuple[int, int | None, list[int], Step]]:
        """Yield the races of steps from `since` on: the earlier one, the later one, the clock before that one, itself.

        `waiting`: what tasks wait for at the end, as if it were to come next; then the later one is None.
        """
        for number, step in enumerate(self.steps):
            task = self._index[step.task]
            before = list(self._now[task])
            if number >= since:
                for earlier in self._racing(task, before, step.accesses):
                    yield earlier, number, before, step
            self._add(number, task, step.accesses)
        for name, access in waiting.items():
            task = self._index[name]
            before = self._now[task]
            for earlier in self._racing(task, before, [access]):
                yield earlier, None, before, Step(name, -1, [access])

    def _add(self, number: int, task: int, accesses: list[Access]) -> None:
        clock = list(self._now[task])
        for access in accesses:
            place, kind = access
            known = self._last.setdefault(place, {})
            commutes = kind in COMMUTE
            for (other, what), last in known.items():
                if other != task and not (commutes and what is kind):
                    clock = list(map(max, clock, self._clocks[last]))
        clock[task] += 1
        for place, kind in accesses:
            self._last[place][task, kind] = number
        self._clocks.append(clock)
        self._now[task] = clock

    def _racing(self, task: int, before: list[int], accesses: list[Access]) -> list[int]:
        found: set[int] = set()
        for place, kind in accesses:
            known = self._last.get(place)
            if not known:
                continue
            # What is done under a lock that this step has taken is no race of its own: it would hide the one of the taking.
            given = [last for (_, what), last in known.items() if what is Kind.GIVE] if kind is Kind.TAKE else []
            commutes = kind in COMMUTE
            for (other, what), last in known.items():
                if (
                    other != task
                    and before[other] < self._clocks[last][other]
                    and not (commutes and what is kind)
                    and (kind is not Kind.TAKE or what in _RACES_WITH_TAKE)
                ):
                    found.add(last)
            for last in given:
                before = list(map(max, before, self._clocks[last]))
        return [step for step in found if not any(self.after(other, step) for other in found if other != step)]

    def after(self, later: int, earlier: int) -> bool:
        """Tell whether a step comes after another one."""
        task = self._index[self.steps[earlier].task]
        return self._clocks[later][task] >= self._clocks[earlier][task]

    def first_movers(self, earlier: int, later: int | None, before: list[int], last: Step) -> list[str]:
        """Return the tasks that could go first if the two racing steps were to go the other way round.

        `last` is the later step, and `before` the clock of its task before it.
        """
        steps, clocks = self.steps, self._clocks
        task = self._index[steps[earlier].task]
        mark = clocks[earlier][task]
        free = [
            number
            for number in range(earlier + 1, len(clocks) if later is None else later)
            if clocks[number][task] < mark  # does not come after the earlier of the two
        ]
        first: dict[int, int] = {}  # the first own step of each task among those
        movers: list[str] = []
        for number in free:
            name, clock = steps[number].task, clocks[number]
            mine = self._index[name]
            if mine not in first:
                if all(clock[other] < step for other, step in first.items()):
                    movers.append(name)
                first[mine] = clock[mine]
        if self._index[last.task] not in first and not any(
            before[self._index[steps[number].task]] >= clocks[number][self._index[steps[number].task]]
            or conflicts(steps[number].accesses, last.accesses)
            for number in free
        ):
            movers.append(last.task)
        return movers
