"""Level shifters: what lets logic turn a line to the write voltage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from acanthite.arguments import number
from acanthite.cost.components.base import Component
from acanthite.errors import ChipError
from acanthite.quantities import accepts_quantities

_THIN, _THICK = 2, 4  # inverters, and transistors that stand the write voltage
_WIDER = 4.0  # a transistor of thick oxide than one of logic


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class LevelShifter(Component):
    """Two inverters and four transistors of thick oxide a line; an operation is one write pulse.

    Parameters
    ----------
    node : ProcessNode
    capacitance : float
        Of the line. [F]
    voltage : float
        Of the write pulse. [V]

    Examples
    --------
    >>> from acanthite.constants import fF, fJ, nm
    >>> node = ac.cost.ProcessNode(65 * nm, ac.cost.CONSTANTS)
    >>> shifter = ac.cost.LevelShifter(node=node, capacitance=50 * fF, voltage=2.0)
    >>> print(f"{shifter.energy() / fJ:.0f} fJ")
    367 fJ
    """

    capacitance: float
    voltage: float

    SOURCES: ClassVar[tuple[str, ...]] = ("Rabaey2003",)
    LIMITS: ClassVar[tuple[str, ...]] = (
        "pumps that make a write voltage above the supply are not counted",
    )

    def __post_init__(self) -> None:
        number("LevelShifter: capacitance", self.capacitance, above=0, error=ChipError)
        number("LevelShifter: voltage", self.voltage, above=0, error=ChipError)

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a pulse [J]: logic, thick gates, and the line."""
        logic = _THIN * self.node.gate_input * self.node.supply**2
        heavy = self.capacitance + _THICK * _WIDER * self.node.gate_input
        overhead = self.node.constants["driver.overhead"]
        return self._checked(use) * (logic + overhead * heavy * self.voltage**2)

    def latency(self) -> float:
        """Return the delay [s]."""
        return 4.0 * self.node.gate_delay

    def area(self) -> float:
        """Return the area [m^2]."""
        gates = 0.5 * _THIN + 0.25 * _THICK * _WIDER**2
        return self.node.constants["driver.area"] * self.node.gate_area * gates
