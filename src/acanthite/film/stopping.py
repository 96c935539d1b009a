r"""What matter does to helium of about 2 MeV: scattering and slowing down.

.. math::
    K = \Big(\frac{\sqrt{M_2^2 - M_1^2 \sin^2\theta} + M_1 \cos\theta}{M_1 + M_2}\Big)^2, \qquad
    \frac{d\sigma}{d\Omega} = \Big(\frac{Z_1 Z_2 e^2}{16 \pi \varepsilon_0 E}\Big)^2
    \frac{4}{\sin^4\theta} \frac{(\sqrt{1 - (M_1 \sin\theta / M_2)^2} + \cos\theta)^2}{\sqrt{1 -
    (M_1 \sin\theta / M_2)^2}}

Compounds stop as their atoms do (Bragg's rule); straggling is Bohr's. (W.-K. Chu, J. W. Mayer,
M.-A. Nicolet, *Backscattering Spectrometry*, Academic Press 1978.)
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.constants import MeV, eV, keV, vacuum_permittivity
from acanthite.errors import AnalysisError, nearest
from acanthite.parameters.sets.icru49 import ELEMENTS, Element
from acanthite.quantities import accepts_quantities

Array = NDArray[np.float64]

HELIUM_MASS = 4.002602  #: [u]
_HELIUM_NUMBER = 2
_COULOMB = eV**2 / (4 * math.pi * vacuum_permittivity)  # e^2 / (4 pi eps0) [J m]
_STOPPING_UNIT = 1e-15 * eV * 1e-4  # 1e-15 eV cm^2 in J m^2


def element(symbol: str) -> Element:
    """Return a target element by its symbol.

    Raises
    ------
    AnalysisError
        If its stopping is not tabulated.
    """
    try:
        return ELEMENTS[symbol]
    except KeyError:
        raise AnalysisError(
            f"no stopping power of {symbol!r}; expected one of "
            f"{', '.join(ELEMENTS)}{nearest(symbol, ELEMENTS)}"
        ) from None


def kinematic_factor(symbol: str, angle: float) -> float:
    """Return K, the energy kept by helium scattered by ``angle`` [rad] off an element [1]."""
    m1 = HELIUM_MASS
    m2 = element(symbol).mass
    root = math.sqrt(m2**2 - (m1 * math.sin(angle)) ** 2)
    return ((root + m1 * math.cos(angle)) / (m1 + m2)) ** 2


@accepts_quantities
def cross_section(symbol: str, energy: ArrayLike, angle: float, screening: bool = True) -> Array:
    """Return the Rutherford cross-section in the laboratory [m^2/sr].

    Parameters
    ----------
    symbol : str
    energy : array_like, shape (...)
        Of the helium as it scatters. [J]
    angle : float
        Scattering angle. [rad]
    screening : bool
        Take off what the electrons screen (L'Ecuyer 1979): 0.9 % for silver at 2 MeV, 3.4 % for
        gold at 1 MeV.

    Returns
    -------
    ndarray, shape (...)
    """
    target = element(symbol)
    E = np.asarray(energy, float)
    lead = (_HELIUM_NUMBER * target.number * _COULOMB / (4 * E)) ** 2 * 4 / math.sin(angle) ** 4
    root = math.sqrt(1 - (HELIUM_MASS / target.mass * math.sin(angle)) ** 2)
    value = lead * (root + math.cos(angle)) ** 2 / root
    if not screening:
        return value
    centre_of_mass = E * target.mass / (HELIUM_MASS + target.mass) / keV
    return value * (1 - 0.049 * _HELIUM_NUMBER * target.number ** (4 / 3) / centre_of_mass)


def stopping_cross_section(symbol: str, energy: ArrayLike) -> Array:
    """Return the electronic stopping cross-section of an atom for helium of ``energy`` [J], in J
    m^2.
    """
    a1, a2, a3, a4, a5 = element(symbol).stopping
    E = np.asarray(energy, float) / MeV
    slow = a1 * (1e3 * E) ** a2
    fast = a3 / E * np.log(1 + a4 / E + a5 * E)
    return slow * fast / (slow + fast) * _STOPPING_UNIT


def straggling(symbol: str) -> float:
    """Return Bohr's variance of the energy loss over the areal density of an element [J^2 m^2]."""
    return 4 * math.pi * (_HELIUM_NUMBER * _COULOMB) ** 2 * element(symbol).number
