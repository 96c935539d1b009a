import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import resistor_of

from acanthite.constants import nm, us
from acanthite.crossbar import IDEAL, DrivenArray, DynamicCells, Terminal, Wires
from acanthite.device import Filament
from acanthite.errors import CrossbarError
from acanthite.film import Recipe, grow

STILL = resistor_of(1e-4)


@pytest.fixture(scope="module")
def thick():
    return Filament.from_film(grow(Recipe(thickness=200 * nm)))


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 999), st.floats(0.1, 300))
def test_energies_are_those_of_the_solver_where_nothing_moves(n, m, seed, ohms):
    rng = np.random.default_rng(seed)
    G, word, bit = 10 ** rng.uniform(-6, -3, (n, m)), rng.normal(size=n), rng.normal(size=m)
    wires = Wires(ohms, 2 * ohms, 3.0, 4.0)
    array = DrivenArray(DynamicCells(STILL.sample(n * m, seed=0, g=G.ravel()), (n, m)), wires)
    spent = array.apply(word, bit, 2 * us)
    power = wires.crossbar(G, bottom=Terminal("driven", 4.0)).solve(word, bit).power
    assert spent.delivered == pytest.approx(2e-6 * power.delivered, rel=1e-6)
    assert spent.devices.sum() == pytest.approx(2e-6 * power.devices, rel=1e-6)
    heat = 2e-6 * (power.word_lines + power.bit_lines)
    assert spent.wires == pytest.approx(heat, rel=1e-6, abs=1e-7 * abs(spent.delivered))


def test_without_wires_every_cell_is_on_its_own(thick):
    word, bit = np.array([-0.2, -0.1, 0.0]), np.array([0.1, 0.0])
    array = DrivenArray(DynamicCells(thick.sample(6, seed=1), (3, 2)), IDEAL)
    alone = DynamicCells(thick.sample(6, seed=1), (3, 2))
    v = word[:, None] - bit
    spent, charge = array.apply(word, bit, 5 * us), alone.hold(v, v, 5 * us)
    np.testing.assert_array_equal(array.cells.conductance(), alone.conductance())
    np.testing.assert_allclose(spent.devices, v * charge)
    assert spent.wires == pytest.approx(0.0, abs=1e-9 * spent.delivered)


def test_wires_slow_the_far_cells(thick):
    n = 12
    same = law_without_spread(thick, n * n)
    array = DrivenArray(DynamicCells(same, (n, n)), Wires(1e3, 1e3))
    array.apply(np.full(n, -0.3), np.zeros(n), 3 * us)
    array.cells.hold(0.0, 0.0, 50 * us)
    G = array.cells.conductance()
    assert G[-1, 0] == G.max()
    assert G[0, -1] == G.min() < 0.82 * G.max()
    assert array.apply(np.full(n, -0.3), np.zeros(n), 1 * us).wires > 0


def law_without_spread(filament, n):
    from acanthite.device import FILAMENT, Devices, without_noise

    return without_noise(Devices(FILAMENT, np.tile(list(filament.values.values()), (n, 1)), 0))


@pytest.mark.long
def test_one_long_step_is_many_short_ones(thick):
    n, word, bit = 6, np.full(6, -0.15), np.full(6, 0.15)
    found = []
    for pieces in (1, 64):
        array = DrivenArray(
            DynamicCells(law_without_spread(thick, n * n), (n, n), 1e-4), Wires(2e3, 2e3)
        )
        energy = sum(array.apply(word, bit, 8 * us / pieces).delivered for _ in range(pieces))
        found.append((energy, array.cells.state("coverage").mean()))
    np.testing.assert_allclose(*found, rtol=3e-3)


def test_a_balance_is_one(thick):
    n, word, bit = 8, np.linspace(-0.3, -0.1, 8), np.linspace(0.0, 0.1, 8)
    array = DrivenArray(DynamicCells(thick.sample(n * n, seed=1), (n, n)), Wires(1e3, 1e3))
    array.apply(word, bit, 5 * us)
    v, current = array.solve(word, bit)
    linear = array.cells.current(v)
    again, _ = array.solve(word, bit, v)
    assert np.abs(v - (word[:, None] - bit)).max() > 0.03  # wires take a good part
    np.testing.assert_allclose(again, v, atol=1e-6 * 0.4)
    np.testing.assert_allclose(current, linear[0], rtol=1e-5)


@pytest.mark.long
def test_a_read_is_what_the_cells_conduct(thick):
    array = DrivenArray(DynamicCells(thick.sample(6, seed=1), (3, 2)), Wires(1.0, 1.0))
    array.apply(np.full(3, -0.3), np.zeros(2), 5 * us)
    array.cells.hold(0.0, 0.0, 50 * us)
    current, spent = array.read(np.array([0.0, 0.005, 0.0]), 50 * us)
    np.testing.assert_allclose(current, 0.005 * array.cells.conductance(0.005)[1], rtol=1e-3)
    assert spent.delivered == pytest.approx(0.005 * current.sum() * 50e-6, rel=1e-2)


def test_what_makes_no_sense_is_refused(thick):
    array = DrivenArray(DynamicCells(thick.sample(6, seed=1), (3, 2)), IDEAL)
    with pytest.raises(
        CrossbarError, match=r"word has the shape \(2,\); expected finite numbers of shape \(3,\)"
    ):
        array.apply(np.zeros(2), np.zeros(2), 1.0)
    with pytest.raises(CrossbarError, match="duration = 0"):
        array.apply(np.zeros(3), np.zeros(2), 0.0)
