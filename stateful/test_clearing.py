"""Is a ring that clears as right as the others, and does it let go of exactly what it may?

What is asked of rings by value is asked of it again, and, at the end of every schedule, whether a slot still holds what
everybody has processed. So it is with one producer at a time, who writes slots without the lock that others empty.
"""

import pytest
from hypothesis import settings

from model import calls
from stateful.adapters._protocol import Make
from stateful.adapters.clearing import ClearingByValue, SingleClearingByValue
from stateful.bodies import Program, each, joins, reads
from stateful.failure import check
from stateful.machine import RingMachine
from stateful.profiles import run_machine
from stateful.programs import BY_VALUE, PAIRS, SINGLE
from stateful.scenes import SCENES
from stateful.scheduler import Exploration, Granularity
from stateful.strikes import strike
from stateful.test_interrupts import BEYOND

S, T = calls.register_subscriber("S"), calls.register_subscriber("T")
LATE = calls.register_subscriber("S", start=calls.LATEST)

LAST = (
    Program("two release", 2, {"C": reads("S", 1), "D": reads("T", 1)}, (S, T, calls.publish_many("a", "b"))),
    Program(
        "release x publish",
        2,
        {"P": each(calls.publish("c"), calls.publish("d")), "C": reads("S", 2)},
        (S, calls.publish_many("a", "b")),
    ),
    Program("release x get", 1, {"C": reads("S", 1), "G": each(calls.get(0), calls.get(0))}, (S, calls.publish("a"))),
    Program(
        "release x leave",
        2,
        {"C": reads("S", 1), "L": each(calls.remove_subscriber("T"))},
        (S, T, calls.publish_many("a", "b")),
    ),
    Program(
        "release x join",
        2,
        {"C": reads("S", 1), "J": joins("J", calls.EARLIEST, reads("J", 1, timeout=1.0))},
        (S, calls.publish_many("a", "b")),
    ),
    Program(
        "all leave, then one joins",
        2,
        {"C": reads("S", 1), "L": each(calls.remove_subscriber("S")), "J": joins("J", calls.EARLIEST, reads("J", 1))},
        (S, calls.publish_many("a", "b")),
    ),
    Program(
        "joined late x publish",
        2,
        {"P": each(calls.publish("c"), calls.publish("d"), calls.publish("e")), "C": reads("S", 2)},
        (calls.publish_many("a", "b"), LATE),
    ),
    Program(
        "update x publish",
        2,
        {"P": each(calls.publish("c")), "C": each(calls.update_sequence("S", 0), calls.update_sequence("S", 1))},
        (S, calls.publish_many("a", "b")),
    ),
)
"""Who releases, and what races with it."""


def explored(program: Program, make: Make, limit: int | None, granularity: Granularity) -> Exploration:
    found = check(program, make, granularity=granularity, max_schedules=limit, reduce=True)
    if found.failed is not None:
        raise found.failed
    return found


RINGS: tuple[Make, ...] = (ClearingByValue, SingleClearingByValue)


@pytest.mark.parametrize("make", RINGS)
@pytest.mark.parametrize("program", LAST, ids=lambda program: program.name)
def test_between_bytecodes(program: Program, make: Make) -> None:
    explored(program, make, 60, Granularity.BYTECODES)


@pytest.mark.deep
@pytest.mark.parametrize("make", RINGS)
@pytest.mark.parametrize("program", LAST, ids=lambda program: program.name)
def test_every_schedule_between_bytecodes(program: Program, make: Make) -> None:
    assert explored(program, make, None, Granularity.BYTECODES).complete


OF_ALL = tuple(program for program in PAIRS if not program.in_place)
OF_ONE = tuple(program for program in SINGLE if not program.in_place)


@pytest.mark.parametrize("program", OF_ALL[::61], ids=lambda program: program.name)
def test_pair(program: Program) -> None:
    assert explored(program, ClearingByValue, 500_000, Granularity.CELLS).complete


@pytest.mark.parametrize("program", OF_ONE[::97], ids=lambda program: program.name)
def test_pair_with_one_producer(program: Program) -> None:
    explored(program, SingleClearingByValue, 60, Granularity.BYTECODES)


@pytest.mark.parametrize("program", BY_VALUE[::5], ids=lambda program: program.name)
def test_program(program: Program) -> None:
    explored(program, ClearingByValue, 60, Granularity.CELLS)


@pytest.mark.deep
@pytest.mark.parametrize("program", OF_ALL, ids=lambda program: program.name)
def test_every_pair(program: Program) -> None:
    assert explored(program, ClearingByValue, 500_000, Granularity.CELLS).complete


@pytest.mark.deep
@pytest.mark.parametrize("program", OF_ONE, ids=lambda program: program.name)
def test_every_pair_with_one_producer(program: Program) -> None:
    assert explored(program, SingleClearingByValue, 500_000, Granularity.BYTECODES).complete


@pytest.mark.deep
@pytest.mark.parametrize("program", BY_VALUE, ids=lambda program: program.name)
def test_every_program(program: Program) -> None:
    explored(program, ClearingByValue, 5_000, Granularity.BYTECODES)


class ClearingMachine(RingMachine):
    """The ring that clears, and its model."""

    rings: tuple[Make, Make | None] = (ClearingByValue, None)


class SingleClearingMachine(RingMachine):
    """The same with one producer at a time."""

    rings: tuple[Make, Make | None] = (SingleClearingByValue, None)


@pytest.mark.parametrize("machine", [ClearingMachine, SingleClearingMachine])
def test_machine(machine: type[RingMachine]) -> None:
    run_machine(machine, settings=settings(max_examples=15, stateful_step_count=40))


@pytest.mark.deep
@pytest.mark.parametrize("machine", [ClearingMachine, SingleClearingMachine])
def test_machine_deep(machine: type[RingMachine]) -> None:
    deep = settings(settings.get_profile("deep"), stateful_step_count=80)
    run_machine(machine, settings=deep)


STRUCK = (
    "read, release",
    "poll, release",
    "update_sequence",
    "remove_subscriber",
    "register_subscriber, remove_subscriber",
)


def strike_everywhere(name: str, error: type[BaseException], limit: int) -> None:
    """Strike a scene at all steps, on a ring that clears."""
    step = 1
    while (struck := strike(SCENES[name], step, error, max_schedules=limit, clear=True)).where:
        if struck.found.failed is not None and struck.failed_at not in BEYOND:
            raise struck.found.failed
        step += 1
    assert step > 5


@pytest.mark.parametrize("name", STRUCK)
def test_an_interrupt_does_no_harm(name: str) -> None:
    strike_everywhere(name, KeyboardInterrupt, 2)


@pytest.mark.deep
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("name", [name for name, scene in SCENES.items() if not scene.in_place])
def test_an_interrupt_does_no_harm_in_any_schedule(name: str, error: type[BaseException]) -> None:
    strike_everywhere(name, error, 200)
