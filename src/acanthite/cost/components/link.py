"""Wires between tiles, and the routers of a mesh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from acanthite.arguments import number
from acanthite.constants import mm, nm
from acanthite.cost.components.base import Component
from acanthite.cost.constants import CostConstant
from acanthite.errors import ChipError
from acanthite.quantities import accepts_quantities

_ROUTER_NODE = 32 * nm
_PITCHES = 4.0  # of a wire in node sizes, with its space

CONSTANTS = (
    CostConstant("link.activity", 0.5, "1", 0.25, 1.0, "acanthite", "of random bits, half change"),
    CostConstant("link.repeaters", 0.6, "1", 0.3, 0.9, "Rabaey2003", "over the wire's capacitance"),
    CostConstant(
        "router.energy",
        42e-3 / (8 * 32 * 1e9),
        "J",
        42e-3 / (8 * 32 * 3e9),
        42e-3 / (8 * 32 * 0.5e9),
        "Shafiee2016",
        "42 mW at 32 nm, 8 ports of 32 bits, 1 GHz assumed: a bit",
    ),
    CostConstant(
        "router.area",
        0.15 * mm**2,
        "m^2",
        0.08 * mm**2,
        0.3 * mm**2,
        "Shafiee2016",
        "32 nm, of 4 tiles",
    ),
)


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class Link(Component):
    """A wire with repeaters; an operation is one bit over its length.

    Parameters
    ----------
    node : ProcessNode
    length : float
        [m]

    Examples
    --------
    Full swing over a millimetre at 130 nm; a survey has 0.31 pJ if every bit is another:

    >>> from acanthite.constants import mm, nm, pJ
    >>> node = ac.cost.ProcessNode(130 * nm, ac.cost.CONSTANTS)
    >>> print(f"{ac.cost.Link(node=node, length=1 * mm).energy() / pJ:.2f} pJ")
    0.22 pJ
    """

    length: float

    SOURCES: ClassVar[tuple[str, ...]] = ("Rabaey2003", "Balasubramonian2017", "Ajayi2019")

    def __post_init__(self) -> None:
        number("Link: length", self.length, above=0, error=ChipError)

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a bit [J]."""
        constants = self.node.constants
        wire = self.node.wire_capacitance * self.length * self.node.supply**2
        bit = constants["link.activity"] * (1.0 + constants["link.repeaters"]) * wire
        return self._checked(use) * bit

    def latency(self) -> float:
        """Return the delay [s]: wire and repeaters, each as slow as the other.

        With best repeaters a wire takes 2.5 sqrt(tau r c) a length, tau being a gate's delay.
        """
        node = self.node
        speed = (node.gate_delay * node.wire_resistance * node.wire_capacitance) ** 0.5
        return 2.5 * speed * self.length

    def area(self) -> float:
        """Return the area of the wire and its repeaters [m^2]."""
        repeaters = self.node.wire_capacitance * self.length * self.node.constants["link.repeaters"]
        gates = repeaters / (2.0 * self.node.gate_input)
        return _PITCHES * self.node.size * self.length + gates * self.node.gate_area


@dataclass(frozen=True, kw_only=True)
class Router(Component):
    """A router that four tiles share, as ISAAC has; an operation is one bit through it.

    Parameters
    ----------
    node : ProcessNode

    Examples
    --------
    >>> from acanthite.constants import nm, pJ
    >>> node = ac.cost.ProcessNode(32 * nm, ac.cost.CONSTANTS)
    >>> print(f"{ac.cost.Router(node=node).energy() / pJ:.2f} pJ")
    0.16 pJ
    """

    SOURCES: ClassVar[tuple[str, ...]] = ("Shafiee2016",)

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a bit [J]."""
        whole = self.node.constants["router.energy"] * self.node.energy_from(_ROUTER_NODE)
        return self._checked(use) * whole

    def latency(self) -> float:
        """Return the delay of a hop [s]: three stages of twenty gates."""
        return 60.0 * self.node.gate_delay

    def area(self) -> float:
        """Return the area [m^2]."""
        return self.node.constants["router.area"] * self.node.area_from(_ROUTER_NODE)
