"""Arrays whose noise is more than a share of each step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from acanthite.nn.algorithms.base import program
from acanthite.nn.engine.batches import BatchUpdater
from acanthite.nn.engine.disturbance import PulseNoise
from acanthite.nn.engine.pulses import Array, array
from acanthite.synapse import ConstantStep

WINDOW: dict[str, Any] = {"conductance_min": 1e-7, "conductance_max": 1e-6}
SIDE = 200


def cells(**noise: float) -> Array:
    """Return an array of cells that all stand at zero, with constant steps of 0.01."""
    device = ConstantStep(size=0.01, **noise, **WINDOW)
    drawn = device.cells(SIDE * SIDE, np.random.default_rng(1))
    return array(drawn, np.zeros(SIDE * SIDE, np.float32), 3, "test")


def pulsed(target: Array, n: int, threads: int = 1, pulses: str = "implicit") -> Array:
    """Give every cell ``n`` pulses up, by trains or without."""
    updater = BatchUpdater(SIDE, SIDE, 5, "test", bl_max=n, pulses=pulses)
    x, d = np.ones((1, SIDE), np.float32), -np.ones((1, SIDE), np.float32)
    updater.update(target, x, d, float(n), 1.0, threads=threads)
    return target


def test_plain_noise_stays_one_number() -> None:
    assert isinstance(cells(pulse_noise=0.3).noise, np.float32)
    assert isinstance(cells(additive_noise=0.3).noise, PulseNoise)


def test_additive_noise_is_that_many_steps_and_adds_to_the_relative_one() -> None:
    moved = pulsed(cells(additive_noise=2.0, pulse_noise=0.5), 1).weights
    assert moved.mean() == pytest.approx(0.01, abs=5e-4)
    assert moved.std() == pytest.approx(0.025, rel=0.02)


def test_a_read_is_off_by_the_write_noise_and_the_weight_behind_it_is_not() -> None:
    written = pulsed(cells(write_noise=0.1), 3)
    assert written.noise.hidden == pytest.approx(np.full(SIDE * SIDE, 0.03), abs=1e-6)
    beside = written.weights - written.noise.hidden
    assert beside.std() == pytest.approx(0.1, rel=0.02)
    assert abs(beside.mean()) < 4 * 0.1 / SIDE
    before = beside.copy()
    pulsed(written, 1)
    assert abs(np.corrcoef(before, written.weights - written.noise.hidden)[0, 1]) < 0.02


def test_programming_writes_the_weight_and_leaves_its_noise_beside_it() -> None:
    target = cells(write_noise=0.1)
    program(target, np.full(SIDE * SIDE, 2.0, np.float32))
    assert (target.noise.hidden == 1.0).all(), "the bound"
    assert (target.weights - 1.0).std() == pytest.approx(0.1, rel=0.02)


@pytest.mark.long
@pytest.mark.parametrize("pulses", ["stochastic", "implicit"])
def test_bits_are_the_same_on_any_number_of_threads(pulses: str) -> None:
    noise = {"write_noise": 0.1, "additive_noise": 0.5}
    one, two = (pulsed(cells(**noise), 8, threads, pulses) for threads in (1, 2))
    np.testing.assert_array_equal(one.weights, two.weights)
    np.testing.assert_array_equal(one.noise.hidden, two.noise.hidden)


def test_dead_cells_stay_within_their_range() -> None:
    device = ConstantStep(size=0.01, dead_cells=0.25, dead_range=0.05, **WINDOW)
    drawn = device.cells(40_000, np.random.default_rng(1))
    dead = drawn.lower == drawn.upper
    assert dead.mean() == pytest.approx(0.25, abs=0.01)
    assert abs(drawn.lower[dead]).max() <= 0.05
    moved = pulsed(array(drawn, np.zeros(40_000, np.float32)), 4)
    np.testing.assert_array_equal(moved.weights[dead], drawn.lower[dead])
    assert moved.weights[~dead] == pytest.approx(0.04, abs=1e-6)
