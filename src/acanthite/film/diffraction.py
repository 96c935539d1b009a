r"""X-ray diffraction of a film: where the lines of acanthite fall, how strong and how wide they are.

A powder pattern of the monoclinic cell: structure factors from Frueh's atoms, the Lorentz-polarisation
factor of a powder, and Scherrer's width with the instrument's in quadrature:

.. math:: \beta^2 = \Big(\frac{K \lambda}{D \cos\theta}\Big)^2 + \beta_\mathrm{inst}^2

Strain broadens too and is not told apart from size here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.constants import degree
from acanthite.errors import AnalysisError
from acanthite.estimate import Estimate
from acanthite.film.film import Film
from acanthite.parameters import AG2S, ParameterSet
from acanthite.random import generator

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

SINGLET = (-1, 1, 2)  #: the line the paper follows: alone between its neighbours
WINDOW = (25 * degree, 45 * degree)  #: of 2theta
_ATOMS = (("silver1", "silver"), ("silver2", "silver"), ("sulphur", "sulphur"))
_LARGEST_INDEX = 7


@dataclass(frozen=True)
class Reflections:
    """Lines of a powder pattern, by angle; of equivalent (hkl) one stands for all.

    Parameters
    ----------
    hkl : ndarray of int, shape (n, 3)
    two_theta : ndarray, shape (n,)
        [rad]
    intensity : ndarray, shape (n,)
        Of the whole line, over that of the strongest. [1]
    """

    hkl: NDArray[np.int64]
    two_theta: Array
    intensity: Array


@dataclass(frozen=True)
class LineFit:
    """A pseudo-Voigt line fitted to a diffractogram; spreads are the fit's standard errors.

    Parameters
    ----------
    position, width : Estimate
        Centre in 2theta and full width at half maximum. [rad]
    height : Estimate
        Over the background, in the unit of the intensity. [1]
    """

    position: Estimate
    width: Estimate
    height: Estimate


def spacing(hkl: ArrayLike, parameters: ParameterSet = AG2S) -> Array:
    """Return the spacing of lattice planes [m].

    Parameters
    ----------
    hkl : array_like of int, shape (..., 3)
    parameters : ParameterSet
        Group ``crystal``.

    Returns
    -------
    ndarray, shape (...)
    """
    cell = parameters.group("crystal")
    h, k, l = np.moveaxis(np.asarray(hkl, float), -1, 0)  # noqa: E741 - the indices' own names
    sin2, cos = np.sin(cell["beta"]) ** 2, np.cos(cell["beta"])
    a, b, c = cell["a"], cell["b"], cell["c"]
    inverse2 = (h**2 / a**2 + l**2 / c**2 - 2 * h * l * cos / (a * c)) / sin2 + k**2 / b**2
    return 1 / np.sqrt(inverse2)


def bragg_angle(hkl: ArrayLike, parameters: ParameterSet = AG2S) -> Array:
    """Return 2theta [rad] of lattice planes, shape (...) for ``hkl`` of shape (..., 3)."""
    return 2 * np.arcsin(parameters.value("xrd.wavelength") / (2 * spacing(hkl, parameters)))


def scherrer_width(grain: ArrayLike, two_theta: ArrayLike, parameters: ParameterSet = AG2S) -> Array:
    """Return the full width at half maximum [rad] of a line at ``two_theta`` [rad] from ``grain`` [m]."""
    xrd = parameters.group("xrd")
    size = (
        xrd["scherrer_constant"] * xrd["wavelength"] / (np.asarray(grain) * np.cos(np.asarray(two_theta) / 2))
    )
    return np.hypot(size, xrd["instrument_width"])


def grain_from_width(width: float, two_theta: float, parameters: ParameterSet = AG2S) -> float:
    """Return the grain size [m] by Scherrer, the instrument's width taken off; infinite below it."""
    xrd = parameters.group("xrd")
    size2 = width**2 - xrd["instrument_width"] ** 2
    if size2 <= 0:
        return float("inf")
    return xrd["scherrer_constant"] * xrd["wavelength"] / (size2**0.5 * float(np.cos(two_theta / 2)))


def structure_factor(hkl: ArrayLike, parameters: ParameterSet = AG2S) -> NDArray[np.complex128]:
    """Return F(hkl) [electrons a cell] of acanthite, with the Debye-Waller factor.

    Parameters
    ----------
    hkl : array_like of int, shape (..., 3)
    parameters : ParameterSet
        Groups ``crystal``, ``form_factor`` and ``xrd``.

    Returns
    -------
    ndarray of complex, shape (...)
    """
    hkl = np.asarray(hkl, float)
    s2 = 1 / (2 * spacing(hkl, parameters)) ** 2
    damping = np.exp(-parameters.value("xrd.displacement") * s2)
    total = np.zeros(hkl.shape[:-1], complex)
    for atom, element in _ATOMS:
        phases = np.exp(2j * np.pi * hkl @ _equivalents(atom, parameters).T).sum(-1)
        total += _form_factor(element, s2, parameters) * phases
    return total * damping


def reflections(parameters: ParameterSet = AG2S, largest: float = 60 * degree) -> Reflections:
    """Return the lines of acanthite up to 2theta = ``largest`` [rad]."""
    n = np.arange(-_LARGEST_INDEX, _LARGEST_INDEX + 1)
    hkl = np.stack(np.meshgrid(n, n, n, indexing="ij"), -1).reshape(-1, 3)
    h, k, l = hkl.T  # noqa: E741 - the indices' own names
    hkl = hkl[(k >= 0) & ((l > 0) | ((l == 0) & ((h > 0) | ((h == 0) & (k > 0)))))]  # one of each 2/m family
    hkl = hkl[2 * spacing(hkl, parameters) > parameters.value("xrd.wavelength")]
    angle = bragg_angle(hkl, parameters)
    keep = np.argsort(angle, kind="stable")[: int((angle <= largest).sum())]
    hkl, angle = hkl[keep], angle[keep]
    multiplicity = np.where((hkl[:, 1] == 0) | ((hkl[:, 0] == 0) & (hkl[:, 2] == 0)), 2, 4)
    strength = np.abs(structure_factor(hkl, parameters)) ** 2 * multiplicity * _lorentz_polarisation(angle)
    return Reflections(hkl, angle, strength / strength.max())


def pattern(film: Film, two_theta: ArrayLike, parameters: ParameterSet = AG2S) -> Array:
    """Return the counts expected at each angle, background included.

    The area under a line goes with the film's thickness (a thin film absorbs little), its width with
    the grain.

    Parameters
    ----------
    film : Film
    two_theta : array_like, shape (n,)
        [rad]
    parameters : ParameterSet

    Returns
    -------
    ndarray, shape (n,)
        [1]
    """
    xrd, angle = parameters.group("xrd"), np.asarray(two_theta, float)
    lines = reflections(parameters)
    width = scherrer_width(film.grain_size, lines.two_theta, parameters)
    shape = _pseudo_voigt(angle[:, None] - lines.two_theta, width, xrd["lorentz_fraction"]) @ lines.intensity
    reference = scherrer_width(
        parameters.value("film.grain_annealed"), lines.two_theta[np.argmax(lines.intensity)], parameters
    )
    peak = _pseudo_voigt(np.zeros(1), reference, xrd["lorentz_fraction"])[0]
    volume = film.thickness / parameters.value("film.reference_thickness")
    return xrd["background_counts"] + xrd["line_counts"] * volume * shape / peak


def measure(film: Film, seed: int, index: int = 0, parameters: ParameterSet = AG2S) -> xr.Dataset:
    """Return a diffractogram with counting noise, over :data:`WINDOW`.

    Parameters
    ----------
    film : Film
    seed : int
        Of the counting noise.
    index : int
        Which of several films.
    parameters : ParameterSet

    Returns
    -------
    xarray.Dataset
        Variable ``counts`` over ``two_theta`` [rad].
    """
    import xarray as xr

    two_theta = np.arange(*WINDOW, parameters.value("xrd.step"))
    counts = generator(seed, "xrd", index).poisson(pattern(film, two_theta, parameters)).astype(float)
    return xr.Dataset(
        {"counts": ("two_theta", counts, {"long_name": "counts", "units": "1"})},
        {"two_theta": ("two_theta", two_theta, {"long_name": "2theta", "units": "rad"})},
        {"instrument": "virtual diffractometer, Cu K-alpha", "seed": seed, "grain_size": film.grain_size},
    )


def fit_line(
    two_theta: ArrayLike,
    intensity: ArrayLike,
    near: float | None = None,
    half_window: float = 2.6 * degree,
    neighbours: ArrayLike = (),
) -> LineFit:
    """Fit one pseudo-Voigt line on a straight background, level where ``neighbours`` are given.

    Parameters
    ----------
    two_theta, intensity : array_like, shape (n,)
        Angle [rad] and counts.
    near : float, optional
        Where the line is expected [rad]; the highest point without it.
    half_window : float
        How far to either side is fitted. [rad]
    neighbours : array_like, shape (m,)
        Centres of lines whose tails reach into the window; they share the line's width and shape. Without
        them the tails of broad neighbours pass for background, and the line is found too narrow. [rad]

    Returns
    -------
    LineFit

    Raises
    ------
    AnalysisError
        If fewer than ten points lie in the window, or they hold no line.
    """
    x, y = np.asarray(two_theta, float), np.asarray(intensity, float)
    near = float(x[np.argmax(y)]) if near is None else near
    chosen = np.abs(x - near) <= half_window
    x, y = x[chosen] / degree, y[chosen]  # degrees: lmfit floors widths at an absolute 1e-15
    if x.size < 10:
        raise AnalysisError(
            f"only {x.size} points within {half_window / degree:g} degrees of {near / degree:.2f} degrees; "
            "at least 10 expected; widen half_window or scan finer"
        )
    if not y.max() > np.quantile(y, 0.1):
        raise AnalysisError(
            f"no line near {near / degree:.2f} degrees: the intensity is flat; scan elsewhere"
        )
    model, start = _line_model(x, y, near / degree, np.atleast_1d(np.asarray(neighbours, float)) / degree)
    weights = 1 / np.sqrt(np.maximum(y, 0.01 * y.max()))
    result = model.fit(y, start, x=x, weights=weights, max_nfev=2000)
    if not 1e-3 < (shape := result.params["fraction"].value) < 1 - 1e-3:  # errors at a bound mean nothing
        start["fraction"].set(value=round(shape), vary=False)
        result = model.fit(y, start, x=x, weights=weights, max_nfev=2000)
    position, width = _estimate(result, "center", degree), _estimate(result, "fwhm", degree)
    return LineFit(position, width, _estimate(result, "height", 1.0))


def singlet_neighbours(parameters: ParameterSet = AG2S, within: float = 3.5 * degree) -> Array:
    """Return 2theta [rad] of the lines within ``within`` [rad] of the singlet, for :func:`fit_line`."""
    lines, centre = reflections(parameters), bragg_angle(SINGLET, parameters)
    away = np.abs(lines.two_theta - centre)
    return lines.two_theta[(away > 1e-6) & (away < within) & (lines.intensity > 0.02)]


def _line_model(x: Array, y: Array, near: float, neighbours: Array) -> tuple[Any, Any]:
    """Return the lmfit model and its starting values; angles in degrees."""
    from lmfit.models import LinearModel, PseudoVoigtModel

    step, floor = float(np.diff(x).min()), float(np.quantile(y, 0.1))
    top = (
        int(np.argmax(np.where(np.abs(x - near) < 0.5, y, -np.inf))) if neighbours.size else int(np.argmax(y))
    )
    half = x[(y - floor > 0.5 * (y[top] - floor)) & (np.abs(x - x[top]) < 1.0)]
    sigma = max(0.5 * float(np.ptp(half)), step)
    model = PseudoVoigtModel() + LinearModel()
    for i in range(neighbours.size):
        model += PseudoVoigtModel(prefix=f"n{i}_")
    area = (y[top] - floor) * sigma * 2.5
    start = model.make_params(
        center=float(x[top]), sigma=sigma, fraction=0.5, amplitude=area, slope=0.0, intercept=floor
    )
    start["sigma"].set(min=0.1 * step)
    start["slope"].set(vary=not neighbours.size)  # beside broad neighbours a slope cannot be told from tails
    start["fraction"].set(min=0.0, max=1.0)
    for i, centre in enumerate(neighbours):
        start[f"n{i}_center"].set(value=centre, vary=False)
        start[f"n{i}_sigma"].set(expr="sigma")
        start[f"n{i}_fraction"].set(expr="fraction")
        start[f"n{i}_amplitude"].set(value=area, min=0.0)
    return model, start


def _estimate(result: Any, name: str, factor: float) -> Estimate:
    parameter = result.params[name]
    error = None if parameter.stderr is None else float(parameter.stderr) * factor
    return Estimate(float(parameter.value) * factor, "1" if factor == 1.0 else "rad", error)


def _equivalents(atom: str, parameters: ParameterSet) -> Array:
    """Return the four positions P2_1/n makes of one, shape (4, 3)."""
    x, y, z = (parameters.value(f"crystal.{atom}_{axis}") for axis in "xyz")
    return np.array([(x, y, z), (-x, -y, -z), (0.5 - x, 0.5 + y, 0.5 - z), (0.5 + x, 0.5 - y, 0.5 + z)])


def _form_factor(element: str, s2: Array, parameters: ParameterSet) -> Array:
    f = parameters.group("form_factor")
    waves = [f[f"{element}_a{i}"] * np.exp(-f[f"{element}_b{i}"] * s2) for i in range(1, 5)]
    return f[f"{element}_c"] + np.sum(waves, axis=0)


def _lorentz_polarisation(two_theta: Array) -> Array:
    theta = two_theta / 2
    return (1 + np.cos(two_theta) ** 2) / (np.sin(theta) ** 2 * np.cos(theta))


def _pseudo_voigt(x: Array, width: Array, fraction: float) -> Array:
    """Return a pseudo-Voigt line of unit area and full width ``width``."""
    u = 2 * x / width
    lorentz = 2 / (np.pi * width * (1 + u**2))
    gauss = 2 / width * np.sqrt(np.log(2) / np.pi) * np.exp(-np.log(2) * u**2)
    return fraction * lorentz + (1 - fraction) * gauss
