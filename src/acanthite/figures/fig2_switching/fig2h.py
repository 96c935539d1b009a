"""Fig. 2h: SET from the Au side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.claims import published
from acanthite.drawing import ORANGE, legend_above, new_figure, published_line
from acanthite.estimate import Estimate
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.panels import draw_loops
from acanthite.formatting import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "SET from the Au side"
CAPTION = (
    "0 → −1 → 0 V on the Au electrode (here shown as the voltage on the Au electrode) of a fresh "
    "{stack.film_thickness:nm} device."
)
ALT = (
    "One loop on a logarithmic scale: the current rises with the voltage, jumps up near the dashed "
    "published voltage, and stays high on the way back."
)
WEIGHT = 1.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Sweep 30 fresh devices from the Au side."""
    recording = experiments.gold_side_loops(settings)
    switching = analysis.switching(recording)
    notes = (f"{percent(float(switching.set_share))} of the devices set within 1 V.",)
    return Outcome(
        {
            "fig2h.gold-set": analysis.mean(np.abs(switching.set_voltage), "V"),
            "fig2h.stop": Estimate(float(np.abs(recording["applied"]).max()), "V"),
        },
        {"loops": recording},
        notes,
    )


def draw(outcome: Outcome) -> Figure:
    """Draw the device nearest to the mean."""
    recording = outcome.recordings["loops"]
    v = np.abs(analysis.switching(recording).set_voltage[:, 0])
    figure, ax = new_figure()
    device = int(np.nanargmin(np.abs(v - np.nanmean(v))))
    draw_loops(
        ax,
        recording.assign(applied=-recording["applied"]),
        device,
        ORANGE,
        "device nearest to the mean",
    )
    published_line(ax, -published("fig2h.gold-set"), "x")
    ax.set_xlabel("voltage on the Au electrode (V)")
    legend_above(ax)
    return figure
