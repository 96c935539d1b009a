"""Resistances read off loops drawn by hand."""

import numpy as np
import pytest
from analysis.drawn_loops import draw, recorded

from acanthite.analysis import resistances
from acanthite.errors import AnalysisError


@pytest.mark.parametrize("sign", [-1, 1])
def test_both_states_at_the_read_voltage(sign):
    drawn = draw(30, sign=sign, grain=0.01)
    r = resistances(drawn.recording, read_voltage=0.213)
    assert r.read_voltage == pytest.approx(sign * 0.213)
    np.testing.assert_allclose(r.hrs[0], 1e7, rtol=0.05)
    np.testing.assert_allclose(r.lrs[0][drawn.hit], 1e4, rtol=0.05)
    assert np.isnan(r.lrs[0][~drawn.hit]).all()


def test_a_book_of_resets_has_both_states_too():
    drawn = draw(10, missed=0.0)
    half = drawn.recording.sizes["sample"] // 2
    r = resistances(drawn.recording.isel(sample=slice(half, None)))
    np.testing.assert_allclose(r.hrs, 1e7, rtol=0.1)
    np.testing.assert_allclose(r.lrs, 1e4, rtol=0.1)
    np.testing.assert_allclose(r.ratio, 1e3, rtol=0.2)


def test_current_between_samples_is_interpolated():
    v = np.r_[np.linspace(0, 1, 11), np.linspace(0.9, 0, 10)]
    g = np.where(np.arange(v.size) > 6, 1e-3, 1e-6)
    r = resistances(recorded(v, g * v), read_voltage=0.25)
    assert r.hrs.item() == pytest.approx(1e6)
    assert r.lrs.item() == pytest.approx(1e3)


def test_noise_and_compliance_give_bounds():
    drawn = draw(10, missed=0.0, g_off=1e-13, noise=1e-10)
    r = resistances(drawn.recording, read_voltage=0.2)
    assert r.hrs_is_bound.mean() > 0.8
    assert (r.hrs[r.hrs_is_bound] < 1e13).all()
    held = resistances(drawn.recording, read_voltage=0.7)
    assert held.lrs_is_bound.all()


def test_what_cannot_be_read_is_refused():
    with pytest.raises(
        AnalysisError, match="read_voltage=3 V: expected within the sweep, up to 2 V"
    ):
        resistances(draw(3).recording, read_voltage=3)
    v = np.r_[np.linspace(0, 1, 11), np.linspace(0.9, 0, 10)]
    with pytest.raises(AnalysisError, match="no sweep sets or resets"):
        resistances(recorded(v, v))


def test_errors_are_those_of_the_noise():
    drawn = draw(400, missed=0.0, grain=0.02, noise=0.0, points=201)
    found = resistances(drawn.recording, read_voltage=0.105)  # halfway between samples
    for state, error, true in (
        (found.lrs, found.lrs_error, 1e4),
        (found.hrs, found.hrs_error, 1e7),
    ):
        score = (state - true) / error
        assert np.mean(np.abs(score) < 1) == pytest.approx(0.65, abs=0.1)
        assert np.median(error / true) == pytest.approx(0.02 / np.sqrt(2), rel=0.2)
