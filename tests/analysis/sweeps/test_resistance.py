"""Resistances read off loops drawn by hand."""

import numpy as np
import pytest
from analysis.drawn_loops import draw, recorded

from acanthite import film
from acanthite.analysis import find_events, resistances, switching
from acanthite.device import Filament
from acanthite.errors import AnalysisError
from acanthite.measurement import Sweep, run


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


def both_ways(v_reset=0.3, v_set=1.0, again=1.8):
    """Loops that begin in LRS, reset and set again on each way out, the first one from HRS."""
    size = np.r_[np.linspace(0, 2, 101), np.linspace(1.98, 0, 100)]
    out = np.arange(size.size) < 101
    reset = out & (size > v_reset)
    negative = np.where(reset & (size < v_set), 1e-7, 1e-4)
    positive = np.where(reset & (size < again), 1e-7, 1e-4)
    fresh = np.where(out & (size < v_set), 1e-7, 1e-4)
    g = np.array([np.r_[side, positive] for side in (fresh, negative, negative, negative)])
    voltage = np.r_[-size, size]
    return recorded(voltage, g * voltage)


@pytest.mark.parametrize("cycles", [slice(None), slice(1, None)])
def test_a_loop_that_resets_and_sets_again_on_the_same_way(cycles):
    loops = both_ways().isel(cycle=cycles)
    events = find_events(loops)
    n = loops.sizes["cycle"]
    assert [(e.kind, e.excursion.sign) for e in events] == [("set", -1), ("reset", 1)]
    found = events.first("set")
    np.testing.assert_allclose(found.voltage, switching(loops).set_voltage, atol=0.03)
    np.testing.assert_allclose(found.preceding_voltage[0, -3:], -0.3, atol=0.03)
    assert not found.undone.any()
    assert events.first("reset").undone.all()
    assert "3 after a RESET on the same way out" in str(events)
    low, between = (resistances(loops, read_voltage=u) for u in (0.2, 0.6))
    np.testing.assert_allclose(low.lrs, 1e4, rtol=1e-6)
    assert np.isnan(low.hrs[0, -3:]).all()
    assert np.isfinite(low.hrs).sum() == n - 3
    np.testing.assert_allclose(between.hrs, 1e7, rtol=1e-6)
    hrs = switching(loops, read_window=0.2).hrs_conductance
    assert np.isnan(hrs[0, -3:]).all()


def test_both_analyses_agree_on_the_filament():
    filament = Filament.from_film(film.grow(film.Recipe(thickness=50e-9)))
    loops = run(filament.sample(2, seed=1), Sweep(-0.5, 0.5, cycles=3))
    found = find_events(loops)
    by_jumps = switching(loops)
    assert found.polarity == by_jumps.polarity == -1
    np.testing.assert_allclose(found.set_voltage, by_jumps.set_voltage, atol=0.03)
    np.testing.assert_allclose(found.reset_voltage, by_jumps.reset_voltage, atol=0.03)
    states = resistances(loops, read_voltage=0.05)
    assert (states.lrs < 1e4).all()
    assert not (states.hrs < 1e6).any()
    assert not (by_jumps.hrs_conductance > 1e-6).any()


def test_a_cycle_that_does_the_opposite_keeps_its_states():
    drawn = draw(10, missed=0.0)
    current = drawn.recording["current"].values
    half = drawn.recording.sizes["sample"] // 2
    current[0, 4, :half] = -current[0, 4, half:]  # resets where the others set
    current[0, 6, :half] = 1e-4 * drawn.recording["voltage"].values[0, 6, :half]  # stays in LRS
    states = resistances(drawn.recording, read_voltage=0.2)
    assert find_events(drawn.recording).first("set").opposite[0].nonzero()[0].tolist() == [4]
    np.testing.assert_allclose(np.delete(states.hrs[0], 6), 1e7, rtol=0.1)
    np.testing.assert_allclose(np.delete(states.lrs[0], 6), 1e4, rtol=0.1)
    assert np.isnan(states.hrs[0, 6])


def test_a_volatile_set_has_no_lrs_at_the_read_voltage():
    size = np.r_[np.linspace(0, 2, 101), np.linspace(1.98, 0, 100)]
    g = np.where((size > 1) | ((np.arange(size.size) >= 101) & (size > 0.4)), 1e-4, 1e-8)
    states = resistances(recorded(size, g * size), read_voltage=0.2)
    assert states.hrs.item() == pytest.approx(1e8)
    assert np.isnan(states.lrs.item())
