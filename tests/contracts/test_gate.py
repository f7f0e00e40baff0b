"""Does the gate fail on whatever is not confirmed? Small modules with one fault each are planted for it."""

import textwrap
from pathlib import Path

import pytest

from tests.contracts.gate import Verdicts, analyse, written


def plant(folder: Path, source: str) -> Path:
    """Write a module and return its path."""
    path = folder / "planted.py"
    path.write_text(textwrap.dedent(source), encoding="utf-8")
    return path


def function(conditions: str, *, body: str = "return n", head: str = "def planted(n: int) -> int:") -> str:
    """Return the source of a function with the conditions, which are separated by semicolons."""
    lines = "".join(f"    {condition.strip()}\n" for condition in conditions.split(";"))
    return f'{head}\n    """Do it.\n\n{lines}    """\n    {body}\n'


def states(verdicts: Verdicts) -> set[str]:
    """Return what was said about the conditions."""
    return {verdict.state for verdict in verdicts.found}


def test_a_confirmed_contract_passes(tmp_path: Path) -> None:
    verdicts = analyse(plant(tmp_path, function("pre: n > 0; post: __return__ > 0")))
    assert states(verdicts) == {"CONFIRMED"}
    assert verdicts.problems == []


NOT_CONFIRMED = {
    "POST_FAIL": function("post: __return__ > n"),
    "PRE_UNSAT": function("pre: n > 0; pre: n < 0; post: __return__ == n"),
    "CANNOT_CONFIRM": function("pre: n > 0; post: __return__ > 0", body="return n | 1"),
    "SYNTAX_ERR": function("post: __return__ ==="),
    "POST_ERR": function("post: __return__ == m"),
    "EXEC_ERR": function("post: True", body="return 1 // n"),
}


@pytest.mark.parametrize("state", NOT_CONFIRMED)
def test_whatever_is_not_confirmed_is_a_problem(state: str, tmp_path: Path) -> None:
    verdicts = analyse(plant(tmp_path, NOT_CONFIRMED[state]), condition_seconds=2, tries=1)
    assert states(verdicts) == {state}
    assert verdicts.problems


# CrossHair says nothing of these: each is false, and would pass if nobody asked for it.
SKIPPED = {
    "cached": "import functools\n@functools.lru_cache\n" + function("post: __return__ > n"),
    "async": function("post: __return__ > n", head="async def planted(n: int) -> int:"),
    "nested": "def outer() -> None:\n" + textwrap.indent(function("post: __return__ > n"), "    "),
    "rebound": function("post: __return__ > n") + "planted = abs\n",
}


@pytest.mark.parametrize("kind", SKIPPED)
def test_a_contract_that_is_skipped_is_a_problem(kind: str, tmp_path: Path) -> None:
    verdicts = analyse(plant(tmp_path, SKIPPED[kind]), tries=1)
    assert len(verdicts.written.posts) == 1
    assert verdicts.found == ()
    assert ["not analysed" in problem for problem in verdicts.problems] == [True]


def test_a_verdict_for_another_function_does_not_make_up_for_one_that_is_skipped(tmp_path: Path) -> None:
    # Found in an earlier gate, which counted: one `post:` is written, one verdict is given, and it is CONFIRMED.
    other = function("pre: n > 0", head="def other(n: int) -> int:")
    verdicts = analyse(plant(tmp_path, SKIPPED["cached"] + other), tries=1)
    assert len(verdicts.written.posts) == len(verdicts.found) == 1
    assert states(verdicts) == {"CONFIRMED"}
    assert len(verdicts.problems) == 2


@pytest.mark.parametrize(
    "line",
    [
        "pots: __return__ > n",
        "Post: __return__ > n",
        "post : __return__ > n",
        "post __return__ > n",
        "post:",
        "post: # __return__ > n",
        "post[n]: __return__ > n",
        ":post: __return__ > n",
        "per: n > 0",
        "inv: n > 0",
        "ensures: __return__ > n",
    ],
)
def test_a_misspelt_condition_is_a_problem(line: str, tmp_path: Path) -> None:
    found = written(plant(tmp_path, function(f"post: __return__ == n; {line}")))
    assert len(found.posts) == 1
    assert len(found.malformed) == 1
    assert line in found.malformed[0]


def test_a_condition_that_goes_on_in_the_next_line_is_a_problem(tmp_path: Path) -> None:
    source = '''\
        def planted(n: int) -> int:
            """Do it.

            post: __return__ == n
                and __return__ > n
            """
            return n
        '''
    verdicts = analyse(plant(tmp_path, source), tries=1)
    assert states(verdicts) == {"CONFIRMED"}  # the first line is all that CrossHair reads
    assert len(verdicts.problems) == 1


def test_prose_is_no_condition(tmp_path: Path) -> None:
    source = '''\
        def planted(n: int) -> int:
            """S1: do it. What was said before: nothing.

            A remark: this is fine; precisely, posted: too, in the middle of a line.
            """
            return n
        '''
    assert written(plant(tmp_path, source)) == (frozenset(), ())


def test_a_module_that_cannot_be_imported_is_a_problem(tmp_path: Path) -> None:
    verdicts = analyse(plant(tmp_path, "import no_such_module\n"))
    assert states(verdicts) == {"CRASHED"}
    assert verdicts.problems


def test_an_analysis_that_hangs_is_ended_by_the_alarm(tmp_path: Path) -> None:
    verdicts = analyse(plant(tmp_path, "while True:\n    pass\n"), alarm_seconds=1, tries=1)
    assert states(verdicts) == {"OUT_OF_TIME"}
    assert verdicts.problems


def test_what_is_analysed_cannot_write_files(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    source = function("post: __return__ == n", body=f"open({str(victim)!r}, 'w').close(); return n")
    assert analyse(plant(tmp_path, source), tries=1).problems
    assert not victim.exists()


def test_what_is_undecided_is_tried_again_and_a_counterexample_is_final(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.contracts import gate

    answers = [("CANNOT_CONFIRM",), ("OUT_OF_TIME",), ("CONFIRMED",), ("POST_FAIL", "CANNOT_CONFIRM"), ("CONFIRMED",)]
    path = plant(tmp_path, function("post: __return__ == n"))
    (line,) = written(path).posts

    def run(command: list[str], alarm_seconds: int) -> tuple[gate.Verdict, ...]:
        return tuple(gate.Verdict(state, line, "") for state in answers.pop(0))

    monkeypatch.setattr(gate, "_run", run)
    assert analyse(path).problems == []
    assert states(analyse(path)) == {"POST_FAIL", "CANNOT_CONFIRM"}
    assert answers == [("CONFIRMED",)]
