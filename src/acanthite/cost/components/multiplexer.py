"""Column multiplexers: transmission gates by which several columns share a converter."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log2
from typing import ClassVar

from acanthite.arguments import count
from acanthite.cost.components.base import Component
from acanthite.errors import ChipError


@dataclass(frozen=True, kw_only=True)
class Multiplexer(Component):
    """Transmission gates before one converter; an operation turns to the next column.

    Parameters
    ----------
    node : ProcessNode
    ways : int
        Columns that share the converter.

    Examples
    --------
    >>> from acanthite.constants import fJ, nm
    >>> node = ac.cost.ProcessNode(65 * nm, ac.cost.CONSTANTS)
    >>> print(f"{ac.cost.Multiplexer(node=node, ways=8).energy() / fJ:.1f} fJ")
    17.4 fJ
    """

    ways: int

    SOURCES: ClassVar[tuple[str, ...]] = ("Rabaey2003",)

    def __post_init__(self) -> None:
        count("Multiplexer: ways", self.ways, error=ChipError)

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a turn [J]: one gate off, one on, and the drains on the column."""
        gates = 4.0 * self.node.gate_input
        drains = (self.ways + 1) * self.node.gate_input / 2.0
        decoder = ceil(log2(self.ways + 1)) * self.node.gate_input
        return self._checked(use) * (gates + drains + decoder) * self.node.supply**2

    def latency(self) -> float:
        """Return the delay [s]."""
        return self.node.gate_delay * (1 + ceil(log2(self.ways + 1)))

    def area(self) -> float:
        """Return the area [m^2]: half a gate a way, and the decoder."""
        return self.node.gate_area * (0.5 * self.ways + 2.0 * ceil(log2(self.ways + 1)))
