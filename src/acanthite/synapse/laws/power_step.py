"""Power step: a step is a power of the way that is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from acanthite.quantities import accepts_quantities
from acanthite.synapse.laws.pulse_law import PulseLaw


@accepts_quantities
@dataclass(frozen=True, kw_only=True, eq=False)
class PowerStep(PulseLaw):
    r"""Power law of the distance to the bound; powers of 1 are soft bounds, of 0 constant steps.

    .. math:: \Delta w_\uparrow = s_\uparrow \left(\tfrac{1 - w}{2}\right)^{\gamma_\uparrow}, \qquad
       \Delta w_\downarrow = -s_\downarrow \left(\tfrac{1 + w}{2}\right)^{\gamma_\downarrow}

    Parameters
    ----------
    up, down : float
        :math:`s_\uparrow, s_\downarrow`, the largest steps: from the far bound. [1]
    up_power, down_power : float
        :math:`\gamma_\uparrow, \gamma_\downarrow`. [1]

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.PowerStep(
    ...     up=0.2,
    ...     down=0.2,
    ...     up_power=2.0,
    ...     down_power=2.0,
    ...     conductance_min=1 * uS,
    ...     conductance_max=5 * uS,
    ... )
    >>> print(f"{float(synapse.step_up(0.0)):.2f}")
    0.05
    """

    NAME: ClassVar[str] = "power-step"

    up: float
    down: float
    up_power: float = 1.0
    down_power: float = 1.0

    @staticmethod
    def steps(w: Any, p: Any) -> Any:
        """Return the mean steps up and down at ``w``. [1]"""
        return p.up * (0.5 - 0.5 * w) ** p.up_power, -p.down * (0.5 + 0.5 * w) ** p.down_power
