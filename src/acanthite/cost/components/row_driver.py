"""Drivers that put a row at the read voltage or at nothing: one bit an operation."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import ClassVar

from acanthite.arguments import number
from acanthite.cost.components.base import Component
from acanthite.cost.constants import CostConstant
from acanthite.errors import ChipError
from acanthite.quantities import accepts_quantities

_STAGE = 4.0

CONSTANTS = (
    CostConstant(
        "driver.overhead", 1.33, "1", 1.2, 1.6, "Rabaey2003", "tapered buffer, stages of 3 to 6"
    ),
    CostConstant(
        "driver.area",
        2.7,
        "1",
        1.0,
        4.0,
        "Wan2022",
        "drivers are 21 % of a core of 1.16 mm2 at 130 nm, over what gates as strong would take",
    ),
)


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class RowDriver(Component):
    """A switch between a row and the read supply, with the buffer that turns it.

    Parameters
    ----------
    node : ProcessNode
    capacitance : float
        Of the line. [F]
    voltage : float
        It is driven to. [V]

    Examples
    --------
    >>> from acanthite.constants import fF, fJ, nm
    >>> node = ac.cost.ProcessNode(130 * nm, ac.cost.CONSTANTS)
    >>> driver = ac.cost.RowDriver(node=node, capacitance=100 * fF, voltage=node.supply)
    >>> print(f"{driver.energy() / fJ:.1f} fJ")
    191.5 fJ
    """

    capacitance: float
    voltage: float

    SOURCES: ClassVar[tuple[str, ...]] = ("Rabaey2003",)
    LIMITS: ClassVar[tuple[str, ...]] = ("the supply of the read voltage is without losses",)

    def __post_init__(self) -> None:
        number("RowDriver: capacitance", self.capacitance, above=0, error=ChipError)
        number("RowDriver: voltage", self.voltage, above=0, error=ChipError)

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of charging the line and turning the switch [J]."""
        buffer = (self.node.constants["driver.overhead"] - 1.0) * self.node.supply**2
        return self._checked(use) * self.capacitance * (self.voltage**2 + buffer)

    def latency(self) -> float:
        """Return the delay of the buffer [s]."""
        return self.node.gate_delay * max(1.0, log(self.capacitance / self.node.gate_input, _STAGE))

    def area(self) -> float:
        """Return the area [m^2]: gates as large as the line is heavy, with their wells and wires."""
        stages = self.capacitance / (_STAGE - 1) / self.node.gate_input / 2
        return self.node.constants["driver.area"] * self.node.gate_area * (2.0 + stages)
