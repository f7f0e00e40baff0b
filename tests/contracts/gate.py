"""The gate: every condition that is written is analysed, and confirmed over all paths; anything else fails.

CrossHair's command ends with 0 for "not confirmed", unsatisfiable preconditions, and contracts that it skips. So its
Python interface is driven here, in a process of its own for each module, and the `post:` lines are counted.

`python tests/contracts/gate.py FILE SECONDS FUNCTION` prints, as JSON, what became of each condition.
"""

import ast
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent.parent


class Verdicts(NamedTuple):
    """What became of the contracts of one module."""

    written: int
    """`post:` lines in its docstrings."""
    states: list[tuple[str, int, str]]
    """State, line and message of each condition that was analysed."""

    @property
    def problems(self) -> list[str]:
        """What is wrong; empty if every condition is confirmed."""
        wrong = [f"line {line}: {state}: {message}" for state, line, message in self.states if state != "CONFIRMED"]
        if len(self.states) != self.written:
            wrong.append(f"{self.written} conditions are written, {len(self.states)} were analysed")
        return wrong


def written(path: Path) -> int:
    """Count the `post:` lines of all functions of a file, methods and nested ones included."""
    count = 0
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            lines = (ast.get_docstring(node) or "").splitlines()
            count += sum(line.strip().lower().startswith(("post", "pos:")) for line in lines)
    return count


def analyse(path: Path, *, only: str = "", condition_seconds: int = 60, tries: int = 3) -> Verdicts:
    """Analyse the contracts of a file, or of one function, in a process of its own.

    Again if it was short of time, for its limits are on the wall clock.
    """
    verdicts = Verdicts(written(path), [])
    for _ in range(tries):
        done = subprocess.run(
            [sys.executable, __file__, str(path), str(condition_seconds), only],
            capture_output=True,
            text=True,
            timeout=600,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"},
            check=False,
        )
        if done.returncode:
            return Verdicts(written(path), [("CRASHED", 0, done.stderr[-2000:])])
        verdicts = Verdicts(written(path), [(s, n, m) for s, n, m in json.loads(done.stdout)])
        if not verdicts.problems or any(state == "POST_FAIL" for state, _, _ in verdicts.states):
            break
    return verdicts


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
    print(json.dumps(_analyse_here(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])))
