"""What `--ring` asks besides the programs: the operations at once, by two and by three, and what needs few of them.

Most rings of others offer some operations only. So here are the pairs and the triples, of which each needs no more than it
names, and some programs of few. They run with `--ring` (`conftest.py`): our own ring is
explored further elsewhere. That they find what they are for is tested with the reference ring (`test_foreign.py`).
"""

from itertools import groupby

import pytest

from model import calls
from stateful.adapters._protocol import Make, Unasked
from stateful.bodies import Program, each, reads
from stateful.failure import check
from stateful.programs import PAIRS, TRIPLES
from stateful.scheduler import Granularity

LIMIT = 300
S, T = calls.register_subscriber("S"), calls.register_subscriber("T")
A, B, C, D = map(calls.publish, "abcd")
WAIT = calls.wait_for(0)

FEW = (
    Program("two publish x a batch of two", 2, {"P": each(C), "Q": each(D), "R": reads("S", 1)}, (S, A, B)),
    Program("publish x two subscribers", 2, {"P": each(A), "R": reads("S", 1), "Q": reads("T", 1)}, (S, T)),
    Program("close x two subscribers", 2, {"X": each(calls.close()), "R": reads("S", 1), "Q": reads("T", 1)}, (S, T)),
    Program("close x two publish", 1, {"X": each(calls.close()), "P": each(B), "Q": each(C)}, (S, A)),
    Program("publish x two who wait for it", 2, {"P": each(A), "V": each(WAIT), "W": each(WAIT)}),
    Program(
        "a slow one leaves", 1, {"R": reads("S", 2), "P": each(B), "L": each(calls.remove_subscriber("T"))}, (S, T, A)
    ),
    Program("round and round", 2, {"P": each(A, B, C, D), "R": reads("S", 4), "Q": reads("T", 4)}, (S, T)),
)
"""What wakes several, each with no more operations than it needs."""


def operations(program: Program) -> str:
    return program.name.rpartition(" on ")[0]


AT_ONCE = [program for program in (*PAIRS, *TRIPLES) if not program.in_place]
GROUPS = {name: tuple(programs) for name, programs in groupby(AT_ONCE, operations)}
GROUPS |= {program.name: (program,) for program in FEW}


def asked(program: Program, make: Make) -> bool:
    """Run a program; tell whether the ring offers what it needs. Raises what it finds."""
    found = check(program, make, preemptions=1, granularity=Granularity.LOCKS, max_schedules=LIMIT)
    if found.failed is None:
        return True
    if isinstance(found.failed.error, Unasked):
        return False
    raise found.failed


@pytest.mark.parametrize("name", GROUPS)
def test_operations_at_once(name: str, by_value: Make) -> None:
    offered = [asked(program, by_value) for program in GROUPS[name]]  # all are run, whatever the first says
    if not any(offered):
        pytest.skip("the ring under test does not offer all of them")
