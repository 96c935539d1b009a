from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.analysis.sweeps.roughness import chance_of_course, floor_of, roughness


@given(
    st.lists(st.floats(-3, 3), min_size=3, max_size=3),
    st.integers(8, 60),
    st.integers(0, 1000),
)
def test_a_parabola_at_any_distances_has_no_roughness(coefficients, n, seed):
    x = np.sort(np.random.default_rng(seed).uniform(0.1, 1.0, n))
    assert roughness(x, np.polyval(coefficients, x)) == pytest.approx(0.0, abs=1e-8)


@pytest.mark.parametrize("decades", [0.0, 3.0, 6.0])
def test_the_noise_floor_under_an_exponential(decades):
    """However steep: its curvature is no noise."""
    rng = np.random.default_rng(int(decades))
    v = np.linspace(0.02, 1, 60)
    i = 1e-10 + 1e-8 * 10 ** (decades * (v - 1))
    found = [floor_of(v, i + 3e-11 * rng.standard_normal(v.size)) for _ in range(50)]
    assert 1e-11 < np.median(found) < 1e-10


def test_a_kink_is_no_noise_floor():
    """Three decades, then a line, with the first sample below zero."""
    v = np.linspace(0.1, 2.0, 15)
    i = 1e-9 * np.minimum(np.expm1(6 * v), 200 + 100 * v)
    i[0] = -1e-11
    assert floor_of(v, i) < 1e-9


def test_white_residuals_have_a_course_as_often_as_chance_has_it():
    rng = np.random.default_rng(1)
    chances = [chance_of_course(rng.standard_normal(25)) for _ in range(2000)]
    assert np.quantile(chances, [0.05, 0.5, 0.95]) == pytest.approx([0.05, 0.5, 0.95], abs=0.02)


def test_a_course_under_noise_is_seen():
    rng = np.random.default_rng(2)
    x = np.linspace(-1, 1, 25)
    assert chance_of_course(x**3 - 0.6 * x + 0.05 * rng.standard_normal(25)) < 1e-4


@pytest.mark.parametrize(("residual", "chance"), [(np.ones(9), 1.0), (np.zeros(30), 1.0)])
def test_too_few_samples_and_no_residuals_say_nothing(residual, chance):
    assert chance_of_course(residual) == chance
