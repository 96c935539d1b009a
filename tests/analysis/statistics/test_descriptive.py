"""Statistics against samples of known distributions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from acanthite.analysis import (
    coefficient_of_variation,
    cumulative,
    fit_gauss,
    mean,
    median,
    variance_components,
)
from acanthite.errors import AnalysisError
from acanthite.random import generator


def test_interval_of_the_cv_covers_at_its_level():
    rng = generator(1, "test")
    hits = 0
    for _ in range(400):
        low, high = coefficient_of_variation(rng.normal(1.0, 0.2, 30)).interval
        hits += low <= 0.2 <= high
    assert hits / 400 == pytest.approx(0.95, abs=0.035)


def test_interval_of_the_mean_covers_at_its_level():
    rng = generator(2, "test")
    hits = sum(
        low <= 1.0 <= high
        for low, high in (mean(rng.normal(1.0, 0.2, 10)).interval for _ in range(400))
    )
    assert hits / 400 == pytest.approx(0.95, abs=0.035)


@given(st.floats(-1e-3, 1e3), st.floats(1e-9, 1e3))
def test_gauss_fit_has_no_scale_of_its_own(center, sigma):
    sample = center + sigma * generator(3, "test").standard_normal(400)
    if np.ptp(sample) < 1e-6 * abs(center):
        return
    fit = fit_gauss(sample)
    assert fit.center.value == pytest.approx(sample.mean(), abs=0.1 * sigma)
    assert fit.sigma.value == pytest.approx(sample.std(), rel=0.1)


def test_intervals_of_the_gauss_fit_cover_at_their_level():
    rng = generator(5, "test")
    fits = [fit_gauss(rng.normal(2.0, 0.5, 30)) for _ in range(200)]
    for of, truth in (("center", 2.0), ("sigma", 0.5)):
        hits = [low <= truth <= high for low, high in (getattr(f, of).interval for f in fits)]
        assert np.mean(hits) == pytest.approx(0.95, abs=0.05)
    assert fits[0].center.spread == fits[0].sigma.value


def test_density_is_normalised():
    fit = fit_gauss(generator(4, "test").normal(2.0, 0.5, 200))
    x = np.linspace(-2, 6, 4001)
    assert (fit.density(x) * (x[1] - x[0])).sum() == pytest.approx(1.0, rel=1e-3)


def test_cumulative_leaves_out_what_is_not_a_number():
    x, probability = cumulative([3.0, np.nan, 1.0])
    assert x.tolist() == [1.0, 3.0]
    assert probability.tolist() == [0.25, 0.75]


@given(st.lists(st.floats(0.1, 10), min_size=3, max_size=30), st.floats(1e-12, 1e12))
def test_cv_has_no_unit(values, factor):
    a, b = coefficient_of_variation(values), coefficient_of_variation(np.array(values) * factor)
    assert a.value == pytest.approx(b.value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: coefficient_of_variation([1.0, np.nan]), "1 finite values; expected at least 3"),
        (lambda: coefficient_of_variation([1.0, -1.0, 0.0]), "the mean is zero"),
        (lambda: fit_gauss([1.0] * 6), "all 6 values are 1"),
        (lambda: mean([]), "0 finite values"),
    ],
)
def test_samples_that_cannot_answer(call, message):
    with pytest.raises(AnalysisError, match=message):
        call()


def test_masked_values_are_as_good_as_gone():
    values = generator(9, "masked").standard_normal((4, 12)) + 10
    mask = generator(10, "masked").random(values.shape) < 0.2
    masked, holes = np.ma.masked_array(values, mask), np.where(mask, np.nan, values)
    for call in (mean, median, coefficient_of_variation, fit_gauss, variance_components):
        assert str(call(masked)) == str(call(holes)) != str(call(values))
    for a, b in zip(cumulative(masked), cumulative(holes), strict=True):
        np.testing.assert_array_equal(a, b)
