"""Word lines: the gates of the access transistors of a row, and their driver.

Capacitances of the NeuRRAM chip at 130 nm, in proportion to the node.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import ClassVar

from acanthite.arguments import count, number
from acanthite.constants import fF, nm
from acanthite.cost.components.base import Component
from acanthite.cost.constants import CostConstant
from acanthite.errors import ChipError
from acanthite.quantities import accepts_quantities

_NODE = 130 * nm
_STAGE = 4.0  # how much larger each inverter of a driver is than the one before

CONSTANTS = (
    CostConstant(
        "word-line.access", 1.5 * fF, "F", 1.0 * fF, 2.2 * fF, "Wan2022", "gate of a cell, 130 nm"
    ),
    CostConstant(
        "word-line.coupling", 0.6 * fF, "F", 0.4 * fF, 1.0 * fF, "Wan2022", "wire of a cell, 130 nm"
    ),
    CostConstant(
        "word-line.driver", 48 * fF, "F", 24 * fF, 96 * fF, "Wan2022", "driver of a line, 130 nm"
    ),
)


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class WordLine(Component):
    """A word line; an operation is one pulse of it.

    Parameters
    ----------
    node : ProcessNode
    cells : int
        On the line.
    swing, high : float, optional
        By how much the line goes up, and from which supply: charge times that voltage is drawn.
        The node's supply without them. [V]

    Examples
    --------
    The 256 cells of a line of NeuRRAM, from 0.9 to 2.2 V:

    >>> from acanthite.constants import fF, nm, pJ
    >>> node = ac.cost.ProcessNode(130 * nm, ac.cost.CONSTANTS)
    >>> line = ac.cost.WordLine(node=node, cells=256, swing=1.3, high=2.2)
    >>> print(f"{line.capacitance / fF:.0f} fF, {line.energy() / pJ:.2f} pJ")
    586 fF, 1.67 pJ
    """

    cells: int
    swing: float | None = None
    high: float | None = None

    SOURCES: ClassVar[tuple[str, ...]] = ("Wan2022",)

    def __post_init__(self) -> None:
        count("WordLine: cells", self.cells, error=ChipError)
        for name in ("swing", "high"):
            if getattr(self, name) is not None:
                number(f"WordLine: {name}", getattr(self, name), above=0, error=ChipError)

    @property
    def capacitance(self) -> float:
        """Of the line with its driver. [F]"""
        constants = self.node.constants
        cell = constants["word-line.access"] + constants["word-line.coupling"]
        whole = constants["word-line.driver"] + self.cells * cell
        return whole * self.node.size / _NODE

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a pulse [J]."""
        high = self.node.supply if self.high is None else self.high
        swing = high if self.swing is None else self.swing
        return self._checked(use) * self.capacitance * swing * high

    def latency(self) -> float:
        """Return the delay [s]: inverters, each four times the one before."""
        return self.node.gate_delay * max(1.0, log(self.capacitance / self.node.gate_input, _STAGE))

    def area(self) -> float:
        """Return the area of the driver [m^2]: gates as large as the line is heavy."""
        gates = self.capacitance / (_STAGE - 1) / self.node.gate_input / 2
        return self.node.constants["driver.area"] * self.node.gate_area * gates
