"""What transistors leak: the ITRS tables of CACTI 7 from 90 to 22 nm, SKY130 at 130 nm."""

from __future__ import annotations

from typing import Literal

from acanthite.constants import nA, nm, um
from acanthite.cost.constants import factor
from acanthite.cost.node.interpolation import NodeTable

SOURCE = "Balasubramonian2017"

Flavour = Literal["low-power", "high-performance"]

_SKY130_OFF = 0.0017
"""Of 130 nm: the 2 pW that a NAND gate of SKY130 leaks, over 1.8 V and 0.65 um. [nA/um]"""

_LOW_POWER = {130: _SKY130_OFF, 90: 0.013, 65: 0.036, 45: 0.041, 32: 0.078, 22: 0.19}
_HIGH_PERFORMANCE = {130: _SKY130_OFF, 90: 59.0, 65: 305.0, 45: 439.0, 32: 168.0, 22: 134.0}

OFF_CURRENT: dict[Flavour, NodeTable] = {
    "low-power": NodeTable({size * nm: i * nA / um for size, i in _LOW_POWER.items()}),
    "high-performance": NodeTable(
        {size * nm: i * nA / um for size, i in _HIGH_PERFORMANCE.items()}
    ),
}
"""By node [m], over the width of the gate, at 330 K; 130 nm has no high-performance row. [A/m]"""

CONSTANTS = (
    factor("logic.leakage", 0.3, 3.0, SOURCE, "300 to 360 K about the 330 K of the table"),
)
