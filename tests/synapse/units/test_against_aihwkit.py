"""Unit cells against aihwkit's, cell by cell over many, weekly over a million."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acanthite.nn.engine.batches import BatchUpdater
from acanthite.nn.engine.pulses import Array, array
from acanthite.nn.engine.units import Units, join, refresh_when_due
from acanthite.synapse import (
    ConstantStep,
    LinearPopulation,
    OneSidedPair,
    ReferencePair,
    Rest,
    SoftBoundsReference,
    Synapse,
    VectorCell,
)
from acanthite.synapse.literature import literature
from acanthite.synapse.rule import LOWER, UPPER

pytestmark = pytest.mark.long

REFERENCE = Path(__file__).parents[2] / "references" / "unit_cells_aihwkit.toml"
CASES: dict[str, Any] = tomllib.loads(REFERENCE.read_text(encoding="utf-8"))
SIDE = 400  # of an array of cells
WINDOW: dict[str, Any] = {"conductance_min": 1e-6, "conductance_max": 5e-6}
SOFT = LinearPopulation(
    up=0.05,
    down=0.04,
    up_slope=1.0,
    down_slope=1.0,
    own_bounds=True,
    step_spread=0.2,
    lower_spread=0.1,
    upper_spread=0.1,
    pulse_noise=0.3,
    **WINDOW,
)


@pytest.fixture(params=[400, pytest.param(1000, marks=pytest.mark.slow)])
def _many(request, monkeypatch) -> None:
    """Take so many cells a side: aihwkit's errors are those of a million cells."""
    monkeypatch.setitem(globals(), "SIDE", request.param)


OF_MANY = pytest.mark.usefixtures("_many")


def moments(values: np.ndarray) -> tuple[float, float, float, float]:
    mean, variance = values.mean(), values.var()
    fourth = ((values - mean) ** 4).mean()
    n = values.size
    return mean, variance, np.sqrt(variance / n), np.sqrt(max(fourth - variance**2, 0.0) / n)


def assert_same(values: np.ndarray, expected: list[float]) -> None:
    """Assert that mean and variance agree within four standard errors of both."""
    mean, variance, *errors = moments(values)
    smallest = 2e-7  # float32 weights of about one
    assert abs(mean - expected[0]) <= 4 * np.hypot(errors[0], expected[2]) + smallest
    assert abs(variance - expected[1]) <= 4 * np.hypot(errors[1], expected[3]) + smallest**2


def drawn(synapse: Synapse) -> Array:
    cells = synapse.cells(SIDE * SIDE, np.random.default_rng(5))
    return array(cells, np.zeros(SIDE * SIDE, np.float32), seed=7, stream="test")


def put(pulsed: Array, levels: list[float]) -> None:
    """Put the devices of all cells at levels, or at their bounds."""
    units = pulsed.noise
    assert isinstance(units, Units)
    wanted = np.tile(np.asarray(levels, np.float32), SIDE * SIDE)
    units.weights[:] = np.clip(wanted, units.rows[:, LOWER], units.rows[:, UPPER])
    units.noise.hidden[:] = units.weights
    join(units, pulsed.weights)


def change(pulsed: Array, case: dict[str, Any]) -> np.ndarray:
    """Return by how much the pulses of a case move each weight."""
    before = pulsed.weights.astype(float)
    updater = BatchUpdater(SIDE, SIDE, 9, "test", bl_max=1, pulses="implicit")
    x = np.ones((1, SIDE), np.float32)
    d = np.full((1, SIDE), -case["direction"], np.float32)
    for _ in range(case["pulses"]):
        updater.update(pulsed, x, d, 1.0, 1.0)
    return pulsed.weights - before


def cases(cell: str, **more: Any) -> list[dict[str, Any]]:
    own = [case for case in CASES["pulse"] if case["cell"] == cell]
    return [case for case in own if all(case[k] == v for k, v in more.items())]


@OF_MANY
@pytest.mark.parametrize("update", ["all", "fixed", "in-turn", "random"])
def test_vector(update: str) -> None:
    # in turn, aihwkit begins with the device after the first
    first = 2 if update == "in-turn" else 1
    cell = VectorCell(base=SOFT, devices=3, gamma=(0.5, 0.3, 0.2), update=update, first=first)
    for case in cases("vector", update=update):
        pulsed = drawn(cell)
        put(pulsed, case["levels"])
        assert_same(change(pulsed, case), case["step"])


@OF_MANY
def test_one_sided_pairs_of_phase_change_memory() -> None:
    base = replace(literature("pcm").base, rest=None)  # type: ignore[attr-defined]
    # outside a device goes from 0 to 2, and a weight is the whole difference
    cell = OneSidedPair(base=base, gamma=1.0)
    for case in cases("one-sided"):
        pulsed = drawn(cell)
        smaller, larger = case["levels"]
        put(pulsed, [larger - 1.0, smaller - 1.0])
        assert_same(change(pulsed, case), case["step"])


@OF_MANY
@pytest.mark.parametrize("case", CASES["refresh"], ids=str)
def test_refresh(case: dict[str, Any]) -> None:
    """What is written again is verified here and not there, so the mean of the weight alone is the
    same; what a reset leaves is the same in all.
    """
    rest = Rest(target=-0.95, target_spread=0.02, reset_noise=0.01)
    base = ConstantStep(size=0.02, pulse_noise=0.3, rest=rest, **WINDOW)
    pulsed = drawn(OneSidedPair(base=base, gamma=1.0, refresh_every=1))
    smaller, larger = case["levels"]
    put(pulsed, [larger - 1.0, smaller - 1.0])
    change(pulsed, {"direction": 1, "pulses": 1})
    assert refresh_when_due(pulsed, 1) is not None
    units = pulsed.noise
    assert isinstance(units, Units)
    assert_same(units.levels[:, 1].astype(float) + 1.0, case["smaller"])
    mean, _, error, _ = moments(pulsed.weights.astype(float))
    # a verified write ends within half a step of its goal, either side alike but for its noise
    assert mean == pytest.approx(
        case["weight"][0], abs=4 * np.hypot(error, case["weight"][2]) + 1e-3
    )


@OF_MANY
def test_reference_pairs() -> None:
    """A reference that is programmed to a weight takes it off; the device is pulsed as it is."""
    cell = VectorCell(base=SOFT, gamma=(1.0, -1.0), update="fixed")
    for case in cases("reference"):
        pulsed = drawn(cell)
        put(pulsed, case["levels"])
        assert_same(change(pulsed, case), case["step"])
    for case in cases("reference"):
        device, reference = case["levels"]
        pair = ReferencePair(base=SOFT, symmetric=False, reference_mean=reference)
        cells = pair.cells(SIDE * SIDE, np.random.default_rng(6))
        start = np.full(SIDE * SIDE, device - reference, np.float32)
        pulsed = array(cells, start, seed=7, stream="test")
        assert_same(change(pulsed, case), case["step"])


@OF_MANY
def test_soft_reference() -> None:
    cell = replace(SOFT, own_reference=True, reference_mean=0.1, reference_error=0.05)
    for case in cases("soft-reference"):
        cells = cell.cells(SIDE * SIDE, np.random.default_rng(5))
        bare = replace(cell, own_reference=False).cells(SIDE * SIDE, np.random.default_rng(5))
        # outside a cell is set to a weight before its reference is taken off
        start = np.clip(np.full(SIDE * SIDE, case["levels"][0]), bare.lower, bare.upper)
        pulsed = array(cells, start.astype(np.float32), seed=7, stream="test")
        pulsed.weights[:] = start
        assert_same(change(pulsed, case), case["step"])


def test_soft_bounds_with_a_reference_of_the_mean_device() -> None:
    plain = {"up": 0.1, "down": 0.08, **WINDOW}
    cell = SoftBoundsReference(reference_mean=0.1, **plain)
    assert cell.reference == pytest.approx((0.1 - 0.08) / 0.18 + 0.1)
    assert cell.symmetry_point == pytest.approx(-0.1)
    cells = cell.cells(3, np.random.default_rng(1))
    assert cells.symmetry_points == pytest.approx(np.full(3, -0.1), abs=1e-6)
    assert cells.steps(-0.1)[0] == pytest.approx(np.full(3, cell.step_up(-0.1)), abs=1e-6)
