import numpy as np
import pytest
from laws import resistor_of

from acanthite.constants import nm, uS, us
from acanthite.crossbar import DrivenArray, DynamicCells, Wires, WriteVerify, write_map
from acanthite.device import Filament
from acanthite.errors import CrossbarError
from acanthite.film import Recipe, grow

N = 8
TARGET = (0.1 + 0.1 * np.random.default_rng(0).integers(0, 16, (N, N))) * uS


STILL = resistor_of(1e-4)


def array(wires=None):
    devices = Filament.from_film(grow(Recipe(thickness=200 * nm))).sample(N * N, seed=3)
    return DrivenArray(DynamicCells(devices, (N, N)), wires or Wires(1.0, 1.0))


@pytest.fixture(scope="module")
def written():
    return write_map(array(), TARGET, seed=1)


def test_sixteen_levels_are_written_and_the_books_balance(written):
    how, cost = WriteVerify(), written.cost
    assert written.within(2 * how.tolerance) > 0.98
    np.testing.assert_allclose(
        written.final, written.device, rtol=1e-2
    )  # wires of an ohm hardly show at a microsiemens
    assert cost.time == pytest.approx(
        (cost.set_pulses + cost.reset_pulses) * how.width + cost.reads * how.read_time
    )
    assert (
        cost.set_pulses + cost.reset_pulses
        <= cost.pulses.sum()
        <= N * (cost.set_pulses + cost.reset_pulses)
    )
    assert cost.energy == pytest.approx(
        cost.selected + cost.half_selected + cost.wires + cost.reading
    )
    assert min(cost.selected, cost.half_selected, cost.wires, cost.reading) > 0


def test_the_same_seed_gives_the_same_bits(written):
    np.testing.assert_array_equal(write_map(array(), TARGET, seed=1).final, written.final)
    assert (write_map(array(), TARGET, seed=2).final != written.final).any()


def test_half_selected_cells_move_and_later_passes_mend_it():
    hard = [WriteVerify(bias="V/2", largest=0.36, width=2 * us, rounds=8, passes=k) for k in (1, 3)]
    once, thrice = (write_map(array(), TARGET, how, seed=1) for how in hard)
    moved = np.abs(once.final - once.written)  # since each row was left within tolerance
    assert moved[0].max() > 0.05 * uS > 0.02 * uS > moved[-1].max()
    assert thrice.within(0.03 * uS) > 0.95 > once.within(0.03 * uS)
    assert thrice.cost.pulses.sum() > once.cost.pulses.sum()


def test_a_filament_is_dissolved_and_its_cell_written():
    one = array()
    volts = np.zeros((N, N))
    volts[2, 5] = -0.3
    one.cells.hold(volts, volts, 200 * us)
    assert one.cells.conductance()[2, 5] > 50 * uS
    found = write_map(one, TARGET, WriteVerify(passes=3), seed=1)
    assert abs(found.error[2, 5]) < 0.05 * uS
    assert found.within(0.03 * uS) > 0.95
    assert not found.stuck.any()


def test_a_cell_that_does_not_answer_is_given_up_and_said():
    cells = DynamicCells(STILL.sample(4, seed=0, g=1e-6), (2, 2))
    found = write_map(DrivenArray(cells, Wires(1.0, 1.0)), [[1e-6, 1e-7], [1e-6, 1e-6]], seed=1)
    np.testing.assert_array_equal(found.stuck, [[False, True], [False, False]])
    assert WriteVerify().patience <= found.cost.pulses[0, 1] < 3 * WriteVerify().patience
    assert found.cost.pulses.sum() == found.cost.pulses[0, 1]


def test_progress_is_told():
    told = []
    write_map(array(), TARGET, WriteVerify(passes=1, rounds=2), progress=told.append)
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] <= 1


def test_what_makes_no_sense_is_refused():
    with pytest.raises(
        CrossbarError, match=r"target has the shape \(8, 7\); expected finite numbers"
    ):
        write_map(array(), TARGET[:, 1:])
    with pytest.raises(CrossbarError, match="bias 'ground' would write the whole row"):
        WriteVerify(bias="ground")
    with pytest.raises(CrossbarError, match="width = 0"):
        WriteVerify(width=0)
    with pytest.raises(CrossbarError, match=r"largest = 0\.1 V is below"):
        WriteVerify(largest=0.1)


def test_a_default_method_that_does_not_suit_the_cells_says_where_to_go():
    cells = DynamicCells(STILL.sample(4, seed=0, g=1e-6), (2, 2))
    array = DrivenArray(cells, Wires(1.0, 1.0))
    target = [[1e-6, 1e-7], [1e-7, 1e-6]]
    with pytest.warns(UserWarning, match=r"2 of 4 cells were given up .*method=suited\(") as caught:
        write_map(array, target, seed=1)
    assert caught[0].filename == __file__
    assert write_map(array, target, WriteVerify(), seed=1).stuck.sum() == 2  # as asked for
