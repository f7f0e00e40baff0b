"""Is a ring with one producer at a time, who publishes without the lock, as right as the others?

What is asked of rings with many producers is asked of it again: its own programs (`programs/_single.py`) and a part of
theirs, between all bytecodes with any number of pre-emptions, the machine, fields without order, livelocks; and with store
buffers, which of its stores rely on being visible before the next bytecode.
"""

from collections.abc import Callable
from itertools import groupby

import pytest
from hypothesis import settings

from disruptor import Disruptor
from stateful.adapters._protocol import Make
from stateful.adapters.single import SingleByValue, SingleInPlace
from stateful.failure import check
from stateful.library import LIBRARY
from stateful.machine import RingMachine
from stateful.profiles import DEEP_LIMIT, run_machine
from stateful.programs import PAIRS, PROGRAMS, SINGLE, Program
from stateful.races import races
from stateful.scheduler import Exploration, Granularity, Scheduler, Weak, instrumented, reduced

LIMIT = 500_000


def explored(program: Program, limit: int, weak: Weak | None = None) -> Exploration:
    make = SingleInPlace if program.in_place else SingleByValue
    granularity = Granularity.BYTECODES if weak is None else Granularity.CELLS
    return check(program, make, granularity=granularity, max_schedules=limit, reduce=True, buffers=weak)


def complete(program: Program) -> None:
    found = explored(program, LIMIT)
    if found.failed is not None:
        raise found.failed
    assert found.complete, f"{program.name}: more than {LIMIT} schedules"


def same_operations(program: Program) -> str:
    return program.name.rpartition(" on ")[0] + (" (in place)" if program.in_place else "")


GROUPS = {name: tuple(programs) for name, programs in groupby(SINGLE, same_operations)}
CHOSEN = {
    "join": ("join earliest", "join latest", "join at the oldest"),
    "end": ("close, wait_for", "halt, start", "fail"),
    "look": ("get", "read", "wait_for timed"),
    "take over": ("publish", "publish twice"),
}
"""What races with the way without the lock itself."""
OTHER_WAYS = {
    "join": "single publish_many x join earliest on 2, alone",
    "end": "single publish_many x close on 2, read",
    "take over": "single publish_event x join earliest on 2, in place, alone",
}
"""`publish_many` and `publish_event` have ways of their own."""


@pytest.mark.parametrize("kind", CHOSEN)
def test_pair_between_bytecodes(kind: str) -> None:
    names = {f"single publish x {other} on 2, {state}" for other in CHOSEN[kind] for state in ("alone", "read")}
    for program in SINGLE:
        if program.name in names or program.name == OTHER_WAYS.get(kind):
            complete(program)


@pytest.mark.deep
@pytest.mark.parametrize("name", GROUPS)
def test_every_pair_between_bytecodes(name: str) -> None:
    for program in GROUPS[name]:
        complete(program)


@pytest.mark.deep
@pytest.mark.parametrize("program", PAIRS[::3], ids=lambda program: program.name)
def test_pair_of_many_producers_between_bytecodes(program: Program) -> None:
    complete(program)


@pytest.mark.parametrize("program", PROGRAMS[::6], ids=lambda program: program.name)
def test_program_of_many_producers(program: Program) -> None:
    found = explored(program, 15)
    if found.failed is not None:
        raise found.failed


@pytest.mark.deep
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_program_of_many_producers_deep(program: Program) -> None:
    found = explored(program, DEEP_LIMIT)
    if found.failed is not None:
        raise found.failed


class SingleMachine(RingMachine):
    """The ring with one producer at a time, and its model."""

    rings: tuple[Make, Make | None] = (SingleByValue, SingleInPlace)


def test_machine() -> None:
    run_machine(SingleMachine, settings=settings(max_examples=20, stateful_step_count=40))


@pytest.mark.deep
def test_machine_deep() -> None:
    deep = settings(settings.get_profile("deep"), stateful_step_count=80)
    run_machine(SingleMachine, settings=deep)


# --- who watches for room ------------------------------------------------------------------------------------


def test_who_watches_for_room_is_told_although_he_takes_an_announcement_for_a_lack_of_it() -> None:
    """An event loop looks whether there is room, and leaves word: it is in no call, so it excludes nobody (`aio/`)."""

    def program(scheduler: Scheduler) -> Callable[[], None]:
        ring: Disruptor[str] = Disruptor(2, producers="single", runtime=scheduler.runtime)
        sequencer = ring._sequencer
        told: list[bool] = []

        def publishes() -> None:
            ring.publish("a")
            ring.publish("b")  # without the lock

        def watches() -> None:
            with sequencer.lock:
                if sequencer.room.watch(lambda: sequencer._has_room(2), lambda: told.append(True)):
                    told.append(False)

        scheduler.spawn("P", publishes)
        scheduler.spawn("W", watches)

        def check() -> None:
            assert told, "there is room, and nobody has said so"

        return check

    with instrumented(LIBRARY):
        found = reduced(program, granularity=Granularity.BYTECODES)
    if found.failed is not None:
        raise found.failed
    assert found.complete


# --- fields without order ------------------------------------------------------------------------------------

MEANT = {
    "Gate.reader": "a thread compares it with itself: it finds itself only if it has written it itself",
    "Held.owner": "the same",
    "Role.owner": "the same",
    "SimArray.[]": "`get` looks at a slot that may be written meanwhile, tests `claimed` afterwards, and then gives nothing",
    "SingleSequencer.role": "replaced as a whole; whoever still has the old one finds its limit lowered",
    "items of a set": "`Slots._stale`: claims of different slots add and discard, each its own; a set operation is one step",
}
"""What is touched without order on purpose, and why no value of it does harm."""


def test_what_is_not_in_a_cell_is_ordered() -> None:
    assert races(SINGLE[::37], SingleByValue, SingleInPlace, 4) <= set(MEANT)


@pytest.mark.deep
def test_what_is_not_in_a_cell_is_ordered_in_every_schedule() -> None:
    assert races(SINGLE, SingleByValue, SingleInPlace, 2_000) == set(MEANT)


# --- store buffers -------------------------------------------------------------------------------------------

RELYING = ("claimed", "busy", "published")
"""Stores without the lock that are followed by a load which must not overtake them: of the limit (twice), and of the
sleepers. Their counterparts are stored under the lock and followed by a load under it: `limit`, and `sleepers`."""
FENCED = Weak(fenced=(*RELYING, "limit", "position", "sleepers", "cell"))


def breaks(program: Program, weak: Weak) -> bool:
    found = explored(program, 20_000, weak)
    return found.failed is not None


NAMED = {program.name: program for program in SINGLE}
BROKEN = {
    "claimed": "single publish x join earliest on 2, alone",
    "published": "single publish x read on 2, read",
    "busy": "single publish x publish twice on 2, alone",
}
"""For each of them, a program in which it does harm that it is visible late."""


@pytest.mark.parametrize("store", RELYING)
def test_a_store_that_relies_on_being_visible_at_once_does_harm_if_it_is_not(store: str) -> None:
    others = tuple(word for word in FENCED.fenced if word != store)
    assert breaks(NAMED[BROKEN[store]], Weak(fenced=others))
    assert not breaks(NAMED[BROKEN[store]], FENCED)


@pytest.mark.parametrize("store", ["limit", "sleepers"])
def test_so_does_its_counterpart(store: str) -> None:
    program = NAMED[BROKEN["claimed" if store == "limit" else "published"]]
    others = tuple(word for word in FENCED.fenced if word not in (store, "cell" if store == "limit" else ""))
    assert breaks(program, Weak(fenced=others))


@pytest.mark.deep
@pytest.mark.parametrize("name", GROUPS)
def test_with_all_of_them_fenced_nothing_breaks(name: str) -> None:
    assert [program.name for program in GROUPS[name] if breaks(program, FENCED)] == []
