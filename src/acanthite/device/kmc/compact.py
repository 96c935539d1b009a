r"""What the compact law says of the same film: the yardstick of the cells.

.. math::
    \Gamma = N_s \nu_0 e^{-W/kT - B/(kT\eta)}, \qquad
    t_g = \int_0^d \frac{dx}{v_{x0}} e^{B_x/[kT \eta (1 + g (1 - x/d))]}
"""

from __future__ import annotations

import math

import numpy as np

from acanthite.constants import boltzmann
from acanthite.film import Film
from acanthite.parameters import AG2S, ParameterSet


def nucleation_rate(
    film: Film, drive: float, electrode: str = "Ag", parameters: ParameterSet = AG2S
) -> float:
    """Return the compact law's hazard of nucleation [1/s] under a drive [V], its spreads left out."""
    f = parameters.group("filament")
    barrier = film.migration_barrier if electrode == "Ag" else film.bottom_barrier
    field = f["nucleation_field"] if electrode == "Ag" else f["gold_field"]
    kT = boltzmann * f["temperature"]
    return f["site_number"] * f["attempt_rate"] * math.exp(-(barrier + field / drive) / kT)


def growth_time(film: Film, drive: float, parameters: ParameterSet = AG2S) -> float:
    """Return the time [s] the compact law's filament takes through a film under a drive [V]."""
    f = parameters.group("filament")
    kT = boltzmann * f["temperature"]
    gap = (np.arange(2000) + 0.5) / 2000
    eta = drive * (1 + f["tip_promotion"] * (1 - gap))
    return (
        film.thickness / f["growth_velocity"] * float(np.exp(f["growth_field"] / (kT * eta)).mean())
    )
