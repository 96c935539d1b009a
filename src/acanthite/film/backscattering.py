r"""Rutherford backscattering (RBS): the spectrum of a layered target, and the composition of a film
from a spectrum.

Helium loses energy on its way in, is scattered at some depth, and loses more on its way out. Within
a layer the way from one energy to another is the difference of a range :math:`R(E) = \int dE /
S(E)`, tabulated once a layer, so no path is integrated step by step. Left out: multiple scattering,
pile-up, isotopes (silver's two are 5 keV apart), roughness.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.constants import elementary_charge, keV
from acanthite.display import Display
from acanthite.errors import AnalysisError
from acanthite.estimate import Estimate
from acanthite.film.film import Film
from acanthite.film.growth import film_densities
from acanthite.film.stopping import (
    cross_section,
    kinematic_factor,
    stopping_cross_section,
    straggling,
)
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities
from acanthite.random import generator

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

_LOWEST = 30 * keV  # the stopping formula is not trusted, and no detector used, below
_TABLE = 800  # energies of a range table
_FULL_WIDTH = 2.354820045  # of a Gaussian, over its standard deviation
_STEP = 0.4  # energy lost in a sublayer, over the detector's standard deviation
_REACH = 6.0  # standard deviations beyond which a detector sees nothing
_UNIT = 1e21  # 1/m^2, areal densities are fitted in it


@accepts_quantities
@dataclass(frozen=True)
class Layer:
    """A layer of a target.

    Parameters
    ----------
    name : str
    thickness : float
        Infinite for a substrate. [m]
    densities : mapping of str to float
        Atoms of each element, by symbol. [1/m^3]
    """

    name: str
    thickness: float
    densities: Mapping[str, float]

    def __post_init__(self) -> None:
        if (
            not self.thickness > 0
            or not all(n > 0 for n in self.densities.values())
            or not self.densities
        ):
            raise AnalysisError(
                f"layer {self.name!r}: thickness {self.thickness:g} m, densities "
                f"{dict(self.densities)}; "
                "expected positive numbers in SI units"
            )

    def stopping(self, energy: ArrayLike) -> Array:
        """Return the stopping power [J/m] at an energy [J], by Bragg's rule."""
        return sum(
            (n * stopping_cross_section(e, energy) for e, n in self.densities.items()), np.zeros(())
        )


@accepts_quantities
@dataclass(frozen=True)
class Spectrometer:
    """Beam and detector; :meth:`of` takes them from parameters.

    Parameters
    ----------
    energy : float
        Of the helium. [J]
    angle : float
        Scattering angle; beyond 90 degrees. [rad]
    resolution : float
        Full width at half maximum of the detector. [J]
    solid_angle : float
        [sr]
    charge : float
        Collected with the beam of He+. [C]
    channel : float
        Width of a channel. [J]
    tilt : float
        Of the target's normal against the beam, away from the detector. [rad]
    screening : bool
        Correct cross-sections for the electrons.
    """

    energy: float
    angle: float
    resolution: float
    solid_angle: float
    charge: float
    channel: float
    tilt: float = 0.0
    screening: bool = True

    @classmethod
    def of(cls, parameters: ParameterSet = AG2S) -> Spectrometer:
        """Return the one of group ``rbs``."""
        return cls(**parameters.group("rbs"))  # type: ignore[arg-type] - seven numbers, no screening

    @property
    def particles(self) -> float:
        """Helium ions times solid angle [sr]."""
        return self.charge / elementary_charge * self.solid_angle

    @property
    def deviation(self) -> float:
        """Standard deviation of the detector [J]."""
        return self.resolution / _FULL_WIDTH

    def energies(self, lowest: float = 400 * keV) -> Array:
        """Return the middles of the channels from ``lowest`` [J] to just above the beam's energy
        [J].
        """
        return np.arange(lowest + self.channel / 2, 1.02 * self.energy, self.channel)


def film_target(
    film: Film, parameters: ParameterSet = AG2S, electrodes: bool = False
) -> tuple[Layer, ...]:
    """Return a film on oxidised silicon, top first; with gold below and silver on top where
    ``electrodes``.
    """
    t = parameters.group("target")
    layers = [Layer("Ag2S", film.thickness, film_densities(film.silver_excess, parameters))]
    if electrodes:
        d = parameters.value("stack.electrode_thickness")
        layers = [
            Layer("Ag", d, {"Ag": t["silver_density"]}),
            *layers,
            Layer("Au", d, {"Au": t["gold_density"]}),
        ]
    return (*layers, *oxidised_silicon(parameters))


def oxidised_silicon(parameters: ParameterSet = AG2S) -> tuple[Layer, ...]:
    """Return the wafer: SiO2 of ``stack.oxide_thickness`` on silicon."""
    t = parameters.group("target")
    oxide = {"Si": t["oxide_density"], "O": 2 * t["oxide_density"]}
    silicon = Layer("Si", float("inf"), {"Si": t["silicon_density"]})
    return Layer("SiO2", parameters.value("stack.oxide_thickness"), oxide), silicon


@accepts_quantities
def spectrum(
    target: Sequence[Layer], energy: ArrayLike, spectrometer: Spectrometer | None = None
) -> Array:
    """Return the counts expected in each channel.

    Parameters
    ----------
    target : sequence of Layer
        Top first.
    energy : array_like, shape (n,)
        Middle of each channel, evenly spaced. [J]
    spectrometer : Spectrometer, optional
        That of the paper's parameters without it.

    Returns
    -------
    ndarray, shape (n,)
        [1]
    """
    from scipy.special import ndtr

    machine = spectrometer or Spectrometer.of()
    middle = np.asarray(energy, float)
    width = float(np.mean(np.diff(middle)))
    edges = np.append(middle - width / 2, middle[-1] + width / 2)
    lowest = max(_LOWEST, float(edges[0]) - _REACH * machine.deviation)
    counts = np.zeros(middle.size)
    for centre, variance, number in _Paths(target, machine, lowest).yields():
        share = ndtr((edges - centre[:, None]) / np.sqrt(variance[:, None]))
        counts += number @ np.diff(share, axis=1)
    return counts


@accepts_quantities
def measure(
    target: Sequence[Layer],
    seed: int,
    spectrometer: Spectrometer | None = None,
    lowest: float = 400 * keV,
    index: int = 0,
) -> xr.Dataset:
    """Return a spectrum with counting noise.

    Parameters
    ----------
    target : sequence of Layer
        Top first.
    seed : int
        Of the counting noise.
    spectrometer : Spectrometer, optional
    lowest : float
        Energy of the first channel. [J]
    index : int
        Which of several spectra.

    Returns
    -------
    xarray.Dataset
        ``counts`` over ``energy`` [J].
    """
    import xarray as xr

    machine = spectrometer or Spectrometer.of()
    energy = machine.energies(lowest)
    counts = generator(seed, "rbs", index).poisson(spectrum(target, energy, machine)).astype(float)
    return xr.Dataset(
        {"counts": ("energy", counts, {"long_name": "counts of a channel", "units": "1"})},
        {"energy": ("energy", energy, {"long_name": "energy", "units": "J"})},
        {"instrument": "virtual spectrometer, He backscattering", "seed": seed},
    )


@dataclass(frozen=True)
class LayerFit(Display):
    """Atoms in the layer on top of a target; spreads are standard errors.

    Parameters
    ----------
    areal : mapping of str to Estimate
        Of each element. [1/m^2]
    scale : Estimate
        Particles times solid angle, over those given. [1]
    covariance : ndarray, shape (n, n)
        Of the areal densities. [1/m^4]
    expected : ndarray
        Fitted counts of each channel.
    misfit : float
        Deviance over degrees of freedom; 1 where only counting noise is left. [1]
    """

    areal: Mapping[str, Estimate]
    scale: Estimate
    covariance: Array = field(repr=False)
    expected: Array = field(repr=False)
    misfit: float

    def ratio(self, one: str, other: str) -> Estimate:
        """Return atoms of ``one`` an atom of ``other`` [1], with its standard error."""
        names = list(self.areal)
        i, j = names.index(one), names.index(other)
        a, b = self.areal[one].value, self.areal[other].value
        slope = np.zeros(len(names))
        slope[i] = 1 / b
        slope[j] = -a / b**2
        return Estimate(a / b, "1", float(np.sqrt(slope @ self.covariance @ slope)))


def fit_layer(
    energy: ArrayLike,
    counts: ArrayLike,
    below: Sequence[Layer],
    elements: Sequence[str] = ("Ag", "S"),
    spectrometer: Spectrometer | None = None,
) -> LayerFit:
    """Fit how many atoms of each element the top layer holds, by greatest likelihood of the counts.

    The substrate's signal fixes the number of particles, so a wrong charge or solid angle does no
    harm. Errors are those of counting; the stopping powers' few per cent come on top for
    thicknesses and cancel in ratios of a thin film.

    Parameters
    ----------
    energy, counts : array_like, shape (n,)
        Middle of each channel [J] and its counts. Leave out the channels the model does not hold
        for.
    below : sequence of Layer
        What lies under the layer, top first.
    elements : sequence of str
        Of the layer, by symbol.
    spectrometer : Spectrometer, optional

    Returns
    -------
    LayerFit

    Raises
    ------
    AnalysisError
        If there are too few channels, or an element leaves no count.
    """
    from lmfit import Minimizer, Parameters

    machine = spectrometer or Spectrometer.of()
    x = np.asarray(energy, float)
    n = np.asarray(counts, float)
    if x.size != n.size or x.size < 20 or not np.allclose(np.diff(x), np.diff(x)[:1], rtol=1e-6):
        raise AnalysisError(
            f"{x.size} energies and {n.size} counts; expected at least 20 of evenly spaced channels"
        )
    start = Parameters()
    for symbol in elements:
        start.add(symbol, _first_guess(symbol, x, n, machine) / _UNIT, min=0.0)
    start.add("scale", 1.0, min=0.0)

    def expected(p: Any) -> Array:
        top = _layer({e: float(p[e]) * _UNIT for e in elements})
        return float(p["scale"]) * spectrum((top, *below), x, machine)

    result: Any = Minimizer(lambda p: _deviance(n, expected(p)), start, scale_covar=False).minimize(
        "leastsq", ftol=1e-6, xtol=1e-6
    )
    if not result.success or result.covar is None:
        raise AnalysisError(
            "the fit of the spectrum did not settle; check energy calibration, elements and the "
            "layers below"
        )
    k = len(elements)
    covariance = result.covar[:k, :k] * _UNIT**2
    areal = {
        e: Estimate(float(result.params[e]) * _UNIT, "1/m^2", float(np.sqrt(covariance[i, i])))
        for i, e in enumerate(elements)
    }
    scale = Estimate(float(result.params["scale"]), "1", float(np.sqrt(result.covar[k, k])))
    fitted = expected(result.params)
    seen = fitted > 1  # empty channels say nothing of how well the model fits
    misfit = float(np.sum(_deviance(n, fitted)[seen] ** 2)) / max(int(seen.sum()) - k - 1, 1)
    return LayerFit(areal, scale, covariance, fitted, misfit)


def _layer(areal: Mapping[str, float]) -> Layer:
    """Return a layer of these areal densities [1/m^2]; only they count, so its thickness is a
    metre's ten-billionth.
    """
    thickness = 1e-7
    return Layer("film", thickness, {e: max(n, 1e-6 * _UNIT) / thickness for e, n in areal.items()})


def _first_guess(symbol: str, energy: Array, counts: Array, machine: Spectrometer) -> float:
    """Return an areal density from the counts just below an element's edge, by the surface
    approximation.
    """
    edge = kinematic_factor(symbol, machine.angle) * machine.energy
    near = (energy > edge - 120 * keV) & (energy < edge + 3 * machine.deviation)
    if not counts[near].sum() > 0:
        raise AnalysisError(
            f"no counts below the edge of {symbol} at {edge / keV:.0f} keV; check the energy "
            "calibration and elements"
        )
    sigma = float(cross_section(symbol, machine.energy, machine.angle))
    return float(counts[near].sum()) / (machine.particles * sigma)


def _deviance(counts: Array, expected: Array) -> Array:
    """Return signed roots of the Poisson deviance: their squares sum to -2 ln likelihood, up to a
    constant.
    """
    m = np.maximum(expected, 1e-9)
    log = np.where(counts > 0, counts * np.log(np.maximum(counts, 1e-9) / m), 0.0)
    return np.sign(m - counts) * np.sqrt(np.maximum(2 * (m - counts + log), 0.0))


class _Paths:
    """Ways of helium into a target and out of it."""

    def __init__(self, target: Sequence[Layer], machine: Spectrometer, lowest: float) -> None:
        self.target = tuple(target)
        self.machine = machine
        self.lowest = lowest
        self.entry = 1 / np.cos(machine.tilt)
        self.exit = 1 / abs(np.cos(machine.angle - machine.tilt))
        self.grid = np.linspace(0.8 * _LOWEST, machine.energy, _TABLE)
        self.ranges = [
            _cumulative(1 / layer.stopping(self.grid), self.grid) for layer in self.target
        ]
        self.bohr = [
            sum(n * straggling(e) for e, n in layer.densities.items()) for layer in self.target
        ]

    def after(self, layer: int, energy: Array, way: Array | float) -> Array:
        """Return the energy left behind ``way`` [m] in a layer; the table's least where it is
        stopped.
        """
        return np.interp(
            np.interp(energy, self.grid, self.ranges[layer]) - way, self.ranges[layer], self.grid
        )

    def yields(self) -> Any:
        """Yield for each layer and element: detected energies [J], their variances [J^2], and
        counts, by sublayer.
        """
        E = self.machine.energy
        above = 0.0
        for j, layer in enumerate(self.target):
            factors = {e: kinematic_factor(e, self.machine.angle) for e in layer.densities}
            floor = self.lowest / max(factors.values())
            if (
                floor < E
            ):  # a layer of light elements may be out of sight and heavier ones below it not
                depth, inward = self._sublayers(j, E, floor)
                for symbol, K in factors.items():
                    yield self._scattered(j, symbol, K, depth, inward, above)
            above += self.bohr[j] * layer.thickness
            if not np.isfinite(layer.thickness):
                return
            E = float(self.after(j, np.array(E), layer.thickness * self.entry))

    def _sublayers(self, j: int, E: float, floor: float) -> tuple[Array, Array]:
        """Return borders of sublayers [m] that take even steps of energy, and the energies there
        [J].
        """
        bottom = max(
            floor, float(self.after(j, np.array(E), self.target[j].thickness * self.entry))
        )
        steps = max(2, int(np.ceil((E - bottom) / (_STEP * self.machine.deviation))))
        inward = np.linspace(E, bottom, steps + 1)
        way = np.interp(E, self.grid, self.ranges[j]) - np.interp(inward, self.grid, self.ranges[j])
        return way / self.entry, inward

    def _scattered(
        self, j: int, symbol: str, K: float, depth: Array, inward: Array, above: float
    ) -> tuple[Array, Array, Array]:
        """Return what a layer's element sends back; ``above`` is Bohr's variance of one straight
        way to it [J^2].
        """
        out = self.after(j, K * inward, depth * self.exit)
        for k in range(j - 1, -1, -1):
            out = self.after(k, out, self.target[k].thickness * self.exit)
        middle, energy = 0.5 * (out[1:] + out[:-1]), 0.5 * (inward[1:] + inward[:-1])
        loss = above + self.bohr[j] * 0.5 * (depth[1:] + depth[:-1])
        variance = (
            self.machine.deviation**2
            + np.diff(out) ** 2 / 12
            + loss * (K**2 * self.entry + self.exit)
        )
        sigma = cross_section(symbol, energy, self.machine.angle, self.machine.screening)
        atoms = self.target[j].densities[symbol] * np.diff(depth) * self.entry
        seen = middle > _LOWEST
        return middle[seen], variance[seen], (self.machine.particles * sigma * atoms)[seen]


def _cumulative(y: Array, x: Array) -> Array:
    """Return the integral of y from the first x, by trapezia."""
    return np.concatenate([[0.0], np.cumsum(0.5 * (y[1:] + y[:-1]) * np.diff(x))])
