"""Panels several figures share: loops, distributions, thresholds against a film's property."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.figures.style import BLUE, GREY, INK, PUBLISHED, RED, prefix_axis

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


def draw_loops(
    ax: Axes, recording: xr.Dataset, device: int = 0, color: str = BLUE, label: str | None = None
) -> Axes:
    """Draw |I| against V for every cycle of one device, the first cycle dark; return the Axes."""
    one = recording.isel(device=device)
    v = np.broadcast_to(one["applied"].values, one["current"].shape)
    i = np.abs(one["current"].values)
    for c in range(1, i.shape[0]):
        ax.semilogy(v[c], i[c], color=color, linewidth=0.5, alpha=0.35)
    ax.semilogy(v[0], i[0], color=INK if i.shape[0] > 1 else color, linewidth=1.0, label=label)
    ax.set_xlabel("voltage on the top electrode (V)")
    ax.set_ylabel("|current|")
    ax.set_ylim(bottom=max(1e-13, float(i.min())))
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
    ax.plot(x, fit.density(x) * v.size * (edges[1] - edges[0]), color=INK, label="Gauss fit")
    ax.set_ylabel("count")
    return ax


def draw_thresholds(ax: Axes, x: ArrayLike, voltages: list[np.ndarray]) -> Axes:
    """Draw the spread of |V_th| at each x as box plots on a numeric axis; return the Axes."""
    x = np.asarray(x, float)
    width = 0.06 * (x.max() - x.min())
    groups = [v[np.isfinite(v)] for v in voltages]
    shown = [(p, g) for p, g in zip(x, groups, strict=True) if g.size]
    ax.boxplot(
        [g for _, g in shown],
        positions=[p for p, _ in shown],
        widths=width,
        manage_ticks=False,
        medianprops={"color": RED},
        flierprops={"markersize": 2.5, "markeredgecolor": GREY},
    )
    top = max((g.max() for _, g in shown), default=1.0)
    for p, v, g in zip(x, voltages, groups, strict=True):
        if g.size < v.size:
            ax.text(p, 1.04 * top, f"{g.size / v.size:.0%} set", ha="center", fontsize=7, color=RED)
    ax.set_ylabel("|V$_{th}$| (V)")
    return ax


def mark_published(ax: Axes, x: float, y: float, label: str = "published") -> None:
    """Mark a published point."""
    ax.plot(
        [x],
        [y],
        "D",
        color=PUBLISHED,
        markersize=7,
        markerfacecolor="none",
        markeredgewidth=1.5,
        label=label,
    )


def draw_widths(ax: Axes, x: ArrayLike, widths: ArrayLike) -> Axes:
    """Draw XRD line widths on a second axis; return it."""
    other = ax.twinx()
    other.plot(x, np.degrees(np.asarray(widths)), "s--", color=BLUE, markersize=4, linewidth=1.0)
    other.set_ylabel("XRD line width, FWHM (degrees)", color=BLUE)
    other.tick_params(axis="y", colors=BLUE)
    other.spines["right"].set_visible(True)
    other.set_ylim(bottom=0)
    ax.set_ylim(bottom=0)
    return other
