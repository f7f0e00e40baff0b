"""A failing schedule as a picture: lanes, the broken promise, the string that replays it, both views of the ring.

The failing schedule is run once more, this time with everything recorded; so a picture also shows that it replays.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType

from model.draw import Row, lanes
from model.oracle import View
from stateful.adapters._protocol import Make
from stateful.library import LIBRARY
from stateful.programs import Program
from stateful.scheduler import (
    CLOCK,
    Exploration,
    Failed,
    Granularity,
    Replay,
    Schedule,
    Scheduler,
    Weak,
    at_work,
    explore,
    instrumented,
    reduced,
)
from stateful.world import World

SHOWN = 100
"""How many steps of a long run are shown, of its beginning and of its end."""


def check(
    program: Program,
    make: Make,
    *,
    preemptions: int | None = None,
    granularity: Granularity,
    max_schedules: int | None = None,
    reduce: bool = False,
    modules: Iterable[ModuleType] = LIBRARY,
    buffers: Weak | None = None,
) -> Exploration:
    """Explore a program on a ring; the failure, if there is one, comes with its picture.

    `reduce`: every schedule that can make a difference, instead of every one with so many pre-emptions.
    `modules`: whose source gets scheduling points, where the granularity or the reduction needs them.
    `buffers`: stores become visible later.
    """

    def load(scheduler: Scheduler) -> Callable[[], None]:
        return program.load(make, scheduler).finish

    with _seen(granularity, reduce, modules):
        if reduce:
            found = reduced(load, granularity=granularity, max_schedules=max_schedules, buffers=buffers)
        else:
            found = explore(
                load,
                preemptions=preemptions,
                granularity=granularity,
                max_schedules=max_schedules,
                buffers=buffers,
            )
    if found.failed is None:
        return found
    schedule = found.failed.schedule
    picture = replay(program, make, str(schedule), granularity, reduce=reduce, modules=modules, buffers=buffers)
    return found._replace(failed=Failed(found.failed.error, schedule, found.schedules, picture))


def _seen(granularity: Granularity, reduce: bool, modules: Iterable[ModuleType]) -> AbstractContextManager[None]:
    """Return the points in the source that this way of exploring needs: a reduction must see every access."""
    return instrumented(modules) if reduce or granularity is Granularity.BYTECODES else nullcontext()


def replay(
    program: Program,
    make: Make,
    schedule: str,
    granularity: Granularity,
    *,
    reduce: bool = False,
    modules: Iterable[ModuleType] = LIBRARY,
    buffers: Weak | None = None,
) -> str:
    """Run one schedule of a program, given as its string, and return the picture of what happened."""
    chooser = Replay(Schedule.parse(schedule))
    scheduler = Scheduler(chooser, granularity=granularity, record=True, log=reduce, buffers=buffers)
    error: BaseException | None = None
    world: World | None = None
    views = ""
    with _seen(granularity, reduce, modules), at_work(scheduler):
        try:
            world = program.load(make, scheduler)
            scheduler.run()
            world.finish()
        except Exception as raised:
            error = raised
        finally:
            if world is not None:
                view = world.ring.view()
                shown = "in the middle of a change" if view is None else str(view)
                # The model may be in more than one state; a picture shows all, so that it is the same every time.
                expected = "\n               or ".join(sorted({str(View.of(state)) for state in world.oracle.states}))
                views = f"the ring shows    {shown}\nthe model expects {expected}"
            scheduler.dispose()
    rows = [Row(name, text) for name, text in scheduler.trace or []]
    if len(rows) > 2 * SHOWN:
        left_out = f"... {len(rows) - 2 * SHOWN} steps more"
        rows = [*rows[:SHOWN], rows[SHOWN]._replace(text=left_out), *rows[-SHOWN:]]
    outcome = "nothing is wrong" if error is None else f"{type(error).__name__}: {str(error).splitlines()[0]}"
    if rows and error is not None:
        rows[-1] = rows[-1]._replace(note=type(error).__name__)
    actors = [*program.tasks, *sorted({row.actor for row in rows} - {*program.tasks, CLOCK})]
    actors += [CLOCK] if any(row.actor == CLOCK for row in rows) else []
    way = f"{granularity.value}, reduced" if reduce else granularity.value
    way += "" if buffers is None else ", with store buffers"
    replays = f"replay: {program.name!r} on {way} with '{schedule}'"
    return "\n".join([f"{program.name}: {outcome}", lanes(actors, rows), views, replays])
