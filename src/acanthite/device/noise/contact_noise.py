r"""1/f and telegraph noise of a metallic contact, from its resistance alone.

Defects around a constriction of radius :math:`a` jump between two positions. A defect at distance
:math:`r` from its centre, whose scattering cross-section changes by :math:`\sigma`, changes the
resistance by :math:`\rho\ell\sigma (J / I)^2` with :math:`J / I = 1 / 2 \pi r^2`. Over the part of
the resistance that scattering makes, :math:`\rho / \pi a` for current that spreads out radially,
this is

.. math:: \delta(r) = \frac{\ell\sigma}{4 \pi a^3} \Big(\frac{a}{r}\Big)^4

Defects of all rates, equally many in each e-fold of the rate, give :math:`S_I f / I^2 = C` with

.. math:: C = \frac{\alpha}{20 \pi n a^3}

where Hooge's constant :math:`\alpha` of the bulk metal says how many there are (Hooge and
Hoppenbrouwers; :math:`n` the carriers per volume). Two hypotheses differ in what fluctuates:

carriers
    The whole resistance, as in Hooge's :math:`C = \alpha / N`: :math:`\Delta I / I \propto
    a^{-3/2}`, which is :math:`R^{3/2}` for a diffusive contact and :math:`R^{3/4}` for a ballistic
    one.
scatterers
    Only the part that scattering makes, :math:`\rho / 2 a`; Sharvin's part is geometry. This is
    the same as: each defect changes the transmission of about one channel, whatever the number of
    channels. :math:`R^{3/2}` again, then :math:`R^{1/4}`.

References
----------
.. [1] F. N. Hooge, *Phys. Lett. A* **29**, 139 (1969), :doi:`10.1016/0375-9601(69)90076-0`.
.. [2] P. Dutta, P. M. Horn, *Rev. Mod. Phys.* **53**, 497 (1981), :doi:`10.1103/RevModPhys.53.497`.
.. [3] B. Santa et al., *Nanoscale* **11**, 4719 (2019), :doi:`10.1039/C8NR09985E`.
.. [4] Z. M. Wu et al., *Phys. Rev. B* **78**, 235421 (2008), :doi:`10.1103/PhysRevB.78.235421`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.arguments import number
from acanthite.constants import conductance_quantum
from acanthite.device.noise import fluctuators, formulas
from acanthite.device.noise.constriction import constriction_radius, maxwell_resistance
from acanthite.errors import LawError, brief, nearest
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities

Hypothesis = Literal["scatterers", "carriers"]
"""What fluctuates in a ballistic contact: the part scattering makes, or all of the resistance."""

_LEAST_CONTACT = 0.9 * conductance_quantum  # S; polarisation hides up to a tenth of one quantum


@accepts_quantities
@dataclass(frozen=True)
class ContactNoise:
    """Noise of a metallic contact.

    Parameters
    ----------
    hypothesis : {"scatterers", "carriers"}
        Whether only the part of the resistance that scattering makes fluctuates, or all of it.
    hooge_constant : float
        Of the bulk metal. [1]
    carrier_density : float
        [1/m^3]
    mean_free_path : float
        Of electrons in the contact. [m]
    resistivity : float
        Of the metal in the contact. [ohm m]
    cross_section : float
        Change of a defect's scattering cross-section from one position to the other. [m^2]
    slowest_rate, fastest_rate : float
        Ends of the band of relaxation rates. [1/s]

    Raises
    ------
    LawError
        If the hypothesis is unknown, a number is not positive, or the band is empty.

    Examples
    --------
    The noise of a contact of 1 kilo-ohm, from 1 Hz to 10 kHz, under both hypotheses:

    >>> for hypothesis in ("scatterers", "carriers"):
    ...     noise = ac.device.ContactNoise.of(hypothesis=hypothesis)
    ...     print(f"{hypothesis}: {noise.relative(1e3, 1.0, 1e4):.2%}")
    scatterers: 0.07%
    carriers: 0.42%
    """

    hypothesis: Hypothesis
    hooge_constant: float
    carrier_density: float
    mean_free_path: float
    resistivity: float
    cross_section: float
    slowest_rate: float
    fastest_rate: float

    def __post_init__(self) -> None:
        if self.hypothesis not in get_args(Hypothesis):
            raise LawError(
                f"contact noise: hypothesis = {brief(self.hypothesis)}; expected one of "
                f"{', '.join(get_args(Hypothesis))}"
                f"{nearest(str(self.hypothesis), get_args(Hypothesis))}"
            )
        for field in fields(self)[1:]:
            number(
                f"contact noise: {field.name}", getattr(self, field.name), above=0, error=LawError
            )
        if not self.slowest_rate < self.fastest_rate:
            raise LawError(
                f"contact noise: slowest_rate = {self.slowest_rate:g} 1/s, fastest_rate = "
                f"{self.fastest_rate:g} 1/s; expected slowest_rate < fastest_rate"
            )

    @classmethod
    def of(
        cls, parameters: ParameterSet = AG2S, hypothesis: Hypothesis = "scatterers"
    ) -> ContactNoise:
        """Return the noise of the silver contacts of a parameter set.

        Parameters
        ----------
        parameters : ParameterSet
            Groups ``noise`` and ``filament``.
        hypothesis : {"scatterers", "carriers"}
        """
        p, silver = parameters.group("noise"), parameters.group("filament")
        return cls(
            hypothesis,
            p["hooge_constant"],
            silver["fermi_wavenumber"] ** 3 / (3 * math.pi**2),
            p["mean_free_path"],
            silver["resistivity_mean_free_path"] / p["mean_free_path"],
            p["cross_section"],
            p["slowest_rate"],
            p["fastest_rate"],
        )

    def radius(self, resistance: ArrayLike) -> NDArray[np.float64]:
        """Return the radius of a contact of a resistance [ohm]. [m]"""
        return constriction_radius(resistance, self.resistivity, self.mean_free_path)

    def intensity(self, resistance: ArrayLike) -> NDArray[np.float64]:
        """Return C = S_I f / I^2 of a contact of a resistance [ohm]. [1]"""
        carriers = self.carrier_density * 15 * formulas.ball(self.radius(resistance))
        reach = self.mean_free_path * self.cross_section
        bare = reach / (3 * formulas.ball(self.radius(resistance)))
        return self.hooge_constant / carriers * (self.step(resistance) / bare) ** 2

    def relative(self, resistance: ArrayLike, lowest: float, highest: float) -> NDArray[np.float64]:
        """Return the standard deviation of a contact's current over its mean, within a band.

        Parameters
        ----------
        resistance : array_like
            Of a metallic contact: up to some 13 kilo-ohm. Beyond, where there is none, the number
            is an extrapolation. [ohm]
        lowest, highest : float
            Ends of the band: one over the time over which reads are compared, and over that of
            one read. [Hz]

        Raises
        ------
        LawError
            If the band is empty.
        """
        number("contact noise: lowest", lowest, above=0, error=LawError)
        number("contact noise: highest", highest, above=lowest, error=LawError)
        return np.sqrt(self.intensity(resistance) * math.log(highest / lowest))

    def of_device(
        self, conductance: ArrayLike, lowest: float, highest: float
    ) -> NDArray[np.float64]:
        """Return :meth:`relative` of devices that are all contact; 0 below a quantum of conductance.

        Parameters
        ----------
        conductance : array_like
            [S]
        lowest, highest : float
            Ends of the band. [Hz]
        """
        G = np.asarray(conductance, float)
        resistance = 1.0 / np.maximum(G, _LEAST_CONTACT)
        return np.where(G >= _LEAST_CONTACT, self.relative(resistance, lowest, highest), 0.0)

    def step(self, resistance: ArrayLike) -> NDArray[np.float64]:
        """Return the relative change of a contact's resistance [ohm] by a defect next to it. [1]"""
        R = np.asarray(resistance, float)
        of_metal = (self.resistivity, self.mean_free_path, self.cross_section)
        return formulas.step(self.radius(R), R, *of_metal, self._whole)

    def inside(self, resistance: ArrayLike) -> NDArray[np.float64]:
        """Return the mean number of fluctuators in a ball of the contact's radius. [1]"""
        e_folds = math.log(self.fastest_rate / self.slowest_rate)
        return self.density * e_folds * formulas.ball(self.radius(resistance))

    @property
    def density(self) -> float:
        """Fluctuators per volume and e-fold of their rate, so that the bulk has Hooge's constant.
        [1/m^3]
        """
        reach = self.mean_free_path * self.cross_section
        return 4 * self.hooge_constant / (self.carrier_density * reach**2)

    @property
    def crossover_resistance(self) -> float:
        """Resistance of the contact whose ballistic and diffusive parts are alike. [ohm]"""
        a = 8 * self.mean_free_path / (3 * math.pi)
        return float(2 * maxwell_resistance(a, self.resistivity))

    def factor(
        self,
        conductance: NDArray,
        parameters: Mapping[str, float],
        time: NDArray,
        width: NDArray,
        key: tuple[int, int],
    ) -> NDArray:
        """Return what the current of one device is multiplied by, shape (sample,).

        The contact is what is left of the device's resistance after ``body_resistance`` and
        ``series_resistance``, if the law has them. Below a quantum of conductance there is no
        metallic contact, and no noise of it.

        Parameters
        ----------
        conductance, parameters, time, width, key
            As in :class:`CurrentNoise`.
        """
        in_series = sum(parameters.get(f"{part}_resistance", 0.0) for part in ("body", "series"))
        band = (self.slowest_rate, self.fastest_rate)
        metal = (
            self.resistivity,
            self.mean_free_path,
            self.cross_section,
            self.density * math.log(band[1] / band[0]),
            *band,
            self._whole,
        )
        factor = np.empty(time.shape)
        fluctuators.fluctuate(
            *key, metal, conductance, in_series, _LEAST_CONTACT, time, width, factor
        )
        return factor

    @property
    def _whole(self) -> float:
        """1 where all of the resistance fluctuates."""
        return float(self.hypothesis == "carriers")
