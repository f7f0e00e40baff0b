"""Event loops under the scheduler: each is one task of it, and runs coroutines as `asyncio` does.

Rule 1: tasks and futures are those of `asyncio`, in C: when a cancellation strikes is as in the real world. Only the loop
        is simulated: a list of callbacks, and a lock that is taken to wait for more.
Rule 2: what another task can notice of a loop is that list: each touch of it is a point, and is written down.
Rule 3: which loop runs is asked of the scheduler, for all loops are in one thread.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast, final

import disruptor.aio._waiting
from disruptor import Disruptor, DisruptorError
from stateful.library import LIBRARY
from stateful.scheduler import Exploration, Granularity, Kind, Scheduler, explore, instrumented, reduced


class Wrong(AssertionError):
    """Something is not as it should be when nothing moves any more."""


@final
class Loop:
    """A small event loop; `run` is the body of a task of the scheduler."""

    def __init__(self, scheduler: Scheduler, name: str) -> None:
        self.scheduler = scheduler
        self.name = name
        self.closed = False
        self.calls = 0
        """How often somebody has called from outside."""
        self.tasks: dict[str, asyncio.Task[Any]] = {}
        self._ready: deque[Callable[[], object]] = deque()
        self._place = ("loop", name)
        self._more = scheduler.runtime.parked()

    def begin(self, **coroutines: Coroutine[Any, Any, object]) -> None:
        """Make a task of each coroutine, and run them in a task of the scheduler, until all are done."""
        for name, coroutine in coroutines.items():
            self.tasks[name] = asyncio.Task(coroutine, loop=cast("asyncio.AbstractEventLoop", self), name=name)
        self.scheduler.spawn(self.name, self._run)

    def _run(self) -> None:
        while not all(task.done() for task in self.tasks.values()) and not self.scheduler.disposing:
            callback = self._next()
            if callback is None:
                self._more.acquire()
            else:
                callback()
        self.close()

    def close(self) -> None:
        """Take no more calls."""
        self.scheduler.point(f"close {self.name}")
        self.scheduler.access(self._place, Kind.STORE)
        self.closed = True

    def _next(self) -> Callable[[], object] | None:
        self.scheduler.point(f"next of {self.name}")
        self.scheduler.access(self._place, Kind.STORE)
        return self._ready.popleft() if self._ready else None

    def cancel(self, name: str) -> None:
        """Cancel a task, from outside, at some moment."""
        with suppress(RuntimeError):  # it is done, and its loop with it
            self.call_soon_threadsafe(self.tasks[name].cancel)

    # --- what `asyncio` and the library ask of a loop --------------------------------------------------------

    def create_future(self) -> "asyncio.Future[Any]":
        """Make a future of this loop."""
        return asyncio.Future(loop=cast("asyncio.AbstractEventLoop", self))

    def call_soon(self, callback: Callable[..., object], *arguments: object, context: object = None) -> None:
        """Have `callback` called by the loop, which is where this is called."""
        self._ready.append(lambda: callback(*arguments))

    def call_soon_threadsafe(self, callback: Callable[..., object], *arguments: object, context: object = None) -> None:
        """Have `callback` called by the loop; wake it."""
        self.scheduler.point(f"call {self.name}")
        self.scheduler.access(self._place, Kind.STORE)
        if self.closed:
            raise RuntimeError("Event loop is closed")
        self.calls += 1
        self.call_soon(callback, *arguments)
        if self._more.locked():
            self._more.release()

    def get_debug(self) -> bool:
        """No."""
        return False

    def call_exception_handler(self, context: dict[str, object]) -> None:
        """Say nothing: who wants to know asks the tasks."""


@final
class Scene:
    """A ring, and the loops that use it."""

    def __init__(self, scheduler: Scheduler, capacity: int, *, in_place: bool = False) -> None:
        self.scheduler = scheduler
        factory = cast("Callable[[], Any]", list) if in_place else None
        self.ring: Disruptor[Any] = Disruptor(capacity, factory, runtime=scheduler.runtime)
        self.loops: dict[str, Loop] = {}

    def loop(self, name: str = "loop", **coroutines: Coroutine[Any, Any, object]) -> Loop:
        """Begin a loop that runs coroutines."""
        loop = self.loops[name] = Loop(self.scheduler, name)
        loop.begin(**coroutines)
        return loop

    def result(self, task: str, loop: str = "loop") -> object:
        """Return what a task returned, or what has ended it."""
        done = self.loops[loop].tasks[task]
        return "cancelled" if done.cancelled() else done.exception() or done.result()

    def finish(self) -> None:
        """Check the end: nobody is stuck, nobody waits, nothing is held, and the ring is consistent."""
        for task in (task for loop in self.loops.values() for task in loop.tasks.values()):
            error = task.exception() if task.done() and not task.cancelled() else None
            if error is not None and not isinstance(error, DisruptorError):
                raise error
        stuck = [task.name for task in self.scheduler.tasks if not task.ended]
        if stuck:
            raise Wrong(f"{', '.join(stuck)} never came to an end")
        sequencer = self.ring._sequencer
        for news in (sequencer.news, sequencer.room):
            with sequencer.lock:
                if news.asleep() or news.sleepers.value:
                    raise Wrong(f"{news.asleep()} left behind, {news.sleepers.value} counted")
        if sequencer._held:
            raise Wrong(f"claims are held: {sequencer._held}")
        readers = {subscriber.name: subscriber._gate.reader for subscriber in self.ring.subscribers}
        if any(readers.values()):
            raise Wrong(f"turns were not given back: {readers}")
        self.ring._check()


Story = Callable[[Scene], Callable[[], None]]
"""Starts tasks; returns what checks the end."""


@contextmanager
def simulated() -> Iterator[list[Scene]]:
    """Have the library ask the scheduler which loop runs; the list gets the scene of each run."""
    names, scenes = vars(disruptor.aio._waiting), list[Scene]()
    real = names["get_running_loop"]

    def running() -> Loop:
        scene = scenes[-1]
        current = scene.scheduler.current
        if current is None:
            raise RuntimeError("no running event loop")
        return scene.loops[current.name]

    names["get_running_loop"] = running
    try:
        yield scenes
    finally:
        names["get_running_loop"] = real


def told(
    story: Story,
    *,
    capacity: int = 1,
    in_place: bool = False,
    granularity: Granularity = Granularity.CELLS,
    limit: int | None = None,
    preemptions: int | None = None,
) -> Exploration:
    """Explore a story: every schedule that can make a difference, or, with `preemptions`, every one with so many.

    Raises what went wrong, with the schedule.
    """
    with instrumented(LIBRARY), simulated() as scenes:

        def program(scheduler: Scheduler) -> Callable[[], None]:
            scenes[:] = [Scene(scheduler, capacity, in_place=in_place)]
            return story(scenes[-1])

        if preemptions is None:
            found = reduced(program, granularity=granularity, max_schedules=limit)
        else:
            found = explore(program, granularity=granularity, preemptions=preemptions, max_schedules=limit)
        scenes.clear()
    if found.failed is not None:
        raise found.failed
    return found
