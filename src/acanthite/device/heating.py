"""Joule heat in a filament, from currents and voltages: measured or simulated; what it makes of the
Ag2S around.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.constants import boltzmann, conductance_quantum
from acanthite.device.law import Devices
from acanthite.device.laws.contact import KOHLRAUSCH, WEXLER
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities

SILVER_MELTS = 1234.93
"""A fixed point of the temperature scale ITS-90 (Preston-Thomas, *Metrologia* **27**, 3 (1990)) [K]."""


@accepts_quantities
def filament_temperature(
    devices: Devices, voltage: ArrayLike, current: ArrayLike
) -> NDArray[np.float64]:
    """Return the temperature of each filament's contact, by Kohlrausch's relation.

    The contact's radius follows from the conductance (Sharvin); what a ballistic contact drops
    heats the electrodes and is left out. Where no contact conducts (below one quantum) it is the
    bath's temperature. The law has no melting: above :data:`SILVER_MELTS` it says what a contact
    would be that does not melt.

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


@accepts_quantities
def argentite_shell(
    devices: Devices,
    voltage: ArrayLike,
    current: ArrayLike,
    parameters: ParameterSet = AG2S,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far the Ag2S around each filament is transformed, and what it carries at most.

    Around a hot cylinder the temperature falls with the logarithm of the distance, to that of the
    bath at half the thickness of the film: the electrodes are no further. All of the filament is
    taken to be as hot as its hottest part, and the shell to reach from electrode to electrode, so
    that the share is an upper bound.

    Parameters
    ----------
    devices : Devices
        Of the filament law.
    voltage, current : array_like, shape (device, ...)
        At the terminals. [V], [A]
    parameters : ParameterSet
        The transition, the resistivity of argentite, and the radius of the filament's body.

    Returns
    -------
    radius : ndarray, shape (device, ...)
        Where the transition is; that of the body if it is nowhere. [m]
    share : ndarray, shape (device, ...)
        Of the current: that in the shell over that in shell and filament. [1]

    Examples
    --------
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200e-9))
    >>> devices = ac.device.Filament.from_film(film).sample(2, seed=1)
    >>> radius, share = ac.device.argentite_shell(devices, [[-0.4], [-0.4]], [[-2e-4], [-5e-4]])
    >>> for reaches, carries in zip(radius.ravel() * 1e9, share.ravel()):
    ...     print(f"{reaches:.1f} nm, {carries:.1%}")
    3.0 nm, 0.0%
    30.9 nm, 27.8%
    """
    v, i = np.abs(np.asarray(voltage, float)), np.abs(np.asarray(current, float))
    shape = (-1,) + (1,) * (v.ndim - 1)
    bath = (devices.parameter("kT") / boltzmann).reshape(shape)
    thickness = devices.parameter("thickness").reshape(shape)
    body = parameters.value("filament.body_radius")
    limit = parameters.value("film.phase_transition_temperature")
    hottest = filament_temperature(devices, v, i)
    with np.errstate(divide="ignore", invalid="ignore"):
        beyond = np.clip((hottest - limit) / (hottest - bath), 0.0, None)
        radius = body * (thickness / (2.0 * body)) ** np.where(hottest > limit, beyond, 0.0)
        lines = devices.parameter("series_resistance").reshape(shape)
        metal = np.where(i > 0.0, np.clip(v / i - lines, 0.0, None), 0.0)  # ohm
    resistivity = parameters.value("argentite.resistivity")
    shell = np.pi * (radius**2 - body**2) / (resistivity * thickness)  # S
    return radius, shell * metal / (1.0 + shell * metal)
