"""Nodes: the published table, and what lies between its rows."""

from __future__ import annotations

import pytest

from acanthite.constants import nm
from acanthite.cost import CONSTANTS, ProcessNode
from acanthite.cost.node import logic
from acanthite.errors import ChipError


@pytest.mark.parametrize(
    ("size", "energy", "delay"),
    [
        (130, 5.18, 33.5),
        (90, 3.21, 23.6),
        (65, 1.68, 19.2),
        (45, 0.861, 12.5),
        (32, 0.457, 8.4),
        (20, 0.201, 9.5),
        (14, 0.096, 4.5),
        (7, 0.048, 3.2),
    ],
)
def test_polynomials_at_nominal_voltage(size, energy, delay):
    assert logic.ENERGY[size * nm] == pytest.approx(energy, rel=0.01)
    assert logic.DELAY[size * nm] == pytest.approx(delay, rel=0.02)


def test_the_authors_own_example():
    """0.4571 at 32 nm and 0.9 V, of their corrigendum."""
    assert logic.ENERGY[32 * nm] == pytest.approx(0.4571, abs=1e-4)


def test_between_two_nodes_lies_between():
    nodes = [ProcessNode(size * nm, CONSTANTS) for size in (45, 40, 32, 28, 22, 20)]
    for quantity in ("gate_area", "gate_input", "wire_capacitance"):
        values = [getattr(node, quantity) for node in nodes]
        assert values == sorted(values, reverse=True)
    energies = [node.energy_from(45 * nm) for node in nodes]
    assert energies == sorted(energies, reverse=True)
    assert energies[0] == pytest.approx(1.0)


def test_a_node_nobody_knows_is_refused():
    for size in (5, 180):
        with pytest.raises(ChipError, match=r"node: size \[m\] = .*7e-09.*1\.3e-07"):
            ProcessNode(size * nm, CONSTANTS)
    with pytest.raises(ChipError, match="flavour = 'low'; expected one of low-power"):
        ProcessNode(22 * nm, CONSTANTS, "low")


def test_what_is_continued_is_said():
    assert ProcessNode(7 * nm, CONSTANTS).limits
    assert not ProcessNode(45 * nm, CONSTANTS).limits


def test_a_node_is_the_same_however_it_is_written():
    for size in (7, 22, 65, 130):
        plain, counted = (ProcessNode(s, CONSTANTS) for s in (float(f"{size}e-9"), size * nm))
        assert plain == counted
        assert plain.gate_area == counted.gate_area
    assert not ProcessNode(22e-9, CONSTANTS).limits
