"""Pictures of arrays: read margins, disturb, written maps, settling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.drawing import (
    BLUE,
    CYCLE,
    GREY,
    LIGHT,
    SEQUENTIAL,
    SIGNED,
    band,
    colour_bar,
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

    from acanthite.crossbar.arrays.disturb import Disturb
    from acanthite.crossbar.arrays.margin import ReadMargin
    from acanthite.crossbar.arrays.programming.write_verify import Programmed
    from acanthite.crossbar.arrays.transient import Transient


def plot_read_margin(margins: Mapping[str, ReadMargin]) -> Figure:
    """Draw the margin of each bias scheme against the lines of a square array, and its currents."""
    figure, (left, right) = new_figure(7.6, 3.2, 2)
    for (name, margin), colour in zip(margins.items(), CYCLE, strict=False):
        draw_margin(margin, left, colour, name)
        right.plot(margin.sizes, margin.on.min(1), "-", color=colour)
        right.plot(margin.sizes, margin.off.max(1), "--", color=colour)
    _lines_across(right)
    legend_above(left, ncols=4)
    right.set_yscale("log")
    prefix_axis(right, "y", "A")
    right.set_ylabel("sensed current")
    right.set_title("LRS at least (line), HRS at most (dashed)")
    return figure


def draw_margin(
    margin: ReadMargin, ax: Axes | None = None, colour: str = BLUE, label: str = ""
) -> Axes:
    """Draw the margin against the lines of a square array; return the Axes."""
    ax = new_axes(ax)
    height = np.maximum(margin.margin, -1.2)
    ax.plot(margin.sizes, height, "o-", markersize=3.5, color=colour, label=label)
    ax.axhline(0, color=LIGHT, linewidth=0.8, zorder=0)
    ax.set(ylim=(-1.05, 1.05), ylabel="read margin")
    _lines_across(ax)
    return ax


def _lines_across(ax: Axes) -> None:
    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_formatter("{x:.0f}")
    ax.set_xlabel("lines of the array")


def plot_disturb(results: Mapping[str, Disturb], title: str = "") -> Figure:
    """Draw conductances against pulses while any device gets them, the middle 90 % shaded."""
    figure, ax = new_figure(4.8, 3.4, 1)
    for (name, one), colour in zip(results.items(), CYCLE, strict=False):
        volts = f"{one.voltage:+.2g} V".replace("-", "−")
        draw_disturb(one, ax, colour, f"{name}: {volts}")
    legend_above(ax, ncols=3)
    name_panel(ax, title)
    return figure


def draw_disturb(one: Disturb, ax: Axes | None = None, colour: str = BLUE, label: str = "") -> Axes:
    """Draw the median conductance against pulses, the middle 90 % shaded; return the Axes."""
    ax = new_axes(ax)
    n = int(one.pulsed.any(1).sum())
    pulses = one.pulses[:n]
    low, middle, high = np.percentile(one.conductance[1 : n + 1], [5, 50, 95], axis=1)
    band(ax, pulses, low, high, colour)
    ax.plot(pulses, middle, "o-", markersize=3, color=colour, label=label)
    ax.set(xscale="log", yscale="log", xlabel="pulses", ylabel="conductance")
    prefix_axis(ax, "y", "S")
    return ax


def plot_programmed(programmed: Programmed, tolerance: float) -> Figure:
    """Draw the map as written, its error, the histogram of the error, and where the energy went."""
    figure, (left, middle, right, last) = new_figure(12.4, 3.1, 4, width_ratios=(1, 1, 1.1, 0.8))
    error = programmed.error
    draw_written(programmed, left)
    limit = max(3 * tolerance, float(np.quantile(np.abs(error), 0.99)))
    _map(middle, error, SIGNED, "written less target", -limit, limit)
    edges = np.linspace(-limit, limit, 61).tolist()
    right.hist(np.clip(error, -limit, limit).ravel(), edges, color=BLUE)
    for edge in (-tolerance, tolerance):
        right.axvline(edge, color=GREY, linestyle="--", linewidth=1)
    within = percent(programmed.within(tolerance), 4)
    right.set(xlabel="error", ylabel="cells", title=f"{within} within the tolerance")
    prefix_axis(right, "x", "S")
    c = programmed.cost
    parts = {
        "written\ncells": c.selected,
        "other\ncells": c.half_selected,
        "wires": c.wires,
        "reads": c.reading,
    }
    last.bar(list(parts), list(parts.values()), color=BLUE)
    last.set(yscale="log", ylabel="energy")
    prefix_axis(last, "y", "J")
    return figure


def draw_written(programmed: Programmed, ax: Axes | None = None) -> Axes:
    """Draw the map as written, on the scale of its target; return the Axes."""
    ax = new_axes(ax)
    target = programmed.target
    _map(ax, programmed.final, SEQUENTIAL, "written", float(target.min()), float(target.max()))
    return ax


def draw_transient(read: Transient, ax: Axes | None = None) -> Axes:
    """Draw the current out of each bit line against time; return the Axes."""
    ax = new_axes(ax)
    ax.plot(read.time, read.output_current, linewidth=1)
    ax.set(xlabel="time", ylabel="current out of each bit line")
    prefix_axis(ax, "x", "s")
    prefix_axis(ax, "y", "A")
    return ax


def plot_settling(
    reads: Mapping[tuple[int, int], Transient], ideal: Mapping[tuple[int, int], float]
) -> Figure:
    """Draw the worst relative error of a current against time, for arrays of several shapes."""
    figure, ax = new_figure(4.8, 3.4, 1)
    for (shape, one), colour in zip(reads.items(), CYCLE, strict=False):
        off = np.abs(one.output_current[1:] / ideal[shape] - 1).max(1)
        ax.plot(one.time[1:], off, color=colour, label=f"{shape[0]} × {shape[1]}")
    ax.set(xscale="log", yscale="log", xlabel="time", ylabel="largest error of a current")
    ax.set_xlim(left=1e-4 * max(float(one.time[-1]) for one in reads.values()))
    ax.set_ylim(1e-3, 30)
    prefix_axis(ax, "x", "s")
    legend_above(ax, ncols=3)
    return figure


def _map(ax: Axes, values: Any, cmap: str, title: str, low: float, high: float) -> None:
    shown = ax.imshow(values, cmap=cmap, vmin=low, vmax=high)
    colour_bar(ax, shown, unit="S")
    ax.set(title=title, xlabel="bit line", ylabel="word line")
