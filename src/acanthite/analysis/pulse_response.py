r"""Potentiation and depression by identical pulses: nonlinearity, asymmetry, distinguishable
states, noise from pulse to pulse.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.analysis.floats import floats
from acanthite.display import Display, Plotted
from acanthite.errors import AnalysisError

Array = NDArray[np.float64]

LARGEST_LABEL = 9.0
_LABEL_PER_DEVIATION = 10.101526  # of NeuroSim's table, which ends at 9


@dataclass(frozen=True)
class Branch(Display):
    """One direction of a pulse response.

    Parameters
    ----------
    label : float
        NeuroSim's nonlinearity label, -9 to 9; 0 is linear.
    start, end : float
        Of the fitted curve, in the unit of the levels.
    curve : ndarray, shape (pulse,)
        The fit.
    levels : ndarray, shape (pulse,)
        What was measured, averaged over repeats.
    level_noise : float
        Standard deviation of a level about the fit, in the unit of the levels.
    step_noise : float
        Standard deviation of a step about that of the fit, as a share of the range: NeuroSim's
        cycle-to-cycle sigma.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(0.0, 1.0, 31)
    >>> up = 1.0 - np.exp(-3.0 * x)
    >>> branch = ac.analysis.pulse_response(up, up[::-1]).potentiation
    >>> print(f"label {branch.label:.1f}, bends by {branch.deviation:.0%} of the range")
    label 3.4, bends by 34% of the range
    """

    label: float
    start: float
    end: float
    curve: Array
    levels: Array
    level_noise: float
    step_noise: float

    @property
    def range(self) -> float:
        """How far the fit goes, in the unit of the levels."""
        return abs(self.end - self.start)

    @property
    def deviation(self) -> float:
        """Largest distance of the fitted curve from the straight line through its ends, as a share
        of the range.
        """
        return abs(self.label) / _LABEL_PER_DEVIATION

    @property
    def effective_states(self) -> float:
        """How many levels fit into the range two standard deviations of a level apart, no more than
        there are pulses.
        """
        steps = self.range / (2 * self.level_noise) if self.level_noise > 0 else np.inf
        return float(1 + min(steps, self.levels.size - 1))


@dataclass(frozen=True)
class PulseResponse(Plotted, picture="acanthite.analysis.drawings:plot_pulse_response"):
    """Potentiation, depression and how they differ.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(0.0, 1.0, 31)
    >>> response = ac.analysis.pulse_response(1.0 + x, 1.0 + (1.0 - x) ** 2)
    >>> print(f"asymmetry {response.asymmetry:.1f}, range {response.dynamic_range:.1f}")
    asymmetry 2.3, range 2.0
    """

    potentiation: Branch
    depression: Branch

    @property
    def asymmetry(self) -> float:
        """Difference of the two labels; 0 where depression runs back along potentiation."""
        return abs(self.potentiation.label - self.depression.label)

    @property
    def dynamic_range(self) -> float:
        """Highest over lowest level; infinite where the lowest is not positive."""
        levels = np.r_[self.potentiation.levels, self.depression.levels]
        return float(levels.max() / levels.min()) if levels.min() > 0 else np.inf

    @property
    def effective_states(self) -> float:
        """The smaller of the two directions."""
        return min(self.potentiation.effective_states, self.depression.effective_states)

    def __str__(self) -> str:
        parts = [
            f"{name:13s} label {b.label:+.2f}, step noise {b.step_noise:.1%} of the range, "
            f"{b.effective_states:.0f} states"
            for name, b in (("potentiation", self.potentiation), ("depression", self.depression))
        ]
        return "\n".join(
            [*parts, f"asymmetry     {self.asymmetry:.2f}, dynamic range {self.dynamic_range:.3g}"]
        )


def label_of(shape: ArrayLike) -> Array:
    r"""Return NeuroSim's nonlinearity label of a curve :math:`(1 - e^{-x/A}) / (1 - e^{-1/A})`.

    The label is proportional to the largest distance of the curve from the straight line; the
    factor is that of NeuroSim's table, which this reproduces to its last digit.

    Parameters
    ----------
    shape : array_like
        :math:`A`, in lengths of the branch; negative where steps grow, infinite where they are
        equal.

    Returns
    -------
    ndarray
        -9 to 9 over NeuroSim's range.

    References
    ----------
    .. [1] P.-Y. Chen, X. Peng, S. Yu, *IEEE Trans. CAD* **37**, 3067 (2018), :doi:`10.1109/TCAD.2018.2789723`; the table
       "Nonlinearity-NormA" and ``getParamA`` of MLP+NeuroSim V3.0.

    Examples
    --------
    >>> print(f"{float(ac.analysis.label_of(0.5)):.2f}")
    2.40
    """
    a = np.asarray(shape, float)
    linear = np.isinf(a)
    k = 1 / np.abs(np.where(linear, 1.0, a))
    whole = -np.expm1(-k)
    x = np.log(k / whole) / k
    label = np.sign(a) * _LABEL_PER_DEVIATION * (-np.expm1(-k * x) / whole - x)
    return np.where(linear, 0.0, label)


def shape_of(label: float) -> float:
    """Return A of a nonlinearity label, the inverse of :func:`label_of`; infinite for 0.

    Examples
    --------
    >>> import math
    >>> ac.analysis.shape_of(0.0) == math.inf
    True
    >>> shape = ac.analysis.shape_of(2.0)
    >>> print(f"{shape:.2f}, back to {float(ac.analysis.label_of(shape)):.1f}")
    0.61, back to 2.0
    """
    from scipy.optimize import brentq

    if not abs(label) <= LARGEST_LABEL:
        raise AnalysisError(f"label = {label:g}; expected within -9 to 9")
    if abs(label) < 1e-9:
        return np.inf

    def misfit(q: float) -> float:
        return float(label_of(np.exp(-q))) - abs(label)

    k = float(brentq(misfit, np.log(1e-10), np.log(60.0)))  # type: ignore[arg-type]
    return float(np.sign(label) * np.exp(-k))


def pulse_response(potentiation: ArrayLike, depression: ArrayLike) -> PulseResponse:
    r"""Describe levels after identical pulses by NeuroSim's curves.

    .. math:: G(x) = G_0 + \Delta G \frac{1 - e^{-x/A}}{1 - e^{-1/A}}

    with x from 0 to 1 along potentiation and from 1 back to 0 along depression, fitted by least
    squares, ends included.

    Parameters
    ----------
    potentiation, depression : array_like, shape (pulse,) or (repeat, pulse)
        Levels in the order of the pulses, the level before the first one included; any unit.

    Returns
    -------
    PulseResponse
        By NeuroSim's sign, steps that shrink have a positive label in potentiation and a negative
        one in depression.

    Raises
    ------
    AnalysisError
        With fewer than four levels a direction, or levels that do not change.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(0.0, 1.0, 31)
    >>> response = ac.analysis.pulse_response(1.0 - np.exp(-3.0 * x), np.exp(-3.0 * x))
    >>> print(f"up {response.potentiation.label:.1f}, down {response.depression.label:.1f}")
    up 3.4, down -3.4
    """
    up, down = (
        _levels(x, n) for x, n in ((potentiation, "potentiation"), (depression, "depression"))
    )
    return PulseResponse(
        _branch(up, np.linspace(0, 1, up.shape[1])), _branch(down, np.linspace(1, 0, down.shape[1]))
    )


def _levels(values: ArrayLike, name: str) -> Array:
    g = np.atleast_2d(floats(values, name))
    g = g[np.isfinite(g).all(-1)] if g.ndim == 2 else g
    if g.ndim != 2 or g.shape[0] == 0 or g.shape[1] < 4:
        raise AnalysisError(
            f"{name}: levels of shape {np.shape(values)}; expected (repeat, pulse), at least four "
            "pulses, finite"
        )
    if np.ptp(g.mean(0)) == 0:
        raise AnalysisError(f"{name}: all levels are {g[0, 0]:g}; expected levels that change")
    return g


def _basis(x: Array, label: float) -> Array:
    a = shape_of(label)
    return x if np.isinf(a) else np.expm1(-x / a) / np.expm1(-1 / a)


def _branch(g: Array, x: Array) -> Branch:
    from scipy.optimize import minimize_scalar

    mean = g.mean(0)

    def fit(label: float) -> tuple[Array, Array]:
        columns = np.stack([np.ones_like(x), _basis(x, label)], axis=1)
        coefficients = np.linalg.lstsq(columns, mean, rcond=None)[0]
        return coefficients, columns @ coefficients

    def misfit(label: float) -> float:
        return float(((fit(label)[1] - mean) ** 2).sum())

    grid = np.linspace(-LARGEST_LABEL, LARGEST_LABEL, 37)
    best = float(grid[np.argmin([misfit(q) for q in grid])])
    low = max(best - 0.5, -LARGEST_LABEL)
    high = min(best + 0.5, LARGEST_LABEL)
    within = {"bounds": (low, high), "method": "bounded", "options": {"xatol": 1e-6}}
    label = float(minimize_scalar(misfit, **within).x)  # type: ignore[union-attr]
    curve = fit(label)[1]
    residual = g - curve
    steps = np.diff(g, axis=1) - np.diff(curve)
    freedom = max(g.size - 3, 1) / g.size
    span = abs(curve[-1] - curve[0])
    return Branch(
        label,
        float(curve[0]),
        float(curve[-1]),
        curve,
        mean,
        float(np.sqrt((residual**2).mean() / freedom)),
        float(np.sqrt((steps**2).mean()) / span) if span > 0 else np.inf,
    )
