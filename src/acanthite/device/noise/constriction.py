r"""Resistance of a constriction in a metal, and back from resistance to radius.

A hole of radius :math:`a` between two half-spaces, mean free path :math:`\ell`:

.. math:: R = \frac{4 \rho\ell}{3 \pi a^2} + \frac{\rho}{2 a}

The first part is Sharvin's: electrons that miss the hole. The second is Maxwell's: electrons that
are scattered near it. Either limit is exact. In between, the sum is within 11 % of the solution of
the Boltzmann equation (Nikolic and Allen).

References
----------
.. [1] G. Wexler, *Proc. Phys. Soc.* **89**, 927 (1966), :doi:`10.1088/0370-1328/89/4/316`.
.. [2] B. Nikolic, P. B. Allen, *Phys. Rev. B* **60**, 3963 (1999), :doi:`10.1103/PhysRevB.60.3963`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.device.noise import formulas
from acanthite.quantities import accepts_quantities


@accepts_quantities
def sharvin_resistance(
    radius: ArrayLike, resistivity: float, mean_free_path: float
) -> NDArray[np.float64]:
    """Return the ballistic part of a constriction's resistance.

    Parameters
    ----------
    radius : array_like
        [m]
    resistivity : float
        [ohm m]
    mean_free_path : float
        [m]

    Returns
    -------
    ndarray
        [ohm]

    Examples
    --------
    One channel, a quantum of conductance, needs about the radius of an atom of silver:

    >>> from acanthite.constants import nm
    >>> print(f"{ac.device.noise.sharvin_resistance(0.167 * nm, 6e-8, 14 * nm):.0f} ohm")
    12783 ohm
    """
    return (
        4.0 * resistivity * mean_free_path / (3.0 * math.pi * np.square(np.asarray(radius, float)))
    )


@accepts_quantities
def maxwell_resistance(radius: ArrayLike, resistivity: float) -> NDArray[np.float64]:
    """Return the diffusive part of a constriction's resistance.

    Parameters
    ----------
    radius : array_like
        [m]
    resistivity : float
        [ohm m]

    Returns
    -------
    ndarray
        [ohm]

    Examples
    --------
    >>> from acanthite.constants import um
    >>> print(f"{ac.device.noise.maxwell_resistance(1 * um, 6e-8):.2f} ohm")
    0.03 ohm
    """
    return resistivity / (2.0 * np.asarray(radius, float))


@accepts_quantities
def constriction_resistance(
    radius: ArrayLike, resistivity: float, mean_free_path: float
) -> NDArray[np.float64]:
    """Return the resistance of a constriction.

    Parameters
    ----------
    radius : array_like
        [m]
    resistivity : float
        [ohm m]
    mean_free_path : float
        [m]

    Returns
    -------
    ndarray
        [ohm]

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> print(f"{ac.device.noise.constriction_resistance(0.6 * nm, 6e-8, 14 * nm):.0f} ohm")
    1040 ohm
    """
    ballistic = sharvin_resistance(radius, resistivity, mean_free_path)
    return ballistic + maxwell_resistance(radius, resistivity)


@accepts_quantities
def constriction_radius(
    resistance: ArrayLike, resistivity: float, mean_free_path: float
) -> NDArray[np.float64]:
    """Return the radius of a constriction of a given resistance.

    Parameters
    ----------
    resistance : array_like
        Positive. [ohm]
    resistivity : float
        [ohm m]
    mean_free_path : float
        [m]

    Returns
    -------
    ndarray
        [m]

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> print(f"{ac.device.noise.constriction_radius(1040, 6e-8, 14 * nm) / nm:.1f} nm")
    0.6 nm
    """
    return formulas.radius(np.asarray(resistance, float), resistivity, mean_free_path)
