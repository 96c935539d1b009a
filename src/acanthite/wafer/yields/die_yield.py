r"""From a few measured devices of each die to the yield of dies with all their cells.

A die of N cells is good if a share of them is. Its n measured devices tell little of that share: of
ten devices one fails on many a die whose thousands of cells are good enough. So the dies are looked
at together. The probability p that a cell is good differs from die to die as a beta distribution of
mean mu and intra-die correlation rho, k good devices of n are binomial in p, and so are the N - n
cells that were not measured (the beta-binomial model of clustered defects [1]_). mu and rho are not
estimated but integrated over, on a grid: where one device a die says nothing of rho, the interval
is as wide as it must be.

References
----------
.. [1] C. H. Stapper, F. M. Armstrong and K. Saji, *Proc. IEEE* **71**, 453 (1983), :doi:`10.1109/PROC.1983.12619`: yield of
   clustered defects by compounding.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.display import Display
from acanthite.errors import ProcessError
from acanthite.estimate import Estimate
from acanthite.random import generator

Array = NDArray[np.float64]

_BINS = 500  # of p
_EVERYTHING = [
    (0.0, 0.5 * math.pi),
    (math.log(1e-5), 0.0),
]  # angle of the mean, ln of the correlation
_COARSE, _FINE = (32, 16), (24, 16)  # points of the grid
_NEGLIGIBLE = 1e-7
_DRAWS = 8000
_TAILS = (0.025, 0.975)


@dataclass(frozen=True)
class DieYield(Display):
    """What a wafer yields.

    Parameters
    ----------
    devices : Estimate
        Share of good cells, as measured, with the 95 % interval of that among all cells of the
        wafer. [1]
    dies : Estimate
        Share of good dies among those of the wafer, with its 95 % interval. [1]
    good : ndarray, shape (die,)
        Probability that each die is good. [1]

    Examples
    --------
    >>> found = ac.wafer.die_yield([20, 19, 20, 18], measured=20, cells=4096, share=0.9)
    >>> print(f"{found.devices.value:.0%} of the cells are good")
    96% of the cells are good
    >>> [f"{p:.0%}" for p in found.good]  # that each die is good
    ['98%', '95%', '98%', '90%']
    """

    devices: Estimate
    dies: Estimate
    good: Array


def die_yield(
    good: ArrayLike, measured: int, cells: int, share: float, *, seed: int = 0
) -> DieYield:
    """Return the yield of dies of many cells, of which some were measured.

    Parameters
    ----------
    good : array_like of int, shape (die,)
        Good ones of the measured devices of each die.
    measured : int
        Devices measured on each die, of its own cells.
    cells : int
        Of a die.
    share : float
        Least share of good cells on a good die. [1]
    seed : int
        Of the draws the interval is taken from.

    Returns
    -------
    DieYield

    Raises
    ------
    ProcessError
        If there is no die, more was measured than there is, or a count or share makes no sense.

    Examples
    --------
    >>> found = die_yield([20, 19, 20, 18], measured=20, cells=4096, share=0.9)
    >>> found.dies.interval[0] < found.dies.value <= found.dies.interval[1]
    True
    """
    k = np.asarray(good, np.int64)
    if k.ndim != 1 or k.size == 0 or not 1 <= measured <= cells:
        raise ProcessError(
            f"die yield: {k.size} dies, measured = {measured}, cells = {cells}; expected one count "
            f"for each die, and from one "
            "device to all cells of a die measured"
        )
    if k.min() < 0 or k.max() > measured or not 0 <= share <= 1:
        raise ProcessError(
            f"die yield: {k.min()} to {k.max()} good of {measured}, share = {share}; expected 0 to "
            f"{measured}, and a share of 0 to 1"
        )
    counts, dies = np.unique(k, return_counts=True)
    needed = math.ceil(
        share * cells * (1 - 1e-12)
    )  # a share of 0.7 of ten is seven, whatever the last bit says
    posterior = _refined(counts, dies, measured, cells, needed)
    weight, passing, mean = posterior.weight, posterior.passing, posterior.mean
    probability = dict(zip(counts.tolist(), weight @ passing, strict=True))
    each = np.array([probability[count] for count in k.tolist()])
    rng = generator(seed, "wafer-die-yield")
    drawn = rng.choice(weight.size, _DRAWS, p=weight)
    shares = rng.binomial(dies, np.clip(passing[drawn], 0.0, 1.0)).sum(1) / k.size
    blur = np.sqrt((posterior.variance[drawn] * dies).sum(1)) / k.size
    cell_shares = (mean[drawn] * dies).sum(1) / k.size + blur * rng.standard_normal(_DRAWS)
    return DieYield(
        _estimate(float(k.mean()) / measured, np.clip(cell_shares, 0.0, 1.0), k.size * measured),
        _estimate(float(each.mean()), shares, k.size),
        each,
    )


def _estimate(value: float, drawn: Array, n: int) -> Estimate:
    low, high = np.quantile(drawn, _TAILS)
    return Estimate(
        value, "1", float(drawn.std()), n, (min(float(low), value), max(float(high), value))
    )


@dataclass(frozen=True)
class _Posterior:
    """What is known of each (mean, correlation) of a grid.

    Parameters
    ----------
    weight : ndarray, shape (grid,)
        How likely it is; sum of one.
    passing : ndarray, shape (grid, count)
        Probability that a die with a count of good devices is good.
    mean, variance : ndarray, shape (grid, count)
        Of the share of its cells that are.
    """

    weight: Array
    passing: Array
    mean: Array
    variance: Array


def _refined(
    counts: NDArray[np.int64], dies: NDArray[np.int64], measured: int, cells: int, needed: int
) -> _Posterior:
    """Return :func:`_posterior` on a grid over what a coarser one finds likely."""
    coarse = _posterior(_everything(), counts, dies, measured, cells, needed)
    weight = coarse.weight.reshape(_COARSE)
    axes = _axes(_EVERYTHING, _COARSE)
    box = [_likely(axis, weight.sum(1 - k)) for k, axis in enumerate(axes)]
    return _posterior(_mixtures(*_axes(box, _FINE)), counts, dies, measured, cells, needed)


def _axes(box: list[tuple[float, float]], points: tuple[int, int]) -> list[Array]:
    """Return the axes of a grid: the middles of even steps."""
    return [
        low + (high - low) * (np.arange(n) + 0.5) / n
        for (low, high), n in zip(box, points, strict=True)
    ]


@cache
def _everything() -> Array:
    """Return the mixtures of the coarse grid, which every wafer begins with."""
    return _mixtures(*_axes(_EVERYTHING, _COARSE))


def _likely(axis: Array, weight: Array) -> tuple[float, float]:
    """Return the span of an even axis that carries the weight, a step wider on either side."""
    step = axis[1] - axis[0]
    inside = axis[weight > _NEGLIGIBLE * weight.max()]
    low, high = inside[0] - 1.5 * step, inside[-1] + 1.5 * step
    return max(low, axis[0] - 0.5 * step), min(high, axis[-1] + 0.5 * step)


def _posterior(
    mixtures: Array,
    counts: NDArray[np.int64],
    dies: NDArray[np.int64],
    measured: int,
    cells: int,
    needed: int,
) -> _Posterior:
    """Return how likely each (mean, correlation) of a grid is, and the dies of each count then.

    A priori the mean is spread as Jeffreys has it for a share, evenly in its angle, and the
    correlation evenly in its logarithm: of what order it is, is not known.

    Parameters
    ----------
    mixtures : ndarray, shape (grid, bin)
        As :func:`_mixtures` returns them.
    counts, dies : ndarray of int, shape (count,)
        Good devices of a die, and how many dies have so many.
    measured, cells, needed : int
    """
    from scipy.stats import binom

    edges = _edges()
    p = 0.5 * (edges[1:] + edges[:-1])
    log_likelihood = binom.logpmf(counts[:, None], measured, p)
    likelihood = np.exp(log_likelihood - log_likelihood.max(1, keepdims=True)).T
    passes = binom.sf(needed - counts[:, None] - 1, cells - measured, p).T
    evidence = np.maximum(mixtures @ likelihood, np.finfo(float).tiny)
    weight = (np.log(evidence) * dies).sum(1)
    weight = np.exp(weight - weight.max())
    middle = mixtures @ (likelihood * p[:, None]) / evidence
    square = mixtures @ (likelihood * p[:, None] ** 2) / evidence
    rest = (cells - measured) / cells
    return _Posterior(
        weight / weight.sum(),
        mixtures @ (likelihood * passes) / evidence,
        counts / cells + rest * middle,
        rest**2 * np.maximum(square - middle**2, 0.0),
    )


def _edges() -> Array:
    """Return the edges of bins of p, finer at both ends.

    They are even in the angle of the square root of p.
    """
    return np.sin(np.linspace(0.0, 0.5 * np.pi, _BINS + 1)) ** 2


def _mixtures(angle: Array, log_correlation: Array) -> Array:
    """Return the mass of each bin of p for each (mean, correlation).

    Parameters
    ----------
    angle : ndarray, shape (m,)
        Of the mean: arcsin of its square root.
    log_correlation : ndarray, shape (r,)

    Returns
    -------
    ndarray, shape (m * r, bin)
    """
    from scipy.special import betainc

    angles, logs = (a.reshape(-1, 1) for a in np.meshgrid(angle, log_correlation, indexing="ij"))
    mean, size = np.sin(angles) ** 2, np.expm1(-logs)
    return np.maximum(np.diff(betainc(mean * size, (1 - mean) * size, _edges()), axis=1), 0.0)
