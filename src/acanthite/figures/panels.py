"""Panels several figures share: loops, distributions, thresholds against a film's property."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.drawing import BLUE, GREY, INK, RED, keep_data, prefix_axis, whole_numbers
from acanthite.formatting import percent

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

_LEAST_CURRENT = 1e-13  # A; shown at the bottom of a loop


def draw_loops(
    ax: Axes,
    recording: xr.Dataset,
    device: int = 0,
    color: str = BLUE,
    label: str | None = None,
    linewidth: float = 1.0,
) -> Axes:
    """Draw |I| against V for every cycle of one device, the first cycle dark; return the Axes."""
    one = recording.isel(device=device)
    v = np.broadcast_to(one["applied"].values, one["current"].shape)
    i = np.abs(one["current"].values)
    for c in range(1, i.shape[0]):
        name = f"_{label or 'cycle'} {c + 1}"
        ax.semilogy(v[c], i[c], color=color, linewidth=0.5, alpha=0.35, label=name)
    first = INK if i.shape[0] > 1 else color
    ax.semilogy(v[0], i[0], color=first, linewidth=linewidth, label=label or "_cycle 1")
    ax.set_xlabel("voltage on the top electrode (V)")
    ax.set_ylabel("|current|")
    drawn = np.concatenate([np.asarray(line.get_ydata(), float) for line in ax.lines])
    ax.set_ylim(max(_LEAST_CURRENT, float(drawn.min())), 3 * float(drawn.max()))
    prefix_axis(ax, "y", "A")
    return ax


def draw_cumulative(ax: Axes, values: ArrayLike, color: str, label: str, marker: str = "o") -> Axes:
    """Draw a cumulative distribution; return the Axes."""
    x, probability = analysis.cumulative(values)
    ax.plot(x, 100 * probability, marker, color=color, markersize=3.5, label=label)
    ax.set_ylabel("cumulative probability (%)")
    ax.set_ylim(0, 100)
    return ax


def draw_gauss(ax: Axes, values: ArrayLike, bins: int = 10, color: str = BLUE) -> Axes:
    """Draw a histogram and the normal distribution fitted to the values; return the Axes."""
    v = np.asarray(values, float).ravel()
    v = v[np.isfinite(v)]
    fit = analysis.fit_gauss(v, "V")
    _, edges, _ = ax.hist(
        v, bins=bins, color=color, alpha=0.45, edgecolor="white", label=f"twin, n = {v.size}"
    )
    x = np.linspace(
        edges[0] - (edges[-1] - edges[0]) * 0.3, edges[-1] + (edges[-1] - edges[0]) * 0.3, 200
    )
    ax.plot(x, fit.density(x) * v.size * (edges[1] - edges[0]), color=INK, label="normal fit")
    ax.set_ylabel("count")
    ax.locator_params(axis="x", nbins=6)
    whole_numbers(ax, "y")
    return ax


def draw_thresholds(
    ax: Axes, x: ArrayLike, voltages: list[np.ndarray], limit: str = "the end of the sweep"
) -> Axes:
    """Draw the spread of |V_th| at each x as box plots on a numeric axis; return the Axes.

    Parameters
    ----------
    ax : Axes
    x : array_like, shape (n,)
    voltages : list of ndarray, length n
        [V], not-a-number for a device that did not set.
    limit : str
        Up to where devices were asked to set, in words: for the share that did.
    """
    x = np.asarray(x, float)
    groups = [v[np.isfinite(v)] for v in voltages]
    shown = [(place, group) for place, group in zip(x, groups, strict=True) if group.size]
    boxes = ax.boxplot(
        [group for _, group in shown],
        positions=[place for place, _ in shown],
        widths=0.06 * (x.max() - x.min()),
        manage_ticks=False,
        boxprops={"color": INK},
        whiskerprops={"color": INK},
        capprops={"color": INK},
        medianprops={"color": RED},
        flierprops={"markersize": 2.5, "markeredgecolor": GREY},
    )
    for part in (*boxes["boxes"], *boxes["whiskers"], *boxes["caps"], *boxes["fliers"]):
        part.set_gid("decoration")
    for line, (place, group) in zip(boxes["medians"], shown, strict=True):
        line.set_label("_devices")
        keep_data(line, place, group)
    top = max((group.max() for _, group in shown), default=1.0)
    some_do_not = any(group.size < v.size for v, group in zip(voltages, groups, strict=True))
    for place, v, group in zip(x, voltages, groups, strict=True):
        if some_do_not:
            share = f"{percent(group.size / v.size)} set\nby {limit}"
            ax.text(place, 1.06 * top, share, ha="center", va="bottom", fontsize=7, color=RED)
    ax.set_xlim(x.min() - 0.12 * np.ptp(x), x.max() + 0.12 * np.ptp(x))
    ax.set_ylim(0, (1.25 if some_do_not else 1.06) * top)
    ax.set_ylabel("|V$_{th}$| (V)")
    return ax


def draw_widths(ax: Axes, x: ArrayLike, widths: ArrayLike) -> Axes:
    """Draw XRD line widths on a second axis; return it."""
    other = ax.twinx()
    degrees = np.degrees(np.asarray(widths))
    other.plot(x, degrees, "s--", color=BLUE, markersize=4, linewidth=1.0, label="_line width")
    other.set_ylabel("XRD line width, FWHM (°)", color=BLUE)
    other.tick_params(axis="y", colors=BLUE)
    other.spines["right"].set_visible(True)
    other.set_ylim(0, 1.25 * float(degrees.max()))
    return other
