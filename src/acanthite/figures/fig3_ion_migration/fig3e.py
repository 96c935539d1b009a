"""Fig. 3e: fifty DC cycles of a 200 nm device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.claims import published
from acanthite.drawing import GREEN, legend_above, new_figure, published_line
from acanthite.estimate import Estimate
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.panels import draw_loops
from acanthite.formatting import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "DC cycles, {stack.thick_film_thickness:nm}"
CAPTION = (
    "Fifty DC cycles of one {stack.thick_film_thickness:nm}, {process.anneal_temperature:degC} "
    "device. The numbers are over 30 devices."
)
ALT = (
    "Butterfly loops on a logarithmic scale as in Fig. 2c, narrower: the first loop dark, the "
    "other cycles pale around it; a dashed line at the published threshold."
)
WEIGHT = 8.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Sweep 30 thick devices 50 times each."""
    switching = experiments.thick_switching(settings)
    per_device = np.nanmean(np.abs(switching.set_voltage), axis=1)
    notes = (
        f"{percent(float(switching.set_share))} of the loops set.",
        experiments.heat_note(
            settings, experiments.thick_devices(settings), experiments.thick_loops(settings)
        ),
    )
    return Outcome(
        {
            "fig3e.set-mean": analysis.mean(per_device, "V"),
            "fig3e.cycles": Estimate(float(switching.set_voltage.shape[1])),
        },
        {"loops": experiments.thick_loops(settings)},
        notes,
    )


def draw(outcome: Outcome) -> Figure:
    """Draw the loops of the first device."""
    figure, ax = new_figure()
    draw_loops(ax, outcome.recordings["loops"], color=GREEN)
    published_line(ax, -published("fig3e.set-mean"), "x", "published threshold")
    legend_above(ax)
    return figure
