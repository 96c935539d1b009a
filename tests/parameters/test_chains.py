"""scripts/chains.py: how well the walkers behind the calibration have mixed."""

from __future__ import annotations

import csv
import importlib.util
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
REFERENCES = ROOT / "tests" / "references"
STEPS, WALKERS = 400, 5


def _load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def chains():
    return _load(ROOT / "scripts" / "chains.py")


def _drifting(apart):
    step, walker = np.mgrid[:STEPS, :WALKERS]
    return np.sin(0.37 * step * (walker + 1)) + apart * (walker - 2.0 + step / STEPS)


def test_rhat_is_that_of_arviz(chains):
    with (REFERENCES / "rhat_arviz.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    chain = np.stack([_drifting(float(row["apart"])) for row in rows], axis=2)
    expected = [float(row["rhat"]) for row in rows]
    np.testing.assert_allclose(chains.split_rhat(chain), expected, rtol=1e-12)


def test_walkers_of_one_distribution_have_mixed(chains):
    rng = np.random.default_rng(1)
    chain = rng.standard_normal((4000, 8, 2))
    assert chains.split_rhat(chain).max() < 1.002
    assert chains.moved(chain).max() < 0.05


def test_a_chain_that_shifts_half_way_has_moved_by_the_shift(chains):
    rng = np.random.default_rng(2)
    first = rng.standard_normal((4000, 8, 1))
    chain = np.concatenate([first, first + 0.5])
    low, high = np.percentile(chain, [16, 84])
    np.testing.assert_allclose(chains.moved(chain), 0.5 / (high - low))
