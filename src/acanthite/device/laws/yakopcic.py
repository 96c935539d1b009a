r"""The generalised memristor of Yakopcic *et al.* (IEEE EDL 32, 1436, 2011; IEEE TCAD 32, 1201,
2013).

.. math:: I = a x \sinh(b V), \qquad \dot x = \eta\, g(V) f(x)

with :math:`a = a_1` for :math:`V \ge 0`, :math:`a_2` below; :math:`g = A_p (e^V - e^{V_p})` above
:math:`V_p`, :math:`-A_n (e^{-V} - e^{V_n})` below :math:`-V_n`, else 0; and :math:`f` slowing the
motion towards a boundary beyond :math:`x_p` and :math:`1 - x_n`. Signs are the paper's: with
:math:`\eta = 1` SET is positive.
"""

from __future__ import annotations

import math

from acanthite.device.decorator import law
from acanthite.parameters import Quantity


def _fit(value: float, unit: str) -> Quantity:
    return Quantity(
        value,
        unit,
        "Yakopcic2013",
        "parameters fitted to the device of Oblea et al. (2010)",
        "fitted",
    )


QUANTITIES = {
    "a1": _fit(0.17, "A"),
    "a2": _fit(0.17, "A"),
    "b": _fit(0.05, "1/V"),
    "threshold_positive": _fit(0.16, "V"),
    "threshold_negative": _fit(0.15, "V"),
    "speed_positive": _fit(4000.0, "1/s"),
    "speed_negative": _fit(4000.0, "1/s"),
    "slow_above": _fit(0.3, "1"),
    "slow_below": _fit(0.5, "1"),
    "decay_positive": _fit(1.0, "1"),
    "decay_negative": _fit(5.0, "1"),
    "start": _fit(0.11, "1"),
    "eta": _fit(1.0, "1"),
}
"""The paper's a1, a2, b, Vp, Vn, Ap, An, xp, xn, alpha_p, alpha_n, x0 and eta, in this order."""


def drive(voltage, p):
    """Return g(V): zero between the thresholds."""
    if voltage > p.threshold_positive:
        return p.speed_positive * (math.exp(voltage) - math.exp(p.threshold_positive))
    if voltage < -p.threshold_negative:
        return -p.speed_negative * (math.exp(-voltage) - math.exp(p.threshold_negative))
    return 0.0


def motion(x, voltage, p):
    """Return f(x): one in the middle, falling to zero at the boundary that is moved to."""
    if p.eta * voltage >= 0.0:
        if x < p.slow_above:
            return 1.0
        return math.exp(-p.decay_positive * (x - p.slow_above)) * (
            (p.slow_above - x) / (1.0 - p.slow_above) + 1.0
        )
    if x > 1.0 - p.slow_below:
        return 1.0
    return math.exp(p.decay_negative * (x + p.slow_below - 1.0)) * x / (1.0 - p.slow_below)


@law(
    state="x",
    parameters=QUANTITIES,
    initial="start",
    name="Yakopcic",
    set_polarity="eta",
)
def YAKOPCIC(x, voltage, p):  # noqa: N802
    """Return dx/dt and the current."""
    amplitude = p.a1 if voltage >= 0.0 else p.a2
    return p.eta * drive(voltage, p) * motion(x, voltage, p), amplitude * x * math.sinh(
        p.b * voltage
    )
