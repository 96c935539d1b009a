"""Adders, shifters, registers, comparators, counters and multipliers of any width.

Synthesised units of 32 bits at 40 nm and 1 ns (Aladdin), linear in bits; multipliers, quadratic in
bits, from Horowitz.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2
from typing import ClassVar, Literal, get_args

from acanthite.arguments import count
from acanthite.constants import nm, pJ, um
from acanthite.cost.components.base import Component
from acanthite.cost.constants import CostConstant
from acanthite.errors import ChipError, nearest

_NODE = 40 * nm
_BITS = 32
_MULTIPLIER_NODE = 45 * nm
_MULTIPLIER_BITS = 8

Unit = Literal["adder", "shifter", "register", "comparator", "counter", "bitwise", "multiplier"]

_UNITS = {
    "adder": (0.21 * pJ / _BITS, 278 * um**2 / _BITS),
    "shifter": (0.417 * pJ / _BITS, 250 * um**2 / _BITS),
    "register": (0.009 * pJ, 5.98 * um**2),
    "comparator": (0.0295 * pJ / _BITS, 71 * um**2 / _BITS),
    "counter": (0.251 * pJ / _BITS, 496 * um**2 / _BITS),
    "bitwise": (0.018 * pJ / _BITS, 50 * um**2 / _BITS),
}
"""Energy [J] and area [m^2] of a bit at 40 nm."""

_MULTIPLIER_AREA = 6350 * um**2 / _BITS**2

CONSTANTS = (
    CostConstant(
        "multiplier.energy",
        0.2 * pJ,
        "J",
        0.2 * pJ,
        0.8 * pJ,
        "Horowitz2014",
        "8 bits at 45 nm; Shao2014 has four times as much",
    ),
)


@dataclass(frozen=True, kw_only=True)
class DigitalUnit(Component):
    """A unit of logic.

    Parameters
    ----------
    node : ProcessNode
    kind : {"adder", "shifter", "register", "comparator", "counter", "bitwise", "multiplier"}
    bits : int
        Width.

    Examples
    --------
    >>> from acanthite.constants import nm, pJ
    >>> node = ac.cost.ProcessNode(40 * nm, ac.cost.CONSTANTS)
    >>> adder = ac.cost.DigitalUnit(node=node, kind="adder", bits=32)
    >>> print(f"{adder.energy() / pJ:.2f} pJ")
    0.21 pJ
    """

    kind: Unit
    bits: int

    SOURCES: ClassVar[tuple[str, ...]] = ("Shao2014", "Horowitz2014", "Stillmaker2017")

    def __post_init__(self) -> None:
        if self.kind not in get_args(Unit):
            raise ChipError(
                f"DigitalUnit: kind = {self.kind!r}; expected one of {', '.join(get_args(Unit))}"
                f"{nearest(str(self.kind), get_args(Unit))}"
            )
        count(f"{self.kind}: bits", self.bits, error=ChipError)

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of an operation [J]."""
        if self.kind == "multiplier":
            whole = self.node.constants["multiplier.energy"] * (self.bits / _MULTIPLIER_BITS) ** 2
            return self._checked(use) * whole * self.node.energy_from(_MULTIPLIER_NODE)
        return self._checked(use) * _UNITS[self.kind][0] * self.bits * self.node.energy_from(_NODE)

    def latency(self) -> float:
        """Return the delay [s]: gates in a row, those of a carry that looks ahead."""
        depth = {"register": 2, "bitwise": 1}.get(self.kind, 2 + 2 * ceil(log2(self.bits + 1)))
        stages = 2 * depth if self.kind == "multiplier" else depth
        return stages * self.node.gate_delay

    def area(self) -> float:
        """Return the area [m^2]."""
        if self.kind == "multiplier":
            return _MULTIPLIER_AREA * self.bits**2 * self.node.area_from(_NODE)
        return _UNITS[self.kind][1] * self.bits * self.node.area_from(_NODE)
