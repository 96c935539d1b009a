r"""X-rays that an electron probe draws from a film: the signals of an EDS map.

An electron of energy :math:`E_0` can knock an electron out of a shell of binding energy
:math:`E_c` down to the mass depth (Anderson and Hasler 1966 [1]_)

.. math:: \rho R = 0.064\,\mathrm{\mu m\,g\,cm^{-3}}\,
    \big[(E_0 / \mathrm{keV})^{1.68} - (E_c / \mathrm{keV})^{1.68}\big]

Down to there X-rays are taken to come evenly, by the mass of the element; what is absorbed on the
way out, some per mille of films this thin, is not counted.

References
----------
.. [1] C. A. Anderson and M. F. Hasler, in *X-ray Optics and Microanalysis*, Hermann, Paris (1966), p. 310.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.constants import keV
from acanthite.errors import RecipeError
from acanthite.film.stopping import element
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities

EDGES = {"Ag": 3.351 * keV, "S": 2.472 * keV}
"""Binding energies of the shells whose lines a beam of a few keV excites: Ag L3 and S K. [J]"""

_SCALE = 6.4e-5  # kg/m^2, of the mass depth
_EXPONENT = 1.68
_DALTON = 1.66053906892e-27  # kg


@accepts_quantities
def mass_depth(symbol: str, energy: float) -> float:
    """Return down to which mass depth electrons excite an element [kg/m^2]; zero if nowhere.

    Parameters
    ----------
    symbol : {"Ag", "S"}
    energy : float
        Of the electrons. [J]

    Raises
    ------
    RecipeError
        If there is no such line.

    Examples
    --------
    >>> from acanthite.constants import keV
    >>> from acanthite.film.electron_probe import mass_depth
    >>> [f"{1e4 * mass_depth('Ag', e * keV):.1f} x 1e-4 kg/m2" for e in (2.0, 4.5)]
    ['0.0 x 1e-4 kg/m2', '3.1 x 1e-4 kg/m2']
    """
    if symbol not in EDGES:
        raise RecipeError(f"symbol = {symbol!r}; expected one of {', '.join(EDGES)}")
    edge = EDGES[symbol] / keV
    return _SCALE * max(0.0, (energy / keV) ** _EXPONENT - edge**_EXPONENT)


@accepts_quantities
def xray_signals(
    silver: ArrayLike, thickness: float, energy: float, parameters: ParameterSet = AG2S
) -> dict[str, NDArray[np.float64]]:
    """Return the X-rays from silver that lies on an Ag2S film, over those of the bare film.

    Parameters
    ----------
    silver : array_like, shape (...)
        Height of the silver. [m]
    thickness : float
        Of the film below. [m]
    energy : float
        Of the electrons. [J]
    parameters : ParameterSet
        Groups ``crystal`` and ``target``.

    Returns
    -------
    dict of str to ndarray, shape (...)
        Of "Ag" and "S". [1]

    Raises
    ------
    RecipeError
        If the electrons excite neither element, or the film has no thickness.

    Examples
    --------
    >>> from acanthite.constants import keV, nm
    >>> from acanthite.film.electron_probe import xray_signals
    >>> signals = xray_signals([0.0, 20 * nm, 80 * nm], 50 * nm, 4.5 * keV)
    >>> {symbol: signal.round(2).tolist() for symbol, signal in signals.items()}
    {'Ag': [1.0, 1.1, 1.15], 'S': [1.0, 0.83, 0.0]}
    """
    if not (thickness > 0 and math.isfinite(thickness)):
        raise RecipeError(f"thickness = {thickness:g} m; expected a positive one")
    depths = {symbol: mass_depth(symbol, energy) for symbol in EDGES}
    if not all(depths.values()):
        raise RecipeError(
            f"energy = {energy / keV:g} keV; expected more than {max(EDGES.values()) / keV:g} keV, "
            "to excite both elements"
        )
    film, share = _film(parameters)
    metal = parameters.value("target.silver_density") * element("Ag").mass * _DALTON
    above = metal * np.asarray(silver, float)
    signals = {}
    for symbol, depth in depths.items():
        inside = np.minimum(above, depth)
        below = np.minimum(film * thickness, depth - inside)
        bare = share[symbol] * min(film * thickness, depth)
        signals[symbol] = ((symbol == "Ag") * inside + share[symbol] * below) / bare
    return signals


def _film(parameters: ParameterSet) -> tuple[float, dict[str, float]]:
    """Return the density of Ag2S [kg/m^3] and the share of each element of its mass."""
    c = parameters.group("crystal")
    volume = c["a"] * c["b"] * c["c"] * math.sin(c["beta"])
    masses = {"Ag": 2 * element("Ag").mass, "S": element("S").mass}
    total = sum(masses.values())
    density = 4 * total * _DALTON / volume
    return density, {symbol: mass / total for symbol, mass in masses.items()}
