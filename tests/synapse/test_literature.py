"""Devices of the literature against aihwkit's presets, cell by cell over many, weekly a million."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acanthite.errors import ParameterError
from acanthite.nn.engine.batches import BatchUpdater
from acanthite.nn.engine.disturbance import PulseNoise
from acanthite.nn.engine.pulses import array
from acanthite.synapse import LITERATURE, Cells, LinearPopulation, UnitCell, load, save
from acanthite.synapse.literature import literature

REFERENCE = Path(__file__).parents[1] / "references" / "literature_devices_aihwkit.toml"
CASES: list[dict[str, Any]] = tomllib.loads(REFERENCE.read_text(encoding="utf-8"))["pulse"]
SIDE = 400  # of an array of cells


@pytest.fixture(params=[400, pytest.param(1000, marks=pytest.mark.slow)])
def _many(request, monkeypatch) -> None:
    """Take so many cells a side: aihwkit's errors are those of a million cells."""
    monkeypatch.setitem(globals(), "SIDE", request.param)


OF_MANY = pytest.mark.usefixtures("_many")


@cache
def population(name: str, dead: float) -> tuple[Cells, np.ndarray, np.ndarray]:
    """Return many cells of a device, and the bounds that stop them before a pulse.

    In the outside model a cell is set to a weight before its reference is taken off.
    """
    known = literature(name)
    device = known.base if isinstance(known, UnitCell) else known
    synapse = replace(device, dead_cells=dead)
    cells = synapse.cells(SIDE * SIDE, np.random.default_rng(5))
    if not (isinstance(synapse, LinearPopulation) and synapse.own_reference):
        return cells, cells.lower, cells.upper
    bare = replace(synapse, own_reference=False).cells(SIDE * SIDE, np.random.default_rng(5))
    return cells, bare.lower, bare.upper


def stepped(case: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the change of many cells by one pulse each, and what a read finds beside it."""
    cells, lower, upper = population(case["device"], case.get("dead", 0.0))
    weight = case["weight"] + (-1.0 if case["device"] == "pcm" else 0.0)
    start = np.clip(np.full(SIDE * SIDE, weight), lower, upper).astype(np.float32)
    pulsed = array(cells, start, seed=7, stream="test")
    noise = pulsed.noise
    hidden = noise.hidden if isinstance(noise, PulseNoise) else pulsed.weights
    hidden[:] = start
    updater = BatchUpdater(SIDE, SIDE, 9, "test", bl_max=1, pulses="implicit")
    x = np.ones((1, SIDE), np.float32)
    d = np.full((1, SIDE), -case["direction"], np.float32)
    updater.update(pulsed, x, d, 1.0, 1.0)
    return hidden.astype(float) - start, pulsed.weights.astype(float) - hidden


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


@pytest.mark.long
@OF_MANY
@pytest.mark.parametrize("device", sorted({(c["device"], c.get("dead", 0.0)) for c in CASES}))
def test_a_step_has_the_mean_and_variance_of_the_preset(device: tuple[str, float]) -> None:
    for case in CASES:
        if (case["device"], case.get("dead", 0.0)) == device:
            step, beside = stepped(case)
            assert_same(step, case["step"])
            assert_same(beside, case["write_noise"])
    population.cache_clear()


@pytest.mark.parametrize("name", LITERATURE)
def test_every_device_has_a_source_and_goes_to_a_file_and_back(name: str, tmp_path: Path) -> None:
    device = literature(name)
    assert {"source", "conditions"} <= set(device.provenance)
    save(device, tmp_path / "device.toml")
    assert load(tmp_path / "device.toml") == device


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(ParameterError, match=r"literature: name = 'ecrm'; expected one of .*ecram"):
        literature("ecrm")
