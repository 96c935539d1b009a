r"""The Stanford-PKU RRAM model: a tunnel gap that grows and shrinks (Guan *et al.*, EDL 33, 1405,
2012; Jiang *et al.*, SISPAD 2014).

.. math:: I = I_0 e^{-g/g_0} \sinh(V/V_0)
.. math:: \dot g = -v_0\, e^{-E_a/kT} \sinh\frac{\gamma a_0 q V}{L k T}, \qquad \gamma = \gamma_0 - \beta (g/\mathrm{nm})^3

with :math:`T = T_0 + R_{th} |V I|`, and no motion where the enhanced field :math:`\gamma |V| / L`
is below ``field_min``. The random part of the gap's motion is left out. Signs are the model's: SET
at positive voltage.
"""

from __future__ import annotations

import math

from acanthite.constants import boltzmann, elementary_charge, nm
from acanthite.device.decorator import law
from acanthite.parameters import Quantity

_EV_OVER_K = elementary_charge / boltzmann  # kelvin a volt
_NM = nm
# argument of sinh beyond which it, or what it is multiplied by, would leave what a double holds
_STEEPEST = 300.0


def bounded_sinh(x):
    """Return sinh(x), constant beyond what a double can be multiplied by."""
    return math.sinh(max(-_STEEPEST, min(_STEEPEST, x)))


def _default(value: float, unit: str) -> Quantity:
    return Quantity(
        value,
        unit,
        "Jiang2014",
        "defaults of the authors' Verilog-A model, version 1.0.0",
        "fitted",
    )


QUANTITIES = {
    "i_0": _default(1e-3, "A"),
    "g_0": _default(0.25 * nm, "m"),
    "v_0": _default(0.25, "V"),
    "velocity": _default(10.0, "m/s"),
    "activation": _default(0.6, "V"),
    "gamma_0": _default(16.0, "1"),
    "beta": _default(0.8, "1"),
    "hop": _default(0.25 * nm, "m"),
    "oxide": _default(12 * nm, "m"),
    "field_min": _default(1.4e9, "V/m"),
    "thermal_resistance": _default(2.1e3, "K/W"),
    "temperature": _default(298.0, "K"),
    "gap_min": _default(0.2 * nm, "m"),
    "gap_max": _default(1.7 * nm, "m"),
    "gap_start": Quantity(1.7 * nm, "m", "Jiang2014", "starts in the HRS, at gap_max", "assumed"),
}


@law(
    state="gap",
    parameters=QUANTITIES,
    initial="gap_start",
    lower="gap_min",
    upper="gap_max",
    name="Stanford-PKU",
    set_polarity=1,
)
def STANFORD_PKU(gap, voltage, p):  # noqa: N802
    """Return dg/dt and the current."""
    current = p.i_0 * math.exp(-gap / p.g_0) * bounded_sinh(voltage / p.v_0)
    gamma = p.gamma_0 - p.beta * (gap / _NM) ** 3
    if gamma * abs(voltage) / p.oxide < p.field_min:
        return 0.0, current
    beta = _EV_OVER_K / (p.temperature + p.thermal_resistance * abs(voltage * current))
    drive = bounded_sinh(gamma * p.hop / p.oxide * voltage * beta)
    return -p.velocity * math.exp(-p.activation * beta) * drive, current
