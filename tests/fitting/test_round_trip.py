"""From devices through lab files back to devices: a few of the trials of benchmarks/round_trip.py."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="module")
def bench():
    path = Path(__file__).parents[2] / "benchmarks" / "round_trip.py"
    spec = importlib.util.spec_from_file_location("round_trip", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _shares(bench, seeds):
    found = [bench.trial(seed, n_devices=5, points=128) for seed in seeds]
    middles = [[reached[f"{name}:95"] for name in bench.TRUTH] for reached, _, _ in found]
    return np.mean(middles), np.mean([list(spreads.values()) for _, spreads, _ in found])


def test_parameters_come_back_through_both_file_formats(bench):
    from acanthite import threads

    try:
        middle, spread = _shares(bench, range(2))
    finally:
        threads.use(None)
    assert middle >= 0.75
    assert spread >= 0.75


@pytest.mark.slow
def test_stated_intervals_hold(bench):
    from acanthite import threads

    try:
        middle, spread = _shares(bench, range(20, 45))
    finally:
        threads.use(None)
    assert middle >= 0.9
    assert spread >= 0.9
