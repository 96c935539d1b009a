"""What turns a code into a voltage or a time on a row: capacitor arrays, counters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from acanthite.arguments import count, number
from acanthite.constants import fF
from acanthite.cost.components.amplifier import Amplifier
from acanthite.cost.components.base import Component
from acanthite.cost.components.digital import DigitalUnit
from acanthite.cost.components.row_driver import RowDriver
from acanthite.cost.constants import CostConstant
from acanthite.errors import ChipError
from acanthite.quantities import accepts_quantities

_RANDOM_CODE = 1.0 / 6.0
"""Mean of x (1 - x): an array of capacitance C that goes to a code x draws C x (1 - x) V^2."""

CONSTANTS = (
    CostConstant(
        "capacitor.unit", 1 * fF, "F", 0.5 * fF, 5 * fF, "Liu2010", "of an array, matched"
    ),
)


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class CapacitiveDac(Component):
    """An array of capacitors and the amplifier that drives the row; an operation is one voltage.

    Parameters
    ----------
    node : ProcessNode
    bits : int
    capacitance : float
        Of the line. [F]
    time : float
        It has to settle in. [s]

    Examples
    --------
    >>> from acanthite.constants import fF, fJ, nm, ns
    >>> node = ac.cost.ProcessNode(40 * nm, ac.cost.CONSTANTS)
    >>> dac = ac.cost.CapacitiveDac(node=node, bits=8, capacitance=100 * fF, time=10 * ns)
    >>> print(f"{dac.energy() / fJ:.0f} fJ")
    200 fJ
    """

    bits: int
    capacitance: float
    time: float

    SOURCES: ClassVar[tuple[str, ...]] = ("Liu2010", "Silveira1996")

    def __post_init__(self) -> None:
        count("CapacitiveDac: bits", self.bits, error=ChipError)
        number("CapacitiveDac: bits", self.bits, most=16, error=ChipError)

    @cached_property
    def _amplifier(self) -> Amplifier:
        return Amplifier(node=self.node, bits=self.bits, time=self.time, load=self.capacitance)

    @property
    def _array(self) -> float:
        return 2.0**self.bits * self.node.constants["capacitor.unit"]

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a voltage [J]; the amplifier runs whatever the code."""
        switched = _RANDOM_CODE * self._array * self.node.supply**2
        return self._checked(use) * switched + self._amplifier.energy()

    def latency(self) -> float:
        """Return the time it settles in [s]."""
        return self.time

    def area(self) -> float:
        """Return the area [m^2]."""
        switches = 2.0 * self.bits * self.node.gate_area
        capacitors = self._array / self.node.constants["capacitor.density"]
        return switches + capacitors + self._amplifier.area()


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class PulseWidthDriver(Component):
    """A comparator of codes with a counter that all rows share; an operation is one pulse.

    Parameters
    ----------
    node : ProcessNode
    bits : int
    capacitance : float
        Of the line. [F]
    voltage : float
        Of the pulse. [V]
    rows : int
        That share the counter.
    step : float
        Of the counter. [s]

    Examples
    --------
    >>> from acanthite.constants import fF, fJ, nm, ns
    >>> node = ac.cost.ProcessNode(65 * nm, ac.cost.CONSTANTS)
    >>> driver = ac.cost.PulseWidthDriver(
    ...     node=node, bits=4, capacitance=100 * fF, voltage=0.2, rows=128, step=1 * ns
    ... )
    >>> driver.latency() / ns
    16.0
    """

    bits: int
    capacitance: float
    voltage: float
    rows: int
    step: float

    SOURCES: ClassVar[tuple[str, ...]] = ("Shao2014", "Rabaey2003")

    def __post_init__(self) -> None:
        count("PulseWidthDriver: bits", self.bits, error=ChipError)
        count("PulseWidthDriver: rows", self.rows, error=ChipError)
        number("PulseWidthDriver: step", self.step, above=0, error=ChipError)

    @cached_property
    def _parts(self) -> tuple[DigitalUnit, DigitalUnit, RowDriver]:
        return (
            DigitalUnit(node=self.node, kind="comparator", bits=self.bits),
            DigitalUnit(node=self.node, kind="counter", bits=self.bits),
            RowDriver(node=self.node, capacitance=self.capacitance, voltage=self.voltage),
        )

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a pulse [J]: comparator and counter run all its steps.

        Of the bits of a counter two change in a step, in the mean.
        """
        comparator, counter, driver = self._parts
        steps = 2.0**self.bits
        changing = min(1.0, 2.0 / self.bits)
        counted = counter.energy(changing) / self.rows
        return steps * (comparator.energy(changing) + counted) + driver.energy(self._checked(use))

    def latency(self) -> float:
        """Return the time of the longest pulse [s]."""
        return 2.0**self.bits * self.step

    def area(self) -> float:
        """Return the area of a row's share [m^2]."""
        comparator, counter, driver = self._parts
        return comparator.area() + counter.area() / self.rows + driver.area()
