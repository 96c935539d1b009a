r"""Phase-change memory, the statistical model of 10,000 devices of one million.

.. math:: \sigma_w = 0.26348 + 1.9650\,x - 1.1731\,x^2 \ \text{uS at 25 uS}, \qquad
    G(t) = G (1 + t / t_0)^{-\nu}, \qquad
    \sigma_r = G(t)\,q \sqrt{\ln \frac{t + t_0 + t_r}{2 t_r}}

References
----------
.. [1] S. R. Nandakumar et al., *Proc. IEEE ICECS*, 727 (2019), :doi:`10.1109/ICECS46596.2019.8964852`.
.. [2] V. Joshi et al., *Nat. Commun.* **11**, 2473 (2020), :doi:`10.1038/s41467-020-16108-9`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from acanthite.constants import ns, uS
from acanthite.inference.cells.base import (
    Array,
    CellModel,
    ProgrammedCells,
    check_window,
    polynomial,
)
from acanthite.quantities import accepts_quantities

_MEASURED = 25 * uS
_WRITTEN = (0.26348 * uS, 1.9650 * uS, -1.1731 * uS)
_FIRST_READ = 20.0  # t0, after the pulse [s]
_READ = 250 * ns
_LEAST = 1e-7  # of the window: a logarithm is not taken of less


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class PCM(CellModel):
    """Phase-change memory: written in steps with verification, drifting, with 1/f noise [1, 2].

    Parameters
    ----------
    conductance_max : float
        Measured at 25 uS; errors are in proportion in another window. [S]

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> programmed = ac.inference.PCM().program([5 * uS, 25 * uS], seed=1)
    >>> programmed.at(86400.0).shape
    (2,)
    """

    NAME: ClassVar[str] = "pcm"
    SOURCE: ClassVar[str] = "Nandakumar et al. 2019; Joshi et al. 2020"

    conductance_max: float = _MEASURED

    def __post_init__(self) -> None:
        super().__post_init__()
        check_window(self, _MEASURED)

    def written(self, target: Array, rng: np.random.Generator) -> Array:
        """Return the target with a normal error, never below zero. [S]"""
        x = target / self.conductance_max
        error = polynomial(_WRITTEN, x) * self.conductance_max / _MEASURED
        return target + error * rng.standard_normal(target.shape)

    def aged(self, cells: ProgrammedCells, time: float, rng: np.random.Generator) -> Array:
        """Return what is left after drift with each cell's own exponent. [S]"""
        x = np.log(np.maximum(cells.relative_target, _LEAST))
        mean = np.clip(0.0244 - 0.0155 * x, 0.049, 0.1)
        spread = np.clip(-0.0059 - 0.0125 * x, 0.008, 0.045)
        exponent = np.abs(mean + spread * rng.standard_normal(x.shape))
        return cells.written * (1.0 + time / _FIRST_READ) ** -exponent

    def read_error(self, cells: ProgrammedCells, aged: Array, time: float) -> Array:
        """Return the noise of one read: 1/f since the cell was written. [S]"""
        x = cells.written / self.conductance_max
        share = np.minimum(0.0088 / np.maximum(x**0.65, 1e-3), 0.2)
        return aged * share * np.sqrt(np.log((time + _FIRST_READ + _READ) / (2 * _READ)))
