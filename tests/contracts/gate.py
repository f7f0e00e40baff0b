"""The gate: every condition that is written is analysed, and confirmed over all paths; anything else fails.

CrossHair's command ends with 0 for "not confirmed", unsatisfiable preconditions, and contracts that it skips. So its
Python interface is driven here, in a process of its own for each module: with an alarm, for a solver can hang; with
CrossHair's audit wall, for analysed code runs with made-up arguments; and again if it ran out of time, for its limits
are on the wall clock.

Rule 1: verdicts are matched with the `post:` lines by line number. Counting them is not enough: CrossHair also
        confirms functions that have a `pre:` only, which made up for a contract that it had skipped.
Rule 2: whatever looks like a condition and is none in CrossHair's grammar is a problem, not a remark.

`python tests/contracts/gate.py FILE CONDITION_SECONDS ALARM_SECONDS [FUNCTION]` prints the verdicts as JSON.
"""

import ast
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent

CONFIRMED, REFUTED = "CONFIRMED", "POST_FAIL"
# What a slow machine may give as well as a wrong contract: worth another try.
UNDECIDED = {"CANNOT_CONFIRM", "PRE_UNSAT", "OUT_OF_TIME"}

# One condition, on one line: what `crosshair.condition_parser` calls a header with an inline expression.
CONDITION = re.compile(r"\s*(pre|post):\s*[^\s#]")
# A line that begins like one: any single word and a colon ("pots:", "Post:", "raises:"), or the keyword without it.
LOOKS_LIKE_ONE = re.compile(r"\s*:?\s*([A-Za-z]+\s*(\[.*\])?\s*:|(pre|post)\b)", re.IGNORECASE)


class Verdict(NamedTuple):
    """What became of one condition."""

    state: str
    """`CONFIRMED`, or the name of another of CrossHair's message types, or one of the gate's own."""
    line: int
    """Of the file, from 1."""
    message: str


class Written(NamedTuple):
    """What stands in the docstrings of a file."""

    posts: frozenset[int]
    """Lines with a `post:`."""
    malformed: tuple[str, ...]
    """Lines that were meant to be conditions and are none."""


class Verdicts(NamedTuple):
    """What became of the contracts of one module, or of one function of it."""

    written: Written
    found: tuple[Verdict, ...]

    @property
    def problems(self) -> list[str]:
        """What is wrong; empty if each condition that is written is confirmed, and nothing else is said."""
        wrong = list(self.written.malformed)
        wrong += [f"line {line}: {state}: {message}" for state, line, message in self.found if state != CONFIRMED]
        times = Counter(verdict.line for verdict in self.found)
        wrong += [f"line {line}: not analysed" for line in sorted(self.written.posts - times.keys())]
        wrong += [f"line {line}: a verdict without a `post:`" for line in sorted(times.keys() - self.written.posts)]
        wrong += [f"line {line}: {count} verdicts" for line, count in sorted(times.items()) if count > 1]
        return wrong

    @property
    def refuted(self) -> frozenset[int]:
        """Lines of the conditions for which there is a counterexample."""
        return frozenset(verdict.line for verdict in self.found if verdict.state == REFUTED)


def written(path: Path, only: str = "") -> Written:
    """Read the conditions in the docstrings of a file: functions of all kinds, nested ones included, and classes."""
    posts: set[int] = set()
    malformed: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) or only not in ("", node.name):
            continue
        docstring = ast.get_docstring(node, clean=False)
        deeper_than = sys.maxsize
        for number, line in enumerate((docstring or "").splitlines(), node.body[0].lineno):
            indent = len(line) - len(line.lstrip())
            if match := CONDITION.match(line):
                if match[1] == "post":
                    posts.add(number)
            elif line.strip() and indent > deeper_than:
                malformed.append(f"line {number}: CrossHair ignores what continues a condition: {line.strip()}")
            elif LOOKS_LIKE_ONE.match(line):
                malformed.append(f"line {number}: neither a condition nor prose: {line.strip()}")
            deeper_than = indent if match else sys.maxsize
    return Written(frozenset(posts), tuple(malformed))


def analyse(
    path: Path, *, only: str = "", condition_seconds: int = 60, alarm_seconds: int = 240, tries: int = 3
) -> Verdicts:
    """Analyse the contracts of a file, or of one function of it, in a process of its own; again if it was not decided.

    A counterexample is final: no second try would take it back.
    """
    command = [sys.executable, __file__, str(path), str(condition_seconds), str(alarm_seconds), only]
    verdicts = Verdicts(written(path, only), (Verdict("NOT_RUN", 0, ""),))
    for _ in range(tries):
        verdicts = verdicts._replace(found=_run(command, alarm_seconds))
        if verdicts.refuted or not any(verdict.state in UNDECIDED for verdict in verdicts.found):
            break
    return verdicts


def _run(command: list[str], alarm_seconds: int) -> tuple[Verdict, ...]:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=alarm_seconds + 10,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return (Verdict("OUT_OF_TIME", 0, f"after {alarm_seconds} seconds"),)
    if sys.platform != "win32" and done.returncode == -signal.SIGALRM:
        return (Verdict("OUT_OF_TIME", 0, f"after {alarm_seconds} seconds"),)
    if done.returncode:
        return (Verdict("CRASHED", 0, done.stderr[-2000:]),)
    return tuple(Verdict(state, line, message) for state, line, message in json.loads(done.stdout))


def _analyse_here(path: Path, condition_seconds: int, only: str) -> list[tuple[str, int, str]]:
    from crosshair.auditwall import engage_auditwall
    from crosshair.core_and_libs import analyze_function, analyze_module, run_checkables
    from crosshair.options import AnalysisKind, AnalysisOptionSet

    spec = importlib.util.spec_from_file_location(f"analysed_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    engage_auditwall()
    options = AnalysisOptionSet(
        analysis_kind=(AnalysisKind.PEP316,),
        per_condition_timeout=condition_seconds,
        per_path_timeout=condition_seconds / 3,
        report_all=True,
    )
    checkables = analyze_function(getattr(module, only), options) if only else analyze_module(module, options)
    messages = run_checkables(checkables)
    return [(message.state.name, message.line, message.message) for message in messages]


if __name__ == "__main__":
    if sys.platform != "win32":  # where a child outlives its parent's time-out, only the latter is left
        signal.alarm(int(sys.argv[3]))
    print(json.dumps(_analyse_here(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[4])))
