"""Is the list of equivalent generic mutants in step with the library, and does the command judge rightly?

The run itself is `python -m stateful.mutants.generic`: minutes, so not here.
"""

import ast
import doctest
from collections.abc import Iterator
from pathlib import Path

import pytest

from stateful.mutants import _workspace
from stateful.mutants._workspace import FILES, FIRST, LEFT_OUT, SETTINGS, Change, make, parsed, separated, undecorated
from stateful.mutants.equivalents import EQUIVALENTS
from stateful.mutants.generic import SECOND, counts, verdict
from stateful.patched import ROOT

ONE = Change("_slots.py", "Slots.read", "return 1", "return 2")
OTHER = ONE._replace(after="return 3")


def functions(source: str) -> Iterator[tuple[str, str]]:
    """Yield each function of a module, as `Class.function`, and its lines without indentation, one after the other."""
    lines = source.splitlines()
    for top in ast.parse(source).body:
        for node in top.body if isinstance(top, ast.ClassDef) else [top]:
            if isinstance(node, ast.FunctionDef):
                name = f"{top.name}.{node.name}" if isinstance(top, ast.ClassDef) else node.name
                yield name, " ".join(line.strip() for line in lines[node.lineno - 1 : node.end_lineno])


@pytest.mark.parametrize("change", [equivalent.change for equivalent in EQUIVALENTS], ids=str)
def test_the_line_of_an_equivalent_mutant_is_still_there(change: Change) -> None:
    source = (ROOT / "disruptor" / change.file).read_text(encoding="utf-8")
    assert change.file in FILES
    assert change.before in dict(functions(source))[change.function]
    assert change.after != change.before


def test_no_mutant_is_listed_twice_and_each_has_a_reason() -> None:
    assert len({equivalent.change for equivalent in EQUIVALENTS}) == len(EQUIVALENTS)
    assert all(equivalent.reason for equivalent in EQUIVALENTS)


def test_a_survivor_that_is_not_listed_is_wrong_and_so_is_one_that_is_listed_and_dies() -> None:
    assert verdict([ONE], [ONE]) == []
    assert verdict([ONE], []) == [f"survives: {ONE}"]
    assert verdict([], [OTHER]) == [f"listed, but does not survive: {OTHER}"]


def test_a_mutant_is_read_from_its_name_and_its_difference() -> None:
    diff = "# name: survived\n--- a\n+++ b\n@@ -1,2 +1,2 @@\n def f(\n-    a,\n-    b):\n+    a):\n     pass\n"
    assert parsed("disruptor._sequence.x_room__mutmut_1", diff) == Change("_sequence.py", "room", "a, b):", "a):")
    assert parsed("disruptor._claim.xǁClaimǁ__len____mutmut_12", diff).function == "Claim.__len__"


def test_the_table_counts_each_mutant_once() -> None:
    codes = {"disruptor._slots.a": 1, "disruptor._slots.b": 36, "disruptor._slots.c": 0, "disruptor._claim.d": 0}
    rows = {row[1].strip(): [*map(str.strip, row[2:-1])] for row in (line.split("|") for line in table_of(codes))}
    assert rows["_slots.py"] == ["3", "1", "1", "0", "1"]
    assert rows["_claim.py"] == ["1", "0", "0", "1", "0"]
    assert rows["all"] == ["4", "1", "1", "1", "1"]


def table_of(codes: dict[str, int]) -> list[str]:
    return counts(codes, [ONE]).splitlines()


def test_a_property_without_its_decorator_is_a_property() -> None:
    changed = undecorated(
        "class A:\n    @property\n    def a(self):\n        return 7\n\n    @override\n    def b(self):\n        pass\n"
    )
    assert "@" not in changed
    space: dict[str, type] = {}
    exec(changed, space)
    assert space["A"]().a == 7


def test_the_examples_are_right() -> None:
    assert doctest.testmod(_workspace).failed == 0


def test_decorators_that_mean_something_are_not_dropped_in_silence() -> None:
    with pytest.raises(ValueError, match="other decorators"):
        undecorated("class A:\n    @override\n    @property\n    def a(self):\n        return 7\n")


def test_the_copy_can_be_imported_and_has_its_settings(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "disruptor" / FILES[0]).write_text("what an interrupted run has left", encoding="utf-8")
    make(tmp_path)
    for file in FILES:
        compile((tmp_path / "disruptor" / file).read_text(encoding="utf-8"), file, "exec")
    settings = (tmp_path / "setup.cfg").read_text(encoding="utf-8")
    assert all(f"{name} = {separated(values)}" in settings for name, values in SETTINGS.items())


def test_all_that_is_named_is_there() -> None:
    for path in (*FIRST, *SECOND, *LEFT_OUT, *(f"disruptor/{file}" for file in FILES)):
        assert (ROOT / path).exists()
