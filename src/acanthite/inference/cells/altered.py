"""Cells with one of their faults left out, to see what it costs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from acanthite.arguments import instance
from acanthite.errors import CellError
from acanthite.inference.cells.base import Array, CellModel, ProgrammedCells
from acanthite.quantities import accepts_quantities


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class AlteredCells(CellModel):
    """Cells as another model has them, some of what they do left out.

    Where a model gives states at each time, and not what becomes of what was written, the error of
    writing is part of those states.

    Parameters
    ----------
    inner : CellModel
    exact : bool
        They are written without error.
    still : bool
        They stay as they are at the first time.
    quiet : bool
        Reads have no noise.
    conductance_min, conductance_max : float
        Those of the other model. [S]

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> cells = ac.inference.AlteredCells(inner=ac.inference.PCM(), exact=True, still=True)
    >>> print(f"{cells.program([5 * uS]).aged(1e6)[0] / uS:.3f} uS")
    5.000 uS
    """

    NAME: ClassVar[str] = "altered"
    SOURCE: ClassVar[str] = "another model"

    inner: CellModel
    exact: bool = False
    still: bool = False
    quiet: bool = False
    conductance_min: float = math.nan
    conductance_max: float = math.nan

    def __post_init__(self) -> None:
        inner = instance("AlteredCells: inner", self.inner, CellModel, "cells", error=CellError)
        for name in ("conductance_min", "conductance_max", "TIMES", "MEASURED"):
            object.__setattr__(self, name, getattr(inner, name))
        super().__post_init__()

    @property
    def largest_read_voltage(self) -> float:
        """That of the other model. [V]"""
        return self.inner.largest_read_voltage

    def program(
        self, target: Any, seed: int = 1, *, tolerance: float | None = None, attempts: int = 20
    ) -> ProgrammedCells:
        """Write conductances into fresh cells; see :meth:`CellModel.program`."""
        cells = self.inner.program(target, seed, tolerance=tolerance, attempts=attempts)
        return self.altered(cells)

    def altered(self, cells: ProgrammedCells) -> ProgrammedCells:
        """Return cells of the other model as cells of this one."""
        return replace(cells, model=self, written=cells.target if self.exact else cells.written)

    def written(self, target: Array, rng: np.random.Generator) -> Array:
        """Return what the other model writes, or the targets. [S]"""
        return target if self.exact else self.inner.written(target, rng)

    def aged(self, cells: ProgrammedCells, time: float, rng: np.random.Generator) -> Array:
        """Return what is left by the other model. [S]"""
        return self.inner.aged(cells, self.inner.first_time if self.still else time, rng)

    def read_error(self, cells: ProgrammedCells, aged: Array, time: float) -> Array | float:
        """Return the noise of a read of the other model, or none. [S]"""
        return 0.0 if self.quiet else self.inner.read_error(cells, aged, time)
