"""Known devices come back from their loops."""

from __future__ import annotations

import numpy as np
import pytest
from laws import own

from acanthite import fitting
from acanthite.device import MODELS
from acanthite.errors import FitError
from acanthite.fitting.loops.free_parameters import Free
from acanthite.measurement import Sweep, run
from tests.fitting.conftest import NOISY, TRUTH

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def fitted(loops):
    return fitting.fit(loops, MODELS["vteam"], holdout=0.2, points=512)


def test_every_device_comes_back_within_its_errors(fitted, population):
    names = list(population.law.parameters)
    scores = []
    for curve in range(fitted.curves.sizes["curve"]):
        one = fitted.curves.isel(curve=curve)
        true = population.values[
            int(one["device"]), [names.index(n) for n in one["parameter"].values]
        ]
        scores.append((one["value"].values - true) / one["error"].values)
    assert np.abs(scores).max() < 4.5
    assert np.mean(np.abs(scores) < 1.96) >= 0.85


def test_the_fit_is_as_close_as_the_noise_allows(fitted):
    assert fitted.rms == pytest.approx(NOISY.relative_noise, rel=0.15)
    assert fitted.floor == pytest.approx(0.5 * NOISY.noise_floor / NOISY.relative_noise, rel=0.3)


def test_held_out_devices_are_predicted_by_the_typical_one(fitted):
    assert fitted.held == "devices"
    held = fitted.residuals["device"].values[fitted.residuals["held"].values]
    assert not set(held) & set(fitted.curves["device"].values)
    assert fitted.rms < fitted.held_out < 1.0


def test_held_out_cycles_of_a_fitted_device_are_predicted_to_the_noise(loops):
    found = fitting.fit(
        loops.isel(device=slice(2)), MODELS["vteam"], holdout=0.5, points=0, fixed=TRUTH
    )
    assert found.held == "cycles"
    assert found.held_out == pytest.approx(NOISY.relative_noise, rel=0.3)


def test_a_law_of_ones_own_with_shared_parameters():
    devices = own.sample(3, seed=1, spread={"g_on": 0.2}, rate=1.3, g_on=3e-3)
    loops = run(devices, Sweep(1.0, -1.0, rate=1.0, step=0.05), instrument=NOISY, tolerance=1e-5)
    found = fitting.fit(loops, own, shared=["rate", "g_off"], points=64)
    rates = found.curves["value"].sel(parameter="rate").values
    assert np.ptp(rates) == 0.0
    for name, value in (("rate", 1.3), ("g_off", 1e-5)):
        low, high = found.parameters[name].interval
        assert low - (high - low) < value < high + (high - low)
    assert found.parameters["rate"].device_spread is None
    assert found.spread["g_on"] == pytest.approx(
        np.std(np.log(devices.parameter("g_on")), ddof=1), rel=0.05
    )
    assert set(found.spread) == {"g_on"}


def test_cycles_with_parameters_of_their_own_tell_their_spread(loops):
    found = fitting.fit(
        loops.isel(device=slice(2)), MODELS["vteam"], each="cycle", points=0, fixed=TRUTH
    )
    r_on = found.parameters["r_on"]
    assert r_on.cycle_spread is not None
    assert r_on.cycle_spread[0] < 0.01  # nothing changes from cycle to cycle in this law
    assert found.curves.sizes["curve"] == 4


def test_same_seed_same_bits_on_any_number_of_threads(loops):
    from acanthite import threads

    one = loops.isel(device=slice(2), cycle=slice(1))
    found = []
    for n in (1, 2):
        threads.use(n)
        found.append(
            fitting.fit(one, MODELS["vteam"], points=64, free=["r_on", "r_off"], fixed=TRUTH)
        )
    threads.use(None)
    assert found[0].parameters == found[1].parameters


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"free": ["k_of"]}, "no parameter 'k_of'; did you mean 'k_off'"),
        ({"holdout": 1.0}, "holdout = 1; expected a share"),
        ({"scale": "cubic"}, "scale = 'cubic'; expected 'log' or 'linear'"),
        ({"floor": -1.0}, "expected a positive current"),
        ({"bounds": {"r_on": (2.0, 1.0)}}, "expected two rising finite numbers"),
        ({"bounds": {"w_on": (1.0, 2.0)}}, "'w_on', which is not fitted"),
        ({"shared": ["w_on"], "points": 2}, "shared = 'w_on' is not fitted"),
    ],
)
def test_bad_input_is_told(loops, changes, message):
    with pytest.raises(FitError, match=message):
        fitting.fit(
            loops.isel(cycle=slice(1), device=slice(1)), MODELS["vteam"], **{"points": 8, **changes}
        )


def test_what_half_a_loop_hardly_sees_has_an_endless_interval(population, tmp_path):
    half = run(
        population, Sweep(0.25, rate=1.0, step=0.02), instrument=NOISY
    )  # no device is ever reset
    found = fitting.fit(half, MODELS["vteam"], free=["k_off", "v_off", "r_off"], points=64)
    assert found.parameters["r_off"].error < 0.3 * found.parameters["r_off"].value
    unseen = found.parameters["k_off"]
    assert not np.isfinite(unseen.interval).all() or unseen.interval[1] > 1e3 * unseen.value
    fitting.save(found, tmp_path / "half.toml")
    assert fitting.load_device(tmp_path / "half.toml").law.parameters == found.law.parameters


def test_a_magnitude_beyond_any_number_is_infinite():
    free = Free("r_off", "ohm", -1.0, -np.inf, np.inf, (0.0, 1.0))
    np.testing.assert_array_equal(free.value(np.array([-1e4, 0.0, 1e4])), [0.0, -1.0, -np.inf])
