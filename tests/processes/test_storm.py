"""Processes that are killed while they publish and read: nothing is lost, doubled, half or left."""

import gc
from pathlib import Path

import pytest

from disruptor.shared import _files
from tests.processes.storm import Storm, blow

STORMS = [
    Storm(1, 2, 1, 8, 1),
    Storm(8, 3, 2, 12, 2),
    Storm(64, 2, 2, 12, 3, batch=5),
    Storm(1024, 4, 1, 8, 4, batch=16),
]


@pytest.mark.parametrize("storm", STORMS, ids=lambda storm: f"capacity {storm.capacity}")
def test_a_kill_storm(storm: Storm, tmp_path: Path) -> None:
    name, counts = blow(storm, tmp_path)
    assert counts["published"] > 0
    assert counts["dead readers"] == 0
    gc.collect()
    assert name not in _files.names()


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(10, 20))
@pytest.mark.parametrize("storm", STORMS, ids=lambda storm: f"capacity {storm.capacity}")
def test_a_long_kill_storm(storm: Storm, seed: int, tmp_path: Path) -> None:
    blow(storm._replace(kills=100, seed=seed), tmp_path)
