r"""Analogue resistive memory of a conductive metal oxide on HfOx.

.. math:: \sigma_w = a + b\,G, \qquad \overline{\Delta G} = -0.08900\,\ln t, \qquad
    \sigma_{\Delta G} = 0.41183 + 0.04201\,\ln t, \qquad
    \sigma_r = 0.02773\,\lg G\,\sqrt{\ln \frac{t + t_r}{2 t_r}}

with conductances in uS, times in seconds and :math:`t_r` of a microsecond.

References
----------
.. [1] D. F. Falcone et al., :arxiv:`2502.04524` (2025).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from acanthite.constants import uS
from acanthite.errors import CellError
from acanthite.inference.cells.base import Array, CellModel, ProgrammedCells
from acanthite.quantities import accepts_quantities

#: error of a write against conductance, by the range in which a write is accepted [uS, 1]
_WRITTEN = {0.02: (0.01121854, 0.01129027), 0.002: (0.00081107, 0.00106879)}
_READ = 1e-6


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class CMOReRAM(CellModel):
    """CMO/HfOx resistive memory: written until within a share of the target, relaxing after [1].

    Parameters
    ----------
    acceptance : float
        Share of the target within which a write is accepted: 0.02 or 0.002. [1]
    conductance_min, conductance_max : float
        By default the window of the source. [S]

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> fine = ac.inference.CMOReRAM(acceptance=0.002).program([50 * uS], seed=1)
    >>> coarse = ac.inference.CMOReRAM(acceptance=0.02).program([50 * uS], seed=1)
    >>> bool(abs(fine.written - fine.target) < abs(coarse.written - coarse.target))
    True
    """

    NAME: ClassVar[str] = "reram-cmo"
    SOURCE: ClassVar[str] = "Falcone et al. 2025"
    MEASURED: ClassVar[tuple[float, float]] = (1.0, np.inf)

    acceptance: float = 0.02
    conductance_min: float = 9 * uS
    conductance_max: float = 88.19 * uS

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.acceptance not in _WRITTEN:
            raise CellError(
                f"CMOReRAM: acceptance = {self.acceptance!r}; expected 0.02 or 0.002, which were "
                "measured"
            )

    def written(self, target: Array, rng: np.random.Generator) -> Array:
        """Return the target with the error left by write and verify. [S]"""
        offset, slope = _WRITTEN[self.acceptance]
        return target + (offset * uS + slope * target) * rng.standard_normal(target.shape)

    def aged(self, cells: ProgrammedCells, time: float, rng: np.random.Generator) -> Array:
        """Return what is left after relaxing, which does not depend on the conductance. [S]"""
        mean = -0.08900206 * np.log(time)
        spread = 0.41183342 + 0.04201137 * np.log(time)
        return cells.written + uS * (mean + spread * rng.standard_normal(cells.target.shape))

    def read_error(self, cells: ProgrammedCells, aged: Array, time: float) -> Array:
        """Return the noise of one read; none at a microsiemens and below. [S]"""
        size = 0.0277316483 * np.log10(np.maximum(aged / uS, 1.0))
        return uS * size * np.sqrt(np.log((time + _READ) / (2 * _READ)))
