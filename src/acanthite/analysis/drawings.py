"""Pictures of the results of analyses: loops with their events, distributions, endurance,
retention, pulses, conduction.

Each function draws on the Axes given, or on new ones, and returns them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.analysis.floats import flags, floats
from acanthite.analysis.statistics.location_scale import Sample, in_order, survival
from acanthite.analysis.sweeps.excursions import ordered_sweeps
from acanthite.drawing import (
    BLUE,
    CYCLE,
    GREY,
    INK,
    RED,
    legend_above,
    new_axes,
    prefix_axis,
    whole_numbers,
)
from acanthite.formatting import percent
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

    from acanthite.analysis.conduction.result import ConductionFit
    from acanthite.analysis.lifetimes import FailureCriterion, RetentionFit
    from acanthite.analysis.pulse_response import PulseResponse
    from acanthite.analysis.statistics.distributions import DistributionFit
    from acanthite.analysis.sweeps.switching_events import Events, SwitchingEvents

Array = NDArray[np.float64]

SET_COLOR, RESET_COLOR = BLUE, RED
MECHANISM_NAMES = {
    "ohmic": "ohmic",
    "sclc": "space-charge-limited",
    "schottky": "Schottky",
    "poole-frenkel": "Poole-Frenkel",
    "point-contact": "quantum point contact",
    "fowler-nordheim": "Fowler-Nordheim",
    "hopping": "hopping",
}
FAMILY_NAMES = {"weibull": "Weibull", "lognormal": "log-normal", "normal": "normal"}
"""Names of conduction mechanisms and of distributions, as a text has them."""
_LOOPS = 200  # drawn at most
_WIDE = 30.0  # largest over smallest value, from which a distribution has a logarithmic axis


def plot_switching(
    recordings: xr.Dataset | list[xr.Dataset] | tuple[xr.Dataset, ...],
    events: SwitchingEvents,
    ax: Axes | None = None,
) -> Axes:
    """Draw the magnitude of the current of every sweep against voltage, the median sweep dark, and
    where SET and RESET were found.

    Parameters
    ----------
    recordings : xarray.Dataset or sequence of them
        Those given to :func:`find_events`.
    events : SwitchingEvents
    ax : Axes, optional

    Returns
    -------
    Axes
        A line at the median voltage of each kind, over the range from the 5 % to the 95 % point.

    Examples
    --------
    >>> from acanthite.constants import mA
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> loops = ac.measurement.run(
    ...     devices, ac.measurement.Sweep(-0.5, 0.25, cycles=2, compliance=0.1 * mA)
    ... )
    >>> ax = ac.analysis.plot_switching(loops, ac.analysis.find_events(loops))
    >>> ax.get_xlabel(), ax.get_yscale()
    ('voltage (V)', 'log')
    """
    ax = new_axes(ax)
    for recording in recordings if isinstance(recordings, list | tuple) else (recordings,):
        _draw_loops(ax, *ordered_sweeps(recording)[:2])
    for event in events:
        if event.kind != "none":
            _mark(ax, event)
    ax.set_yscale("log")
    prefix_axis(ax, "y", "A")
    ax.set_xlabel("voltage (V)")
    ax.set_ylabel("|current|")
    if any(e.kind != "none" for e in events):
        legend_above(ax)
    return ax


def _draw_loops(ax: Axes, voltage: Array, current: Array) -> None:
    from matplotlib.collections import LineCollection

    v = voltage.reshape(-1, voltage.shape[-1])
    size = np.abs(current.reshape(-1, current.shape[-1]))
    size = np.where(size > 0, size, np.nan)
    if not np.isfinite(size).any():
        return  # no current at all: there is nothing to draw over a logarithmic axis
    known = np.flatnonzero(np.isfinite(size).any(-1))
    drawn = known[np.unique(np.linspace(0, known.size - 1, min(_LOOPS, known.size)).astype(int))]
    paths = np.stack([v[drawn], size[drawn]], axis=-1)
    if drawn.size > 1:
        ax.add_collection(
            LineCollection(
                list(paths),
                colors=GREY,
                linewidths=0.5,
                alpha=min(0.6, 12 / drawn.size + 0.08),
                label="_sweep",
            )
        )
    whole = np.isfinite(v).all(-1) & np.isfinite(current.reshape(v.shape)).all(-1)
    if whole.any():
        filled = np.where(np.isnan(size[whole]), np.nanmin(size), size[whole])
        ax.plot(
            np.median(v[whole], axis=0),
            10 ** np.median(np.log10(filled), axis=0),
            color=INK,
            linewidth=1.1,
            label="_median sweep",
        )
    low = np.nanquantile(size, 0.002)
    bottom = min(ax.get_ylim()[0], low) if len(ax.lines) > 1 else low
    top = max(ax.get_ylim()[1], np.nanmax(size)) if len(ax.lines) > 1 else np.nanmax(size)
    ax.set_ylim(float(bottom) / 2, 2 * float(top))


def _mark(ax: Axes, event: Events) -> None:
    voltages = event.voltage[np.isfinite(event.voltage)]
    if not voltages.size:
        return
    color = SET_COLOR if event.kind == "set" else RESET_COLOR
    low, middle, high = np.quantile(voltages, [0.05, 0.5, 0.95])
    ax.axvspan(float(low), float(high), color=color, alpha=0.15, linewidth=0)
    signed = f"{middle:+.3g}".replace("-", "−")
    label = f"{event.kind.upper()} {signed} V ({voltages.size} of {event.searched.sum()})"
    ax.axvline(float(middle), color=color, linewidth=1.2, linestyle="--", label=label)


def plot_distribution(
    values: ArrayLike,
    fits: Sequence[DistributionFit] = (),
    *,
    censored: ArrayLike | None = None,
    label: str = "value",
    unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw a cumulative distribution, Kaplan and Meier's where values are censored, and fits over
    it.

    Parameters
    ----------
    values : array_like
        Not-a-numbers are left out.
    fits : sequence of DistributionFit
    censored : array_like of bool, optional
    label, unit : str
        Of the value.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> volts = [0.16, 0.17, 0.18, 0.18, 0.19, 0.20, 0.22, 0.25]
    >>> fits = ac.analysis.compare_distributions(volts, ("lognormal", "weibull"), replicates=99)
    >>> ax = ac.analysis.plot_distribution(volts, fits, label="SET voltage", unit="V")
    >>> ax.get_xlabel()
    'SET voltage (V)'
    """
    ax = new_axes(ax)
    x = floats(values).ravel()
    hidden, known = (
        (np.zeros(x.shape, bool), True)
        if censored is None
        else (a.ravel() for a in flags(censored, "censored"))
    )
    keep = np.isfinite(x) & known
    x = x[keep]
    seen = ~hidden[keep]
    order = in_order(Sample(x, seen))
    below = 1 - survival(Sample(x, seen))
    points = 0.5 * (below + np.r_[0.0, below[:-1]])
    sorted_samples = seen[order]
    ax.plot(
        x[order][sorted_samples],
        100 * points[sorted_samples],
        "o",
        color=INK,
        markersize=3.5,
        label=f"n = {x.size}",
    )
    if x.min() > 0 and x.max() > _WIDE * x.min():
        span = np.geomspace(x.min() / 2, x.max() * 2, 300)
        ax.set_xscale("log")
    else:
        span = np.linspace(x.min() - 0.15 * np.ptp(x), x.max() + 0.15 * np.ptp(x), 300)
    for fit, color in zip(fits, CYCLE, strict=False):
        ax.plot(
            span,
            100 * fit.cdf(span),
            color=color,
            linewidth=1.3,
            label=f"{FAMILY_NAMES[fit.family]}, p = {fit.p_value:.2g}",
        )
    ax.set_ylim(0, 100)
    ax.set_xlabel(f"{label} ({unit})" if unit else label)
    ax.set_ylabel("cumulative probability (%)")
    legend_above(ax)
    return ax


@accepts_quantities
def plot_endurance(
    lrs: ArrayLike,
    hrs: ArrayLike,
    criterion: FailureCriterion | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw both resistances against cycles: the median over devices as lines, all devices as
    points.

    Parameters
    ----------
    lrs, hrs : array_like, shape (device, cycle)
        [Ω]
    criterion : FailureCriterion, optional
        Its least ratio is drawn above the median LRS.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> import numpy as np
    >>> lrs, hrs = np.full((2, 50), 1e3), np.full((2, 50), 2e4)
    >>> ax = ac.analysis.plot_endurance(lrs, hrs, ac.analysis.FailureCriterion(least_ratio=5.0))
    >>> ax.get_xlabel(), ax.get_yscale()
    ('cycle', 'log')
    """
    ax = new_axes(ax)
    for values, color, label in ((hrs, RESET_COLOR, "HRS"), (lrs, SET_COLOR, "LRS")):
        r = np.atleast_2d(floats(values, label))
        cycle = np.arange(1, r.shape[1] + 1)
        size = 3.0 if r.size < 500 else 1.5
        ax.plot(
            np.broadcast_to(cycle, r.shape).ravel(),
            r.ravel(),
            "o",
            color=color,
            markersize=size,
            alpha=0.4,
            markeredgewidth=0,
            label=f"_{label} of devices",
        )
        known = np.isfinite(r).any(0)
        ax.plot(
            cycle[known], np.nanmedian(r[:, known], axis=0), color=color, linewidth=1.2, label=label
        )
    if criterion is not None:
        level = criterion.least_ratio * float(np.nanmedian(floats(lrs, "LRS")))
        ax.axhline(
            level,
            color=INK,
            linestyle="--",
            linewidth=1.0,
            label=f"ratio of {criterion.least_ratio:g}",
        )
    ax.set_yscale("log")
    whole_numbers(ax, "x")
    prefix_axis(ax, "y", "Ω")
    ax.set_xlabel("cycle")
    ax.set_ylabel("resistance")
    legend_above(ax, ncols=3)
    return ax


@accepts_quantities
def plot_retention(
    time: ArrayLike,
    resistance: ArrayLike,
    fit: RetentionFit | None = None,
    failure: float | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw a resistance against time on logarithmic axes, with its fit extrapolated to the failure.

    Parameters
    ----------
    time, resistance : array_like, shape (read,)
        [s], [Ω]
    fit : RetentionFit, optional
        The interval of its lifetime is drawn as a bar.
    failure : float, optional
        [Ω]
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> time, ohms = [1.0, 10.0, 100.0, 1e3, 1e4], [1000.0, 1250.0, 1590.0, 1990.0, 2520.0]
    >>> fit = ac.analysis.fit_retention(time, ohms, failure=5000.0)
    >>> ax = ac.analysis.plot_retention(time, ohms, fit, failure=5000.0)
    >>> ax.get_xscale(), ax.get_yscale()
    ('log', 'log')
    """
    ax = new_axes(ax)
    t, r = floats(time, "time"), floats(resistance, "resistance")
    if np.nanmax(r) < 1.05 * np.nanmin(r):  # too little to scale an axis by
        levels = np.r_[r, r if failure is None else failure]
        ax.set(yscale="log", ylim=(np.nanmin(levels) / 2, np.nanmax(levels) * 2))
    ax.loglog(t, r, "o", color=INK, markersize=3.5, label="measured")
    if failure is not None:
        ax.axhline(failure, color=RESET_COLOR, linestyle="--", linewidth=1.0, label="failure")
    if fit is not None:
        _draw_retention(ax, t, fit, failure)
    prefix_axis(ax, "x", "s")
    prefix_axis(ax, "y", "Ω")
    ax.set_xlabel("time")
    ax.set_ylabel("resistance")
    legend_above(ax, ncols=3)
    return ax


def _draw_retention(ax: Axes, t: Array, fit: RetentionFit, failure: float | None) -> None:
    reach = 1e3 * float(t.max())
    if np.isfinite(fit.lifetime.value):
        reach = min(max(float(t.max()), 3 * fit.lifetime.value), 1e6 * float(t.max()))
    line = np.geomspace(float(t[t > 0].min()), reach, 200)
    ax.plot(line, fit.resistance(line), color=SET_COLOR, linewidth=1.2, label=f"{fit.law} law")
    low, high = fit.lifetime.interval or (np.nan, np.nan)
    if failure is not None and low < reach:
        ax.plot(
            [low, min(high, reach)],
            [failure, failure],
            color=RESET_COLOR,
            linewidth=4,
            alpha=0.5,
            solid_capstyle="butt",
        )


def plot_pulse_response(response: PulseResponse, unit: str = "S", ax: Axes | None = None) -> Axes:
    """Draw levels against pulses, up and down again, with the fitted curves and their labels.

    Parameters
    ----------
    response : PulseResponse
    unit : str
        Of the levels.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> import numpy as np
    >>> up = 1e-6 * (1.0 - np.exp(-3.0 * np.linspace(0.0, 1.0, 31)))
    >>> ax = ac.analysis.plot_pulse_response(ac.analysis.pulse_response(up, up[::-1]), unit="S")
    >>> ax.get_xlabel()
    'pulse'
    """
    ax = new_axes(ax)
    start = 0
    for name, b, color in (
        ("potentiation", response.potentiation, SET_COLOR),
        ("depression", response.depression, RESET_COLOR),
    ):
        pulse = start + np.arange(b.levels.size)
        ax.plot(
            pulse,
            b.levels,
            "o",
            color=color,
            markersize=2.5,
            alpha=0.6,
            markeredgewidth=0,
            label=f"_{name}, measured",
        )
        ax.plot(
            pulse,
            b.curve,
            color=color,
            linewidth=1.3,
            label=f"{name}, NeuroSim label {b.label:+.2f}",
        )
        start = int(pulse[-1])
    if unit not in ("", "1"):
        prefix_axis(ax, "y", unit)
    ax.set_xlabel("pulse")
    ax.set_ylabel("conductance" if unit == "S" else "level")
    legend_above(ax)
    return ax


@accepts_quantities
def plot_conduction(
    voltage: ArrayLike,
    current: ArrayLike,
    fits: Sequence[ConductionFit],
    most: int = 4,
    ax: Axes | None = None,
) -> Axes:
    """Draw a branch and the likeliest mechanisms over it.

    Parameters
    ----------
    voltage, current : array_like, shape (sample,)
        [V], [A]
    fits : sequence of ConductionFit
        The likeliest first.
    most : int
        How many are drawn.
    ax : Axes, optional

    Returns
    -------
    Axes

    Examples
    --------
    >>> import numpy as np
    >>> v = np.linspace(0.01, 0.5, 50)
    >>> i = 1e-6 * np.sinh(v / 0.1)
    >>> ax = ac.analysis.plot_conduction(
    ...     v, i, ac.analysis.fit_conduction(v, i, mechanisms=["ohmic", "hopping"])
    ... )
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('|voltage|', '|current|')
    """
    ax = new_axes(ax)
    v, i = np.abs(floats(voltage, "voltage")), np.abs(floats(current, "current"))
    ax.loglog(v, i, "o", color=INK, markersize=2.5, markeredgewidth=0, label="measured")
    line = np.geomspace(float(v[v > 0].min()), float(v.max()), 200)
    for fit, color in zip(fits[:most], CYCLE, strict=False):
        weight = f"weight {percent(fit.weight, 2)}" if fit.describes else "left out"
        label = f"{MECHANISM_NAMES[fit.mechanism]}, {weight}"
        ax.plot(line, fit.current(line), color=color, linewidth=1.3, label=label)
    ax.set_ylim(float(i[i > 0].min()) / 3, float(i.max()) * 3)
    prefix_axis(ax, "x", "V")
    prefix_axis(ax, "y", "A")
    ax.set_xlabel("|voltage|")
    ax.set_ylabel("|current|")
    legend_above(ax, ncols=1, fontsize=7.5)
    return ax
