"""Endurance and retention with failure criteria: when a device failed, and when it would."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.analysis.floats import flags, floats
from acanthite.constants import boltzmann
from acanthite.display import Display, Plotted
from acanthite.errors import AnalysisError
from acanthite.estimate import Estimate
from acanthite.quantities import accepts_quantities

Array = NDArray[np.float64]


@dataclass(frozen=True)
class FailureCriterion(Display):
    """When a device counts as failed: at the first cycle from which any of these holds.

    Parameters
    ----------
    least_ratio : float
        HRS over LRS resistance below this.
    drift : float, optional
        LRS or HRS resistance off that of the device's first good cycles by more than this factor,
        either way.
    consecutive : int
        So many cycles in a row; one bad cycle may be a missed one.
    reference : int
        Cycles at the start whose median is what drift is counted from.

    Examples
    --------
    A device has failed once its window is below five, three cycles in a row:

    >>> criterion = ac.analysis.FailureCriterion(least_ratio=5.0, consecutive=3)
    >>> lrs, hrs = [[1e3, 1e3, 1e3, 1e3, 1e3]], [[2e4, 3e3, 2e4, 2e4, 2e4]]
    >>> ac.analysis.cycles_to_failure(lrs, hrs, criterion).censored.tolist()
    [True]
    """

    least_ratio: float = 10.0
    drift: float | None = None
    consecutive: int = 1
    reference: int = 5

    def __post_init__(self) -> None:
        if not self.least_ratio > 0:
            raise AnalysisError(f"least_ratio = {self.least_ratio:g}; expected more than zero")
        if self.drift is not None and not self.drift > 1:
            raise AnalysisError(f"drift = {self.drift:g}; expected a factor above one")
        if self.consecutive < 1 or self.reference < 1:
            raise AnalysisError(
                f"consecutive = {self.consecutive}, reference = {self.reference}; expected at "
                "least one cycle each"
            )


@dataclass(frozen=True)
class Lifetimes(Plotted, picture="acanthite.analysis.result_drawings:lifetimes"):
    """How long devices lasted, fit to be handed to :func:`fit_distribution`.

    Parameters
    ----------
    value : ndarray, shape (device,)
        Good cycles before the failure, or all there are.
    censored : ndarray of bool, shape (device,)
        Those that had not failed.
    reason : tuple of str
        Of each device: ``"ratio"``, ``"LRS drift"``, ``"HRS drift"`` or ``""``.

    Examples
    --------
    >>> lrs, hrs = [[1e3] * 4, [1e3] * 4], [[2e4, 2e4, 3e3, 2e3], [2e4] * 4]
    >>> lifetimes = ac.analysis.cycles_to_failure(lrs, hrs)
    >>> lifetimes.value.tolist(), lifetimes.censored.tolist(), lifetimes.reason
    ([2.0, 4.0], [False, True], ('ratio', ''))
    """

    value: Array
    censored: NDArray[np.bool_]
    reason: tuple[str, ...]

    def __str__(self) -> str:
        failed = ~self.censored
        text = f"{failed.sum()} of {failed.size} devices failed"
        if failed.any():
            text += (
                f", after {self.value[failed].min():.0f} to {self.value[failed].max():.0f} cycles"
            )
        causes = [f"{self.reason.count(r)} by {r}" for r in sorted(set(self.reason)) if r]
        return text + (f" ({', '.join(causes)})" if causes else "")


@accepts_quantities
def cycles_to_failure(
    lrs: ArrayLike,
    hrs: ArrayLike,
    criterion: FailureCriterion | None = None,
    *,
    measured: ArrayLike | None = None,
) -> Lifetimes:
    """Count the good cycles of each device.

    Parameters
    ----------
    lrs, hrs : array_like, shape (device, cycle)
        Resistances; a cycle in which only one is a number is a bad one, whichever state was missed.
        [Ω]
    criterion : FailureCriterion, optional
        A ratio below ten without it.
    measured : array_like of bool, shape (device, cycle), optional
        Which cycles were measured. Those that were not, such as the padding of a device with fewer
        cycles than others, are neither good nor bad: a device that had not failed by its last one
        is censored there. By default, cycles in which a resistance is a number.

    Returns
    -------
    Lifetimes

    Raises
    ------
    AnalysisError
        If the shapes differ, there is no cycle, or a device has none that was measured.

    Examples
    --------
    The first device fails by its ratio after two good cycles, the second not at all:

    >>> lrs, hrs = [[1e3] * 4, [1e3] * 4], [[2e4, 2e4, 3e3, 2e3], [2e4] * 4]
    >>> lifetimes = ac.analysis.cycles_to_failure(lrs, hrs)
    >>> lifetimes.value.tolist(), lifetimes.reason
    ([2.0, 4.0], ('ratio', ''))
    """
    criterion = criterion or FailureCriterion()
    low, high = (np.atleast_2d(floats(x, name)) for x, name in ((lrs, "LRS"), (hrs, "HRS")))
    if low.shape != high.shape or low.ndim != 2 or low.size == 0:
        raise AnalysisError(
            f"endurance: LRS has shape {low.shape}, HRS {high.shape}; expected (device, cycle) "
            "twice"
        )
    there = _measured(measured, low, high)
    bad = {"ratio": ~(high >= criterion.least_ratio * low)}
    if criterion.drift is not None:
        bad["LRS drift"] = _drifted(low, criterion)
        bad["HRS drift"] = _drifted(high, criterion)
    starts = np.stack([_first_run(b, there, criterion.consecutive) for b in bad.values()])
    last = low.shape[1] - np.argmax(there[:, ::-1], axis=1)
    value = np.minimum(starts.min(0), last)
    censored = starts.min(0) >= low.shape[1]
    names = tuple(bad)
    reason = tuple(
        "" if c else names[int(k)] for c, k in zip(censored, starts.argmin(0), strict=True)
    )
    return Lifetimes(value.astype(float), censored, reason)


def _measured(given: ArrayLike | None, low: Array, high: Array) -> NDArray[np.bool_]:
    """Return which cycles were measured, shape (device, cycle)."""
    if given is None:
        there = ~(np.isnan(low) & np.isnan(high))
    else:
        there, known = flags(given, "measured")
        there = np.atleast_2d(there & known)
    if there.shape != low.shape:
        raise AnalysisError(
            f"measured has shape {there.shape}; expected that of the resistances, {low.shape}"
        )
    if not there.any(1).all():
        raise AnalysisError(
            f"endurance: device {int(np.argmin(there.any(1))) + 1} of {len(there)} has no cycle "
            "that was measured; leave it out"
        )
    return there


def _drifted(r: Array, criterion: FailureCriterion) -> NDArray[np.bool_]:
    start = np.array(
        [
            np.median(row[np.isfinite(row)][: criterion.reference])
            if np.isfinite(row).any()
            else np.nan
            for row in r
        ]
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return ~(np.abs(np.log(r / start[:, None])) <= np.log(criterion.drift or np.inf))


def _first_run(bad: NDArray[np.bool_], there: NDArray[np.bool_], length: int) -> NDArray[np.int_]:
    """Return the cycle at which the first run of ``length`` bad ones starts, or how many cycles
    there are, shape (device,).

    Cycles that were not measured neither make a run nor break it.
    """
    first = np.full(len(bad), bad.shape[1])
    for d, (row, known) in enumerate(zip(bad, there, strict=True)):
        cycles = np.flatnonzero(known)
        if cycles.size < length:
            continue
        runs = np.lib.stride_tricks.sliding_window_view(row[cycles], length).all(-1)
        if runs.any():
            first[d] = cycles[np.argmax(runs)]
    return first


@dataclass(frozen=True)
class RetentionFit(Plotted, picture="acanthite.analysis.result_drawings:retention"):
    """The drift of one state of one device.

    Parameters
    ----------
    law : str
    initial : Estimate
        Resistance at ``first_time``. [Ω]
    rate : Estimate
        Of ``"power"``: the exponent; of ``"log"``: the resistance gained every factor e of time.
        [1] or [Ω]
    lifetime : Estimate
        When the resistance crosses the criterion; infinite where it does not drift that way. Its
        interval is Fieller's. [s]
    first_time : float
        Of the first read. [s]

    Examples
    --------
    >>> time, ohms = [1.0, 10.0, 100.0, 1e3, 1e4], [1000.0, 1250.0, 1590.0, 1990.0, 2520.0]
    >>> fit = ac.analysis.fit_retention(time, ohms, failure=5000.0)
    >>> print(
    ...     f"exponent {fit.rate.value:.2f}, {float(fit.resistance(1e6)) / 1e3:.1f} kohm after {1e6:.0e} s"
    ... )
    exponent 0.10, 4.0 kohm after 1e+06 s
    """

    law: str
    initial: Estimate
    rate: Estimate
    lifetime: Estimate
    first_time: float

    def resistance(self, time: ArrayLike) -> Array:
        """Return the fitted resistance. [Ω]"""
        x = np.log(np.asarray(time, float) / self.first_time)
        if self.law == "power":
            return self.initial.value * np.exp(self.rate.value * x)
        return self.initial.value + self.rate.value * x


@accepts_quantities
def fit_retention(
    time: ArrayLike, resistance: ArrayLike, failure: float, law: str = "power"
) -> RetentionFit:
    """Fit the drift of a state and extrapolate to its failure.

    ``"power"``: R = R_1 (t / t_1)^ν, the usual drift of resistances; ``"log"``: R = R_1 + r ln(t /
    t_1).

    Parameters
    ----------
    time : array_like, shape (read,)
        Since programming, positive. [s]
    resistance : array_like, shape (read,)
        [Ω]
    failure : float
        Resistance at which the state counts as lost. [Ω]
    law : {"power", "log"}

    Returns
    -------
    RetentionFit

    Raises
    ------
    AnalysisError
        If the law is unknown, or fewer than three reads at different positive times are given.

    Examples
    --------
    >>> time, ohms = [1.0, 10.0, 100.0, 1e3, 1e4], [1000.0, 1250.0, 1590.0, 1990.0, 2520.0]
    >>> fit = ac.analysis.fit_retention(time, ohms, failure=5000.0)
    >>> print(f"lost after {fit.lifetime.value / 86400:.0f} days")
    lost after 108 days
    """
    if law not in ("power", "log"):
        raise AnalysisError(f"law = {law!r}; expected 'power' or 'log'")
    t, r = floats(time, "time").ravel(), floats(resistance, "resistance").ravel()
    if t.shape != r.shape:
        raise AnalysisError(f"retention: {t.size} times and {r.size} resistances; expected as many")
    keep = np.isfinite(t) & np.isfinite(r) & (t > 0) & (r > 0)
    t, r = t[keep], r[keep]
    if np.unique(t).size < 3:
        raise AnalysisError(
            f"retention: {np.unique(t).size} reads at different positive times; expected at least "
            "three"
        )
    if not failure > 0:
        raise AnalysisError(f"failure = {failure:g} Ω; expected a resistance above zero")
    first = float(t.min())
    forward, back = (np.log, np.exp) if law == "power" else (lambda y: y, lambda y: y)
    line = _Line.through(np.log(t / first), forward(r))
    crossing, (low, high) = line.crossing(float(forward(failure)))
    offset, slope = line.estimates()
    low_start, high_start = offset.interval or (np.nan, np.nan)
    initial = Estimate(
        float(back(offset.value)),
        "Ω",
        None,
        t.size,
        (float(back(low_start)), float(back(high_start))),
    )
    unit = "1" if law == "power" else "Ω"
    return RetentionFit(
        law,
        initial,
        Estimate(slope.value, unit, None, t.size, slope.interval),
        Estimate(
            _later(first, crossing), "s", None, t.size, (_later(first, low), _later(first, high))
        ),
        first,
    )


def _later(first: float, x: float) -> float:
    return first * float(np.exp(min(x, 700.0))) if x < 700 else np.inf


@dataclass(frozen=True)
class Arrhenius(Plotted, picture="acanthite.analysis.result_drawings:arrhenius"):
    """Lifetimes against temperature.

    Parameters
    ----------
    activation_energy : Estimate
        [J]
    line : _Line
        ln t against 1 / k_B T.

    Examples
    --------
    >>> from acanthite.constants import celsius, eV
    >>> kelvin, seconds = (
    ...     [celsius(t) for t in (85, 105, 125, 150)],
    ...     [4.1e5, 9.8e4, 2.7e4, 5.6e3],
    ... )
    >>> arrhenius = ac.analysis.fit_arrhenius(kelvin, seconds)
    >>> print(f"{arrhenius.activation_energy.value / eV:.2f} eV")
    0.86 eV
    >>> print(f"{arrhenius.lifetime(celsius(40)).value / 86400:.0f} days at 40 C")
    268 days at 40 C
    """

    activation_energy: Estimate
    line: _Line

    def lifetime(self, temperature: float) -> Estimate:
        """Return the median lifetime at a temperature, with its 95 % interval. [s]"""
        value, (low, high) = self.line.at(1 / (boltzmann * temperature))
        return Estimate(
            _later(1.0, value), "s", None, self.line.n, (_later(1.0, low), _later(1.0, high))
        )


@accepts_quantities
def fit_arrhenius(temperature: ArrayLike, lifetime: ArrayLike) -> Arrhenius:
    """Fit ln t = ln t_0 + E_a / k_B T.

    Parameters
    ----------
    temperature : array_like, shape (test,)
        [K]
    lifetime : array_like, shape (test,)
        All of them failures: leave out, or extrapolate first, what did not fail. [s]

    Returns
    -------
    Arrhenius

    Raises
    ------
    AnalysisError
        With fewer than three tests, or one temperature only.

    Examples
    --------
    >>> from acanthite.constants import celsius, eV
    >>> kelvin, seconds = (
    ...     [celsius(t) for t in (85, 105, 125, 150)],
    ...     [4.1e5, 9.8e4, 2.7e4, 5.6e3],
    ... )
    >>> fit = ac.analysis.fit_arrhenius(kelvin, seconds)
    >>> low, high = fit.activation_energy.interval
    >>> print(f"{low / eV:.1f} to {high / eV:.1f} eV")
    0.8 to 0.9 eV
    """
    T, t = floats(temperature, "temperature").ravel(), floats(lifetime, "lifetime").ravel()
    if T.shape != t.shape:
        raise AnalysisError(
            f"Arrhenius: {T.size} temperatures and {t.size} lifetimes; expected as many"
        )
    keep = np.isfinite(T) & np.isfinite(t) & (T > 0) & (t > 0)
    if keep.sum() < 3 or np.unique(T[keep]).size < 2:
        raise AnalysisError(
            f"Arrhenius: {keep.sum()} failures at {np.unique(T[keep]).size} temperatures; expected "
            "three at two or more"
        )
    line = _Line.through(1 / (boltzmann * T[keep]), np.log(t[keep]))
    slope = line.estimates()[1]
    return Arrhenius(Estimate(slope.value, "J", None, line.n, slope.interval), line)


@dataclass(frozen=True)
class _Line:
    """A straight line by least squares, and Student's quantile for its intervals."""

    middle: float
    height: float
    slope: float
    variance: float
    squares: float
    n: int
    quantile: float

    @classmethod
    def through(cls, x: Array, y: Array) -> _Line:
        from scipy.stats import t

        dx = x - x.mean()
        n = x.size
        squares = float((dx**2).sum())
        slope = float((dx * y).sum() / squares)
        residual = y - y.mean() - slope * dx
        return cls(
            float(x.mean()),
            float(y.mean()),
            slope,
            float((residual**2).sum() / (n - 2)),
            squares,
            n,
            float(t.ppf(0.975, n - 2)),
        )

    def at(self, x: float) -> tuple[float, tuple[float, float]]:
        """Return the line at x and its 95 % interval."""
        value = self.height + self.slope * (x - self.middle)
        half = self.quantile * np.sqrt(
            self.variance * (1 / self.n + (x - self.middle) ** 2 / self.squares)
        )
        return float(value), (float(value - half), float(value + half))

    def estimates(self) -> tuple[Estimate, Estimate]:
        """Return the value at x = 0 and the slope."""
        value, interval = self.at(0.0)
        half = self.quantile * float(np.sqrt(self.variance / self.squares))
        return (
            Estimate(value, "1", None, self.n, interval),
            Estimate(self.slope, "1", None, self.n, (self.slope - half, self.slope + half)),
        )

    def crossing(self, level: float) -> tuple[float, tuple[float, float]]:
        """Return where, from x = 0 on, the line reaches a level, and Fieller's 95 % interval;
        infinite where it never does.
        """
        rise = level - self.height
        ends = [x for x in self._fieller(rise) if x is not None]
        at = self.middle + rise / self.slope if self.slope else np.inf
        value = float(at) if at >= 0 else np.inf
        low = min((x for x in ends if x >= 0), default=0.0)
        steady = self.slope**2 > self.quantile**2 * self.variance / self.squares
        high = (
            max((x for x in ends if x >= 0), default=np.inf)
            if steady and np.isfinite(value)
            else np.inf
        )
        return value, (float(min(low, value)), float(max(high, value)))

    def _fieller(self, rise: float) -> list[float | None]:
        """Return where the 95 % band of the line crosses a level that is ``rise`` above the mean."""
        q = self.quantile**2 * self.variance
        a = self.slope**2 - q / self.squares
        b = -2 * self.slope * rise
        c = rise**2 - q / self.n
        root = b * b - 4 * a * c
        if root < 0 or a == 0:
            return [None]
        return [self.middle + float((-b + s * np.sqrt(root)) / (2 * a)) for s in (-1, 1)]
