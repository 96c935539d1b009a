"""Pictures of arrays: read margins, disturb, written maps, settling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from acanthite.crossbar.arrays.disturb import Disturb
    from acanthite.crossbar.arrays.margin import ReadMargin
    from acanthite.crossbar.arrays.programming.write_verify import Programmed
    from acanthite.crossbar.arrays.transient import Transient

_CYCLE = ("#2f6db3", "#c4453c", "#3b8f5a", "#d98a2b", "#7a5aa6")


def plot_read_margin(margins: Mapping[str, ReadMargin]) -> Figure:
    """Draw the margin of each bias scheme against the lines of a square array, and its currents."""
    figure, (left, right) = _figure(7.6, 3.2, 2)
    for (name, margin), colour in zip(margins.items(), _CYCLE, strict=False):
        left.plot(
            margin.sizes,
            np.maximum(margin.margin, -1.2),
            "o-",
            markersize=3.5,
            color=colour,
            label=name,
        )
        right.plot(margin.sizes, margin.on.min(1), "-", color=colour)
        right.plot(margin.sizes, margin.off.max(1), "--", color=colour)
    for ax in (left, right):
        ax.set_xscale("log", base=2)
        ax.xaxis.set_major_formatter("{x:.0f}")
        ax.set_xlabel("lines of the array")
    left.axhline(0, color="#b9bec7", linewidth=0.8, zorder=0)
    left.set_ylim(-1.05, 1.05)
    left.set_ylabel("read margin")
    left.legend()
    right.set_yscale("log")
    _prefix(right, "y", "A")
    right.set_ylabel("sensed current")
    right.set_title("LRS at least (line), HRS at most (dashed)")
    return figure


def plot_disturb(results: Mapping[str, Disturb], title: str = "") -> Figure:
    """Draw conductances against pulses while any device gets them, the middle 90 % shaded."""
    figure, ax = _figure(4.8, 3.4, 1)
    for (name, one), colour in zip(results.items(), _CYCLE, strict=False):
        n = int(one.pulsed.any(1).sum())
        pulses, conductance = one.pulses[:n], one.conductance[1 : n + 1]
        low, middle, high = np.percentile(conductance, [5, 50, 95], axis=1)
        ax.fill_between(pulses, low, high, color=colour, alpha=0.18, linewidth=0)
        ax.plot(
            pulses, middle, "o-", markersize=3, color=colour, label=f"{name}: {one.voltage:+.2g} V"
        )
    ax.set(xscale="log", yscale="log", xlabel="pulses", ylabel="conductance", title=title)
    _prefix(ax, "y", "S")
    ax.legend()
    return figure


def plot_programmed(programmed: Programmed, tolerance: float) -> Figure:
    """Draw the map as written, its error, the histogram of the error, and where the energy went."""
    figure, (left, middle, right, last) = _figure(12.4, 3.1, 4, width_ratios=(1, 1, 1.1, 0.8))
    _map(
        left,
        programmed.final,
        "viridis",
        "written",
        float(programmed.target.min()),
        float(programmed.target.max()),
    )
    limit = max(3 * tolerance, float(np.quantile(np.abs(programmed.error), 0.99)))
    _map(middle, programmed.error, "RdBu_r", "written less target", -limit, limit)
    right.hist(
        np.clip(programmed.error, -limit, limit).ravel(),
        np.linspace(-limit, limit, 61).tolist(),
        color=_CYCLE[0],
    )
    for edge in (-tolerance, tolerance):
        right.axvline(edge, color="#8a8f98", linestyle="--", linewidth=1)
    right.set(
        xlabel="error",
        ylabel="cells",
        title=f"{programmed.within(tolerance):.2%} within the tolerance",
    )
    _prefix(right, "x", "S")
    right.locator_params(axis="x", nbins=5)
    c = programmed.cost
    parts = {
        "written\ncells": c.selected,
        "other\ncells": c.half_selected,
        "wires": c.wires,
        "reads": c.reading,
    }
    last.bar(list(parts), list(parts.values()), color=_CYCLE[0])
    last.set(yscale="log", ylabel="energy")
    _prefix(last, "y", "J")
    return figure


def plot_settling(
    reads: Mapping[tuple[int, int], Transient], ideal: Mapping[tuple[int, int], float]
) -> Figure:
    """Draw the worst relative error of a current against time, for arrays of several shapes."""
    figure, ax = _figure(4.8, 3.4, 1)
    for (shape, one), colour in zip(reads.items(), _CYCLE, strict=False):
        off = np.abs(one.output_current[1:] / ideal[shape] - 1).max(1)
        ax.plot(one.time[1:], off, color=colour, label=f"{shape[0]} x {shape[1]}")
    ax.set(xscale="log", yscale="log", xlabel="time", ylabel="largest error of a current")
    ax.set_xlim(left=1e-4 * max(float(one.time[-1]) for one in reads.values()))
    ax.set_ylim(1e-3, 30)
    _prefix(ax, "x", "s")
    ax.legend()
    return figure


def _map(ax: Axes, values: Any, cmap: str, title: str, low: float, high: float) -> None:
    from matplotlib.ticker import EngFormatter

    shown = ax.imshow(values, cmap=cmap, vmin=low, vmax=high)
    ax.figure.colorbar(shown, ax=ax, shrink=0.85, format=EngFormatter("S"))
    ax.set(title=title, xlabel="bit line", ylabel="word line")


def _figure(width: float, height: float, ncols: int, **ratios: Any) -> tuple[Figure, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(1, ncols, **ratios)


def _prefix(ax: Axes, axis: str, unit: str) -> None:
    from matplotlib.ticker import EngFormatter, NullFormatter

    getattr(ax, f"{axis}axis").set_major_formatter(EngFormatter(unit, sep="\u2009"))
    getattr(ax, f"{axis}axis").set_minor_formatter(NullFormatter())
