"""Sample and hold: a capacitor large enough for its noise, and a switch.

The noise kT/C is at most that of quantisation: C >= 12 kT 4^b / V^2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from acanthite.arguments import count
from acanthite.constants import boltzmann, fF, um
from acanthite.cost.components.base import Component
from acanthite.cost.constants import CostConstant
from acanthite.errors import ChipError

_TEMPERATURE = 300.0

CONSTANTS = (
    CostConstant("sample.wiring", 10 * fF, "F", 5 * fF, 20 * fF, "acanthite", "assumed"),
    CostConstant(
        "capacitor.density",
        2 * fF / um**2,
        "F/m^2",
        1 * fF / um**2,
        4 * fF / um**2,
        "SKY130",
        "metal-insulator-metal",
    ),
)


def noise_capacitance(bits: int, full_scale: float) -> float:
    """Return the capacitance [F] whose noise is that of quantisation over a full scale [V].

    Examples
    --------
    >>> print(f"{noise_capacitance(8, 1.0) * 1e15:.2f} fF")
    3.26 fF
    """
    return 12.0 * boltzmann * _TEMPERATURE * 4.0**bits / full_scale**2


@dataclass(frozen=True, kw_only=True)
class SampleHold(Component):
    """A sample and hold; an operation is one sample.

    Parameters
    ----------
    node : ProcessNode
    bits : int

    Examples
    --------
    >>> from acanthite.constants import fJ, nm
    >>> node = ac.cost.ProcessNode(65 * nm, ac.cost.CONSTANTS)
    >>> print(f"{ac.cost.SampleHold(node=node, bits=8).energy() / fJ:.1f} fJ")
    15.4 fJ
    """

    bits: int

    SOURCES: ClassVar[tuple[str, ...]] = ("Rabaey2003",)

    def __post_init__(self) -> None:
        count("SampleHold: bits", self.bits, error=ChipError)

    @property
    def capacitance(self) -> float:
        """Of the capacitor and its wires. [F]"""
        wiring = self.node.constants["sample.wiring"]
        return wiring + noise_capacitance(self.bits, self.node.supply)

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a sample [J]."""
        return self._checked(use) * self.capacitance * self.node.supply**2

    def latency(self) -> float:
        """Return the time of a sample [s]: of a switch as strong as a gate."""
        slower = max(1.0, self.capacitance / (4.0 * self.node.gate_input))
        return self.node.gate_delay * slower

    def area(self) -> float:
        """Return the area [m^2]."""
        return (
            2.0 * self.node.gate_area + self.capacitance / self.node.constants["capacitor.density"]
        )
