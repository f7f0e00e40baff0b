"""The programs that the scheduler explores, on real threads, each history judged by the same model."""

import sys
from collections.abc import Iterator

import pytest

from disruptor._sequencer import Sequencer
from model.oracle import Mismatch
from stateful.adapters.threads import ByValue, InPlace
from stateful.history import run
from stateful.programs import PROGRAMS, Program


@pytest.fixture(autouse=True)
def _switch_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_real_threads_do_what_the_model_allows(program: Program) -> None:
    for _ in range(10):
        run(program, InPlace if program.in_place else ByValue)


@pytest.mark.deep
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_real_threads_do_what_the_model_allows_deep(program: Program) -> None:
    for _ in range(1_000):
        run(program, InPlace if program.in_place else ByValue)


def test_a_ring_that_wakes_nobody_is_found_on_real_threads_too(monkeypatch: pytest.MonkeyPatch) -> None:
    [program] = [program for program in PROGRAMS if program.name == "leave x waiting producer"]
    monkeypatch.setattr(Sequencer, "_wake", lambda self: None)

    def often() -> None:
        for _ in range(200):
            run(program, ByValue)

    with pytest.raises((Mismatch, AssertionError)):
        often()
