"""How long a silver contact lasts when it is left alone, in closed form: what the filament law must
give.

Surface diffusion pinches a cylinder of radius :math:`R` off at :math:`dR/dt = -K_s / R^3` (Nichols
and Mullins 1965), and a ballistic contact conducts in proportion to :math:`R^2`. So the square of
its number of channels :math:`n = (R / R_1)^2` falls at a steady pace,

.. math:: n^2(t) = n_0^2 - 4 K_s t / R_1^4,

as long as the fastest ripple fits into the film and the neck is too wide to dissolve by itself.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.constants import conductance_quantum
from acanthite.quantities import accepts_quantities


@accepts_quantities
def capillary_lifetime(
    conductance: ArrayLike, values: Mapping[str, float], left: float = 0.5
) -> NDArray[np.float64]:
    """Return when a share ``left`` of the conductance of a device is left.

    Parameters
    ----------
    conductance : array_like
        Of the whole device, as it was set. [S]
    values : mapping of str to float
        The law's parameters, such as ``values`` of a :class:`~acanthite.device.Filament`.
    left : float
        Share of the conductance, below one.

    Returns
    -------
    ndarray
        [s], same shape as ``conductance``; not-a-number for devices below one quantum.

    Examples
    --------
    >>> nominal = ac.device.Filament.from_film(ac.film.grow())
    >>> days = capillary_lifetime([200e-6, 400e-6], nominal.values) / 86400
    >>> print(f"{days[1] / days[0]:.1f} times as long")
    4.3 times as long
    """
    whole = np.asarray(conductance, float)
    lines = values["body_resistance"] + values["series_resistance"]
    atom = 2.0 / values["fermi_wavenumber"]

    def channels(device: NDArray[np.float64]) -> NDArray[np.float64]:
        return device / (1.0 - device * lines) / conductance_quantum

    first = channels(whole)
    last = np.maximum(channels(left * whole), 1.0)
    time = atom**4 * (first**2 - last**2) / (4.0 * values["capillary_rate"])
    return np.where(first >= 1.0, time, np.nan)
