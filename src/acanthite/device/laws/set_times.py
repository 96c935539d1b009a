r"""How long a device takes to SET at one voltage, in closed form: what the filament law must give.

First a filament nucleates, then it grows across the film. Nucleation takes, on average,

.. math:: t_n = \frac{1}{N_s \nu_0} e^{W / kT + B / (kT V)},

which is steep at low voltage and flat at high voltage, where the migration of ions (:math:`W`) is
all that is left. Growth takes the integral of the gap over its rate.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.quantities import accepts_quantities


@accepts_quantities
def nucleation_time(voltage: ArrayLike, values: Mapping[str, float]) -> NDArray[np.float64]:
    """Return the mean time to the nucleation of a filament on silver.

    Parameters
    ----------
    voltage : array_like
        Magnitude, above zero. [V]
    values : mapping of str to float
        The law's parameters, such as ``values`` of a :class:`~acanthite.device.Filament`.

    Returns
    -------
    ndarray
        [s], same shape as ``voltage``.

    Examples
    --------
    >>> nominal = ac.device.Filament.from_film(ac.film.grow())
    >>> slow, fast = nucleation_time([0.2, 0.3], nominal.values)
    >>> bool(slow > 10 * fast)
    True
    """
    v = np.asarray(voltage, float)
    exponent = (values["migration_barrier"] + values["nucleation_field"] / v) / values["kT"]
    return np.exp(exponent) / (values["site_number"] * values["attempt_rate"])


@accepts_quantities
def growth_time(
    voltage: ArrayLike, values: Mapping[str, float], points: int = 401
) -> NDArray[np.float64]:
    """Return how long a filament of the middle speed takes across the film.

    Parameters
    ----------
    voltage : array_like
        Magnitude. [V]
    values : mapping of str to float
        As in :func:`nucleation_time`.
    points : int
        Of the integral over the gap.

    Returns
    -------
    ndarray
        [s], same shape as ``voltage``; infinite where the tip's own overpotential is not exceeded.

    Examples
    --------
    >>> nominal = ac.device.Filament.from_film(ac.film.grow())
    >>> growth_time([0.01, 0.3], nominal.values).round(5)
    array([    inf, 2.e-05])
    """
    v = np.asarray(voltage, float)
    crossed = np.linspace(0.0, 1.0, points)  # share of the film behind the tip
    over = v[..., None] * (1.0 + values["tip_promotion"] * crossed) - values["tip_overpotential"]
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        slowness = np.where(
            over > 0.0, np.exp(values["growth_field"] / (values["kT"] * over)), np.inf
        )
        whole = np.trapezoid(slowness, crossed, axis=-1)
    time = values["thickness"] / values["growth_velocity"] * whole
    return np.where((over > 0.0).all(-1), time, np.inf)
