"""The benchmarks verify what they measure, and say so when it is wrong. No test looks at a figure."""

import pytest

from benchmarks import _graphs, _latency, _operations, _scaling, _threads
from benchmarks._report import operations_table, table
from benchmarks._timing import Case, Contender, WrongResult, expect, measure

EVENTS = 192
"""A few: three batches of 64."""


def few(case: Case) -> Case:
    """Return a case with few events, and no peer that would have to be installed."""
    return case._replace(events=EVENTS, contenders=case.contenders[:2])


@pytest.mark.parametrize(
    "case",
    [few(case) for module in (_threads, _graphs, _scaling) for case in module.cases(0.01)],
    ids=lambda case: f"{case.section}: {case.name}",
)
def test_a_case_between_threads_verifies_what_it_measures(case: Case) -> None:
    result = measure(case, 1, lambda _: None)
    assert f"| {case.name} |" in table([result])


def test_a_wrong_result_has_no_time() -> None:
    def loses(events: int) -> float:
        expect("sum", events - 1, events)
        return 1.0

    lost = Contender("loses", loses)
    with pytest.raises(WrongResult, match="sum: 191, not 192"):
        measure(Case("s", "n", EVENTS, (lost,)), 1, lambda _: None)


def test_a_latency_is_told_in_ascending_order() -> None:
    one = _latency.ring_trips(50)
    assert 0 < one.p50 <= one.p99 <= one.p999


def test_every_operation_has_a_row() -> None:
    found = {"this build": [_operations.once(64)]}
    rows = operations_table(found)
    assert all(str(operation.__doc__).rstrip(".") in rows for operation in _operations.OPERATIONS)
