"""Loops of a known population, for the fitting tests."""

from __future__ import annotations

import pytest

from acanthite.device import MODELS
from acanthite.measurement import Instrument, Sweep, run

TRUTH = {
    "k_off": 2e-7,
    "k_on": -1e-7,
    "alpha_off": 2.0,
    "alpha_on": 3.0,
    "v_off": 0.3,
    "v_on": -0.25,
    "r_off": 2e5,
    "r_on": 2e3,
}
SPREAD = {"v_off": 0.1, "r_on": 0.1}
NOISY = Instrument("noisy", 0.1, 1e-9, 5e-3)
LOOP = Sweep(-0.6, 0.8, rate=1.0, step=0.02)


@pytest.fixture(scope="session")
def population():
    """Six VTEAM devices."""
    return MODELS["vteam"].sample(6, seed=4, spread=SPREAD, **TRUTH)


@pytest.fixture(scope="session")
def loops(population):
    """Two loops of each."""
    from dataclasses import replace

    return run(population, replace(LOOP, cycles=2), instrument=NOISY, tolerance=1e-5)
