"""Choppers on output lines, and reads that count by the rate that made them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from acanthite.errors import TrainingError
from acanthite.nn import AGAD, ERIDER, ChoppedTTv2
from acanthite.nn.algorithms.base import Batch
from acanthite.nn.engine.network import Network
from acanthite.synapse import SoftBounds
from acanthite.torch.pairs import Pair
from acanthite.torch.tile import Tile

N_IN, N_OUT = 3, 64
NETWORK = Network((N_IN, N_OUT), "relu")
WINDOW: dict[str, Any] = {"conductance_min": 1e-7, "conductance_max": 1e-6}
DEVICE = SoftBounds(up=0.05, down=0.05, **WINDOW)
STILL: dict[str, Any] = {"rate": 1e-9, "flip": 1e-9, "read_noise": 0.0, "threshold": 1e9}


def trained(algorithm: ChoppedTTv2, n: int, out_sign: float = 1.0) -> Any:
    """Return the state after so many samples of one picture."""
    state = algorithm.start(NETWORK, DEVICE, 1)
    state.digital.out_chopper[:] = out_sign
    images = np.full((1, N_IN), 200, np.uint8)
    algorithm.run(state, Batch(images, np.zeros(1, np.uint8), np.zeros(n, np.int64)), 0)
    return state


@pytest.mark.slow
def test_an_offset_of_a_walks_at_random_in_h() -> None:
    turns = 100
    still = ChoppedTTv2(reference_mean=0.2, **STILL)
    columns = N_IN + 1
    drifted = trained(still, turns * columns).digital.hidden
    each = 0.2 / DEVICE.step
    assert np.abs(drifted) == pytest.approx(np.full(columns * N_OUT, turns * each), rel=1e-3)
    chopped = replace(still, out_flip=0.5)
    walked = trained(chopped, turns * columns).digital.hidden.reshape(columns, N_OUT)
    # a sum of independent signs, alike in all columns of a line
    squares = (walked[0] / each) ** 2 / turns
    assert squares.mean() == pytest.approx(1.0, abs=4 * np.sqrt(2 / N_OUT))
    assert np.abs(walked) == pytest.approx(np.abs(walked[:1]).repeat(columns, 0), rel=1e-3)


@pytest.mark.long
def test_a_gradient_enters_h_by_its_own_sign_whatever_the_chopper() -> None:
    knobs: dict[str, Any] = {**STILL, "rate": 0.1, "out_flip": 1e-9, "pulses": "mean-field"}
    draw = np.random.default_rng(3)
    x = draw.random((40, 6)).astype(np.float32)
    errors = draw.standard_normal((40, 5)).astype(np.float32)
    states = []
    for sign in (1.0, -1.0):
        tile = Tile(6, 5, DEVICE, AGAD(**knobs), None, 3)
        tile.state.digital.out_chopper[:] = sign
        tile.update([Pair(x, errors, 40, True)], 0.1)
        states.append(tile.state)
    ahead, behind = states
    assert behind.fast.weights == pytest.approx(-ahead.fast.weights, abs=1e-7)
    assert np.abs(ahead.digital.hidden).max() > 1
    assert behind.digital.hidden == pytest.approx(ahead.digital.hidden, abs=1e-4)


def test_corrected_reads_count_by_the_rate_that_made_them() -> None:
    knobs: dict[str, Any] = {**STILL, "rate": 0.3, "scaled_pulses": 2.0}
    plain, corrected = (trained(ChoppedTTv2(**knobs, corrected=c), 40) for c in (False, True))
    top_input, top_error = plain.digital.largest[0]
    filled_at = 2.0 * DEVICE.step / (top_input * top_error)
    expected = plain.digital.hidden * 0.3 / filled_at
    assert np.abs(expected).max() > 0.1
    assert corrected.digital.hidden == pytest.approx(expected, rel=1e-4, abs=1e-6)


@pytest.mark.long
def test_a_tile_scales_its_pulses_and_goes_on_with_its_signs() -> None:
    algorithm = AGAD(scaled_pulses=2.0, out_flip=0.2, corrected=True, threshold=5.0)
    draw = np.random.default_rng(2)
    x = draw.random((60, 6)).astype(np.float32)
    small = (1e-3 * draw.standard_normal((60, 5))).astype(np.float32)
    pulses = []
    for errors in (small, 10 * small):
        tile = Tile(6, 5, DEVICE, algorithm, None, 3)
        for _ in range(3):
            tile.update([Pair(x, errors, 60, True)], 1.0)
        pulses.append(int(tile.state.fast.counts.sum()))
    # a pulse for each however small errors are, but for the rounding of chances
    assert pulses[0] == pytest.approx(pulses[1], rel=0.02)
    assert pulses[0] > 0
    first = Tile(6, 5, DEVICE, algorithm, None, 3)
    first.update([Pair(x, small, 60, True)], 1.0)
    second = Tile(6, 5, DEVICE, algorithm, None, 4)
    second.restore({name: values.copy() for name, values in first.arrays().items()})
    for tile in (first, second):
        tile.update([Pair(x, small, 60, True)], 1.0)
    assert (first.state.digital.out_chopper == -1).any()
    assert np.array_equal(first.weights, second.weights)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(TrainingError, match=r"out_flip = 1.5.*expected"):
        ChoppedTTv2(out_flip=1.5)
    with pytest.raises(TrainingError, match=r"corrected = True; expected scaled_pulses"):
        AGAD(corrected=True)
    with pytest.raises(TrainingError, match=r"out_flip = 0.1; expected 0"):
        ERIDER(out_flip=0.1)
