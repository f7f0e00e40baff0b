"""Are the steps that are proved for every ring the steps that the model's actions take?"""

from collections.abc import Iterator

import pytest

from model.explore import Promise, Step, explore
from model.proof import Numbers, advance, claim, explains, finish, join, look, numbers, sound
from model.scenarios import World, done, successors
from tests.model.test_scenarios import PINNED

NAMES = [name for name in PINNED if "join" in name or "halt" in name or "capacity 1" in name]


@pytest.mark.parametrize("name", NAMES)
def test_every_step_of_a_scenario_is_one_of_the_steps_that_are_proved(name: str) -> None:
    scenario = PINNED[name].scenario
    steps = successors(scenario)
    unexplained: list[tuple[Numbers, Numbers]] = []

    def checked(world: World) -> Iterator[tuple[Step, World]]:
        before = numbers(world.state)
        for step, after in steps(world):
            if not explains(before, numbers(after.state)):
                unexplained.append((before, numbers(after.state)))
            yield step, after

    start = World(scenario.start, (0,) * len(scenario.actors))
    kept = Promise[World]("the invariant", lambda world: sound(numbers(world.state)))
    explore([start], checked, always=[kept], done=done).require()
    assert not unexplained


def test_a_step_that_is_not_allowed_is_not_explained() -> None:
    before = look(Numbers(capacity=2, claimed=1, published=1, lowest=0, limit=2))
    assert explains(before, look(claim(before, 1)))
    assert not explains(before, look(Numbers(2, 3, 1, 0, 2)))  # beyond the limit
    assert explains(before, look(advance(before, 1)))
    assert not explains(before, look(Numbers(2, 1, 1, -2, 0)))  # behind what is kept
    assert explains(before, look(join(before, -1)))
    assert explains(before, finish(before, 1))


def test_the_table_of_actions_in_the_docs_is_the_table_of_actions() -> None:
    from pathlib import Path

    from model.table import action_table

    assert action_table() in (Path(__file__).parent.parent.parent / "docs" / "model.md").read_text(encoding="utf-8")
