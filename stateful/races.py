"""What programs touch without order, in the schedules that the reduction makes of them, between bytecodes."""

from collections.abc import Callable

from stateful.adapters._protocol import Make
from stateful.bodies import Program
from stateful.library import LIBRARY
from stateful.scheduler import Granularity, Scheduler, instrumented, reduced, unordered
from stateful.scheduler._log import Log


def races(programs: tuple[Program, ...], by_value: Make, in_place: Make, limit: int | None) -> set[str]:
    """Return the names of what is touched without order in up to `limit` schedules of each program."""
    found: set[str] = set()

    def look(log: Log) -> None:
        found.update(unordered(log))

    with instrumented(LIBRARY):
        for program in programs:
            make = in_place if program.in_place else by_value

            def load(scheduler: Scheduler, program: Program = program, make: Make = make) -> Callable[[], None]:
                return program.load(make, scheduler).finish

            reduced(load, granularity=Granularity.BYTECODES, max_schedules=limit, look=look)
    return found
