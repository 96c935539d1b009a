"""Weibull, log-normal and normal distributions fitted to samples, censored ones included, with goodness of fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.analysis.location_scale import FAMILIES, Family, Sample, anderson_darling, maximise, resample
from acanthite.errors import AnalysisError, nearest
from acanthite.estimate import Estimate

Array = NDArray[np.float64]

#: what the location and the scale of each family are called, and whether the sample's logarithm is meant
NAMES: Mapping[str, tuple[str, str, bool]] = {
    "weibull": ("scale", "shape", True),
    "lognormal": ("median", "sigma", True),
    "normal": ("mean", "sigma", False),
}


@dataclass(frozen=True)
class DistributionFit:
    """A distribution fitted by maximum likelihood.

    Parameters
    ----------
    family : str
    parameters : dict of str to Estimate
        Weibull: ``scale`` (63 % point) and ``shape``; log-normal: ``median`` and ``sigma`` (of the natural logarithm); normal:
        ``mean`` and ``sigma``. Intervals are 95 %.
    statistic, p_value : float
        Anderson and Darling's A², up to the last value seen, and how often samples drawn from the fit have a larger one.
    log_likelihood, aicc : float
    n, censored : int
        Size of the sample, and how many of it are only known to be larger.
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

    def cdf(self, x: ArrayLike) -> Array:
        """Return the cumulative probability at ``x``."""
        x = np.asarray(x, float)
        family, logarithmic = FAMILIES[self.family], NAMES[self.family][2]
        with np.errstate(divide="ignore"):
            z = (np.log(np.maximum(x, 0)) if logarithmic else x) - self.location
        return -np.expm1(family.log_sf(z / self.scale))

    def quantile(self, probability: ArrayLike) -> Array:
        """Return the value below which a share ``probability`` lies."""
        y = self.location + self.scale * FAMILIES[self.family].quantile(np.asarray(probability, float))
        return np.exp(y) if NAMES[self.family][2] else y

    def __str__(self) -> str:
        text = f"{self.family}, n = {self.n}" + (f" ({self.censored} censored)" if self.censored else "")
        for name, e in self.parameters.items():
            low, high = e.interval or (np.nan, np.nan)
            text += f"; {name} {e.value:.4g} [{low:.4g}, {high:.4g}]" + (
                f" {e.unit}" if e.unit != "1" else ""
            )
        return f"{text}; A² = {self.statistic:.3g}, p = {self.p_value:.2g}; AICc {self.aicc:.1f}"


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
        Not-a-numbers are left out. Positive for the families of the logarithm: give magnitudes of negative voltages.
    family : {"weibull", "lognormal", "normal"}
    censored : array_like of bool, optional
        Values that were not reached: the device had not failed yet, or had not formed, at this value.
    unit : str
    replicates : int
        Samples drawn from the fit for the intervals and for the goodness of fit.
    seed : int
        Of those samples.

    Returns
    -------
    DistributionFit
        Intervals from the pivots (m* - m)/s* and s*/s of the drawn samples, exact without censoring; see [1]_, Sec. 5.1.

    Raises
    ------
    AnalysisError
        If the family is unknown, fewer than three values were reached, they do not differ, or one is not positive.

    References
    ----------
    .. [1] J. F. Lawless, *Statistical Models and Methods for Lifetime Data*, 2nd ed., Wiley (2003),
       :doi:`10.1002/9781118033005`.
    """
    if family not in NAMES:
        raise AnalysisError(
            f"family = {family!r}; expected one of {', '.join(NAMES)}{nearest(family, NAMES)}"
        )
    sample, jacobian = _sample(values, censored, family)
    model = FAMILIES[family]
    m, s, log_likelihood = (float(x[0]) for x in maximise(model, Sample(sample.y[None], sample.seen[None])))
    statistic = float(
        anderson_darling(model, Sample(sample.y[None], sample.seen[None]), np.array([m]), np.array([s]))[0]
    )
    drawn = resample(model, sample, m, s, replicates, seed)
    m_star, s_star, _ = maximise(model, drawn)
    good = np.isfinite(m_star) & np.isfinite(s_star) & (s_star > 0)
    larger = anderson_darling(model, Sample(drawn.y[good], drawn.seen[good]), m_star[good], s_star[good])
    location = m - s * np.quantile((m_star[good] - m) / s_star[good], [0.975, 0.025])
    scale = s / np.quantile(s_star[good] / s, [0.975, 0.025])
    n = sample.y.size
    return DistributionFit(
        family,
        _named(family, (m, location), (s, scale), unit, n),
        statistic,
        float((1 + (larger >= statistic).sum()) / (1 + larger.size)),
        log_likelihood - jacobian,
        4 - 2 * (log_likelihood - jacobian) + 12 / max(n - 3, 1),
        n,
        int((~sample.seen).sum()),
        m,
        s,
    )


def compare_distributions(
    values: ArrayLike,
    families: tuple[str, ...] = tuple(NAMES),
    *,
    censored: ArrayLike | None = None,
    unit: str = "1",
    replicates: int = 999,
    seed: int = 0,
) -> list[DistributionFit]:
    """Fit several families and return them, the one with the least AICc first; arguments as for :func:`fit_distribution`."""
    fits = [
        fit_distribution(values, f, censored=censored, unit=unit, replicates=replicates, seed=seed)
        for f in families
    ]
    return sorted(fits, key=lambda fit: fit.aicc)


def _sample(values: ArrayLike, censored: ArrayLike | None, family: str) -> tuple[Sample, float]:
    """Return what is fitted, and the logarithm of the Jacobian that leads back to the values."""
    x = np.asarray(values, float).ravel()
    hidden = np.zeros(x.shape, bool) if censored is None else np.asarray(censored, bool).ravel()
    if hidden.shape != x.shape:
        raise AnalysisError(
            f"censored has {hidden.size} entries; expected one for each of the {x.size} values"
        )
    finite = np.isfinite(x)
    x, seen = x[finite], ~hidden[finite]
    if seen.sum() < 3 or np.ptp(x[seen]) == 0:
        raise AnalysisError(
            f"{family} fit: {seen.sum()} values that were reached, {np.unique(x[seen]).size} different; expected at least three that differ"
        )
    if not NAMES[family][2]:
        return Sample(x, seen), 0.0
    if (x <= 0).any():
        raise AnalysisError(f"{family} fit: {x.min():g} is not positive; give magnitudes, or fit 'normal'")
    return Sample(np.log(x), seen), float(np.log(x[seen]).sum())


def _named(
    family: str, m: tuple[float, Array], s: tuple[float, Array], unit: str, n: int
) -> dict[str, Estimate]:
    first, second, logarithmic = NAMES[family]
    at, (low, high) = (np.exp(m[0]), np.exp(m[1])) if logarithmic else m
    scale, (narrow, wide) = (1 / s[0], 1 / s[1][::-1]) if family == "weibull" else s
    return {
        first: Estimate(float(at), unit, None, n, (float(low), float(high))),
        second: Estimate(float(scale), "1" if logarithmic else unit, None, n, (float(narrow), float(wide))),
    }


__all__ = ["NAMES", "DistributionFit", "Family", "compare_distributions", "fit_distribution"]
