import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laws import one_state

from acanthite.constants import ns, us
from acanthite.crossbar import DynamicCells, Terminal, Wires, largest_array, read_error, transient
from acanthite.errors import CrossbarError

HERE = Path(__file__).parents[2] / "references"
spec = importlib.util.spec_from_file_location("rc_array", HERE / "rc_array.py")
reference = importlib.util.module_from_spec(spec)
spec.loader.exec_module(reference)
LINES = Wires(2.0, 3.0, 50.0, 50.0, 2e-15, 2e-15, 13e-15)


def test_currents_in_time_are_those_of_ngspice():
    r = reference
    wires = Wires(r.R_WORD, r.R_BIT, r.DRIVER, r.SENSE, r.C_WORD, r.C_BIT, r.C_CROSS)
    found = transient(r.G, wires, r.WORD, r.STOP, edge=r.EDGE, tolerance=3e-6)
    rows = np.loadtxt(HERE / "rc_array.csv", delimiter=",")
    largest = np.abs(rows[:, 1:]).max()
    for time, *current in rows:
        np.testing.assert_allclose(found.at(time), current, rtol=0, atol=3e-4 * largest)


@settings(deadline=None, max_examples=25)
@given(
    n=st.integers(1, 6),
    m=st.integers(1, 6),
    seed=st.integers(0, 999),
    cross=st.sampled_from([0.0, 5e-14]),
)
def test_it_ends_where_the_solver_is(n, m, seed, cross):
    rng = np.random.default_rng(seed)
    G, word, bit = 10 ** rng.uniform(-6, -3, (n, m)), rng.normal(size=n), rng.normal(size=m)
    wires = Wires(*rng.uniform(1, 100, 4), 1e-15, 1e-15, cross)
    static = wires.crossbar(G, bottom=Terminal("driven", wires.sense_resistance)).solve(word, bit)
    found = transient(G, wires, word, 100 * us, bit=bit)
    largest = np.abs(static.device_current).sum()
    np.testing.assert_allclose(found.output_current[-1], static.output_current, atol=1e-5 * largest)
    np.testing.assert_allclose(
        found.word_line_voltage, static.word_line_voltage, atol=1e-5 * np.abs(word).max() + 1e-5
    )


def test_one_node_charges_exponentially_and_the_order_is_two():
    wires = Wires(1e3, 1.0, 0.0, 0.0, 1e-12)
    errors = []
    for tolerance in (1e-3, 1e-4, 1e-5):
        found = transient(np.zeros((1, 1)) + 1e-9, wires, [1.0], 3 * ns, tolerance=tolerance)
        exact = (1 - np.exp(-found.time / 1e-9)) * 1e-9
        errors.append(np.abs(found.output_current[:, 0] - exact).max() / 1e-9)
    assert errors[0] < 1e-3
    assert errors[2] < 0.03 * errors[0]
    wanted = -1e-9 * np.log(np.exp(-3) + 0.01 * (1 - np.exp(-3)))
    assert found.settled(0.01) == pytest.approx(wanted, rel=0.01)


def test_cells_move_while_the_lines_charge():
    moving = one_state("moving", initial=0.1, push=1e6, g_x=1e-6)
    cells = DynamicCells(moving.sample(4, seed=0), (2, 2))
    found = transient(cells, LINES, [0.5, 1.0], 2 * us)
    x = 1 - 0.9 * np.exp(-1e6 * 2e-6 * np.array([0.5, 1.0]))
    np.testing.assert_allclose(cells.state("x"), np.repeat(x[:, None], 2, 1), rtol=2e-3)
    np.testing.assert_allclose(found.output_current[-1], 1e-6 * (x @ [0.5, 1.0]), rtol=2e-3)


def test_a_longer_line_settles_later_and_errs_more():
    times = [
        transient(np.full((n, n), 2e-6), LINES, np.full(n, 0.005), 1 * us).settled(0.01)
        for n in (2, 8, 32)
    ]
    assert times == sorted(times)
    errors = [read_error(np.full((n, n), 2e-6), LINES, 1 * us) for n in (2, 8, 32)]
    assert errors == sorted(errors)
    n = largest_array(LINES, 1 * us, 0.01)
    assert (
        read_error(np.full((n, n), 2e-6), LINES, 1 * us)
        <= 0.01
        < read_error(np.full((n + 1, n + 1), 2e-6), LINES, 1 * us)
    )
    assert largest_array(LINES, 1e-12, 0.01) == 0
    assert largest_array(LINES, 1 * us, 0.5, limit=7) == 7


def test_what_makes_no_sense_is_refused():
    G = np.full((2, 3), 1e-6)
    with pytest.raises(CrossbarError, match=r"has the shape \(3,\); expected finite numbers"):
        transient(G, LINES, np.zeros(3), 1 * ns)
    with pytest.raises(CrossbarError, match="needs line resistances above zero"):
        transient(G, Wires(0.0, 1.0), np.zeros(2), 1 * ns)
    with pytest.raises(CrossbarError, match="duration = -1"):
        transient(G, LINES, np.zeros(2), -1.0)
    with pytest.raises(CrossbarError, match=r"devices: -.* expected zero or more"):
        transient(-G, LINES, np.zeros(2), 1 * ns)
    with pytest.raises(CrossbarError, match="word_line_capacitance = -1"):
        Wires(word_line_capacitance=-1.0)


@pytest.mark.parametrize("edge", [0.0, 1e-10])
def test_lines_without_capacitance_are_there_at_once(edge):
    G, wires = 10 ** np.random.default_rng(2).uniform(-6, -3, (3, 4)), Wires(2.0, 3.0, 50.0, 50.0)
    static = wires.crossbar(G).solve([0.1, -0.2, 0.3])
    found = transient(G, wires, [0.1, -0.2, 0.3], 1 * ns, edge=edge)
    np.testing.assert_allclose(found.output_current[-1], static.output_current, rtol=1e-6)
    np.testing.assert_allclose(found.word_line_voltage, static.word_line_voltage, rtol=1e-6)
    assert (transient(G, LINES, np.zeros(3), 1 * ns).output_current == 0.0).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"word": [np.nan, 1.0]}, r"word: nan at \(0,\); expected finite numbers"),
        ({"bit": [0.0, np.inf, 0.0]}, r"bit: inf at \(1,\); expected finite numbers"),
        ({"word": [1j, 1.0]}, r"word = .*; expected real numbers, none of them complex"),
        ({"word": [1e-300, 0.0]}, r"word: 1e-300; expected zero, or 1e-50"),
        ({"devices": "cells"}, r"devices = 'cells'; expected real numbers"),
        ({"devices": None}, r"devices = None; expected real numbers"),
        (
            {"devices": [1e-6, 1e-6]},
            r"devices has the shape \(2,\); expected \(word lines",
        ),
        (
            {"devices": np.zeros((0, 3)), "word": []},
            r"devices has the shape \(0, 3\); expected \(word lines",
        ),
        ({"duration": "long"}, r"duration = 'long'; expected a positive number"),
        ({"duration": None}, r"duration = None; expected a positive number"),
        ({"tolerance": np.nan}, "tolerance = nan; expected a positive number"),
        ({"wires": None}, r"wires = None; expected Wires"),
        (
            {"wires": Wires(1.0, 1.0, sense_resistance=1e20)},
            r"cells conduct 2.0e\+14 times as well as their lines",
        ),
    ],
)
def test_a_transient_of_no_sense_is_refused(change, message):
    arguments = {
        "devices": np.full((2, 3), 1e-6),
        "wires": LINES,
        "word": np.ones(2),
        "duration": 1 * ns,
    } | change
    with pytest.raises(CrossbarError, match=message):
        transient(**arguments)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda found: found.at(5 * ns), "time = 5e-09; expected a number from 0 to 1e-09"),
        (lambda found: found.at(np.nan), "time = nan; expected a number from 0"),
        (lambda found: found.settled(np.nan), "error = nan; expected a positive number"),
        (
            lambda found: found.settled(0.1, [1.0, 2.0]),
            r"final has the shape \(2,\); expected .* \(3,\)",
        ),
        (lambda found: found.settled(0.1, np.zeros(3)), "the final currents are all zero"),
        (lambda _: read_error(np.zeros((2, 2)), LINES, 1 * ns), "zero everywhere"),
        (
            lambda _: read_error("cells", LINES, 1 * ns),
            r"conductance = 'cells'; expected real numbers",
        ),
        (
            lambda _: read_error(np.ones((2, 2)), LINES, -1.0),
            "time = -1.0; expected a positive number",
        ),
        (
            lambda _: largest_array(LINES, "now", 0.1),
            r"largest_array: time = 'now'; expected a positive number",
        ),
        (
            lambda _: largest_array(LINES, 1 * ns, 0.1, limit=2.5),
            "limit = 2.5; expected a whole number",
        ),
        (
            lambda _: Wires("thin"),
            r"wires: word_line_resistance = 'thin'; expected a number of zero or more",
        ),
    ],
)
def test_questions_of_no_sense_are_refused(ask, message):
    found = transient(np.full((2, 3), 1e-6), LINES, np.ones(2), 1 * ns)
    with pytest.raises(CrossbarError, match=message):
        ask(found)
