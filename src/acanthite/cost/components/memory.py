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
from acanthite.cost.node.interpolation import between, held
from acanthite.cost.node.transistors import Flavour
from acanthite.errors import ChipError
from acanthite.quantities import accepts_quantities

_KILOBYTE = 1024.0
_LEAST, _BANK = 2 * _KILOBYTE, 128 * _KILOBYTE
_nW = 1e-9

READ: dict[Flavour, dict[float, float]] = {
    "high-performance": {
        90 * nm: 65 * fJ,
        65 * nm: 36 * fJ,
        45 * nm: 21 * fJ,
        32 * nm: 11.6 * fJ,
        22 * nm: 6.1 * fJ,
    },
    "low-power": {
        90 * nm: 85 * fJ,
        65 * nm: 48 * fJ,
        45 * nm: 26 * fJ,
        32 * nm: 14.6 * fJ,
        22 * nm: 6.7 * fJ,
    },
}
"""Of a bit of a memory of 1 kB, by node [m]. [J]"""
BIT_AREA = {
    90 * nm: 1.95 * um**2,
    65 * nm: 1.02 * um**2,
    45 * nm: 0.49 * um**2,
    32 * nm: 0.245 * um**2,
    22 * nm: 0.115 * um**2,
}
"""Of a bit with its share of decoders and amplifiers, by node [m]. [m^2]"""
BIT_LEAKAGE: dict[Flavour, dict[float, float]] = {
    "high-performance": {
        90 * nm: 19 * _nW,
        65 * nm: 75 * _nW,
        45 * nm: 67 * _nW,
        32 * nm: 23 * _nW,
        22 * nm: 11 * _nW,
    },
    "low-power": {
        90 * nm: 0.0017 * _nW,
        65 * nm: 0.0037 * _nW,
        45 * nm: 0.0027 * _nW,
        32 * nm: 0.0036 * _nW,
        22 * nm: 0.0023 * _nW,
    },
}
"""Of a bit, by node [m], at 300 K. [W]"""
ACCESS = {
    90 * nm: 1.3 * ns,
    65 * nm: 0.96 * ns,
    45 * nm: 0.56 * ns,
    32 * nm: 0.4 * ns,
    22 * nm: 0.25 * ns,
}
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

    def _scaled(self, table: dict[float, float], like: dict[float, float]) -> float:
        """Return a table's value at the node, beyond its ends by the ratio of another."""
        nearest = min(max(self.node.size, min(table)), max(table))
        return held(table, nearest) * between(like, self.node.size) / between(like, nearest)

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
        bit = held(BIT_LEAKAGE[self.node.flavour], self.node.size)
        return bits * bit * self.node.constants["memory.leakage"]
