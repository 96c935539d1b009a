"""Arrays with nodes that terminals hold weakly: right to the last digits, and what is off is said."""

from __future__ import annotations

import numpy as np
import pytest
from crossbar.circuit.dense import node_voltages
from crossbar.circuit.test_crossbar import HARD, drive, spread
from truth.nodal import Case, Network, solve

from acanthite.crossbar import Bound, Crossbar, Sinh, Terminal, gradient
from acanthite.crossbar.circuit.solvers import looseness
from acanthite.crossbar.circuit.solvers.elimination import graph, linear
from acanthite.errors import ConvergenceError, CrossbarError


def broken(seed: int, high: float, low: float = 1e-12) -> Case:
    """Return an array with 8 % of its segments broken and cells of two values far apart."""
    rng = np.random.default_rng(seed)
    n, m = (int(k) for k in rng.integers(3, 25, 2))
    G = np.where(rng.random((n, m)) < 0.3, high, low)
    word, bit = np.full((n, m + 1), 1.0), np.full((n + 1, m), 1.0)
    word[rng.random(word.shape) < 0.08] = np.inf
    bit[rng.random(bit.shape) < 0.08] = np.inf
    kinds = ["driven"] * n, ["floating"] * n, ["floating"] * m, ["grounded"] * m
    ends = np.zeros(n), np.zeros(n), np.zeros(m), np.zeros(m)
    return Case(G, word, bit, kinds, ends, rng.uniform(-1.0, 1.0, n), np.zeros(m))


@pytest.mark.long
@pytest.mark.parametrize("high", [1.0, 1e-2, 1e-3])
def test_pieces_of_broken_lines_that_cells_alone_hold(high):
    solved = 0
    for seed in range(40):
        case = broken(seed, high)
        if Network(case).floats(case.G):
            continue
        found, truth = Crossbar(case.G, case.word, case.bit).solve(case.V), solve(case)
        np.testing.assert_allclose(
            found.word_line_voltage, truth.u, rtol=0, atol=1e-9, err_msg=f"seed {seed}"
        )
        np.testing.assert_allclose(
            found.bit_line_voltage, truth.v, rtol=0, atol=1e-9, err_msg=f"seed {seed}"
        )
        largest = np.abs(truth.current).max()
        np.testing.assert_allclose(
            found.output_current, truth.current.sum(0), rtol=0, atol=1e-9 * largest
        )
        solved += 1
    assert solved > 30


def floating(n: int, low: float = 1e-12) -> tuple[Crossbar, np.ndarray]:
    G = np.where(np.random.default_rng(1).random((n, n)) < 0.5 / n, 1e-3, low)
    one = (
        Terminal(["driven"] + ["floating"] * (n - 1)),
        Terminal(["grounded"] + ["floating"] * (n - 1)),
    )
    return Crossbar(G, left=one[0], bottom=one[1]), np.eye(n)[0]


def test_the_floating_scheme_of_far_ratios():
    array, V = floating(64)
    found, only = array.solve(V), array.solve(V, outputs_only=True)
    u, v = node_voltages(array, V)  # refined in extended precision: good to the condition of 1e-19
    np.testing.assert_allclose(found.word_line_voltage, u, rtol=0, atol=1e-7)
    np.testing.assert_allclose(found.bit_line_voltage, v, rtol=0, atol=1e-7)
    assert found.error.voltage < 1e-12
    assert found.error.current < 1e-11 * np.abs(found.device_current).max()
    np.testing.assert_allclose(only.output_current, found.output_current, rtol=1e-9)
    np.testing.assert_allclose(V @ array.effective_conductance(), found.output_current, rtol=1e-9)


def test_cells_between_two_nodes_far_from_anything_keep_the_digits_of_their_currents():
    """Two strong cells in series between weak ones: one current through all, 1e-12 of what the strong ones would carry."""
    G = np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 1e-12]])
    left = Terminal(["driven", "floating"], 1e12)
    bottom = Terminal(["grounded", "floating", "grounded"])
    chain = Crossbar(G, 0.0, 0.0, left=left, bottom=bottom).solve([1.0, 0.0])
    exact = 1.0 / (2.0 + 2e12)
    np.testing.assert_allclose(
        chain.device_current, [[0.0, exact, 0.0], [0.0, -exact, exact]], rtol=1e-13, atol=1e-28
    )


def test_the_bound_of_a_solution_by_sweeps_holds():
    for case, (r, low) in HARD.items():
        array, V = Crossbar(spread((20, 30), low), r, r), drive(20)
        found, (u, v) = array.solve(V), node_voltages(array, V)
        assert found.points.bound is None, case
        off = max(
            np.abs(found.word_line_voltage - u).max(), np.abs(found.bit_line_voltage - v).max()
        )
        assert off <= found.error.voltage + 1e-15, case
        assert found.error.voltage < 1e-9, case
    rough = array.solve(V, tolerance=1e-3)
    assert 1e-9 < rough.error.voltage < 1e-1
    assert rough.error.voltage >= np.abs(rough.word_line_voltage - u).max()


def test_bounds_of_several_inputs_and_of_outputs():
    array, V = Crossbar(spread((9, 7)), 3.0, 3.0), np.stack([drive(9, k) for k in range(4)])
    each = array.solve(V)
    assert each.error == Bound(
        max(each[k].error.voltage for k in range(4)), max(each[k].error.current for k in range(4))
    )
    assert (
        array.solve(V, outputs_only=True).error.current < 1e-9 * np.abs(each.output_current).max()
    )


def test_a_bound_for_nonlinear_devices():
    G = spread((6, 5))
    loose, tight = (
        Crossbar(G, 9.0, 9.0, devices=Sinh(G, 0.2)).solve(drive(6), tolerance=t)
        for t in (1e-3, 1e-12)
    )
    off = np.abs(loose.word_line_voltage - tight.word_line_voltage).max()
    assert off <= loose.error.voltage < 1e-2
    assert tight.error.voltage < 1e-11


def test_an_array_with_a_large_sense_resistance_is_held_weakly_and_solved_all_the_same():
    G, V = np.full((4, 3), 1e-2), drive(4)
    array = Crossbar(G, bottom=Terminal("grounded", 1e12), left=Terminal("driven", 1e12))
    assert array.solver.loose
    found = array.solve(V)
    assert found.error.voltage < 1e-12
    assert found.output_current.sum() == pytest.approx(found.input_current.sum(), rel=1e-9)
    wired = gradient(found, np.ones(3))
    assert np.isfinite(wired.conductance).all()


@pytest.mark.parametrize(
    ("crossbar", "at_most"),
    [
        (Crossbar(spread((1024, 8)), 1.0, 1.0), 1e4),
        (Crossbar(np.full((200, 200), 1e-3), 10.0, 10.0), 1e4),
        (
            Crossbar(spread((64, 64)), left=Terminal(["driven"] + ["floating"] * 63)),
            looseness.LOOSE,
        ),
    ],
)
def test_ordinary_arrays_are_swept(crossbar, at_most):
    assert crossbar.solver.looseness <= at_most
    assert not crossbar.solver.loose


def test_a_residual_grows_sharper_with_looseness():
    assert looseness.sharpened(1e-10, 5.0) == 1e-10
    assert looseness.sharpened(1e-10, 100.0 * looseness.FIRM) == pytest.approx(1e-11)
    assert looseness.sharpened(1e-10, 0.0) == 1e-10


def test_every_node_is_eliminated_once():
    for shape in ((1, 1), (1, 9), (7, 5), (20, 33)):
        places = graph._places(*shape)
        assert (np.sort(places) == np.arange(2 * shape[0] * shape[1])).all()


def test_an_array_too_large_for_it_is_refused(monkeypatch):
    monkeypatch.setattr(linear, "_CELLS", 100)
    array, V = floating(16)
    with pytest.raises(
        ConvergenceError, match=r"an array of 16 x 16 has lines, .* certain up to 100 cells only"
    ):
        array.solve(V)


def test_an_uncertain_result_is_refused(monkeypatch):
    array, V = floating(16)
    monkeypatch.setattr(linear, "EPS", 1e-3)
    with pytest.raises(ConvergenceError, match="voltages are off by up to"):
        array.solve(V)


def test_devices_that_let_a_line_go_are_refused():
    """A diode that blocks leaves the floating bit line to nothing."""
    blocking = Crossbar(np.ones((1, 1)), bottom="floating", devices=lambda v: (0.0 * v, 0.0 * v))
    with pytest.raises(CrossbarError, match="tied to the terminals by no conductance"):
        blocking.solve([1.0])
