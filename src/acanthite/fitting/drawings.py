"""Pictures of a fit: loops with the law over them, residuals, parameters of the devices,
correlations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.drawing import (
    BLUE,
    CYCLE,
    GREY,
    INK,
    SIGNED,
    band,
    colour_bar,
    ink_on,
    legend_above,
    name_panel,
    new_axes,
    new_figure,
    prefix_axis,
)
from acanthite.formatting import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from acanthite.fitting.loops.fit import DeviceFit
    from acanthite.fitting.moments.result import MomentFit
    from acanthite.fitting.pulses.fit import PulseFit

_SHOWN_RATIO = (
    100.0  # times the typical value: a parameter less known than that is left out of its drawing
)
_SHOWN = 6  # devices whose loops are drawn


def plot_curves(fit: DeviceFit, ax: Axes | None = None) -> Axes:
    """Draw measured currents as points and the law's as lines, a few devices or cycles of the one;
    return the Axes.

    Examples
    --------
    >>> device = ac.device.VTEAM.sample(1, seed=1, r_on=40.0)
    >>> loop = ac.measurement.run(device, ac.measurement.Sweep(-1.0, 1.0, step=0.05))
    >>> ax = ac.fitting.plot_curves(
    ...     ac.fitting.fit(loop, ac.device.VTEAM, free=["r_on"], points=0)
    ... )
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('voltage (V)', '|current|')
    """
    ax = new_axes(ax)
    what = "device" if fit.n_devices > 1 else "cycle"
    labels = fit.residuals[what].values
    for k, label in enumerate(dict.fromkeys(labels.tolist()[:: max(1, len(labels) // 1000)])):
        if k == _SHOWN:
            break
        one = fit.residuals.isel(sample=np.flatnonzero(labels == label))
        held = bool(one["held"].all())
        colour = CYCLE[k % len(CYCLE)]
        ax.plot(one["voltage"], np.abs(one["current"]), ".", ms=2.5, alpha=0.5, color=colour)
        name = f"{what} {label}" + (", held out" if held else "")
        ax.plot(
            one["voltage"],
            np.abs(one["predicted"]),
            "--" if held else "-",
            lw=1.0,
            color=colour,
            label=name,
        )
    if fit.scale == "log":
        ax.set_yscale("log")
        size = np.abs(fit.residuals["current"].values)
        ax.set_ylim(bottom=0.3 * float(np.percentile(size[size > 0], 1.0)))
    prefix_axis(ax, "y", "A")
    ax.set_xlabel("voltage (V)")
    ax.set_ylabel("|current|")
    legend_above(ax, ncols=3, fontsize=7)
    return ax


def plot_residuals(fit: DeviceFit, ax: Axes | None = None) -> Axes:
    """Draw residuals of the fitted samples against voltage, with their median and 95 % band; return
    the Axes.

    Examples
    --------
    >>> device = ac.device.VTEAM.sample(1, seed=1, r_on=40.0)
    >>> loop = ac.measurement.run(device, ac.measurement.Sweep(-1.0, 1.0, step=0.05))
    >>> ax = ac.fitting.plot_residuals(
    ...     ac.fitting.fit(loop, ac.device.VTEAM, free=["r_on"], points=0)
    ... )
    >>> ax.get_xlabel()
    'voltage (V)'
    """
    ax = new_axes(ax)
    chosen = fit.residuals.isel(sample=np.flatnonzero(~fit.residuals["held"].values))
    volts, residual = chosen["voltage"].values, chosen["residual"].values
    ax.plot(volts, residual, ".", ms=1.5, alpha=0.3, color=GREY, rasterized=True, label="_sample")
    edges = np.linspace(volts.min(), volts.max(), 25)
    where = np.digitize(volts, edges[1:-1])
    bins = [k for k in range(24) if (where == k).sum() >= 5]
    bands = np.array([np.percentile(residual[where == k], [2.5, 50, 97.5]) for k in bins])
    centers = 0.5 * (edges[:-1] + edges[1:])[bins]
    if len(bins):
        band(ax, centers, bands[:, 0], bands[:, 2], BLUE, "95 %")
        ax.plot(centers, bands[:, 1], color=BLUE, label="median")
        widest = float(np.abs(bands[:, [0, 2]]).max())
        ax.set_ylim(-1.6 * widest, 1.6 * widest)
        legend_above(ax, fontsize=7)
    ax.axhline(0, color=INK, lw=0.5, gid="decoration")
    ax.set_xlabel("voltage (V)")
    ax.set_ylabel("residual of ln I" if fit.scale == "log" else "residual / floor")
    return ax


def plot_parameters(fit: DeviceFit, ax: Axes | None = None) -> Axes:
    """Draw each curve's parameters over the population's value with their 95 % errors; return the
    Axes.

    Examples
    --------
    >>> device = ac.device.VTEAM.sample(2, seed=1, spread={"r_on": 0.1})
    >>> loops = ac.measurement.run(device, ac.measurement.Sweep(-1.0, 1.0, step=0.05))
    >>> ax = ac.fitting.plot_parameters(
    ...     ac.fitting.fit(loops, ac.device.VTEAM, free=["r_on"], points=0)
    ... )
    >>> ax.get_ylabel()
    'parameter / typical device'
    """
    ax = new_axes(ax)
    names = list(fit.parameters)
    n = fit.curves.sizes["curve"]
    far = False
    for k, name in enumerate(names):
        one = fit.curves.sel(parameter=name)
        center = fit.parameters[name].value or 1.0
        across = k + (np.linspace(-0.3, 0.3, n) if n > 1 else np.zeros(1))
        ratio = one["value"].values / center
        error = 1.96 * one["error"].values / abs(center)
        seen = np.isfinite(error) & (error < _SHOWN_RATIO)
        ax.errorbar(
            across[seen],
            ratio[seen],
            error[seen],
            fmt=".",
            ms=4,
            lw=0.8,
            color=CYCLE[k % len(CYCLE)],
        )
        far |= bool(np.ptp(np.log10(np.abs(ratio[seen]))) > 1.0) if seen.any() else False
        low, high = (end / center for end in fit.parameters[name].interval)
        if np.isfinite([low, high]).all() and max(abs(low), abs(high)) < _SHOWN_RATIO:
            ends = np.sort([low, high])
            reach = np.array([k - 0.4, k + 0.4])
            band(ax, reach, ends[[0, 0]], ends[[1, 1]], CYCLE[k % len(CYCLE)])
    if far and all(p.relative for p in fit.parameters.values()):
        ax.set_yscale("log")
    ax.axhline(1.0, color=INK, lw=0.5, gid="decoration")
    ax.set_xticks(range(len(names)), names, rotation=35, ha="right", fontsize=8)
    ax.set_xlim(-0.5, len(names) - 0.5)
    ax.set_ylabel("parameter / typical device")
    return ax


def plot_correlation(fit: DeviceFit | PulseFit, ax: Axes | None = None) -> Axes:
    """Draw how the errors of the parameters hang together; return the Axes.

    Examples
    --------
    >>> device = ac.device.VTEAM.sample(1, seed=1, r_on=40.0)
    >>> loop = ac.measurement.run(device, ac.measurement.Sweep(-1.0, 1.0, step=0.05))
    >>> ax = ac.fitting.plot_correlation(
    ...     ac.fitting.fit(loop, ac.device.VTEAM, free=["r_on", "r_off"], points=0)
    ... )
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['r_on', 'r_off']
    """
    ax = new_axes(ax)
    rows = fit.correlation
    if not isinstance(rows, Mapping):
        rows = dict(zip(fit.curves["parameter"].values.tolist(), rows, strict=True))
    names, correlation = list(rows), np.reshape(list(rows.values()), (len(rows), len(rows)))
    image = ax.imshow(correlation, cmap=SIGNED, vmin=-1, vmax=1)
    ax.set_xticks(range(len(names)), names, rotation=35, ha="right", fontsize=8)
    ax.set_yticks(range(len(names)), names, fontsize=8)
    for (i, j), value in np.ndenumerate(correlation):
        colour = ink_on(image.to_rgba(value)[:3])
        text = f"{round(value, 2) + 0.0:.2f}".replace("-", "−")  # adding 0.0 makes −0.0 zero
        ax.text(j, i, text, ha="center", va="center", fontsize=6, color=colour)
    colour_bar(ax, image, "correlation of errors")
    return ax


def draw(fit: DeviceFit) -> Figure:
    """Return the four pictures of a fit on one sheet.

    Examples
    --------
    >>> device = ac.device.VTEAM.sample(1, seed=1, r_on=40.0)
    >>> loop = ac.measurement.run(device, ac.measurement.Sweep(-1.0, 1.0, step=0.05))
    >>> figure = ac.fitting.draw(ac.fitting.fit(loop, ac.device.VTEAM, free=["r_on"], points=0))
    >>> len(figure.axes) >= 4
    True
    """
    figure, axes = new_figure(11, 8, 2, 2)
    plots = (plot_curves, plot_residuals, plot_parameters, plot_correlation)
    titles = ("measured and law", "residuals", "devices", "correlations")
    for ax, plot, title in zip(axes.flat, plots, titles, strict=True):
        name_panel(plot(fit, ax), title)
    return figure


_LABELS = {
    "set_voltage": ("|SET voltage|", "V"),
    "reset_voltage": ("|RESET voltage|", "V"),
    "lrs_conductance": ("LRS conductance", "S"),
    "hrs_conductance": ("HRS conductance", "S"),
}


def plot_distribution(
    fit: MomentFit, observable: str = "set_voltage", ax: Axes | None = None
) -> Axes:
    """Draw the share of loops up to a value, as measured and of the fitted law; return the Axes.

    Examples
    --------
    >>> law = ac.fitting.filament()
    >>> loops = ac.measurement.run(
    ...     law.sample(5, seed=1), ac.measurement.Sweep(-0.4, 0.2, rate=5.0, step=0.02)
    ... )
    >>> fit = ac.fitting.fit_moments(
    ...     loops, law, free=["migration_barrier"], spread=(), replicates=1, points=0
    ... )
    >>> ax = ac.fitting.plot_distribution(fit, "set_voltage")
    >>> ax.get_xlabel()
    '|SET voltage|'
    """
    from acanthite.fitting.moments.moments import OBSERVABLES

    ax, k = new_axes(ax), OBSERVABLES.index(observable)
    for logs, style, name in ((fit.measured, ".", "measured"), (fit.simulated, "-", "law")):
        there = np.sort(np.exp(logs[k][np.isfinite(logs[k])]))
        label = f"{name}, {percent(float(np.isfinite(logs[k]).mean()))} of loops"
        ax.plot(
            there,
            (np.arange(there.size) + 0.5) / max(there.size, 1),
            style,
            color=INK if style == "." else BLUE,
            ms=2.5,
            lw=1.2,
            label=label,
        )
    if observable.endswith("conductance"):
        ax.set_xscale("log")
    label, unit = _LABELS[observable]
    prefix_axis(ax, "x", unit)
    ax.set_xlabel(label)
    ax.set_ylabel("share of loops")
    legend_above(ax, fontsize=7)
    return ax


def draw_moments(fit: MomentFit) -> Figure:
    """Return the distributions of all observables on one sheet.

    Examples
    --------
    >>> law = ac.fitting.filament()
    >>> loops = ac.measurement.run(
    ...     law.sample(5, seed=1), ac.measurement.Sweep(-0.4, 0.2, rate=5.0, step=0.02)
    ... )
    >>> fit = ac.fitting.fit_moments(
    ...     loops, law, free=["migration_barrier"], spread=(), replicates=1, points=0
    ... )
    >>> len(ac.fitting.draw_moments(fit).axes)
    4
    """
    figure, axes = new_figure(9, 6.5, 2, 2)
    for ax, observable in zip(axes.flat, _LABELS, strict=True):
        plot_distribution(fit, observable, ax)
    return figure


def _law_line(k: int) -> dict[str, Any]:
    """Return the look of the law ``k``: dashed where the colours begin again, never grey as data
    are.
    """
    colours = CYCLE[:-1]
    style = "-" if k < len(colours) else (0, (4, 2))
    return {"color": colours[k % len(colours)], "ls": style, "lw": 1.2}


def plot_pulse_response(fits: Mapping[str, PulseFit], ax: Axes | None = None) -> Axes:
    """Draw the first device's first ladder with the mean response of every law over it; return the
    Axes.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(1, seed=1)
    >>> ladders = ac.measurement.run(
    ...     devices, ac.measurement.PulseLadder(up=8, down=8, repeats=2)
    ... )
    >>> found = ac.fitting.fit_pulses(
    ...     ladders, "constant-step", pulse_noise=False, fluctuation=False
    ... )
    >>> ax = ac.fitting.plot_pulse_response({"constant-step": found})
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('pulse', 'conductance')
    """
    ax = new_axes(ax)
    first = next(iter(fits.values())).residuals.isel(device=0, cycle=0)
    ax.plot(first["level"], ".", ms=2, color=GREY, label="measured")
    for k, (name, fit) in enumerate(fits.items()):
        mean = fit.residuals["mean"].isel(device=0, cycle=0)
        ax.plot(mean, **_law_line(k), label=f"{name}, rms {fit.rms:.3g}")
    unit = first["level"].attrs["units"]
    ax.set_xlabel("pulse")
    ax.set_ylabel("conductance, relative" if unit == "1" else "conductance")
    if unit != "1":
        prefix_axis(ax, "y", unit)
    legend_above(ax, fontsize=7)
    return ax


def plot_pulse_fit(fit: PulseFit, ax: Axes | None = None) -> Axes:
    """Draw the first device's first ladder with the mean response of the law over it; return the
    Axes.
    """
    return plot_pulse_response({type(fit.synapse).NAME: fit}, ax)


def plot_pulse_residuals(fits: Mapping[str, PulseFit], ax: Axes | None = None) -> Axes:
    """Draw each law's residual along the ladder, averaged over devices and cycles and a fiftieth of
    the pulses; return the Axes.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(1, seed=1)
    >>> ladders = ac.measurement.run(
    ...     devices, ac.measurement.PulseLadder(up=8, down=8, repeats=2)
    ... )
    >>> found = ac.fitting.fit_pulses(
    ...     ladders, "constant-step", pulse_noise=False, fluctuation=False
    ... )
    >>> ax = ac.fitting.plot_pulse_residuals({"constant-step": found})
    >>> ax.get_xlabel()
    'pulse'
    """
    ax = new_axes(ax)
    for k, (name, fit) in enumerate(fits.items()):
        residual = (fit.residuals["level"] - fit.residuals["mean"]).mean(("device", "cycle")).values
        n = max(1, len(residual) // 50)
        chunks = residual[: len(residual) // n * n].reshape(-1, n)
        pulses = (np.arange(len(chunks)) + 0.5) * n
        ax.plot(pulses, np.nanmean(chunks, axis=1), **_law_line(k), label=name)
    ax.axhline(0, color=INK, lw=0.5, gid="decoration")
    ax.set_xlabel("pulse")
    ax.set_ylabel("measured − law")
    legend_above(ax, fontsize=7)
    return ax


def draw_pulses(fits: Mapping[str, PulseFit]) -> Figure:
    """Return the pictures of several laws fitted to one pulse response on one sheet, and the first
    law's correlations.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(1, seed=1)
    >>> ladders = ac.measurement.run(
    ...     devices, ac.measurement.PulseLadder(up=8, down=8, repeats=2)
    ... )
    >>> found = ac.fitting.fit_pulses(
    ...     ladders, "constant-step", pulse_noise=False, fluctuation=False
    ... )
    >>> figure = ac.fitting.draw_pulses({"constant-step": found})
    >>> len(figure.axes) >= 3
    True
    """
    figure, axes = new_figure(15, 4.2, 3)
    plot_pulse_response(fits, axes[0])
    plot_pulse_residuals(fits, axes[1])
    name, best = next(iter(fits.items()))
    plot_correlation(best, axes[2])
    name_panel(axes[2], f"{name}: correlations")
    return figure
