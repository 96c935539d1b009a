"""Laws that several tests measure: of one text each, so that they are compiled once.

Numbers, names, starts and bounds are no part of the kernels of a law. A test that needs a device that
moves in some way, and not a law of its own text, takes one of these and gives it its parameters.
"""

from __future__ import annotations

import math
from typing import Any

from acanthite.device import Law, law

STILL = {
    **{"start": 0.5, "least": 0.0, "rest": 0.0, "drive": 0.0, "fade": 0.0, "push": 0.0},
    **{"swing": 0.0, "v_swing": 1.0, "dead": 0.0, "sign": 1.0, "burst": 0.0},
    **{"front": 0.0, "threshold": 0.0, "follow": 0.0, "latch": 0.0},
    **{"g": 0.0, "g_x": 0.0, "g_xx": 0.0, "i_x": 0.0, "i_sinh": 0.0, "v_sinh": 1.0},
}
"""Parameters of a device that neither moves nor conducts."""


def _one_state(x, voltage, p):
    """Return a rate and a current, of terms that are nothing unless their parameters say otherwise."""
    beyond = max(abs(voltage) - p.dead, 0.0)
    swing = p.sign * p.swing * math.copysign(math.sinh(beyond / p.v_swing), voltage)
    rate = p.rest + p.drive * voltage - p.fade * x + p.burst * x * x
    rate += (p.push * voltage + swing * x) * (1.0 - x)
    if voltage > p.threshold + p.follow * x or (p.latch > 0.0 and 0.0 < x < 1.0):
        rate += p.front
    current = voltage * (p.g + p.g_x * x + p.g_xx * x * x) + p.i_x * x
    return rate, current + p.i_sinh * math.sinh(voltage / p.v_sinh)


def one_state(name: str, *, initial: float | str = 0.5, **options: Any) -> Law:
    """Return a law of one state ``x`` that is pulled and conducts as its parameters say.

    Parameters
    ----------
    name : str
    initial : float or str
    **options
        Parameters, by default those of ``STILL``, and arguments of :func:`acanthite.device.law`.
    """
    parameters = STILL | {key: options.pop(key) for key in STILL.keys() & options}
    return law(state="x", parameters=parameters, initial=initial, name=name, **options)(_one_state)


def resistor_of(conductance: float) -> Law:
    """Return the law of a resistor that conducts so much unless told otherwise. [S]"""
    return one_state("resistor", g=conductance)


resistor = resistor_of(1e-3)


@law(state=(), parameters={"g": 1e-6, "v": 0.1})
def selector(s, voltage, p):
    """A device without memory, of conductance ``g`` below ``v``."""
    return (), p.g * p.v * math.sinh(voltage / p.v)


STEEP = 3.0


def _window(x):
    return x * (1.0 - x)


@law(state="x", parameters={"rate": 8.0, "g_on": 2e-3, "g_off": 1e-5}, initial=0.2, set_polarity=1)
def own(x, voltage, p):
    return p.rate * math.sinh(STEEP * voltage) * _window(x), voltage * (
        p.g_off + (p.g_on - p.g_off) * x
    )


NAMES = "abcd"
LINEAR = {
    **{f"{i}{j}": 0.0 for i in NAMES for j in NAMES}, **{f"drive_{i}": 0.0 for i in NAMES},
    **{f"{i}_0": 0.0 for i in NAMES}, **{f"read_{i}": 0.0 for i in NAMES},
}  # fmt: skip


@law(
    state=tuple(NAMES),
    parameters=LINEAR,
    initial=("a_0", "b_0", "c_0", "d_0"),
    lower=None,
    upper=None,
    scale=1.0,
    stores_charge=True,
)
def linear(s, v, p):
    """Four states that drive each other, and a voltage that drives them all."""
    rates = (
        p.aa * s.a + p.ab * s.b + p.ac * s.c + p.ad * s.d + p.drive_a * v,
        p.ba * s.a + p.bb * s.b + p.bc * s.c + p.bd * s.d + p.drive_b * v,
        p.ca * s.a + p.cb * s.b + p.cc * s.c + p.cd * s.d + p.drive_c * v,
        p.da * s.a + p.db * s.b + p.dc * s.c + p.dd * s.d + p.drive_d * v,
    )
    return rates, p.read_a * s.a + p.read_b * s.b + p.read_c * s.c + p.read_d * s.d + 1e-9 * v
