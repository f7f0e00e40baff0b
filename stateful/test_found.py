"""What only a reduced exploration without a bound of pre-emptions has found, kept: the first schedules of it, at each run.

Rule: the limit is at least twice the number of the schedule in which the fault was found.
"""

import pytest

from stateful.adapters.threads import ByValue
from stateful.failure import check
from stateful.programs import PROGRAMS
from stateful.scheduler import Granularity


@pytest.mark.parametrize(
    ("name", "points", "limit"),
    [
        # a run of claims, shown one after the other when the first was finished: seen with three pre-emptions, number 151
        ("three claims, the first last", Granularity.CELLS, 400),
        # two threads that filled one claim lost each other's counts of what was set: number 328
        ("one claim, published by two", Granularity.BYTECODES, 700),
    ],
)
def test_the_first_schedules_of_a_program_in_which_a_fault_was_found(
    name: str, points: Granularity, limit: int
) -> None:
    [program] = [program for program in PROGRAMS if program.name == name]
    found = check(program, ByValue, granularity=points, max_schedules=limit, reduce=True)
    if found.failed is not None:
        raise found.failed
    assert found.complete or found.schedules + found.redundant == limit
