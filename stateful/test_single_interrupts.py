"""What if a `KeyboardInterrupt` strikes the only producer at any of its steps without the lock? (`strikes.py`)

Afterwards it publishes the last event itself: an interrupted call must leave neither an announcement nor a half-written
slot. And, where nothing follows: who waits for what was announced, or who looks at what was written, must be told.
"""

from collections.abc import Callable
from contextlib import suppress

import pytest

from disruptor import Disruptor, DisruptorClosed, OutdatedSequence, SequenceVoid
from stateful.library import LIBRARY
from stateful.scenes import SCENES
from stateful.scheduler import Granularity, Scheduler, instrumented, reduced
from stateful.strikes import place_of, strike, unraised
from stateful.test_interrupts import BEYOND

BUSY = {f"{method}: role.busy.value = 0" for method in ("take", "publish", "publish_many", "publish_event")}
"""Where an interrupt leaves the producer busy for ever, so that nobody else can take over: before the store that ends a
call. CPython (3.11 to 3.13) does not look for one there: there is no call, no beginning of a function and no jump back
between what may raise and that store."""

PRODUCING = ("publish", "publish_many", "publish_event", "claim, publish_claim", "claim, abandon in place")
ENDING = ("close", "fail_subscriber", "halt, start")
WAITING = ("publish into a full ring for a while", "register_subscriber, remove_subscriber", "get", "read, release")


def strike_everywhere(name: str, error: type[BaseException], limit: int | None) -> None:
    """Strike a scene at all steps."""
    step = 1
    while (struck := strike(SCENES[name], step, error, max_schedules=limit, single=True)).where:
        if struck.found.failed is not None and struck.failed_at not in BEYOND | BUSY:
            raise struck.found.failed
        step += 1
    assert step > 5


@pytest.mark.parametrize("name", PRODUCING)
def test_an_interrupt_does_no_harm(name: str) -> None:
    strike_everywhere(name, KeyboardInterrupt, 1)


@pytest.mark.deep
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("name", PRODUCING + ENDING + WAITING)
def test_an_interrupt_does_no_harm_in_any_schedule(name: str, error: type[BaseException]) -> None:
    strike_everywhere(name, error, 200)


Ring = Disruptor[str]


def closes_and_waits(ring: Ring) -> None:
    """Close the ring, and wait for the sequence that the producer may have announced."""
    ring.close()
    with suppress(DisruptorClosed):
        ring.wait_for(5)


def looks(ring: Ring) -> None:
    """Look at the event that is being overwritten."""
    with suppress(OutdatedSequence):
        assert ring.get(1) == "1"


def joins(ring: Ring) -> None:
    """Join at the oldest event, and read it."""
    joiner = ring.register_subscriber()
    first = joiner.sequence + 1
    with joiner.read(1) as batch:
        assert list(batch) == [str(first)] or first == 5


SECONDS: dict[str, Callable[[Ring], None]] = {
    "close, wait_for": closes_and_waits,
    "get": looks,
    "join": joins,
}


def struck(second: Callable[[Ring], None], step: int, limit: int | None) -> bool:
    """Interrupt a publication without the lock at one step, while `second` is at work; tell whether it had so many."""
    hit = False
    places: list[str] = []

    def program(scheduler: Scheduler) -> Callable[[], None]:
        ring: Ring = Disruptor(4, producers="single", runtime=scheduler.runtime)
        acting = False
        steps = 0

        def victim() -> None:
            nonlocal acting
            with suppress(DisruptorClosed):
                ring.publish("4")  # it has the role from here on, and room for the next
            acting = True
            try:
                ring.publish("5")
            except DisruptorClosed:
                pass
            except BaseException as ended:
                cause: BaseException | None = ended
                while cause is not None and not isinstance(cause, KeyboardInterrupt):
                    cause = cause.__context__
                if cause is not None:
                    places.append(place_of(cause.__traceback__))
                if cause is not ended:
                    raise
            finally:
                acting = False

        def hook(scheduler: Scheduler) -> None:
            nonlocal steps, hit
            if scheduler.current is task and acting:
                steps += 1
                if steps == step:
                    hit = True
                    scheduler.inject(task, KeyboardInterrupt())

        places.clear()
        for k in range(4):
            ring.publish(str(k))
        sequencer = ring._sequencer
        task = scheduler.spawn("victim", victim)
        scheduler.spawn("second", lambda: second(ring))
        scheduler.on_step = hook

        def check() -> None:
            stuck = [other.name for other in scheduler.tasks if not other.ended]
            assert not sequencer.lock.locked()
            ring._check()
            if stuck == ["second"] and second is joins and not ring.closed:
                stuck = []  # it has joined behind what was there
            assert not stuck, f"{stuck} wait for ever"
            if ring.has_available_capacity() and not ring.closed:
                last = ring.publish("6")
                assert ring.cursor == last
                for sequence in range(max(0, last - 3), last + 1):
                    with suppress(SequenceVoid):
                        assert ring.get(sequence) == ("6" if sequence == last else str(sequence)), "a hole"

        return check

    with instrumented(LIBRARY), unraised([]):
        found = reduced(program, granularity=Granularity.BYTECODES, max_schedules=limit)
    if found.failed is not None and not (BUSY | BEYOND).intersection(places):
        raise found.failed
    return hit


@pytest.mark.parametrize("name", SECONDS)
def test_an_interrupted_publication_leaves_nothing_that_others_rely_on(name: str) -> None:
    step = 1
    while struck(SECONDS[name], step, 2):
        step += 1
    assert step > 20


@pytest.mark.deep
@pytest.mark.parametrize("name", SECONDS)
def test_it_leaves_nothing_in_any_schedule(name: str) -> None:
    step = 1
    while struck(SECONDS[name], step, 200):
        step += 1
