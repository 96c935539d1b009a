"""NeuroSim's exponential curves: conductance against pulse number, with a nonlinearity for each
direction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from acanthite.errors import ParameterError
from acanthite.quantities import accepts_quantities
from acanthite.synapse.laws.linear_law import LinearLaw


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class NeuroSim(LinearLaw):
    r"""Curves of n pulses from one end of the window to the other.

    .. math:: G_P(k) = G_{min} + B_P (1 - e^{-k / A_P}), \qquad G_D(k) = G_{max} - B_D (1 - e^{(k - n) / A_D}), \qquad
       B = \frac{G_{max} - G_{min}}{1 - e^{-n / A}}

    One pulse from :math:`G` takes the share :math:`1 - e^{-1/A}` of the way to :math:`G_{min} +
    B_P` (or :math:`G_{max} - B_D`), an asymptote beyond the window, at whose bounds it is stopped:
    the step is linear in ``w``.

    Parameters
    ----------
    n_pulses : float
        From one end to the other. [1]
    potentiation, depression : float
        :math:`A_P, A_D`, in pulses: small is curved, large is straight, negative bends the other
        way; not zero. [1]

    References
    ----------
    .. [1] P.-Y. Chen, X. Peng, S. Yu, *IEEE Trans. CAD* **37**, 3067 (2018), :doi:`10.1109/TCAD.2018.2789723`.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.NeuroSim(
    ...     n_pulses=64,
    ...     potentiation=20.0,
    ...     depression=40.0,
    ...     conductance_min=1 * uS,
    ...     conductance_max=5 * uS,
    ... )
    >>> w = -1.0
    >>> for _ in range(64):
    ...     w += float(synapse.step_up(w))
    >>> print(f"{w:.3f} after 64 pulses")
    1.000 after 64 pulses
    """

    NAME: ClassVar[str] = "neurosim"

    n_pulses: float
    potentiation: float
    depression: float

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.n_pulses > 1:
            raise ParameterError(f"n_pulses = {self.n_pulses:g}; expected more than one")
        for name in ("potentiation", "depression"):
            value = getattr(self, name)
            if not (math.isfinite(value) and abs(value) >= 1e-3 * self.n_pulses):
                raise ParameterError(
                    f"{name} = {value:g} pulses; expected a curvature that is not zero (large is "
                    "straight)"
                )

    @property
    def line(self) -> tuple[float, float, float, float]:
        """Offset and slope up, offset and slope down, of the mean device. [1]"""
        up, down = (-math.expm1(-1.0 / a) for a in (self.potentiation, self.depression))
        reach = [
            -2.0 / math.expm1(-self.n_pulses / a) for a in (self.potentiation, self.depression)
        ]
        return up * (reach[0] - 1.0), up, down * (reach[1] - 1.0), down
