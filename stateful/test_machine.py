"""Does any program that Hypothesis can think of show a difference between the ring and the model?"""

import pytest
from hypothesis import settings

from stateful.adapters._protocol import Make
from stateful.adapters.processes import ProcessesByValue, ProcessesInPlace
from stateful.adapters.threads import InPlace
from stateful.machine import RingMachine
from stateful.profiles import run_machine
from stateful.scheduler import Weak


def machine(request: pytest.FixtureRequest, by_value: Make) -> type[RingMachine]:
    """Return the machine for the ring under test; only ours has events in place."""
    foreign = request.config.getoption("--ring") is not None

    class Machine(RingMachine):
        rings: tuple[Make, Make | None] = (by_value, None if foreign else InPlace)

    return Machine


class ProcessesMachine(RingMachine):
    """Each task is a process of its own, with handles of its own; stores become visible later."""

    rings: tuple[Make, Make | None] = (ProcessesByValue, ProcessesInPlace)
    weak: Weak | None = Weak()


def test_machine(request: pytest.FixtureRequest, by_value: Make) -> None:
    run_machine(machine(request, by_value), settings=settings(stateful_step_count=40))


@pytest.mark.deep
def test_machine_deep(request: pytest.FixtureRequest, by_value: Make) -> None:
    deep = settings(settings.get_profile("deep"), stateful_step_count=80)
    run_machine(machine(request, by_value), settings=deep)


def test_machine_between_processes() -> None:
    few = settings(max_examples=settings().max_examples // 3, stateful_step_count=40)
    run_machine(ProcessesMachine, settings=few)


@pytest.mark.deep
def test_machine_between_processes_deep() -> None:
    deep = settings(settings.get_profile("deep"), stateful_step_count=80)
    run_machine(ProcessesMachine, settings=deep)
