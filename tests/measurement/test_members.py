"""A device of a population is the same measured alone, with others, or in an array."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.crossbar import DynamicCells
from acanthite.device import MODELS, Devices, Filament
from acanthite.errors import LawError
from acanthite.film import grow
from acanthite.measurement import (
    FAST,
    SMU,
    Endurance,
    PulseLadder,
    PulseTrain,
    Retention,
    Sweep,
    run,
)

N = 5
PROGRAMS = (
    Sweep(-0.5, 0.5, step=0.05, cycles=2, compliance=1e-4),
    PulseTrain(count=2, samples=3),
    PulseLadder(up=2, down=2, repeats=2),
    Retention(duration=100.0, points=3),
    Endurance(cycles=2),
)
SELECTIONS = (
    3,
    -1,
    slice(2, 5),
    slice(None, None, 2),
    [4, 0, 0],
    np.array([True, False, True, False, True]),
)


def filaments() -> Devices:
    return Filament.from_film(grow()).sample(N, seed=1)


def rows(selection) -> np.ndarray:
    return np.atleast_1d(np.arange(N)[selection])


def check(devices: Devices, program, selection, instrument=SMU) -> None:
    whole = run(devices, program, instrument=instrument)
    part = run(devices[selection], program, instrument=instrument)
    assert part.identical(whole.isel(device=rows(selection)))


@pytest.mark.parametrize("selection", SELECTIONS, ids=str)
def test_selected_devices_sweep_as_among_all(selection):
    check(filaments(), PROGRAMS[0], selection)


@pytest.mark.parametrize("instrument", [SMU, FAST], ids=["quiet", "noisy"])
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: type(program).__name__)
def test_every_program_and_instrument(program, instrument):
    check(filaments(), program, [3, 1], instrument)


@pytest.mark.parametrize("name", MODELS)
def test_every_standard_law(name):
    law = MODELS[name]
    devices = law.sample(N, seed=3, spread={next(iter(law.parameters)): 0.05})
    check(devices, Sweep(0.5, -0.5, step=0.05), slice(1, 4), FAST)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, N - 1), min_size=1, max_size=N), st.integers(0, N - 1))
def test_any_selection_of_a_selection(first, again):
    devices = filaments()
    picked = devices[first][again % len(first)]
    assert picked.members.tolist() == [first[again % len(first)]]
    check(devices, Sweep(-0.3, step=0.05), first)


def test_cells_of_an_array_are_the_devices_they_were():
    whole = DynamicCells(filaments()[:4], (2, 2))
    part = DynamicCells(filaments()[2:4], (1, 2))
    charges = [cells.hold(-0.3, -0.3, 0.05) for cells in (whole, part)]
    np.testing.assert_array_equal(charges[0][1:], charges[1])
    np.testing.assert_array_equal(whole.conductance()[1:], part.conductance())


def test_a_population_has_a_length_and_can_be_walked_through():
    devices = filaments()
    assert [one.members.item() for one in devices] == list(range(N))
    assert len(devices[1:3]) == 2
    np.testing.assert_array_equal(devices[2].values, devices.values[2:3])


def test_what_is_not_there_is_refused():
    devices = filaments()
    with pytest.raises(IndexError, match="5 devices: index 7 is out of bounds"):
        devices[7]
    with pytest.raises(LawError, match="values of devices have shape"):
        run(devices[[]], Sweep(-0.3))
    with pytest.raises(
        LawError, match=r"members of devices have shape \(5,\); expected a number for each of 2"
    ):
        run(Devices(devices.law, devices.values[:2], 1, members=devices.members), Sweep(-0.3))
