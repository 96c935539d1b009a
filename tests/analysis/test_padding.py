"""Devices with fewer cycles than others are padded: no number sees the padding."""

import numpy as np
import pytest
import xarray as xr
from analysis.drawn_loops import draw

from acanthite.analysis import (
    FailureCriterion,
    cycles_to_failure,
    endurance,
    find_events,
    plot_switching,
    recovery_time,
    resistances,
    retained,
    switching,
)
from acanthite.errors import AnalysisError

COUNTS = (101, 5, 50)


def ragged(counts=COUNTS, **given):
    """Return devices with so many cycles each as one recording, and each of them alone."""
    single = [
        draw(n, seed=k + 1, missed=0.0, points=61, **given).recording for k, n in enumerate(counts)
    ]
    whole = xr.concat(
        [r.reindex(cycle=np.arange(1, max(counts) + 1)) for r in single],
        dim="device",
        combine_attrs="override",
    )
    return whole, single


def test_every_set_counts_and_no_padding_does():
    whole, single = ragged()
    events = find_events(whole)
    first = events.first("set")
    assert (first.detected.sum(), first.searched.sum(), first.missed.sum()) == (156, 156, 0)
    assert first.share == 1.0
    assert "in 156 of 156 sweeps" in str(events)
    assert first.compliance == pytest.approx(5e-5, rel=0.01)  # a plateau that padding must not hide
    for k, alone in enumerate(single):
        own = find_events(alone).first("set")
        np.testing.assert_array_equal(first.voltage[k, : COUNTS[k]], own.voltage[0])
    states = resistances(whole)
    life = cycles_to_failure(states.lrs, states.hrs)
    assert life.value.tolist() == list(COUNTS)
    assert life.censored.all()
    assert switching(whole).set_share == 1.0


def test_forming_is_told_in_a_device_with_fewer_cycles():
    whole, _ = ragged((4, 3))
    whole["current"][1, 0] *= 1e-3  # pristine before its first cycle
    assert find_events(whole).forming[:, 0].tolist() == [False, True]


def test_a_sweep_with_a_gap_is_neither_missed_nor_a_failure():
    drawn = draw(8, missed=0.0).recording
    drawn["current"][0, 3, 40] = np.nan
    first = find_events(drawn).first("set")
    assert (first.gaps.sum(), first.missed.sum(), first.searched.sum()) == (1, 0, 7)
    assert "(1 more have gaps)" in str(find_events(drawn))
    states = resistances(drawn)
    assert np.isnan([states.lrs[0, 3], states.hrs[0, 3]]).all()
    assert cycles_to_failure(states.lrs, states.hrs).censored.all()
    assert switching(drawn).set_share == 1.0


def test_sweeps_that_all_have_gaps_are_none_that_switch():
    drawn = draw(8, missed=0.0).recording
    for c in range(8):
        drawn["current"][0, c, 20 + 3 * c] = np.nan
        drawn["voltage"][0, c, 20 + 3 * c] = np.nan
    events = find_events(drawn)
    assert events.events[0].gaps.all()
    assert np.isnan(events.events[0].share)


def test_cycles_that_were_not_measured_are_neither_good_nor_bad():
    lrs, hrs = np.full((3, 10), 1e4), np.full((3, 10), 1e6)
    for r in (lrs, hrs):
        r[0, 6:] = np.nan  # fewer cycles
        r[1, 4] = np.nan  # one left out, the device goes on
    hrs[1, 3] = hrs[1, 5] = 2e4
    lrs[2, 8:] = np.nan  # SET missed: a failure
    life = cycles_to_failure(lrs, hrs, FailureCriterion(consecutive=2))
    assert life.value.tolist() == [6, 3, 8]
    assert life.censored.tolist() == [True, False, False]
    told = cycles_to_failure(lrs, hrs, measured=np.ones((3, 10), bool))
    assert told.value.tolist() == [6, 3, 8]
    assert not told.censored.any()
    masked = cycles_to_failure(*(np.ma.masked_invalid(r) for r in (lrs, hrs)))
    assert masked.value.tolist() == cycles_to_failure(lrs, hrs).value.tolist()


def test_a_device_without_any_cycle_is_refused():
    r = np.full((2, 3), np.nan)
    r[0] = 1e4
    with pytest.raises(
        AnalysisError, match="device 2 of 2 has no cycle that was measured; leave it out"
    ):
        cycles_to_failure(r, 100 * r)


def test_shares_of_cycling_are_of_the_cycles_read():
    g = np.full((2, 6, 2), 1e-4)
    g[..., 1] = 1e-6
    g[0, 4:] = np.nan
    g[1, 0, 1] = 1e-4  # not reset
    dims = ("device", "cycle", "pulse")
    recording = xr.Dataset({"voltage": (dims, np.full(g.shape, 0.1)), "current": (dims, 0.1 * g)})
    found = endurance(recording)
    assert found.threshold == pytest.approx(1e-5)
    np.testing.assert_allclose(found.good_share, [1.0, 5 / 6])
    assert found.set_failures.tolist() == [0, 0]
    assert found.reset_failures.tolist() == [0, 1]


def test_what_is_retained_is_of_the_last_read_there_is():
    g = np.array([[4.0, 3, 2, 1], [4, 2, np.nan, np.nan], [np.nan] * 4])
    dims = ("device", "sample")
    recording = xr.Dataset({"voltage": (dims, np.ones(g.shape)), "current": (dims, g)})
    np.testing.assert_allclose(retained(recording).values, [0.25, 0.5, np.nan])


def test_no_recovery_is_told_of_a_pulse_that_was_not_measured():
    dims = ("device", "pulse", "sample")
    current = np.ones((1, 2, 6))
    current[0, 1] = np.nan
    recording = xr.Dataset(
        {
            "voltage": (dims, np.ones(current.shape)),
            "current": (dims, current),
            "time": ("sample", np.arange(6.0)),
        },
        {"writing": ("sample", np.arange(6) < 2)},
    )
    np.testing.assert_array_equal(recovery_time(recording).values, [[0.0, np.nan]])


def test_the_median_sweep_of_a_picture_is_that_of_the_sweeps():
    whole, single = ragged((6, 1))
    a = plot_switching(whole, find_events(whole)).lines[0].get_ydata()
    joined = xr.concat(
        [r.isel(device=0) for r in single], dim="cycle", combine_attrs="override"
    ).expand_dims("device")
    b = plot_switching(joined, find_events(joined)).lines[0].get_ydata()
    np.testing.assert_allclose(a, b, rtol=1e-12)
