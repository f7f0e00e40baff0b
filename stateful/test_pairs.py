"""Is there any schedule at all under which two operations of the public interface, at once, do what no correct ring does?

Every pair, on rings of one and two, empty and full, between all bytecodes, with any number of pre-emptions: complete, by
reduction; in continuous integration every third. So are (deep) the pairs between locks, and the dangerous ones by three.
"""

from itertools import groupby

import pytest

from stateful.adapters.threads import ByValue, InPlace
from stateful.failure import check
from stateful.programs import BY_VALUE as PROGRAMS
from stateful.programs import IN_PLACE, PAIRS, TRIPLES, Program
from stateful.scheduler import Granularity

LIMIT = 500_000


def same_operations(program: Program) -> str:
    return program.name.rpartition(" on ")[0] + (" (in place)" if program.in_place else "")


GROUPS = {name: tuple(programs) for name, programs in groupby(PAIRS, same_operations)}
THREES = {name: tuple(programs) for name, programs in groupby(TRIPLES, same_operations)}
SOME = tuple(GROUPS)[::3]


def complete(program: Program, granularity: Granularity, limit: int = LIMIT) -> int:
    make = InPlace if program.in_place else ByValue
    found = check(program, make, granularity=granularity, max_schedules=limit, reduce=True)
    if found.failed is not None:
        raise found.failed
    assert found.complete, f"{program.name}: more than {limit} schedules"
    return found.schedules


@pytest.mark.parametrize("name", SOME)
def test_pair_between_bytecodes(name: str) -> None:
    for program in GROUPS[name]:
        complete(program, Granularity.BYTECODES)


@pytest.mark.deep
@pytest.mark.parametrize("name", [name for name in GROUPS if name not in SOME])
def test_every_other_pair_between_bytecodes(name: str) -> None:
    for program in GROUPS[name]:
        complete(program, Granularity.BYTECODES)


@pytest.mark.deep
@pytest.mark.parametrize("name", GROUPS)
def test_pair_between_operations_of_the_runtime(name: str) -> None:
    for program in GROUPS[name]:
        complete(program, Granularity.LOCKS)


@pytest.mark.deep
@pytest.mark.parametrize("name", THREES)
def test_triple_between_bytecodes(name: str) -> None:
    for program in THREES[name]:
        complete(program, Granularity.BYTECODES)


@pytest.mark.deep
@pytest.mark.parametrize("granularity", [Granularity.LOCKS, Granularity.BYTECODES])
@pytest.mark.parametrize("program", PROGRAMS + IN_PLACE, ids=lambda program: program.name)
def test_program(program: Program, granularity: Granularity) -> None:
    complete(program, granularity)
