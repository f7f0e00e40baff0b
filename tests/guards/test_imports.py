"""Do imports run one way, and does only `_sync.py` block or tell the time?"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import disruptor
from stateful.library import LIBRARY as EXPLORED

ROOT = Path(__file__).parent.parent.parent
LIBRARY = sorted((ROOT / "disruptor").rglob("*.py"))
MODEL = sorted((ROOT / "model").glob("*.py"))

BLOCKING = {
    "_thread", "asyncio", "concurrent", "multiprocessing", "queue", "sched", "select", "selectors", "signal",
    "socket", "subprocess", "threading", "time",
}  # fmt: skip

SYSTEM = {"_sync", "shared._posix", "shared._files", "shared._segment"}
"""Between threads, `_sync.py`; between processes, `shared/_posix.py`, and what makes, finds and removes a ring's files."""
NUMPY = {"shared._formats", "shared._records", "shared._record_slots"}
"""They name its types, and import it only when somebody who has it makes a ring of records (a test blocks the import)."""

LOOPS = {"aio._waiting"}
"""It asks which event loop runs, and is imported only when a ring is awaited (`tests/aio`). It does not sleep."""

DRAWING = {"shared._top"}
"""It imports `rich`, only when it draws."""

FIGURES = {"prometheus"}
"""It imports `prometheus_client`, only when a collector is made."""


UNSHARED = {
    "__main__", "_arguments", "_cell", "_deadline", "_errors", "_event_factory", "_home", "_once", "_override", "_parts",
    "_poll", "_runtime", "_sequence", "_start", "combine", "on_error", "prometheus", "stats", "waiting", "handlers._batched",
    "handlers._groups", "handlers._handler",
}  # fmt: skip
"""What touches nothing that two threads share: arguments, arithmetic, types, errors, the state of one handler in its thread,
and figures, each of which is one load. All others get scheduling points (`stateful/library.py`); those between processes are
explored over simulated memory, whose words are the points."""


def named(path: Path) -> str:
    """Return the name of a module of the library, as the layers list it; that of a package ends in `__init__`."""
    return ".".join(path.relative_to(ROOT / "disruptor").with_suffix("").parts)


def imported(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or ""


def layers() -> dict[str, int]:
    """Return the layer of each module, as `disruptor/__init__.py` lists them."""
    found: dict[str, int] = {}
    listing = (disruptor.__doc__ or "").split("Layers")[1].split("A tour:")[0]
    rows = [line for line in listing.splitlines() if line.startswith("    ")]
    for number, line in enumerate(rows):
        for word in line.split():
            if not (ROOT / "disruptor" / f"{word.replace('.', '/')}.py").exists():
                break
            found[word] = number
    return found


def test_every_module_has_a_layer() -> None:
    assert set(layers()) == {named(path) for path in LIBRARY if path.stem != "__init__"}


def test_every_module_that_touches_what_is_shared_gets_scheduling_points() -> None:
    explored = {module.__name__.partition(".")[2] for module in EXPLORED}
    local = {named(path) for path in LIBRARY if path.stem != "__init__" and not named(path).startswith("shared.")}
    assert explored.isdisjoint(UNSHARED)
    assert explored | UNSHARED == local


@pytest.mark.parametrize("path", LIBRARY, ids=named)
def test_a_module_imports_only_from_the_layers_above(path: Path) -> None:
    order = layers()
    for module in imported(path):
        package, _, name = module.partition(".")
        if package == "disruptor" and path.stem != "__init__":
            # Within a layer, what is imported stands further to the left.
            names, own = list(order), named(path)
            assert order[name] <= order[own], f"{own} imports {name}"
            assert names.index(name) < names.index(own), f"{own} imports {name}"


@pytest.mark.parametrize("path", LIBRARY, ids=named)
def test_the_library_imports_nothing_but_the_standard_library(path: Path) -> None:
    import sys

    for module in imported(path):
        package = module.partition(".")[0]
        stubs_only = path.stem == "_override" and package == "typing_extensions"
        optional = named(path) in NUMPY and package == "numpy"
        optional |= named(path) in DRAWING and package == "rich"
        optional |= named(path) in FIGURES and package == "prometheus_client"
        assert package == "disruptor" or package in sys.stdlib_module_names or stubs_only or optional


@pytest.mark.parametrize("path", LIBRARY, ids=named)
def test_nothing_but_sync_blocks_or_tells_the_time(path: Path) -> None:
    if named(path) not in SYSTEM:
        allowed = {"asyncio"} if named(path) in LOOPS else set()
        assert (BLOCKING - allowed).isdisjoint(module.partition(".")[0] for module in imported(path))


@pytest.mark.parametrize("path", MODEL, ids=lambda path: path.stem)
def test_the_model_stands_alone(path: Path) -> None:
    import sys

    for module in imported(path):
        package = module.partition(".")[0]
        stubs_only = path.stem == "override" and package == "typing_extensions"
        assert package == "model" or package in sys.stdlib_module_names or stubs_only


@pytest.mark.parametrize("path", LIBRARY + MODEL, ids=lambda path: ".".join(path.with_suffix("").parts[-2:]))
def test_nothing_depends_on_assert(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)]


@pytest.mark.parametrize("folder", ["disruptor", "model", "stateful"])
def test_files_are_small(folder: str) -> None:
    long = {
        str(path): lines
        for path in (ROOT / folder).rglob("*.py")
        if not path.name.startswith("test_") and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert not long


@pytest.mark.parametrize("path", LIBRARY, ids=named)
def test_a_file_begins_by_saying_what_it_keeps(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
