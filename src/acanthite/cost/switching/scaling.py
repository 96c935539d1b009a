r"""How a write's energy falls with the cross-point's area (Note S1).

.. math:: C = \varepsilon_0 \varepsilon_r A / d + C_\mathrm{line},\qquad E = \int V I\,dt + C V^2

Currents of the interface (junction, silver clusters) are proportional to the area; a filament is
one spot, and its current is not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.constants import vacuum_permittivity
from acanthite.display import Display
from acanthite.errors import AnalysisError
from acanthite.quantities import accepts_quantities

Array = NDArray[np.float64]


@dataclass(frozen=True)
class WriteCost(Display):
    """Where the energy of a write goes, each of the areas' shape.

    Parameters
    ----------
    interface, filament, crosspoint, line : ndarray
        Drawn by the interface current and by the filament; to charge the cross-point and the line.
        [J]

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import fJ
    >>> one = np.ones(1)
    >>> cost = ac.cost.WriteCost(2 * fJ * one, 1 * fJ * one, 3 * fJ * one, 4 * fJ * one)
    >>> print(cost.total / fJ)
    [10.]
    """

    interface: Array
    filament: Array
    crosspoint: Array
    line: Array

    @property
    def total(self) -> Array:
        """All of it [J]."""
        return self.interface + self.filament + self.crosspoint + self.line


@accepts_quantities
def capacitance(
    area: ArrayLike, thickness: float, relative_permittivity: float, line: float = 0.0
) -> Array:
    """Return the capacitance [F] of cross-points, parallel plates and what the line adds.

    Parameters
    ----------
    area : array_like, shape (...)
        [m^2]
    thickness : float
        Of the electrolyte. [m]
    relative_permittivity : float
        [1]
    line : float
        Of the line, whatever the area. [F]

    Examples
    --------
    A cross-point of 5 x 5 um on 200 nm of an electrolyte:

    >>> from acanthite.constants import nm, um
    >>> print(f"{ac.cost.capacitance((5 * um) ** 2, 200 * nm, 6.0):.2e} F")
    6.64e-15 F
    """
    return vacuum_permittivity * relative_permittivity * np.asarray(area, float) / thickness + line


@accepts_quantities
def write_cost(
    area: ArrayLike,
    voltage: float,
    thickness: float,
    relative_permittivity: float,
    interface_energy: float,
    reference_area: float,
    filament_energy: float = 0.0,
    line: float = 0.0,
) -> WriteCost:
    """Return the energy of one write against cross-point area.

    Parameters
    ----------
    area : array_like, shape (...)
        [m^2]
    voltage : float
        Of the pulse; charging a line and discharging it again costs C V^2. [V]
    thickness : float
        [m]
    relative_permittivity : float
        [1]
    interface_energy, filament_energy : float
        Integral of V I over the pulse at ``reference_area``, by what carries the current. [J]
    reference_area : float
        [m^2]
    line : float
        Capacitance of the line, whatever the area. [F]

    Examples
    --------
    >>> from acanthite.constants import fJ, nm, um
    >>> area = [(0.1 * um) ** 2, (5 * um) ** 2]
    >>> cost = ac.cost.write_cost(area, 0.3, 200 * nm, 6.0, 20 * fJ, (5 * um) ** 2)
    >>> print((cost.interface / fJ).round(3))
    [8.e-03 2.e+01]
    """
    area = np.asarray(area, float)
    plates = capacitance(area, thickness, relative_permittivity)
    ones = np.ones_like(area)
    return WriteCost(
        interface=interface_energy * area / reference_area,
        filament=filament_energy * ones,
        crosspoint=plates * voltage**2,
        line=line * voltage**2 * ones,
    )


def exponent(area: ArrayLike, quantity: ArrayLike) -> float:
    """Return the power with which a quantity goes with area: the slope of a log-log line.

    Raises
    ------
    AnalysisError
        If there are fewer than two areas or something is not positive.

    Examples
    --------
    >>> round(ac.cost.exponent([1.0, 10.0, 100.0], [3.0, 30.0, 300.0]), 9)
    1.0
    """
    A, q = np.asarray(area, float), np.asarray(quantity, float)
    if A.size < 2 or not (np.all(A > 0) and np.all(q > 0)):
        raise AnalysisError(
            "area and quantity must be positive and at least two points; leave out the others"
        )
    return float(np.polyfit(np.log(A), np.log(q), 1)[0])
