"""Location-scale families y = m + s w: likelihood of many, possibly censored, samples at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAST_SEEN = 3
"""Values that must have been seen for a fit."""

_ITERATIONS = 200
_HALVINGS = 60
_FAR = 1e4  # standard deviations from which the normal hazard is that of its asymptotic series
_EARLY = (
    1e-12  # share of values below one that was censored before any was reached: it tells nothing
)
_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Family:
    """A standard distribution: logarithms of density and survival, their first two derivatives, and
    quantiles.
    """

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
    from scipy.special import erfcx

    with np.errstate(over="ignore"):  # far below, nearly all survive
        hazard = np.sqrt(2 / np.pi) / erfcx(w / np.sqrt(2))
    far = np.maximum(w, _FAR)
    excess = np.where(
        w > _FAR, (1 - 2 / far**2) / far, hazard - w
    )  # of the hazard, which far out is hardly above w
    return -hazard, -hazard * excess


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
    """Return location, scale and log likelihood of each sample.

    The likelihood is concave in (1/s, m/s), whatever is censored [1]_, so Newton's method with
    halved steps finds its only maximum from anywhere.

    Parameters
    ----------
    family : Family
    sample : Sample
        Shape (sample, n).

    Returns
    -------
    location, scale, log_likelihood : ndarray, shape (sample,)
        Not-a-number where there is no maximum: see :func:`estimable`.

    References
    ----------
    .. [1] J. Burridge, *J. R. Stat. Soc. B* **43**, 41 (1981), :doi:`10.1111/j.2517-6161.1981.tb01148.x`.
    """
    y, seen = sample.y, sample.seen
    centre, width = _middle_of(y, seen)
    z = (y - centre[:, None]) / width[:, None]
    good = estimable(sample)
    a, b = np.ones(len(z)), np.zeros(len(z))
    total = _log_likelihood(family, z, seen, a, b)
    active = good.copy()
    for _ in range(_ITERATIONS):
        rows = np.flatnonzero(active)
        if not rows.size:
            break
        at = _Point(a[rows], b[rows], total[rows])
        step = _newton(family, z[rows], seen[rows], at)
        moved = _uphill(family, z[rows], seen[rows], at, step)
        a[rows] = moved.a
        b[rows] = moved.b
        total[rows] = moved.total
        active[rows] = np.hypot(*step) > _TOLERANCE * (1 + np.hypot(at.a, at.b))
    good &= ~active & np.isfinite(total)
    m = centre + width * b / a
    s = width / a
    total = total - seen.sum(-1) * np.log(width)
    return tuple(np.where(good, x, np.nan) for x in (m, s, total))  # type: ignore[return-value]


def estimable(sample: Sample) -> NDArray[np.bool_]:
    """Return which samples have a likeliest fit: those with two values seen that differ, or one
    below a censored value.
    """
    seen_low = np.where(sample.seen, sample.y, np.inf).min(-1)
    seen_high = np.where(sample.seen, sample.y, -np.inf).max(-1)
    last = sample.y.max(-1)
    return (seen_low < seen_high) | ((seen_low == seen_high) & (seen_high < last))


def _middle_of(y: Array, seen: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Return a location and a scale of each sample to work in: the mean of what was seen, and how
    far all values are from it.
    """
    n = np.maximum(seen.sum(-1), 1)
    first = np.take_along_axis(y, np.argmax(seen, axis=-1)[..., None], -1)
    centre = first[..., 0] + np.where(seen, y - first, 0.0).sum(-1) / n
    far = y - centre[..., None]
    size = np.maximum(np.abs(far).max(-1), np.finfo(float).tiny)
    return centre, size * np.sqrt(((far / size[..., None]) ** 2).mean(-1))


@dataclass(frozen=True)
class _Point:
    """Where the search stands: 1/s, m/s and the log likelihood there."""

    a: Array
    b: Array
    total: Array


def _log_likelihood(family: Family, z: Array, seen: NDArray[np.bool_], a: Array, b: Array) -> Array:
    w = a[:, None] * z - b[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        density = family.log_pdf(w) + np.log(a)[:, None]
    return np.where(seen, density, family.log_sf(w)).sum(-1)


def _newton(family: Family, z: Array, seen: NDArray[np.bool_], at: _Point) -> tuple[Array, Array]:
    """Return Newton's step of (1/s, m/s)."""
    w = at.a[:, None] * z - at.b[:, None]
    (f1, f2), (s1, s2) = family.pdf_slopes(w), family.sf_slopes(w)
    first, second = np.where(seen, f1, s1), np.where(seen, f2, s2)
    n = seen.sum(-1)
    g_a = (first * z).sum(-1) + n / at.a
    g_b = -first.sum(-1)
    h_aa = (second * z * z).sum(-1) - n / at.a**2
    h_ab = -(second * z).sum(-1)
    h_bb = second.sum(-1)
    det = h_aa * h_bb - h_ab**2
    flat = ~(det > 1e-14 * h_aa * h_bb)
    det = np.where(flat, 1.0, det)
    step_a = np.where(flat, -g_a / h_aa, -(h_bb * g_a - h_ab * g_b) / det)
    step_b = np.where(flat, -g_b / np.minimum(h_bb, -1e-300), -(h_aa * g_b - h_ab * g_a) / det)
    return step_a, step_b


def _uphill(
    family: Family, z: Array, seen: NDArray[np.bool_], at: _Point, step: tuple[Array, Array]
) -> _Point:
    """Return where the step leads, halved until it does not lead down and 1/s stays above zero."""
    lost = -step[0]
    share = np.where(lost > 0.9 * at.a, 0.9 * at.a / np.maximum(lost, 0.9 * at.a), 1.0)
    a = at.a
    b = at.b
    total = at.total
    waiting = np.ones(len(z), bool)
    for _ in range(_HALVINGS):
        tried_a, tried_b = at.a + share * step[0], at.b + share * step[1]
        tried = _log_likelihood(family, z, seen, tried_a, tried_b)
        better = waiting & (tried >= at.total - 1e-12 * np.abs(at.total))
        a, b, total = (
            np.where(better, new, old) for new, old in ((tried_a, a), (tried_b, b), (tried, total))
        )
        waiting &= ~better
        if not waiting.any():
            break
        share = np.where(waiting, 0.5 * share, share)
    return _Point(a, b, total)


def in_order(sample: Sample) -> NDArray[np.intp]:
    """Return the order of the values; of those alike the censored ones come last, as they were
    still there, shape (..., n).
    """
    seen_first = np.argsort(~sample.seen, axis=-1, kind="stable")
    by_value = np.argsort(np.take_along_axis(sample.y, seen_first, -1), axis=-1, kind="stable")
    return np.take_along_axis(seen_first, by_value, -1)


def survival(sample: Sample) -> Array:
    """Return Kaplan and Meier's estimate after each value, in the order of :func:`in_order`, shape
    (..., n).
    """
    return _survival_of(np.take_along_axis(sample.seen, in_order(sample), -1))


def _survival_of(event: NDArray[np.bool_]) -> Array:
    """Return the product of Kaplan and Meier over values in their order, some of which are events."""
    n = event.shape[-1]
    return np.cumprod(np.where(event, 1 - 1 / (n - np.arange(n)), 1.0), axis=-1, dtype=np.float64)


def anderson_darling(family: Family, sample: Sample, m: Array, s: Array) -> Array:
    r"""Return Anderson and Darling's statistic of each sample, from Kaplan and Meier's estimate up
    to the last value seen.

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
    order = in_order(sample)
    y, seen = (np.take_along_axis(x, order, -1) for x in (sample.y, sample.seen))
    n = y.shape[-1]
    level = 1 - survival(sample)
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


def resample(
    family: Family, sample: Sample, m: float, s: float, replicates: int, seed: int
) -> Sample:
    """Return samples drawn from a fit, with as many values reached and censored as in the data, and
    in the same order.

    A censored value stands at the last one that was reached before it (progressive type-II
    censoring), for which the pivots of location and scale do not depend on the fit. How many values
    are reached is known of the data; samples that let it vary would give intervals for other data.

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

    References
    ----------
    .. [1] N. Balakrishnan, R. Aggarwala, *Progressive Censoring* (Birkhauser, 2000), Ch. 3.
    """
    from acanthite.random import generator

    rng = generator(seed, "distribution fits")
    n = sample.y.size
    if sample.seen.all():
        y = m + s * family.quantile(rng.random((replicates, n)))
        return Sample(y, np.ones(y.shape, bool))
    seen = sample.seen[in_order(sample)]
    at_risk = n - np.flatnonzero(seen)
    hazard = np.cumsum(rng.standard_exponential((replicates, at_risk.size)) / at_risk, axis=1)
    reached = family.quantile(-np.expm1(-hazard))
    start = np.broadcast_to(family.quantile(np.array(_EARLY)), (replicates, 1))
    y = np.concatenate([start, reached], axis=1)[:, np.cumsum(seen)]
    return Sample(m + s * y, np.broadcast_to(seen, y.shape))
