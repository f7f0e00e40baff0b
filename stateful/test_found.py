"""What only long runs have found, kept: the first schedules of it, at each run.

Rule: the limit is at least twice the number of the schedule in which the fault was found.
"""

import pytest

from model import calls
from stateful.adapters.single import SingleInPlace
from stateful.adapters.threads import ByValue
from stateful.bodies import Do, Program, each
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


def test_the_clock_of_a_call_starts_once() -> None:
    """Found by the machine, in one of 5,000 examples: two pre-emptions by the clock, number 50."""

    def waits(do: Do) -> None:
        do(calls.claim(1))
        do(calls.claim(1), 1.0)

    def follows(do: Do) -> None:
        do(calls.publish_event("x"), 0.0)
        do(calls.publish_event("y"), 2.5)

    tasks = {"P": waits, "Y": each(calls.wait_for(0), timeout=2.5), "Q": follows}
    program = Program("publish_event timed behind a claim timed", 1, tasks, in_place=True)
    found = check(program, SingleInPlace, preemptions=2, granularity=Granularity.LOCKS, max_schedules=150)
    if found.failed is not None:
        raise found.failed
