"""From devices through lab files back to devices: a few of the trials of benchmarks/round_trip.py."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture(scope="module")
def bench():
    path = Path(__file__).parents[2] / "benchmarks" / "round_trip.py"
    spec = importlib.util.spec_from_file_location("round_trip", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def all_threads_after():
    """Trials work on one thread each."""
    from acanthite import threads

    yield
    threads.use(None)


def _shares(found):
    middles = [v for t in found for name, v in t.reached.items() if name.endswith(":95")]
    return np.mean(middles), np.mean([v for t in found for v in t.spreads.values()])


def _within(found, name, limit):
    return np.mean(np.abs(np.concatenate([t.events[name] for t in found])) <= limit)


def _holds(found):
    middle, spread = _shares(found)
    assert middle >= 0.9
    assert spread >= 0.9
    for name in ("set_voltage", "reset_voltage"):
        assert _within(found, name, 1.5) >= 0.95
    for name in ("lrs", "hrs"):
        assert _within(found, name, 1.96) >= 0.85


@pytest.mark.long
def test_parameters_come_back_through_both_file_formats(bench):
    found = [bench.trial(seed, n_devices=5, points=128) for seed in range(2)]
    middle, spread = _shares(found)
    assert middle >= 0.75
    assert spread >= 0.75
    assert _within(found, "set_voltage", 1.5) == 1.0


@pytest.mark.slow
@pytest.mark.parametrize("law", ["vteam", "stanford-pku"])
def test_stated_intervals_hold(bench, law):
    _holds([bench.trial(seed, n_devices=5, points=128, law=law) for seed in range(20, 45)])
