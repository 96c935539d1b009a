"""Cells without error: they are what was asked for, and stay so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from acanthite.constants import uS
from acanthite.inference.cells.base import Array, CellModel
from acanthite.quantities import accepts_quantities


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class IdealCells(CellModel):
    """Cells that hold any target exactly: to see what all else on a chip does.

    Parameters
    ----------
    conductance_min, conductance_max : float
        [S]

    Examples
    --------
    >>> programmed = ac.inference.IdealCells(conductance_max=1e-4).program([3e-5])
    >>> programmed.at(1e9).tolist()
    [3e-05]
    """

    NAME: ClassVar[str] = "ideal"
    SOURCE: ClassVar[str] = "exact"

    conductance_max: float = 100 * uS

    def written(self, target: Array, rng: np.random.Generator) -> Array:
        """Return the targets. [S]"""
        return target
