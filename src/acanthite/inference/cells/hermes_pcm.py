"""Phase-change memory of a 64-core chip, one device or two devices a cell.

References
----------
.. [1] M. Le Gallo et al., *Nat. Electron.* **6**, 680 (2023), :doi:`10.1038/s41928-023-01010-1`.
.. [2] A. Vasilopoulos et al., *IEEE Trans. Electron Devices* (2023), two devices a cell.
.. [3] R. Khaddam-Aljameh et al., *IEEE J. Solid-State Circuits* **57**, 1027 (2022), the chip.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from acanthite.constants import ns, uS
from acanthite.errors import CellError
from acanthite.inference.cells.base import (
    Array,
    CellModel,
    ProgrammedCells,
    check_window,
    polynomial,
)
from acanthite.quantities import accepts_quantities

_READ = 512 * ns
_LEAST = 1e-7  # of the window: a logarithm is not taken of less


@dataclass(frozen=True)
class _Branch:
    """A figure that is a clipped logarithm of x at small conductances, a polynomial above."""

    border: float
    offset: float
    slope: float
    range: tuple[float, float]
    above: tuple[float, ...]

    def __call__(self, x: Array) -> Array:
        low = np.clip(self.offset + self.slope * np.log(np.maximum(x, _LEAST)), *self.range)
        return np.where(x < self.border, low, polynomial(self.above, x))


@dataclass(frozen=True)
class _Figures:
    """What differs between cells of one device and of two."""

    window: float
    first_read: float
    written: tuple[float, ...]
    exponent_spread: _Branch
    noise: _Branch


_EXPONENT = _Branch(0.0945, -0.0182, -0.0387, (0.0720, 0.13), (0.0736, -0.0126, -0.0436))
_FIGURES = {
    1: _Figures(
        window=10.35 * uS,
        first_read=200.0,
        written=(0.15781817, 2.32443916, -2.16310839, 0.68841818),
        exponent_spread=_Branch(
            0.3039, -0.0023, -0.0120, (0.0124, 0.04), (0.0104, 0.0116, -0.0165)
        ),
        noise=_Branch(0.1591, 0.0038, -0.0078, (0.0179, 0.04), (0.0088, 0.0768, -0.1352, 0.0664)),
    ),
    2: _Figures(
        window=20.7 * uS,
        first_read=300.0,
        written=(0.16603222, 4.71806468, -8.48101252, 4.68961419),
        exponent_spread=_Branch(
            0.3055, -0.0057, -0.0117, (0.0091, 0.04), (0.0073, 0.0093, -0.0118)
        ),
        noise=_Branch(0.16, -0.0069, -0.0117, (0.015, 0.04), (0.0123, 0.0211, -0.0280, 0.0069)),
    ),
}


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class HermesPCM(CellModel):
    """Phase-change memory of the HERMES chip: one device a cell [1], or two in parallel [2].

    Parameters
    ----------
    devices : int
        One or two a cell.
    conductance_max : float, optional
        By default what was measured: 10.35 uS with one device, 20.7 uS with two. [S]

    Examples
    --------
    >>> ac.inference.HermesPCM(devices=2).conductance_max
    2.07e-05
    """

    NAME: ClassVar[str] = "pcm-hermes"
    SOURCE: ClassVar[str] = "Le Gallo et al. 2023; Vasilopoulos et al. 2023"

    devices: int = 1
    conductance_max: float = 0.0

    def __post_init__(self) -> None:
        if self.devices not in _FIGURES:
            raise CellError(f"HermesPCM: devices = {self.devices!r}; expected 1 or 2")
        if not self.conductance_max:
            object.__setattr__(self, "conductance_max", self._figures.window)
        super().__post_init__()
        check_window(self, self._figures.window)

    @property
    def _figures(self) -> _Figures:
        return _FIGURES[self.devices]

    def written(self, target: Array, rng: np.random.Generator) -> Array:
        """Return the target with a normal error, never below zero. [S]"""
        x = target / self.conductance_max
        scale = uS * self.conductance_max / self._figures.window
        return target + scale * polynomial(self._figures.written, x) * rng.standard_normal(x.shape)

    def aged(self, cells: ProgrammedCells, time: float, rng: np.random.Generator) -> Array:
        """Return what is left after drift with each cell's own exponent. [S]"""
        x = cells.relative_target
        spread = self._figures.exponent_spread(x)
        exponent = np.abs(_EXPONENT(x) + spread * rng.standard_normal(x.shape))
        return cells.written * (1.0 + time / self._figures.first_read) ** -exponent

    def read_error(self, cells: ProgrammedCells, aged: Array, time: float) -> Array:
        """Return the noise of one read: 1/f since the cell was written. [S]"""
        share = self._figures.noise(cells.written / self.conductance_max)
        since = time + self._figures.first_read
        return aged * share * np.sqrt(np.log((since + _READ) / (2 * _READ)))
