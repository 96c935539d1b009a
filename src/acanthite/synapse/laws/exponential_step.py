"""Exponential step: a step falls off exponentially towards its bound."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from acanthite.quantities import accepts_quantities
from acanthite.synapse.laws.pulse_law import PulseLaw


@accepts_quantities
@dataclass(frozen=True, kw_only=True, eq=False)
class ExponentialStep(PulseLaw):
    r"""Step that an exponential takes off as the bound comes near; nothing is left where it passes
    one.

    .. math:: \Delta w_\uparrow = s_\uparrow \max(0, 1 - A_\uparrow e^{\gamma_\uparrow w}), \qquad
       \Delta w_\downarrow = -s_\downarrow \max(0, 1 - A_\downarrow e^{-\gamma_\downarrow w})

    Parameters
    ----------
    up, down : float
        :math:`s_\uparrow, s_\downarrow`, steps far from the bound. [1]
    up_amplitude, down_amplitude : float
        :math:`A_\uparrow, A_\downarrow`. [1]
    up_rate, down_rate : float
        :math:`\gamma_\uparrow, \gamma_\downarrow`. [1]

    References
    ----------
    .. [1] N. Gong et al., *Nat. Commun.* **9**, 2102 (2018), :doi:`10.1038/s41467-018-04485-1`.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.ExponentialStep(
    ...     up=0.1,
    ...     down=0.1,
    ...     up_amplitude=0.2,
    ...     down_amplitude=0.2,
    ...     up_rate=1.0,
    ...     down_rate=1.0,
    ...     conductance_min=1 * uS,
    ...     conductance_max=5 * uS,
    ... )
    >>> print(
    ...     f"{float(synapse.step_up(-1.0)):.3f} at one bound, {float(synapse.step_up(0.9)):.3f} near the other"
    ... )
    0.093 at one bound, 0.051 near the other
    """

    NAME: ClassVar[str] = "exponential-step"

    up: float
    down: float
    up_amplitude: float
    down_amplitude: float
    up_rate: float
    down_rate: float

    @staticmethod
    def steps(w: Any, p: Any) -> Any:
        """Return the mean steps up and down at ``w``. [1]"""
        up = p.up * max(1.0 - p.up_amplitude * math.exp(p.up_rate * w), 0.0)
        down = p.down * max(1.0 - p.down_amplitude * math.exp(-p.down_rate * w), 0.0)
        return up, -down
