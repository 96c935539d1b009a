"""Linear step: a step grows or shrinks linearly over the window, up to hard bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from acanthite.errors import ParameterError
from acanthite.quantities import accepts_quantities
from acanthite.synapse.laws.linear_law import LinearLaw


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class LinearStep(LinearLaw):
    r"""Steps of any slope that end at hard bounds.

    .. math:: \Delta w_\uparrow = s_\uparrow (1 - a_\uparrow w), \qquad
       \Delta w_\downarrow = -s_\downarrow (1 + a_\downarrow w)

    Parameters
    ----------
    up, down : float
        :math:`s_\uparrow, s_\downarrow`, steps in the middle of the window, in (0, 1). [1]
    up_slope, down_slope : float
        :math:`a_\uparrow, a_\downarrow`, from 0 (constant steps) to 1 (soft bounds). [1]

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.LinearStep(
    ...     up=0.1, down=0.1, up_slope=0.5, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> print(
    ...     f"{float(synapse.step_up(0.0)):.3f} in the middle, {float(synapse.step_up(0.5)):.3f} further up"
    ... )
    0.100 in the middle, 0.075 further up
    """

    NAME: ClassVar[str] = "linear-step"

    up: float
    down: float
    up_slope: float = 0.0
    down_slope: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("up", "down"):
            if not 0 < getattr(self, name) < 1:
                raise ParameterError(
                    f"{name} = {getattr(self, name):g}; expected a step between 0 and 1"
                )
        for name in ("up_slope", "down_slope"):
            if not -1 <= getattr(self, name) <= 1:
                raise ParameterError(
                    f"{name} = {getattr(self, name):g}; expected a slope from -1 to 1"
                )

    @property
    def line(self) -> tuple[float, float, float, float]:
        """Offset and slope up, offset and slope down, of the mean device. [1]"""
        return self.up, self.up * self.up_slope, self.down, self.down * self.down_slope
