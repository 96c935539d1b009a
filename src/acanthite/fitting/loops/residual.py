"""How far a law is from a curve, sample by sample, and what its errors are when residuals are not
white.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import FitError
from acanthite.fitting.loops.curves import Curve

Array = NDArray[np.float64]
Scale = Literal["log", "linear"]

_BLIND = 1e-10  # a direction whose curvature is this share of the largest is flat within finite differences


def view(current: Array, scale: Scale, floor: float) -> Array:
    r"""Return currents as residuals see them.

    Parameters
    ----------
    current : ndarray
        [A]
    scale : {"log", "linear"}
        ``log`` is :math:`\mathrm{arsinh}(I / 2 I_f)`: the logarithm far above the floor, its sign
        kept, linear below it. ``linear`` is :math:`I / I_f`.
    floor : float
        :math:`I_f`. [A]
    """
    return np.arcsinh(current / (2.0 * floor)) if scale == "log" else current / floor


def noise_floor(data: Sequence[Curve]) -> float:
    """Return the current below which a curve is noise: where it is smallest, how samples scatter
    about their neighbours. [A]

    A ten-millionth of the largest current at least, so that a noiseless curve has one too.
    """
    scatter = []
    top = 0.0
    for curve in data:
        top = max(top, float(np.abs(curve.current).max()))
        small = np.abs(curve.current) <= np.quantile(np.abs(curve.current), 0.2)
        second = np.abs(np.diff(curve.current, 2))[small[1:-1]]
        if second.size:
            scatter.append(1.4826 * float(np.median(second)) / math.sqrt(6.0))
    if not top > 0:
        raise FitError("every current is zero; nothing can be fitted")
    return max(float(np.median(scatter)) if scatter else 0.0, 1e-7 * top)


def balanced_floor(measured: Array, predicted: Array) -> float:
    r"""Return the floor at which residuals scatter alike at all currents. [A]

    The likeliest transform of the currents under which the residuals are normal and of one width
    (Box and Cox, J. R. Stat. Soc. B 26, 211, 1964). For small noise of :math:`\sigma^2 = a^2 + b^2
    I^2` that is :math:`2 I_f = a / b`; what a law cannot follow counts as noise too, decades of it
    if need be.

    Parameters
    ----------
    measured, predicted : ndarray, shape (sample,)
        [A]
    """
    from scipy.optimize import minimize_scalar

    top = float(np.abs(predicted).max())

    def cost(log_floor: float) -> float:
        floor = float(np.exp(log_floor))
        difference = view(measured, "log", floor) - view(predicted, "log", floor)
        power = max(float(np.mean(difference**2)), 1e-300)
        return 0.5 * math.log(power) + 0.5 * float(np.mean(np.log(measured**2 + 4.0 * floor**2)))

    ends = math.log(1e-9 * top), math.log(top)
    grid = np.linspace(*ends, 43)
    k = int(np.argmin([cost(x) for x in grid]))
    bracket = grid[max(k - 1, 0)], grid[min(k + 1, len(grid) - 1)]
    minimum: Any = minimize_scalar(cost, bounds=bracket, method="bounded")
    return float(np.exp(minimum.x))


def covariance(jacobian: Array, residual: Array) -> Array:
    """Return the covariance of least-squares parameters, neighbouring residuals correlated or not.

    The textbook one where residuals are as good as white. Else Newey and West's, over a bandwidth
    that Andrews' rule takes from their first autocorrelation, each residual divided by one minus
    its leverage (HC3), stretched for a bandwidth that is no small share of the samples, and never
    below the textbook one.

    Parameters
    ----------
    jacobian : ndarray, shape (sample, parameter)
    residual : ndarray, shape (sample,)

    Returns
    -------
    ndarray, shape (parameter, parameter)
        Infinite on the diagonal where the samples do not see a parameter, or only together with
        another.

    References
    ----------
    .. [1] W. K. Newey, K. D. West, *Econometrica* **55**, 703 (1987), doi:10.2307/1913610.
    .. [2] D. W. K. Andrews, *Econometrica* **59**, 817 (1991), doi:10.2307/2938229, Eq. (6.2), (6.4).
    .. [3] N. M. Kiefer, T. J. Vogelsang, *Econometric Theory* **21**, 1130 (2005), doi:10.1017/S0266466605050565, Table 1.
    """
    n, k = jacobian.shape
    size = np.sqrt((jacobian**2).sum(axis=0))
    seen = size > 0
    whole = np.zeros((k, k))
    whole[~seen, ~seen] = np.inf
    freedom = n - int(seen.sum())
    if freedom < 1:
        np.fill_diagonal(whole, np.inf)
        return whole
    scaled = jacobian[:, seen] / size[seen]
    bread, lost = inverse(scaled.T @ scaled)
    part = float(residual @ residual) / freedom * bread
    lags = _bandwidth(residual)
    if lags:
        robust = bread @ _meat(scaled, bread, residual, lags) @ bread
        robust *= _stretch((lags + 1) / n) ** 2
        wider = np.sqrt(np.maximum(np.diag(part) / np.maximum(np.diag(robust), 1e-300), 1.0))
        part = robust * np.outer(wider, wider)
    part = part / np.outer(size[seen], size[seen])
    part[lost, lost] = np.inf
    whole[np.ix_(seen, seen)] = part
    return whole


def inverse(normal: Array) -> tuple[Array, NDArray[np.intp]]:
    """Return the inverse over the directions the samples see, and the parameters that only move
    along with others.
    """
    size, directions = np.linalg.eigh(normal)
    blind = size < _BLIND * size[-1]
    clear = directions[:, ~blind]
    lost = np.flatnonzero((directions[:, blind] ** 2).sum(axis=1) > 1e-3)
    return (clear / size[~blind]) @ clear.T, lost


def _stretch(b: float) -> float:
    """Return how much wider a 95 % interval is when the bandwidth is a share ``b`` of the samples."""
    return 1.0 + (2.9694 * b + 0.4160 * b**2 - 0.5324 * b**3) / 1.96


def _meat(jacobian: Array, bread: Array, residual: Array, lags: int) -> Array:
    leverage = np.clip(np.einsum("ij,jk,ik->i", jacobian, bread, jacobian), 0.0, 0.99)
    scores = jacobian * (residual / (1.0 - leverage))[:, None]
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        across = scores[lag:].T @ scores[:-lag]
        meat += (1.0 - lag / (lags + 1)) * (across + across.T)
    return meat


def _bandwidth(residual: Array) -> int:
    """Return how many neighbours go together, by Andrews' rule for Bartlett weights on an AR(1)
    process.
    """
    n = residual.size
    power = float(residual @ residual)
    if power == 0.0:
        return 0
    rho = min(abs(float(residual[1:] @ residual[:-1]) / power), 0.97)
    if rho < 2.0 / math.sqrt(n):  # as good as white
        return 0
    alpha = 4.0 * rho**2 / ((1.0 - rho) ** 2 * (1.0 + rho) ** 2)
    return int(min(1.1447 * (alpha * n) ** (1.0 / 3.0), n // 3))
