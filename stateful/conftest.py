"""Options of the suite: `--ring` names another ring, `--hypothesis-profile` how long to look (`profiles.py`)."""

import gc
from pathlib import Path

import pytest

from stateful.adapters._protocol import Make
from stateful.adapters.threads import ByValue, InPlace
from stateful.foreign import load
from stateful.profiles import UNHURRIED as UNHURRIED


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--ring`."""
    parser.addoption("--ring", default=None, help="module:name of what makes your own ring")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what is only for the rings of others, where there is none."""
    return True if collection_path.name == "test_ring_under_test.py" and config.getoption("--ring") is None else None


def pytest_pycollect_makeitem(
    collector: pytest.Module | pytest.Class, name: str, obj: object
) -> list[pytest.Item] | None:
    """Make no items of tests that are only for the deep run, if that is not asked for: there are ten thousand of them."""
    marks = getattr(obj, "pytestmark", ())
    deep = isinstance(marks, list) and any(mark.name == "deep" for mark in marks)
    return [] if deep and collector.config.getoption("markexpr") == "not deep" else None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Tell the collector of garbage not to look at the tests themselves again: they stay until the end."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--ring`, keep the tests that run the ring under test: the others are about our own, whatever it says."""
    if config.getoption("--ring") is None:
        return
    asks = [bool({"by_value", "in_place"} & {*getattr(item, "fixturenames", ())}) for item in items]
    config.hook.pytest_deselected(items=[item for item, kept in zip(items, asks, strict=True) if not kept])
    items[:] = [item for item, kept in zip(items, asks, strict=True) if kept]


@pytest.fixture(scope="session")
def by_value(request: pytest.FixtureRequest) -> Make:
    """Return what makes a ring by value: ours, or the one that `--ring=module:name` names."""
    other: str | None = request.config.getoption("--ring")
    if other is None:
        return ByValue
    return load(other)


@pytest.fixture(scope="session")
def in_place(request: pytest.FixtureRequest) -> Make:
    """Return what makes a ring in place; only ours has them."""
    if request.config.getoption("--ring") is not None:
        pytest.skip("a foreign ring is asked for events by value only")
    return InPlace
