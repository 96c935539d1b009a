"""Stated errors are the errors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.errors import FitError
from acanthite.fitting.loops.residual import balanced_floor, covariance, noise_floor, view
from acanthite.random import generator


@given(st.floats(1e-12, 1e-3), st.floats(-1e-2, 1e-2))
def test_the_view_is_odd_and_a_logarithm_above_the_floor(floor, current):
    assert view(np.array(-current), "log", floor) == -view(np.array(current), "log", floor)
    if abs(current) > 1e3 * floor:
        assert abs(view(np.array(abs(current)), "log", floor) - np.log(abs(current) / floor)) < 1e-5


def test_the_balanced_floor_is_where_the_two_noises_meet():
    rng = generator(1, "test-floor")
    true = np.geomspace(1e-10, 1e-3, 4000)
    noisy = true + np.hypot(1e-8, 0.02 * true) * rng.standard_normal(true.size)
    assert balanced_floor(noisy, true) == pytest.approx(0.5 * 1e-8 / 0.02, rel=0.1)


def test_a_law_that_misses_by_decades_is_still_compared_by_ratio():
    rng = generator(3, "test-floor")
    true = np.geomspace(1e-10, 1e-3, 4000)
    missed = true * np.exp(1.5 * rng.standard_normal(true.size)) + 1e-9 * rng.standard_normal(
        true.size
    )
    assert balanced_floor(missed, true) < 1e-8


def _line_errors(noise, trials=300, n=200):
    """Return z-scores of a fitted line's slope and offset."""
    x = np.linspace(-1, 1, n)
    design = np.column_stack([x, np.ones(n)])
    scores = []
    for i in range(trials):
        error = noise(generator(2, "test-line", i), n)
        fitted = np.linalg.lstsq(design, error, rcond=None)[0]
        scores.append(fitted / np.sqrt(np.diag(covariance(-design, error - design @ fitted))))
    return np.array(scores)


def test_errors_hold_for_white_residuals():
    covered = (np.abs(_line_errors(lambda rng, n: rng.standard_normal(n))) < 1.96).mean(axis=0)
    assert (np.abs(covered - 0.95) < 0.04).all()


def test_errors_hold_for_correlated_residuals():
    def walk(rng, n):
        return np.convolve(rng.standard_normal(n + 9), np.ones(10), "valid")

    covered = (np.abs(_line_errors(walk)) < 1.96).mean(axis=0)
    assert (covered > 0.82).all()  # twenty independent stretches are few


def test_parameters_that_only_move_together_are_unknown():
    x = np.linspace(0, 1, 50)
    jacobian = np.column_stack([x, 2 * x, np.ones(50), np.zeros(50)])
    variance = np.diag(covariance(jacobian, generator(3, "test-blind").standard_normal(50)))
    assert np.isinf(variance[[0, 1, 3]]).all()
    assert 0 < variance[2] < 1


def test_a_dead_device_is_told(loops):
    from acanthite.fitting import curves

    with pytest.raises(FitError, match="every current is zero"):
        noise_floor(curves(loops.assign(current=0.0 * loops["current"])))
