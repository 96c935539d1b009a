"""Cycle-to-cycle and device-to-device spread separated: variance components by restricted maximum
likelihood.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.analysis.floats import floats
from acanthite.display import Plotted
from acanthite.errors import AnalysisError
from acanthite.estimate import Estimate

Array = NDArray[np.float64]


@dataclass(frozen=True)
class VarianceComponents(Plotted, picture="acanthite.analysis.result_drawings:variance"):
    """Spread between and within devices.

    Parameters
    ----------
    mean : Estimate
        Over devices, each weighed by what it tells.
    device_to_device, cycle_to_cycle : Estimate
        Standard deviations, with 95 % intervals.

    Examples
    --------
    >>> volts = [[0.20, 0.21, 0.19], [0.25, 0.26, 0.25], [0.22, 0.21, 0.23]]
    >>> parts = ac.analysis.variance_components(volts, unit="V")
    >>> print(f"{parts.device_share:.0%} of the variance lies between devices")
    90% of the variance lies between devices
    """

    mean: Estimate
    device_to_device: Estimate
    cycle_to_cycle: Estimate

    @property
    def device_share(self) -> float:
        """Share of the whole variance that lies between devices."""
        between, within = self.device_to_device.value**2, self.cycle_to_cycle.value**2
        return between / (between + within)

    def __str__(self) -> str:
        lines = [f"mean              {self.mean.value:.4g} {self.mean.unit}"]
        for label, e in (
            ("device to device", self.device_to_device),
            ("cycle to cycle", self.cycle_to_cycle),
        ):
            low, high = e.interval or (np.nan, np.nan)
            lines.append(f"{label:17s} {e.value:.4g} {e.unit}  [{low:.4g}, {high:.4g}]")
        return "\n".join([*lines, f"{self.device_share:.0%} of the variance lies between devices"])


@dataclass(frozen=True)
class _Sums:
    """What the likelihood needs of a sample: cycles and mean of each device, squares within."""

    n: Array
    mean: Array
    within: float

    def deviance(self, between: float, residual: float) -> float:
        """Return minus twice the restricted log likelihood, for two variances."""
        each = residual + self.n * between
        w = self.n / each
        mu = (w * self.mean).sum() / w.sum()
        fit = self.within / residual + (w * (self.mean - mu) ** 2).sum()
        return float(((self.n - 1) * np.log(residual) + np.log(each)).sum() + np.log(w.sum()) + fit)

    def profile(self, between: float) -> float:
        """Return the least deviance at a variance between devices."""
        from scipy.optimize import minimize_scalar

        scale = np.log(self.within / (self.n.sum() - self.n.size))
        minimum = minimize_scalar(
            lambda s: self.deviance(between, np.exp(s)),
            bounds=(scale - 6, scale + 6),
            method="bounded",
        )
        return float(minimum.fun)  # type: ignore[union-attr]


def variance_components(values: ArrayLike, unit: str = "1") -> VarianceComponents:
    r"""Tell the spread from cycle to cycle from that from device to device.

    .. math:: y_{ij} = \mu + a_i + e_{ij}, \quad a_i \sim N(0, \sigma_\mathrm{D2D}^2), \quad e_{ij} \sim N(0, \sigma_\mathrm{C2C}^2)

    Parameters
    ----------
    values : array_like, shape (device, cycle)
        Not-a-numbers are left out, so devices may have different numbers of cycles. Give logarithms
        of resistances.
    unit : str

    Returns
    -------
    VarianceComponents
        Intervals: from χ² for cycle to cycle; from the profile of the restricted likelihood for
        device to device.

    Raises
    ------
    AnalysisError
        With fewer than two devices, no device of two cycles, or no spread within any.

    References
    ----------
    .. [1] S. R. Searle, G. Casella, C. E. McCulloch, *Variance Components*, Wiley (1992), Sec. 3.8,
       :doi:`10.1002/9780470316856`.

    Examples
    --------
    >>> volts = [[0.20, 0.21, 0.19], [0.25, 0.26, 0.25], [0.22, 0.21, 0.23]]
    >>> parts = ac.analysis.variance_components(volts, unit="V")
    >>> print(
    ...     f"{parts.device_to_device.value:.3f} V between, {parts.cycle_to_cycle.value:.3f} V within"
    ... )
    0.026 V between, 0.009 V within
    """
    from scipy.optimize import minimize_scalar

    sums = _sums(values)
    ceiling = 1e2 * float(np.var(sums.mean)) + 10 * sums.within / (sums.n.sum() - sums.n.size)
    # the root of the variance is searched: the deviance is smooth in it down to zero
    minimum = minimize_scalar(
        lambda s: sums.profile(s * s),
        bounds=(0.0, np.sqrt(ceiling)),
        method="bounded",
        options={"xatol": 1e-6 * np.sqrt(ceiling)},
    )
    best, at = (float(minimum.fun), float(minimum.x))  # type: ignore[union-attr]
    if sums.profile(0.0) <= best:
        best = sums.profile(0.0)
        at = 0.0
    residual = _residual(sums, at**2)
    return VarianceComponents(
        _mean(sums, at**2, residual, unit),
        Estimate(at, unit, None, sums.n.size, _profile_interval(sums, at, best, np.sqrt(ceiling))),
        Estimate(np.sqrt(residual), unit, None, int(sums.n.sum()), _chi_interval(sums)),
    )


def _sums(values: ArrayLike) -> _Sums:
    y = floats(values, "variance components")
    if y.ndim != 2:
        raise AnalysisError(
            f"variance components: values have shape {y.shape}; expected (device, cycle)"
        )
    devices = [row[np.isfinite(row)] for row in y]
    devices = [row for row in devices if row.size]
    if len(devices) < 2:
        raise AnalysisError(
            f"variance components: {len(devices)} devices with values; expected at least two"
        )
    within = float(sum(((row - row.mean()) ** 2).sum() for row in devices))
    if within == 0.0:
        raise AnalysisError(
            "variance components: no device differs from cycle to cycle; expected at least two "
            "cycles with a spread"
        )
    return _Sums(
        np.array([row.size for row in devices], float),
        np.array([row.mean() for row in devices]),
        within,
    )


def _residual(sums: _Sums, between: float) -> float:
    from scipy.optimize import minimize_scalar

    scale = np.log(sums.within / (sums.n.sum() - sums.n.size))
    minimum = minimize_scalar(
        lambda s: sums.deviance(between, np.exp(s)),
        bounds=(scale - 6, scale + 6),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return float(np.exp(minimum.x))  # type: ignore[union-attr]


def _mean(sums: _Sums, between: float, residual: float, unit: str) -> Estimate:
    from scipy.stats import t

    w = sums.n / (residual + sums.n * between)
    mu = float((w * sums.mean).sum() / w.sum())
    error = float(1 / np.sqrt(w.sum()))
    half = float(t.ppf(0.975, sums.n.size - 1)) * error
    spread = float(np.sqrt(between + residual))
    return Estimate(mu, unit, spread, int(sums.n.sum()), (mu - half, mu + half))


def _chi_interval(sums: _Sums) -> tuple[float, float]:
    from scipy.stats import chi2

    freedom = sums.n.sum() - sums.n.size
    low, high = (sums.within / float(chi2.ppf(p, freedom)) for p in (0.975, 0.025))
    return float(np.sqrt(low)), float(np.sqrt(high))


def _profile_interval(sums: _Sums, at: float, best: float, ceiling: float) -> tuple[float, float]:
    """Return where the profile deviance rises by the 95 % point of χ² with one degree of freedom."""
    from scipy.optimize import brentq

    def above(s: float) -> float:
        return sums.profile(s * s) - best - 3.841

    low = 0.0 if at == 0.0 or above(0.0) <= 0 else float(brentq(above, 0.0, at))  # type: ignore[arg-type]
    while above(ceiling) < 0 and np.isfinite(ceiling):
        ceiling *= 4
    return low, float(brentq(above, at, ceiling))  # type: ignore[arg-type]
