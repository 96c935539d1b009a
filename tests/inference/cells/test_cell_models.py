"""What holds for every cell model, one's own among them."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.constants import uS
from acanthite.errors import CellError
from acanthite.inference import CELLS, CellModel, cells

names = st.sampled_from(sorted(CELLS))


def a_time(model):
    return model.TIMES[-1] if model.TIMES else max(model.MEASURED[0], 0.0)


def targets(model, shape, seed=0):
    span = model.conductance_max - model.conductance_min
    return model.conductance_min + span * np.random.default_rng(seed).random(shape)


@settings(max_examples=40, deadline=None)
@given(names, st.integers(0, 2**31), st.tuples(st.integers(0, 4), st.integers(1, 5)))
def test_the_same_seed_gives_the_same_cells_and_reads(name, seed, shape):
    model = cells(name)
    goal = targets(model, shape)
    one, two = (model.program(goal, seed=seed) for _ in range(2))
    time = a_time(model)
    np.testing.assert_array_equal(one.written, two.written)
    np.testing.assert_array_equal(one.at(time), two.at(time))
    assert one.at(time).shape == shape
    assert (one.at(time) >= 0).all()


@pytest.mark.parametrize("name", sorted(CELLS))
def test_cells_age_by_themselves_whatever_is_read_between(name):
    model = cells(name)
    goal = targets(model, 50)
    time = a_time(model)
    read = model.program(goal, seed=1)
    read.at(time)
    np.testing.assert_array_equal(read.aged(time), model.program(goal, seed=1).aged(time))
    noisy = np.any(read.read_error(time) > 0)
    assert np.array_equal(read.at(time, read=0), read.at(time, read=1)) != noisy


@pytest.mark.parametrize("name", sorted(CELLS))
@pytest.mark.parametrize(
    ("target", "words"),
    [(1.0, "1 S, and 1 of 1 in all, outside the window"), (np.nan, "nan S"), (-1e-6, "-1e-06 S"), ("x", "expected conductances")],
)  # fmt: skip
def test_targets_outside_the_window_are_refused(name, target, words):
    with pytest.raises(CellError, match=words):
        cells(name).program(target)


def test_times_before_a_model_begins_are_refused():
    programmed = cells("reram-cmo").program([20 * uS])
    with pytest.raises(CellError, match=r"time = 0\.5 s; the model begins 1 s after programming"):
        programmed.at(0.5)
    with pytest.raises(CellError, match="time"):
        cells("pcm").program([20 * uS]).at(-1.0)


def test_unknown_cells_and_options_are_named():
    with pytest.raises(
        CellError, match=r"no cells 'pmc'; expected one of ideal, ag2s, pcm.*did you mean 'pcm'"
    ):
        cells("pmc")
    with pytest.raises(CellError, match="'pcm' have no option 'g_max'"):
        cells("pcm", g_max=25.0)
    with pytest.raises(CellError, match="conductance_max"):
        cells("pcm", conductance_max=0.0)


def test_targets_are_taken_as_they_are_and_left_alone():
    goal = np.full(3, 5 * uS)
    programmed = cells("pcm").program(goal)
    goal[:] = 0.0
    assert (programmed.target == 5 * uS).all()
    assert cells("pcm").program([25 * uS * (1 + 1e-12)]).target[0] == 25 * uS


@dataclass(frozen=True, kw_only=True)
class Halving(CellModel):
    conductance_max: float = 10 * uS

    def written(self, target, rng):
        return target

    def aged(self, cells, time, rng):
        return cells.written * 0.5 ** (time / 100.0)


def test_a_model_of_ones_own_takes_ten_lines():
    programmed = Halving().program([8 * uS])
    assert programmed.at(0.0)[0] == 8 * uS
    assert programmed.at(200.0)[0] == pytest.approx(2 * uS)
