import numpy as np
import pytest

from acanthite.errors import TrainingError
from acanthite.nn.engine.batches import BatchUpdater
from acanthite.nn.engine.pulses import Array, array
from acanthite.random import generator
from acanthite.synapse import ConstantStep, PowerStep, SoftBounds

F = np.float32
WINDOW = {"conductance_min": 0.0, "conductance_max": 1e-6}
SOFT = SoftBounds(up=0.02, down=0.03, up_spread=0.1, pulse_noise=0.2, **WINDOW)


def batch(n: int, n_in: int, n_out: int, seed: int = 1):
    draw = generator(seed, "batch")
    x = draw.uniform(-1, 1, (n, n_in)) * (draw.random((n, n_in)) < 0.5)
    return x.astype(F), draw.uniform(-1, 1, (n, n_out)).astype(F)


def tile(law, n: int) -> Array:
    return array(law.cells(n, generator(1, "cells")), np.zeros(n, F))


@pytest.mark.parametrize("law", [SOFT, PowerStep(up=0.02, down=0.03, pulse_noise=0.1, **WINDOW)])
def test_the_bits_are_the_same_on_any_number_of_threads(law) -> None:
    x, d = batch(300, 37, 21)
    ends = []
    for threads in (1, 2, 5):
        cells, updater = tile(law, 37 * 21), BatchUpdater(37, 21, 3, "test")
        counts = [updater.update(cells, x, d, 0.1, law.step, threads=threads) for _ in range(3)]
        ends.append((cells.weights.tobytes(), counts, cells.counts.tolist()))
    assert ends[0] == ends[1] == ends[2]
    assert ends[0][2] == np.sum(ends[0][1], axis=0).tolist()


def test_what_does_not_fit_the_scratch_at_once_goes_on_with_the_same_bits_on_any_number_of_threads() -> (
    None
):
    x, d = batch(90, 300, 90)
    ends = []
    for threads in (1, 3):
        cells, updater = tile(SOFT, 300 * 90), BatchUpdater(300, 90, 3, "test", bl_max=100)
        counts = updater.update(cells, x, d, 2.0, SOFT.step, threads=threads)
        ends.append((counts, cells.weights.tobytes(), updater.state.tolist()))
    assert ends[0] == ends[1]
    assert sum(ends[0][0]) > 90 * 4000, "several rounds, enough for several threads"


def test_a_saved_state_goes_on_with_the_same_bits() -> None:
    x, d = batch(50, 20, 10)
    cells, updater = tile(SOFT, 200), BatchUpdater(20, 10, 3, "test")
    updater.update(cells, x, d, 0.1, SOFT.step)
    kept, state = cells.weights.copy(), updater.state
    updater.update(cells, x, d, 0.1, SOFT.step)
    end = cells.weights.copy()
    cells.weights[:] = kept
    resumed = BatchUpdater(20, 10, 3, "test")
    resumed.restore(state)
    resumed.update(cells, x, d, 0.1, SOFT.step)
    assert (cells.weights == end).all()
    assert not (kept == end).all()


def test_a_batch_moves_the_weights_as_its_samples_do_one_after_the_other() -> None:
    n, n_in, n_out, rate, step = 4, 6, 5, 0.02, 0.005
    law = ConstantStep(size=step, pulse_noise=0.3, **WINDOW)
    x, d = batch(n, n_in, n_out)
    cells, updater = tile(law, n_in * n_out), BatchUpdater(n_in, n_out, 7, "test")
    trials, total, squares = 4000, 0.0, 0.0
    for _ in range(trials):
        cells.weights[:] = 0
        updater.update(cells, x, d, rate, step)
        total += cells.weights.astype(float)
        squares += cells.weights.astype(float) ** 2
    mean = (total / trials).reshape(n_in, n_out)
    variance = (squares / trials).reshape(n_in, n_out) - mean**2
    expected, spread = np.zeros((2, n_in, n_out))
    for own_x, own_d in zip(x.astype(float), d.astype(float), strict=True):
        slots = np.ceil(rate * np.abs(own_x).max() * np.abs(own_d).max() / step)
        p = rate * np.abs(np.outer(own_x, own_d)) / (step * slots)
        expected += -rate * np.outer(own_x, own_d)
        spread += slots * step**2 * (p * (1 - p) + 0.3**2 * p)
    assert (np.abs(mean - expected) < 5 * np.sqrt(spread / trials) + 6 * step / trials).all()
    assert variance == pytest.approx(spread, rel=0.15, abs=0.03 * spread.max())


def test_cells_beyond_the_tile_are_not_touched() -> None:
    x, d = batch(10, 8, 4)
    cells = tile(ConstantStep(size=0.01, **WINDOW), 100)
    up, down = BatchUpdater(8, 4, 1, "test").update(cells, x, d, 0.1, 0.01)
    assert up > 0
    assert down > 0
    assert (cells.weights[:32] != 0).any()
    assert (cells.weights[32:] == 0).all()


def test_wide_tiles_and_long_trains_fit_the_scratch() -> None:
    x, d = batch(200, 700, 300)
    cells = tile(ConstantStep(size=1e-4, **WINDOW), 700 * 300)
    updater = BatchUpdater(700, 300, 1, "test", bl_max=200)
    updater.update(cells, x, d, 0.01, 1e-4, threads=2)
    expected = -0.01 * x.astype(float).T @ d.astype(float)
    assert np.corrcoef(cells.weights, expected.ravel())[0, 1] > 0.98
    assert cells.weights @ expected.ravel() / (expected**2).sum() == pytest.approx(1, rel=0.01)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda u, a, x, d: u.update(a, x.astype(float), d, 0.1, 0.1),
            r"x is float64 of shape \(5, 8\); expected float32",
        ),
        (
            lambda u, a, x, d: u.update(a, x, d[:3], 0.1, 0.1),
            r"d is float32 of shape \(3, 4\); expected float32 of shape \(5, 4\)",
        ),
        (
            lambda u, a, x, d: u.update(a, np.asfortranarray(x), d, 0.1, 0.1),
            "x is not C-contiguous",
        ),
        (
            lambda u, a, x, d: u.update(a._replace(weights=a.weights[:31]), x, d, 0.1, 0.1),
            "the tile has 32 cells; expected no more than the array's 31",
        ),
        (lambda u, a, x, d: u.restore(np.zeros((2, 4), np.int64)), r"expected \(1, 4\)"),
        (lambda u, a, x, d: BatchUpdater(4, 5000, 1, "t"), "n_out = 5000; expected 1 to 4096"),
        (lambda u, a, x, d: BatchUpdater(4, 4, 1, "t", bl_max=0), "bl_max = 0; expected 1 to 4096"),
    ],
)
def test_what_does_not_fit_is_refused(call, message: str) -> None:
    x, d = batch(5, 8, 4)
    with pytest.raises(TrainingError, match=message):
        call(BatchUpdater(8, 4, 1, "test"), tile(SOFT, 32), x, d)
