r"""Operational amplifiers that settle: integrators behind columns, buffers before rows.

.. math:: E = 2 V_{dd} C_L \frac{(b + 1) \ln 2}{\beta\, (g_m / I_d)}

The current goes up as the time gets shorter, so the energy depends on neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import ClassVar

from acanthite.arguments import count, number
from acanthite.constants import fF
from acanthite.cost.components.base import Component
from acanthite.cost.constants import CostConstant
from acanthite.errors import ChipError
from acanthite.quantities import accepts_quantities

_GATES = 12  # an amplifier of two stages is about as large as so many gates

CONSTANTS = (
    CostConstant(
        "amplifier.efficiency",
        15.0,
        "1/V",
        10.0,
        20.0,
        "Silveira1996",
        "gm over Id, moderate inversion",
    ),
    CostConstant(
        "amplifier.feedback", 0.5, "1", 0.3, 0.9, "Rabaey2003", "feedback factor, assumed"
    ),
    CostConstant("amplifier.load", 50 * fF, "F", 20 * fF, 200 * fF, "acanthite", "assumed"),
)


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class Amplifier(Component):
    """An amplifier; an operation is one settling.

    Parameters
    ----------
    node : ProcessNode
    bits : int
        To half a step of so many bits it settles.
    time : float
        It has for that. [s]
    load : float, optional
        It drives; an integrator's own without it. [F]

    Examples
    --------
    >>> from acanthite.constants import fJ, nm, ns
    >>> node = ac.cost.ProcessNode(65 * nm, ac.cost.CONSTANTS)
    >>> print(f"{ac.cost.Amplifier(node=node, bits=8, time=10 * ns).energy() / fJ:.1f} fJ")
    91.5 fJ
    """

    bits: int
    time: float
    load: float | None = None

    SOURCES: ClassVar[tuple[str, ...]] = ("Silveira1996",)

    def __post_init__(self) -> None:
        count("Amplifier: bits", self.bits, error=ChipError)
        number("Amplifier: time", self.time, above=0, error=ChipError)
        if self.load is not None:
            number("Amplifier: load", self.load, above=0, error=ChipError)

    @property
    def _driven(self) -> float:
        return self.node.constants["amplifier.load"] if self.load is None else self.load

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a settling [J]."""
        constants = self.node.constants
        constants_of_time = (self.bits + 1) * log(2.0)
        current = constants["amplifier.feedback"] * constants["amplifier.efficiency"]
        whole = 2.0 * self.node.supply * self._driven * constants_of_time / current
        return self._checked(use) * whole

    def latency(self) -> float:
        """Return the time it settles in [s]."""
        return self.time

    def area(self) -> float:
        """Return the area [m^2]: transistors and the capacitor of the load."""
        density = self.node.constants["capacitor.density"]
        capacitor = self._driven / density if self.load is None else 0.0
        return _GATES * self.node.gate_area + capacitor
