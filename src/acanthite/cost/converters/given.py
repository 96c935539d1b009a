"""A converter of one's own: energy, area and rate, as measured or as a data sheet has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from acanthite.arguments import number
from acanthite.cost.converters.base import AnalogConverter
from acanthite.errors import ChipError
from acanthite.quantities import accepts_quantities


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class GivenConverter(AnalogConverter):
    """A converter whose numbers are known.

    Parameters
    ----------
    node : ProcessNode
    bits : int
    conversion_energy : float
        Of a conversion. [J]
    size : float
        Its area. [m^2]
    rate : float
        Conversions a second. [1/s]

    Examples
    --------
    ISAAC's, of 8 bits at 32 nm:

    >>> from acanthite.constants import nm, pJ, um
    >>> node = ac.cost.ProcessNode(32 * nm, ac.cost.CONSTANTS)
    >>> isaac = ac.cost.GivenConverter(
    ...     node=node, bits=8, conversion_energy=1.67 * pJ, size=1200 * um**2, rate=1.2e9
    ... )
    >>> print(f"{isaac.energy() / pJ:.2f} pJ")
    1.67 pJ
    """

    conversion_energy: float
    size: float
    rate: float

    SOURCES: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("conversion_energy", "size", "rate"):
            number(f"GivenConverter: {name}", getattr(self, name), above=0, error=ChipError)

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a conversion [J], whatever the value."""
        self._checked(use)
        return self.conversion_energy

    def latency(self) -> float:
        """Return the time of a conversion [s]."""
        return 1.0 / self.rate

    def area(self) -> float:
        """Return the area [m^2]."""
        return self.size
