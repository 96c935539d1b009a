"""The array solver against one sparse matrix of node equations, and what every circuit owes: balance, limits, clear errors."""

from __future__ import annotations

import numpy as np
import pytest
from crossbar.circuit.dense import node_voltages
from hypothesis import given, settings
from hypothesis import strategies as st

from acanthite import threads
from acanthite.crossbar import FLOATING, Crossbar, Sinh, Terminal
from acanthite.crossbar.circuit.solvers.sweeps import compiled
from acanthite.errors import ConvergenceError, CrossbarError

HARD = {
    "1 ohm": (1.0, 1e-6),
    "10 ohm": (10.0, 1e-6),
    "1 ohm, six decades": (1.0, 1e-9),
    "10 ohm, six decades": (10.0, 1e-9),
    "10 ohm, all LRS": (10.0, 1e-3),
}


def spread(shape, low: float = 1e-6, high: float = 1e-3, seed: int = 1) -> np.ndarray:
    """Return conductances spread evenly over their logarithm. [S]"""
    return np.exp(np.random.default_rng(seed).uniform(np.log(low), np.log(high), shape))


def drive(n: int, seed: int = 2) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1.0, 1.0, n)


def agree(
    crossbar: Crossbar,
    voltage,
    bit_line_voltage=None,
    within: float = 1e-9,
    tolerance: float = 1e-10,
) -> None:
    """Assert every node, and the output currents relative to the largest, are SuperLU's, and that power balances."""
    found = crossbar.solve(voltage, bit_line_voltage, tolerance=tolerance)
    u, v = node_voltages(crossbar, voltage, bit_line_voltage)
    scale = max(np.abs(u).max(), np.abs(v).max())
    np.testing.assert_allclose(found.word_line_voltage, u, rtol=0, atol=within * scale)
    np.testing.assert_allclose(found.bit_line_voltage, v, rtol=0, atol=within * scale)
    currents = crossbar.circuit.conductance * (u - v)
    rounding = (
        1e-15 * scale * crossbar.circuit.conductance.sum()
    )  # all there is where no current can flow
    np.testing.assert_allclose(
        found.output_current,
        currents.sum(0),
        rtol=0,
        atol=within * np.abs(currents).sum(0).max() + rounding,
    )
    assert found.relative_residual <= tolerance
    power = found.power
    lost = power.devices + power.word_lines + power.bit_lines
    assert abs(power.delivered - lost) <= 1e-9 * lost + rounding * scale


@pytest.mark.parametrize("case", HARD)
@pytest.mark.parametrize("shape", [(64, 64), (300, 7), (1, 500), (1, 1), (65, 50)])
def test_hard_cases_at_every_node(case, shape):
    r, low = HARD[case]
    agree(Crossbar(spread(shape, low), r, r), drive(shape[0]))


shapes = st.one_of(
    st.tuples(st.integers(1, 12), st.integers(1, 12)),
    st.tuples(st.just(1), st.integers(1, 500)),
    st.tuples(st.integers(1, 300), st.integers(1, 7)),
)
ohms = st.sampled_from([0.0, 1e-3, 1.0, 10.0, 1e4])
ends = st.sampled_from(["driven", "grounded", "floating"])


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
    agree(
        crossbar, drive(shape[0], seed), U, tolerance=1e-12
    )  # floating lines: errors up to 1e3 residuals


def test_segments_of_their_own_broken_and_ideal_ones_included():
    rng = np.random.default_rng(5)
    word, bit = rng.uniform(0.0, 20.0, (9, 8)), rng.uniform(0.0, 20.0, (10, 7))
    word[3, 4], word[5, 2], bit[4, 1], bit[0, 2] = np.inf, 0.0, np.inf, 0.0
    kinds = [
        "driven",
        "grounded",
        "driven",
        "floating",
        "driven",
        "driven",
        "grounded",
        "driven",
        "driven",
    ]
    agree(
        Crossbar(spread((9, 7)), word, bit, right=Terminal(kinds, rng.uniform(0.0, 50.0, 9))),
        drive(9),
    )


def test_ideal_wires_give_the_product_to_the_bit():
    G, V = spread((40, 30)), drive(40)
    found = Crossbar(G, 0.0, 0.0).solve(V)
    assert (found.output_current == V @ G).all()
    assert found.relative_residual == 0.0
    many = np.stack([V, -2.0 * V])
    assert (Crossbar(G, 0.0, 0.0).solve(many).output_current == many @ G).all()


@pytest.mark.parametrize("r", [(0.0, 3.0), (3.0, 0.0)])
def test_wires_of_one_side_ideal(r):
    agree(Crossbar(spread((20, 30)), *r), drive(20))


@pytest.mark.parametrize(
    ("shape", "r"), [((17, 9), 2.0), ((40, 50), 2.0), ((1, 30), 0.0), ((6, 3), None)]
)
def test_many_inputs_are_each_solved_to_the_same_bits(shape, r):
    rng = np.random.default_rng(3)
    r = rng.uniform(0.1, 9.0, (shape[0], shape[1] + 1)) if r is None else r
    crossbar = Crossbar(spread(shape), r, 3.0, right=Terminal("floating", 4.0), top="grounded")
    V = np.stack([drive(shape[0], k) * 10.0 ** (-3 * k) for k in range(6)])
    V[4] = 0.0
    found = crossbar.solve(V)
    assert found.output_current.shape == (6, shape[1])
    for k in range(6):
        alone = crossbar.solve(V[k])
        assert (found.output_current[k] == alone.output_current).all()
        assert (found[k].word_line_voltage == alone.word_line_voltage).all()
        assert (found[k].device_current == found.device_current[k]).all()


def test_an_input_not_there_beside_others_is_solved_alone(monkeypatch):
    crossbar, V = Crossbar(spread((9, 7)), 20.0, 30.0), np.stack([drive(9, k) for k in range(3)])
    expected, solve = crossbar.solve(V), compiled.solve

    def stopped(*arguments):
        reached, done = solve(*arguments)
        if reached.size > 1:
            arguments[2][:, 7:14] = 9.0
            reached[1] = 1.0
        return reached, done

    monkeypatch.setattr(compiled, "solve", stopped)
    assert (crossbar.solve(V).device_current == expected.device_current).all()
    monkeypatch.undo()
    with pytest.raises(ConvergenceError, match="after 1 iterations"):
        crossbar.solve(V, max_iterations=1)


@pytest.mark.parametrize("devices", [None, Sinh(spread((6, 4)), 0.2)])
def test_one_of_several_inputs(devices):
    V, U = np.stack([drive(6, k) for k in range(3)]), drive(4, 9)
    crossbar = Crossbar(spread((6, 4)), 2.0, 3.0, bottom="driven", devices=devices)
    found = crossbar.solve(V, U)
    for k in (0, -1):
        assert found[k].voltage.shape == (6,)
        assert (found[k].bit_line_voltage == found.bit_line_voltage[k]).all()
        assert found[k].power.delivered == pytest.approx(found.power.delivered[k], rel=1e-12)
        tangent = crossbar.conductance if found.slope is None else found.slope[k]
        assert (tangent == crossbar.linearised(found[k]).conductance).all()
    with pytest.raises(IndexError, match="3 inputs"):
        found[3]
    with pytest.raises(CrossbarError, match="one input"):
        found[0][0]


def test_bits_do_not_depend_on_threads():
    crossbar, V = Crossbar(spread((90, 140)), 5.0, 5.0), drive(90)
    try:
        answers = []
        for n in (1, 2):
            threads.use(n)
            answers.append(crossbar.solve(V))
    finally:
        threads.use(None)
    assert (answers[0].word_line_voltage == answers[1].word_line_voltage).all()
    assert (answers[0].output_current == answers[1].output_current).all()


def test_currents_add_up_at_the_terminals():
    found = Crossbar(spread((12, 15)), 10.0, 10.0).solve(drive(12))
    np.testing.assert_allclose(found.input_current.sum(), found.output_current.sum(), rtol=1e-9)


def test_a_residual_out_of_reach_is_told():
    with pytest.raises(
        ConvergenceError, match=r"relative residual is .* after 3 iterations; expected 1.0e-10"
    ):
        Crossbar(np.full((64, 64), 1e-3), 10.0, 10.0).solve(np.ones(64), max_iterations=3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"conductance": [[1.0, np.nan]]}, r"conductance: nan at \(0, 1\); expected zero or more"),
        ({"conductance": [[1.0], [-2.0]]}, r"conductance: -2 at \(1, 0\)"),
        ({"conductance": [1.0, 2.0]}, r"conductance has the shape \(2,\); expected \(word lines, bit lines\)"),
        ({"conductance": np.ones((0, 3))}, r"conductance has the shape \(0, 3\)"),
        ({"conductance": "ten"}, r"conductance = 'ten'; expected real numbers"),
        ({"conductance": 1j * np.ones((2, 3))}, r"conductance = .*; expected real numbers, none of them complex"),
        ({"conductance": None}, r"conductance = None; expected real numbers"),
        ({"conductance": [["1", "2", "3"]] * 2}, r"conductance = .*; expected real numbers, none of them complex, text"),
        ({"conductance": np.ma.masked_less(np.eye(2, 3), 0.5)}, r"conductance = .*; expected real numbers"),
        ({"conductance": np.full((2, 3), 1e296)}, r"conductance: 1e\+296 at \(0, 0\); expected zero, or 1e-50 to 1e\+50 S"),
        ({"conductance": [[1e-3, 1e-200, 0.0]] * 2}, r"conductance: 1e-200 at \(0, 1\); expected zero, or 1e-50"),
        ({"word_line_resistance": 1e60}, r"word_line_resistance: 1e\+60; expected zero, or 1e-50 to 1e\+50 ohms"),
        ({"word_line_resistance": 2j}, r"word_line_resistance = 2j; expected real numbers"),
        ({"left": Terminal("driven", None)}, r"left: resistance = None; expected real numbers"),
        ({"word_line_resistance": -1.0}, r"word_line_resistance: -1; expected resistances of zero or more"),
        ({"bit_line_resistance": [[1.0, np.nan, 1.0]] * 3}, r"bit_line_resistance: nan at \(0, 1\)"),
        ({"bit_line_resistance": np.ones((2, 3))}, r"bit_line_resistance has the shape \(2, 3\); .* \(3, 3\)"),
        ({"word_line_resistance": np.ones((3, 3))}, r"word_line_resistance has the shape \(3, 3\); .* \(2, 4\)"),
        ({"left": "open"}, r"left: kind 'open'; expected one of driven, grounded, floating"),
        ({"left": Terminal("driven", [1.0])}, r"left: resistance has the shape \(1,\)"),
        ({"bottom": Terminal("grounded", -5.0)}, r"bottom: resistance: -5; expected resistances of zero or more ohms"),
        ({"word_line_resistance": 0.0, "right": "driven"}, r"line 0 is tied at both ends without any resistance"),
        ({"left": FLOATING, "bottom": FLOATING}, r"word line 0, node 0: no path to a driven or grounded"),
        ({"word_line_resistance": [[1, 1, np.inf, 1], [1, 1, 1, 1]], "conductance": [[1, 0, 0], [1, 1, 1.0]]},
         r"word line 0, node 2: no path .* \(1 such node"),
    ],
)  # fmt: skip
def test_what_no_array_can_be_is_refused(change, message):
    arguments = {"conductance": np.full((2, 3), 1e-3)} | change
    with pytest.raises(CrossbarError, match=message):
        Crossbar(**arguments)


@pytest.mark.parametrize(
    ("voltage", "bits", "message"),
    [
        (np.ones(4), None, r"voltage has the shape \(4,\); expected \(2,\) or \(inputs, 2\)"),
        ([1.0, np.nan], None, r"voltage: nan at \(1,\); expected volts"),
        ([1j, 1.0], None, r"voltage = .*; expected real numbers, none of them complex"),
        (["1", "2"], None, r"voltage = .*; expected real numbers, none of them complex, text"),
        (None, None, r"voltage = None; expected real numbers"),
        ([1e-60, 0.0], None, r"voltage: 1e-60; expected zero, or 1e-50 to 1e\+50 V"),
        ([[1.0, 1.0], [1e90, 0.0]], None, r"voltage: 1e\+90 at \(1,\); expected zero, or"),
        ([1.0, 1.0], [0.0, 0.0, 0.0], r'no end of a bit line is driven; pass bottom="driven"'),
    ],
)
def test_voltages_that_do_not_fit_are_refused(voltage, bits, message):
    with pytest.raises(CrossbarError, match=message):
        Crossbar(np.full((2, 3), 1e-3)).solve(voltage, bits)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tolerance": np.nan}, "tolerance = nan; expected a positive number"),
        ({"tolerance": 0}, "tolerance = 0; expected a positive number"),
        ({"tolerance": "tight"}, r"tolerance = 'tight'; expected a positive number"),
        ({"max_iterations": 2.5}, "max_iterations = 2.5; expected a whole number of at least 1"),
        ({"outputs_only": "yes"}, "outputs_only = 'yes'; expected True, False or None"),
    ],
)
def test_options_of_no_sense_are_refused(options, message):
    with pytest.raises(CrossbarError, match=message):
        Crossbar(np.full((2, 3), 1e-3)).solve([1.0, 1.0], **options)


def test_an_array_keeps_its_own_conductances():
    G = spread((4, 3))
    crossbar, before = Crossbar(G), Crossbar(G.copy()).solve(drive(4)).output_current
    G *= 2.0
    assert (crossbar.solve(drive(4)).output_current == before).all()
    with pytest.raises(CrossbarError, match=r"solution\['a'\]: expected the number of an input"):
        crossbar.solve(np.ones((3, 4)))["a"]


@pytest.mark.parametrize("kind", ["hanging", ["driven", "hanging"]])
def test_a_terminal_of_an_unknown_kind_is_refused_when_it_is_made(kind):
    with pytest.raises(
        CrossbarError, match="terminal: kind 'hanging'; expected one of driven, grounded, floating"
    ):
        Terminal(kind)
