"""Is there a schedule of a small program under which the ring does what no correct ring does?

Each program is run under every schedule with a bound of pre-emptions: in continuous integration a small one, and
at most so many schedules (a limit, not a pass: the deep run takes the limit away).
"""

import pytest

from stateful.adapters._protocol import Make, Unasked
from stateful.failure import check
from stateful.programs import BY_VALUE, IN_PLACE, Program
from stateful.scheduler import Granularity

QUICK = ((Granularity.LOCKS, 1), (Granularity.CELLS, 1))
DEEP = ((Granularity.LOCKS, 2), (Granularity.CELLS, 2))
LIMIT = 300
DEEP_LIMIT = 20_000


def explored(program: Program, make: Make, granularity: Granularity, preemptions: int, limit: int | None) -> None:
    found = check(program, make, preemptions=preemptions, granularity=granularity, max_schedules=limit)
    if found.failed is not None:
        if isinstance(found.failed.error, Unasked):
            pytest.skip(f"the ring under test does not offer {found.failed.error}")
        raise found.failed
    assert found.complete or found.schedules == limit


@pytest.mark.parametrize("program", BY_VALUE, ids=lambda program: program.name)
@pytest.mark.parametrize(("granularity", "preemptions"), QUICK)
def test_by_value(program: Program, granularity: Granularity, preemptions: int, by_value: Make) -> None:
    explored(program, by_value, granularity, preemptions, LIMIT)


@pytest.mark.parametrize("program", IN_PLACE, ids=lambda program: program.name)
@pytest.mark.parametrize(("granularity", "preemptions"), QUICK)
def test_in_place(program: Program, granularity: Granularity, preemptions: int, in_place: Make) -> None:
    explored(program, in_place, granularity, preemptions, LIMIT)


@pytest.mark.deep
@pytest.mark.parametrize("program", BY_VALUE, ids=lambda program: program.name)
@pytest.mark.parametrize(("granularity", "preemptions"), DEEP)
def test_by_value_deep(program: Program, granularity: Granularity, preemptions: int, by_value: Make) -> None:
    explored(program, by_value, granularity, preemptions, DEEP_LIMIT)


@pytest.mark.deep
@pytest.mark.parametrize("program", IN_PLACE, ids=lambda program: program.name)
@pytest.mark.parametrize(("granularity", "preemptions"), DEEP)
def test_in_place_deep(program: Program, granularity: Granularity, preemptions: int, in_place: Make) -> None:
    explored(program, in_place, granularity, preemptions, DEEP_LIMIT)
