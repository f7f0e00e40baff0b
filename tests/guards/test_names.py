"""Do the same things have the same names everywhere, and is what is public listed, documented and shown?"""

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis.stateful import RuleBasedStateMachine

import disruptor
import model
import python_disruptor
from disruptor import Claim, Disruptor, Subscriber
from model.actions import ACTIONS
from model.promises import ALWAYS, PARTNERS
from stateful.adapters.threads import ByValue, InPlace
from stateful.machine import RingMachine
from stateful.table import promise_table

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

# The method that each verb of the model stands for.
METHODS = {
    "publish": Disruptor.publish,
    "publish_many": Disruptor.publish_many,
    "publish_event": Disruptor.publish_event,
    "claim": Disruptor.claim,
    "publish_claim": Claim.publish,
    "abandon": Claim.abandon,
    "register_subscriber": Disruptor.register_subscriber,
    "remove_subscriber": Disruptor.remove_subscriber,
    "update_sequence": Subscriber.update_sequence,
    "wait_for": Subscriber.wait_for,
    "read": Subscriber.read,
    "poll": Subscriber.poll,
    "release": disruptor.Reading.__exit__,
    "iterate": Subscriber.__iter__,
    "batches": Subscriber.batches,
    "leave": Subscriber.__iter__,
    "get": Disruptor.get,
    "fail_subscriber": Disruptor.fail_subscriber,
    "close": Disruptor.close,
    "halt": Disruptor.halt,
    "start": Disruptor.start,
}

# Public methods that are another spelling of one of these, or only look, or are of handlers: these register subscribers,
# read, mark, fail and close, and in which order is explored by the stories of `stateful/test_handlers.py`. Those that are
# awaited try what a plain one does until there is room, or something to read: `stateful/test_loops.py`.
OTHERS = {
    "handle_events_with", "handle_events_with_pool", "after", "shutdown", "publisher", "stats",
    "subscribe_async", "publish_async", "publish_many_async", "publish_event_async", "claim_async",
    "has_available_capacity", "registerSubscriber", "removeSubscriber", "waitFor", "getCursor",
}  # fmt: skip


def public(cls: type) -> set[str]:
    """Return the names of the public methods of a class."""
    return {name for name, member in inspect.getmembers(cls, inspect.isfunction) if not name.startswith("_")}


def rules(machine: type[RuleBasedStateMachine]) -> set[str]:
    """Return the names of the rules of a machine."""
    return {rule.function.__name__ for rule in machine().rules}


def test_every_action_is_a_method() -> None:
    assert set(METHODS) == set(ACTIONS)


def test_every_method_that_acts_is_an_action() -> None:
    assert public(Disruptor) - OTHERS <= set(ACTIONS)
    assert public(Subscriber) - {"close"} <= set(ACTIONS)
    assert public(Claim) - {"count", "index"} == {"publish", "abandon"}


def test_every_action_is_a_rule() -> None:
    assert rules(RingMachine) - {"everybody_goes_on", "time_passes"} == set(ACTIONS)


def test_the_adapters_do_every_action() -> None:
    assert ByValue.verbs | InPlace.verbs == set(ACTIONS)
    for ring in (ByValue, InPlace):
        assert {f"do_{verb}" for verb in ring.verbs} <= set(dir(ring))


def test_what_is_public_is_what_is_listed() -> None:
    source = Path(inspect.getfile(disruptor)).read_text(encoding="utf-8")
    exported = {
        alias.asname
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname is not None
    }
    assert set(disruptor.__all__) == exported
    assert list(python_disruptor.__all__) == list(disruptor.__all__)
    for name in disruptor.__all__:
        assert getattr(python_disruptor, name) is getattr(disruptor, name)


@pytest.mark.parametrize("name", disruptor.__all__)
def test_everything_public_is_documented(name: str) -> None:
    thing = getattr(disruptor, name)
    if not inspect.isclass(thing):
        return
    assert thing.__doc__, name
    for attribute, member in vars(thing).items():
        if not attribute.startswith("_") and (inspect.isfunction(member) or isinstance(member, property)):
            assert member.__doc__, f"{name}.{attribute}"


def modules(package: ModuleType) -> list[str]:
    inside = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    return [package.__name__, *(info.name for info in inside if not info.name.endswith("__main__"))]


@pytest.mark.parametrize("name", [*modules(disruptor), *modules(model), "stateful.scheduler._schedule"])
def test_examples_in_docstrings_are_true(name: str) -> None:
    results = doctest.testmod(importlib.import_module(name), raise_on_error=False)
    assert results.failed == 0


def test_the_readme_has_the_table_of_promises() -> None:
    assert promise_table() in README


def test_every_promise_of_the_specification_is_checked() -> None:
    names = [(promise.__doc__ or "").partition(":")[0] for promise in ALWAYS]
    assert names == [*(f"S{k}" for k in range(1, 10)), "L1", "L2", "L3"]
    assert len(set(PARTNERS.values())) == len(ALWAYS)


def python_blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("block", python_blocks())
def test_the_code_in_the_readme_runs(block: str) -> None:
    exec(compile(block, "README.md", "exec"), {"__name__": "readme"})


def test_files_that_the_readme_names_are_there() -> None:
    for name in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / name).exists(), name
