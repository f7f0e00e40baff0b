"""Does any program that Hypothesis can think of show a difference between the ring and the model?"""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from stateful.adapters._protocol import Make
from stateful.machine import RingMachine


def test_machine(by_value: Make, in_place: Make) -> None:
    run_state_machine_as_test(RingMachine, settings=settings(stateful_step_count=40))


@pytest.mark.deep
def test_machine_deep(by_value: Make, in_place: Make) -> None:
    deep = settings(settings.get_profile("deep"), stateful_step_count=80)
    run_state_machine_as_test(RingMachine, settings=deep)
