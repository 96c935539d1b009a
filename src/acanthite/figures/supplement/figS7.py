"""Fig. S7: statistics of the set and reset voltages over cycles, 50 nm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.drawing import BLUE, RED, new_figure
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.data import thresholds
from acanthite.figures.panels import draw_gauss
from acanthite.formatting import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Set and reset statistics, {stack.film_thickness:nm}"
CAPTION = (
    "Set and reset voltages of one {stack.film_thickness:nm} device over 50 cycles, with normal "
    "distributions fitted to them."
)
ALT = (
    "Two histograms with bell curves over them: set voltages on the left, reset voltages on the "
    "right."
)
WEIGHT = 1.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Take the spread of each device over its cycles."""
    switching = experiments.thin_switching(settings)
    estimates = {
        "figS7.set-cv": switching.per_device("set_voltage"),
        "figS7.reset-cv": switching.per_device("reset_voltage"),
    }
    notes = ("C_v is that of each device over its cycles, then the mean over devices.",)
    return Outcome(
        estimates,
        {"thresholds": thresholds(switching, experiments.thin_loops(settings).attrs)},
        notes,
    )


def draw(outcome: Outcome) -> Figure:
    """Draw both histograms of the first device."""
    data = outcome.recordings["thresholds"].isel(device=0)
    figure, axes = new_figure(8.4, 3.2, ncols=2)
    for ax, name, colour, label in zip(
        axes, ("set_voltage", "reset_voltage"), (BLUE, RED), ("set", "reset"), strict=True
    ):
        v = np.abs(data[name].values)
        draw_gauss(ax, v, color=colour)
        ax.set_xlabel(f"|V$_{{{label}}}$| (V)")
        ax.set_title(f"C$_v$ = {percent(float(analysis.coefficient_of_variation(v).value))}")
        ax.legend()
    return figure
