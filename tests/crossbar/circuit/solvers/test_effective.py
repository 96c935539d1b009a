"""Arrays seen from their terminals: the same currents as with every node solved, for any shape and terminal."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from crossbar.circuit.dense import node_voltages
from crossbar.circuit.test_crossbar import HARD, drive, ends, ohms, shapes, spread
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite.crossbar import Crossbar, Sinh, Terminal
from acanthite.crossbar.circuit.solvers.effective import Effective
from acanthite.crossbar.circuit.solvers.solver import Solver
from acanthite.errors import CrossbarError


def agree(crossbar: Crossbar, voltage, bit_line_voltage=None, within: float = 1e-9) -> None:
    """Assert the currents at the terminals are those of SuperLU's node voltages, relative to the largest."""
    u, v = node_voltages(crossbar, voltage, bit_line_voltage)
    currents = crossbar.circuit.conductance * (u - v)
    U = np.zeros(crossbar.shape[1]) if bit_line_voltage is None else bit_line_voltage
    into, out = crossbar.solver.effective.currents(voltage, U)
    largest = max(np.abs(currents.sum(k)).max() for k in (0, 1))
    slack = (
        within * largest
        + 1e-14 * max(np.abs(u).max(), np.abs(v).max()) * crossbar.circuit.conductance.sum()
    )
    # what flows from end to end drowns what the devices take
    for lines in (crossbar.circuit.word, crossbar.circuit.bit):
        slack += 1e-14 * lines.through.max()
    np.testing.assert_allclose(into, currents.sum(1), rtol=0, atol=slack)
    np.testing.assert_allclose(out, currents.sum(0), rtol=0, atol=slack)


@pytest.mark.parametrize("case", HARD)
@pytest.mark.parametrize("shape", [(70, 66), (300, 7), (1, 500), (1, 1), (65, 50)])
def test_hard_cases(case, shape):
    r, low = HARD[case]
    agree(Crossbar(spread(shape, low), r, r), drive(shape[0]))


@settings(max_examples=40, deadline=None)
@given(shape=shapes, seed=st.integers(0, 99), r_word=ohms, r_bit=ohms, r_end=ohms, low=st.sampled_from([1e-9, 1e-6, 1e-3]),
       left=ends, right=ends, top=ends, bottom=ends)  # fmt: skip
def test_any_shape_and_terminals(shape, seed, r_word, r_bit, r_end, low, left, right, top, bottom):
    terminals = {
        "left": left,
        "right": Terminal(right, r_end),
        "top": top,
        "bottom": Terminal(bottom, r_end),
    }
    if {left, right} == {"floating"} and {top, bottom} == {"floating"}:
        left = terminals["left"] = "driven"
    for one, two, r in ((left, right, r_word), (top, bottom, r_bit)):
        if "floating" not in (one, two) and r + r_end == 0.0:
            return
    crossbar = Crossbar(spread(shape, low, seed=seed), r_word, r_bit, **terminals)
    U = drive(shape[1], seed + 1) if "driven" in (top, bottom) else None
    agree(crossbar, drive(shape[0], seed), U)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999))
def test_terminals_and_segments_of_their_own(seed):
    rng = np.random.default_rng(seed)
    word, bit = rng.uniform(0.0, 20.0, (9, 8)), rng.uniform(0.0, 20.0, (10, 7))
    word[3, 4], word[5, 2], bit[4, 1], bit[0, 2] = np.inf, 0.0, np.inf, 0.0
    kinds = [list(rng.choice(["driven", "grounded", "floating"], n)) for n in (9, 9, 7, 7)]
    kinds[0][3] = kinds[1][3] = kinds[2][1] = kinds[3][1] = "driven"
    tied = [Terminal(k, rng.uniform(0.0, 50.0, len(k))) for k in kinds]
    agree(Crossbar(spread((9, 7)), word, bit, *tied), drive(9), drive(7))


def test_ideal_wires_give_the_conductance():
    G = spread((40, 30))
    crossbar = Crossbar(G, 0.0, 0.0)
    assert (crossbar.effective_conductance() == G).all()
    V = np.stack([drive(40, k) for k in range(40)])
    assert (crossbar.solve(V).output_current == V @ G).all()


def test_wires_nearly_ideal_lose_no_digits():
    G = spread((40, 30), 1e-9)
    np.testing.assert_allclose(Crossbar(G, 1e-15, 1e-15).effective_conductance(), G, rtol=1e-12)


def test_many_inputs_are_those_of_each():
    crossbar, V = Crossbar(spread((90, 70)), 2.0, 3.0), np.stack([drive(90, k) for k in range(33)])
    found = crossbar.solve(V)
    assert found.points.parts is None
    assert found.relative_residual <= 1e-10
    for k in (0, 32):
        one = crossbar.solve(V[k])
        scale = np.abs(one.output_current).max()
        np.testing.assert_allclose(
            found.output_current[k], one.output_current, rtol=0, atol=1e-9 * scale
        )
        np.testing.assert_allclose(
            found.input_current[k], one.input_current, rtol=0, atol=1e-9 * scale
        )
        np.testing.assert_array_equal(found.word_line_voltage[k], one.word_line_voltage)
    np.testing.assert_allclose(
        found.output_current, V @ crossbar.effective_conductance(), rtol=1e-12
    )


def test_both_lines_driven_by_many_inputs():
    crossbar = Crossbar(spread((20, 12)), 2.0, 3.0, bottom="driven")
    V, U = np.stack([drive(20, k) for k in range(5)]), drive(12)
    few, only = crossbar.solve(V, U), crossbar.solve(V, U, outputs_only=True)
    assert few.points.parts is not None
    scale = np.abs(few.output_current).max()
    np.testing.assert_allclose(only.output_current, few.output_current, rtol=0, atol=1e-9 * scale)
    np.testing.assert_allclose(only.power.delivered, few.power.delivered, rtol=1e-9)


def test_where_it_disagrees_each_input_is_solved(monkeypatch):
    crossbar, V = Crossbar(spread((30, 20))), np.stack([drive(30, k) for k in range(3)])
    right = Crossbar(spread((30, 20))).solver.effective
    wrong = Effective(right.into * (1 + 1e-8), 30)
    monkeypatch.setattr(Solver, "effective", wrong)
    found, each = crossbar.solve(V, outputs_only=True), crossbar.solve(V)
    assert (found.output_current == each.output_current).all()
    assert found.relative_residual == each.relative_residual
    assert (crossbar.solve(V[0], outputs_only=True).output_current == each.output_current[0]).all()


def test_the_inside_of_one_input_is_solved_for_alone(monkeypatch):
    crossbar, V = Crossbar(spread((8, 6)), 3.0, 3.0), np.stack([drive(8, k) for k in range(40)])
    found, solved = crossbar.solve(V), []
    solve = Solver.solve
    monkeypatch.setattr(
        Solver, "solve", lambda self, V, *rest: solved.append(V.shape) or solve(self, V, *rest)
    )
    one = found[7]
    assert (one.output_current == found.output_current[7]).all()
    assert not solved
    np.testing.assert_allclose(one.device_current.sum(axis=0), one.output_current, rtol=1e-9)
    assert solved == [(8,)]
    assert (found[7].device_current == found.device_current[7]).all()


def test_memory_does_not_grow_with_the_inputs():
    crossbar, V = (
        Crossbar(spread((128, 128))),
        np.random.default_rng(3).uniform(0.0, 1.0, (400, 128)),
    )
    crossbar.solve(V[:40])  # compiled, and the effective conductance made
    tracemalloc.start()
    crossbar.solve(V).output_current  # noqa: B018
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (
        peak < 30 * V.nbytes + 20 * crossbar.circuit.conductance.nbytes
    )  # the voltages of all nodes are 800 of crossbar.circuit.conductance


def test_bits_of_the_outputs_do_not_depend_on_the_number_of_inputs_asked_before():
    V = np.stack([drive(40, k) for k in range(32)])
    first, second = Crossbar(spread((40, 40))), Crossbar(spread((40, 40)))
    second.effective_conductance()
    assert (first.solve(V).output_current == second.solve(V).output_current).all()


def test_devices_that_are_not_linear_have_none():
    G = spread((4, 4))
    bent = Crossbar(G, devices=Sinh(G, 0.3))
    for ask in (bent.effective_conductance, lambda: bent.solve(drive(4), outputs_only=True)):
        with pytest.raises(CrossbarError, match="not linear have no effective conductance"):
            ask()
    tangent = bent.linearised(bent.solve(drive(4)))
    assert tangent.effective_conductance().shape == (4, 4)
