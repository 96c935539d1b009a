"""The noise in time: its spectrum, its variance in a band, its correlation, its dwell times."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import welch
from scipy.stats import kstest

from acanthite.constants import conductance_quantum
from acanthite.device import ContactNoise
from acanthite.device.noise.fluctuators import averaged

NOISE = ContactNoise.of()
FEW = replace(NOISE, slowest_rate=99.5, fastest_rate=100.5)
MANY = replace(FEW, cross_section=1e-4 * FEW.cross_section)
"""Of one rate: hardly a fluctuator next to the contact, or very many."""


def change(noise, resistance, time, width, members, seed=1):
    """Return the relative change of the resistance of contacts, shape (member, sample)."""
    G = np.full(time.size, 1 / resistance)
    W = np.full(time.size, width)
    factors = [noise.factor(G, {}, time, W, (seed, m)) for m in range(members)]
    return -np.log(np.array(factors))


def test_the_spectrum_is_c_over_f():
    dt, n = 1e-3, 2**12
    x = change(NOISE, 60.0, dt * np.arange(1, n + 1), dt, 300)
    f, density = welch(x, fs=1 / dt, nperseg=n // 4, axis=1)
    kept = (f > 5) & (f < 100)  # clear of the window's width, and of the averaging of a sample
    ratio = density.mean(0)[kept] * f[kept] / float(NOISE.intensity(60.0))
    groups = [g.mean() for g in np.array_split(ratio, 6)]
    np.testing.assert_allclose(groups, 1.0, atol=0.2)
    assert ratio.mean() == pytest.approx(1.0, abs=0.1)
    slope = np.polyfit(np.log(f[kept]), np.log(density.mean(0)[kept]), 1)[0]
    assert slope == pytest.approx(-1.0, abs=0.1)


@pytest.mark.parametrize("resistance", [5.0, 60.0, 1e3])
def test_the_variance_in_a_band_is_that_of_the_formula(resistance):
    """A cloud whose rates fill a band only has all of its variance there."""
    low, high = 1e-2, 1e3
    band = replace(NOISE, slowest_rate=2 * math.pi * low, fastest_rate=2 * math.pi * high)
    x = change(band, resistance, np.arange(1.0, 60.0) * 100, 1e-9, 1500)
    expected = float(band.relative(resistance, low, high))
    assert x.std() == pytest.approx(expected, rel=0.08)


def test_the_mean_over_a_sample_has_the_variance_of_theory():
    for width in (1e-4, 5e-3, 0.04, 0.2):  # 0.01 to 20 relaxations: followed, and taken as normal
        x = change(MANY, 60.0, np.arange(1.0, 40.0), width, 500)
        whole = float(MANY.inside(60.0)) * 0.6 * 0.25 * float(MANY.step(60.0)) ** 2
        assert x.var() / whole == pytest.approx(averaged(100.0, width), rel=0.05)


def test_the_correlation_falls_exponentially_whatever_the_spacing_of_samples():
    """Short pauses are followed jump by jump, long ones drawn in one; neither leaves a trace."""
    pauses = np.array([0.2, 1.0, 2.0, 5.0, 9.0, 30.0]) / 100.0
    time = 1.0 + np.cumsum(np.concatenate([[0.0], np.tile(pauses, 40)]))
    x = change(MANY, 60.0, time, 1e-9, 500)
    variance = x.var()
    for k, pause in enumerate(pauses):
        product = (x[:, k:-1:6] * x[:, k + 1 :: 6]).mean() / variance
        assert product == pytest.approx(math.exp(-100.0 * pause), abs=0.02)


def test_a_single_fluctuator_dwells_exponentially():
    """Where one outweighs all others, the current has two levels; each is left at half the rate."""
    dt = 2e-4
    x = change(FEW, 12e3, dt * np.arange(1, 40_001), 1e-9, 40)
    clear = x - x.mean(1, keepdims=True)
    kurtosis = (clear**4).mean(1) / (clear**2).mean(1) ** 2
    one = clear[int(np.argmin(kurtosis))]
    assert kurtosis.min() < 1.1  # two levels
    edges = np.flatnonzero(np.diff(one > 0))
    dwell = np.diff(edges) * dt
    assert dwell.size > 200
    assert dwell.mean() == pytest.approx(2 / 100.0, rel=0.2)
    spread = dwell + dt * np.random.default_rng(1).random(dwell.size)
    assert kstest(spread, "expon", (0, spread.mean())).pvalue > 1e-3


def test_a_contact_that_forms_anew_is_another_and_keeps_its_own_while_nothing_is_applied():
    time = np.arange(1.0, 31.0)
    G = np.full(30, 1e-3)
    G[10:12] = np.nan  # no voltage: nobody knows
    G[20:22] = 1e-9  # open
    quiet = replace(NOISE, slowest_rate=1e-9, fastest_rate=1e-8)  # nothing jumps
    x = quiet.factor(G, {}, time, np.full(30, 1e-3), (1, 0))
    assert len(set(x[:10]) | set(x[12:20])) == 1
    assert set(x[10:12]) == set(x[20:22]) == {1.0}
    assert len(set(x[22:])) == 1
    assert x[22] != x[0]


def test_a_series_resistance_takes_its_part_of_the_noise():
    time, width = np.arange(1.0, 50.0), np.full(49, 1e-3)
    alone = NOISE.factor(np.full(49, 1e-3), {}, time, width, (1, 0))
    with_series = NOISE.factor(
        np.full(49, 1 / 1500.0),
        {"body_resistance": 300.0, "series_resistance": 200.0},
        time,
        width,
        (1, 0),
    )
    np.testing.assert_allclose(np.log(with_series), np.log(alone) * 1000 / 1500, rtol=1e-9)


def test_no_contact_no_noise():
    time = np.arange(1.0, 20.0)
    for G in (1e-9, 0.8 * conductance_quantum, np.nan, -1e-3, 0.0):
        assert set(NOISE.factor(np.full(19, G), {}, time, time / 10, (1, 0))) == {1.0}
