"""Does anything but `_sync.py` call what blocks, tells the time, or reaches out of the library, by whatever road?

`test_imports.py` reads the imports; this reads the calls, and shows of both that they find what they are to find.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.guards.test_imports import BLOCKING, LIBRARY, MODEL, imported, named

# By name, wherever it is reached: `time.sleep`, `from time import sleep`, `loop.sleep`.
FORBIDDEN = {
    "sleep", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "time_ns", "start_new_thread", "Thread",
    "Timer", "__import__", "import_module", "open", "input", "print", "exec", "eval", "compile", "breakpoint", "fork",
}  # fmt: skip

# What `_sync.py` is there for; `shared/_signal.py` and `_patience.py` ask the runtime, as `Signal` does; `shared/_posix.py`
# is the kernel of a ring between processes, `shared/_files.py` and `shared/_segment.py` open its files; `shared/_top.py`
# asks the runtime, and prints with `rich`; `__main__.py` opens what swallows the rest when nobody reads it any more.
ALLOWED = {
    ("_sync", "monotonic_ns"), ("_sync", "start_new_thread"), ("_sync", "Thread"), ("shared._signal", "monotonic_ns"),
    ("_sync", "sleep"), ("_patience", "monotonic_ns"),
    ("shared._posix", "sleep"), ("shared._posix", "open"), ("shared._files", "open"), ("shared._segment", "open"),
    ("shared._top", "monotonic_ns"), ("shared._top", "print"), ("__main__", "open"),
}  # fmt: skip


def called(tree: ast.AST) -> Iterator[str]:
    """Yield the name of everything that is called, without what it is reached through."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr


def sins(source: str) -> set[str]:
    """Return the forbidden calls in `source`."""
    return FORBIDDEN.intersection(called(ast.parse(source)))


@pytest.mark.parametrize("path", LIBRARY, ids=named)
def test_nothing_but_sync_calls_what_blocks_or_tells_the_time(path: Path) -> None:
    found = {(named(path), name) for name in sins(path.read_text(encoding="utf-8"))}
    assert found <= ALLOWED


@pytest.mark.parametrize("path", MODEL, ids=lambda path: path.stem)
def test_the_model_neither_waits_nor_looks_at_the_clock(path: Path) -> None:
    # Only the imports: `sleep` and the like are also names of actions.
    assert BLOCKING.isdisjoint(module.partition(".")[0] for module in imported(path))


@pytest.mark.parametrize("path", LIBRARY, ids=named)
def test_nothing_but_sync_waits_on_a_condition(path: Path) -> None:
    if path.stem == "_sync":
        return
    assert {"wait", "notify", "notify_all"}.isdisjoint(called(ast.parse(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("path", LIBRARY, ids=named)
def test_nothing_wakes_only_one(path: Path) -> None:
    assert "notify" not in set(called(ast.parse(path.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("path", LIBRARY, ids=named)
def test_no_name_of_a_module_is_changed_while_it_runs(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Global)]


@pytest.mark.parametrize("path", LIBRARY + MODEL, ids=lambda path: ".".join(path.with_suffix("").parts[-2:]))
def test_no_error_is_swallowed_by_a_bare_except(path: Path) -> None:
    """A handler of everything raises again, or keeps the error for later: else an interrupt would be lost."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            everything = node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "BaseException")
            if everything:
                inside = [*ast.walk(node)]
                raises = any(isinstance(inner, ast.Raise) for inner in inside)
                keeps = any(isinstance(inner, ast.Name) and inner.id == node.name for inner in inside)
                assert raises or keeps, f"{path}:{node.lineno}"


# --- the guards bite -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "sin"),
    [
        ("import time\ntime.sleep(1)", "sleep"),
        ("from time import sleep\ndef f():\n    sleep(1)", "sleep"),
        ("def f(clock):\n    return clock.monotonic()", "monotonic"),
        ("__import__('threading')", "__import__"),
        ("import importlib\nimportlib.import_module('queue')", "import_module"),
    ],
)
def test_a_forbidden_call_is_found(source: str, sin: str) -> None:
    assert sins(source) == {sin}


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("import threading", "threading"),
        ("import concurrent.futures", "concurrent"),
        ("from queue import Queue", "queue"),
        ("def f():\n    import asyncio.locks as locks", "asyncio"),
        ("if True:\n    from multiprocessing.shared_memory import SharedMemory", "multiprocessing"),
    ],
)
def test_a_forbidden_import_is_found(source: str, module: str, tmp_path: Path) -> None:
    path = tmp_path / "sinner.py"
    path.write_text(source, encoding="utf-8")
    assert module in BLOCKING.intersection(name.partition(".")[0] for name in imported(path))
