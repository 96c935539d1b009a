import numpy as np
import pytest

from acanthite.random import generator
from acanthite.synapse import Cells, SoftBounds, shift
from acanthite.synapse.rule import DOWN_SHARE, UP_SHARE


def cells(noise: float, n: int = 2000) -> Cells:
    law = SoftBounds(
        up=0.13, down=0.14, up_spread=0.2, down_spread=0.2, conductance_min=0.0, conductance_max=1e-6, pulse_noise=noise
    )  # fmt: skip
    return law.cells(n, generator(3, "cells"))


def test_without_noise_every_cell_ends_on_the_fixed_point_of_its_own_up_down_pair() -> None:
    devices = cells(0.0)
    moved = shift(devices, np.full(2000, 0.9), generator(1, "pulses"), pairs=200, average=10)
    up, down = (
        devices.coefficients[:, UP_SHARE].astype(float),
        devices.coefficients[:, DOWN_SHARE].astype(float),
    )
    low = ((1 - down) * up - down) / (1 - (1 - down) * (1 - up))
    high = low + up * (1 - low)
    assert moved.references == pytest.approx((low + high) / 2, abs=1e-5)
    assert moved.weights == pytest.approx(moved.references, abs=1e-5)
    assert (low < devices.symmetry_points).all()
    assert (devices.symmetry_points < high).all()
    assert moved.n_pulses == (2 * 200 + 1) * 2000


def test_with_noise_cells_stand_at_their_references_on_average() -> None:
    moved = shift(cells(0.15), np.zeros(2000), generator(1, "pulses"))
    left = moved.weights - moved.references
    assert abs(left.mean()) < 4 * left.std() / np.sqrt(2000)
    assert left.std() < 0.1 * 0.13  # of a step: the noise of one short pulse, no more


def test_averaging_the_reads_makes_a_better_reference_than_one_read() -> None:
    devices = cells(0.3)
    moved = shift(devices, np.zeros(2000), generator(1, "pulses"), pairs=100, average=60)
    one = shift(devices, np.zeros(2000), generator(1, "pulses"), pairs=100, average=1)
    errors = [(m.references - devices.symmetry_points).std() for m in (moved, one)]
    assert errors[0] < 0.5 * errors[1]


def test_the_path_begins_at_the_start_and_stays_in_bounds() -> None:
    devices = cells(0.5, 50)
    start = np.linspace(-1, 1, 50)
    moved = shift(devices, start, generator(1, "pulses"), pairs=20, average=5, keep=50)
    assert moved.path.shape == (42, 50)
    assert moved.path[0] == pytest.approx(start)
    assert (moved.path >= devices.lower).all()
    assert (moved.path <= devices.upper).all()
