"""Jobs against what the rooms they call say by themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest

import acanthite as ac
from acanthite.studies import Axis, ParameterStudy, job_named, run_study
from acanthite.studies.jobs import population


def test_devices_switch_as_the_measurement_room_says():
    outputs = job_named("device").run({"devices": 6, "cycles": 5}, seed=3)
    devices = ac.device.Filament.from_film(ac.film.grow()).sample(6, seed=3)
    loops = ac.measurement.run(devices, ac.measurement.Sweep(-0.5, 0.5, rate=2.0, cycles=5))
    found = ac.analysis.switching(loops)
    assert outputs["set_voltage"] == np.nanmedian(np.abs(found.set_voltage))
    assert outputs["set_share"] == found.set_share
    assert 1e-16 < outputs["write_energy"] < 1e-11
    assert outputs["retention"] > 1e4


def test_a_weak_state_is_volatile_and_one_that_never_set_has_no_retention():
    device = job_named("device")
    weak = device.run({"devices": 4, "cycles": 2, "compliance": 1e-6, "longest": 1e4}, seed=1)
    assert weak["retention"] < 10.0
    never = device.run({"devices": 4, "cycles": 2, "sweep_stop": 0.02}, seed=1)
    assert never["set_share"] == 0.0
    assert math.isnan(never["retention"])


def test_a_changed_parameter_changes_what_depends_on_it():
    device = job_named("device")
    plain = device.run({"devices": 4, "cycles": 2}, seed=1)
    key = "filament.surface_barrier"
    barrier = ac.parameters.AG2S.value(key)
    lower = device.run({"devices": 4, "cycles": 2, key: 0.9 * barrier}, seed=1)
    assert lower["retention"] < plain["retention"]


def test_quantiles_of_a_histogram_stay_in_their_bin():
    """Voltages of a sweep are steps apart: no quantile lies where no value does."""
    values = np.repeat([0.151, 0.171, 0.191, 0.211, 0.231], [3, 10, 40, 100, 7])
    edges = np.linspace(0.0, 1.0, 401)
    found = population._quantiles(np.histogram(values, edges)[0], edges, log=False)
    exact = np.quantile(values, population._SHARES, method="inverted_cdf")
    assert np.abs(found - exact).max() <= edges[1]
    decades = np.geomspace(1e0, 1e8, 401)
    ohms = 10.0 ** (10.0 * values)
    found = population._quantiles(np.histogram(ohms, decades)[0], decades, log=True)
    ratio = found / np.quantile(ohms, population._SHARES, method="inverted_cdf")
    assert np.abs(np.log(ratio)).max() <= np.log(decades[1] / decades[0])


def test_a_population_by_the_block_has_the_statistics_of_all_its_loops(tmp_path):
    """Two blocks, put together, beside the same devices measured in one go."""
    fixed = {"devices": 30, "block": 20, "cycles": 3}
    study = ParameterStudy("population", (Axis("thickness", values=(5e-8,)),), fixed=fixed)
    data = run_study(study, tmp_path / "s", workers=1).data.squeeze()
    film = ac.film.grow(ac.film.Recipe(thickness=5e-8))
    values = []
    for block, n in enumerate((20, 10)):
        seed = int(ac.random.generator(1, "studies.block", block).integers(2**53))
        devices = ac.device.Filament.from_film(film).sample(n, seed=seed)
        sweep = ac.measurement.Sweep(-0.5, 0.5, rate=2.0, step=5e-3, cycles=3)
        values.append(np.abs(ac.analysis.switching(ac.measurement.run(devices, sweep)).set_voltage))
    every = np.concatenate(values).ravel()
    every = every[np.isfinite(every)]
    assert float(data["devices"]) == 30
    assert float(data["loops"]) == 90
    assert float(data["set_voltage_mean"]) == pytest.approx(every.mean(), rel=1e-12)
    assert float(data["set_voltage_std"]) == pytest.approx(every.std(ddof=1), rel=1e-12)
    assert float(data["set_voltage_lowest"]) == every.min()
    assert float(data["set_voltage_histogram"].sum()) == every.size
    assert float(data["set_voltage"]) == pytest.approx(np.median(every), abs=1.0 / 400)


def test_an_array_multiplies_the_worse_the_more_its_lines_resist():
    array = job_named("array")
    runs = [array.run({"lines": 8, "segment_resistance": r}, seed=1) for r in (1e-9, 10.0, 1e3)]
    errors = [run["product_error"] for run in runs]
    assert errors[0] < errors[1] < errors[2]
    assert errors[0] < 1e-3  # what is left are the leads to the pads
    assert [run["line_resistance"] for run in runs] == [1e-9, 10.0, 1e3]


def test_a_small_wafer_has_a_yield():
    outputs = job_named("wafer").run({"lines": 128, "devices": 1}, seed=1)
    assert outputs["dies"] >= 4
    assert 0.0 <= outputs["die_yield"] <= outputs["device_yield"] <= 1.0
    assert 0.05 < outputs["threshold"] < 0.5


@pytest.mark.long
def test_a_training_is_that_of_the_training_room(tmp_path):
    """On images of its own, with the noise of the device changed."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 2, 240).astype(np.uint8)
    images = (rng.random((240, 16)) * 60 + 150 * (labels[:, None] == np.arange(16) % 2)).astype(
        np.uint8
    )
    path = tmp_path / "stripes.npz"
    np.savez(
        path, x_train=images[:200], y_train=labels[:200], x_test=images[200:], y_test=labels[200:]
    )
    device = tmp_path / "device.toml"
    window = {"conductance_min": 0.0, "conductance_max": 2e-6}
    own = ac.synapse.SoftBounds(up=0.1, down=0.1, pulse_noise=0.1, **window)
    ac.synapse.save(own, device)
    settings = {
        "dataset": str(path),
        "network": "16-6-2",
        "algorithm": "sgd",
        "device": str(device),
    }
    settings |= {"limit": 160, "validation": 40, "pulse_noise": 0.3}
    outputs = job_named("train").run(settings, seed=2)
    result = ac.nn.train(
        str(path),
        "16-6-2",
        ac.synapse.altered(own, pulse_noise=0.3),
        "sgd",
        seed=2,
        epochs=1,
        limit=160,
        validation=40,
    )
    assert outputs["test_accuracy"] == float(result.test_accuracy[-1])
    assert outputs["pulses"] == float(result.pulses.sum())


def test_claims_are_those_of_the_figure():
    claims = job_named("claims")
    plain = claims.run({"figure": "fig1d"}, seed=4)
    assert set(plain) == {"fig1d.biology", "fig1d.lowest"}
    assert claims.run({"figure": "fig1d"}, seed=5) != plain
    with pytest.raises(ac.errors.FigureError, match="fig9z"):
        claims.run({"figure": "fig9z"}, seed=1)


def test_a_chip_costs_what_the_cost_room_says():
    job = job_named("chip")
    outputs = job.run({"network": "64-32-10", "judge": False, "tile": 64, "node": 65e-9}, seed=1)
    chip = ac.inference.Chip(cells="reram-cmo", rows=64, columns=64)
    cost = ac.cost.chip_cost("64-32-10", chip, ac.cost.ChipCircuits(node=65e-9))
    assert outputs["energy"] == cost.energy_joule
    assert outputs["energy_low"] < outputs["energy"] < outputs["energy_high"]


@pytest.mark.long
def test_fewer_bits_cost_less_and_judge_worse():
    pytest.importorskip("torch")
    pytest.importorskip("sklearn")
    fixed = {"network": "64-32-10", "dataset": "digits", "epochs": 60, "converter": "sar"}
    few, many = (job_named("chip").run({**fixed, "converter_bits": b}, seed=1) for b in (2, 8))
    assert few["energy"] < many["energy"]
    assert few["accuracy"] < many["accuracy"] <= many["digital_accuracy"] + 0.03
