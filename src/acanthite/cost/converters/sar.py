"""Successive approximation: an array of capacitors, a comparator, and a step a bit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal, get_args

from acanthite.cost.components.digital import DigitalUnit
from acanthite.cost.constants import factor
from acanthite.cost.converters.base import AnalogConverter
from acanthite.cost.converters.comparator import Comparator
from acanthite.errors import ChipError

Switching = Literal["monotonic", "conventional"]

CONSTANTS = (
    factor("sar.energy", 0.7, 7.0, "Shafiee2016", "1.67 pJ for 8 bits at 32 nm and 1.2e9/s"),
    factor("sar.area", 0.8, 6.0, "Shafiee2016", "1200 um2 for 8 bits at 32 nm"),
)

_LOGIC = 2  # registers a bit: of the sequencer and of the result


def switched_capacitors(bits: int, switching: Switching) -> float:
    """Return the mean energy of an array's switching, in units of a capacitor times V^2.

    References
    ----------
    .. [1] C.-C. Liu *et al.*, *IEEE J. Solid-State Circuits* **45**, 731 (2010),
       :doi:`10.1109/JSSC.2010.2042254`, Eqs. (1) and (2).

    Examples
    --------
    >>> [round(switched_capacitors(10, kind), 1) for kind in ("conventional", "monotonic")]
    [1363.3, 255.5]
    """
    if switching == "monotonic":
        return sum(2.0 ** (bits - 2 - i) for i in range(1, bits))
    return sum(2.0 ** (bits + 1 - 2 * i) * (2**i - 1) for i in range(1, bits + 1))


@dataclass(frozen=True, kw_only=True)
class SARConverter(AnalogConverter):
    """A successive-approximation converter.

    Parameters
    ----------
    node : ProcessNode
    bits : int
        At least 2.
    switching : {"monotonic", "conventional"}
        Of the capacitors.

    Examples
    --------
    >>> from acanthite.constants import fJ, nm
    >>> node = ac.cost.ProcessNode(22 * nm, ac.cost.CONSTANTS)
    >>> print(f"{ac.cost.SARConverter(node=node, bits=6).energy() / fJ:.0f} fJ")
    85 fJ
    """

    switching: Switching = "monotonic"

    SOURCES: ClassVar[tuple[str, ...]] = ("Liu2010", "Li2020", "Shao2014")
    LIMITS: ClassVar[tuple[str, ...]] = (
        *Comparator.LIMITS,
        "a SAR converter is the sum of its parts: its clock and the buffers of its references, which "
        "may take several times as much, are only in its interval",
    )
    LEAST_BITS: ClassVar[int] = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.switching not in get_args(Switching):
            raise ChipError(
                f"SARConverter: switching = {self.switching!r}; expected one of "
                f"{', '.join(get_args(Switching))}"
            )

    @cached_property
    def _comparator(self) -> Comparator:
        return Comparator(node=self.node)

    @cached_property
    def _logic(self) -> DigitalUnit:
        return DigitalUnit(node=self.node, kind="register", bits=_LOGIC * self.bits)

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a conversion [J], whatever the value."""
        unit = self.node.constants["capacitor.unit"] * self.node.supply**2
        array = switched_capacitors(self.bits, self.switching) * unit
        steps = self.bits * self._comparator.energy(use)
        whole = array + steps + self._logic.energy()
        return self.node.constants["sar.energy"] * whole

    def latency(self) -> float:
        """Return the time of a conversion [s]: a decision and a settling a bit."""
        return self.bits * 2.0 * self._comparator.latency()

    def area(self) -> float:
        """Return the area [m^2]."""
        capacitors = 2.0**self.bits * self.node.constants["capacitor.unit"]
        array = capacitors / self.node.constants["capacitor.density"]
        whole = array + self._comparator.area() + self._logic.area()
        return self.node.constants["sar.area"] * whole
