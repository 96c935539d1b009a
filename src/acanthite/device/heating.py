"""Joule heat in a filament, from currents and voltages: measured or simulated; a warning where Ag2S
would transform.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.constants import boltzmann, conductance_quantum
from acanthite.device.law import Devices
from acanthite.device.laws.contact import KOHLRAUSCH, WEXLER
from acanthite.quantities import accepts_quantities


@accepts_quantities
def filament_temperature(
    devices: Devices, voltage: ArrayLike, current: ArrayLike
) -> NDArray[np.float64]:
    """Return the temperature of each filament's contact, by Kohlrausch's relation.

    The contact's radius follows from the conductance (Sharvin); what a ballistic contact drops
    heats the electrodes and is left out. Where no contact conducts (below one quantum) it is the
    bath's temperature.

    Parameters
    ----------
    devices : Devices
        Of the filament law.
    voltage, current : array_like, shape (device, ...)
        At the terminals. [V], [A]

    Returns
    -------
    ndarray, shape (device, ...)
        [K]

    References
    ----------
    .. [1] R. Holm, *Electric Contacts* (Springer, 1967), Sect. 14: the voltage-temperature relation.
    .. [2] G. Wexler, *Proc. Phys. Soc.* **89**, 927 (1966), :doi:`10.1088/0370-1328/89/4/316`.

    Examples
    --------
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> loops = ac.measurement.run(devices, ac.measurement.Sweep(-0.5))
    >>> kelvin = ac.device.filament_temperature(devices, loops.voltage, loops.current)
    >>> print(f"{kelvin.min():.0f} K to {kelvin.max():.0f} K")
    300 K to 421 K
    """
    v, i = np.abs(np.asarray(voltage, float)), np.abs(np.asarray(current, float))
    shape = (-1,) + (1,) * (v.ndim - 1)

    def p(name: str) -> NDArray[np.float64]:
        return devices.parameter(name).reshape(shape)

    in_row = p("body_resistance") + p("series_resistance")
    on_contact = np.clip(v - i * in_row, 0.0, None)
    with np.errstate(divide="ignore", invalid="ignore"):
        contact = np.where(on_contact > 0, i / on_contact, 0.0)
    radius = (
        2 / p("fermi_wavenumber") * np.sqrt(np.clip(contact / conductance_quantum - 1, 0.0, None))
    )
    diffusive = radius / (radius + WEXLER * p("mean_free_path"))
    heat = KOHLRAUSCH * (diffusive * on_contact**2 + (i * p("body_resistance")) ** 2)
    hot = np.sqrt(p("kT") ** 2 + np.where(radius > 0, heat, 0.0)) / boltzmann
    return hot + 0.0 * v
