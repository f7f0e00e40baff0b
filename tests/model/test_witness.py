"""Does the explorer count what TLC has counted, on a specification that is not ours?

The nine numbers are in tlaplus/Examples, `specifications/Disruptor/manifest.json`; each row below is the model of that name
(`.cfg`): Size = 4, MaxPublished = 10. Later versions of the repository have them as `MCDisruptor_*`, with the bound apart.
"""

from collections.abc import Callable, Iterator

import pytest

from model.explore import Promise, PromiseBroken, Report, Step, explore
from model.witness import EMPTY, Machine, Setting, multi_producer, no_data_races, reads, run, single_producer, start

SPMC = Setting(writers=1, readers=3)
MPMC_LIVELINESS = Setting(writers=2, readers=2)
MPMC = Setting(writers=2, readers=3)
MODELS = ["Disruptor_SPMC", "Disruptor_MPMC_liveliness", "Disruptor_MPMC"]

Steps = Callable[[Machine], Iterator[tuple[Step, Machine]]]


@pytest.mark.parametrize(
    ("setting", "multi", "counts"),
    [
        (SPMC, False, (8_496, 28_049, 82)),
        (MPMC_LIVELINESS, True, (14_365, 44_581, 61)),
        (MPMC, True, (112_929, 422_781, 81)),
    ],
    ids=MODELS,
)
def test_as_many_states_as_tlc_found(setting: Setting, multi: bool, counts: tuple[int, int, int]) -> None:
    report = run(setting, multi=multi).require()
    assert (report.states, report.transitions, report.depth) == counts


def type_ok(setting: Setting) -> Promise[Machine]:
    """Return the specification's other invariant, `TypeOk`. Sequences read are naturals: nobody has read an empty slot."""
    flags = {False, True}

    def holds(state: Machine) -> bool:
        return (
            len(state.slots) == len(state.reading) == len(state.writing) == len(state.published) == setting.size
            and len(state.claimed) == len(state.writer_busy) == setting.writers
            and len(state.read) == len(state.consumed) == len(state.reader_busy) == setting.readers
            and all(value == EMPTY or value >= 0 for value in state.slots)
            and all(0 <= readers < 1 << setting.readers for readers in state.reading)
            and all(0 <= writers < 1 << setting.writers for writers in state.writing)
            and state.next_sequence >= 0
            and state.cursor >= -1
            and min(*state.claimed, *state.read) >= -1
            and all(value >= 0 for values in state.consumed for value in values)
            and flags.issuperset(state.published + state.writer_busy + state.reader_busy)
        )

    return Promise("type ok", holds)


def judge(setting: Setting, steps: Steps, *always: Promise[Machine]) -> Report[Machine]:
    """Explore steps that may be wrong, as far as the published models go."""
    return explore(
        [start(setting)],
        steps,
        always=always,
        within=lambda state: max(state.cursor + 1, state.next_sequence) <= setting.max_published,
    )


@pytest.mark.parametrize(
    ("setting", "multi", "states"),
    [(SPMC, False, 8_496), (MPMC_LIVELINESS, True, 14_365), (MPMC, True, 112_929)],
    ids=MODELS,
)
def test_every_state_is_well_typed(setting: Setting, multi: bool, states: int) -> None:
    steps = multi_producer(setting) if multi else single_producer(setting)
    assert judge(setting, steps, type_ok(setting)).require().states == states


@pytest.mark.parametrize(
    ("setting", "multi"),
    [
        (Setting(writers=1, readers=2, gate_slack=1), False),
        (Setting(writers=2, readers=2, gate_slack=1), True),
        (Setting(writers=2, readers=2, fastest=True), True),
        (Setting(writers=1, readers=2, fastest=True), False),
        (Setting(writers=2, readers=1), False),
    ],
    ids=[
        "gate off by one",
        "gate off by one, many producers",
        "fastest reader gates",
        "fastest reader gates, one producer",
        "two single producers",
    ],
)
def test_a_wrong_specification_races(setting: Setting, multi: bool) -> None:
    with pytest.raises(PromiseBroken, match="no data races"):
        run(setting, multi=multi).require()


def past_published(setting: Setting) -> Steps:
    """Return the steps of one producer whose readers read one sequence further than is published."""
    right = single_producer(setting)

    def steps(state: Machine) -> Iterator[tuple[Step, Machine]]:
        yield from (move for move in right(state) if move[0].actor.startswith("w"))
        yield from reads(setting, state, lambda wanted: state.cursor + 1 >= wanted)

    return steps


def unpublished(setting: Setting) -> Steps:
    """Return the steps of many producers whose readers read what is claimed, published or not."""
    right = multi_producer(setting)

    def steps(state: Machine) -> Iterator[tuple[Step, Machine]]:
        yield from (move for move in right(state) if move[0].actor.startswith("w"))
        yield from reads(setting, state, lambda wanted: state.next_sequence > wanted)

    return steps


@pytest.mark.parametrize("mutant", [past_published, unpublished])
@pytest.mark.parametrize("writers", [1, 2])
def test_reading_what_is_not_published_races(mutant: Callable[[Setting], Steps], writers: int) -> None:
    setting = Setting(writers=writers, readers=1)
    found = judge(setting, mutant(setting), Promise("no data races", no_data_races)).violation
    assert found is not None
    assert found.promise == "no data races"


def test_reading_past_what_is_published_shows_an_empty_slot() -> None:
    found = judge(SPMC, past_published(SPMC), type_ok(SPMC)).violation
    assert found is not None
    assert [step.text for step, _ in found.trace] == ["reads 0"]
    assert (EMPTY,) in found.state.consumed


def test_a_gate_that_is_too_cautious_shows_in_the_counts_only() -> None:
    cautious = run(SPMC._replace(gate_slack=-1), multi=False).require()
    right = run(SPMC, multi=False).require()
    assert cautious.states < right.states


def test_the_shortest_race_is_drawn() -> None:
    """The lap: w2 goes round the whole ring while w1 writes its first slot."""
    with pytest.raises(PromiseBroken) as broken:
        run(Setting(writers=2, readers=2, gate_slack=1), multi=True).require()
    assert str(broken.value).splitlines()[:-1] == [
        "no data races",
        "step  w1                 w2",
        "   1  claim 0 (slot 0)   |",
        "   2  |                  claim 1 (slot 1)",
        "   3  |                  publish 1",
        "   4  |                  claim 2 (slot 2)",
        "   5  |                  publish 2",
        "   6  |                  claim 3 (slot 3)",
        "   7  |                  publish 3",
        "   8  |                  claim 4 (slot 0)   <- no data races",
    ]
