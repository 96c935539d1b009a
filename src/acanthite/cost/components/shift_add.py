"""Shift and add: what puts the bits of inputs and the slices of weights together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from acanthite.arguments import count
from acanthite.cost.components.base import Component
from acanthite.cost.components.digital import DigitalUnit
from acanthite.errors import ChipError


@dataclass(frozen=True, kw_only=True)
class ShiftAdd(Component):
    """An adder behind a fixed shift, with the register it adds to.

    Parameters
    ----------
    node : ProcessNode
    bits : int
        Of the sum.

    Examples
    --------
    ISAAC has 0.021 pJ for 16 bits at 32 nm:

    >>> from acanthite.constants import nm, pJ
    >>> node = ac.cost.ProcessNode(32 * nm, ac.cost.CONSTANTS)
    >>> print(f"{ac.cost.ShiftAdd(node=node, bits=16).energy(0.25) / pJ:.3f} pJ")
    0.041 pJ
    """

    bits: int

    SOURCES: ClassVar[tuple[str, ...]] = DigitalUnit.SOURCES

    def __post_init__(self) -> None:
        count("ShiftAdd: bits", self.bits, error=ChipError)

    @cached_property
    def _parts(self) -> tuple[DigitalUnit, DigitalUnit]:
        return (
            DigitalUnit(node=self.node, kind="adder", bits=self.bits),
            DigitalUnit(node=self.node, kind="register", bits=self.bits),
        )

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of an addition [J]."""
        return sum(part.energy(use) for part in self._parts)

    def latency(self) -> float:
        """Return the delay [s]."""
        return sum(part.latency() for part in self._parts)

    def area(self) -> float:
        """Return the area [m^2]."""
        return sum(part.area() for part in self._parts)
