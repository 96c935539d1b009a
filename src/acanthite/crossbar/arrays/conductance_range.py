"""The conductances that cells can be given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from acanthite.constants import nS, uS
from acanthite.crossbar.array_types import Array
from acanthite.crossbar.circuit.checks import count, number
from acanthite.errors import CrossbarError
from acanthite.quantities import accepts_quantities

_ROUNDING = 1e-9  # by which a computed fraction may be outside the range


@accepts_quantities
@dataclass(frozen=True)
class ConductanceRange:
    """The conductances a cell can be given.

    Parameters
    ----------
    lowest, highest : float
        [S]
    levels : int, optional
        Equidistant ones, both ends counted; any value between the ends without it.

    Raises
    ------
    CrossbarError
        If the range is empty or there are fewer than two levels.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> cells = ac.crossbar.ConductanceRange(lowest=1 * uS, highest=4 * uS, levels=4)
    >>> [f"{g / uS:.0f} uS" for g in cells.at([0.0, 0.4, 1.0])]
    ['1 uS', '2 uS', '4 uS']
    """

    lowest: float
    highest: float
    levels: int | None = None

    def __post_init__(self) -> None:
        number("cells: lowest", self.lowest, least=0)
        number("cells: highest", self.highest, above=self.lowest)
        if self.levels is not None:
            count("cells: levels", self.levels, least=2)

    @property
    def span(self) -> float:
        """Highest less lowest [S]."""
        return self.highest - self.lowest

    def at(self, fraction: ArrayLike) -> Array:
        """Return the conductance [S] at a fraction of the range, on the nearest level.

        Parameters
        ----------
        fraction : array_like, shape (...)
            0 is the lowest, 1 the highest. [1]

        Raises
        ------
        CrossbarError
            If one is below 0 or above 1.
        """
        f = np.asarray(fraction, float)
        outside = ~((f >= -_ROUNDING) & (f <= 1.0 + _ROUNDING))
        if outside.any():
            raise CrossbarError(
                f"cells: fraction {f[outside].flat[0]:g} of the range; expected from 0 to 1"
            )
        if self.levels is not None:
            f = np.rint(f * (self.levels - 1)) / (self.levels - 1)
        return self.lowest + self.span * f


AG2S_RANGE = ConductanceRange(1.04 * nS, 150 * uS)
"""Of the 50 nm film: left in the HRS, and set under 10 uA (medians of the twin, predicted)."""
