"""An effect that fades with time, fitted by no exponential, one, or the sum of two.

More terms are taken only where an F-test says that chance would hardly explain what they explain.
Under no effect a time constant means nothing, so the level of the test is strict.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from acanthite.display import Display
from acanthite.estimate import Estimate
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

NONE, ONE, TWO = "none", "exponential", "double exponential"

_LEVEL = 0.01  # of the tests
_COVERED = 0.95  # of the intervals
_ROUNDING = 1e-9  # effects below this are digits, not physics
_FEWEST = 5  # points that a test takes
_GRID = 24  # time constants tried first
_BEYOND = 3.0  # times the shortest and longest time, as far as a constant is looked for


@dataclass(frozen=True)
class Decay(Display):
    """An effect against time, and what it fades by.

    Parameters
    ----------
    model : str
        ``none``, ``exponential`` or ``double exponential``.
    amplitudes : tuple of Estimate
        At time zero, of each term, the faster first.
    time_constants : tuple of Estimate
        [s]
    rms : float
        Of what the fit leaves.
    p_value : float
        Of the test against no effect; not-a-number where there were too few points for one.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.geomspace(0.01, 1.0, 12)
    >>> fit = ac.analysis.fit_decay(t, 0.5 * np.exp(-t / 0.1))
    >>> fit.model, f"{fit.time_constants[0].value:.3f} s"
    ('exponential', '0.100 s')
    """

    model: str
    amplitudes: tuple[Estimate, ...]
    time_constants: tuple[Estimate, ...]
    rms: float
    p_value: float

    def __call__(self, time: ArrayLike) -> NDArray[np.float64]:
        """Return the fitted effect at some times."""
        t = np.asarray(time, float)
        terms = zip(self.amplitudes, self.time_constants, strict=True)
        return sum((a.value * np.exp(-t / tau.value) for a, tau in terms), np.zeros(t.shape))


@accepts_quantities
def fit_decay(time: ArrayLike, effect: ArrayLike) -> Decay:
    """Fit an effect that fades.

    Parameters
    ----------
    time : array_like, shape (n,)
        Above zero. [s]
    effect : array_like, shape (n,)
        Zero where there is none; not-a-numbers are left out.

    Returns
    -------
    Decay
        Intervals are 95 %, from the curvature of the sum of squares with Student's t; those of time
        constants are symmetric in their logarithm, and open where a constant is too short or too
        long for the times. Fewer than five points are not tested: no effect is found.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.geomspace(0.01, 1.0, 12)
    >>> ac.analysis.fit_decay(t, np.zeros(12)).model
    'none'
    """
    t, y = np.asarray(time, float).ravel(), np.asarray(effect, float).ravel()
    known = np.isfinite(t) & np.isfinite(y)
    t, y = t[known], y[known]
    squares = float(y @ y)
    nothing = Decay(NONE, (), (), math.sqrt(squares / max(len(y), 1)), math.nan)
    if len(y) < _FEWEST or np.abs(y).max() < _ROUNDING:
        return nothing
    one = _fit(t, y, 1)
    p_one = _p_value(squares, one[1], 2, len(y) - 2)
    if p_one > _LEVEL:
        return Decay(NONE, (), (), nothing.rms, p_one)
    chosen = one
    if len(y) >= 7:
        two = _fit(t, y, 2)
        better = _p_value(one[1], two[1], 2, len(y) - 4) <= _LEVEL
        exact = one[1] <= (_ROUNDING * np.abs(y).max()) ** 2 * len(y)
        if better and not exact and not _at_end(t, two[0]).any():
            chosen = two
    return _described(t, y, *chosen, p_one)


def _terms(t: np.ndarray, log_tau: np.ndarray) -> np.ndarray:
    return np.exp(-t[:, None] / np.exp(log_tau))


def _left(t: np.ndarray, y: np.ndarray, log_tau: np.ndarray) -> np.ndarray:
    """Return what the best amplitudes leave at given time constants."""
    terms = _terms(t, log_tau)
    return y - terms @ np.linalg.lstsq(terms, y, rcond=None)[0]


def _fit(t: np.ndarray, y: np.ndarray, n: int) -> tuple[np.ndarray, float]:
    """Return the logarithms of the best time constants and the sum of squares they leave."""
    from scipy.optimize import least_squares

    low, high = _range(t)
    grid = np.linspace(low, high, _GRID)
    starts = [grid[[i]] for i in range(_GRID)]
    if n == 2:
        starts = [grid[[i, j]] for i in range(_GRID) for j in range(i + 2, _GRID, 2)]
    start = min(starts, key=lambda s: float(np.sum(_left(t, y, s) ** 2)))
    scale = np.abs(y).max()
    best = least_squares(
        lambda s: _left(t, y, s) / scale,
        start,
        bounds=(low - 1e-9, high + 1e-9),
        xtol=1e-12,
        ftol=1e-12,
    )
    log_tau = np.sort(best.x)
    return log_tau, float(np.sum(_left(t, y, log_tau) ** 2))


def _range(t: np.ndarray) -> tuple[float, float]:
    """Return the logarithms of the time constants that the times can tell."""
    return math.log(t.min() / _BEYOND), math.log(t.max() * _BEYOND)


def _at_end(t: np.ndarray, log_tau: np.ndarray) -> np.ndarray:
    """Return which time constants are the shortest and which the longest the times can tell, shape
    (2, term).
    """
    return np.array([np.isclose(log_tau, end, rtol=0.0, atol=1e-3) for end in _range(t)])


def _p_value(before: float, after: float, more: int, free: int) -> float:
    """Return how likely chance explains as much as further parameters do."""
    from scipy.stats import f

    if free < 1:
        return math.nan
    if after <= 0.0:
        return 0.0
    return float(f.sf(max(before - after, 0.0) / more / (after / free), more, free))


def _described(
    t: np.ndarray, y: np.ndarray, log_tau: np.ndarray, squares: float, p_value: float
) -> Decay:
    from scipy.stats import t as student

    terms = _terms(t, log_tau)
    amplitudes = np.linalg.lstsq(terms, y, rcond=None)[0]
    n = len(log_tau)
    by_log_tau = terms * amplitudes * (t[:, None] / np.exp(log_tau))
    jacobian = np.hstack([terms, by_log_tau])
    free = max(len(y) - 2 * n, 1)
    variance = squares / free * np.diag(np.linalg.pinv(jacobian.T @ jacobian))
    reach = student.ppf(0.5 + 0.5 * _COVERED, free) * np.sqrt(np.maximum(variance, 0.0))
    # a time constant at the end of what the times can tell is only known to lie beyond
    at_low, at_high = _at_end(t, log_tau)
    reach[:n][at_low] = np.inf
    sizes = tuple(
        Estimate(float(a), "1", interval=(float(a - r), float(a + r)))
        for a, r in zip(amplitudes, reach[:n], strict=True)
    )
    taus = tuple(
        Estimate(math.exp(x), "s", interval=_interval(x, r, bool(short), bool(long)))
        for x, r, short, long in zip(log_tau, reach[n:], at_low, at_high, strict=True)
    )
    rms = math.sqrt(squares / len(y))
    return Decay(ONE if n == 1 else TWO, sizes, taus, rms, p_value)


def _interval(log_tau: float, reach: float, is_short: bool, is_long: bool) -> tuple[float, float]:
    """Return the interval of a time constant from that of its logarithm."""
    low = 0.0 if is_short else math.exp(log_tau - min(reach, 500.0))
    high = math.inf if is_long or reach > 500.0 else math.exp(log_tau + reach)
    return low, high
