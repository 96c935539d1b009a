r"""Converters as the best published ones: a regression of Murmann's survey.

.. math:: E[\mathrm{pJ}] = \exp(26.0496216 + 1.8800369 \ln t - 2.8291256 \ln b - 1.4702022)
          \big/ \left(2 \cdot 10^{(F - \mathrm{SNDR})/10}\right)

with the node t in nm, b bits, SNDR = 6.0206 b + 1.7609 and the figure of merit F, the less of
213.78067 - 2.8719030 ln f and 128.30683 + 3.2205134 ceil(b), at f samples a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, log
from typing import ClassVar

from acanthite.arguments import number
from acanthite.constants import nm, pJ, um
from acanthite.cost.constants import factor
from acanthite.cost.converters.base import AnalogConverter
from acanthite.errors import ChipError
from acanthite.quantities import accepts_quantities

CONSTANTS = (
    factor("survey.energy", 0.7, 12.0, "Murmann2015", "the best to the median of the survey"),
    factor("survey.area", 0.5, 2.0, "Andrulis2024", "spread of published areas, assumed"),
)


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class SurveyConverter(AnalogConverter):
    """A converter whose energy and area are those of the best that were published.

    Parameters
    ----------
    node : ProcessNode
    bits : int
        At least 4.
    rate : float
        Samples a second. [1/s]

    References
    ----------
    .. [1] T. Andrulis *et al.*, :doi:`10.48550/arXiv.2404.06553` (2024).

    Examples
    --------
    >>> from acanthite.constants import nm, pJ, um
    >>> node = ac.cost.ProcessNode(22 * nm, ac.cost.CONSTANTS)
    >>> adc = ac.cost.SurveyConverter(node=node, bits=8, rate=1e8)
    >>> print(f"{adc.energy() / pJ:.3f} pJ, {adc.area() / um**2:.0f} um2")
    0.847 pJ, 2199 um2
    """

    rate: float = 1e8

    SOURCES: ClassVar[tuple[str, ...]] = ("Andrulis2024", "Murmann2015")
    LIMITS: ClassVar[tuple[str, ...]] = (
        "converters of the survey are the best published ones; the median takes up to 12 times as "
        "much",
    )
    LEAST_BITS: ClassVar[int] = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        number("SurveyConverter: rate", self.rate, least=1e3, most=1e11, error=ChipError)

    @property
    def _picojoules(self) -> float:
        figure = min(
            213.78067 - 2.8719030 * log(self.rate), 128.30683 + 3.2205134 * ceil(self.bits)
        )
        sndr = 6.0206 * self.bits + 1.7609
        nanometres = self.node.size / nm
        above = exp(
            26.0496216 + 1.8800369 * log(nanometres) - 2.8291256 * log(self.bits) - 1.4702022
        )
        return above / (2.0 * 10.0 ** ((figure - sndr) / 10.0))

    def energy(self, use: float = 1.0) -> float:
        """Return the energy of a conversion [J], whatever the value."""
        self._checked(use)
        return self.node.constants["survey.energy"] * self._picojoules * pJ

    def latency(self) -> float:
        """Return the time of a conversion [s]."""
        return 1.0 / self.rate

    def area(self) -> float:
        """Return the area [m^2]."""
        square_microns = exp(
            1.3461916
            + 0.99327947 * log(self.node.size / nm)
            + 0.18071538 * log(self.rate)
            + 0.29912426 * log(self._picojoules)
        )
        return self.node.constants["survey.area"] * square_microns * um**2
