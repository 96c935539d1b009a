"""ngspice runs our netlists and finds our output currents."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pytest
from crossbar.circuit.test_crossbar import HARD, drive, spread

from acanthite.crossbar import Crossbar, Sinh, Terminal, netlist
from acanthite.errors import CrossbarError

needs_ngspice = pytest.mark.skipif(
    shutil.which("ngspice") is None, reason="ngspice is not installed (Debian package ngspice)"
)


def ngspice(text: str, folder) -> np.ndarray:
    """Run a netlist; return its output currents. [A]"""
    (folder / "array.cir").write_text(text)
    done = subprocess.run(
        ["ngspice", "-b", "array.cir"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    lines = [x for x in (folder / "currents.txt").read_text().splitlines() if "=" in x]
    assert lines, done.stdout + done.stderr
    return np.array([float(line.rpartition("=")[2]) for line in lines])


def agree(crossbar: Crossbar, folder, bit_line_voltage=None) -> None:
    V = drive(crossbar.shape[0])
    theirs = ngspice(netlist(crossbar, V, bit_line_voltage), folder)
    ours = crossbar.solve(V, bit_line_voltage).output_current
    assert theirs.shape == ours.shape
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9 * np.abs(theirs).max())


@needs_ngspice
@pytest.mark.parametrize("case", HARD)
def test_hard_cases(case, tmp_path):
    r, low = HARD[case]
    agree(Crossbar(spread((32, 24), low), r, r), tmp_path)


@needs_ngspice
@pytest.mark.parametrize(
    "terminals",
    [
        {"left": Terminal("driven", 100.0), "bottom": Terminal("grounded", 300.0)},
        {
            "left": "floating",
            "right": Terminal("driven", 50.0),
            "top": Terminal("grounded", 20.0),
            "bottom": "floating",
        },
        {"right": "driven", "top": "grounded"},
        {
            "right": Terminal(["grounded"] * 4 + ["floating"] * 12),
            "left": Terminal("driven", np.linspace(0, 90, 16)),
        },
        {"word_line_resistance": 0.0, "bottom": "driven"},
        {"bit_line_resistance": 0.0, "top": Terminal("driven", 10.0)},
    ],
)
def test_terminals(terminals, tmp_path):
    crossbar = Crossbar(
        spread((16, 20)), **{"word_line_resistance": 3.0, "bit_line_resistance": 7.0, **terminals}
    )
    agree(crossbar, tmp_path, drive(20, 9) if crossbar.circuit.bit.driven.any() else None)


@needs_ngspice
def test_nonlinear_devices(tmp_path):
    G = spread((16, 16))
    agree(Crossbar(G, 10.0, 10.0, devices=Sinh(G, 0.25)), tmp_path)


def test_devices_without_a_formula_are_refused():
    with pytest.raises(
        CrossbarError, match="have no formula for a netlist; expected linear or Sinh"
    ):
        netlist(Crossbar(np.ones((2, 2)), devices=lambda v: v**3), [1.0, 1.0])


def test_one_input_a_netlist():
    with pytest.raises(CrossbarError, match=r"voltage has the shape \(3, 2\); expected \(2,\)"):
        netlist(Crossbar(np.ones((2, 2))), np.ones((3, 2)))


@needs_ngspice
def test_a_netlist_has_no_device_where_the_conductance_is_zero(tmp_path):
    G = spread((6, 5))
    G[1, 2] = G[4, 0] = 0.0
    text = netlist(Crossbar(G, devices=Sinh(spread((6, 5)), 0.25)), drive(6))
    assert text.count("sinh(") == 28
    assert "Bd1_2" not in text
    agree(Crossbar(G, 10.0, 10.0, devices=Sinh(spread((6, 5)), 0.25)), tmp_path)


def test_devices_of_another_shape_are_refused():
    with pytest.raises(CrossbarError, match=r"Sinh holds values of shape \(3, 3\)"):
        netlist(Crossbar(np.ones((2, 2)), devices=Sinh(np.ones((3, 3)), 0.1)), [1.0, 1.0])
