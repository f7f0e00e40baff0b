"""Does the explorer count what TLC has counted, on a specification that is not ours?

The nine numbers are in tlaplus/Examples, `specifications/Disruptor/manifest.json`.
"""

import pytest

from model.explore import PromiseBroken
from model.witness import Setting, run


@pytest.mark.parametrize(
    ("setting", "multi", "counts"),
    [
        (Setting(writers=1, readers=3), False, (8_496, 28_049, 82)),
        (Setting(writers=2, readers=2), True, (14_365, 44_581, 61)),
        (Setting(writers=2, readers=3), True, (112_929, 422_781, 81)),
    ],
    ids=["Disruptor_SPMC", "Disruptor_MPMC_liveliness", "Disruptor_MPMC"],
)
def test_as_many_states_as_tlc_found(setting: Setting, multi: bool, counts: tuple[int, int, int]) -> None:
    report = run(setting, multi=multi).require()
    assert (report.states, report.transitions, report.depth) == counts


@pytest.mark.parametrize(
    ("setting", "multi"),
    [
        (Setting(writers=1, readers=2, gate_slack=1), False),
        (Setting(writers=2, readers=2, gate_slack=1), True),
        (Setting(writers=2, readers=2, fastest=True), True),
        (Setting(writers=2, readers=1), False),
    ],
    ids=["gate off by one", "gate off by one, many producers", "fastest reader gates", "two single producers"],
)
def test_a_wrong_specification_races(setting: Setting, multi: bool) -> None:
    with pytest.raises(PromiseBroken, match="no data races"):
        run(setting, multi=multi).require()
