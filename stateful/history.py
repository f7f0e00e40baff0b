"""What happened on real threads, judged afterwards by the same model.

Rule 1: a call is written down before it begins and after it has returned, in one order, with the time. What lies between is
        the thread's own affair: the oracle tries every order that fits.
Rule 2: a time-out is told to the oracle at its place in time, counted from before the call began: never too late.
"""

import threading
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol, final

from disruptor._sync import THREADS, Runtime
from model.oracle import Oracle, View
from model.state import Call, Outcome
from stateful.adapters._protocol import Ring
from stateful.bodies import Program

LIMIT_S = 60.0
"""After so long a thread counts as stuck: generous, for nothing is measured."""


class Watched(Ring, Protocol):
    """A ring that also tells who sleeps."""

    def waiting(self) -> int:
        """Return how many callers are asleep in the ring at this moment, and were not yet woken."""


class Event(NamedTuple):
    """A beginning, an end, or a time that is over."""

    time_ns: int
    task: str
    call: Call | None = None
    outcome: Outcome | None = None


@final
class Recorder:
    """A ring whose calls are written down."""

    def __init__(self, ring: Watched) -> None:
        self.ring = ring
        self.events: list[Event] = []
        self._lock = threading.Lock()

    def do(self, task: str, call: Call, timeout: float | None = None) -> Outcome:
        """Do a call, and write it down."""
        call = call._replace(timed=timeout is not None)
        with self._lock:
            now = time.monotonic_ns()
            self.events.append(Event(now, task, call=call))
        outcome = self.ring.perform(call, timeout)
        with self._lock:
            if timeout is not None:
                self.events.append(Event(now + round(timeout * 1e9), task))
            self.events.append(Event(time.monotonic_ns(), task, outcome=outcome))
        return outcome

    def judge(self, capacity: int) -> Oracle:
        """Tell the oracle everything, in the order of time; it raises `Mismatch` if that cannot be."""
        oracle = Oracle(capacity)
        returned: set[tuple[str, int]] = set()
        numbers: dict[str, int] = {}
        for event in sorted(self.events, key=lambda event: event.time_ns):
            if event.call is not None:
                numbers[event.task] = numbers.get(event.task, 0) + 1
                oracle.invoke(event.task, event.call)
            elif event.outcome is not None:
                returned.add((event.task, numbers[event.task]))
                oracle.respond(event.task, event.outcome)
            elif (event.task, numbers[event.task]) not in returned:
                oracle.due(event.task)
        return oracle


def run(program: Program, make: Callable[[int, Runtime], Watched], *, scale: float = 0.01) -> Recorder:
    """Run a program on real threads, its time-outs scaled, until nothing moves; then halt it, and return what happened."""
    recorder = Recorder(make(program.capacity, THREADS))
    for call in program.setup:
        recorder.do("setup", call)

    def bound(task: str) -> Callable[[Call, float | None], Outcome]:
        def do(call: Call, timeout: float | None = None) -> Outcome:
            return recorder.do(task, call, None if timeout is None else timeout * scale)

        return do

    def start(task: str) -> threading.Thread:
        return threading.Thread(target=program.tasks[task], args=(bound(task),), daemon=True, name=task)

    threads = [start(task) for task in program.tasks]
    for thread in threads:
        thread.start()
    give_up = time.monotonic() + LIMIT_S
    while any(thread.is_alive() for thread in threads) and not _at_rest(recorder, threads):
        if time.monotonic() > give_up:
            raise AssertionError(
                f"{program.name}: {[thread.name for thread in threads if thread.is_alive()]} are stuck"
            )
        threads[0].join(0.001)
    view = recorder.ring.view()
    oracle = recorder.judge(program.capacity)
    oracle.quiesce(View() if view is None else view)
    halt = Call("halt")
    recorder.ring.perform(halt, None)
    for thread in threads:
        thread.join(LIMIT_S)
    return recorder


def _at_rest(recorder: Recorder, threads: list[threading.Thread]) -> bool:
    """Tell whether every thread that is left waits, without a time-out, and nothing has happened meanwhile."""
    before = len(recorder.events)
    alive = [thread for thread in threads if thread.is_alive()]
    open_calls = {event.task: event for event in list(recorder.events) if event.call or event.outcome}
    waits = all(
        (event := open_calls.get(thread.name)) is not None and event.call is not None and not event.call.timed
        for thread in alive
    )
    return waits and recorder.ring.waiting() == len(alive) and len(recorder.events) == before
