"""Weibull, log-normal and normal distributions fitted to samples, censored ones included, with
goodness of fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.analysis.floats import flags, floats
from acanthite.analysis.statistics.location_scale import (
    FAMILIES,
    LEAST_SEEN,
    Family,
    Sample,
    anderson_darling,
    in_order,
    maximise,
    resample,
)
from acanthite.display import Plotted
from acanthite.errors import AnalysisError, nearest
from acanthite.estimate import Estimate
from acanthite.progress import Progress, long_call, reporter

Array = NDArray[np.float64]

#: what the location and the scale of each family are called, and whether the sample's logarithm is meant
NAMES: Mapping[str, tuple[str, str, bool]] = {
    "weibull": ("scale", "shape", True),
    "lognormal": ("median", "sigma", True),
    "normal": ("mean", "sigma", False),
}


@dataclass(frozen=True)
class DistributionFit(Plotted, picture="acanthite.analysis.result_drawings:distribution"):
    """A distribution fitted by maximum likelihood.

    Parameters
    ----------
    family : str
    parameters : dict of str to Estimate
        Weibull: ``scale`` (63 % point) and ``shape``; log-normal: ``median`` and ``sigma`` (of the
        natural logarithm); normal: ``mean`` and ``sigma``. Intervals are 95 %.
    statistic, p_value : float
        Anderson and Darling's A², up to the last value seen, and how often samples drawn from the
        fit have a larger one.
    log_likelihood, aicc : float
    n, censored : int
        Size of the sample, and how many of it are only known to be larger.
    replicates : int
        Drawn samples behind intervals and p value.

    Examples
    --------
    >>> volts = [0.16, 0.17, 0.18, 0.18, 0.19, 0.20, 0.22, 0.25]
    >>> fit = ac.analysis.fit_distribution(volts, "lognormal", unit="V", replicates=99)
    >>> print(
    ...     f"median {fit.parameters['median'].value:.3f} V, one in ten below {float(fit.quantile(0.1)):.3f} V"
    ... )
    median 0.192 V, one in ten below 0.161 V
    >>> print(f"{float(fit.cdf(0.2)):.0%} below 0.2 V")
    62% below 0.2 V
    """

    family: str
    parameters: dict[str, Estimate]
    statistic: float
    p_value: float
    log_likelihood: float
    aicc: float
    n: int
    censored: int
    location: float
    scale: float
    replicates: int = 0

    def cdf(self, x: ArrayLike) -> Array:
        """Return the cumulative probability at ``x``."""
        x = np.asarray(x, float)
        family = FAMILIES[self.family]
        logarithmic = NAMES[self.family][2]
        with np.errstate(divide="ignore"):
            z = (np.log(np.maximum(x, 0)) if logarithmic else x) - self.location
        return -np.expm1(family.log_sf(z / self.scale))

    def quantile(self, probability: ArrayLike) -> Array:
        """Return the value below which a share ``probability`` lies."""
        y = self.location + self.scale * FAMILIES[self.family].quantile(
            np.asarray(probability, float)
        )
        return np.exp(y) if NAMES[self.family][2] else y

    def __str__(self) -> str:
        text = f"{self.family}, n = {self.n}" + (
            f" ({self.censored} censored)" if self.censored else ""
        )
        for name, e in self.parameters.items():
            low, high = e.interval or (np.nan, np.nan)
            text += f"; {name} {e.value:.4g} [{low:.4g}, {high:.4g}]" + (
                f" {e.unit}" if e.unit != "1" else ""
            )
        return f"{text}; A² = {self.statistic:.3g}, p = {self.p_value:.2g}; AICc {self.aicc:.1f}"


@long_call("fitting a distribution")
def fit_distribution(
    values: ArrayLike,
    family: str = "weibull",
    *,
    censored: ArrayLike | None = None,
    unit: str = "1",
    replicates: int = 999,
    seed: int = 0,
) -> DistributionFit:
    """Fit a distribution by maximum likelihood.

    Parameters
    ----------
    values : array_like
        Not-a-numbers are left out. Positive for the families of the logarithm: give magnitudes of
        negative voltages.
    family : {"weibull", "lognormal", "normal"}
    censored : array_like of bool, optional
        Values that were not reached: the device had not failed yet, or had not formed, at this
        value.
    unit : str
    replicates : int
        Samples drawn from the fit for the intervals and for the goodness of fit.
    seed : int
        Of those samples.

    Returns
    -------
    DistributionFit
        Intervals from the pivots (m* - m)/s* and s*/s of the drawn samples; see [1]_, Sec. 5.1.
        They are exact without censoring and where values are censored at one that was reached, and
        close to it at a common limit.

    Raises
    ------
    AnalysisError
        If the family is unknown, fewer than three values were reached, they do not differ, or one
        is not positive.

    References
    ----------
    .. [1] J. F. Lawless, *Statistical Models and Methods for Lifetime Data*, 2nd ed., Wiley (2003),
       :doi:`10.1002/9781118033005`.

    Examples
    --------
    SET voltages of eight devices; the last two had not formed at 0.25 V:

    >>> volts = [0.16, 0.17, 0.18, 0.19, 0.20, 0.22, 0.25, 0.25]
    >>> unformed = [False] * 6 + [True] * 2
    >>> fit = ac.analysis.fit_distribution(
    ...     volts, "weibull", censored=unformed, unit="V", replicates=99
    ... )
    >>> print(
    ...     f"shape {fit.parameters['shape'].value:.1f}, scale {fit.parameters['scale'].value:.3f} V"
    ... )
    shape 5.1, scale 0.225 V
    """
    if family not in NAMES:
        raise AnalysisError(
            f"family = {family!r}; expected one of {', '.join(NAMES)}{nearest(family, NAMES)}"
        )
    _whole("replicates", replicates)
    sample, jacobian = _sample(values, censored, family)
    model = FAMILIES[family]
    m, s, log_likelihood = (float(x[0]) for x in maximise(model, _batch(sample)))
    if not (np.isfinite(m) and s > 0):
        raise AnalysisError(
            f"{family} fit: the likelihood of these {sample.y.size} values has no maximum; "
            "expected values that were reached with a "
            "spread"
        )
    statistic = float(anderson_darling(model, _batch(sample), np.array([m]), np.array([s]))[0])
    location, scale, p_value, drawn = _from_replicates(
        model, sample, m, s, statistic, replicates, seed
    )
    n = sample.y.size
    return DistributionFit(
        family,
        _named(family, (m, location), (s, scale), unit, n),
        statistic,
        p_value,
        log_likelihood - jacobian,
        4 - 2 * (log_likelihood - jacobian) + 12 / max(n - 3, 1),
        n,
        int((~sample.seen).sum()),
        m,
        s,
        drawn,
    )


def _whole(name: str, value: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise AnalysisError(f"{name} = {value!r}; expected a whole number from 1")


def _batch(sample: Sample) -> Sample:
    return Sample(sample.y[None], sample.seen[None])


def _from_replicates(
    model: Family, sample: Sample, m: float, s: float, statistic: float, replicates: int, seed: int
) -> tuple[Array, Array, float, int]:
    """Return the intervals of location and scale, the p value, and how many samples drawn from the
    fit they are from.

    Samples are drawn in units of the fit, so that the unit of the data leaves no trace in a
    rounding.
    """
    own = Sample((sample.y - m) / s, sample.seen)
    drawn = resample(model, own, 0.0, 1.0, replicates, seed)
    m_star, s_star, _ = maximise(model, drawn)
    if not np.isfinite(m_star).all():
        raise AnalysisError(
            f"{int((~np.isfinite(m_star)).sum())} of {replicates} drawn samples have no fit"
        )
    larger = int((anderson_darling(model, drawn, m_star, s_star) >= statistic).sum())
    location = m - s * np.quantile(m_star / s_star, [0.975, 0.025])
    scale = s / np.quantile(s_star, [0.975, 0.025])
    return location, scale, (1 + larger) / (1 + replicates), replicates


@long_call("comparing distributions")
def compare_distributions(
    values: ArrayLike,
    families: tuple[str, ...] = tuple(NAMES),
    *,
    censored: ArrayLike | None = None,
    unit: str = "1",
    replicates: int = 999,
    seed: int = 0,
    progress: Progress = None,
) -> list[DistributionFit]:
    """Fit several families and return them, the one with the least AICc first.

    Parameters
    ----------
    values, censored, unit, replicates, seed
        As for :func:`fit_distribution`.
    families : tuple of str
    progress : callable or bool, optional
        Called with the fraction done; True shows a bar.

    Returns
    -------
    list of DistributionFit

    Examples
    --------
    >>> volts = [0.16, 0.17, 0.18, 0.18, 0.19, 0.20, 0.22, 0.25]
    >>> fits = ac.analysis.compare_distributions(
    ...     volts, ("lognormal", "weibull"), unit="V", replicates=99
    ... )
    >>> [fit.family for fit in fits]
    ['lognormal', 'weibull']
    """
    report = reporter(progress)
    fits = []
    for done, family in enumerate(families, 1):
        fits.append(
            fit_distribution(
                values, family, censored=censored, unit=unit, replicates=replicates, seed=seed
            )
        )
        report(done / len(families))
    return sorted(fits, key=lambda fit: fit.aicc)


def _sample(values: ArrayLike, censored: ArrayLike | None, family: str) -> tuple[Sample, float]:
    """Return what is fitted, and the logarithm of the Jacobian that leads back to the values."""
    x = floats(values).ravel()
    hidden, stated = _hidden(censored, x)
    known = ~np.isnan(x) & stated
    x = x[known]
    seen = ~hidden[known]
    if np.isinf(x).any():
        raise AnalysisError(
            f"{family} fit: {int(np.isinf(x).sum())} values are infinite; give the last value that "
            "was looked at, and mark it censored"
        )
    order = in_order(Sample(x, seen))
    x, seen = x[order], seen[order]
    y = _logarithm(x, family) if NAMES[family][2] else x
    if seen.sum() < LEAST_SEEN or np.ptp(y[seen]) == 0:
        raise AnalysisError(
            f"{family} fit: {seen.sum()} values that were reached, {np.unique(x[seen]).size} "
            "different; expected at least three that differ"
        )
    return Sample(y, seen), float(y[seen].sum()) if NAMES[family][2] else 0.0


def _hidden(censored: ArrayLike | None, x: Array) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which values are censored, and of which that is known."""
    if censored is None:
        return np.zeros(x.shape, bool), np.ones(x.shape, bool)
    hidden, known = (a.ravel() for a in flags(censored, "censored"))
    if hidden.shape != x.shape:
        raise AnalysisError(
            f"censored has {hidden.size} entries; expected one for each of the {x.size} values"
        )
    return hidden, known


def _logarithm(x: Array, family: str) -> Array:
    if (x <= 0).any():
        raise AnalysisError(
            f"{family} fit: {x.min():g} is not positive; give magnitudes, or fit 'normal'"
        )
    return np.log(x)


def _named(
    family: str, m: tuple[float, Array], s: tuple[float, Array], unit: str, n: int
) -> dict[str, Estimate]:
    first, second, logarithmic = NAMES[family]
    at, (low, high) = (np.exp(m[0]), np.exp(m[1])) if logarithmic else m
    scale, (narrow, wide) = (1 / s[0], 1 / s[1][::-1]) if family == "weibull" else s
    return {
        first: Estimate(float(at), unit, None, n, (float(low), float(high))),
        second: Estimate(
            float(scale), "1" if logarithmic else unit, None, n, (float(narrow), float(wide))
        ),
    }


__all__ = ["NAMES", "DistributionFit", "Family", "compare_distributions", "fit_distribution"]
