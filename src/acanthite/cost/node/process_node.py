"""A process node: the size that others are named by, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, get_args

from acanthite.arguments import number
from acanthite.constants import fF, nm, um
from acanthite.cost.constants import CostConstant, CostConstants
from acanthite.cost.node import logic, transistors, wires
from acanthite.cost.node.interpolation import rounded
from acanthite.cost.node.transistors import Flavour
from acanthite.errors import ChipError, nearest
from acanthite.quantities import accepts_quantities

_SKY130 = 130 * nm
_LEAKING_WIDTH = 5  # of a NAND gate, in node sizes: two of its four transistors hold

CONSTANTS = (
    CostConstant(
        "gate.area", 3.75 * um**2, "m^2", 3.0 * um**2, 5.0 * um**2, "SKY130", "NAND2 of 130 nm"
    ),
    CostConstant("gate.delay", 88e-12, "s", 60e-12, 97e-12, "SKY130", "NAND2 on 9.1 fF, 130 nm"),
    CostConstant("gate.input", 2.3 * fF, "F", 1.5 * fF, 4.0 * fF, "SKY130", "NAND2 pin, 130 nm"),
)


@accepts_quantities
@dataclass(frozen=True)
class ProcessNode:
    """A CMOS process.

    Parameters
    ----------
    size : float
        What the node is called by, from 7 nm to 130 nm. [m]
    constants : CostConstants
    flavour : {"low-power", "high-performance"}
        Of the transistors: it decides what they leak.

    Raises
    ------
    ChipError
        If nothing is known of such a node.

    Examples
    --------
    >>> from acanthite.constants import fF, nm, um
    >>> node = ac.cost.ProcessNode(22 * nm, ac.cost.CONSTANTS)
    >>> print(f"{node.supply:.2f} V, {node.wire_capacitance * um / fF:.2f} fF/um")
    0.90 V, 0.24 fF/um
    """

    size: float
    constants: CostConstants
    flavour: Flavour = "low-power"

    SMALLEST: ClassVar[float] = 7e-9
    LARGEST: ClassVar[float] = 130e-9

    def __post_init__(self) -> None:
        number("node: size [m]", self.size, error=ChipError)
        object.__setattr__(self, "size", rounded(self.size))
        number("node: size [m]", self.size, least=self.SMALLEST, most=self.LARGEST, error=ChipError)
        flavours = get_args(Flavour)
        if self.flavour not in flavours:
            raise ChipError(
                f"node: flavour = {self.flavour!r}; expected one of {', '.join(flavours)}"
                f"{nearest(str(self.flavour), flavours)}"
            )

    @cached_property
    def supply(self) -> float:
        """Nominal supply voltage. [V]"""
        return logic.SUPPLY.between(self.size)

    def energy_from(self, reference: float) -> float:
        """Return what an energy of logic is to be multiplied by, that is known at a node [m]."""
        ratio = logic.ENERGY.between(self.size) / logic.ENERGY.between(reference)
        return self.constants["logic.energy"] * ratio

    def area_from(self, reference: float) -> float:
        """Return what an area of logic is to be multiplied by, that is known at a node [m]."""
        ratio = logic.AREA.between(self.size) / logic.AREA.between(reference)
        return self.constants["logic.area"] * ratio

    @cached_property
    def gate_delay(self) -> float:
        """Delay of a gate that drives four like it. [s]"""
        ratio = logic.DELAY.between(self.size) / logic.DELAY[_SKY130]
        return self.constants["logic.delay"] * self.constants["gate.delay"] * ratio

    @cached_property
    def gate_area(self) -> float:
        """Area of a NAND gate of two inputs. [m^2]"""
        return self.constants["gate.area"] * self.area_from(_SKY130)

    @cached_property
    def gate_input(self) -> float:
        """Capacitance of an input of that gate: in proportion to the size. [F]"""
        return self.constants["gate.input"] * self.size / _SKY130

    @cached_property
    def gate_leakage(self) -> float:
        """Power that gate leaks. [W]"""
        off = transistors.OFF_CURRENT[self.flavour].held(self.size)
        width = _LEAKING_WIDTH * self.size
        return self.constants["logic.leakage"] * off * width * self.supply

    def leakage_of(self, area: float) -> float:
        """Return the power [W] that logic on an area [m^2] leaks."""
        return area / self.gate_area * self.gate_leakage

    @cached_property
    def wire_capacitance(self) -> float:
        """Of a wire, over length. [F/m]"""
        return self.constants["wire.capacitance"] * wires.CAPACITANCE.between(self.size)

    @cached_property
    def wire_resistance(self) -> float:
        """Of a wire, over length. [ohm/m]"""
        return self.constants["wire.resistance"] * wires.RESISTANCE.between(self.size)

    @cached_property
    def limits(self) -> tuple[str, ...]:
        """What is continued beyond its source at this node, in words."""
        said = []
        if self.size < rounded(22 * nm):
            said.append(
                "below 22 nm leakage is that of 22 nm, and memories follow the scaling of logic"
            )
        if self.flavour == "high-performance" and self.size > rounded(90 * nm):
            said.append("above 90 nm high-performance leakage goes over into that of SKY130")
        return tuple(said)
