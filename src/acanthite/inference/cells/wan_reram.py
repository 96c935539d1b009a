"""HfOx resistive memory of a compute-in-memory chip, measured a second, one and two days after.

References
----------
.. [1] W. Wan et al., *Nature* **608**, 504 (2022), :doi:`10.1038/s41586-022-04992-8`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from acanthite.constants import uS
from acanthite.inference.cells.base import (
    Array,
    CellModel,
    ProgrammedCells,
    check_window,
    polynomial,
)
from acanthite.quantities import accepts_quantities

_MEASURED = 40 * uS
_DAY = 86400.0
#: standard deviation against x, ascending powers, by the time after programming [uS]
_SPREAD = {
    1.0: (0.348, 16.030, -43.853, 45.393, -16.815),
    _DAY: (0.701, 22.086, -50.773, 47.095, -16.458),
    2 * _DAY: (0.782, 20.274, -43.507, 37.062, -11.934),
}


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class WanReRAM(CellModel):
    """HfOx resistive memory, written with verification; cells relax in the days after [1].

    What a cell departs from its target by keeps its rank among the cells; its size is that
    measured at the time.

    Parameters
    ----------
    conductance_max : float
        Measured at 40 uS; errors are in proportion in another window. [S]

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> import numpy as np
    >>> programmed = ac.inference.WanReRAM().program(np.full(10_000, 8 * uS), seed=1)
    >>> print(
    ...     f"{programmed.at(1.0).std() / uS:.1f} and {programmed.at(86400.0).std() / uS:.1f} uS"
    ... )
    2.1 and 3.4 uS
    """

    NAME: ClassVar[str] = "reram-wan"
    SOURCE: ClassVar[str] = "Wan et al. 2022"
    TIMES: ClassVar[tuple[float, ...]] = tuple(_SPREAD)

    conductance_max: float = _MEASURED

    def __post_init__(self) -> None:
        super().__post_init__()
        check_window(self, _MEASURED)

    def written(self, target: Array, rng: np.random.Generator) -> Array:
        """Return cells as they are a second after they were written. [S]"""
        return target + self._error(target, 1.0) * rng.standard_normal(target.shape)

    def aged(self, cells: ProgrammedCells, time: float, rng: np.random.Generator) -> Array:
        """Return the target with the error of that time. [S]"""
        departure = rng.standard_normal(cells.target.shape)
        return cells.target + self._error(cells.target, time) * departure

    def _error(self, target: Array, time: float) -> Array:
        scale = uS * self.conductance_max / _MEASURED
        return scale * polynomial(_SPREAD[time], target / self.conductance_max)
