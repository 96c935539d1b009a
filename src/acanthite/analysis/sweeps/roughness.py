"""How far samples scatter about a smooth course, whatever the course: its curvature is not taken for noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_ORDER = 3  # of the differences: courses up to parabolas leave nothing
_MAD = 1.4826  # standard deviation of a normal over its median absolute deviation
_STRAY = 1.6  # times the robust scatter: more is of samples that are far off
_TURNS = 3
_OUT = 6.0  # times the noise floor: a current that is certainly none of it
_APART = 1e-9  # of the range: neighbours nearer than that count as so far apart


def roughness(x: Array, y: Array) -> float:
    """Return the robust standard deviation of y about a course that is a parabola over any four neighbours.

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
    n = x.size - _ORDER
    if n < 1:
        return np.empty(0)
    apart = _APART * max(float(np.ptp(x)), np.finfo(float).tiny)
    x = x + apart * np.arange(x.size)
    at = np.stack([x[k : k + n] for k in range(_ORDER + 1)])
    values = np.stack([y[k : k + n] for k in range(_ORDER + 1)])
    gaps = at[:, None] - at[None]
    gaps[np.arange(_ORDER + 1), np.arange(_ORDER + 1)] = 1.0
    scale = np.abs(gaps).max(axis=(0, 1))
    weights = 1 / np.prod(gaps / scale, axis=1)
    weights /= np.sqrt((weights**2).sum(axis=0))
    return (weights * values).sum(axis=0)


def correlation(residual: Array) -> float:
    """Return the first autocorrelation of residuals in order, from 0 to below 1.

    That of the samples plus its bias of 1/n, so that white residuals have none on average.
    """
    power = float(residual @ residual)
    if residual.size < 4 or power == 0.0:
        return 0.0
    rho = float(residual[1:] @ residual[:-1]) / power + 1.0 / residual.size
    return min(max(rho, 0.0), 0.99)


def floor_of(v: Array, i: Array) -> float:
    """Return the standard deviation of the current where hardly any flows.

    Parameters
    ----------
    v, i : ndarray, shape (sample,)
        In the order of the voltage, both positive but for noise.
    """
    n = max(8, v.size // 8)
    scatter = _scatter_of(v[:n], i[:n])
    for _ in range(_TURNS):  # the more samples are noise, the better is it known
        noisy = int(np.argmax(np.r_[i > _OUT * scatter, True]))
        if noisy <= n:
            break
        n = noisy
        scatter = _scatter_of(v[:n], i[:n])
    return scatter


def _scatter_of(v: Array, i: Array) -> float:
    scatter = roughness(v, i)
    if (i > 0).all():  # a smooth course of many decades bends; its logarithm hardly does
        scatter = min(scatter, roughness(np.log(v), np.log(i / v)) * float(np.median(i)))
    return scatter
