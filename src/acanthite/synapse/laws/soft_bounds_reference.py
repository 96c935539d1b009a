"""Soft bounds with a reference: each cell is read against its own symmetry point, which is its
zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from acanthite.errors import ParameterError
from acanthite.quantities import accepts_quantities
from acanthite.synapse.base import Cells, check_draw
from acanthite.synapse.laws.soft_bounds import SoftBounds


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class SoftBoundsReference(SoftBounds):
    """Soft bounds of which a reference cell takes off the symmetry point, so that a weight without
    drive rests at zero.

    Parameters
    ----------
    reference_mean, reference_error : float
        Mean and standard deviation of what a reference is beside its cell's symmetry point. [1]

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.SoftBoundsReference(
    ...     up=0.1, down=0.05, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> print(
    ...     f"{synapse.reference:.2f} is taken off, so that it rests at {synapse.symmetry_point:.0f}"
    ... )
    0.33 is taken off, so that it rests at 0
    """

    NAME: ClassVar[str] = "soft-bounds-reference"

    reference_mean: float = 0.0
    reference_error: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.reference_error >= 0:
            raise ParameterError(
                f"reference_error = {self.reference_error:g}; expected zero or more"
            )

    @property
    def reference(self) -> float:
        """What is taken off the mean device's weight. [1]"""
        return super().symmetry_point + self.reference_mean

    @property
    def symmetry_point(self) -> float:
        """Zero, but for what the mean reference is beside it. [1]"""
        return 0.0 - self.reference_mean

    def step_up(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one potentiating pulse. [1]"""
        return super().step_up(np.asarray(weight) + self.reference)

    def step_down(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one depressing pulse, negative. [1]"""
        return super().step_down(np.asarray(weight) + self.reference)

    def conductance(self, weight: Any) -> Any:
        """Return the conductance of ``weight``. [S]"""
        return super().conductance(np.asarray(weight) + self.reference)

    def weight(self, conductance: Any) -> Any:
        """Return the weight of ``conductance``. [1]"""
        return super().weight(conductance) - self.reference

    def cells(self, n: int, generator: np.random.Generator) -> Cells:
        """Draw ``n`` devices, each against its own reference."""
        cells = self._drawn(check_draw(n, generator), generator)
        error = self.reference_mean + self.reference_error * generator.standard_normal(
            len(cells.coefficients)
        )
        referred = cells.referred(cells.symmetry_points + error, 1.0)
        return self.disturbed(referred, n, generator)
