"""What happened on real threads, written down, and judged afterwards by the same model.

Rule 1: a call is written down before it begins and after it has ended, in one order, with the time. What lies between is
        the thread's own affair: `model.history.check` tries every order that fits.
Rule 2: a time-out is told at its place in time, counted from before the call began: never too late.
Rule 3: a call that ends by `KeyboardInterrupt` is written down as interrupted, and the interrupt goes on its way.
"""

import threading
import time
from collections.abc import Callable
from typing import Protocol, final

from disruptor._sync import THREADS, Runtime
from model.events import Called, Due, Event, Interrupted, Rest, Returned
from model.history import History, Verdict, check
from model.oracle import UNSEEN, View
from model.state import Call, Outcome
from stateful.adapters._protocol import Ring
from stateful.bodies import Program

LIMIT_S = 60.0
"""After so long a thread counts as stuck: generous, for nothing is measured."""


class Watched(Ring, Protocol):
    """A ring that also tells who sleeps."""

    def waiting(self) -> int:
        """Return how many callers are asleep in the ring at this moment, and were not yet woken."""


class Impossible(AssertionError):
    """No correct ring could have done what was written down."""


@final
class Recorder:
    """A ring whose calls are written down."""

    def __init__(self, ring: Watched) -> None:
        self.ring = ring
        self.events: list[tuple[int, Event]] = []
        self._lock = threading.Lock()

    def do(self, task: str, call: Call, timeout: float | None = None) -> Outcome:
        """Do a call, and write it down."""
        call = call._replace(timed=timeout is not None)
        with self._lock:
            begun = time.monotonic_ns()
            self.events.append((begun, Called(task, call)))
        due = None if timeout is None else begun + round(timeout * 1e9)
        try:
            outcome = self.ring.perform(call, timeout)
        except KeyboardInterrupt:
            self._ended(task, due, Interrupted(task))
            raise
        self._ended(task, due, Returned(task, outcome))
        return outcome

    def _ended(self, task: str, due: int | None, end: Event) -> None:
        with self._lock:
            now = time.monotonic_ns()
            if due is not None and due <= now:
                self.events.append((due, Due(task)))
            self.events.append((now, end))

    def history(self, rest: View | None = None) -> History:
        """Return what was written down, in the order of time; with `rest`, nothing moves at its end."""
        with self._lock:
            events = [event for _, event in sorted(self.events, key=lambda item: item[0])]
        return History((*events, *([] if rest is None else [Rest(rest)])))

    def judge(self, capacity: int, rest: View | None = None) -> Verdict:
        """Return the verdict on what was written down; `Impossible` unless it is that some order explains it."""
        verdict = check(self.history(rest), capacity)
        if not verdict:
            raise Impossible(str(verdict))
        return verdict


def run(program: Program, make: Callable[[int, Runtime], Watched], *, scale: float = 0.01) -> Recorder:
    """Run a program on real threads, its time-outs scaled, until nothing moves; judge it; then halt the ring.

    Raises `Impossible` if no correct ring could have done that, and returns what happened, the halt not included.
    """
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
    recorder.judge(program.capacity, recorder.ring.view() or UNSEEN)
    before = list(recorder.events)
    recorder.ring.perform(Call("halt"), None)
    for thread in threads:
        thread.join(LIMIT_S)
    recorder.events = before
    return recorder


def _at_rest(recorder: Recorder, threads: list[threading.Thread]) -> bool:
    """Tell whether every thread that is left waits, without a time-out, and nothing has happened meanwhile."""
    events = [event for _, event in recorder.events]
    alive = [thread for thread in threads if thread.is_alive()]
    last = {event.task: event for event in events if isinstance(event, Called | Returned | Interrupted)}
    waits = all(isinstance(event := last.get(thread.name), Called) and not event.call.timed for thread in alive)
    return waits and recorder.ring.waiting() == len(alive) and len(recorder.events) == len(events)
