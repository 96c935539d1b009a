"""Fit a device law to I-V loops or transients: every curve on its own, then the population they
come from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from acanthite.device import Devices, Law
from acanthite.display import Display, Plotted
from acanthite.errors import FitError, nearest
from acanthite.fitting.loops.curves import Curve, Each, curves
from acanthite.fitting.loops.free_parameters import Free, free_parameters
from acanthite.fitting.loops.holdout import Split, split
from acanthite.fitting.loops.playback import Playback, base_values
from acanthite.fitting.loops.residual import Scale, balanced_floor, noise_floor, view
from acanthite.fitting.loops.solve import CurveFit, Problem, solve_each
from acanthite.fitting.population import LEVEL, Middle, mean_correlation, middle
from acanthite.fitting.verdict import Verdict, of_currents
from acanthite.progress import Progress, long_call, reporter
from acanthite.quantities import accepts_quantities, in_si

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

_POINTS = 2048  # of the search for a start


@dataclass(frozen=True)
class FittedParameter(Display):
    """One parameter of a fitted population.

    Parameters
    ----------
    value : float
        Of the typical device: the population's median where ``relative``, else its mean.
    unit : str
    error : float
        Standard error of ``value``.
    interval : tuple of float
        95 %, of ``value``.
    relative : bool
        Whether spreads are those of the logarithm (log-normal, as
        :meth:`acanthite.device.Law.sample` takes them); else they are in ``unit``.
    device_spread, cycle_spread : tuple of float or None
        Standard deviation from device to device and from cycle to cycle, then its 95 % interval;
        None for one of them.

    Examples
    --------
    >>> device = ac.device.VTEAM.sample(1, seed=1, r_on=40.0)
    >>> loop = ac.measurement.run(device, ac.measurement.Sweep(-1.0, 1.0, step=0.05))
    >>> fitted = ac.fitting.fit(loop, ac.device.VTEAM, free=["r_on"], points=0).parameters[
    ...     "r_on"
    ... ]
    >>> print(f"{fitted.value:.1f} {fitted.unit}")
    40.0 ohm
    """

    value: float
    unit: str
    error: float
    interval: tuple[float, float]
    relative: bool
    device_spread: tuple[float, float, float] | None
    cycle_spread: tuple[float, float, float] | None

    def __str__(self) -> str:
        low, high = self.interval
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{self.value:.5g}{unit}, 95 % within {low:.5g} to {high:.5g}"


@dataclass(frozen=True)
class DeviceFit(Plotted, picture="acanthite.fitting.drawings:plot_curves"):
    """A device law fitted to recordings.

    Parameters
    ----------
    law : Law
        With the typical device's parameters as its defaults.
    parameters : mapping of str to FittedParameter
        The fitted ones.
    correlation : ndarray, shape (parameter, parameter)
        Of the errors of the fit, in the order of ``parameters``; of curves fitted singly, the mean.
    curves : xarray.Dataset
        Value and standard error of every curve, dims (curve, parameter).
    residuals : xarray.Dataset
        ``voltage``, measured and ``predicted`` current, ``residual`` and whether ``held`` out, dim
        sample.
    scale : {"log", "linear"}
    floor : float
        Current below which the residual is linear. [A]
    rms : float
        Of the residual over the samples fitted; in the log scale a relative error of the current.
    held_out : float or None
        The same over what was held out, predicted from the rest.
    held : str
        What was: "devices", "cycles" or "nothing".
    shared : tuple of str
        Parameters all devices were given in common.

    Examples
    --------
    >>> device = ac.device.VTEAM.sample(1, seed=1, r_on=40.0)
    >>> loop = ac.measurement.run(device, ac.measurement.Sweep(-1.0, 1.0, step=0.05))
    >>> fit = ac.fitting.fit(loop, ac.device.VTEAM, free=["r_on"], points=0)
    >>> fit.n_devices, fit.verdict.quality
    (1, 'good')
    >>> print(f"{fit.parameters['r_on'].value:.1f} ohm")
    40.0 ohm
    """

    law: Law
    parameters: Mapping[str, FittedParameter]
    correlation: Array
    curves: xr.Dataset
    residuals: xr.Dataset
    scale: Scale
    floor: float
    rms: float
    held_out: float | None
    held: str
    shared: tuple[str, ...] = ()

    @property
    def n_devices(self) -> int:
        """Devices fitted."""
        return len(set(self.curves["device"].values.tolist()))

    @property
    def spread(self) -> dict[str, float]:
        """Relative device-to-device spread of each fitted parameter that has one."""
        spreads = {}
        for name in self.law.parameters:
            p = self.parameters.get(name)
            if p and p.device_spread and p.device_spread[0] > 0 and p.value:
                spreads[name] = p.device_spread[0] / (1.0 if p.relative else abs(p.value))
        return spreads

    @property
    def unknowns(self) -> tuple[str, ...]:
        """What ``correlation`` is of."""
        return tuple(self.parameters)

    def quality(self) -> dict[str, Any]:
        """Return what a device file says of the fit."""
        volts = self.residuals["voltage"].values
        entries: dict[str, Any] = {
            "devices": self.n_devices,
            "voltage": [float(np.nanmin(volts)), float(np.nanmax(volts))],
            "curves": self.curves.sizes["curve"],
            "samples": self.residuals.sizes["sample"],
            "scale": self.scale,
            "floor": self.floor,
            "rms": self.rms,
            "held": self.held,
        }
        if self.held_out is not None:
            entries["held_out"] = self.held_out
        return entries | ({"shared": list(self.shared)} if self.shared else {})

    @property
    def verdict(self) -> Verdict:
        """Whether the fit is one to go on with."""
        return of_currents(self.residuals, self.floor)

    def sample(self, n: int, *, seed: int) -> Devices:
        """Return ``n`` devices of the fitted population."""
        return self.law.sample(n, seed=seed, spread=self.spread)


@long_call("fitting loops")
@accepts_quantities
def fit(
    recordings: xr.Dataset | Iterable[xr.Dataset],
    law: Law,
    *,
    free: Iterable[str] | None = None,
    fixed: Mapping[str, float] | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    shared: Iterable[str] = (),
    each: Each = "device",
    scale: Scale = "log",
    floor: float | None = None,
    holdout: float = 0.0,
    rate: float | None = None,
    begin: str | None = None,
    points: int = _POINTS,
    seed: int = 0,
    progress: Progress = None,
) -> DeviceFit:
    """Fit a device law to recordings of one or many devices.

    The measured voltage is played to the compiled law, and its current compared with the measured
    one. Where the law has noise from cycle to cycle, its mean is fitted.

    Parameters
    ----------
    recordings : xarray.Dataset or iterable of them
        Recordings with ``voltage`` [V], ``current`` [A] and ``time`` [s].
    law : Law
        Any: of :mod:`acanthite.device`, or of one's own.
    free : iterable of str, optional
        Parameters to fit; by default those that loops determine.
    fixed : mapping of str to float, optional
        Values of others, in SI, in place of the law's defaults.
    bounds : mapping of str to (float, float), optional
        In SI; by default scaled to the data.
    shared : iterable of str
        Fitted parameters that all devices have in common; without any, every curve is fitted on its
        own.
    each : {"device", "cycle"}
        What has parameters of its own: a device over all its cycles, or every cycle, which tells
        cycle-to-cycle spread from device-to-device.
    scale : {"log", "linear"}
        Whether currents are compared by ratio or by difference.
    floor : float, optional
        Current below which they are compared by difference in either case; by default where noise
        takes over. [A]
    holdout : float
        Share held out, in [0, 1): devices where there are five or more, else the last cycles of
        each.
    rate : float, optional
        Speed of the sweep where a file has no times. [V/s]
    begin : str, optional
        Parameter that the law's first state stands at when the data begin, where that is not a
        fresh device: ``"w_on"`` for RESETs by VTEAM. A cycle fitted on its own (``each="cycle"``)
        still follows the one before it.
    points : int
        Of the search for a start; 0 starts from the law's own values.
    seed : int
        Of the search and of what is held out.
    progress : callable or bool, optional
        Called with the fraction done; True shows a bar.

    Returns
    -------
    DeviceFit

    Raises
    ------
    FitError
        If there is nothing to fit, a name is unknown, or the law cannot follow the data at all.

    Examples
    --------
    >>> device = ac.device.VTEAM.sample(1, seed=1, r_on=40.0)
    >>> loop = ac.measurement.run(device, ac.measurement.Sweep(-1.0, 1.0, step=0.05))
    >>> found = ac.fitting.fit(loop, ac.device.VTEAM, free=["r_on"], points=0)
    >>> print(f"{found.parameters['r_on'].value:.1f} ohm")
    40.0 ohm
    """
    parts = split(curves(recordings, each, rate), holdout, seed)
    if scale not in ("log", "linear"):
        raise FitError(f"scale = {scale!r}; expected 'log' or 'linear'")
    if floor is not None and not (math.isfinite(floor) and floor > 0):
        raise FitError(f"floor = {floor!r} A; expected a positive current")
    fixed = in_si("fixed", fixed or {}, law.units)
    bounds = in_si("bounds", bounds or {}, law.units)
    freed = free_parameters(law, parts.fitted, free, bounds)
    base = replace(law, parameters=dict(zip(law.parameters, base_values(law, fixed), strict=True)))
    problem = Problem(
        Playback(base if begin is None else _begun(base, begin)),
        np.array(list(base.parameters.values())),
        freed,
        scale,
        floor or noise_floor(parts.fitted),
        parts.fitted_samples,
    )
    names = tuple(shared)
    solutions = _solutions(
        problem, parts.fitted, names, floor is None, points, seed, reporter(progress)
    )
    result = _result(problem, parts, solutions, names)
    return replace(result, law=replace(base, parameters=result.law.parameters))


def _begun(law: Law, begin: str) -> Law:
    """Return the law with its first state begun at one of its parameters."""
    if begin not in law.parameters:
        raise FitError(
            f"begin = {begin!r}: law {law.name!r} has no such "
            f"parameter{nearest(begin, law.parameters)}"
        )
    return replace(law, states=(replace(law.states[0], initial=begin), *law.states[1:]))


def _solutions(
    problem: Problem,
    data: Sequence[Curve],
    shared: tuple[str, ...],
    balance: bool,
    points: int,
    seed: int,
    progress: Callable[[float], None] | None,
) -> list[CurveFit]:
    """Return the fits: once to see the noise, then with a floor at which it is even."""
    start = np.array(
        [float(f.seen(problem.base[k])) for f, k in zip(problem.free, problem.index, strict=True)]
    )
    fits = solve_each(problem, data, points=points, seed=seed, start=start, progress=progress)
    for _ in range(2 if balance else 0):
        measured = np.concatenate([c.current[problem.fitted_samples(c)] for c in data])
        predicted = np.concatenate(
            [f.predicted[problem.fitted_samples(c)] for f, c in zip(fits, data, strict=True)]
        )
        usable = np.isfinite(predicted)
        if not usable.any():
            break
        problem.floor = balanced_floor(measured[usable], predicted[usable])
        fits = [problem.solve(c, f.u) for f, c in zip(fits, data, strict=True)]
    if shared:
        fits = problem.solve_together(data, np.array([f.u for f in fits]), shared)
    if not all(np.isfinite(f.predicted).any() for f in fits):
        raise FitError(
            f"law {problem.playback.law.name!r} gives no current under any parameters tried; "
            "narrow the bounds or fix parameters"
        )
    return fits


def _result(
    problem: Problem, parts: Split, solutions: Sequence[CurveFit], shared: tuple[str, ...]
) -> DeviceFit:
    data = parts.fitted
    labels = [c.label for c in data]
    device = np.unique(labels, return_inverse=True)[1]
    u = np.array([s.u for s in solutions])
    errors = np.sqrt(np.array([np.diag(s.covariance) for s in solutions]))
    parameters = {}
    center = []
    for k, f in enumerate(problem.free):
        part = slice(0, 1) if f.name in shared else slice(None)
        m = middle(u[part, k], errors[part, k], device[part])
        center.append(m.value)
        parameters[f.name] = _fitted(f, m)
    values = problem.parameters(np.array(center))
    law = replace(
        problem.playback.law,
        parameters=dict(zip(problem.playback.law.parameters, values.tolist(), strict=True)),
    )
    residuals, rms, held_out = _residuals(problem, parts, solutions, np.array(center))
    return DeviceFit(
        law,
        parameters,
        mean_correlation([s.covariance for s in solutions]),
        _table(problem.free, data, u, errors),
        residuals,
        problem.scale,
        problem.floor,
        rms,
        held_out,
        parts.held,
        shared,
    )


def _fitted(f: Free, m: Middle) -> FittedParameter:
    value = float(f.value(m.value))
    ends = sorted(float(f.value(end)) for end in m.interval)
    error = m.error * abs(value) if f.sign else m.error
    device, cycle = (
        None if level is None else (level.spread, *level.interval) for level in (m.device, m.cycle)
    )
    return FittedParameter(value, f.unit, error, (ends[0], ends[1]), bool(f.sign), device, cycle)


def _table(free: Sequence[Free], data: Sequence[Curve], u: Array, errors: Array) -> xr.Dataset:
    import xarray as xr

    values = np.column_stack([f.value(u[:, k]) for k, f in enumerate(free)])
    scale = np.column_stack(
        [np.abs(values[:, k]) if f.sign else np.ones(len(data)) for k, f in enumerate(free)]
    )
    dims = ("curve", "parameter")
    coords: dict[str, Any] = {
        "device": ("curve", [c.label for c in data]),
        "cycle": ("curve", [c.cycle for c in data]),
        "parameter": [f.name for f in free],
        "unit": ("parameter", [f.unit for f in free]),
    }
    return xr.Dataset({"value": (dims, values), "error": (dims, errors * scale)}, coords)


def _residuals(
    problem: Problem, parts: Split, solutions: Sequence[CurveFit], center: Array
) -> tuple[xr.Dataset, float, float | None]:
    """Return all samples with what the law predicts, and the rms of those fitted and held out."""
    import xarray as xr

    own = {(c.label, c.cycle): s.u for c, s in zip(parts.fitted, solutions, strict=True)}
    jobs = [
        (c, own.get((c.label, c.cycle), parts.stand_in(c, own, center)))
        for c in (*parts.fitted, *parts.others)
    ]
    predicted = problem.playback.currents([(c, problem.parameters(u)) for c, u in jobs])
    held = [~problem.fitted_samples(c) for c in parts.fitted] + [
        np.ones(c.current.size, bool) for c in parts.others
    ]
    columns = {
        "device": np.concatenate([np.repeat(c.label, c.current.size) for c, _ in jobs]),
        "cycle": np.concatenate([c.cycles for c, _ in jobs]),
        "voltage": np.concatenate([c.voltage for c, _ in jobs]),
        "current": np.concatenate([c.current for c, _ in jobs]),
        "predicted": np.concatenate(predicted),
        "held": np.concatenate(held),
    }
    views = [view(columns[n], problem.scale, problem.floor) for n in ("current", "predicted")]
    columns["residual"] = views[0] - views[1]
    dataset = xr.Dataset({name: ("sample", values) for name, values in columns.items()})
    for name, unit in (("voltage", "V"), ("current", "A"), ("predicted", "A")):
        dataset[name].attrs["units"] = unit
    return dataset, _rms(columns, False) or 0.0, _rms(columns, True)


def _rms(columns: Mapping[str, Array], held: bool) -> float | None:
    chosen = columns["residual"][(columns["held"] == held) & np.isfinite(columns["residual"])]
    return float(np.sqrt(np.mean(chosen**2))) if chosen.size else None


__all__ = ["LEVEL", "DeviceFit", "FittedParameter", "fit"]
