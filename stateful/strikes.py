"""An interrupt at one step of a task, under every schedule that can make a difference.

Rule 1: a step is what lies between two points in the source (`Granularity.BYTECODES`). The interrupt strikes before it,
        where the task is then; so it strikes in the middle of what the library does, also while the task waits for a lock.
Rule 2: afterwards all has to be well: nothing is held, everybody else goes on, a last event reaches those who are left, and
        the ring is consistent.
Rule 3: what strikes within a finaliser is swallowed by the interpreter: then the task goes on as if nothing had been.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from traceback import extract_tb
from types import TracebackType
from typing import NamedTuple

import disruptor
from disruptor import Disruptor, DisruptorClosed
from stateful.library import LIBRARY
from stateful.scenes import Event, Scene
from stateful.scheduler import Exploration, Granularity, Scheduler, instrumented, reduced

FOLDER = disruptor.__file__.removesuffix("__init__.py")


class Struck(NamedTuple):
    """What became of an interrupt at one step."""

    where: tuple[str, ...]
    """The lines of the library where it struck, as `function: source`, in all schedules; none if there is no such step."""
    found: Exploration
    failed_at: str = ""
    """Where it struck in the schedule that failed, if one did."""


def strike(
    scene: Scene,
    step: int,
    error: type[BaseException],
    *,
    max_schedules: int | None,
    single: bool = False,
    clear: bool = False,
) -> Struck:
    """Interrupt the victim of a scene by `error` at its step number `step`, from 1.

    `single`: the ring is for one producer at a time, and that is the victim: it has published before, so that it publishes
    without the lock, and it publishes the last event as soon as it can.
    `clear`: the ring lets go of what everybody has processed: when the reader has had everything, it holds nothing.
    """
    places: set[str] = set()
    latest = ""
    swallowed: list[BaseException] = []
    struck = False

    def program(scheduler: Scheduler) -> Callable[[], None]:
        nonlocal latest
        producers = "single" if single else "multi"
        ring = Disruptor[Event](
            scene.capacity,
            list if scene.in_place else None,
            producers=producers,
            clear=clear,
            runtime=scheduler.runtime,
        )
        victims = ring.register_subscriber(name="victim's")
        others = ring.register_subscriber(name="other's")
        had: list[str] = []
        steps = 0
        acting = not single
        hit = raised = False
        latest = ""
        swallowed.clear()

        def publish(word: str) -> None:
            if scene.in_place:
                ring.publish_event(lambda event, sequence: event.append(word))
            else:
                ring.publish([word])

        def victim() -> None:
            nonlocal acting, raised, latest
            if single and scene.capacity > 1:
                publish("before")
            acting = True
            try:
                scene.victim(ring, victims)
            except BaseException as ended:
                raised = True
                cause: BaseException | None = ended
                while cause is not None and not isinstance(cause, error):
                    cause = cause.__context__
                if cause is not None:
                    latest = place_of(cause.__traceback__)
                    places.add(latest)
                expected = cause is ended
                del cause  # its traceback keeps alive what the interrupted call had in hand
                if not expected:
                    raise
            finally:
                acting = False
            for subscriber in reversed(ring.subscribers):  # it has to work, whatever happened
                if subscriber is not others:
                    subscriber.close()
            if single:
                producer()

        def producer() -> None:
            with_suppressed(scene.ends, lambda: publish("last"))

        def read() -> None:
            while "last" not in had:
                with others.read() as batch:
                    had.extend(word for event in batch for word in event)

        def reader() -> None:
            with_suppressed(scene.ends, read)

        def hook(scheduler: Scheduler) -> None:
            nonlocal steps, struck, hit
            if scheduler.current is task and acting:
                steps += 1
                if steps == step:
                    struck = hit = True
                    scheduler.inject(task, error())

        if scene.first:
            publish("first")
        task = scheduler.spawn("victim", victim)
        if not single:
            scheduler.spawn("producer", producer)
        scheduler.spawn("reader", reader)
        scheduler.on_step = hook

        def check() -> None:
            if raised != hit and not swallowed:
                raise AssertionError("the interrupt was swallowed")
            stuck = [other.name for other in scheduler.tasks if not other.ended]
            if scene.ends and not ring.closed:
                ring.close()  # it was interrupted before: whoever waits, waits rightly
                stuck = []
            if stuck:
                raise AssertionError(f"{stuck} wait for ever")
            if ring._sequencer.lock.locked():
                raise AssertionError("nobody gave the lock back")
            if victims._turn.locked():
                raise AssertionError("nobody can read through the subscriber any more")
            ring._check()
            if not scene.ends and "last" not in had:
                raise AssertionError("the last event is lost")
            if clear and not scene.ends and any(item is not None for item in ring._slots.read(0, scene.capacity)):
                raise AssertionError("something is kept that everybody has processed")

        return check

    with instrumented(LIBRARY), unraised(swallowed):
        found = reduced(program, granularity=Granularity.BYTECODES, max_schedules=max_schedules)
    where = tuple(sorted(places)) or (("a finaliser",) if struck else ())
    return Struck(where, found, "" if found.failed is None else latest)


def with_suppressed(ends: bool, act: Callable[[], None]) -> None:
    """Act; that the ring has ended is no error where somebody ends it."""
    try:
        act()
    except DisruptorClosed:
        if not ends:
            raise


def place_of(traceback: TracebackType | None) -> str:
    """Return the innermost line of the library in a traceback."""
    frames = [frame for frame in extract_tb(traceback) if frame.filename.startswith(FOLDER)]
    return f"{frames[-1].name}: {frames[-1].line}" if frames else "the caller"


@contextmanager
def unraised(errors: list[BaseException]) -> Iterator[None]:
    """Have what the interpreter swallows in finalisers added to `errors`; what is no interrupt is raised in the end."""
    before = sys.unraisablehook

    def keep(unraisable: "sys.UnraisableHookArgs") -> None:
        error = unraisable.exc_value
        if isinstance(error, Exception):
            errors.append(error)
        elif error is not None:  # an interrupt: its traceback keeps alive what the finaliser had in hand
            errors.append(type(error)())

    sys.unraisablehook = keep
    try:
        yield
    finally:
        sys.unraisablehook = before
    for error in errors:
        if isinstance(error, Exception):
            raise AssertionError(f"a finaliser raised {error!r}") from error
