"""What stands against an event: other places that would do as well, on loops made by hand."""

from __future__ import annotations

import numpy as np
import pytest

from acanthite.analysis.sweeps.steps import scan

SAMPLES = 100
VOLTAGE = np.linspace(0.01, 1.0, SAMPLES)
SET, RESET, RIVALS = 0, 1, 3


def _seen(conductance: np.ndarray, noise: float = 1e-9, relative: float = 0.01) -> np.ndarray:
    """Return what is seen on a way out of given conductance, the way back being as at its end."""
    rng = np.random.default_rng(1)
    i = VOLTAGE * conductance * np.exp(relative * rng.standard_normal(SAMPLES))
    i = i + noise * rng.standard_normal(SAMPLES)
    v_back = VOLTAGE[::-1].copy()
    return scan(VOLTAGE[None], i[None], v_back[None], (v_back * conductance[-1])[None], np.inf)[0]


def _steps(*levels: tuple[int, float]) -> np.ndarray:
    """Return a conductance that changes to each level from its sample on."""
    conductance = np.empty(SAMPLES)
    for first, level in levels:
        conductance[first:] = level
    return conductance


def test_one_clean_step_has_no_rival():
    seen = _seen(_steps((0, 1e-7), (50, 1e-4)))[SET]
    assert seen[0] == 49
    assert seen[RIVALS] == 0


def test_a_step_out_of_the_noise_may_be_the_larger_of_two():
    hidden = _seen(_steps((0, 1e-12), (40, 1e-6), (70, 1e-4)), noise=2e-8)[SET]
    assert hidden[0] == 69
    assert hidden[RIVALS] >= 1
    seen = _seen(_steps((0, 1e-6), (40, 4e-6), (70, 4e-4)))[SET]  # both in full view
    assert seen[0] == 69
    assert seen[RIVALS] == 0


@pytest.mark.parametrize(("relative", "rivals"), [(1e-4, 0), (0.3, 1)])
def test_only_noise_hides_which_of_two_neighbours_rises_more(relative, rivals):
    seen = _seen(_steps((0, 1e-7), (50, 1e-6), (51, 2e-5)), relative=relative)[SET]
    assert seen[RIVALS] == rivals


@pytest.mark.parametrize("recovers", [True, False])
def test_a_drop_that_recovers_before_the_device_resets_has_rivals(recovers):
    low = 5e-5 if recovers else 1e-6
    conductance = _steps((0, 1e-4), (40, low), (46, 1e-4 if recovers else low), (80, 1e-6))
    seen = _seen(conductance)[RESET]
    assert abs(seen[0] - 39) <= 1
    assert (seen[RIVALS] >= 10) == recovers
