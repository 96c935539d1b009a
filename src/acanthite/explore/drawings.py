"""The map as a picture: accuracy against each property, the device's own value marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.drawing import CYCLE, GREY, INK, LIGHT, band, new_axes, new_figure, plain_log_axis
from acanthite.explore.properties import PROPERTIES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from acanthite.explore.findings import Findings, PropertyCurve

_COLUMNS = 4


def draw_map(findings: Findings) -> Figure:
    """Draw one panel a property, all on one scale of accuracy; return the Figure.

    Lines are means over seeds, the device as it is among them, bands their range. The dashed line
    is the device as it is.
    """
    names = list(findings.own)
    rows = -(-(len(names) + 1) // _COLUMNS)
    columns = min(_COLUMNS, len(names) + 1)
    figure, axes = new_figure(2.6 * columns, 2.35 * rows, columns, rows, sharey=True, squeeze=False)
    axes = axes.ravel()
    for ax, name in zip(axes, names, strict=False):
        draw_property(findings, name, ax)
    for ax in axes[::_COLUMNS]:
        ax.set_ylabel("test accuracy (%)", fontsize=8)
    for ax in axes[len(names) :]:
        ax.set_axis_off()
    entries = dict(zip(*reversed(axes[0].get_legend_handles_labels()), strict=True))
    axes[len(names)].legend(entries.values(), entries.keys(), loc="center left")
    return figure


def draw_property(findings: Findings, name: str, ax: Axes | None = None) -> Axes:
    """Draw the accuracy against one property; return the Axes."""
    ax = new_axes(ax)
    own = findings.own[name]
    for colour, (algorithm, base) in zip(CYCLE, findings.baseline.items(), strict=False):
        curve = next(c for c in findings.curves if (c.property, c.algorithm) == (name, algorithm))
        values, accuracy = _with_own(curve, own, base)
        percent = 100 * accuracy
        ax.plot(values, percent.mean(1), "o-", color=colour, markersize=3, lw=1.3, label=algorithm)
        band(ax, values, percent.min(1), percent.max(1), colour, f"_range of {algorithm}")
        ax.axhline(100 * base.accuracy.mean(), color=colour, lw=0.8, ls=(0, (4, 3)))
        ax.plot(
            [own],
            [100 * base.accuracy.mean()],
            "D",
            color=colour,
            mec=INK,
            mew=0.7,
            ms=5,
            zorder=5,
        )
    ax.plot([], [], color=GREY, lw=0.8, ls=(0, (4, 3)), label="device as it is")
    ax.axvline(own, color=LIGHT, lw=4, zorder=0, label="the device's own value")
    known = PROPERTIES[name]
    if known.log:
        ax.set_xscale("log")
        plain_log_axis(ax, "x")
    if known.perfect > known.worst:
        ax.invert_xaxis()
    ax.set_xlabel(known.label, fontsize=8)
    ax.tick_params(labelsize=7)
    return ax


def _with_own(
    curve: PropertyCurve, own: float, base: PropertyCurve
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return values and accuracies of a curve with the device as it is in its place among them."""
    values = np.append(curve.values, own)
    order = np.argsort(values)
    return values[order], np.concatenate([curve.accuracy, base.accuracy.reshape(1, -1)])[order]
