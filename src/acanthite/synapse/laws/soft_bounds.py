"""Soft bounds: a step shrinks as its bound comes near."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from acanthite.errors import ParameterError
from acanthite.quantities import accepts_quantities
from acanthite.synapse.base import Cells, Synapse, check_draw
from acanthite.synapse.laws.pulse_law import lognormal
from acanthite.synapse.rule import SHARES


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class SoftBounds(Synapse):
    r"""The Ag2S law: coverage of the interface grows on free sites and dissolves from covered ones.

    .. math:: \Delta w_\uparrow = s_\uparrow (1 - w), \qquad \Delta w_\downarrow = -s_\downarrow (1 + w)

    Parameters
    ----------
    up, down : float
        :math:`s_\uparrow, s_\downarrow`, share of the remaining way one pulse covers, in (0, 1).
        [1]
    up_spread, down_spread : float
        Relative standard deviation of each between devices (lognormal). [1]
    lower_spread, upper_spread : float
        Standard deviation of the bounds between devices, in ``w``. [1]

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.05, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> print(
    ...     f"rests at {synapse.symmetry_point:.2f}, {synapse.conductance(0.0) / uS:.0f} uS in the middle"
    ... )
    rests at 0.33, 3 uS in the middle
    """

    NAME: ClassVar[str] = "soft-bounds"

    up: float
    down: float
    up_spread: float = 0.0
    down_spread: float = 0.0
    lower_spread: float = 0.0
    upper_spread: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("up", "down"):
            if not 0 < getattr(self, name) < 1:
                raise ParameterError(
                    f"{name} = {getattr(self, name):g}; expected a share between 0 and 1"
                )
        for name in ("up_spread", "down_spread", "lower_spread", "upper_spread"):
            if not getattr(self, name) >= 0:
                raise ParameterError(f"{name} = {getattr(self, name):g}; expected zero or more")

    def step_up(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one potentiating pulse. [1]"""
        return self.up * (1.0 - np.asarray(weight))

    def step_down(self, weight: Any) -> Any:
        """Return the mean change of ``weight`` by one depressing pulse. [1]"""
        return -self.down * (1.0 + np.asarray(weight))

    @property
    def symmetry_point(self) -> float:
        r""":math:`(s_\uparrow - s_\downarrow) / (s_\uparrow + s_\downarrow)`. [1]"""
        return (self.up - self.down) / (self.up + self.down)

    def cells(self, n: int, generator: np.random.Generator) -> Cells:
        """Draw ``n`` devices: shares lognormal and below 1, bounds normal and at least a fifth of
        the window apart.
        """
        return self.disturbed(self._drawn(check_draw(n, generator), generator), n, generator)

    def _drawn(self, n: int, generator: np.random.Generator) -> Cells:
        z = generator.standard_normal((4, n))
        up = np.minimum(self.up * lognormal(self.up_spread, z[0]), 0.95)
        down = np.minimum(self.down * lognormal(self.down_spread, z[1]), 0.95)
        lower = np.minimum(-1.0 + self.lower_spread * z[2], -0.2)
        upper = np.maximum(1.0 + self.upper_spread * z[3], 0.2)
        columns = np.stack((lower, upper, down, up), axis=1)
        return Cells(np.ascontiguousarray(columns, np.float32), self.pulse_noise, SHARES)
