"""Cells that are stuck, and columns that take the place of the worst."""

import numpy as np
import pytest

from acanthite.crossbar import Stuck
from acanthite.inference import Chip, ProgrammedMatrix

W = np.random.default_rng(1).normal(size=(20, 100))


def matrix(**parts):
    return ProgrammedMatrix(W, Chip(cells="ideal", rows=128, columns=64, **parts), seed=2)


def test_stuck_cells_are_as_many_as_said_and_stay_where_they_are():
    tile = matrix(stuck=Stuck(high=0.05, low=0.1)).tiles[0]
    written, highest = tile.written, tile.cells.model.conductance_max
    moved = written != tile.cells.target
    assert np.mean(tile.columns.stuck == highest) == pytest.approx(0.05, abs=0.01)
    assert np.mean(tile.columns.stuck == 0.0) == pytest.approx(0.1, abs=0.02)
    assert set(np.unique(written[moved])) <= {0.0, highest}
    np.testing.assert_array_equal(tile.aged(1e6), written)


def test_noise_is_of_cells_that_are_not_stuck():
    chip = Chip(cells="pcm", stuck=Stuck(high=0.2))
    tile = ProgrammedMatrix(W, chip, seed=2).tiles[0]
    stuck = ~np.isnan(tile.columns.stuck)
    aged, error = tile.aged_and_read_error(10.0)
    np.testing.assert_array_equal(aged, tile.aged(10.0))
    assert (error[stuck] == 0).all()
    assert (error[~stuck & (tile.cells.written > 0)] > 0).all()


def test_spare_columns_replace_the_worst_and_never_make_it_worse():
    stuck = Stuck(high=0.01, low=0.0)
    errors = [
        np.abs(matrix(stuck=stuck, spare_columns=n).weights_at(0.0) - W) for n in (0, 4, 16, 40)
    ]
    squares = [np.sum(error**2) for error in errors]
    assert squares == sorted(squares, reverse=True)
    assert squares[-1] < 0.8 * squares[0]


def test_spares_of_cells_without_error_change_nothing():
    np.testing.assert_array_equal(matrix(spare_columns=5).weights_at(0.0), matrix().weights_at(0.0))


def test_spares_age_as_cells_of_their_own():
    chip = Chip(cells="pcm", spare_columns=8)
    tile = ProgrammedMatrix(W, chip, seed=3).tiles[0]
    assert tile.replaced.size
    np.testing.assert_array_equal(
        tile.aged(1e5)[:, tile.replaced], tile.spares.cells.aged(1e5)[:, tile.used]
    )
