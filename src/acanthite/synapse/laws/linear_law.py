"""Base of the laws whose steps are linear in the weight between hard bounds: their cells share one
rule.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from acanthite.errors import ParameterError
from acanthite.synapse.base import Cells, Synapse, check_draw
from acanthite.synapse.laws.pulse_law import LEAST_HALF, lognormal


@dataclass(frozen=True, kw_only=True)
class LinearLaw(Synapse):
    """Steps ``a - b w`` up and ``-(a + b w)`` down, stopped at the bounds; a subclass gives ``a``
    and ``b`` of each.

    Parameters
    ----------
    up_spread, down_spread : float
        Relative standard deviation of the steps up and down between devices (lognormal). [1]
    lower_spread, upper_spread : float
        Standard deviation of the bounds between devices, in ``w``. [1]

    Examples
    --------
    A base, not used itself: the laws whose step is a straight line in the weight.

    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.LinearStep(
    ...     up=0.1, down=0.1, up_slope=0.5, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> isinstance(synapse, ac.synapse.LinearLaw), synapse.line
    (True, (0.1, 0.05, 0.1, 0.0))
    """

    up_spread: float = 0.0
    down_spread: float = 0.0
    lower_spread: float = 0.0
    upper_spread: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("up_spread", "down_spread", "lower_spread", "upper_spread"):
            if not getattr(self, name) >= 0:
                raise ParameterError(f"{name} = {getattr(self, name):g}; expected zero or more")

    @property
    @abstractmethod
    def line(self) -> tuple[float, float, float, float]:
        """Offset and slope up, offset and slope down, of the mean device. [1]"""

    def step_up(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one potentiating pulse, stopped at the bound. [1]"""
        w = np.asarray(weight)
        return np.minimum(np.maximum(self.line[0] - self.line[1] * w, 0.0), 1.0 - w)

    def step_down(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one depressing pulse, negative, stopped at the
        bound. [1]
        """
        w = np.asarray(weight)
        return -np.minimum(np.maximum(self.line[2] + self.line[3] * w, 0.0), 1.0 + w)

    @property
    def symmetry_point(self) -> float:
        """Weight at which up and down cancel; 0 for a law without one. [1]"""
        up, up_slope, down, down_slope = self.line
        slope = up_slope + down_slope
        return (up - down) / slope if slope > 0 and abs(up - down) < slope else 0.0

    def cells(self, n: int, generator: np.random.Generator) -> Cells:
        """Draw ``n`` devices; one row if they are all alike."""
        n = check_draw(n, generator)
        spreads = (self.up_spread, self.down_spread, self.lower_spread, self.upper_spread)
        rows = n if any(spreads) else 1
        z = generator.standard_normal((4, rows))
        up, down = lognormal(self.up_spread, z[0]), lognormal(self.down_spread, z[1])
        a, b, c, d = self.line
        lower = np.minimum(-1.0 + self.lower_spread * z[2], -LEAST_HALF)
        upper = np.maximum(1.0 + self.upper_spread * z[3], LEAST_HALF)
        columns = (lower, upper, a * up, b * up, c * down, d * down)
        cells = Cells(np.ascontiguousarray(np.stack(columns, axis=1), np.float32), self.pulse_noise)
        return self.disturbed(cells, n, generator)
