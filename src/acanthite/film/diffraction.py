r"""X-ray diffraction of a film: a virtual diffractometer, and the fit of one line.

Lines stand where :mod:`acanthite.film.crystal` puts them. Their width is Scherrer's and the
strain's, with the instrument's in quadrature (Williamson and Hall 1953; Caglioti, Paoletti and
Ricci 1958):

.. math::
    \beta^2 = \Big(\frac{K \lambda}{D \cos\theta} + 4 \varepsilon \tan\theta\Big)^2 +
    \beta_\mathrm{inst}^2, \qquad \beta_\mathrm{inst}^2 = U \tan^2\theta + V \tan\theta + W
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.constants import degree
from acanthite.display import Display
from acanthite.errors import AnalysisError
from acanthite.estimate import Estimate
from acanthite.film.crystal import Crystal, Reflections, acanthite, powder
from acanthite.film.film import Film
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities
from acanthite.random import generator

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

Array = NDArray[np.float64]

SINGLET = (-1, 1, 2)  #: the line of acanthite the paper follows: alone between its neighbours
WINDOW = (25 * degree, 45 * degree)  #: of 2theta
_SHOWN = np.linspace(20 * degree, 60 * degree, 2001)  # of 2theta, in a picture
_LARGEST_ANGLE = 60 * degree  # lines beyond it are too weak and too many to matter in the window


@accepts_quantities
@dataclass(frozen=True)
class Diffractometer:
    """What a diffractometer adds to a crystal's lines; :meth:`of` takes it from parameters.

    Parameters
    ----------
    wavelength : float
        Of K-alpha1. [m]
    caglioti : tuple of float
        U, V, W of the instrument's full width at half maximum; measure a coarse-grained standard
        (LaB6, silicon) and fit them. W alone is a constant width squared. [rad^2]
    lorentz_fraction : float
        Of the pseudo-Voigt lines. [1]
    scherrer_constant : float
        K. [1]
    second_wavelength, second_share : float
        K-alpha2, and its intensity over that of K-alpha1: 0.5 without monochromator or stripping.
        [m], [1]
    """

    wavelength: float
    caglioti: tuple[float, float, float] = (0.0, 0.0, 0.0)
    lorentz_fraction: float = 0.5
    scherrer_constant: float = 0.9
    second_wavelength: float = 0.0
    second_share: float = 0.0

    @classmethod
    def of(cls, parameters: ParameterSet = AG2S) -> Diffractometer:
        """Return the one of group ``xrd``."""
        xrd = parameters.group("xrd")
        names = (
            "wavelength",
            "lorentz_fraction",
            "scherrer_constant",
            "second_wavelength",
            "second_share",
        )
        return cls(
            **{name: xrd[name] for name in names}, caglioti=(0.0, 0.0, xrd["instrument_width"] ** 2)
        )

    def instrument_width(self, two_theta: ArrayLike) -> Array:
        """Return the instrument's full width at half maximum [rad]."""
        U, V, W = self.caglioti
        t = np.tan(np.asarray(two_theta, float) / 2)
        return np.sqrt(np.maximum(U * t**2 + V * t + W, 0.0))

    def width(self, two_theta: ArrayLike, size: ArrayLike, strain: ArrayLike = 0.0) -> Array:
        """Return the full width at half maximum [rad] from crystallite size [m] and microstrain
        [1].
        """
        theta = np.asarray(two_theta, float) / 2
        sample = self.scherrer_constant * self.wavelength / (np.asarray(size) * np.cos(theta))
        return np.hypot(
            sample + 4 * np.asarray(strain) * np.tan(theta), self.instrument_width(two_theta)
        )

    def second_angle(self, two_theta: ArrayLike) -> Array:
        """Return where K-alpha2 puts a line that K-alpha1 puts at ``two_theta`` [rad]."""
        sine = np.sin(np.asarray(two_theta, float) / 2) * self.second_wavelength / self.wavelength
        return 2 * np.arcsin(np.minimum(sine, 1.0))

    def profiles(
        self, two_theta: Array, lines: Array, width: Array, fraction: float | None = None
    ) -> Array:
        """Return lines of unit area (of K-alpha1), shape (n, m) at ``two_theta`` (n,) for ``lines``
        (m,) [1/rad].
        """
        eta = self.lorentz_fraction if fraction is None else fraction
        shape = pseudo_voigt(two_theta[:, None] - lines, width, eta)
        if self.second_share:
            shape += self.second_share * pseudo_voigt(
                two_theta[:, None] - self.second_angle(lines), width, eta
            )
        return shape


@dataclass(frozen=True)
class LineFit(Display):
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


def bragg_angle(hkl: ArrayLike, parameters: ParameterSet = AG2S) -> Array:
    """Return 2theta [rad] of lattice planes of acanthite, shape (...) for ``hkl`` of shape (...,
    3).
    """
    return acanthite(parameters).bragg_angle(hkl, parameters.value("xrd.wavelength"))


def scherrer_width(
    grain: ArrayLike, two_theta: ArrayLike, parameters: ParameterSet = AG2S, strain: ArrayLike = 0.0
) -> Array:
    """Return the full width at half maximum [rad] of a line at ``two_theta`` [rad] from ``grain``
    [m] and strain.
    """
    return Diffractometer.of(parameters).width(two_theta, grain, strain)


def grain_from_width(width: float, two_theta: float, parameters: ParameterSet = AG2S) -> float:
    """Return the grain size [m] by Scherrer, the instrument's width taken off; infinite below it.

    All of the width is laid to size: with strain this is a lower bound. See
    :func:`acanthite.film.pattern_fit.williamson_hall` to tell them apart.
    """
    xrd = parameters.group("xrd")
    size2 = width**2 - xrd["instrument_width"] ** 2
    if size2 <= 0:
        return float("inf")
    return (
        xrd["scherrer_constant"] * xrd["wavelength"] / (size2**0.5 * float(np.cos(two_theta / 2)))
    )


def reflections(parameters: ParameterSet = AG2S, largest: float = _LARGEST_ANGLE) -> Reflections:
    """Return the lines of acanthite up to 2theta = ``largest`` [rad]."""
    return powder(
        acanthite(parameters), parameters.value("xrd.wavelength"), largest, parameters=parameters
    )


@accepts_quantities
def powder_pattern(
    crystal: Crystal,
    two_theta: ArrayLike,
    size: float,
    strain: float = 0.0,
    diffractometer: Diffractometer | None = None,
    parameters: ParameterSet = AG2S,
) -> Array:
    """Return the diffractogram of a powder without background, over the area of its strongest line.

    Parameters
    ----------
    crystal : Crystal
    two_theta : array_like, shape (n,)
        [rad]
    size : float
        Of the crystallites. [m]
    strain : float
        Microstrain. [1]
    diffractometer : Diffractometer, optional
        That of ``parameters`` without it.
    parameters : ParameterSet
        Groups ``form_factor`` and ``xrd``.

    Returns
    -------
    ndarray, shape (n,)
        [1/rad]
    """
    machine = diffractometer or Diffractometer.of(parameters)
    angle = np.asarray(two_theta, float)
    largest = max(_LARGEST_ANGLE, float(angle.max()) + 5 * degree)
    lines = powder(crystal, machine.wavelength, min(largest, 170 * degree), parameters=parameters)
    width = machine.width(lines.two_theta, size, strain)
    return machine.profiles(angle, lines.two_theta, width) @ lines.intensity


@accepts_quantities
def pattern(film: Film, two_theta: ArrayLike, parameters: ParameterSet = AG2S) -> Array:
    """Return the counts expected at each angle, background included.

    The area under a line goes with the film's thickness (a thin film absorbs little), its width
    with the grain and the microstrain.

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
    xrd = parameters.group("xrd")
    machine = Diffractometer.of(parameters)
    crystal = acanthite(parameters)
    shape = powder_pattern(
        crystal, two_theta, film.grain_size, film.microstrain, machine, parameters
    )
    lines = reflections(parameters)
    strongest = float(lines.two_theta[np.argmax(lines.intensity)])
    reference = machine.width(strongest, parameters.value("film.grain_annealed"))
    peak = pseudo_voigt(np.zeros(1), reference, xrd["lorentz_fraction"])[0]
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
    counts = (
        generator(seed, "xrd", index).poisson(pattern(film, two_theta, parameters)).astype(float)
    )
    return xr.Dataset(
        {"counts": ("two_theta", counts, {"long_name": "counts", "units": "1"})},
        {"two_theta": ("two_theta", two_theta, {"long_name": "2theta", "units": "rad"})},
        {
            "instrument": "virtual diffractometer, Cu K-alpha",
            "seed": seed,
            "grain_size": film.grain_size,
        },
    )


@accepts_quantities
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
        Centres of lines whose tails reach into the window; they share the line's width and shape.
        Without them the tails of broad neighbours pass for background, and the line is found too
        narrow. [rad]

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
            f"only {x.size} points within {half_window / degree:g} degrees of {near / degree:.2f} "
            "degrees; "
            "at least 10 expected; widen half_window or scan finer"
        )
    if not y.max() > np.quantile(y, 0.1):
        raise AnalysisError(
            f"no line near {near / degree:.2f} degrees: the intensity is flat; scan elsewhere"
        )
    model, start = _line_model(
        x, y, near / degree, np.atleast_1d(np.asarray(neighbours, float)) / degree
    )
    weights = 1 / np.sqrt(np.maximum(y, 0.01 * y.max()))
    result = model.fit(y, start, x=x, weights=weights, max_nfev=2000)
    if (
        not 1e-3 < (shape := result.params["fraction"].value) < 1 - 1e-3
    ):  # errors at a bound mean nothing
        start["fraction"].set(value=round(shape), vary=False)
        result = model.fit(y, start, x=x, weights=weights, max_nfev=2000)
    position, width = _estimate(result, "center", degree), _estimate(result, "fwhm", degree)
    return LineFit(position, width, _estimate(result, "height", 1.0))


def singlet_neighbours(parameters: ParameterSet = AG2S, within: float = 3.5 * degree) -> Array:
    """Return 2theta [rad] of the lines within ``within`` [rad] of the singlet, for
    :func:`fit_line`.
    """
    lines = reflections(parameters)
    centre = bragg_angle(SINGLET, parameters)
    away = np.abs(lines.two_theta - centre)
    return lines.two_theta[(away > 1e-6) & (away < within) & (lines.intensity > 0.02)]


def _line_model(x: Array, y: Array, near: float, neighbours: Array) -> tuple[Any, Any]:
    """Return the lmfit model and its starting values; angles in degrees."""
    from lmfit.models import LinearModel, PseudoVoigtModel

    step = float(np.diff(x).min())
    floor = float(np.quantile(y, 0.1))
    top = (
        int(np.argmax(np.where(np.abs(x - near) < 0.5, y, -np.inf)))
        if neighbours.size
        else int(np.argmax(y))
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
    start["slope"].set(
        vary=not neighbours.size
    )  # beside broad neighbours a slope looks like their tails
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


def pseudo_voigt(x: ArrayLike, width: ArrayLike, fraction: float) -> Array:
    """Return a pseudo-Voigt line of unit area, full width ``width`` and Lorentzian share
    ``fraction``.
    """
    w = np.asarray(width, float)
    u2 = (2 * np.asarray(x, float) / w) ** 2
    lorentz = 2 / (np.pi * w * (1 + u2))
    gauss = 2 / w * np.sqrt(np.log(2) / np.pi) * np.exp(-np.log(2) * u2)
    return fraction * lorentz + (1 - fraction) * gauss


@accepts_quantities
def diffractogram(
    film: Film,
    two_theta: ArrayLike | None = None,
    parameters: ParameterSet = AG2S,
    ax: Axes | None = None,
) -> Axes:
    """Draw the pattern that is expected of a film.

    Parameters
    ----------
    film : Film
    two_theta : array_like, shape (n,), optional
        20 to 60 degrees by default. [rad]
    parameters : ParameterSet
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    from acanthite.drawing import INK, new_axes

    ax = new_axes(ax)
    angle = _SHOWN if two_theta is None else np.asarray(two_theta, float)
    ax.plot(angle / degree, pattern(film, angle, parameters), color=INK, linewidth=1.0)
    ax.set_xlabel("2θ (°)")
    ax.set_ylabel("counts")
    return ax
