"""Ramp: a comparator a column against a ramp that many columns share, and a counter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from acanthite.arguments import count, number
from acanthite.constants import ns
from acanthite.cost.components.digital import DigitalUnit
from acanthite.cost.converters.base import AnalogConverter
from acanthite.cost.converters.comparator import Comparator
from acanthite.errors import ChipError
from acanthite.quantities import accepts_quantities


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class RampConverter(AnalogConverter):
    """A ramp converter: slow, small and cheap.

    Parameters
    ----------
    node : ProcessNode
    bits : int
        At most 12.
    columns : int
        That share ramp and counter.
    step : float
        Of the counter. [s]

    Examples
    --------
    >>> from acanthite.constants import nm, ns
    >>> node = ac.cost.ProcessNode(65 * nm, ac.cost.CONSTANTS)
    >>> ramp = ac.cost.RampConverter(node=node, bits=8, columns=128, step=1 * ns)
    >>> print(f"{ramp.latency() / ns:.0f} ns")
    256 ns
    """

    columns: int = 1
    step: float = 1 * ns

    SOURCES: ClassVar[tuple[str, ...]] = ("Li2020", "Shao2014")
    LIMITS: ClassVar[tuple[str, ...]] = Comparator.LIMITS
    MOST_BITS: ClassVar[int] = 12

    def __post_init__(self) -> None:
        super().__post_init__()
        count("RampConverter: columns", self.columns, error=ChipError)
        number("RampConverter: step", self.step, above=0, error=ChipError)

    @cached_property
    def _parts(self) -> tuple[Comparator, DigitalUnit, DigitalUnit]:
        return (
            Comparator(node=self.node),
            DigitalUnit(node=self.node, kind="register", bits=self.bits),
            DigitalUnit(node=self.node, kind="counter", bits=self.bits),
        )

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a conversion [J]: a decision a step, and a share of the counter."""
        comparator, latch, counter = self._parts
        steps = 2.0**self.bits
        counted = steps * counter.energy(min(1.0, 2.0 / self.bits)) / self.columns
        return steps * comparator.energy(use) + latch.energy() + counted

    def latency(self) -> float:
        """Return the time of a conversion [s]."""
        return 2.0**self.bits * self.step

    def area(self) -> float:
        """Return the area of a column's share [m^2]."""
        comparator, latch, counter = self._parts
        return comparator.area() + latch.area() + counter.area() / self.columns
