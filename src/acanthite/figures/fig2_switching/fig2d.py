"""Fig. 2d: distribution of the threshold voltage over 30 devices, with its Gauss fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.claims import published
from acanthite.drawing import legend_above, new_figure, published_line
from acanthite.estimate import Estimate
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.data import thresholds
from acanthite.figures.panels import draw_gauss

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Threshold over devices, {stack.film_thickness:nm}"
CAPTION = (
    "Threshold magnitude of the first SET of each of 30 devices, and a normal distribution fitted "
    "to it."
)
ALT = "A histogram with a bell curve over it, and a dashed line at the published mean."
WEIGHT = 1.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Take each device's first SET."""
    data = thresholds(experiments.thin_switching(settings), experiments.thin_loops(settings).attrs)
    estimates = {
        "fig2d.set-mean": analysis.fit_gauss(_first(data), "V").center,
        "fig2d.devices": Estimate(float(data.sizes["device"])),
    }
    return Outcome(estimates, {"thresholds": data})


def _first(data) -> np.ndarray:
    return np.abs(data["set_voltage"].isel(cycle=0).values)


def draw(outcome: Outcome) -> Figure:
    """Draw histogram and fit."""
    figure, ax = new_figure()
    draw_gauss(ax, _first(outcome.recordings["thresholds"]))
    published_line(ax, published("fig2d.set-mean"), "x", "published mean")
    ax.set_xlabel("|V$_{th}$| (V)")
    legend_above(ax, ncols=3)
    return figure
