"""Cells that are devices: as direct simulation has them, from the twin, a device or a synapse file."""

import numpy as np
import pytest
from scipy import stats

import acanthite as ac
from acanthite.constants import mV, nS, uS, us
from acanthite.crossbar import ColumnPairs, Wires
from acanthite.errors import CellError, ChipError, RangeWarning
from acanthite.inference import (
    Ag2SCells,
    Chip,
    FittedCells,
    ProgrammedMatrix,
    PulseLawCells,
    cells,
    load_chip,
    save_chip,
)
from acanthite.inference.cells.devices.law_cells import _largest_read
from acanthite.inference.cells.devices.states import TIMES
from acanthite.inference.cells.devices.writing import read
from acanthite.parameters import AG2S, Quantity

YEAR = 3.156e7


@pytest.fixture(scope="module")
def twin():
    return Ag2SCells()


DEVICE = """
[device]
law = "vteam"
[parameters]
k_on = -0.1
k_off = 5e-6
alpha_off = 1
alpha_on = 3
v_off = 0.02
v_on = -0.2
w_off = 3e-9
w_on = 0
exponential = 0
r_on = { value = 10e3, unit = "ohm", device_spread = 0.1 }
r_off = 100e3
[fit]
voltage = [-0.5, 0.5]
"""


@pytest.fixture(scope="module")
def device_file(tmp_path_factory):
    """A device file as ``acanthite fit`` writes it, of a slow device that varies."""
    path = tmp_path_factory.mktemp("fitted") / "device.toml"
    path.write_text(DEVICE)
    return path


@pytest.mark.parametrize("tolerance", [None, 0.01])
def test_sampled_states_are_those_of_devices_simulated_one_by_one(twin, tolerance):
    """Between the levels of the grid, with other devices: the two-sample Kolmogorov-Smirnov test."""
    targets = np.repeat(np.array([0.21, 0.74, 1.33]) * uS, 300)
    simulated = read(twin.simulate(targets, seed=99, tolerance=tolerance)) - targets
    sampled = twin.program(np.repeat(targets, 20), seed=5, tolerance=tolerance).written
    sampled = sampled - np.repeat(targets, 20)
    if tolerance is None:  # open loop: a level more or less of the ladder is the target's own
        assert sampled.std() == pytest.approx(simulated.std(), rel=0.25)
        assert abs(sampled.mean() - simulated.mean()) < 0.3 * simulated.std()
    else:
        assert stats.ks_2samp(sampled, simulated).statistic < 0.095  # 1e-4, of 1536 and 900 devices
        assert sampled.std() == pytest.approx(simulated.std(), rel=0.15)


def test_write_and_verify_ends_within_the_tolerance_and_beats_identical_pulses(twin):
    targets = np.linspace(1 * nS, 1.5 * uS, 20_000)
    once, verified = (twin.program(targets, seed=2, tolerance=t) for t in (None, 0.01))
    span = twin.conductance_max - twin.conductance_min
    off = np.abs(verified.written - targets) / span
    assert np.mean(off <= 0.011) > 0.98  # a read is off by its noise, and polarisation
    assert off.std() < 0.2 * np.std(once.written - targets) / span


def test_cells_follow_the_law_in_time(twin):
    """The same devices, read after each time by the law itself."""
    targets = np.full(200, 0.8 * uS)
    devices = twin.simulate(targets, seed=3, tolerance=0.01)
    snapshot = devices.snapshot()
    programmed = twin.programmed(targets, devices, seed=3)
    for time in (TIMES[5], 3.0, YEAR):
        devices.restore(snapshot)
        first = read(devices)
        devices.hold(0.0, 0.0, float(time))
        np.testing.assert_allclose(programmed.aged(time), read(devices), rtol=2e-3)
        np.testing.assert_allclose(programmed.written, first, rtol=1e-12)


def test_a_hotter_device_is_another_device(twin):
    hot = Ag2SCells(temperature=340.0)
    goal = np.full(2000, 0.7 * uS)
    assert not np.array_equal(hot.program(goal).written, twin.program(goal).written)
    with pytest.raises(ac.errors.CellError, match="temperature = 500 K; above the transition"):
        Ag2SCells(temperature=500.0)


def test_a_hundred_thousand_cells_take_no_time_once_the_law_is_sampled(twin):
    import time

    goal = np.linspace(1 * nS, 1.5 * uS, 100_000)
    twin.program(goal[:1], tolerance=0.01)
    start = time.perf_counter()
    programmed = twin.program(goal, tolerance=0.01)
    programmed.at(YEAR)
    assert time.perf_counter() - start < 2.0  # some 10 ms on an idle core


def test_a_voltage_that_writes_is_no_read_voltage(twin):
    assert 5 * mV <= _largest_read(twin) < 0.2
    chip = Chip(cells=twin, read_voltage=0.3)
    with pytest.raises(ChipError, match=r"read_voltage = 0\.3 V writes these cells"):
        ProgrammedMatrix(np.eye(2), chip)


@pytest.mark.long
def test_cells_of_a_device_file(device_file, tmp_path):
    model = cells(device_file)
    assert isinstance(model, FittedCells)
    goal = np.linspace(model.conductance_min, model.conductance_max, 500)
    once, verified = (model.program(goal, tolerance=t) for t in (None, 0.05))
    span = model.conductance_max - model.conductance_min
    within = np.abs(verified.written - goal) <= 0.05 * span
    assert within.mean() > 0.95  # the top is out of reach of devices whose r_on is large
    assert np.std(verified.written - goal) < np.std(once.written - goal)
    np.testing.assert_allclose(verified.aged(YEAR), verified.written)  # VTEAM has a threshold
    chip = Chip(cells=model, read_voltage=5 * mV)
    save_chip(chip, tmp_path / "chip.toml")
    assert load_chip(tmp_path / "chip.toml") == chip
    assert cells(device_file, conductance_max=goal[400]).conductance_max == goal[400]


def test_cells_of_a_synapse_file(tmp_path):
    synapse = ac.synapse.SoftBounds(
        up=0.1,
        down=0.1,
        pulse_noise=0.2,
        read_noise=0.01,
        conductance_min=0.1 * uS,
        conductance_max=2.1 * uS,
    )
    path = tmp_path / "synapse.toml"
    ac.synapse.save(synapse, path)
    model = cells(str(path))
    assert isinstance(model, PulseLawCells)
    goal = np.full(4000, 1.1 * uS)  # the middle: w = 0
    once, verified = (model.program(goal, tolerance=t) for t in (None, 0.05))
    # n pulses of soft bounds take w from -1 to 1 - 2 (1 - s)^n, for s = 0.05 of the whole window
    w = np.mean(synapse.weight(once.written))
    expected = 1 - 2 * (1 - 0.1 / 2) ** np.arange(60)
    nearest = expected[np.abs(expected).argmin()]
    assert w == pytest.approx(nearest, abs=0.06)
    assert verified.written.std() < once.written.std()
    assert np.mean(np.abs(verified.written - goal) <= 0.07 * 2 * uS) > 0.95
    assert verified.read_error(0.0)[0] == pytest.approx(0.01 * 1 * uS)
    with pytest.warns(RangeWarning, match="past the 0 s"):
        np.testing.assert_array_equal(verified.aged(YEAR), verified.written)


def test_files_that_hold_no_device_are_named(tmp_path):
    (tmp_path / "bad.toml").write_text("[chip]\nrows = 1\n")
    with pytest.raises(CellError, match=r"bad\.toml"):
        cells(tmp_path / "bad.toml")
    with pytest.raises(CellError, match=r"gone\.toml: No such file"):
        cells(tmp_path / "gone.toml")


def test_an_array_written_through_its_wires_makes_up_for_them():
    """What the lines take is in every read of a row, so it is written on top."""
    rng = np.random.default_rng(1)
    W = rng.uniform(-1, 1, (4, 12))
    wires = Wires(word_line_resistance=500.0, bit_line_resistance=500.0)
    shared = {"cells": "ag2s", "wires": wires, "read_voltage": 5 * mV, "tolerance": 0.02}
    shared["mapping"] = ColumnPairs()
    alone, array = (
        ProgrammedMatrix(W, Chip(programming=programming, **shared), seed=1)
        for programming in ("write-verify", "array")
    )
    errors = [np.std(matrix.weights_at(0.0) - W) for matrix in (alone, array)]
    assert errors[1] < 0.1
    np.testing.assert_array_equal(array.weights_at(YEAR), array.weights_at(YEAR))
    with pytest.raises(ChipError, match="at most 4096 cells"):
        ProgrammedMatrix(np.ones((100, 100)), Chip(programming="array", **shared)).weights_at(0.0)


def test_narrow_pulses_leave_a_shorter_ladder():
    model = Ag2SCells()
    assert model.pulse.width == pytest.approx(1 * us)
    assert model.pulse.voltage == pytest.approx(-0.3)


def test_a_file_of_unit_cells_is_refused(tmp_path):
    ac.synapse.save(ac.synapse.literature("pcm"), tmp_path / "pair.toml")
    with pytest.raises(CellError, match=r"'one-sided' cell of several devices.*leave out \[unit\]"):
        cells(str(tmp_path / "pair.toml"))


def test_a_film_and_a_temperature_that_are_not_given_are_those_of_the_devices_parameters():
    name = "stack.thick_film_thickness"
    thinner = 0.8 * AG2S.value(name)
    own = AG2S.replace({name: Quantity(thinner, "m", "here", "a thinner film", "assumed")})
    assert Ag2SCells(parameters=own).thickness == thinner
    assert Ag2SCells().temperature == AG2S.value("filament.temperature")
    assert Ag2SCells() == Ag2SCells(thickness=Ag2SCells().thickness)
