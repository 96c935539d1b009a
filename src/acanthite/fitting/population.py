r"""From the fits of single curves to a population: its middle, its spread from device to device and
from cycle to cycle.

Each curve's parameter is the population's, plus what its device adds, plus what its cycle adds,
plus the error of its fit: :math:`\hat u_{dc} = u + D_d + C_{dc} + e_{dc}`. Errors of the middle
come from how the devices scatter, so that they hold whatever made them scatter, but are never less
than those of the fits: a few devices may agree by chance (Röver *et al.*, BMC Med. Res. Methodol.
15, 99, 2015). A spread has the errors of the fits taken out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVEL = 0.95
_SURE = 10**6  # degrees of freedom of an error that is known


@dataclass(frozen=True)
class Level:
    """A variance component of ``u``, as a standard deviation.

    Parameters
    ----------
    spread : float
    interval : tuple of float
        Of ``spread``, at the requested level.
    n : int
        Degrees of freedom behind it.
    """

    spread: float
    interval: tuple[float, float]
    n: int


@dataclass(frozen=True)
class Middle:
    """The middle of a population in ``u``.

    Parameters
    ----------
    value, error : float
        Estimate and standard error.
    interval : tuple of float
    device, cycle : Level or None
        Spread between devices, and between cycles of one; None where there is one only.
    """

    value: float
    error: float
    interval: tuple[float, float]
    device: Level | None
    cycle: Level | None


def middle(values: Array, errors: Array, device: NDArray[np.int64], level: float = LEVEL) -> Middle:
    """Return the population behind fitted values of one parameter.

    Parameters
    ----------
    values, errors : ndarray, shape (curve,)
        Estimates and their standard errors, in ``u``.
    device : ndarray of int, shape (curve,)
        Which device each curve belongs to.
    level : float
        Of the intervals.

    Returns
    -------
    Middle
    """
    usable = np.isfinite(values) & np.isfinite(errors)
    if not usable.any():
        value = float(values[0])
        return Middle(value, np.inf, (-np.inf, np.inf), None, None)
    values = values[usable]
    errors = errors[usable]
    device = device[usable]
    names, where = np.unique(device, return_inverse=True)
    if len(names) == 1 and len(values) > 1:  # its cycles scatter as devices do
        alone = middle(values, errors, np.arange(len(values)), level)
        return replace(alone, device=None, cycle=alone.device)
    counts = np.bincount(where)
    cycle = _between_cycles(values, errors, where, counts, level) if counts.max() > 1 else None
    within = cycle.spread**2 if cycle else 0.0
    weights = 1.0 / np.maximum(errors**2 + within, 1e-300)
    total = np.bincount(where, weights)
    means = np.bincount(where, weights * values) / total
    variances = 1.0 / total
    if len(names) == 1:
        half = float(errors[0]) * _student(level, _SURE)
        return Middle(
            float(means[0]), float(errors[0]), (means[0] - half, means[0] + half), None, None
        )
    between = _paule_mandel(means, variances)
    value, error = _random_effects(means, variances, between)
    least = float(1.0 / np.sqrt(np.sum(1.0 / variances)))
    half = max(error * _student(level, len(names) - 1), least * _student(level, _SURE))
    spread = _component(means, variances, between, len(names) - 1, level)
    return Middle(value, max(error, least), (value - half, value + half), spread, cycle)


def mean_correlation(covariances: Sequence[Array]) -> Array:
    """Return the correlation of the errors, the mean over curves; a parameter that a curve does not
    see counts nowhere.

    Parameters
    ----------
    covariances : sequence of ndarray, shape (parameter, parameter)
        Infinite on the diagonal for what is not seen.

    Returns
    -------
    ndarray, shape (parameter, parameter)
    """
    size = len(covariances[0])
    total, count = np.zeros((2, size, size))
    for c in covariances:
        variance = np.diag(c)
        seen = np.flatnonzero(np.isfinite(variance) & (variance > 0))
        d = np.sqrt(variance[seen])
        block = np.ix_(seen, seen)
        total[block] += c[block] / np.outer(d, d)
        count[block] += 1
    return np.where(count > 0, total / np.maximum(count, 1), np.eye(size))


def _between_cycles(
    values: Array, errors: Array, where: NDArray[np.intp], counts: NDArray[np.intp], level: float
) -> Level:
    means = np.bincount(where, values) / counts
    freedom = int(np.sum(counts - 1))
    pooled = float(np.sum((values - means[where]) ** 2) / freedom)
    noise = float(np.mean(errors[counts[where] > 1] ** 2))
    return _level(pooled, noise, freedom, level)


def _paule_mandel(means: Array, variances: Array) -> float:
    """Return the variance between devices at which their weighted scatter is what it should be
    (Paule and Mandel 1982).
    """

    def excess(between: float) -> float:
        w = 1.0 / (variances + between)
        center = np.sum(w * means) / w.sum()
        return float(np.sum(w * (means - center) ** 2)) - (len(means) - 1)

    if excess(0.0) <= 0.0:
        return 0.0
    low = 0.0
    high = float(means.var(ddof=1)) + 1e-300
    while excess(high) > 0.0:
        high *= 2.0
    for _ in range(80):
        mid = 0.5 * (low + high)
        low, high = (mid, high) if excess(mid) > 0.0 else (low, mid)
    return 0.5 * (low + high)


def _random_effects(means: Array, variances: Array, between: float) -> tuple[float, float]:
    """Return the weighted mean and its error from the scatter about it (Hartung and Knapp 2001)."""
    w = 1.0 / (variances + between)
    value = float(np.sum(w * means) / w.sum())
    error = np.sqrt(np.sum(w * (means - value) ** 2) / ((len(means) - 1) * w.sum()))
    return value, float(error)


def _component(means: Array, variances: Array, between: float, freedom: int, level: float) -> Level:
    weights = 1.0 / (variances + between)
    noise = float(
        np.sum(weights * variances) / weights.sum()
    )  # of the devices that carry the estimate
    return _level(between + noise, noise, freedom, level)


def _level(total: float, noise: float, freedom: int, level: float) -> Level:
    """Return a component of variance: the total, known to chi-square, less the noise of the fits."""
    from scipy.stats import chi2

    tail = 0.5 * (1.0 - level)
    low, high = freedom * total / chi2.ppf([1.0 - tail, tail], freedom)
    spread, *ends = (float(np.sqrt(max(v - noise, 0.0))) for v in (total, low, high))
    return Level(spread, (ends[0], ends[1]), freedom)


def _student(level: float, freedom: int) -> float:
    from scipy.stats import t

    return float(t.ppf(0.5 * (1.0 + level), freedom))
