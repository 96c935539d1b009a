"""The yield of dies from a few of their cells, against wafers whose every cell is known."""

from __future__ import annotations

import numpy as np
import pytest

from acanthite.errors import ProcessError
from acanthite.wafer import die_yield

CELLS = 4096


def wafer(seed: int, mean: float, correlation: float, dies: int, measured: int, cells: int = CELLS):
    """Return good ones of the measured and of all cells of each die, cells of a die alike as far as the correlation says."""
    rng = np.random.default_rng(seed)
    p = np.full(dies, mean)
    if correlation:
        size = (1 - correlation) / correlation
        p = rng.beta(mean * size, (1 - mean) * size, dies)
    seen = rng.binomial(measured, p)
    return seen, seen + rng.binomial(cells - measured, p)


def test_the_yield_of_one_wafer_does_not_hang_on_how_many_devices_are_measured():
    """Cells of all dies are good by 96 %, so a die of thousands is good for certain; few devices say so less surely."""
    widths = []
    for measured in (1, 2, 5, 20, 100):
        seen, every = wafer(7, 0.96, 0.0, 160, measured)
        assert (every >= 0.9 * CELLS).all()
        low, high = die_yield(seen, measured, CELLS, 0.9).dies.interval
        assert high >= 0.995
        widths.append(high - low)
    assert widths[0] > 0.05
    assert widths[-1] < 0.01
    assert widths[-2] < widths[0]


SLOW = pytest.mark.slow
"""For what has a relative on either side in every run."""


@pytest.mark.parametrize(
    "correlation", [0.0, pytest.param(0.003, marks=SLOW), 0.05, pytest.param(0.5, marks=SLOW)]
)
def test_the_interval_holds_the_yield_of_the_whole_wafer(correlation):
    """Nineteen times of twenty it should; of sixteen wafers, fewer than thirteen are one in a thousand."""
    held, held_devices, rng = 0, 0, np.random.default_rng(round(1000 * correlation))
    for seed in range(16):
        mean, dies = rng.choice([0.999, 0.97, 0.93, 0.88, 0.5]), int(rng.integers(20, 250))
        measured = int(rng.choice([1, 2, 5, 20]))
        seen, every = wafer(seed, float(mean), correlation, dies, measured)
        found = die_yield(seen, measured, CELLS, 0.9)
        held += _holds(found.dies.interval, (every >= 0.9 * CELLS).mean())
        held_devices += _holds(found.devices.interval, every.mean() / CELLS)
    assert held >= 13
    assert held_devices >= 13


def _holds(interval, truth):
    return interval[0] - 1e-9 <= truth <= interval[1] + 1e-9


def test_dies_measured_whole_are_known():
    seen = np.array([9, 10, 8, 10])
    found = die_yield(seen, 10, 10, 0.9)
    np.testing.assert_allclose(found.good, [1, 1, 0, 1])
    np.testing.assert_allclose([found.dies.value, *found.dies.interval], 0.75)
    assert found.devices.value == pytest.approx(0.925)


def test_seven_of_ten_are_a_share_of_seven_tenths():
    np.testing.assert_allclose(die_yield([7, 6], 10, 10, 0.7).good, [1, 0])


def test_a_die_that_looks_better_is_better():
    good = die_yield([20, 18, 10, 0, 20, 19], 20, CELLS, 0.8).good
    assert good[0] == good[4] >= good[5] >= good[1] > good[2] >= good[3]
    assert (good >= 0).all()
    assert (good <= 1).all()


def test_every_share_is_a_good_one_where_none_is_asked_for_and_none_where_all_are():
    assert die_yield([3, 0], 4, CELLS, 0.0).dies.value == pytest.approx(1.0)
    assert die_yield([3, 0], 4, CELLS, 1.0).dies.value == pytest.approx(0.0, abs=1e-9)


def test_the_same_seed_gives_the_same_interval():
    seen, _ = wafer(1, 0.9, 0.02, 50, 10)
    assert (
        die_yield(seen, 10, CELLS, 0.9, seed=4).dies == die_yield(seen, 10, CELLS, 0.9, seed=4).dies
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], 2, 8, 0.9), "0 dies"),
        (([1], 9, 8, 0.9), "measured = 9, cells = 8"),
        (([3], 2, 8, 0.9), "3 to 3 good of 2"),
        (([1], 2, 8, 1.5), "share = 1.5"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, message):
    with pytest.raises(ProcessError, match=message):
        die_yield(*arguments)
