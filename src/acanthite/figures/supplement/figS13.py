"""Fig. S13: threshold over thirty 200 nm devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.claims import published
from acanthite.drawing import GREEN, legend_above, new_figure, published_line
from acanthite.estimate import Estimate
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.data import thresholds
from acanthite.figures.panels import draw_gauss

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Threshold over devices, {stack.thick_film_thickness:nm}"
CAPTION = (
    "Threshold magnitude of the first SET of each of thirty {stack.thick_film_thickness:nm}, "
    "{process.anneal_temperature:degC} devices, and a normal distribution fitted to it."
)
ALT = "A histogram with a bell curve over it, and a dashed line at the published threshold."
WEIGHT = 1.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Count the devices that switch and take their first SET."""
    switching = experiments.thick_switching(settings)
    works = np.isfinite(switching.set_voltage[:, 0])
    data = thresholds(switching, experiments.thick_loops(settings).attrs)
    return Outcome(
        {"figS13.devices": Estimate(float(works.mean()), n=works.size)}, {"thresholds": data}
    )


def draw(outcome: Outcome) -> Figure:
    """Draw histogram and fit."""
    figure, ax = new_figure()
    draw_gauss(
        ax,
        np.abs(outcome.recordings["thresholds"]["set_voltage"].isel(cycle=0).values),
        color=GREEN,
    )
    published_line(ax, published("fig3e.set-mean"), "x")
    ax.set_xlabel("|V$_{th}$| (V)")
    legend_above(ax, ncols=3)
    return figure
