r"""The set voltage of a ramp in closed form: what the filament law must give, and the fast way to
calibrate it.

On a ramp of rate :math:`R` the hazard :math:`\lambda = N_s \nu_0 e^{-W/kT - B/(kT V)}` adds up to

.. math:: H(V) = \frac{N_s \nu_0 e^{-W/kT}}{R} \left[ V e^{-a/V} - a E_1(a/V) \right], \qquad a = B / kT,

and a device with a normal spread :math:`\sigma` of its barrier is still unset at :math:`V` with
probability :math:`\langle e^{-H(V)\, e^{-\sigma z / kT}} \rangle_z`, here a Gauss-Hermite sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.quantities import accepts_quantities


@accepts_quantities
@dataclass(frozen=True)
class RampNucleation:
    """Nucleation on a voltage ramp.

    Parameters
    ----------
    prefactor : float
        N_s nu0, attempts of all sites. [1/s]
    barrier : float
        W. [J]
    field : float
        B. [J V]
    kT : float
        [J]
    rate : float
        Of the ramp. [V/s]
    sigma : float
        Standard deviation of the barrier. [J]
    """

    prefactor: float
    barrier: float
    field: float
    kT: float
    rate: float
    sigma: float = 0.0

    def hazard(self, voltage: ArrayLike) -> NDArray[np.float64]:
        """Return H(V), the events expected up to a voltage without spread, same shape as
        ``voltage``.
        """
        from scipy.special import exp1

        v = np.asarray(voltage, float)
        a = self.field / self.kT
        with np.errstate(divide="ignore", invalid="ignore", under="ignore"):
            integral = np.where(
                v > 0, v * np.exp(-a / v) - a * exp1(a / np.where(v > 0, v, np.inf)), 0.0
            )
        # the difference cancels far below threshold, where it is zero to all purposes
        return (
            self.prefactor * np.exp(-self.barrier / self.kT) / self.rate * np.maximum(integral, 0.0)
        )

    def survival(self, voltage: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of not having set up to a voltage, same shape as ``voltage``."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(24)
        factor = np.exp(-self.sigma / self.kT * nodes)
        h = self.hazard(voltage)[..., None]
        return (np.exp(-h * factor) * (weights / weights.sum())).sum(-1)

    def moments(self, top: float = 2.0, points: int = 4001) -> tuple[float, float]:
        """Return mean and standard deviation of the set voltage, of devices that set below ``top``.
        [V].
        """
        v = np.linspace(0.0, top, points)
        s = self.survival(v)
        weight = -np.diff(s)
        middle = 0.5 * (v[1:] + v[:-1])
        total = weight.sum()
        if total <= 0.0:
            return float("nan"), float("nan")
        mean = float((middle * weight).sum() / total)
        return mean, float(np.sqrt(max((middle**2 * weight).sum() / total - mean**2, 0.0)))
