"""Unit cells: how weights are shared out, what is refused, files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.errors import ParameterError
from acanthite.nn.engine.pulses import Array, array
from acanthite.nn.engine.units import Units, program_units, refresh_when_due
from acanthite.synapse import (
    Altered,
    ConstantStep,
    OneSidedPair,
    ReferencePair,
    Rest,
    SoftBounds,
    Synapse,
    UnitCell,
    VectorCell,
    altered,
    load,
    save,
    shift,
)
from acanthite.synapse.rule import LOWER, UPPER

WINDOW: dict[str, Any] = {"conductance_min": 1e-6, "conductance_max": 5e-6}
DEVICE = SoftBounds(
    up=0.2, down=0.1, up_spread=0.2, lower_spread=0.1, upper_spread=0.1, pulse_noise=0.2, **WINDOW
)
UNITS = [
    VectorCell(base=DEVICE, devices=3),
    VectorCell(base=DEVICE, devices=3, gamma=(0.5, 0.3, 0.2), update="random"),
    VectorCell(base=DEVICE, gamma=(1.0, -1.0), update="fixed"),
    OneSidedPair(base=DEVICE),
    ReferencePair(base=DEVICE, reference_error=0.1),
]


def units_of(made: Array) -> Units:
    assert isinstance(made.noise, Units)
    return made.noise


@pytest.mark.parametrize("cell", UNITS, ids=lambda c: c.NAME)
def test_a_device_file_keeps_it(cell: UnitCell, tmp_path: Path) -> None:
    save(cell, tmp_path / "device.toml")
    assert load(tmp_path / "device.toml") == cell


@pytest.mark.parametrize("cell", UNITS[:4], ids=lambda c: c.NAME)
@given(wanted=st.floats(-0.3, 0.3), seed=st.integers(0, 100))
@settings(max_examples=20, deadline=None)
def test_a_programmed_cell_has_the_weight_within_reach(
    cell: UnitCell, wanted: float, seed: int
) -> None:
    cells = cell.cells(5, np.random.default_rng(seed)).referred(0.05, 0.7)
    made = array(cells, np.zeros(5, np.float32), 1, "test")
    program_units(made, np.full(5, wanted, np.float32))
    assert made.weights == pytest.approx(np.full(5, wanted), abs=1e-6)
    units = units_of(made)
    assert (units.weights >= units.rows[:, LOWER]).all()
    assert (units.weights <= units.rows[:, UPPER]).all()


@pytest.mark.parametrize("cell", UNITS[:4], ids=lambda c: c.NAME)
def test_a_weight_out_of_reach_goes_to_the_bound(cell: UnitCell) -> None:
    cells = cell.cells(5, np.random.default_rng(1))
    made = array(cells, np.full(5, 9.0, np.float32), 1, "test")
    if not (isinstance(cell, VectorCell) and cell.update == "fixed") and cell.NAME != "one-sided":
        assert made.weights == pytest.approx(cells.upper, abs=1e-6)
    assert (made.weights <= cells.upper + 1e-6).all()


@pytest.mark.parametrize("cell", [*UNITS[:2], UNITS[3]], ids=lambda c: c.NAME)
def test_mean_steps_of_a_cell_are_those_of_the_law(cell: UnitCell) -> None:
    bare = cell.with_base(SoftBounds(up=0.2, down=0.1, **WINDOW))
    up, down = bare.cells(4, np.random.default_rng(1)).steps(0.2)
    assert up == pytest.approx(np.full(4, float(bare.step_up(0.2))), rel=1e-6)
    assert down == pytest.approx(np.full(4, float(bare.step_down(0.2))), rel=1e-6)


def test_shift_drives_each_device_to_its_symmetry_point() -> None:
    fine = replace(DEVICE, up=0.03, down=0.02, pulse_noise=0.0)
    cells = VectorCell(base=fine, devices=3).cells(50, np.random.default_rng(1))
    moved = shift(cells, np.zeros(50, np.float32), np.random.default_rng(2), keep=4)
    assert moved.references == pytest.approx(cells.symmetry_points, abs=0.01)
    assert moved.path.shape[1] == 4
    made = array(moved.cells.referred(moved.references, 1.0), np.zeros(50), 1, "test")
    assert made.weights == pytest.approx(moved.weights - moved.references, abs=1e-6)
    points = cells.devices.symmetry_points
    assert units_of(made).weights == pytest.approx(points, abs=0.03)


def test_a_one_sided_pair_rests_where_both_devices_are_reset() -> None:
    cells = OneSidedPair(base=DEVICE).cells(10, np.random.default_rng(1))
    moved = shift(cells, np.zeros(10, np.float32), np.random.default_rng(2), keep=2)
    assert moved.n_pulses == 0
    assert not moved.references.any()
    assert moved.weights == pytest.approx(
        0.5 * (cells.devices.lower[::2] - cells.devices.lower[1::2])
    )


def test_a_refresh_keeps_weights_within_half_a_step_and_makes_room() -> None:
    base = ConstantStep(size=0.02, **WINDOW)
    cells = OneSidedPair(base=base, refresh_every=10).cells(3, np.random.default_rng(1))
    made = array(cells, np.zeros(3, np.float32), 1, "test")
    units = units_of(made)
    # full and half full: due; full and nearly empty; neither full
    levels = np.array([0.8, 0.3, 0.8, -0.9, 0.1, 0.3], np.float32)
    units.weights[:] = units.noise.hidden[:] = levels
    assert refresh_when_due(made, 9) is None
    assert refresh_when_due(made, 1) == 25
    assert units.weights == pytest.approx([-0.5, -1.0, 0.8, -0.9, 0.1, 0.3], abs=1e-5)
    assert made.weights[0] == pytest.approx(0.25, abs=1e-5)
    assert made.counts.tolist() == [25, 0]


def test_a_refresh_stops_after_its_most_pulses() -> None:
    base = ConstantStep(size=0.02, **WINDOW)
    pair = OneSidedPair(base=base, refresh_every=1, refresh_pulses=5)
    made = array(pair.cells(1, np.random.default_rng(1)), np.zeros(1, np.float32), 1, "test")
    units_of(made).weights[:] = units_of(made).noise.hidden[:] = [0.9, 0.0]
    assert refresh_when_due(made, 1) == 5


def test_rest_is_that_of_every_device() -> None:
    resting = replace(DEVICE, rest=Rest(decay_rate=1.0))
    cell = VectorCell(base=resting, devices=2)
    assert cell.rest == resting.rest


def test_a_cell_that_is_altered_has_altered_devices() -> None:
    finer = altered(UNITS[0], scale=0.5)
    assert isinstance(finer, VectorCell)
    assert isinstance(finer.base, Altered)
    assert finer.step == pytest.approx(0.5 * UNITS[0].step)


def test_energies_count_the_devices() -> None:
    assert UNITS[0].write_energy == pytest.approx(3 * DEVICE.write_energy)
    assert UNITS[1].write_energy == pytest.approx(DEVICE.write_energy)
    assert UNITS[3].read_energy == pytest.approx(2 * DEVICE.read_energy)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: VectorCell(base=UNITS[0]), r"base = .*expected the synapse of one device"),
        (lambda: VectorCell(base=DEVICE, devices=1), r"devices = 1; expected"),
        (lambda: VectorCell(base=DEVICE, gamma=(1.0,)), r"gamma = .*one number for each of 2"),
        (lambda: VectorCell(base=DEVICE, gamma=(1.0, -1.0)), r"gamma\[1\] = -1"),
        (
            lambda: VectorCell(base=DEVICE, update="alll"),
            r"update = 'alll'; expected one of all.*all",
        ),
        (lambda: VectorCell(base=DEVICE, first=2), r"first = 2; expected 0 to 1"),
        (
            lambda: OneSidedPair(base=replace(DEVICE, write_noise=0.1)),
            r"write_noise = 0.1; expected none",
        ),
        (
            lambda: OneSidedPair(base=DEVICE, refresh_lower=0.9),
            r"refresh_lower = 0.9; expected at most",
        ),
        (
            lambda: ReferencePair(base=replace(DEVICE, rest=Rest(decay_rate=1.0))),
            r"rest = .*VectorCell\(gamma=\(1, -1\)",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        make()


def test_a_file_names_the_cells_there_are(tmp_path: Path) -> None:
    save(UNITS[0], tmp_path / "device.toml")
    text = (tmp_path / "device.toml").read_text().replace('"vector"', '"vectr"')
    (tmp_path / "device.toml").write_text(text)
    with pytest.raises(ParameterError, match=r"cell = 'vectr'; expected one of vector, one-sided"):
        load(tmp_path / "device.toml")


def test_a_reference_pair_rests_at_zero() -> None:
    pair = ReferencePair(base=DEVICE)
    cells = pair.cells(100, np.random.default_rng(1))
    assert pair.symmetry_point == 0.0
    assert cells.symmetry_points == pytest.approx(np.zeros(100), abs=1e-6)
    assert isinstance(pair, Synapse)
