"""How far samples scatter about a smooth course, whatever the course: its curvature is not taken
for noise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_ORDER = 3  # of the differences: courses up to parabolas leave nothing
_QUARTIC = 5  # numbers of a polynomial of the fourth degree
_MAD = 1.4826  # standard deviation of a normal over its median absolute deviation
_STRAY = 1.6  # times the robust scatter: more is of samples that are far off
_TURNS = 3
_OUT = 6.0  # times the noise floor: a current that is certainly none of it
_APART = 1e-9  # of the range: neighbours nearer than that count as so far apart


def roughness(x: Array, y: Array) -> float:
    """Return the robust standard deviation of y about a course that is a parabola over any four
    neighbours.

    Parameters
    ----------
    x, y : ndarray, shape (sample,)
        ``x`` ascending, at any distances.

    Returns
    -------
    float
        Zero with fewer than four samples.
    """
    left_over = _left_over(x, y)
    return _MAD * float(np.median(np.abs(left_over))) if left_over.size else 0.0


def scatter(x: Array, y: Array) -> float:
    """Return the same by the root mean square, for which fewer samples do, outliers aside.

    Parameters
    ----------
    x, y : ndarray, shape (sample,)
        ``x`` ascending, at any distances.
    """
    left_over = _left_over(x, y)
    if not left_over.size:
        return 0.0
    return min(
        float(np.sqrt(np.mean(left_over**2))), _STRAY * _MAD * float(np.median(np.abs(left_over)))
    )


def _left_over(x: Array, y: Array) -> Array:
    """Return what a parabola over each four neighbours leaves, in standard deviations of y."""
    if x.size <= _ORDER:
        return np.empty(0)
    return (_contrasts(x) * _neighbours(y)).sum(axis=0)


def _neighbours(x: Array) -> Array:
    """Return each four neighbours, shape (4, sample - 3)."""
    n = x.size - _ORDER
    return np.stack([x[k : k + n] for k in range(_ORDER + 1)])


def _contrasts(x: Array) -> Array:
    """Return weights of each four neighbours by which a parabola adds up to zero and white noise
    keeps its size.
    """
    apart = _APART * max(float(np.ptp(x)), np.finfo(float).tiny)
    at = _neighbours(x + apart * np.arange(x.size))
    gaps = at[:, None] - at[None]
    gaps[np.arange(_ORDER + 1), np.arange(_ORDER + 1)] = 1.0
    scale = np.abs(gaps).max(axis=(0, 1))
    weights = 1 / np.prod(gaps / scale, axis=1)
    return weights / np.sqrt((weights**2).sum(axis=0))


def correlation(residual: Array) -> float:
    """Return the first autocorrelation of residuals in order, from 0 to below 1.

    That of the samples plus its bias of 1/n, so that white residuals have none on average.
    """
    power = float(residual @ residual)
    if residual.size < 4 or power == 0.0:
        return 0.0
    rho = float(residual[1:] @ residual[:-1]) / power + 1.0 / residual.size
    return min(max(rho, 0.0), 0.99)


def chance_of_course(residual: Array) -> float:
    """Return the probability that white residuals in order show as much of a smooth course as
    these.

    The F test of a quartic through them.

    Parameters
    ----------
    residual : ndarray, shape (sample,)

    Returns
    -------
    float
        1 with fewer samples than can tell.
    """
    from scipy.stats import f

    free = residual.size - _QUARTIC
    if free < _QUARTIC:
        return 1.0
    course = np.polynomial.legendre.legvander(np.linspace(-1, 1, residual.size), _QUARTIC - 1)
    smooth = float(((np.linalg.qr(course)[0].T @ residual) ** 2).sum())
    rest = float(residual @ residual) - smooth
    if rest <= 0.0:
        return 1.0 if smooth <= 0.0 else 0.0
    return float(f.sf(smooth / _QUARTIC * free / rest, _QUARTIC, free))


def floor_of(v: Array, i: Array) -> float:
    """Return the standard deviation of the current where hardly any flows.

    Parameters
    ----------
    v, i : ndarray, shape (sample,)
        In the order of the voltage, both positive but for noise.
    """
    n = max(8, v.size // 8)
    floor = _scatter_of(v[:n], i[:n])
    for _ in range(_TURNS):  # the more samples are noise, the better is it known
        noisy = int(np.argmax(np.r_[i > _OUT * floor, True]))
        if noisy <= n:
            break
        n = noisy
        floor = _scatter_of(v[:n], i[:n])
    return floor


def _scatter_of(v: Array, i: Array) -> float:
    return min(roughness(v, i), _scatter_in_decades(v, i))


def _scatter_in_decades(v: Array, i: Array) -> float:
    """Return the same from the logarithm, which hardly bends where a smooth course spans decades.

    What is left of it is noise over current, so the smallest of four neighbours tells the most.
    Infinite where most currents are noise, some of them below zero.
    """
    if i.size <= _ORDER:
        return np.inf
    positive = (_neighbours(i) > 0).all(axis=0)
    if 2 * positive.sum() <= positive.size:
        return np.inf
    x = np.log(v)
    left_over = _left_over(x, np.log(np.where(i > 0, i, 1.0) / v))
    with np.errstate(divide="ignore"):
        per_ampere = np.sqrt(((_contrasts(x) / _neighbours(i)) ** 2).sum(axis=0))
    return _MAD * float(np.median((np.abs(left_over) / per_ampere)[positive]))
