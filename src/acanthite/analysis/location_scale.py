"""Location-scale families y = m + s w: likelihood of many, possibly censored, samples at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_ITERATIONS = 60
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Family:
    """A standard distribution: logarithms of density and survival, their first two derivatives, and quantiles."""

    log_pdf: Callable[[Array], Array]
    log_sf: Callable[[Array], Array]
    pdf_slopes: Callable[[Array], tuple[Array, Array]]
    sf_slopes: Callable[[Array], tuple[Array, Array]]
    quantile: Callable[[Array], Array]


@dataclass(frozen=True)
class Sample:
    """Values and whether each was seen, rather than censored at it; shape (n,) or (sample, n)."""

    y: Array
    seen: NDArray[np.bool_]


def _log_ndtr(w: Array) -> Array:
    from scipy.special import log_ndtr

    return log_ndtr(w)


def _ndtri(p: Array) -> Array:
    from scipy.special import ndtri

    return ndtri(p)


def _exp(w: Array) -> Array:
    return np.exp(np.minimum(w, 700.0))


def _normal_log_pdf(w: Array) -> Array:
    return -0.5 * w * w - 0.5 * np.log(2 * np.pi)


def _normal_sf_slopes(w: Array) -> tuple[Array, Array]:
    hazard = np.exp(_normal_log_pdf(w) - _log_ndtr(-w))
    return -hazard, -hazard * (hazard - w)


def _log_log(p: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.log(-np.log1p(-p))


_EXTREME = Family(
    lambda w: w - _exp(w),
    lambda w: -_exp(w),
    lambda w: (1 - _exp(w), -_exp(w)),
    lambda w: (-_exp(w), -_exp(w)),
    _log_log,
)
_NORMAL = Family(
    _normal_log_pdf,
    lambda w: _log_ndtr(-w),
    lambda w: (-w, -np.ones_like(w)),
    _normal_sf_slopes,
    _ndtri,
)
FAMILIES: Mapping[str, Family] = {"weibull": _EXTREME, "lognormal": _NORMAL, "normal": _NORMAL}


def maximise(family: Family, sample: Sample) -> tuple[Array, Array, Array]:
    """Return location, scale and log likelihood of each sample, by Newton's method in (m, log s).

    Parameters
    ----------
    family : Family
    sample : Sample
        Shape (sample, n).

    Returns
    -------
    location, scale, log_likelihood : ndarray, shape (sample,)
        Not-a-number where fewer than two values were seen, or where the search does not settle.
    """
    y, seen = sample.y, sample.seen
    m, eta = y.mean(-1), np.log(np.maximum(y.std(-1), np.finfo(float).tiny))
    for _ in range(_ITERATIONS):
        step_m, step_eta = _newton(family, y, seen, m, eta)
        m, eta = m + np.exp(eta) * step_m, eta + step_eta
        if np.abs(step_m).max() < _TOLERANCE and np.abs(step_eta).max() < _TOLERANCE:
            break
    w = (y - m[:, None]) / np.exp(eta)[:, None]
    total = np.where(seen, family.log_pdf(w) - eta[:, None], family.log_sf(w)).sum(-1)
    bad = (seen.sum(-1) < 2) | (np.abs(step_m) > 1e-4) | (np.abs(step_eta) > 1e-4)
    return np.where(bad, np.nan, m), np.where(bad, np.nan, np.exp(eta)), np.where(bad, np.nan, total)


def _newton(family: Family, y: Array, seen: NDArray[np.bool_], m: Array, eta: Array) -> tuple[Array, Array]:
    """Return steps of m, in scales, and of log s; short of a unit, and uphill where the surface is not concave."""
    w = np.clip((y - m[:, None]) / np.exp(eta)[:, None], -1e3, 1e3)
    (f1, f2), (s1, s2) = family.pdf_slopes(w), family.sf_slopes(w)
    a, b = np.where(seen, f1, s1), np.where(seen, f2, s2)
    g_m, g_eta = -a.sum(-1), -(a * w).sum(-1) - seen.sum(-1)
    h_mm, h_me, h_ee = b.sum(-1), (b * w + a).sum(-1), (b * w * w + a * w).sum(-1)
    det = h_mm * h_ee - h_me**2
    concave = (det > 0) & (h_mm < 0)
    det = np.where(concave, det, 1.0)
    n = y.shape[-1]
    step_m = np.where(concave, -(h_ee * g_m - h_me * g_eta) / det, g_m / n)
    step_eta = np.where(concave, -(h_mm * g_eta - h_me * g_m) / det, g_eta / n)
    return np.clip(step_m, -1, 1), np.clip(step_eta, -0.5, 0.5)


def survival(sample: Sample) -> Array:
    """Return Kaplan and Meier's estimate after each value, in their order, shape (..., n)."""
    order = np.argsort(sample.y, axis=-1, kind="stable")
    seen = np.take_along_axis(sample.seen, order, -1)
    n = seen.shape[-1]
    return np.cumprod(np.where(seen, 1 - 1 / (n - np.arange(n)), 1.0), axis=-1, dtype=np.float64)


def anderson_darling(family: Family, sample: Sample, m: Array, s: Array) -> Array:
    r"""Return Anderson and Darling's statistic of each sample, from Kaplan and Meier's estimate up to the last value seen.

    .. math:: A^2 = n \int_0^{F(y_{last})} \frac{(F_n - u)^2}{u (1 - u)} du

    which is the usual statistic where nothing is censored.

    Parameters
    ----------
    family : Family
    sample : Sample
        Shape (sample, n).
    m, s : ndarray, shape (sample,)

    Returns
    -------
    ndarray, shape (sample,)
    """
    order = np.argsort(sample.y, axis=-1, kind="stable")
    y, seen = (np.take_along_axis(x, order, -1) for x in (sample.y, sample.seen))
    n, level = y.shape[-1], 1 - survival(sample)
    u = -np.expm1(family.log_sf((y - m[:, None]) / s[:, None]))
    u = np.clip(u, 1e-12, 1 - 1e-12)
    last = n - 1 - np.argmax(seen[:, ::-1], axis=-1)
    whole = seen.all(-1)
    c = level[:, :-1]
    between = _part(c, u[:, 1:]) - _part(c, u[:, :-1])
    inside = np.arange(n - 1) < last[:, None]
    start = -np.log1p(-u[:, 0]) - u[:, 0]
    end = np.where(whole, -np.log(u[:, -1]) - 1 + u[:, -1], 0.0)
    return n * (start + (between * inside).sum(-1) + end)


def _part(c: Array, u: Array) -> Array:
    return c * c * np.log(u) - (1 - c) ** 2 * np.log1p(-u) - u


def resample(family: Family, sample: Sample, m: float, s: float, replicates: int, seed: int) -> Sample:
    """Return samples drawn from a fit and censored as the data are: at values drawn from their Kaplan-Meier estimate.

    Parameters
    ----------
    family : Family
    sample : Sample
        The data, shape (n,).
    m, s : float
    replicates : int
    seed : int

    Returns
    -------
    Sample
        Shape (replicates, n).
    """
    from acanthite.random import generator

    rng = generator(seed, "distribution fits")
    n = sample.y.size
    y = m + s * family.quantile(rng.random((replicates, n)))
    if sample.seen.all():
        return Sample(y, np.ones(y.shape, bool))
    order = np.argsort(sample.y, kind="stable")
    hidden = ~sample.seen[order]
    left = survival(Sample(sample.y, ~sample.seen))[hidden]
    limits, reached = np.append(sample.y[order][hidden], np.inf), 1 - np.append(left, 0.0)
    limit = limits[np.searchsorted(reached, rng.random((replicates, n)))]
    return Sample(np.minimum(y, limit), y <= limit)
