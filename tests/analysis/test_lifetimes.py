"""Failure criteria and extrapolated lifetimes."""

from itertools import pairwise

import numpy as np
import pytest

from acanthite.analysis import (
    FailureCriterion,
    cycles_to_failure,
    fit_arrhenius,
    fit_distribution,
    fit_retention,
)
from acanthite.constants import boltzmann, eV
from acanthite.errors import AnalysisError
from acanthite.random import generator


def states():
    lrs, hrs = np.full((4, 100), 1e4), np.full((4, 100), 1e6)
    hrs[0, 60:] = 5e4  # the window closes
    hrs[1, 10] = 1e4  # one bad cycle
    lrs[1, 80:] = 3e4  # drifts by a factor of three
    lrs[2, 3] = np.nan  # one missed SET
    return lrs, hrs


def test_cycles_to_failure():
    strict = cycles_to_failure(*states())
    assert strict.value.tolist() == [60, 10, 3, 100]
    assert strict.censored.tolist() == [False, False, False, True]
    lenient = cycles_to_failure(*states(), FailureCriterion(drift=2.0, consecutive=2))
    assert lenient.value.tolist() == [60, 80, 100, 100]
    assert lenient.reason == ("ratio", "LRS drift", "", "")
    assert (
        str(lenient) == "2 of 4 devices failed, after 60 to 80 cycles (1 by LRS drift, 1 by ratio)"
    )


def test_a_longer_wait_never_fails_earlier():
    rng = generator(1, "lifetimes")
    hrs = 10 ** (5 + 0.6 * rng.standard_normal((50, 200)))
    values = [
        cycles_to_failure(np.full_like(hrs, 1e4), hrs, FailureCriterion(consecutive=n)).value
        for n in (1, 2, 3, 5)
    ]
    assert all((b >= a).all() for a, b in pairwise(values))
    ratios = [
        cycles_to_failure(np.full_like(hrs, 1e4), hrs, FailureCriterion(r)).value
        for r in (20.0, 10.0, 2.0)
    ]
    assert all((b >= a).all() for a, b in pairwise(ratios))


def test_lifetimes_go_into_a_censored_weibull_fit():
    life = np.ceil(300 * generator(2, "lifetimes").weibull(1.8, 60))
    cycle = np.arange(400)
    hrs = np.where(cycle < life[:, None], 1e6, 1e4)
    found = cycles_to_failure(np.full_like(hrs, 1e4), hrs)
    np.testing.assert_array_equal(found.value, np.minimum(life, 400))
    fit = fit_distribution(found.value, censored=found.censored)
    low, high = fit.parameters["shape"].interval
    assert low < 1.8 < high


@pytest.mark.parametrize("law", ["power", "log"])
def test_extrapolated_retention_is_covered_by_its_interval(law):
    rng, t, hits = generator(3, "lifetimes"), np.geomspace(1, 1e4, 20), 0
    for _ in range(200):
        if law == "power":
            r, failure = 1e4 * t**0.05 * np.exp(0.05 * rng.standard_normal(20)), 1e4 * 1e7**0.05
        else:
            r, failure = (
                1e4 + 500 * np.log(t) + 300 * rng.standard_normal(20),
                1e4 + 500 * np.log(1e7),
            )
        low, high = fit_retention(t, r, failure, law).lifetime.interval
        hits += low <= 1e7 <= high
    assert hits / 200 == pytest.approx(0.95, abs=0.05)


def test_a_steady_state_never_fails():
    t = np.geomspace(1, 1e5, 30)
    noisy = fit_retention(
        t, 1e4 * np.exp(0.05 * generator(4, "lifetimes").standard_normal(30)), 1e5
    )
    assert noisy.lifetime.interval[1] == np.inf
    away = fit_retention(t, 1e4 * t**-0.1, 1e5)
    assert away.lifetime.value == np.inf
    assert away.rate.value == pytest.approx(-0.1)
    np.testing.assert_allclose(away.resistance(t), 1e4 * t**-0.1)


def test_arrhenius_from_failures_at_four_temperatures():
    rng, hits = generator(5, "lifetimes"), np.zeros(2)
    T = np.repeat([400.0, 425.0, 450.0, 475.0], 5)
    at = 1e-10 * np.exp(1.1 * eV / (boltzmann * 358))
    for _ in range(200):
        fit = fit_arrhenius(
            T, 1e-10 * np.exp(1.1 * eV / (boltzmann * T)) * np.exp(0.2 * rng.standard_normal(20))
        )
        for k, (e, truth) in enumerate(
            ((fit.activation_energy, 1.1 * eV), (fit.lifetime(358.0), at))
        ):
            hits[k] += e.interval[0] <= truth <= e.interval[1]
    np.testing.assert_allclose(hits / 200, 0.95, atol=0.05)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: FailureCriterion(drift=0.5), "drift = 0.5; expected a factor above one"),
        (lambda: FailureCriterion(consecutive=0), "at least one cycle each"),
        (lambda: FailureCriterion(least_ratio=0), "least_ratio = 0"),
        (lambda: cycles_to_failure([[1.0]], [[1.0, 2.0]]), "expected \\(device, cycle\\) twice"),
        (lambda: fit_retention([1, 2, 3], [1, 1, 2], 5, "exp"), "law = 'exp'"),
        (lambda: fit_retention([1, 1, 2], [1, 1, 2], 5), "2 reads at different positive times"),
        (lambda: fit_retention([1, 2, 3], [1, 1, 2], -1), "failure = -1"),
        (lambda: fit_arrhenius([300, 300, 300], [1, 2, 3]), "3 failures at 1 temperatures"),
    ],
)
def test_what_cannot_be_answered_is_refused(call, message):
    with pytest.raises(AnalysisError, match=message):
        call()
