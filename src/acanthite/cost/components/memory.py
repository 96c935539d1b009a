"""Buffers: static memory, from our runs of CACTI 7.

A read of a bit costs k sqrt(size); fitted from 2 to 128 kB at 90 to 22 nm, within 7 %. Larger
memories are banks of 128 kB. Other nodes follow the scaling of logic from the nearest row.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import ClassVar

from acanthite.arguments import number
from acanthite.constants import fJ, nm, ns, um
from acanthite.cost.components.base import Component
from acanthite.cost.constants import CostConstant, factor
from acanthite.cost.node import logic
from acanthite.cost.node.interpolation import NodeTable
from acanthite.cost.node.transistors import Flavour
from acanthite.errors import ChipError
from acanthite.quantities import accepts_quantities

_KILOBYTE = 1024.0
_LEAST, _BANK = 2 * _KILOBYTE, 128 * _KILOBYTE
_nW = 1e-9


def _table(unit: float, *values: float) -> NodeTable:
    """Return a table of 90, 65, 45, 32 and 22 nm."""
    sizes = (90, 65, 45, 32, 22)
    return NodeTable({n * nm: value * unit for n, value in zip(sizes, values, strict=True)})


READ: dict[Flavour, NodeTable] = {
    "high-performance": _table(fJ, 65.0, 36.0, 21.0, 11.6, 6.1),
    "low-power": _table(fJ, 85.0, 48.0, 26.0, 14.6, 6.7),
}
"""Of a bit of a memory of 1 kB, by node [m]. [J]"""
BIT_AREA = _table(um**2, 1.95, 1.02, 0.49, 0.245, 0.115)
"""Of a bit with its share of decoders and amplifiers, by node [m]. [m^2]"""
BIT_LEAKAGE: dict[Flavour, NodeTable] = {
    "high-performance": _table(_nW, 19.0, 75.0, 67.0, 23.0, 11.0),
    "low-power": _table(_nW, 0.0017, 0.0037, 0.0027, 0.0036, 0.0023),
}
"""Of a bit, by node [m], at 300 K. [W]"""
ACCESS = _table(ns, 1.3, 0.96, 0.56, 0.4, 0.25)
"""Of 8 kB of high-performance cells, by node [m]. [s]"""

CONSTANTS = (
    factor("memory.energy", 0.9, 2.7, "Horowitz2014", "has 2.7 times CACTI's energy at 45 nm"),
    CostConstant("memory.write", 2.85, "1", 2.7, 3.0, "Balasubramonian2017", "write over read"),
    factor("memory.area", 0.8, 1.5, "Balasubramonian2017", "spread over sizes, and routing"),
    factor("memory.leakage", 0.5, 5.0, "Balasubramonian2017", "300 to 350 K, assumed"),
)


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class Memory(Component):
    """A buffer of static memory; an operation is the read of one bit.

    Parameters
    ----------
    node : ProcessNode
    size : float
        In bytes. [1]

    Examples
    --------
    >>> from acanthite.constants import fJ, nm
    >>> node = ac.cost.ProcessNode(45 * nm, ac.cost.CONSTANTS, "high-performance")
    >>> print(f"{ac.cost.Memory(node=node, size=8192).energy() / fJ:.0f} fJ a bit")
    59 fJ a bit
    """

    size: float

    SOURCES: ClassVar[tuple[str, ...]] = ("Balasubramonian2017", "Horowitz2014")
    LIMITS: ClassVar[tuple[str, ...]] = ("memory off the chip is not counted",)

    def __post_init__(self) -> None:
        number("Memory: size [bytes]", self.size, above=0, error=ChipError)

    @property
    def _bank(self) -> float:
        """Size of a bank [bytes]; one below 2 kB costs what 2 kB do."""
        return min(max(self.size, _LEAST), _BANK)

    def _scaled(self, table: NodeTable, like: NodeTable) -> float:
        """Return a table's value at the node, beyond its ends by the ratio of another."""
        nearest = table.nearest(self.node.size)
        return table.between(nearest) * like.between(self.node.size) / like.between(nearest)

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of reading a bit [J]."""
        bit = self._scaled(READ[self.node.flavour], logic.ENERGY)
        whole = bit * sqrt(self._bank / _KILOBYTE) * self.node.constants["memory.energy"]
        return self._checked(use) * whole

    def write_energy(self, use: float = 1.0) -> float:
        """Return the energy of writing a bit [J]."""
        return self.node.constants["memory.write"] * self.energy(use)

    def latency(self) -> float:
        """Return the time of an access [s]: with the side of a bank."""
        return self._scaled(ACCESS, logic.DELAY) * sqrt(self._bank / (8 * _KILOBYTE))

    def area(self) -> float:
        """Return the area [m^2]."""
        banks = ceil(max(self.size, _LEAST) / _BANK)
        bits = 8 * max(self.size, _LEAST) if banks == 1 else 8 * banks * _BANK
        return bits * self._scaled(BIT_AREA, logic.AREA) * self.node.constants["memory.area"]

    def leakage(self) -> float:
        """Return the power that is drawn without an access [W]."""
        bits = 8 * max(self.size, _LEAST)
        bit = BIT_LEAKAGE[self.node.flavour].held(self.node.size)
        return bits * bit * self.node.constants["memory.leakage"]
