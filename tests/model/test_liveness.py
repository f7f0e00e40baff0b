"""Are livelocks found, fair ones and no others, and has the right specification none?

Each wrong specification here livelocks and breaks no promise about single states, and from each of its states there is a way
to the end: nothing but the search for livelocks finds it.
"""

from collections.abc import Iterator
from textwrap import dedent
from typing import ClassVar, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disruptor._override import override
from model import producers, subscribers
from model.action import Action, Result
from model.actions import ACTIONS
from model.cycles import components
from model.explore import PromiseBroken, explore
from model.graph import Graph, Move, Step
from model.liveness import EVERYTHING, ONCE_BEGUN
from model.promises import ALWAYS
from model.scenarios import Scenario, closer, joiner, producer, run, subscriber, with_readers
from model.state import Pending, Reader, State, has_room, reader, with_pending

# --- wrong specifications ------------------------------------------------------------------------------------


def waits_in_vain(action: subscribers.Turn, state: State, call: Pending) -> bool:
    """Tell whether a reader that has its turn finds nothing to read, and nothing to fail with."""
    found = action.guard_turn(state, call, reader(state, call.call.name))
    return call.stage > 0 and not found and not action.refuse(state, call) and not call.due


class Polls(subscribers.Read):
    """A reader that tests again instead of sleeping."""

    @override
    def walk(self, state: State, call: Pending) -> Iterator[State]:
        if waits_in_vain(self, state, call):
            yield state


class SharedAlert(subscribers.Read):
    """A reader that leaves alerts all: the others throw, see that they were not meant, and wait again (bug class B8)."""

    @override
    def walk(self, state: State, call: Pending) -> Iterator[State]:
        alerted = any(not other.alive for other in state.readers)
        if alerted and waits_in_vain(self, state, call):
            yield with_pending(state, call._replace(stage=3 - call.stage))  # throws, and is back


class PassesItOn(subscribers.Read):
    """A reader that was woken and finds nothing for itself wakes the other ones before it sleeps again."""

    wakes: ClassVar[tuple[str, ...]] = ()

    @override
    def walk(self, state: State, call: Pending) -> Iterator[State]:
        others = [other for other in state.pending if other.task != call.task and other.asleep]
        if others and waits_in_vain(self, state, call):
            for other in others:
                state = with_pending(state, other._replace(asleep=False))
            yield with_pending(state, call._replace(asleep=True))


class AfterYou(producers.Publish):
    """A producer that announces what it wants, and withdraws while others have announced more than there is room for."""

    @override
    def refuse(self, state: State, call: Pending) -> str:
        return super().refuse(state, call._replace(stage=call.stage % 2))

    @override
    def guard(self, state: State, call: Pending) -> bool:
        return call.stage == 1 or (call.stage == 2 and not self.crowded(state))

    @override
    def walk(self, state: State, call: Pending) -> Iterator[State]:
        if call.stage == 0 and has_room(state, call.call.n) and not self.refuse(state, call):
            yield with_pending(state, call._replace(stage=2))
        elif call.stage == 2 and self.crowded(state):
            yield with_pending(state, call._replace(stage=0))

    @override
    def effect(self, state: State, call: Pending) -> Iterator[Result]:
        return super().effect(state, call._replace(stage=call.stage % 2))

    def crowded(self, state: State) -> bool:
        announced = sum(other.call.n for other in state.pending if other.stage == 2 and not other.error)
        return not has_room(state, announced)


class Mutant(NamedTuple):
    """A wrong action, where it livelocks, whose livelock it is, and the steps of its loop."""

    verb: str
    action: Action
    scenario: Scenario
    task: str
    loop: tuple[str, ...]


def S(name: str) -> Reader:
    return Reader(name, -1)


ONE = Scenario(with_readers(1, S("S")), (producer("P", "a"), subscriber("S"), closer()))
LEAVING = Scenario(with_readers(1, S("S")), (producer("P", "a"), subscriber("S"), joiner("J", leaves=True), closer()))
TWO = Scenario(with_readers(1, S("S"), S("T")), (producer("P", "a"), subscriber("S"), subscriber("T"), closer()))
RIVALS = Scenario(with_readers(1, S("S")), (producer("P", "a"), producer("Q", "b"), subscriber("S"), closer()))

MUTANTS = {
    "a reader polls": Mutant("read", Polls(), ONE, "S", ("S goes on",)),
    "an alert is shared": Mutant("read", SharedAlert(), LEAVING, "S", ("S goes on", "S goes on")),
    "a wake-up is passed on": Mutant("read", PassesItOn(), TWO, "S", ("T goes on", "S goes on")),
    # P alone, withdrawing and announcing while Q stands there, would be shorter, but unfair to Q.
    "after you": Mutant("publish", AfterYou(), RIVALS, "P", ("Q goes on", "P goes on", "P goes on", "Q goes on")),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_livelock_is_found_by_the_shortest_lasso(name: str) -> None:
    mutant = MUTANTS[name]
    report = run(mutant.scenario, actions={**ACTIONS, mutant.verb: mutant.action}, always=ALWAYS, liveness=True)
    violation = report.violation
    assert violation is not None
    assert violation.promise == f"livelock of {mutant.task}"
    loop = violation.trace[-violation.loop :]
    assert tuple(f"{step.actor} {step.text}" for step, _ in loop) == mutant.loop
    assert loop[-1][1] == violation.state
    assert violation.trace[-violation.loop - 1][1] == violation.state


@pytest.mark.parametrize("name", MUTANTS)
def test_nothing_else_finds_it(name: str) -> None:
    mutant = MUTANTS[name]
    run(mutant.scenario, actions={**ACTIONS, mutant.verb: mutant.action}, always=ALWAYS).require()


@pytest.mark.parametrize("scenario", [ONE, LEAVING, TWO, RIVALS], ids=["one", "leaving", "two", "rivals"])
def test_the_right_specification_has_no_livelock(scenario: Scenario) -> None:
    run(scenario, liveness=True).require()


def test_a_livelock_is_printed_as_lanes() -> None:
    with pytest.raises(PromiseBroken) as raised:
        run(ONE, actions={**ACTIONS, "read": Polls()}, liveness=True).require()
    text = str(raised.value)
    assert text.partition("\nin ")[0] == dedent("""\
        livelock of S
        step  S
           1  S.read()
           2  goes on
           3  goes on   <- livelock of S: and so on from step 3""")


# --- cycles that are none ------------------------------------------------------------------------------------


def test_calls_that_time_out_and_blocks_that_fail_go_round_and_are_no_livelock() -> None:
    again = Scenario(
        with_readers(1, S("S")),
        (producer("P", "a", timed=True), subscriber("S", timed=True, fails=True), closer()),
    )
    report = run(again, liveness=True).require()
    assert report.on_cycles == 92


def test_who_polls_for_what_everybody_is_obliged_to_do_is_in_no_livelock() -> None:
    polls = {**ACTIONS, "read": Polls()}
    run(ONE, actions=polls, liveness=True, obliged=EVERYTHING).require()
    assert run(ONE, actions=polls, liveness=True, obliged=EVERYTHING).on_cycles > 0


Arrows = dict[int, list[tuple[Step, int]]]


def spinner(*ways_out: tuple[Step, int]) -> Arrows:
    """0 leads to itself by what A does, over and over, and elsewhere."""
    return {0: [(Step("A", "spins"), 0), *ways_out], 1: []}


def livelocked(arrows: Arrows) -> str | None:
    violation = explore([0], arrows.__getitem__, liveness=True).violation
    return None if violation is None else violation.promise


B_CAN = (Step("B", "opens the door"), 1)
B_MAY = (Step("B", "calls", Move.BEGINS), 1)
A_CAN = (Step("A", "leaves", Move.RETURNS), 1)
TIME_OUT = (Step("clock", "rings", Move.PASSES), 1)


@pytest.mark.parametrize(
    ("arrows", "found"),
    [
        (spinner(), "livelock of A"),
        (spinner(B_CAN), None),
        (spinner(TIME_OUT), None),
        (spinner(B_MAY), "livelock of A"),
        # Weak fairness obliges A to move, not to move in a certain way: who may go wrong for ever does.
        (spinner(A_CAN), "livelock of A"),
        ({0: [(Step("A", "waits", Move.WAITS), 0)]}, None),
        ({0: [(Step("A", "calls", Move.BEGINS), 1)], 1: [(Step("A", "returns", Move.RETURNS), 0)]}, None),
        ({0: [(Step("A", "works"), 1)], 1: [(Step("A", "returns", Move.RETURNS), 0)]}, None),
        # B can move in every second state only, so it need not ever.
        (
            {0: [(Step("A", "tick"), 1), B_CAN_2 := (Step("B", "moves"), 2)], 1: [(Step("A", "tock"), 0)], 2: []},
            "livelock of A",
        ),
        ({0: [(Step("A", "tick"), 1), B_CAN_2], 1: [(Step("A", "tock"), 0), B_CAN_2], 2: []}, None),
        # Others return for ever, and A never does.
        ({0: [(Step("A", "spins"), 0), (Step("B", "returns", Move.RETURNS), 0)]}, "livelock of A"),
    ],
)
def test_a_cycle_counts_if_it_is_fair_and_somebody_works_in_vain(arrows: Arrows, found: str | None) -> None:
    assert livelocked(arrows) == found


def test_states_left_out_and_livelocks_do_not_go_together() -> None:
    with pytest.raises(ValueError, match="within"):
        explore([0], spinner().__getitem__, liveness=True, within=bool)


# --- any graph -----------------------------------------------------------------------------------------------

LABELS = st.builds(Step, st.sampled_from("AB"), st.just("goes"), st.sampled_from(Move))


@st.composite
def graphs(draw: st.DrawFn) -> Arrows:
    count = draw(st.integers(1, 5))
    arrows = st.tuples(LABELS, st.integers(0, count - 1))
    return {k: draw(st.lists(arrows, max_size=4)) for k in range(count)}


def reaches(arrows: Arrows, states: set[int], source: int) -> set[int]:
    """Return what can be reached within `states`, by one arrow at least."""
    found: set[int] = set()
    ahead = {source}
    while ahead:
        ahead = {target for k in ahead for _, target in arrows[k] if target in states} - found
        found |= ahead
    return found


def fair_round(arrows: Arrows, states: set[int], task: str, obliged: frozenset[Move]) -> bool:
    """Tell, by the words of the definition, whether going through all of `states` is a livelock of `task`."""
    inside = {
        k: [
            (step, target)
            for step, target in arrows[k]
            if target in states and (step.actor, step.move) != (task, Move.RETURNS)
        ]
        for k in states
    }
    steps = [step for k in states for step, _ in inside[k]]
    connected = all(reaches(inside, states, k) == states for k in states)
    fair = all(
        any(step.actor == actor for step in steps)
        or any(all(step.actor != actor or step.move not in obliged for step, _ in arrows[k]) for k in states)
        for actor in "AB"
    )
    return connected and fair and any((step.actor, step.move) == (task, Move.WORKS) for step in steps)


def subsets(states: set[int]) -> Iterator[set[int]]:
    for bits in range(1, 2 ** (max(states) + 1)):
        subset = {k for k in states if bits & 1 << k}
        if len(subset) == bits.bit_count():
            yield subset


@given(graphs(), st.sampled_from([ONCE_BEGUN, EVERYTHING]))
def test_any_graph_is_judged_by_the_words_of_the_definition(arrows: Arrows, obliged: frozenset[Move]) -> None:
    reached = reaches(arrows, set(arrows), 0) | {0}
    expected = {task for task in "AB" for states in subsets(reached) if fair_round(arrows, states, task, obliged)}
    violation = explore([0], arrows.__getitem__, liveness=True, obliged=obliged).violation
    if violation is None:
        assert not expected
        return
    task = violation.promise.removeprefix("livelock of ")
    assert task in expected
    way = [0, *(state for _, state in violation.trace)]
    for (step, target), source in zip(violation.trace, way, strict=False):
        assert (step, target) in arrows[source]
    loop = violation.trace[-violation.loop :]
    assert way[-violation.loop - 1] == way[-1]
    around = {state for _, state in loop}
    taken = [step for step, _ in loop]
    assert any((step.actor, step.move) == (task, Move.WORKS) for step in taken)
    assert all((step.actor, step.move) != (task, Move.RETURNS) for step in taken)
    for actor in "AB":
        able = [any(step.actor == actor and step.move in obliged for step, _ in arrows[k]) for k in around]
        assert any(step.actor == actor for step in taken) or not all(able)


@given(graphs())
def test_components_are_the_states_that_reach_each_other(arrows: Arrows) -> None:
    graph = Graph()
    for source, ways in arrows.items():
        for step, target in ways:
            graph.add(source, step, target)
    every = [True] * len(graph.names)
    found = {frozenset(part) for part in components(graph, graph.starts(len(arrows)), range(len(arrows)), every)}
    reach = {k: reaches(arrows, set(arrows), k) for k in arrows}
    assert found == {frozenset(j for j in arrows if j in reach[k] and k in reach[j]) for k in arrows if k in reach[k]}


def test_a_path_as_long_as_there_are_states_is_no_trouble() -> None:
    count = 30_000
    graph = Graph()
    for k in range(count):
        graph.add(k, Step("A", "goes"), (k + 1) % count)
    assert [len(part) for part in components(graph, graph.starts(count), range(count), [True])] == [count]


def test_the_shortest_lasso_may_begin_farther_away() -> None:
    """From 0 a loop of three, from 1 a loop of one: 1 + 1 steps are fewer than 0 + 3."""
    a = Step("A", "goes")
    arrows = {0: [(a, 2), (a, 1)], 1: [(a, 1)], 2: [(a, 3)], 3: [(a, 0)]}
    violation = explore([0], arrows.__getitem__, liveness=True).violation
    assert violation is not None
    assert (len(violation.trace), violation.loop) == (2, 1)


def test_what_judges_counts_what_lies_on_cycles() -> None:
    report = explore([0], {0: [(Step("A", "x"), 1)], 1: [(Step("B", "y", Move.WAITS), 1)]}.__getitem__, liveness=True)
    assert report.on_cycles == 1
    assert explore([0], {0: [(Step("A", "x"), 1)], 1: []}.__getitem__, liveness=True).on_cycles == 0
