"""Populations come back within their intervals."""

from __future__ import annotations

import numpy as np
import pytest

from acanthite.fitting.population import mean_correlation, middle
from acanthite.random import generator


def _trial(i, n_devices, n_cycles, device, cycle, error):
    rng = generator(5, "test-population", i)
    errors = error * rng.uniform(0.5, 2.0, (n_devices, n_cycles))
    values = (
        3.0
        + device * rng.standard_normal((n_devices, 1))
        + cycle * rng.standard_normal((n_devices, n_cycles))
    )
    values = values + errors * rng.standard_normal(values.shape)
    labels = np.repeat(np.arange(n_devices), n_cycles)
    return middle(values.ravel(), errors.ravel(), labels)


@pytest.mark.parametrize(("device", "cycle"), [(0.3, 0.0), (0.3, 0.2), (0.05, 0.1)])
def test_intervals_cover_the_middle_and_the_spreads(device, cycle):
    found = [_trial(i, 8, 5 if cycle else 1, device, cycle, 0.05) for i in range(400)]
    inside = np.mean([m.interval[0] < 3.0 < m.interval[1] for m in found])
    assert 0.91 < inside < 0.98
    spread = np.mean([m.device.interval[0] <= device <= m.device.interval[1] for m in found])
    assert 0.91 < spread < 0.995
    if cycle:
        assert (
            0.91
            < np.mean([m.cycle.interval[0] <= cycle <= m.cycle.interval[1] for m in found])
            < 0.99
        )
    assert np.mean([m.device.spread**2 for m in found]) == pytest.approx(device**2, rel=0.2)


def test_one_curve_has_the_error_of_its_fit():
    m = middle(np.array([2.0]), np.array([0.1]), np.array([0]))
    assert (m.value, m.error, m.device, m.cycle) == (2.0, 0.1, None, None)
    assert m.interval == pytest.approx((2.0 - 0.196, 2.0 + 0.196), abs=1e-3)


def test_a_curve_that_saw_nothing_does_not_count():
    values, errors = np.array([1.0, 1.1, 50.0]), np.array([0.1, 0.1, np.inf])
    assert middle(values, errors, np.arange(3)).value == pytest.approx(1.05)
    assert middle(values[2:], errors[2:], np.arange(1)).error == np.inf


@pytest.mark.parametrize("n", [2, 3, 5])
def test_devices_that_agree_by_chance_are_not_surer_than_their_fits(n):
    error = 0.1
    alike = middle(np.full(n, 2.0), np.full(n, error), np.arange(n))
    assert alike.error == pytest.approx(error / np.sqrt(n))
    assert alike.interval == pytest.approx(
        (2 - 1.96 * alike.error, 2 + 1.96 * alike.error), abs=1e-3
    )


def test_few_devices_have_the_wide_intervals_of_student():
    inside = [
        m.interval[0] < 3.0 < m.interval[1]
        for m in (_trial(i, 3, 1, 0.3, 0.0, 0.02) for i in range(600))
    ]
    assert 0.93 < np.mean(inside) < 0.98


def test_correlations_are_those_of_the_curves_that_see_both():
    seen = np.array([[4.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, np.inf]])
    found = mean_correlation([seen, np.diag([np.inf, 1.0, 1.0])])
    np.testing.assert_allclose(found, [[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]])
