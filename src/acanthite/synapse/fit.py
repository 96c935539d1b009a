r"""A synapse from pulse ladders: soft bounds fitted to the steps, device by device.

With :math:`\Delta G_\uparrow = s_\uparrow (G_{max} - G)` and :math:`\Delta G_\downarrow =
-s_\downarrow (G - G_{min})` every step is linear in the conductance before it, so each direction is
one linear regression a device: a common slope, and an offset for each cycle, because the bounds
move from cycle to cycle. Between-device spreads have the fit's own error taken out. A read noise
that is not small against a step would bias the slopes upwards, since it enters the step and the
conductance before it with opposite signs; ladders of which it makes more than a third of a slope
are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from acanthite.arguments import instance, number
from acanthite.errors import AnalysisError, brief, nearest
from acanthite.measurement.polarity import potentiating_sign
from acanthite.quantities import accepts_quantities
from acanthite.synapse.base import Evidence, Synapse
from acanthite.synapse.laws.soft_bounds import SoftBounds

if TYPE_CHECKING:
    import xarray as xr

_LAWS = ("soft-bounds",)

_MOST_NOISE = 1 / 3  # of a slope that may come from the noise of the reads
_SIGMAS = 1.0  # by which that noise must be seen
_LEAST_WINDOW = 2.0  # between the bounds, times what the steps scatter by

Array = NDArray[np.float64]


@accepts_quantities
def fit(
    ladders: xr.Dataset | xr.DataArray, law: str = "soft-bounds", pulse_width: float = 1e-6
) -> Synapse:
    """Fit a pulse law to potentiation-depression ladders.

    Parameters
    ----------
    ladders : xarray.Dataset or xarray.DataArray
        A Recording with ``conductance`` [S], or ``current`` [A] and ``voltage`` [V] at the read
        after each pulse, or the conductance itself; dims (device, cycle, pulse), of which device
        and cycle may be absent, and the coordinate ``pulse_voltage`` (pulse) [V]. Which sign
        potentiates, the data say.
    law : {"soft-bounds"}
    pulse_width : float
        Of a write pulse. [s]

    Returns
    -------
    Synapse
        With its ``evidence``: standard errors, spreads between devices and cycles, and residuals.

    Raises
    ------
    AnalysisError
        If the law is unknown, the ladders lack something, their steps do not follow the law, or do
        not stand out of the noise of the reads.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(2, seed=1)
    >>> ladders = ac.measurement.run(
    ...     devices, ac.measurement.PulseLadder(up=10, down=10, repeats=3)
    ... )
    >>> synapse = ac.synapse.fit(ladders, law="soft-bounds")
    >>> print(f"up {synapse.up:.0%}, down {synapse.down:.0%} of the way left")
    up 13%, down 13% of the way left
    """
    if not isinstance(law, str) or law not in _LAWS:
        raise AnalysisError(
            f"law = {brief(law)}; expected one of {', '.join(_LAWS)}{nearest(str(law), _LAWS)}"
        )
    number("pulse_width", pulse_width, above=0, error=AnalysisError)
    conductance = _conductance(ladders)
    pulses = conductance["pulse_voltage"].values.astype(float)
    sign = potentiating_sign(conductance.values, pulses)
    before = conductance.values[:, :, :-1]
    step = np.diff(conductance.values, axis=-1)
    chosen = _directions(sign * pulses[1:])
    up, down = (_regress(before, step, which, name) for name, which in chosen.items())
    synapse = _soft_bounds(conductance, step, up, down, chosen["potentiation"], pulse_width)
    return (
        replace(synapse, provenance={"potentiates": "at positive voltage"}) if sign > 0 else synapse
    )


def _conductance(ladders: xr.Dataset | xr.DataArray) -> xr.DataArray:
    """Return conductance with dims (device, cycle, pulse) and pulse_voltage. [S]"""
    import xarray as xr

    if isinstance(ladders, xr.Dataset) and "conductance" in ladders:
        conductance = ladders["conductance"]
    elif isinstance(ladders, xr.Dataset):
        for name in ("current", "voltage"):
            if name not in ladders:
                raise AnalysisError(
                    f"ladders have no variable {name!r}; expected current and voltage at the read"
                )
        conductance = ladders["current"] / ladders["voltage"]
    elif isinstance(ladders, xr.DataArray):
        conductance = ladders
    else:
        raise AnalysisError(
            f"ladders = {brief(ladders)}; expected a Recording of pulses, or the conductance after "
            "each"
        )
    if conductance.attrs.get("units", "S") != "S":
        raise AnalysisError(
            "ladders hold relative levels; expected conductances in siemens "
            "(acanthite.fitting.fit_pulses takes what the levels stand for)"
        )
    if "pulse" not in conductance.dims:
        raise AnalysisError(
            f"ladders have dims {tuple(conductance.dims)}; expected (device, cycle, pulse)"
        )
    if "pulse_voltage" not in conductance.coords:
        raise AnalysisError("ladders have no coordinate 'pulse_voltage'; give each pulse's voltage")
    for name in ("device", "cycle"):
        if name not in conductance.dims:
            conductance = conductance.expand_dims(name)
    return conductance.transpose("device", "cycle", "pulse")


def _directions(drive: Array) -> dict[str, NDArray[np.bool_]]:
    """Return which steps potentiate and which depress, by pulses of which the positive ones
    potentiate.
    """
    chosen = {"potentiation": drive > 0, "depression": drive < 0}
    for name, which in chosen.items():
        if which.sum() < 3:
            raise AnalysisError(
                f"ladders have {which.sum()} {name} steps; expected three or more "
                "(pulse_voltage has one sign for potentiation, the other for depression)"
            )
    return chosen


class _Lines:
    """Regression of one direction: shares and bounds of each device, with errors, and of each
    cycle.
    """

    def __init__(
        self,
        share: Array,
        share_error: Array,
        bound: Array,
        bound_error: Array,
        cycles: Sequence[Array],
    ):
        self.share, self.share_error = share, share_error  # shape (n_devices,) [1]
        self.bound, self.bound_error = bound, bound_error  # shape (n_devices,) [S]
        self.cycle_share, self.cycle_bound = cycles  # shape (n_devices, n_cycles)


def _regress(before: Array, step: Array, chosen: NDArray[np.bool_], name: str) -> _Lines:
    """Fit step = share (bound - before): one share a device, one bound a cycle."""
    x, y = before[:, :, chosen], step[:, :, chosen]
    valid = np.isfinite(x) & np.isfinite(y)
    n = valid.sum(axis=2)
    if (n < 3).any():
        raise AnalysisError(
            f"a cycle has {int(n.min())} finite {name} steps; expected three or more"
        )
    x, y = np.where(valid, x, 0.0), np.where(valid, y, 0.0)
    mean_x, mean_y = x.sum(axis=2) / n, y.sum(axis=2) / n
    dx = np.where(valid, x - mean_x[..., None], 0.0)
    dy = np.where(valid, y - mean_y[..., None], 0.0)
    sxx = (dx**2).sum(axis=2)
    sxy = (dx * dy).sum(axis=2)
    with np.errstate(
        divide="ignore", invalid="ignore"
    ):  # levels that do not change have no slope, and are refused
        share = -sxy.sum(axis=1) / sxx.sum(axis=1)
    if not ((share > 0) & (share < 1)).all():
        worst = int(np.argmax(np.abs(share - 0.5)))
        raise AnalysisError(
            f"{name} of device {worst} covers {share[worst]:.3g} of the remaining way a pulse; "
            "expected a share "
            "between 0 and 1: its steps do not shrink towards a bound, so soft bounds do not "
            "describe it"
        )
    bounds = mean_x + mean_y / share[:, None]
    residual = np.where(valid, dy + share[:, None, None] * dx, 0.0)
    adjacent = np.diff(np.flatnonzero(chosen)) == 1
    _check_read_noise(dx, residual, share, valid, adjacent, name)
    share_error, bound_error = _errors(
        dx, residual, share, bounds.mean(axis=1) - mean_x.mean(axis=1), n
    )
    own = -sxy / sxx
    return _Lines(share, share_error, bounds.mean(axis=1), bound_error, (own, bounds))


def _check_read_noise(
    dx: Array,
    residual: Array,
    share: Array,
    valid: NDArray[np.bool_],
    adjacent: NDArray[np.bool_],
    name: str,
) -> None:
    """Refuse steps that are largely noise of the reads.

    A read that is too high makes the step before it too large and the one after it too small, so
    that neighbouring residuals have the covariance -(1 - share) r², r the noise of a read; that of
    steps leaves it at zero. The same noise adds r² over the variance of the conductance to the
    share.
    """
    pairs = valid[:, :, :-1] & valid[:, :, 1:] & adjacent
    n_pairs = pairs.sum(axis=(1, 2))
    n = valid.sum(axis=(1, 2))
    product = np.where(pairs, residual[:, :, :-1] * residual[:, :, 1:], 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        covariance = product.sum(axis=(1, 2)) / n_pairs
        correlation = covariance / ((residual**2).sum(axis=(1, 2)) / n)
        squared = np.maximum(-covariance, 0.0) / (1.0 - share)
        of_share = float(np.median(squared / ((dx**2).sum(axis=(1, 2)) / n) / share))
        expected = -2.0 * valid.shape[1] / n.mean()  # of white residuals about a fitted line
        sigmas = (expected - correlation.mean()) * np.sqrt(n_pairs.sum())
    if sigmas > _SIGMAS and of_share > _MOST_NOISE:
        noise = float(np.sqrt(np.median(squared)))
        raise AnalysisError(
            f"{name}: the steps do not stand out of the noise of the reads, {noise:.2g} S, which "
            f"makes {min(of_share, 1.0):.0%} "
            "of the share of the way that a pulse seems to cover; read with less noise, give "
            "stronger pulses, or fit with "
            "acanthite.fitting.fit_pulses, which tells the two apart"
        )


def _errors(
    dx: Array, residual: Array, share: Array, reach: Array, n: NDArray[np.integer]
) -> tuple[Array, Array]:
    """Return standard errors of share and bound, shape (n_devices,), by White's sandwich.

    A step's noise grows with the step, which is largest at one end of the line; the textbook error,
    which takes the noise for even, would be half the true one.
    """
    axes = (1, 2)
    n_steps = n.sum(axis=1)
    freedom = n_steps / np.maximum(n_steps - n.shape[1] - 1, 1)
    on_share = dx / (dx**2).sum(axis=axes)[:, None, None]
    on_bound = (1 / n_steps[:, None, None] + reach[:, None, None] * on_share) / share[:, None, None]
    both = [
        np.sqrt(freedom * ((pull * residual) ** 2).sum(axis=axes)) for pull in (on_share, on_bound)
    ]
    return both[0], both[1]


def _soft_bounds(
    conductance: xr.DataArray,
    step: Array,
    up: _Lines,
    down: _Lines,
    upward: NDArray[np.bool_],
    width: float,
) -> SoftBounds:
    low, high = float(down.bound.mean()), float(up.bound.mean())
    if not high > low:
        raise AnalysisError(
            f"depression ends at {low:g} S and potentiation at {high:g} S; expected the latter to "
            "be larger: the ladders "
            "hardly change"
        )
    columns = {
        "up": (up.share, up.share_error, up.cycle_share),
        "down": (down.share, down.share_error, down.cycle_share),
        "conductance_min": (down.bound, down.bound_error, down.cycle_bound),
        "conductance_max": (up.bound, up.bound_error, up.cycle_bound),
    }
    spread = {name: _between(value, error) for name, (value, error, _) in columns.items()}
    predicted = _predict(conductance, up, down, upward)
    scatter = float(np.sqrt(np.nanmean((step - predicted) ** 2)))
    if high - low < _LEAST_WINDOW * scatter:
        raise AnalysisError(
            f"ladders end at {low:.3g} S and {high:.3g} S, and their steps scatter by "
            f"{scatter:.2g} S: the steps do not stand "
            "out of the noise of the reads; read with less noise, or give stronger pulses"
        )
    residuals = _residuals(conductance, step, predicted)
    n_steps = int(np.isfinite(step).sum())
    evidence = Evidence(
        {name: _mean_error(value, error) for name, (value, error, _) in columns.items()},
        spread,
        {name: _within(cycles) for name, (_, _, cycles) in columns.items()},
        residuals,
        len(up.share),
        n_steps,
    )
    half = 0.5 * (high - low)
    return SoftBounds(
        up=float(up.share.mean()),
        down=float(down.share.mean()),
        up_spread=spread["up"] / float(up.share.mean()),
        down_spread=spread["down"] / float(down.share.mean()),
        lower_spread=spread["conductance_min"] / half,
        upper_spread=spread["conductance_max"] / half,
        conductance_min=max(low, 0.0),
        conductance_max=high,
        pulse_noise=float(np.sqrt(np.nansum((step - predicted) ** 2) / np.nansum(predicted**2))),
        pulse_voltage=float(np.abs(conductance["pulse_voltage"].values).mean()),
        pulse_width=width,
        evidence=evidence,
    )


def _predict(
    conductance: xr.DataArray, up: _Lines, down: _Lines, upward: NDArray[np.bool_]
) -> Array:
    """Return the step each device's mean line predicts, shape (n_devices, n_cycles, n_pulses - 1).
    [S]
    """
    before = conductance.values[:, :, :-1]

    def line(fitted: _Lines) -> Array:
        return fitted.share[:, None, None] * (fitted.bound[:, None, None] - before)

    return np.where(upward, line(up), line(down))


def _residuals(conductance: xr.DataArray, step: Array, predicted: Array) -> xr.Dataset:
    import xarray as xr

    before = conductance.isel(pulse=slice(None, -1)).drop_vars("pulse_voltage")
    dims = ("device", "cycle", "pulse")
    data = xr.Dataset(
        {
            "conductance": (
                dims,
                before.values,
                {"units": "S", "long_name": "conductance before the pulse"},
            ),
            "step": (dims, step, {"units": "S", "long_name": "step"}),
            "predicted": (
                dims,
                predicted,
                {"units": "S", "long_name": "step by the device's mean law"},
            ),
        }
    )
    voltage = (
        "pulse",
        conductance["pulse_voltage"].values[1:],
        {"units": "V", "long_name": "pulse voltage"},
    )
    return data.assign_coords(pulse_voltage=voltage)


def _between(value: Array, error: Array) -> float:
    """Return the standard deviation between devices, the fit's error taken out."""
    if len(value) < 2:
        return 0.0
    return float(np.sqrt(max(value.var(ddof=1) - (error**2).mean(), 0.0)))


def _mean_error(value: Array, error: Array) -> float:
    """Return the standard error of the population mean; of the one device, its fit's."""
    n = len(value)
    return float(value.std(ddof=1) / np.sqrt(n)) if n > 1 else float(error[0])


def _within(cycles: Array) -> float:
    """Return the standard deviation between cycles of one device, pooled over devices."""
    return float(np.sqrt(cycles.var(axis=1, ddof=1).mean())) if cycles.shape[1] > 1 else 0.0


def summary(synapse: Synapse) -> dict[str, Any]:
    """Return the fitted numbers with their errors and spreads, as a table's rows.

    Parameters
    ----------
    synapse : Synapse
        From :func:`fit`.

    Returns
    -------
    dict of str to tuple
        Name to (value, standard error, device spread, cycle spread); conductances in S, shares in
        1.

    Raises
    ------
    AnalysisError
        If it was not fitted.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(2, seed=1)
    >>> ladders = ac.measurement.run(
    ...     devices, ac.measurement.PulseLadder(up=10, down=10, repeats=3)
    ... )
    >>> rows = ac.synapse.summary(ac.synapse.fit(ladders))
    >>> value, error, between_devices, between_cycles = rows["up"]
    >>> print(f"up {value:.0%} +- {error:.1%}")
    up 13% +- 0.1%
    """
    evidence = instance(
        "summary: synapse", synapse, Synapse, "a synapse of fit", error=AnalysisError
    ).evidence
    if evidence is None:
        raise AnalysisError("this synapse was not fitted: it has no evidence")
    return {
        name: (
            getattr(synapse, name),
            error,
            evidence.device_spread[name],
            evidence.cycle_spread[name],
        )
        for name, error in evidence.standard_error.items()
    }
