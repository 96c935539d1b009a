"""Waveforms of any shape, temperatures, states, and measurements that go on."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import one_state
from scipy.integrate import quad

from acanthite.constants import boltzmann
from acanthite.device import VTEAM, Filament
from acanthite.errors import AcanthiteError, ProgramError
from acanthite.film import grow
from acanthite.measurement import (
    Endurance,
    Instrument,
    Load,
    PulseLadder,
    Retention,
    Sweep,
    TemperatureProgram,
    Waveform,
    load_recording,
    read,
    run,
    save_recording,
    write,
)

QUIET = Instrument("quiet", 10.0, 0.0, 0.0)
ureg = pint.get_application_registry()


@pytest.fixture(scope="module")
def filaments():
    devices = Filament.from_film(grow()).sample(3, seed=4)
    return replace(devices, noise=None)  # each measurement has noise of its own


@settings(max_examples=20)
@given(
    st.floats(0.1, 0.6),
    st.floats(0.1, 0.6),
    st.floats(0.1, 10.0),
    st.floats(0.01, 0.2),
    st.sampled_from([None, 1e-3]),
)
def test_the_corners_of_a_sweep_give_the_sweep(first, second, rate, step, limit):
    sweep = Sweep(-first, second, rate=rate, step=step, compliance=limit, set_polarity=-1)
    n = [max(1, round(v / step)) for v in (first, second)]
    times = np.cumsum([0.0, first / rate, first / rate, second / rate, second / rate])
    limits = None if limit is None else [limit, limit, 10.0, 10.0]
    shape = Waveform(times, [0.0, -first, 0.0, second, 0.0], limits, [n[0], n[0], n[1], n[1]])
    devices = VTEAM.sample(2, seed=1)
    a, b = (run(devices, program, instrument=QUIET) for program in (sweep, shape))
    np.testing.assert_array_equal(a["applied"], b["applied"])
    for name in ("voltage", "current", "time"):
        np.testing.assert_allclose(a[name], b[name], rtol=1e-9, atol=1e-18, err_msg=name)


def test_quantities_are_taken():
    shape = Waveform(
        ureg.Quantity(np.array([0.0, 5.0]), "ms"),
        [0.0 * ureg.mV, 200.0 * ureg.mV],
        limits=10 * ureg.uA,
    )
    schedule = shape.schedule(1.0)
    np.testing.assert_allclose(schedule.segments, [[5e-3, 0.0, 0.2, 1e-5]])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"time": [0.0, 0.0, 1.0]}, "time goes from 0 s to 0 s at place 1"),
        ({"time": [0.0, 1.0]}, r"time has shape \(2,\), voltage \(3,\)"),
        ({"voltage": [0.0, math.nan, 0.0]}, "voltage is nan at place 1"),
        ({"voltage": ["a", "b", "c"]}, "expected numbers"),
        ({"limits": [1e-3]}, r"limits has shape \(1,\)"),
        ({"limits": -1e-3}, "expected positive currents"),
        ({"samples": 0}, "not all of them 0"),
        ({"samples": [1.5, 1]}, "expected whole numbers"),
        ({"cycles": 0}, "cycles = 0"),
    ],
)
def test_what_is_no_waveform_is_refused_in_one_sentence(changes, message):
    shape = Waveform(**{"time": [0.0, 1.0, 2.0], "voltage": [0.0, 1.0, 0.0], **changes})
    with pytest.raises(ProgramError, match=message):
        shape.schedule(1.0)


def test_pulses_have_limits_of_their_own(filaments):
    for program in (
        PulseLadder(4, 4, 2, compliance=1e-6, reset_compliance=1e-5),
        Endurance(3, compliance=1e-6, reset_compliance=1e-5),
    ):
        rows = program.schedule(0.1).segments
        low = rows[:, 1:3].min(axis=1) < 0
        high = rows[:, 1:3].max(axis=1) > 0.01
        assert set(rows[low, 3]) == {1e-6}
        assert set(rows[high, 3]) == {1e-5}
        assert set(rows[~low & ~high, 3]) == {0.1}
        assert run(filaments, program).attrs["compliance"] == 1e-6


# --- temperature ---


fading = one_state("fading", initial=1.0, g_x=1e-4)


def fading_at(kelvin):
    barrier = 0.5 * 1.602176634e-19
    return fading.sample(1, seed=1, fade=1e5 * math.exp(-barrier / (boltzmann * kelvin)))


def test_a_ramp_of_temperature_is_followed():
    ramp = TemperatureProgram([10.0, 110.0], [300.0, 400.0], fading_at, step=0.25)
    program = Waveform([0.0, 200.0], [0.01, 0.01], samples=40)
    measured = run(fading_at(300.0), program, instrument=QUIET, temperature=ramp, tolerance=1e-7)
    t = measured["time"].values[0]

    def rate(now):
        return 1e5 * math.exp(-0.5 * 1.602176634e-19 / boltzmann / float(ramp.at(now)))

    wanted = np.exp([-quad(rate, 0, end, points=[10, 110], limit=200)[0] for end in t])
    np.testing.assert_allclose(
        measured["current"].values[0, 0] / 1e-6, wanted, rtol=1e-3, atol=1e-5
    )
    np.testing.assert_allclose(measured["temperature"].values[0], ramp.at(t))


def test_a_temperature_that_stays_is_that_of_the_devices():
    program = Sweep(0.1, cycles=3)
    still = TemperatureProgram([0.0, 1.0], [350.0, 350.0], fading_at)
    a = run(fading_at(350.0), program, instrument=QUIET)
    b = run(fading_at(350.0), program, instrument=QUIET, temperature=still)
    np.testing.assert_array_equal(a["current"], b["current"])


def test_other_devices_at_another_temperature_are_refused(filaments):
    wrong = TemperatureProgram([0.0, 1.0], [300.0, 310.0], lambda kelvin: VTEAM.sample(3, seed=4))
    with pytest.raises(ProgramError, match="returns"):
        run(filaments, Sweep(-0.1), temperature=wrong)
    with pytest.raises(ProgramError, match="above 0 K"):
        TemperatureProgram([0.0, 1.0], [-1.0, 310.0], fading_at)


# --- states, and going on ---


def test_states_are_those_that_give_the_current():
    devices = VTEAM.sample(2, seed=1)
    measured = run(devices, Sweep(1.5, -1.5), instrument=QUIET, states=["w"])
    kernel = VTEAM.kernel()
    for i in range(2):
        for w, v, current in zip(
            *(measured[n].values[i, 0] for n in ("w", "voltage", "current")), strict=True
        ):
            assert kernel.law_current(np.array([w]), v, devices.values[i]) == current
    plain = run(devices, Sweep(1.5, -1.5), instrument=QUIET)
    np.testing.assert_array_equal(plain["current"], measured["current"])
    assert "w" not in plain


def test_a_filament_shows_its_gap_radius_and_heat(filaments):
    measured = run(filaments, Sweep(-0.4), states=["gap", "radius", "filament_temperature"])
    assert measured["gap"].attrs["units"] == "m"
    assert float(measured["gap"].min()) == 0.0
    assert float(measured["filament_temperature"].max()) > 301.0
    with pytest.raises(ProgramError, match="states has 'gapp'"):
        run(filaments, Sweep(-0.4), states=["gapp"])


def test_a_contact_hotter_than_silver_melts_at_is_warned_of(filaments):
    n = len(filaments)
    with pytest.warns(UserWarning, match=rf"{n} of {n} devices .* than 1234\.93 K, where silver"):
        run(filaments, Sweep(-4.0, step=0.05), states=["filament_temperature"])


@pytest.mark.parametrize("file", [None, "a.nc", "a.csv"])
def test_cycles_go_on_in_the_same_bits(filaments, tmp_path, file):
    whole = run(filaments, Sweep(-0.5, 0.5, cycles=5), instrument=QUIET)
    first = run(filaments, Sweep(-0.5, 0.5, cycles=2), instrument=QUIET, keep_state=True)
    if file == "a.nc":
        save_recording(first, tmp_path / file)
        first = load_recording(tmp_path / file)
    elif file:
        write(first, tmp_path / file, "csv")
        (first,) = read(tmp_path / file)
    rest = run(filaments[[2, 0]], Sweep(-0.5, 0.5, cycles=3), instrument=QUIET, after=first)
    np.testing.assert_array_equal(rest["current"].values, whole["current"].values[[2, 0], 2:])


def test_another_program_goes_on_as_after_a_preparation(filaments):
    prepare, test = Sweep(-0.5), Retention(duration=100.0, points=6)
    first = run(filaments, prepare, instrument=QUIET, keep_state=True)
    a = run(filaments, test, instrument=QUIET, after=prepare)
    b = run(filaments, test, instrument=QUIET, after=first)
    np.testing.assert_array_equal(a["current"], b["current"])


def test_noise_of_a_measurement_that_goes_on_is_new(filaments):
    noisy = Instrument("noisy", 0.1, 1e-9, 0.0)
    first = run(filaments, Retention(), instrument=noisy, keep_state=True)
    second = run(filaments, Retention(), instrument=noisy, after=first)
    quiet = run(filaments, Retention(), instrument=QUIET)
    noise = [(each["current"] - quiet["current"]).values.ravel() for each in (first, second)]
    assert abs(np.corrcoef(noise)[0, 1]) < 0.3


def test_a_recording_that_cannot_be_gone_on_from_is_refused(filaments):
    plain = run(filaments, Sweep(-0.1))
    with pytest.raises(ProgramError, match="keep_state=True"):
        run(filaments, Sweep(-0.1), after=plain)
    kept = run(filaments[[0]], Sweep(-0.1), keep_state=True)
    with pytest.raises(ProgramError, match="device 1 is not among them"):
        run(filaments, Sweep(-0.1), after=kept)
    with pytest.raises(AcanthiteError, match="law 'filament'"):
        run(VTEAM.sample(1, seed=4), Sweep(-0.1), after=kept)


@pytest.mark.long
def test_a_charge_goes_on_too():
    load = Load(1e4, capacitance=1e-7)  # a time constant of half a millisecond
    shape = Waveform([0.0, 1e-3, 2e-3], [0.0, 0.02, 0.02], samples=10)
    device = fading_at(300.0)
    first = run(device, shape, instrument=QUIET, load=load, keep_state=True)
    again = run(device, shape, instrument=QUIET, load=load, after=first)
    fresh = run(device, shape, instrument=QUIET, load=load)
    last = float(first["voltage"][0, 0, -1])
    more = (again["voltage"] - fresh["voltage"]).values[0, 0]
    t = first["time"].values[0]
    np.testing.assert_allclose(more, last * np.exp(-t / 5e-4), rtol=1e-2, atol=1e-5)
