"""Flash: a comparator for each step, all at once, and an encoder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from acanthite.cost.components.digital import DigitalUnit
from acanthite.cost.converters.base import AnalogConverter
from acanthite.cost.converters.comparator import Comparator


@dataclass(frozen=True, kw_only=True)
class FlashConverter(AnalogConverter):
    """A flash converter.

    Parameters
    ----------
    node : ProcessNode
    bits : int
        At most 8.

    Examples
    --------
    >>> from acanthite.constants import fJ, nm
    >>> node = ac.cost.ProcessNode(22 * nm, ac.cost.CONSTANTS)
    >>> print(f"{ac.cost.FlashConverter(node=node, bits=5).energy() / fJ:.0f} fJ")
    219 fJ
    """

    SOURCES: ClassVar[tuple[str, ...]] = ("Li2020", "Shao2014")
    LIMITS: ClassVar[tuple[str, ...]] = (
        *Comparator.LIMITS,
        "a flash converter is the sum of its parts: ladder, clock and input buffer are not counted",
    )
    MOST_BITS: ClassVar[int] = 8

    @cached_property
    def _comparator(self) -> Comparator:
        return Comparator(node=self.node)

    @cached_property
    def _adder(self) -> DigitalUnit:
        """One of the full adders that count the comparators above their step."""
        return DigitalUnit(node=self.node, kind="adder", bits=1)

    @property
    def _steps(self) -> int:
        return 2**self.bits - 1

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a conversion [J], whatever the value."""
        return self._steps * (self._comparator.energy(use) + self._adder.energy(0.5))

    def latency(self) -> float:
        """Return the time of a conversion [s]."""
        return self._comparator.latency() + 2 * self.bits * self.node.gate_delay

    def area(self) -> float:
        """Return the area [m^2]."""
        return self._steps * (self._comparator.area() + self._adder.area())
