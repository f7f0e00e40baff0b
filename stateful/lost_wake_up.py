"""The wait strategy that lost wake-ups in production, transcribed: LMAX Disruptor 2.10.1, `BlockingWaitStrategy`.

A consumer counts itself under the lock, tests the cursor again, and sleeps. The producer moves the cursor, and takes the
lock to wake somebody only if the count is not zero. One of the two sees what the other has stored, if stores are visible at
once. They are not: the cursor was a plain ordered store, and the load of the count overtook it.
(https://github.com/LMAX-Exchange/disruptor/issues/119: 6 seconds in production; 2.10.4 wakes without looking at the count.)

Rule 1: the algorithm is transcribed from its description, not from its source. One producer publishes once: that event is
        the last, so nothing masks a lost wake-up.
Rule 2: which of its stores are fenced is not a part of the program: the store buffers are told (`Weak`), by label.
"""

from collections.abc import Callable

from model.draw import Row, lanes
from stateful.scheduler import Granularity, Replay, Schedule, Scheduler, Weak, at_work

AS_RELEASED = Weak(fenced=("waiters",))
"""The count is volatile: on x86, a fence follows its stores. The cursor is not."""

FENCED = Weak(fenced=("waiters", "cursor"))
"""The cursor has a fence, too: an exchange in place of the ordered store."""


class LostWakeUp(AssertionError):
    """Nothing moves, the event is there, and its consumer sleeps."""


def blocking(*, look: bool = True, consumers: int = 1) -> Callable[[Scheduler], Callable[[], None]]:
    """Return the program. `look`: whether the producer looks at the count before it takes the lock."""

    def load(scheduler: Scheduler) -> Callable[[], None]:
        runtime = scheduler.runtime
        lock = runtime.lock()
        condition = runtime.condition(lock)
        cursor, waiters = runtime.cell(-1), runtime.cell(0)
        for cell, label in ((cursor, "cursor"), (waiters, "waiters")):
            if hasattr(cell, "label"):
                cell.label = label

        def consume() -> None:
            if cursor.value >= 0:
                return
            with lock:
                waiters.value += 1
                while cursor.value < 0:
                    condition.wait()
                waiters.value -= 1

        def produce() -> None:
            cursor.value = 0
            if not look or waiters.value:
                with lock:
                    condition.notify_all()

        tasks = [scheduler.spawn(f"C{k}" if k else "C", consume) for k in range(consumers)]
        scheduler.spawn("P", produce)

        def check() -> None:
            asleep = [task.name for task in tasks if not task.ended]
            if asleep:
                raise LostWakeUp(f"{', '.join(asleep)} waits for the event that is there: cursor = {cursor.value}")

        return check

    return load


def picture(program: Callable[[Scheduler], Callable[[], None]], schedule: str, weak: Weak | None) -> str:
    """Run one schedule of a bare program, at the granularity of cells, and return the picture of what happened."""
    scheduler = Scheduler(
        Replay(Schedule.parse(schedule)), granularity=Granularity.CELLS, record=True, log=True, buffers=weak
    )
    outcome = "nothing is wrong"
    with at_work(scheduler):
        try:
            check = program(scheduler)
            scheduler.run()
            check()
        except AssertionError as error:
            outcome = f"{type(error).__name__}: {error}"
        finally:
            scheduler.dispose()
    rows = [Row(name, text) for name, text in scheduler.trace or []]
    return "\n".join([outcome, lanes(dict.fromkeys(row.actor for row in rows), rows), f"replay: '{schedule}'"])
