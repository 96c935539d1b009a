"""Exponentials that are there are found, with intervals that hold; where there is none, none is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from laws import one_state
from scipy.optimize import curve_fit

from acanthite import analysis
from acanthite.device import VTEAM
from acanthite.errors import AnalysisError
from acanthite.measurement import Instrument, PairedPulses, SpikePairs, run
from acanthite.random import generator

pytestmark = pytest.mark.long

QUIET = Instrument("quiet", 10.0, 0.0, 0.0)
T = np.geomspace(0.01, 1.0, 15)


def test_one_exponential_is_that_of_scipy():
    y = 0.4 * np.exp(-T / 0.08) + 0.01 * generator(1, "decay").standard_normal(T.size)
    fit = analysis.fit_decay(T, y)
    (a, tau), cov = curve_fit(lambda t, a, tau: a * np.exp(-t / tau), T, y, p0=(0.4, 0.1))
    assert fit.model == "exponential"
    assert fit.amplitudes[0].value == pytest.approx(a, rel=1e-5)
    assert fit.time_constants[0].value == pytest.approx(tau, rel=1e-5)
    low, high = fit.time_constants[0].interval
    assert math.log(high / low) / 2 == pytest.approx(2.16 * cov[1, 1] ** 0.5 / tau, rel=0.02)


def test_two_exponentials_are_told_from_one():
    y = 0.5 * np.exp(-T / 0.02) + 0.2 * np.exp(-T / 0.5)
    fit = analysis.fit_decay(T, y + 1e-4 * generator(2, "decay").standard_normal(T.size))
    assert fit.model == "double exponential"
    assert [tau.value for tau in fit.time_constants] == pytest.approx([0.02, 0.5], rel=0.02)
    np.testing.assert_allclose(fit(T), y, atol=5e-4)


def test_intervals_hold_the_truth_as_often_as_they_say():
    held, single = 0, 0
    for seed in range(120):
        y = 0.4 * np.exp(-T / 0.08) + 0.02 * generator(seed, "coverage").standard_normal(T.size)
        fit = analysis.fit_decay(T, y)
        single += fit.model == "exponential"
        low, high = fit.time_constants[0].interval
        held += fit.model == "exponential" and low < 0.08 < high
    assert single >= 0.95 * 120
    assert held >= 0.89 * single


def test_noise_is_rarely_taken_for_an_effect():
    found = sum(
        analysis.fit_decay(T, generator(seed, "noise").standard_normal(T.size)).model != "none"
        for seed in range(200)
    )
    assert found <= 12


def test_a_constant_beyond_the_times_has_an_open_interval():
    y = np.where(np.arange(8) == 0, 1.0, 0.0) + 1e-6 * np.arange(8)
    fit = analysis.fit_decay(np.geomspace(1.0, 100.0, 8), y)
    assert fit.model == "exponential"
    assert fit.time_constants[0].interval[0] == 0.0


TRACE = {"drive": 40.0, "fade": 1 / 0.05, "g": 1e-6, "g_x": 1e-6}
trace = one_state("trace", initial=0.0, upper=None, **TRACE)


def test_pulses_add_up_as_the_closed_form_says():
    """A pulse of width w leaves gain V tau (1 - exp(-w/tau)), which fades until the next."""
    intervals = np.geomspace(5e-3, 0.3, 9)
    w, tau, push = 0.01, 0.05, 40.0 * 0.05 * 0.5
    pairs = PairedPulses(intervals, voltage=0.5, width=w, edge=1e-6, rest=2.0)
    measured = run(trace.sample(2, seed=1), pairs, instrument=QUIET, tolerance=1e-6)
    result = analysis.paired_pulses(measured)
    first = push * -math.expm1(-w / tau)
    second = first + first * np.exp(-(intervals + w) / tau)
    wanted = (1 + second) / (1 + first) - 1
    np.testing.assert_allclose(result.index[0, 0], wanted, rtol=1e-3)
    assert result.verdict == "facilitation"
    assert result.decay.time_constants[0].value == pytest.approx(tau, rel=1e-3)
    assert len(result.plot().lines) >= 2


def test_a_device_that_does_not_move_facilitates_nothing():
    result = analysis.paired_pulses(
        run(VTEAM.sample(3, seed=1), PairedPulses(np.geomspace(1e-3, 1.0, 8), voltage=0.05))
    )
    assert result.verdict == "no facilitation"
    assert result.plot().get_xscale() == "log"


def test_a_window_shows_what_its_tails_meet():
    """The trace counts the integral above a threshold, so that order alone decides the sign."""
    wide = 1e3  # a sinh that is straight
    moves = {"swing": -300.0 * wide, "v_swing": wide, "dead": 0.2}
    counting = one_state("counting", **moves, g=1e-7, g_x=1e-5)
    delays = np.r_[-np.geomspace(8e-3, 0.09, 8), np.geomspace(8e-3, 0.09, 8)]
    spikes = SpikePairs(delays, peak=0.19, undershoot=0.12)
    measured = run(counting.sample(1, seed=1), spikes, instrument=QUIET)
    result = analysis.spike_timing(measured)
    assert (result.median[delays > 0] > -1e-9).all()
    assert (result.median[delays < 0] < 1e-9).all()
    assert result.verdict == "Hebbian"
    ax = result.plot()
    assert ax.get_xlabel().startswith("delay")


def test_what_is_no_pairs_is_refused():
    recording = run(VTEAM.sample(1, seed=1), PairedPulses([1e-3, 1e-2], voltage=0.05))
    with pytest.raises(AnalysisError, match="spike_timing: conductance has dims"):
        analysis.spike_timing(recording)
    with pytest.raises(AnalysisError, match="no coordinate 'interval'"):
        analysis.paired_pulses(recording.drop_vars("interval"))
