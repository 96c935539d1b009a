"""Integrating neurons: charge is collected, then taken away step by step, as in NeuRRAM.

A neuron draws its current for as long as it works: integrations of the input bits, steps of the
output bits, and a reset a phase. Inputs of more than three magnitude bits come in two phases.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import ClassVar

from acanthite.arguments import count
from acanthite.constants import nm, uA, um, us
from acanthite.cost.constants import CostConstant
from acanthite.cost.converters.base import AnalogConverter
from acanthite.errors import ChipError
from acanthite.quantities import accepts_quantities

_NODE = 130 * nm
_ONE_PHASE = 3  # magnitude bits

CONSTANTS = (
    CostConstant("neuron.current", 1.0 * uA, "A", 0.5 * uA, 2.0 * uA, "Wan2022", "assumed"),
    CostConstant("neuron.integration", 0.27 * us, "s", 0.2 * us, 0.35 * us, "Wan2022", "Methods"),
    CostConstant("neuron.step", 0.3 * us, "s", 0.2 * us, 0.4 * us, "Wan2022", "step and phase"),
    CostConstant(
        "neuron.area", 1270 * um**2, "m^2", 900 * um**2, 1700 * um**2, "Wan2022", "130 nm"
    ),
)


def magnitude_bits(input_bits: int) -> int:
    """Return the bits of an input's magnitude: one of a single bit, which has no sign."""
    return max(1, input_bits - 1)


def phases(input_bits: int) -> tuple[int, ...]:
    """Return how many magnitude bits each phase takes.

    Examples
    --------
    >>> phases(4), phases(6)
    ((3,), (3, 2))
    """
    bits = magnitude_bits(input_bits)
    return (bits,) if bits <= _ONE_PHASE else (ceil(bits / 2), bits // 2)


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class IntegratingConverter(AnalogConverter):
    """A neuron that integrates; an operation is one output of all bits of its inputs.

    Parameters
    ----------
    node : ProcessNode
    bits : int
        Of the output, sign included.
    input_bits : int
        Sign included.
    supply : float, optional
        The node's without it. [V]

    Examples
    --------
    >>> from acanthite.constants import nm, us
    >>> node = ac.cost.ProcessNode(130 * nm, ac.cost.CONSTANTS)
    >>> neuron = ac.cost.IntegratingConverter(node=node, bits=6, input_bits=4, supply=1.8)
    >>> print(f"{neuron.latency() / us:.2f} us")
    3.99 us
    """

    input_bits: int
    supply: float | None = None

    SOURCES: ClassVar[tuple[str, ...]] = ("Wan2022",)
    LIMITS: ClassVar[tuple[str, ...]] = (
        "an integrating neuron keeps its times and its current at every node",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        count("IntegratingConverter: input_bits", self.input_bits, error=ChipError)

    @property
    def integrations(self) -> int:
        """How often charge is collected."""
        return sum(2**bits - 1 for bits in phases(self.input_bits))

    @property
    def steps(self) -> int:
        """How often charge is taken away: in a later phase, for the bits that are left."""
        earlier = 0
        steps = 0
        for bits in phases(self.input_bits):
            steps += max(1, self.bits - earlier)
            earlier += bits
        return steps

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of an output [J], whatever the value."""
        self._checked(use)
        supply = self.node.supply if self.supply is None else self.supply
        return self.node.constants["neuron.current"] * supply * self.latency()

    def latency(self) -> float:
        """Return the time of an output [s]."""
        constants = self.node.constants
        stepping = self.steps + len(phases(self.input_bits))
        return (
            constants["neuron.integration"] * self.integrations
            + constants["neuron.step"] * stepping
        )

    def area(self) -> float:
        """Return the area [m^2]."""
        return self.node.constants["neuron.area"] * self.node.area_from(_NODE)
