"""What the noise of a contact follows from, each formula once: for arrays, and in compiled loops."""

from __future__ import annotations

import math

import numpy as np


def radius(resistance, resistivity, path):
    """Return the radius of a constriction: the root of Sharvin's and Maxwell's resistances. [m]"""
    half = 0.25 * resistivity
    sharvin = 4.0 * resistivity * path / (3.0 * math.pi)
    return (half + np.sqrt(half * half + resistance * sharvin)) / resistance


def ball(a):
    """Return the volume of a ball of a contact's radius. [m^3]"""
    return 4.0 / 3.0 * math.pi * a**3


def step(a, resistance, resistivity, path, section, whole):
    """Return the relative change of a contact's resistance by a defect next to it.

    With ``whole`` 1 all of the resistance fluctuates, with 0 the part that scattering makes.
    """
    maxwell = resistivity / (2.0 * a)
    share = whole + (1.0 - whole) * maxwell / resistance
    return share * path * section / (4.0 * math.pi * a**3)
