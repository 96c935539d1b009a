"""The virtual instrument: compliance, bits, noise, provenance, time scales."""

import numpy as np
import pytest
from laws import resistor

from acanthite import film, threads
from acanthite.device import Filament
from acanthite.measurement import (
    Endurance,
    Instrument,
    PulseLadder,
    PulseTrain,
    Retention,
    Sweep,
    load_recording,
    run,
    save_recording,
)

QUIET = Instrument("quiet", 0.1, 0.0, 0.0)


@pytest.fixture(scope="module")
def devices():
    return Filament.from_film(film.grow()).sample(6, seed=7)


def test_compliance_limits_the_current_and_takes_the_voltage_down():
    recording = run(resistor.sample(1, seed=1), Sweep(-0.5, compliance=1e-4), instrument=QUIET)
    i, v = recording["current"].values, recording["voltage"].values
    assert np.abs(i).max() == pytest.approx(1e-4, rel=1e-6)
    np.testing.assert_allclose(i, v * 1e-3, rtol=1e-6, atol=1e-15)
    assert np.abs(recording["applied"].values).max() == pytest.approx(0.5)


def test_compliance_holds_for_a_switching_device(devices):
    recording = run(devices, Sweep(-0.4, compliance=1e-5), instrument=QUIET)
    assert np.abs(recording["current"].values).max() <= 1e-5 * (1 + 1e-6)


def test_same_bits_on_any_number_of_threads(devices):
    def bits(n):
        threads.use(n)
        try:
            return run(devices, Sweep(-0.4, 0.4, cycles=3))["current"].values
        finally:
            threads.use(None)

    assert np.array_equal(bits(1), bits(2))


def test_a_device_does_not_depend_on_its_neighbours():
    nominal = Filament.from_film(film.grow())
    few, many = (run(nominal.sample(n, seed=4), Sweep(-0.4, 0.4), instrument=QUIET) for n in (3, 9))
    assert np.array_equal(few["voltage"].values, many["voltage"].values[:3])


def test_noise_is_that_of_the_instrument():
    loud = Instrument("loud", 0.1, 1e-9, 0.0)
    recording = run(resistor.sample(20, seed=1), Sweep(-0.5), instrument=loud)
    residual = recording["current"].values - recording["applied"].values * 1e-3
    assert residual.std() == pytest.approx(1e-9, rel=0.05)


def test_round_trip_through_a_file(devices, tmp_path):
    recording = run(devices, PulseTrain(samples=5))
    save_recording(recording, tmp_path / "a.nc")
    save_recording(recording, tmp_path / "b.nc")
    back = load_recording(tmp_path / "a.nc")
    assert back.identical(recording)
    assert (tmp_path / "a.nc").read_bytes() == (tmp_path / "b.nc").read_bytes()


def test_provenance(devices):
    recording = run(devices, Sweep(-0.1, step=0.05), after=Sweep(-0.4))
    for key in ("law", "program", "instrument", "seed", "parameters", "acanthite_version", "after"):
        assert key in recording.attrs
    assert "Sweep(first=-0.1" in recording.attrs["program"]


@pytest.mark.parametrize(
    ("program", "dims"),
    [
        (Sweep(-0.2, 0.2, step=0.05, cycles=2), {"device": 6, "cycle": 2, "sample": 16}),
        (PulseTrain(samples=10), {"device": 6, "cycle": 1, "pulse": 3, "sample": 24}),
        (PulseLadder(4, 3, 2), {"device": 6, "cycle": 2, "pulse": 7}),
        (Retention(1e4, 12), {"device": 6, "cycle": 1, "sample": 12}),
        (Endurance(5), {"device": 6, "cycle": 5, "pulse": 2}),
    ],
)
def test_dims_and_time(devices, program, dims):
    recording = run(devices, program)
    assert dict(recording["current"].sizes) == dims
    assert (np.diff(recording["time"].values.ravel()) > 0).all()
    assert np.isfinite(recording["current"].values).all()


def test_after_brings_devices_into_a_state(devices):
    read = Sweep(-0.02, step=0.01)
    fresh, set_before = run(devices, read), run(devices, read, after=Sweep(-0.4))
    assert np.median(set_before["current"].values / fresh["current"].values) > 1e4


def test_progress_ends_at_one(devices):
    seen = []
    run(devices, Sweep(-0.1, step=0.05), progress=seen.append)
    assert seen[-1] == 1.0
    assert seen == sorted(seen)
