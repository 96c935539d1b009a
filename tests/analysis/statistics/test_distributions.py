"""Distribution fits against a published example, SciPy, published critical values, and known samples."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from acanthite.analysis import compare_distributions, fit_distribution
from acanthite.analysis.statistics.location_scale import (
    FAMILIES,
    Sample,
    anderson_darling,
    in_order,
    maximise,
    resample,
    survival,
)
from acanthite.errors import AnalysisError
from acanthite.random import generator

# Millions of revolutions before failure of 23 ball bearings: Lieblein and Zelen, J. Res. Natl. Bur. Stand. 57, 273 (1956); Lawless
# (2003), Sec. 5.2, gives the Weibull fit: shape 2.102, scale 81.87.
_REVOLUTIONS = """17.88 28.92 33.00 41.52 42.12 45.60 48.80 51.84 51.96 54.12 55.56 67.80 68.64 68.64 68.88 84.12 93.12 98.64
105.12 105.84 127.92 128.04 173.40"""
BEARINGS = np.array([float(x) for x in _REVOLUTIONS.split()])


def test_published_weibull_fit():
    fit = fit_distribution(BEARINGS)
    assert fit.parameters["shape"].value == pytest.approx(2.102, abs=0.002)
    assert fit.parameters["scale"].value == pytest.approx(81.87, abs=0.04)
    assert fit.p_value > 0.3


@pytest.mark.parametrize("family", ["weibull", "lognormal", "normal"])
@pytest.mark.parametrize("limit", [np.inf, 80.0])
def test_fits_of_scipy(family, limit):
    hidden, seen = limit < BEARINGS, np.minimum(BEARINGS, limit)
    fit = fit_distribution(seen, family, censored=hidden, replicates=20)
    data = stats.CensoredData(uncensored=seen[~hidden], right=seen[hidden])
    law = {"weibull": stats.weibull_min, "lognormal": stats.lognorm, "normal": stats.norm}[family]
    args = law.fit(data) if family == "normal" else law.fit(data, floc=0)
    x = np.linspace(20, 150, 9)
    np.testing.assert_allclose(fit.cdf(x), law.cdf(x, *args), atol=2e-4)
    np.testing.assert_allclose(fit.quantile(fit.cdf(x)), x, rtol=1e-6)
    expected = law.logpdf(seen[~hidden], *args).sum() + law.logsf(seen[hidden], *args).sum()
    assert fit.log_likelihood == pytest.approx(expected, abs=1e-4)


def test_statistic_is_that_of_anderson_and_darling():
    y = np.sort(generator(1, "distributions").standard_normal(30))
    n, u = y.size, stats.norm.cdf(y)
    i = np.arange(1, n + 1)
    expected = -n - ((2 * i - 1) * (np.log(u) + np.log(1 - u[::-1]))).sum() / n
    found = anderson_darling(
        FAMILIES["normal"], Sample(y[None], np.ones((1, n), bool)), np.zeros(1), np.ones(1)
    )
    assert found[0] == pytest.approx(expected, rel=1e-9)


# D'Agostino and Stephens, Goodness-of-Fit Techniques (1986), Tables 4.7 and 4.17: 5 % points, both parameters unknown.
@pytest.mark.parametrize(("family", "point"), [("normal", 0.752), ("weibull", 0.757)])
def test_drawn_samples_give_published_critical_values(family, point):
    n, model = 60, FAMILIES[family]
    drawn = resample(model, Sample(np.zeros(n), np.ones(n, bool)), 0.0, 1.0, 3000, seed=1)
    m, s, _ = maximise(model, drawn)
    factor = 1 + 0.75 / n + 2.25 / n**2 if family == "normal" else 1 + 0.2 / np.sqrt(n)
    # Stephens' points are for an unbiased sigma; the factor of the statistic takes most of it up
    assert np.quantile(factor * anderson_darling(model, drawn, m, s), 0.95) == pytest.approx(
        point, rel=0.08
    )


def test_intervals_and_p_values_with_censoring():
    rng, hits, p = generator(2, "distributions"), np.zeros(2), []
    for _ in range(150):
        y = rng.weibull(2.0, 20)
        fit = fit_distribution(np.minimum(y, 1.2), censored=y > 1.2, replicates=199)
        p.append(fit.p_value)
        for k, (name, truth) in enumerate((("scale", 1.0), ("shape", 2.0))):
            low, high = fit.parameters[name].interval
            hits[k] += low <= truth <= high
    np.testing.assert_allclose(hits / 150, 0.95, atol=0.06)
    assert np.mean(np.array(p) < 0.1) == pytest.approx(0.1, abs=0.08)
    assert np.mean(p) == pytest.approx(0.5, abs=0.1)


def test_the_right_family_is_preferred():
    rng = generator(3, "distributions")
    samples = {"weibull": rng.weibull(4, 400), "lognormal": np.exp(0.5 * rng.standard_normal(400))}
    for family in ("weibull", "lognormal"):
        fits = compare_distributions(samples[family], replicates=99)
        assert fits[0].family == family
        assert fits[0].p_value > 0.05
        assert fits[-1].p_value < 0.05


@settings(max_examples=20)
@given(st.floats(-9, 9), st.sampled_from(["weibull", "lognormal", "normal"]))
def test_units_do_not_matter(power, family):
    factor = 10.0**power
    a, b = (fit_distribution(f * BEARINGS, family, replicates=50) for f in (1.0, factor))
    first = next(iter(a.parameters))
    assert b.parameters[first].value == pytest.approx(factor * a.parameters[first].value, rel=1e-6)
    assert b.statistic == pytest.approx(a.statistic, rel=1e-5)
    assert b.p_value == a.p_value


def test_the_summary_tells_what_was_censored():
    text = str(
        fit_distribution(
            np.minimum(BEARINGS, 100), censored=BEARINGS > 100, unit="s", replicates=50
        )
    )
    assert text.startswith("weibull, n = 23 (5 censored); scale 80.3")


@pytest.mark.parametrize("family", ["weibull", "lognormal", "normal"])
@pytest.mark.parametrize("early", [1.0, 1e-3, 20.0])
def test_a_value_censored_far_below_the_others(family, early):
    """Its likelihood is next to one, so the fit is that of the others, and every drawn sample has a fit."""
    values = np.array([65, 73, 79, 83, 88, 92, 97, 103, 111, 125, early])
    hidden = np.arange(11) == 10
    fit, others = (
        fit_distribution(values, family, censored=hidden),
        fit_distribution(values[:-1], family),
    )
    for name, e in fit.parameters.items():
        assert e.value == pytest.approx(others.parameters[name].value, rel=5e-3)
        assert np.isfinite(e.interval).all()
    assert fit.replicates == 999


@pytest.mark.parametrize("family", ["weibull", "lognormal", "normal"])
def test_no_drawn_sample_is_dropped_where_most_is_censored(family):
    y = generator(5, "distributions").weibull(2.0, 30)
    limit = np.sort(y)[3]
    fit = fit_distribution(np.minimum(y, limit), family, censored=y > limit)
    assert (fit.n, fit.censored, fit.replicates) == (30, 26, 999)
    for e in fit.parameters.values():
        assert e.interval[0] < e.value < e.interval[1]


@pytest.mark.parametrize("family", ["weibull", "lognormal", "normal"])
def test_the_order_of_rows_does_not_matter_where_values_tie(family):
    values = np.array([10, 20, 20, 20, 30, 40, 40, 50, 60, 60.0])
    hidden = np.array([0, 1, 0, 1, 0, 0, 1, 0, 0, 1], bool)
    rng = generator(6, "distributions")
    fits = [
        fit_distribution(values[p], family, censored=hidden[p], replicates=99)
        for p in (rng.permutation(10) for _ in range(6))
    ]
    assert len({(f.p_value, f.statistic, str(f)) for f in fits}) == 1


def test_a_failure_comes_before_what_is_censored_at_the_same_value():
    y, seen = np.array([3.0, 2, 2, 1]), np.array([True, False, True, True])
    np.testing.assert_array_equal(in_order(Sample(y, seen)), [3, 2, 1, 0])
    data = stats.CensoredData(uncensored=y[seen], right=y[~seen])
    expected = stats.ecdf(data).sf
    left = survival(Sample(y, seen))
    np.testing.assert_allclose(left[[0, 1, 3]], expected.evaluate(np.array([1.0, 2.0, 3.0])))


def test_masked_values_are_left_out():
    masked = np.ma.masked_array([*BEARINGS, 999.0], [False] * 23 + [True])
    assert str(fit_distribution(masked, replicates=50)) == str(
        fit_distribution(BEARINGS, replicates=50)
    )
    hidden = np.ma.masked_array([False] * 24, [False] * 23 + [True])
    again = fit_distribution([*BEARINGS, 999.0], censored=hidden, replicates=50)
    assert str(again) == str(fit_distribution(BEARINGS, replicates=50))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_distribution(BEARINGS, "weibul"), "did you mean 'weibull'"),
        (lambda: fit_distribution([1, 2]), "2 values that were reached, 2 different"),
        (lambda: fit_distribution([1, 1, 1]), "3 values that were reached, 1 different"),
        (lambda: fit_distribution(-BEARINGS), "-173.4 is not positive; give magnitudes"),
        (lambda: fit_distribution(BEARINGS, censored=[True]), "one for each of the 23 values"),
        (
            lambda: fit_distribution(BEARINGS, censored=np.full(23, 2)),
            "2 is neither true nor false",
        ),
        (
            lambda: fit_distribution([*BEARINGS, np.inf]),
            "1 values are infinite; give the last value",
        ),
        (lambda: fit_distribution(["a", "b", "c"]), "could not convert string to float"),
        (lambda: fit_distribution(BEARINGS * 1j), "they are complex"),
        (
            lambda: fit_distribution(BEARINGS, replicates=0),
            "replicates = 0; expected a whole number",
        ),
    ],
)
def test_samples_that_cannot_answer(call, message):
    with pytest.raises(AnalysisError, match=message):
        call()
