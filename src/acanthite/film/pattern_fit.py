r"""Size and strain from many lines: a whole-pattern fit, and the Williamson-Hall line.

:func:`fit_pattern` (after Pawley 1981) keeps the lines where a crystal puts them, lets each have
any intensity, so texture does no harm, and fits the crystallite size, the microstrain, the zero of
the angle, the line shape and a background. Lines may overlap. :func:`williamson_hall` takes lines
fitted one by one:

.. math:: \beta \cos\theta = \frac{K \lambda}{D} + 4 \varepsilon \sin\theta, \qquad
          \beta^2 = \beta_\mathrm{measured}^2 - \beta_\mathrm{inst}^2
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite import threads
from acanthite.constants import degree
from acanthite.display import Display, Plotted
from acanthite.errors import AnalysisError
from acanthite.estimate import Estimate
from acanthite.film.crystal import Crystal, Reflections, powder
from acanthite.film.diffraction import Diffractometer, LineFit
from acanthite.parameters import AG2S, ParameterSet
from acanthite.progress import long_call
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]

_FAINTEST = 0.001  # of the strongest line; fainter ones are not fitted
_BEYOND = 4 * degree  # lines this far outside reach in with their tails
_POINTS = 30
_START_WIDTHS = (0.1 * degree, 0.3 * degree, 1.0 * degree)  # of the sample alone
_BACKGROUND = 3  # Chebyshev terms


@dataclass(frozen=True)
class SizeStrain(Display):
    """Crystallite size and microstrain; spreads are standard errors.

    Parameters
    ----------
    size : Estimate
        Volume-weighted apparent size; infinite where the lines are no wider than instrument and
        strain make them. [m]
    strain : Estimate
        May come out slightly negative where there is none. [1]
    """

    size: Estimate
    strain: Estimate


@dataclass(frozen=True)
class PatternFit(SizeStrain, Plotted, picture="acanthite.film.pattern_fit:plot_pattern"):
    """What a whole pattern says of its crystal.

    Parameters
    ----------
    shift : Estimate
        Zero of the angle: measured less computed 2theta. [rad]
    lorentz_fraction : Estimate
        Of the line shape. [1]
    lines : Reflections
        Fitted lines at their computed angles, with fitted intensities over that of the strongest.
    expected : ndarray, shape (n,)
        The fitted pattern, background included, in the unit of the data.
    background : ndarray, shape (n,)
        In the unit of the data.
    misfit : float
        Chi-squared over degrees of freedom; 1 for counts that only Poisson's noise parts from the
        fit. [1]
    """

    shift: Estimate
    lorentz_fraction: Estimate
    lines: Reflections
    expected: Array
    background: Array
    misfit: float


@long_call("fitting a pattern")
@accepts_quantities
def fit_pattern(
    two_theta: ArrayLike,
    counts: ArrayLike,
    crystal: Crystal,
    diffractometer: Diffractometer | None = None,
    parameters: ParameterSet = AG2S,
) -> PatternFit:
    """Fit size, strain, shift and line shape to a whole pattern of one crystal.

    Parameters
    ----------
    two_theta : array_like, shape (n,)
        [rad]
    counts : array_like, shape (n,)
        Counts; another unit fits as well, its errors are then those of the scatter.
    crystal : Crystal
        Whose lines they are: ``acanthite()``, ``SILICON``, ``RUTILE`` or one's own.
    diffractometer : Diffractometer, optional
        Its wavelength and instrument width; that of ``parameters`` without it.
    parameters : ParameterSet
        Groups ``form_factor`` and ``xrd``.

    Returns
    -------
    PatternFit

    Raises
    ------
    AnalysisError
        If there are too few points, no line of the crystal lies within them, or the fit does not
        find a width.
    """
    x, y = _checked(two_theta, counts)
    machine = diffractometer or Diffractometer.of(parameters)
    lines = _lines(crystal, x, machine, parameters)
    if not np.any((lines.two_theta >= x.min()) & (lines.two_theta <= x.max())):
        raise AnalysisError(
            f"no line of {crystal.name} between {x.min() / degree:.2f} and {x.max() / degree:.2f} "
            "degrees; "
            "check the wavelength, and that angles are 2theta in radians"
        )
    problem = _Problem(x, y, lines, machine)
    with threads.one_for_blas():
        return _finish(problem, *_solve(problem))


def williamson_hall(
    lines: Sequence[LineFit], diffractometer: Diffractometer | None = None
) -> SizeStrain:
    """Return size and strain from the widths of at least two lines.

    Parameters
    ----------
    lines : sequence of LineFit
        From :func:`acanthite.film.diffraction.fit_line`; their errors weigh them.
    diffractometer : Diffractometer, optional
        Its wavelength, Scherrer constant and instrument width; the paper's without it.

    Returns
    -------
    SizeStrain

    Raises
    ------
    AnalysisError
        If there are fewer than two lines or one is no wider than the instrument.
    """
    machine = diffractometer or Diffractometer.of()
    if len(lines) < 2:
        raise AnalysisError(
            f"{len(lines)} lines; size and strain need at least 2 at different angles"
        )
    angle = np.array([line.position.value for line in lines])
    width = np.array([line.width.value for line in lines])
    own2 = width**2 - machine.instrument_width(angle) ** 2
    if np.any(own2 <= 0):
        worst = int(np.argmin(own2))
        raise AnalysisError(
            f"the line at {angle[worst] / degree:.2f} degrees (width {width[worst] / degree:.3f} "
            "degrees) is no wider "
            "than the instrument; leave it out or correct caglioti"
        )
    own = np.sqrt(own2)
    spread = (
        np.array([line.width.spread or np.nan for line in lines]) * width / own * np.cos(angle / 2)
    )
    known = bool(np.all(np.isfinite(spread) & (spread > 0)))
    table = np.stack([np.ones_like(angle), 4 * np.sin(angle / 2)], 1)
    weight = 1 / spread if known else np.ones_like(angle)
    a = table * weight[:, None]
    y = own * np.cos(angle / 2) * weight
    coefficients = np.linalg.lstsq(a, y, rcond=None)[0]
    covariance = np.linalg.inv(a.T @ a)
    misfit = float(np.sum((a @ coefficients - y) ** 2)) / max(len(lines) - 2, 1)
    covariance *= max(misfit, 1.0) if known else misfit
    return _size_strain(
        machine, coefficients.tolist(), np.sqrt(np.diag(covariance)).tolist(), len(lines)
    )


def _size_strain(
    machine: Diffractometer, widths: Sequence[float], error: Sequence[float], n: int
) -> SizeStrain:
    """Return size and strain from K lambda / D and epsilon."""
    reach = machine.scherrer_constant * machine.wavelength
    size = reach / widths[0] if widths[0] > 0 else float("inf")
    spread = size * error[0] / widths[0] if widths[0] > 0 else None
    return SizeStrain(
        Estimate(float(size), "m", None if spread is None else float(spread), n),
        Estimate(float(widths[1]), "1", float(error[1]), n),
    )


@dataclass(frozen=True)
class _Problem:
    """A pattern and what is fitted to it; nonlinear: K lambda / D, strain, shift [rad], Lorentzian
    share.
    """

    x: Array
    y: Array
    lines: Reflections
    machine: Diffractometer

    @property
    def weight(self) -> Array:
        return 1 / np.sqrt(np.maximum(self.y, max(1e-3 * self.y.max(), min(1.0, self.y.max()))))

    @property
    def polynomials(self) -> Array:
        """Background terms, shape (n, terms)."""
        middle = 0.5 * (self.x.max() + self.x.min())
        half = 0.5 * np.ptp(self.x)
        terms = np.polynomial.chebyshev.chebvander((self.x - middle) / half, _BACKGROUND - 1)
        return np.asarray(terms, np.float64)

    def columns(self, p: Array) -> Array:
        """Return lines of unit height and the background's terms, shape (n, lines + terms)."""
        theta = 0.5 * self.lines.two_theta
        own = p[0] / np.cos(theta) + 4 * p[1] * np.tan(theta)
        width = np.hypot(
            own, np.maximum(self.machine.instrument_width(2 * theta), np.diff(self.x).min())
        )
        shapes = self.machine.profiles(self.x, self.lines.two_theta + p[2], width, p[3]) * width
        return np.concatenate([shapes, self.polynomials], 1)

    def linear(self, p: Array) -> tuple[Array, Array]:
        """Return the heights (lines not negative) that fit best, and the weighted residual."""
        from scipy.optimize import nnls

        a = self.columns(p) * self.weight[:, None]
        y = self.y * self.weight
        n = self.lines.two_theta.size
        level = float(np.abs(y).max())
        free = np.linalg.qr(a[:, n:])[
            0
        ]  # the background takes what it can: what is left belongs to the lines
        lines = a[:, :n] - free @ (free.T @ a[:, :n])
        rest = y - free @ (free.T @ y)
        q, r = np.linalg.qr(lines)
        heights = nnls(r, q.T @ rest / level, maxiter=30 * n)[0] * level
        background = np.linalg.lstsq(a[:, n:], y - a[:, :n] @ heights, rcond=None)[0]
        heights_and_background = np.concatenate([heights, background])
        return heights_and_background, a @ heights_and_background - y


def _solve(problem: _Problem) -> tuple[Array, Array]:
    """Return the nonlinear parameters and their standard errors; the linear ones are projected out."""
    from scipy.optimize import least_squares

    scale = np.array([0.2 * degree, 1e-3, 0.05 * degree, 0.5])
    low = np.array([-np.inf, -np.inf, -1 * degree, 0.0])
    high = np.array([np.inf, np.inf, 1 * degree, 1.0])
    starts = [np.array([w, 0.0, 0.0, 0.5]) for w in _START_WIDTHS]
    best = min(starts, key=lambda p: float(np.sum(problem.linear(p)[1] ** 2)))
    result = least_squares(
        lambda p: problem.linear(p)[1],
        best,
        x_scale=scale,
        bounds=(low, high),
        xtol=1e-4,
        ftol=1e-6,
        max_nfev=60,
    )
    if not result.success:
        raise AnalysisError(
            f"no fit of {problem.lines.two_theta.size} lines after 60 steps; cut the pattern to "
            "where the crystal's "
            "lines stand out, or check crystal and wavelength"
        )
    jacobian = result.jac[:, : 3 if _at_a_bound(result.x[3]) else 4]
    covariance = np.linalg.pinv(jacobian.T @ jacobian)
    error = np.zeros(4)
    error[: jacobian.shape[1]] = np.sqrt(np.diag(covariance))
    return result.x, error


def _at_a_bound(fraction: float) -> bool:
    return not 1e-3 < fraction < 1 - 1e-3


def _finish(problem: _Problem, p: Array, error: Array) -> PatternFit:
    heights, residual = problem.linear(p)
    freedom = max(residual.size - heights.size - p.size, 1)
    misfit = float(residual @ residual) / freedom
    error = error * np.sqrt(misfit)
    n = problem.lines.two_theta.size
    columns = problem.columns(p)
    theta = 0.5 * problem.lines.two_theta
    width = np.hypot(
        p[0] / np.cos(theta) + 4 * p[1] * np.tan(theta), problem.machine.instrument_width(2 * theta)
    )
    area = heights[:n] * width
    size_strain = _size_strain(problem.machine, p[:2].tolist(), error[:2].tolist(), n)
    lines = Reflections(
        problem.lines.hkl, problem.lines.two_theta, area / area.max(initial=np.finfo(float).tiny)
    )
    return PatternFit(
        size_strain.size,
        size_strain.strain,
        Estimate(float(p[2]), "rad", float(error[2])),
        Estimate(float(p[3]), "1", float(error[3])),
        lines,
        columns @ heights,
        columns[:, n:] @ heights[n:],
        misfit,
    )


def _lines(
    crystal: Crystal, x: Array, machine: Diffractometer, parameters: ParameterSet
) -> Reflections:
    """Return the lines in a pattern and those just outside, the faintest left out."""
    low = max(float(x.min()) - _BEYOND, degree)
    high = min(float(x.max()) + _BEYOND, 175 * degree)
    lines = powder(crystal, machine.wavelength, high, low, parameters)
    keep = lines.intensity >= _FAINTEST
    return Reflections(lines.hkl[keep], lines.two_theta[keep], lines.intensity[keep])


def _checked(two_theta: ArrayLike, counts: ArrayLike) -> tuple[Array, Array]:
    x, y = np.asarray(two_theta, float).ravel(), np.asarray(counts, float).ravel()
    if x.size != y.size or x.size < _POINTS:
        raise AnalysisError(
            f"{x.size} angles and {y.size} counts; at least {_POINTS} of each expected; scan wider"
        )
    if not (np.all(np.isfinite(x)) and np.all(np.isfinite(y)) and np.all(np.diff(x) > 0)):
        raise AnalysisError(
            "angles must rise and all numbers be finite; sort the pattern and drop the gaps"
        )
    if x.max() >= np.pi:
        raise AnalysisError(
            f"angles up to {x.max():.4g}; expected 2theta in radians: multiply by degree"
        )
    if not y.max() > y.min():
        raise AnalysisError("the pattern is flat; scan where the crystal has lines")
    return x, y


@accepts_quantities
def plot_pattern(
    fit: PatternFit, two_theta: ArrayLike, counts: ArrayLike, ax: Axes | None = None
) -> Axes:
    """Draw a pattern as measured and as fitted, and the background.

    Parameters
    ----------
    fit : PatternFit
    two_theta : array_like, shape (n,)
        As fitted. [rad]
    counts : array_like, shape (n,)
    ax : matplotlib.axes.Axes, optional

    Returns
    -------
    matplotlib.axes.Axes
    """
    from acanthite.drawing import BLUE, GREY, RED, legend_above, new_axes

    ax = new_axes(ax)
    angle = np.asarray(two_theta, float) / degree
    ax.plot(angle, np.asarray(counts, float), ".", color=GREY, markersize=2, label="measured")
    ax.plot(angle, fit.expected, color=BLUE, linewidth=1.0, label="fitted")
    ax.plot(angle, fit.background, color=RED, linewidth=1.0, label="background")
    ax.set_xlabel("2θ (°)")
    ax.set_ylabel("counts")
    legend_above(ax, ncols=3)
    return ax
