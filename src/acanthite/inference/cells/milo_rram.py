"""HfO2 resistive memory with many levels, as written; nothing was published of its drift.

References
----------
.. [1] V. Milo et al., *IEEE Trans. Electron Devices* **68**, 3832 (2021), :doi:`10.1109/TED.2021.3089995`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from acanthite.constants import uS
from acanthite.inference.cells.base import Array, CellModel
from acanthite.quantities import accepts_quantities


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class MiloRRAM(CellModel):
    """HfO2 resistive memory: the error of a write falls with the conductance [1].

    Parameters
    ----------
    conductance_min, conductance_max : float
        Measured from 50 to 225 uS. [S]

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> import numpy as np
    >>> programmed = ac.inference.MiloRRAM().program(np.full(10_000, 100 * uS), seed=1)
    >>> print(f"{programmed.written.std() / uS:.1f} uS")
    3.9 uS
    """

    NAME: ClassVar[str] = "rram-milo"
    SOURCE: ClassVar[str] = "Milo et al. 2021"
    MEASURED: ClassVar[tuple[float, float]] = (0.0, 0.0)

    conductance_min: float = 50 * uS
    conductance_max: float = 225 * uS

    def written(self, target: Array, rng: np.random.Generator) -> Array:
        """Return the target with a normal error. [S]"""
        error = 4.782321 * uS - 0.009107 * target
        return target + error * rng.standard_normal(target.shape)
