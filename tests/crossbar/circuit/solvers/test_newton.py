"""Nonlinear devices: balance at every node, known limits, and errors where there is no answer."""

from __future__ import annotations

import numpy as np
import pytest
from crossbar.circuit.test_crossbar import drive, spread
from scipy.optimize import brentq

from acanthite.crossbar import Crossbar, Sinh, Table, Terminal
from acanthite.errors import ConvergenceError, CrossbarError


@pytest.mark.parametrize(("volts", "v0"), [(0.1, 0.3), (1.0, 0.2), (1.0, 0.05)])
def test_devices_carry_what_the_wires_bring(volts, v0):
    G, V = spread((40, 30)), volts * drive(40)
    found = Crossbar(G, 5.0, 5.0, devices=Sinh(G, v0)).solve(V)
    current = G * v0 * np.sinh((found.word_line_voltage - found.bit_line_voltage) / v0)
    size = np.abs(current).max()
    np.testing.assert_allclose(found.device_current, current, rtol=0, atol=1e-9 * size)
    u = np.column_stack([V, found.word_line_voltage])
    along = np.column_stack([-np.diff(u, axis=1) / 5.0, np.zeros(40)])  # the right end floats
    np.testing.assert_allclose(
        -np.diff(along, axis=1), current, rtol=0, atol=1e-9 * np.abs(along).max()
    )
    power = found.power
    assert power.delivered == pytest.approx(
        power.devices + power.word_lines + power.bit_lines, rel=1e-9
    )
    assert found.relative_residual <= 1e-10


def test_one_device_behind_its_wires():
    found = Crossbar([[1e-3]], 100.0, 200.0, devices=Sinh([[1e-3]], 0.1)).solve([0.5])
    expected = brentq(
        lambda i: i - 1e-4 * np.sinh((0.5 - 300.0 * i) / 0.1), 0.0, 1e-2, xtol=1e-18, rtol=1e-14
    )
    assert found.output_current[0] == pytest.approx(expected, rel=1e-9)


def test_straight_lines_are_the_linear_array():
    G, V = spread((12, 20)), drive(12)
    linear = Crossbar(G, 3.0, 4.0).solve(V).output_current
    bent = (
        Sinh(G, 1e5),
        Table([-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0], G),
        lambda v: G * v,
        lambda v: (G * v, G),
    )
    for devices in bent:
        np.testing.assert_allclose(
            Crossbar(G, 3.0, 4.0, devices=devices).solve(V).output_current, linear, rtol=1e-8
        )


def test_several_inputs():
    G = spread((6, 5))
    crossbar, V = Crossbar(G, devices=Sinh(G, 0.2)), np.stack([drive(6, 1), drive(6, 2)])
    for k, found in enumerate(crossbar.solve(V).output_current):
        np.testing.assert_allclose(found, crossbar.solve(V[k]).output_current, rtol=1e-12)


def test_a_diode_that_blocks_one_way():
    table = Table([-1.0, 0.0, 0.4, 1.0], [0.0, 0.0, 1e-6, 1e-3])
    found = Crossbar(
        np.ones((3, 3)),
        10.0,
        10.0,
        devices=Table(table.voltage, table.current_points, np.ones((3, 3))),
    )
    assert (found.solve([-0.5, -0.5, -0.5]).output_current == 0.0).all()
    assert (found.solve([0.8, 0.8, 0.8]).output_current > 1e-4).all()


@pytest.mark.parametrize(
    ("devices", "message"),
    [
        (
            lambda v: -v,
            r"devices: .* A, slope -1 S at .* cell \(0, 0\); expected numbers, its slope",
        ),
        (lambda v: np.nan * v, r"devices: nan A"),
        (lambda v: v[:1], r"devices: currents of shape \(1, 2\), slopes of shape"),
        ("diode", r"devices \(='diode'\) must have a method current\(voltage\), or be a function"),
        (lambda v: None, r"devices: current = None; expected real numbers"),
        (
            lambda v: 1j * v,
            r"devices: current = array.*; expected real numbers, none of them complex",
        ),
        (lambda v: "much", r"devices: current = 'much'; expected real numbers"),
        (
            lambda v: (v, v, v),
            r"devices: current\(voltage\) returned tuple; expected two arrays",
        ),
        (lambda v: (v, v[0]), r"slopes of shape \(2,\); expected the shape of the voltages"),
        (lambda v: (1e60 * v, 1e60 + 0 * v), r"slope 1e\+60 S .* its slope at most 1e\+50 S"),
        (
            Sinh(np.ones((3, 3)), 0.1),
            r"Sinh holds values of shape \(3, 3\); expected one, or \(2, 2\)",
        ),
        (Table([-1, 0, 1], [-1, 0, 1], np.ones(3)), r"Table holds values of shape \(3,\)"),
    ],
)
def test_what_is_no_device_is_refused(devices, message):
    with pytest.raises(CrossbarError, match=message):
        Crossbar(np.ones((2, 2)), devices=devices).solve([1.0, 1.0])


def test_a_current_with_jumps_is_told():
    with pytest.raises(ConvergenceError, match="after 200 Newton steps"):
        Crossbar(
            np.ones((2, 2)),
            1e3,
            1e3,
            devices=lambda v: (1e-3 * v + 1e-3 * np.sign(v - 0.2), 1e-3 + 0 * v),
        ).solve([1, 1])


def test_tables_that_fall_are_refused():
    with pytest.raises(CrossbarError, match="current_points: expected a current through zero"):
        Table([-1.0, 0.0, 1.0], [0.0, 0.0, -1.0])
    with pytest.raises(CrossbarError, match="voltage: expected two or more rising values"):
        Table([0.0, 0.0], [0.0, 1.0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Sinh("steep", 0.1), r"Sinh: conductance = 'steep'; expected real numbers"),
        (
            lambda: Sinh([[np.nan]], 0.1),
            r"Sinh: conductance: nan at \(0, 0\); expected zero or more",
        ),
        (lambda: Sinh(1e-3, 0.0), "Sinh: scale: 0; expected positive volts"),
        (
            lambda: Table([-1, 0, 1], [-1, 0, 1], -1.0),
            "scale: -1; expected factors of zero or more",
        ),
        (lambda: Table("x", [1.0]), r"voltage = 'x'; expected real numbers"),
    ],
)
def test_devices_of_no_sense_are_refused_when_made(make, message):
    with pytest.raises(CrossbarError, match=message):
        make()


@pytest.mark.parametrize(
    "devices", [Sinh(1e-3, 0.2), Table([-1, 0, 1], [-1e-3, 0, 1e-3]), lambda v: 1e-3 * v**3]
)
def test_there_is_no_device_where_the_conductance_is_zero(devices):
    G = np.array([[1e-3, 0.0, 1e-3], [0.0, 1e-3, 1e-3]])
    found = Crossbar(G, 2.0, 3.0, devices=devices).solve([0.4, -0.3])
    assert (found.device_current[G == 0.0] == 0.0).all()
    assert (found.device_current[G > 0.0] != 0.0).all()
    assert (found.slope[G == 0.0] == 0.0).all()


def test_an_open_cell_is_not_evaluated_for_numbers():
    G = np.array([[1e-3, 0.0]])
    found = Crossbar(G, devices=lambda v: np.where(G > 0, 1e-3 * v, np.nan)).solve([0.5])
    assert found.device_current[0, 1] == 0.0
    assert found.output_current[0] == pytest.approx(0.5e-3, rel=1e-2)


@pytest.mark.parametrize("r", [0.0, 2.0])
def test_the_linearised_array_carries_what_its_devices_do(r):
    G = np.full((3, 3), 1e-3)
    bent = Crossbar(G, r, r, devices=Sinh(G, 0.1))
    found = bent.solve([0.3, 0.3, 0.3])
    tangent = bent.linearised(found)
    assert (found.slope == tangent.circuit.conductance).all()
    assert (np.asarray(tangent.conductance) == found.slope).all()
    assert tangent.devices is None
    solved = tangent.solve([0.3, 0.3, 0.3])
    np.testing.assert_allclose(solved.output_current, solved.device_current.sum(0), rtol=1e-12)
    many = tangent.solve(np.full((40, 3), 0.3))
    np.testing.assert_allclose(many.output_current[7], solved.output_current, rtol=1e-9)
    if r == 0.0:
        np.testing.assert_allclose(solved.output_current, 0.9e-3 * np.cosh(3.0), rtol=1e-12)


def test_steep_devices_between_lines_that_float():
    """The strong cells join floating lines into clusters that weak cells alone hold."""
    G = np.where(np.random.default_rng(4).random((8, 8)) < 0.3, 1e-2, 1e-12)
    kinds = ["driven"] + ["floating"] * 7
    bent = Crossbar(
        G,
        left=Terminal(kinds),
        bottom=Terminal(["grounded"] + ["floating"] * 7),
        devices=Sinh(G, 0.5),
    )
    found = bent.solve(np.ones(8))
    straight = Crossbar(G, left=bent.left, bottom=bent.bottom, devices=Sinh(G, 1e6)).solve(
        np.ones(8)
    )
    linear = Crossbar(G, left=bent.left, bottom=bent.bottom).solve(np.ones(8))
    np.testing.assert_allclose(
        straight.word_line_voltage, linear.word_line_voltage, rtol=0, atol=1e-10
    )
    assert found.error.voltage < 1e-10
    assert np.abs(found.word_line_voltage - linear.word_line_voltage).max() > 1e-6


def test_lines_that_float_and_carry_nothing_take_the_voltage_of_the_others():
    found = Crossbar(
        [[4e-7], [4e-7]], 1e-3, 10.0, bottom="floating", devices=Sinh(4e-7, 0.2)
    ).solve([0.5, 0.5])
    np.testing.assert_allclose(found.bit_line_voltage, 0.5, rtol=1e-9)
    assert found.error.voltage < 1e-9
