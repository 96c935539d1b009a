"""The clocked comparator that converters are built from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from acanthite.constants import nm, pJ, um
from acanthite.cost.components.base import Component
from acanthite.cost.constants import CostConstant

_NODE = 65 * nm

CONSTANTS = (
    CostConstant(
        "comparator.energy", 0.042 * pJ, "J", 0.015 * pJ, 0.084 * pJ, "Li2020", "65 nm, a decision"
    ),
    CostConstant("comparator.area", 40 * um**2, "m^2", 20 * um**2, 80 * um**2, "Li2020", "65 nm"),
)


@dataclass(frozen=True, kw_only=True)
class Comparator(Component):
    """A comparator; an operation is one decision.

    Parameters
    ----------
    node : ProcessNode

    Examples
    --------
    >>> from acanthite.constants import fJ, nm
    >>> node = ac.cost.ProcessNode(65 * nm, ac.cost.CONSTANTS)
    >>> print(f"{ac.cost.Comparator(node=node).energy() / fJ:.0f} fJ")
    42 fJ
    """

    SOURCES: ClassVar[tuple[str, ...]] = ("Li2020", "Stillmaker2017")
    LIMITS: ClassVar[tuple[str, ...]] = (
        "comparators scale as logic does; what noise and matching ask of many bits is not counted",
    )

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a decision [J]; it is clocked whatever the input."""
        self._checked(use)
        return self.node.constants["comparator.energy"] * self.node.energy_from(_NODE)

    def latency(self) -> float:
        """Return the time of a decision [s]: regeneration from half a step."""
        return 6.0 * self.node.gate_delay

    def area(self) -> float:
        """Return the area [m^2]."""
        return self.node.constants["comparator.area"] * self.node.area_from(_NODE)
