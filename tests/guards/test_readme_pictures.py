"""Are the pictures in the README what the programs print today?"""

import subprocess
import sys
from pathlib import Path

import pytest

from disruptor._sequencer import Sequencer
from stateful.adapters.threads import ByValue
from stateful.failure import check
from stateful.programs import PROGRAMS
from stateful.scheduler import Granularity

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_picture_on_the_first_screen_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # The mistake of the first version: publishing woke the readers only.
    monkeypatch.setattr(Sequencer, "_wake", lambda self: self.news.wake())
    [program] = [program for program in PROGRAMS if program.name == "claims without subscribers"]
    found = check(program, ByValue, preemptions=1, granularity=Granularity.LOCKS)
    assert found.failed is not None
    picture = str(found.failed).partition(f"(number {found.failed.number})\n")[2]
    assert picture in README


SAYS = {
    "broken_ring": "no correct ring does this",
    "lines": "nothing was lost, doubled or out of order",
    "sensors": "10000 records, smoothed and in order",
    "crash": "job 11, by the second worker",
    "fizzbuzz": "1000 numbers, 66 times fizzbuzz",
    "parsers": "301 lines in order: True, 1 garbled",
    "tailing": "the viewer has seen 2000",
    "journal": "{'ann': 820, 'bob': 820}",
}
"""What an example says when all is well."""


@pytest.mark.parametrize("name", SAYS)
def test_the_examples_run(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"examples.{name}"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert SAYS[name] in done.stdout
    if name == "broken_ring":
        assert done.stdout in README


def test_the_example_of_a_recorded_history_is_judged_and_drawn() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "examples.judged_history"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    verdict, _, picture = done.stdout.partition("\n")
    assert verdict.endswith(
        "'kitchen' cannot return 'ok 2 cake' from kitchen.read(1); a correct ring returns 'ok 1 bread'"
    )
    assert picture.endswith(
        "  17  -> ok 2 cake                             |                         |   <- no correct ring does this\n"
    )


@pytest.mark.parametrize(("name", "fails"), [("make", False), ("make_careless", True)])
def test_the_suite_judges_a_foreign_ring(name: str, fails: bool) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "stateful/test_programs.py", f"--ring=examples.own_ring:{name}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == int(fails), done.stdout
    assert "skipped" in done.stdout
    assert ("nothing moves, but a correct ring would go on" in done.stdout) == fails
