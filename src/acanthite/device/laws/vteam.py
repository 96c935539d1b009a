r"""VTEAM: a memristor with voltage thresholds (Kvatinsky *et al.*, IEEE TCAS-II 62, 786, 2015).

.. math:: \dot w = k_{off} (V/v_{off} - 1)^{\alpha_{off}},\quad V > v_{off} > 0
.. math:: \dot w = k_{on} (V/v_{on} - 1)^{\alpha_{on}},\quad V < v_{on} < 0

and no motion between. The window is the ideal rectangular one: :math:`w` stays within its bounds.
The current is :math:`V / R(w)` with :math:`R` linear in :math:`w`, or exponential where
``exponential`` is 1. Signs are the paper's: RESET (towards off) at positive voltage, SET at
negative.
"""

from __future__ import annotations

import math

from acanthite.constants import nm
from acanthite.device.decorator import law
from acanthite.parameters import Quantity


def _defaults(value: float, unit: str) -> Quantity:
    where = (
        "defaults of the authors' public model, as carried by MemTorch, not those of a fit in the "
        "paper"
    )
    return Quantity(value, unit, "Kvatinsky2015", where, "assumed")


QUANTITIES = {
    "k_off": _defaults(5e-4, "m/s"),
    "k_on": _defaults(-10.0, "m/s"),
    "alpha_off": _defaults(1.0, "1"),
    "alpha_on": _defaults(3.0, "1"),
    "v_off": _defaults(0.02, "V"),
    "v_on": _defaults(-0.2, "V"),
    "r_off": _defaults(1000.0, "ohm"),
    "r_on": _defaults(50.0, "ohm"),
    "w_off": _defaults(3 * nm, "m"),
    "w_on": _defaults(0.0, "m"),
    "exponential": Quantity(
        0.0, "1", "Kvatinsky2015", "Eq. (5): R linear in w; 1 takes Eq. (6)", "assumed"
    ),
}


@law(
    state="w",
    parameters=QUANTITIES,
    initial="w_off",
    lower="w_on",
    upper="w_off",
    name="VTEAM",
    set_polarity=-1,
)
def VTEAM(w, voltage, p):  # noqa: N802
    """Return dw/dt and the current."""
    speed = 0.0
    if voltage > p.v_off:
        speed = p.k_off * (voltage / p.v_off - 1.0) ** p.alpha_off
    elif voltage < p.v_on:
        speed = p.k_on * (voltage / p.v_on - 1.0) ** p.alpha_on
    share = (w - p.w_on) / (p.w_off - p.w_on)
    linear = p.r_on + (p.r_off - p.r_on) * share
    resistance = (
        linear if p.exponential == 0.0 else p.r_on * math.exp(share * math.log(p.r_off / p.r_on))
    )
    return speed, voltage / resistance
