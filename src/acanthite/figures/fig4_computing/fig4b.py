"""Fig. 4b: from a pixel to a read voltage, and the kernel it meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.crossbar import VERTICAL, encode
from acanthite.crossbar.compute.convolution import LEVELS
from acanthite.estimate import Estimate
from acanthite.figures.base import Outcome, Progress, Settings, silent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "From pixel to voltage to column current"
CAPTION = (
    "Grey level to read voltage of the two memristors of a pair, and how the vertical edge kernel "
    "is held by 18 memristors on one column."
)
ALT = (
    "Left, two straight lines from zero, one up and one down, of voltage against grey level; "
    "right, nine kernel values beside nine pairs of squares, filled for a low resistance, on one "
    "shared column."
)
WEIGHT = 0.1
REPEATS = 0  # its claims depend on no seed


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Lay out the transfer and the kernel."""
    import xarray as xr

    per_level, encoding = settings.parameters.value("mac.volt_per_level"), encode(VERTICAL)
    level = np.arange(LEVELS)
    volts = np.stack([per_level * level, -per_level * level])
    data = xr.Dataset(
        {
            "voltage": (("member", "level"), volts, {"units": "V", "long_name": "read voltage"}),
            "kernel": (("row", "column"), encoding.kernel),
            "lrs": (("row", "column", "member"), encoding.lrs.astype(np.int8)),
        },
        {"level": ("level", level, {"units": "1", "long_name": "grey level"})},
    )
    progress(1.0)
    step = float((volts[0, -1] - volts[0, 0]) / (level[-1] - level[0]))
    estimates = {
        "fig4b.volt-per-level": Estimate(step, "V"),
        "fig4b.levels": Estimate(float(level.size)),
        "fig4b.full-scale": Estimate(float(volts[0, -1]), "V"),
    }
    return Outcome(estimates, {"transfer": data})


def draw(outcome: Outcome) -> Figure:
    """Draw the transfer beside the column of memristors."""
    from acanthite import drawing

    data = outcome.recordings["transfer"]
    figure, (ax, scheme) = drawing.new_figure(8.0, 3.4, ncols=2, width_ratios=(1, 1.35))
    for member, colour, name in (
        (0, drawing.RED, "first of a pair"),
        (1, drawing.BLUE, "second of a pair"),
    ):
        ax.plot(data.level, data.voltage[member], color=colour, label=name)
    drawing.prefix_axis(ax, "y", "V")
    ax.set_xlabel("grey level")
    ax.set_ylabel("read voltage")
    ax.set_xticks([0, 64, 128, 192, 255])
    ax.legend()
    _scheme(scheme, data.kernel.values, data.lrs.values.astype(bool))
    return figure


def _scheme(ax: Axes, kernel: np.ndarray, lrs: np.ndarray) -> None:
    """Draw kernel values, their pairs and the shared column."""
    from acanthite import drawing

    colours = {1: drawing.RED, 0: drawing.GREEN, -1: drawing.BLUE}
    for (i, j), value in np.ndenumerate(kernel):
        place = 3 * i + j
        ax.text(
            -1.5,
            -place,
            f"{value:+d}".replace("-", "−") if value else "0",
            ha="center",
            va="center",
            color=colours[value],
        )
        for member in (0, 1):
            x = 0.35 + 1.5 * member
            low = lrs[i, j, member]
            face = drawing.INK if low else "white"
            ax.plot(
                [x - 0.45, x + 0.45], [-place, -place], color=drawing.GREY, linewidth=0.8, zorder=1
            )
            ax.plot(
                x,
                -place,
                "s",
                markersize=9,
                markerfacecolor=face,
                markeredgecolor=drawing.INK,
                zorder=2,
            )
            sign = "−" if member else "+"
            ax.text(
                x - 0.5, -place, f"{sign}v$_{place + 1}$", ha="right", va="center", fontsize=7.5
            )
            ax.plot(x + 0.45, -place, ".", color=drawing.GREY, markersize=4, zorder=2)
    for x in (0.8, 2.3):
        ax.plot([x, x], [0.4, -8.9], color=drawing.INK, linewidth=1.4, zorder=0)
    ax.plot([0.8, 2.3], [-8.9, -8.9], color=drawing.INK, linewidth=1.4)
    ax.annotate(
        "$I$ = Σ v (G$_1$ − G$_2$)",
        (1.55, -8.9),
        (1.55, -9.9),
        ha="center",
        va="center",
        arrowprops={"arrowstyle": "<-", "color": drawing.INK},
    )
    ax.text(-1.5, 1.0, "kernel", ha="center", fontsize=8)
    ax.text(1.1, 1.0, "pairs: ■ LRS  □ HRS", ha="center", fontsize=8)
    ax.set_xlim(-2.3, 3.2)
    ax.set_ylim(-10.4, 1.6)
    ax.set_axis_off()
