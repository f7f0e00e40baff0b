"""Fields that two tasks touch with nothing that orders them: data races.

Rule 1: order comes from locks (who takes one comes after who gave it back) and from cells (who loads one comes after all who
        stored to it), and from nothing else: neither from luck nor from the scheduler.
Rule 2: two accesses to a field, an item or a slot, of two tasks, one of them a store, with no such order between them, are a
        race, whatever came of it in this run. So one run finds races that show in no outcome of it.

(Lamport's happened-before with vector clocks, as in Flanagan, Freund: FastTrack, PLDI 2009, without its compression.)
"""

from typing import final

from stateful.scheduler._access import HISTORY, TIME, Kind, Place
from stateful.scheduler._log import Log
from stateful.scheduler._memory import SimCell
from stateful.scheduler._runtime import SimLock

Clock = dict[str, int]

_STORES = frozenset({Kind.STORE})


@final
class _Field:
    """Who has last loaded from, and stored to, one field: the step of each task."""

    __slots__ = ("loads", "stores")

    def __init__(self) -> None:
        self.loads: Clock = {}
        self.stores: Clock = {}


def unordered(log: Log) -> set[str]:
    """Return the fields with races in a run, as `Class.field`."""
    kinds = log.kinds
    clocks: dict[str, Clock] = {}
    given: dict[Place, Clock] = {}
    fields: dict[Place, _Field] = {}
    races: set[str] = set()
    for step in log.steps:
        mine = clocks.setdefault(step.task, {})
        mine[step.task] = mine.get(step.task, 0) + 1
        for place, kind in step.accesses:
            if place in (HISTORY, TIME):
                continue
            if isinstance(place, str) or issubclass(kinds.get(place, object), SimLock | SimCell):
                _order(mine, given.setdefault(place, {}), kind)
                continue
            field = fields.setdefault(place, _Field())
            others = [field.stores] if kind is Kind.LOAD else [field.stores, field.loads]
            if any(task != step.task and mine.get(task, 0) < last for known in others for task, last in known.items()):
                races.add(_label(place, kinds))
            (field.stores if kind in _STORES else field.loads)[step.task] = mine[step.task]
    return races


def _order(mine: Clock, given: Clock, kind: Kind) -> None:
    """Come after those whose word was heard; leave one's own for those who come."""
    if kind in (Kind.LOAD, Kind.TAKE, Kind.TRY):
        for task, step in given.items():
            mine[task] = max(mine.get(task, 0), step)
    else:
        for task, step in mine.items():
            given[task] = max(given.get(task, 0), step)


def _label(place: Place, kinds: dict[Place, type]) -> str:
    """Return what a place is: a field of a class, a slot, or the items of a container."""
    if isinstance(place, tuple) and len(place) == 2 and isinstance(place[0], tuple):
        field = place[1] if isinstance(place[1], str) else "[]"
        return f"{kinds[place[0]].__name__}.{field}"
    return f"items of a {kinds[place].__name__}"
