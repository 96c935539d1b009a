"""Distributions and their numbers: coefficient of variation with interval, Gauss fit, cumulative
probability.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from acanthite.analysis.floats import floats
from acanthite.display import Plotted
from acanthite.errors import AnalysisError
from acanthite.estimate import Estimate

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def _finite(values: ArrayLike, least: int, what: str) -> np.ndarray:
    v = floats(values, what).ravel()
    v = v[np.isfinite(v)]
    if v.size < least:
        raise AnalysisError(f"{what}: {v.size} finite values; expected at least {least}")
    return v


def mean(values: ArrayLike, unit: str = "1") -> Estimate:
    """Return the mean, the standard deviation as spread, and Student's 95 % interval.

    Parameters
    ----------
    values : array_like
        Any shape; not-a-numbers are left out.
    unit : str

    Returns
    -------
    Estimate

    Raises
    ------
    AnalysisError
        If there is no finite value.

    Examples
    --------
    >>> from acanthite.constants import mV
    >>> volts = ac.analysis.mean([-0.21, -0.19, float("nan"), -0.20], unit="V")
    >>> print(f"{volts.value:.2f} V +- {volts.spread / mV:.0f} mV of {volts.n}")
    -0.20 V +- 10 mV of 3
    """
    from scipy.stats import t

    v = _finite(values, 1, "mean")
    if v.size == 1:
        return Estimate(float(v[0]), unit, None, 1)
    sd = float(v.std(ddof=1))
    half = float(t.ppf(0.975, v.size - 1)) * sd / np.sqrt(v.size)
    return Estimate(
        float(v.mean()), unit, sd, v.size, (float(v.mean() - half), float(v.mean() + half))
    )


def median(values: ArrayLike, unit: str = "1") -> Estimate:
    """Return the median, the standard deviation as spread, and the 95 % interval between order
    statistics.

    Parameters
    ----------
    values : array_like
        Any shape; not-a-numbers are left out.
    unit : str

    Returns
    -------
    Estimate
        The interval takes no distribution for granted; fewer than six values have none.

    Raises
    ------
    AnalysisError
        If there is no finite value.

    Examples
    --------
    >>> ohms = ac.analysis.median(
    ...     [950.0, 990.0, 1000.0, 1010.0, 1020.0, 1060.0, 8000.0], unit="ohm"
    ... )
    >>> print(
    ...     f"{ohms.value:.0f} ohm, 95 % interval {ohms.interval[0]:.0f} to {ohms.interval[1]:.0f} ohm"
    ... )
    1010 ohm, 95 % interval 950 to 8000 ohm
    """
    from scipy.stats import binom

    v = np.sort(_finite(values, 1, "median"))
    below = int(binom.ppf(0.025, v.size, 0.5))
    interval = (float(v[below - 1]), float(v[-below])) if below else None
    return Estimate(
        float(np.median(v)), unit, float(v.std(ddof=1)) if v.size > 1 else None, v.size, interval
    )


def coefficient_of_variation(values: ArrayLike) -> Estimate:
    """Return standard deviation over mean magnitude, with Vangel's 95 % interval.

    Parameters
    ----------
    values : array_like
        Of one sign; not-a-numbers are left out.

    Returns
    -------
    Estimate

    Raises
    ------
    AnalysisError
        With fewer than three finite values, or a mean of zero.

    References
    ----------
    .. [1] M. G. Vangel, *Am. Stat.* **50**, 21 (1996), :doi:`10.1080/00031305.1996.10473537`.

    Examples
    --------
    >>> spread = ac.analysis.coefficient_of_variation(
    ...     [-0.21, -0.19, -0.20, -0.18, -0.22, -0.20]
    ... )
    >>> print(
    ...     f"{spread.value:.1%}, 95 % interval {spread.interval[0]:.1%} to {spread.interval[1]:.1%}"
    ... )
    7.1%, 95 % interval 4.4% to 17.5%
    """
    from scipy.stats import chi2

    v = _finite(values, 3, "coefficient of variation")
    if v.mean() == 0.0:
        raise AnalysisError("coefficient of variation: the mean is zero; give values of one sign")
    n = v.size
    cv = float(v.std(ddof=1) / abs(v.mean()))

    def limit(probability: float) -> float:
        u = float(chi2.ppf(probability, n - 1))
        square = ((u + 2) / n - 1) * cv**2 + u / (n - 1)
        return cv / float(np.sqrt(square)) if square > 0 else float("inf")

    return Estimate(cv, "1", None, n, (limit(0.975), limit(0.025)))


def cumulative(values: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return the sorted values and their cumulative probabilities (i - 1/2)/n.

    Parameters
    ----------
    values : array_like
        Not-a-numbers are left out.

    Returns
    -------
    values, probabilities : ndarray, shape (n,)

    Examples
    --------
    >>> volts, share = ac.analysis.cumulative([0.21, 0.18, 0.20, 0.19])
    >>> volts.tolist(), share.tolist()
    ([0.18, 0.19, 0.2, 0.21], [0.125, 0.375, 0.625, 0.875])
    """
    v = np.sort(_finite(values, 1, "cumulative distribution"))
    return v, (np.arange(v.size) + 0.5) / v.size


# a fit to the cumulative distribution against the mean and standard deviation of the sample:
# benchmarks/gauss_fit.py
_PLACE_EFFICIENCY, _SCALE_EFFICIENCY = 0.91, 0.65


@dataclass(frozen=True)
class GaussFit(Plotted, picture="acanthite.analysis.result_drawings:gauss"):
    """A normal distribution fitted to a sample.

    Parameters
    ----------
    center, sigma : Estimate
        Mean, with the standard deviation as spread, and standard deviation; each with its 95 %
        interval over samples.

    Examples
    --------
    >>> fit = ac.analysis.fit_gauss([-0.21, -0.19, -0.20, -0.18, -0.22, -0.20], unit="V")
    >>> print(f"{fit.center.value:.3f} V +- {fit.sigma.value:.3f} V")
    -0.200 V +- 0.015 V
    >>> float(fit.density(-0.2)) > float(fit.density(-0.3))
    True
    """

    center: Estimate
    sigma: Estimate

    def density(self, x: ArrayLike) -> np.ndarray:
        """Return the probability density at ``x``."""
        z = (np.asarray(x, float) - self.center.value) / self.sigma.value
        return np.exp(-0.5 * z**2) / (self.sigma.value * np.sqrt(2 * np.pi))


def fit_gauss(values: ArrayLike, unit: str = "1") -> GaussFit:
    """Fit a normal distribution to the cumulative distribution, so that no bin width is chosen.

    Parameters
    ----------
    values : array_like
        Not-a-numbers are left out.
    unit : str

    Returns
    -------
    GaussFit

    Raises
    ------
    AnalysisError
        With fewer than five finite values, or if all are equal.

    Examples
    --------
    >>> fit = ac.analysis.fit_gauss([-0.21, -0.19, -0.20, -0.18, -0.22, -0.20], unit="V")
    >>> print(f"{fit.center.value:.2f} V")
    -0.20 V
    """
    import lmfit
    from scipy.special import ndtr
    from scipy.stats import chi2, t

    x, probability = cumulative(_finite(values, 5, "Gauss fit"))
    scale = float(x.std(ddof=1))
    if scale == 0.0:
        raise AnalysisError(f"Gauss fit: all {x.size} values are {x[0]:g}; a spread is needed")
    model = lmfit.Model(lambda z, center, sigma: ndtr((z - center) / sigma), independent_vars=["z"])
    guess = model.make_params(center=0.0, sigma={"value": 1.0, "min": 1e-6})
    fit = model.fit(probability, guess, z=(x - x.mean()) / scale)
    center = x.mean() + scale * fit.params["center"].value
    sigma = scale * fit.params["sigma"].value
    n = x.size
    free = _SCALE_EFFICIENCY * (x.size - 1)
    half = float(t.ppf(0.975, free)) * sigma / np.sqrt(_PLACE_EFFICIENCY * n)
    low, high = (float(sigma * np.sqrt(free / chi2.ppf(p, free))) for p in (0.975, 0.025))
    return GaussFit(
        Estimate(
            float(center), unit, float(sigma), n, (float(center - half), float(center + half))
        ),
        Estimate(float(sigma), unit, None, n, (low, high)),
    )
