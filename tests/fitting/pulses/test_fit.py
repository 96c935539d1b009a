"""Known synapses come back from their ladders."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import acanthite.synapse
from acanthite import fitting
from acanthite.errors import FitError
from acanthite.fitting.pulses import fit as fit_module
from acanthite.random import generator

LOW, HIGH, UP, DOWN = 1e-6, 5e-6, 0.06, 0.08


def ladders(seed, n_devices=4, n_cycles=3, n=40, noise=0.3, read=0.005, spread=0.15):
    """Return ladders of soft-bounds devices: steps with noise that stays, reads with noise that does not."""
    rng = generator(seed, "test-ladders")
    upward = np.r_[np.ones(n, bool), np.zeros(n, bool)]
    level = np.empty((n_devices, n_cycles, 2 * n))
    for d in range(n_devices):
        up, down = np.array([UP, DOWN]) * np.exp(spread * rng.standard_normal(2))
        g = LOW + 0.02 * (HIGH - LOW)
        for c in range(n_cycles):
            for k, rises in enumerate(upward):
                g += (up * (HIGH - g) if rises else down * (LOW - g)) * (
                    1 + noise * rng.standard_normal()
                )
                level[d, c, k] = g + read * (HIGH - LOW) * rng.standard_normal()
    volts = ("pulse", np.where(upward, -0.3, 0.3))
    return xr.DataArray(
        level,
        dims=("device", "cycle", "pulse"),
        coords={"pulse_voltage": volts},
        attrs={"units": "S"},
    )


@pytest.fixture(scope="module")
def fitted():
    return fitting.fit_pulses(ladders(1), "soft-bounds")


def test_law_noise_and_bounds_come_back(fitted):
    summary = fitted.summary()
    for name, true in (
        ("up", UP),
        ("down", DOWN),
        ("conductance_min", LOW),
        ("conductance_max", HIGH),
        ("pulse_noise", 0.3),
    ):
        assert abs(summary[name]["value"] - true) < 4 * summary[name]["error"], name
    assert fitted.read_noise == pytest.approx(0.005 * (HIGH - LOW), rel=0.3)


@pytest.mark.slow
def test_intervals_cover_over_populations():
    inside = []
    for seed in range(20):
        found = fitting.fit_pulses(ladders(seed), "soft-bounds").population
        for name, true in (("up", UP), ("down", DOWN), ("pulse_noise", 0.3)):
            low, high = found[name].interval
            inside.append(low < np.log(true) < high)
    assert np.mean(inside) >= 0.85


def test_the_mean_response_is_the_closest(fitted):
    mean = fitting.fit_pulses(ladders(1), "soft-bounds", pulse_noise=False)
    assert mean.rms <= fitted.rms * (1 + 1e-6)
    assert mean.summary()["pulse_noise"]["value"] == pytest.approx(0.3, rel=0.25)


def test_a_fitted_synapse_is_a_device_file(fitted, tmp_path):
    acanthite.synapse.save(fitted.synapse, tmp_path / "s.toml")
    read = fitting.load_device(tmp_path / "s.toml")
    assert read == fitted.synapse
    assert read.evidence.standard_error["up"] == fitted.summary()["up"]["error"]
    assert read.evidence.interval == fitted.synapse.evidence.interval
    assert read.evidence.correlation == fitted.synapse.evidence.correlation


def test_errors_that_go_together_are_told(fitted):
    rows = fitted.synapse.evidence.correlation
    matrix = np.array(list(rows.values()))
    assert tuple(rows) == ("up", "down", "conductance_min", "conductance_max", "pulse_noise")
    np.testing.assert_allclose(matrix, matrix.T)
    np.testing.assert_allclose(np.diag(matrix), 1.0)
    # a window further out with smaller steps gives nearly the same response
    assert matrix[0, 3] < -0.3
    assert matrix[1, 2] > 0.3


def test_few_devices_have_the_wide_intervals_of_student():
    found = fitting.fit_pulses(ladders(6, n_devices=2, n_cycles=1), "soft-bounds")
    for name, m in found.population.items():
        each = found.curves["error"].sel(parameter=name).values
        assert m.error >= 0.999 / np.sqrt(np.sum(each**-2.0)), name
        assert np.diff(m.interval)[0] / 2 >= 1.95 * m.error, name
    low, high = found.summary()["up"]["interval"]
    assert low < UP < high


def test_rates_have_the_intervals_of_their_steps(fitted):
    found = fitting.fit_pulses(ladders(1), "ag2s")
    ends = found.summary()["growth_rate"]["interval"]
    np.testing.assert_allclose(
        1 - np.exp(-np.array(ends) * 1e-6), fitted.summary()["up"]["interval"]
    )
    assert set(found.synapse.evidence.correlation) == set(found.summary())


def test_a_law_that_is_the_datas_own_wins():
    found = fitting.compare(
        ladders(2, n_devices=1, n_cycles=1, noise=0.05), ["constant-step", "soft-bounds"]
    )
    assert list(found) == ["soft-bounds", "constant-step"]


def test_held_out_cycles_are_predicted():
    found = fitting.fit_pulses(
        ladders(3, n_devices=1), "soft-bounds", holdout=0.3, pulse_noise=False
    )
    assert found.held_out is not None
    assert found.held_out < 4 * found.rms


def test_a_law_of_ones_own():
    @acanthite.synapse.law(gain=0.1, curve=1.5)
    def crowded(w, p):
        return p.gain * (0.5 - 0.5 * w) ** p.curve, -p.gain * (0.5 + 0.5 * w) ** p.curve

    found = fitting.fit_pulses(ladders(4, n_devices=1, n_cycles=1), crowded)
    assert 0.02 < found.synapse.gain < 1.0


def fluctuating(seed, memory=10.0, size=0.1):
    """Return one long response whose reads come and go while its steps have no noise at all."""
    rng = generator(seed, "test-fluctuation")
    n = 400
    upward = np.r_[np.ones(n, bool), np.zeros(n, bool)]
    g, come, level = -1.0, 0.0, np.empty(2 * n)
    keep = np.exp(-1.0 / memory)
    for k, rises in enumerate(upward):
        g += 0.006 * (1 - g) if rises else -0.006 * (1 + g)
        come = keep * come + size * np.sqrt(1 - keep**2) * rng.standard_normal()
        level[k] = g + come + 0.06 * rng.standard_normal()
    volts = ("pulse", np.where(upward, -0.3, 0.3))
    return xr.DataArray(
        1e-6 * (2 + level[None, None]), dims=("device", "cycle", "pulse"), coords={"pulse_voltage": volts}, attrs={"units": "S"}
    )  # fmt: skip


def test_what_comes_and_goes_is_not_taken_for_noise_of_the_steps():
    data = fluctuating(1)
    found = fitting.fit_pulses(data, "soft-bounds", pulse_noise=False)
    assert found.fluctuation == pytest.approx(0.1e-6, rel=0.35)
    assert found.memory == pytest.approx(10.0, rel=0.6)
    assert found.read_noise == pytest.approx(0.06e-6, rel=0.2)
    without = fitting.fit_pulses(data, "soft-bounds", pulse_noise=False, fluctuation=False)
    assert without.synapse.pulse_noise > 5
    assert found.synapse.pulse_noise < 0.3 * without.synapse.pulse_noise
    half = 0.5 * (found.synapse.conductance_max - found.synapse.conductance_min)
    assert found.synapse.read_noise == pytest.approx(
        np.hypot(found.read_noise, found.fluctuation) / half
    )


def test_no_fluctuation_is_seen_where_there_is_none(fitted):
    assert fitted.fluctuation == 0


@pytest.mark.slow
def test_measured_responses_fluctuate_rather_than_step_at_random():
    folder = os.environ.get("ACANTHITE_LAB_DATA")
    if not folder:
        pytest.skip("set ACANTHITE_LAB_DATA to a folder of measured files")
    from acanthite.measurement import read

    response = read(Path(folder) / "pulses" / "gong_et_al.csv")[0]
    found = fitting.fit_pulses(response, "linear-step", pulse_noise=False)
    assert found.fluctuation > found.read_noise > 0
    assert (
        found.synapse.pulse_noise
        < 3
        < fitting.fit_pulses(
            response, "linear-step", pulse_noise=False, fluctuation=False
        ).synapse.pulse_noise
    )


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda a: a, {"law": "soft-bound"}, "did you mean 'soft-bounds'"),
        (lambda a: a, {"holdout": 1.5}, "expected a share"),
        (
            lambda a: a.drop_vars("pulse_voltage"),
            {},
            "expected .device, cycle, pulse. and pulse_voltage",
        ),
        (lambda a: a.isel(pulse=slice(30)), {}, "expected three or more of each"),
        (lambda a: a * 0 + a.assign_attrs(units="S") * 0 + 1.0, {}, "expected a response"),
        (lambda a: a, {"conductance": (1e-7, 1e-6)}, "is for relative values"),
    ],
)
def test_bad_input_is_told(change, options, message):
    with xr.set_options(keep_attrs=True), pytest.raises(FitError, match=message):
        fitting.fit_pulses(change(ladders(5, 1, 1)), **options)


@pytest.mark.slow
def test_measured_responses_are_fitted_closer_than_by_aihwkit():
    folder = os.environ.get("ACANTHITE_LAB_DATA")
    if not folder:
        pytest.skip("set ACANTHITE_LAB_DATA to a folder of measured files")
    from acanthite.measurement import read

    reference = tomllib.loads(
        (Path(__file__).parents[2] / "references" / "pulse_fit_aihwkit.toml").read_text()
    )
    response = read(Path(folder) / "pulses" / "gong_et_al.csv")[0]
    found = fitting.compare(response, pulse_noise=False)
    assert len(found) >= 4
    for name, theirs in reference.items():
        assert found[name].rms <= theirs["rms"] * 1.001, name


def test_blas_keeps_to_one_thread(monkeypatch):
    import threadpoolctl

    seen = set()
    calls = 0
    own = fit_module.Likelihood.__call__

    def spied(self, u):
        nonlocal calls
        if calls % 50 == 0:  # looking takes ten times as long as the call
            pools = threadpoolctl.threadpool_info()
            seen.update(p["num_threads"] for p in pools if p["user_api"] == "blas")
        calls += 1
        return own(self, u)

    monkeypatch.setattr(fit_module.Likelihood, "__call__", spied)
    with threadpoolctl.threadpool_limits(2, user_api="blas"):
        fitting.fit_pulses(ladders(1, 1, 1, n=5), "constant-step", pulse_noise=False)
    assert seen == {1}


@pytest.mark.parametrize("law", ["soft-bounds", "ag2s", "soft-bounds-reference"])
def test_fluctuation_is_heeded_under_every_law(law):
    data = ladders(1, 1, 2, n=12)
    fits = {on: fitting.fit_pulses(data, law, fluctuation=on) for on in (True, False)}
    assert fits[True].fluctuation > 0
    assert fits[False].fluctuation == 0
    with pytest.raises(FitError, match="fluctuation = 'nonsense'; expected True, False or None"):
        fitting.fit_pulses(data, law, fluctuation="nonsense")


def test_pulses_too_weak_to_move_a_device_are_refused():
    data = ladders(1, 1, 2, n=12)
    noise = generator(2, "reads").standard_normal(data.shape)
    with pytest.raises(FitError, match="pulses are too weak to move the device"):
        fitting.fit_pulses(data.copy(data=3e-9 * noise))
    with pytest.raises(FitError, match="expected current of the sign of the voltage"):
        fitting.fit_pulses(-data)
