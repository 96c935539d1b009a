"""Pictures of a study of inference: accuracy in time, what it is lost to, weights, converters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.drawing import BLUE, CYCLE, GREY, INK, legend_above, new_axes, new_figure
from acanthite.torch.inference.result import Histogram, InferenceResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_UNITS = ((31557600.0, "y"), (86400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))
_MOST_TICKS = 8


def time_label(time: float) -> str:
    """Return a time [s] as people say it: ``1 h``, ``30 d``, ``1 y``."""
    for size, name in _UNITS:
        if time >= 0.999 * size:
            return f"{time / size:.3g} {name}"
    return "0" if time == 0 else f"{time:.2g} s"


def draw_accuracy(result: InferenceResult, ax: Axes | None = None) -> Axes:
    """Draw accuracy against time, mean and spread of the draws; return the Axes."""
    ax = new_axes(ax)
    times = np.asarray(result.times)
    later = times[times > 0]
    first = later[0] / 10 if len(later) else 1.0  # a time of zero stands before the first
    x = np.where(times > 0, times, first)
    mean, spread = 100 * result.accuracy_mean, 100 * result.accuracy_std
    for draw in result.accuracy:
        ax.plot(x, 100 * draw, color=BLUE, alpha=0.25, linewidth=0.7, label="_draw")
    ax.plot(x, mean, "o-", color=BLUE, markersize=4, label=f"on the chip, {len(result.accuracy)} x")
    ax.fill_between(x, mean - spread, mean + spread, color=BLUE, alpha=0.15, label="_spread")
    ax.axhline(
        100 * result.digital_accuracy,
        color=GREY,
        linestyle="--",
        label=f"in software: {100 * result.digital_accuracy:.2f} %",
    )
    ax.set_xscale("log")
    shown = slice(None, None, -(-len(x) // _MOST_TICKS))
    ax.set_xticks(x[shown], [time_label(time) for time in times[shown]])
    ax.minorticks_off()
    ax.set(xlabel="time after programming", ylabel="accuracy (%)")
    legend_above(ax, ncols=2)
    return ax


def draw_losses(result: InferenceResult, ax: Axes | None = None) -> Axes:
    """Draw the accuracy gained without each fault of the chip; return the Axes."""
    ax = new_axes(ax)
    order = sorted(result.gains, key=lambda name: float(result.gains[name].mean()))
    means = [100 * float(result.gains[name].mean()) for name in order]
    spreads = [
        100 * float(result.gains[name].std(ddof=min(1, len(result.gains[name]) - 1)))
        for name in order
    ]
    ax.barh(order, means, color=BLUE, height=0.6, label="mean")
    ax.errorbar(means, order, xerr=spreads, fmt="|", color=INK, linewidth=1.0, label="spread")
    ax.axvline(0.0, color=GREY, linewidth=0.8)
    ax.set_xlabel("accuracy gained without it, at the last time (points)")
    return ax


def draw_histogram(
    histogram: Histogram, xlabel: str, ax: Axes | None = None, *, within: bool = False
) -> Axes:
    """Draw distributions that share their bins; return the Axes.

    Parameters
    ----------
    histogram : Histogram
    xlabel : str
    ax : matplotlib.axes.Axes, optional
    within : bool
        Mark the ends of the range, -1 and 1.
    """
    ax = new_axes(ax)
    for k, (name, counts) in enumerate(histogram.counts.items()):
        density = counts / max(int(counts.sum()), 1) / np.diff(histogram.edges)
        colour = CYCLE[k % len(CYCLE)]
        ax.stairs(density, histogram.edges, color=colour, label=name, linewidth=1.2)
    if within:
        ax.axvspan(-1.0, 1.0, color=GREY, alpha=0.1, linewidth=0)
    ax.set(xlabel=xlabel, ylabel="probability density", yscale="log")
    legend_above(ax, ncols=3)
    return ax


def accuracy(result: InferenceResult) -> Figure:
    """Return the picture of accuracy in time."""
    figure, ax = new_figure(5.4, 3.6)
    draw_accuracy(result, ax)
    return figure


def losses(result: InferenceResult) -> Figure:
    """Return the picture of what accuracy is lost to."""
    figure, ax = new_figure(5.4, 0.35 * len(result.gains) + 1.2)
    draw_losses(result, ax)
    return figure


def weights(histogram: Histogram) -> Figure:
    """Return the picture of the weights in software and on the chip."""
    figure, ax = new_figure(5.4, 3.6)
    draw_histogram(histogram, "weight over the largest of its layer", ax)
    return figure


def converters(histogram: Histogram) -> Figure:
    """Return the picture of what the converters are given."""
    figure, ax = new_figure(5.4, 3.6)
    draw_histogram(histogram, "current over the range of its converter", ax, within=True)
    return figure
