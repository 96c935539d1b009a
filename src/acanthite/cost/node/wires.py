"""Capacitance and resistance of wires at a node.

CACTI 7's conservative geometry of intermediate wires from 90 to 22 nm, SKY130 at 130 nm and ASAP7
at 7 nm as OpenROAD extracts them.
"""

from __future__ import annotations

from acanthite.constants import fF, nm, um
from acanthite.cost.constants import factor
from acanthite.cost.node.interpolation import NodeTable

SOURCE = "Balasubramonian2017"

_CAPACITANCE = {130: 0.19, 90: 0.29, 65: 0.27, 45: 0.26, 32: 0.25, 22: 0.24, 7: 0.173}
_RESISTANCE = {130: 0.893, 90: 1.05, 65: 2.0, 45: 4.2, 32: 8.4, 22: 20.0, 7: 32.0}

CAPACITANCE = NodeTable({size * nm: value * fF / um for size, value in _CAPACITANCE.items()})
"""By node [m], over length. [F/m]"""
RESISTANCE = NodeTable({size * nm: value / um for size, value in _RESISTANCE.items()})
"""By node [m], over length. [ohm/m]"""

CONSTANTS = (
    factor("wire.capacitance", 0.6, 1.6, "Ajayi2019", "0.1 to 0.3 fF/um over all nodes and layers"),
    factor("wire.resistance", 0.5, 2.0, SOURCE, "layer and barrier, assumed"),
)
