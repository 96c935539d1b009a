"""Fig. 2c: fifty DC cycles of a 50 nm device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.claims import published
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.panels import draw_loops
from acanthite.figures.style import PUBLISHED, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "DC cycles, {stack.film_thickness:nm}"
CAPTION = (
    "Fifty DC cycles of one {stack.film_thickness:nm} device: SET at negative voltage on the Ag electrode, RESET at positive. "
    "The numbers are over 30 devices."
)
WEIGHT = 8.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Sweep 30 devices 50 times each and find their thresholds."""
    found = experiments.thin_switching(settings)
    rate = settings.parameters.value("instrument.sweep_rate")
    largest = np.nanmax(np.abs(found.set_voltage), axis=1)
    estimates = {
        "fig2c.set-max": analysis.mean(largest, "V"),
        "fig2c.range": found.dynamic_range,
    }
    notes = (
        f"{found.set_share:.1%} of the loops set.",
        "The largest set voltage is that of each device over its cycles, then the mean over devices.",
        f"The sweep rate ({rate:g} V/s) and its limits are assumed: the paper does not state them.",
        experiments.heat_note(
            settings, experiments.thin_devices(settings), experiments.thin_loops(settings)
        ),
    )
    return Outcome(estimates, {"loops": experiments.thin_loops(settings)}, notes)


def draw(outcome: Outcome) -> Figure:
    """Draw the loops of the first device."""
    figure, ax = new_figure()
    draw_loops(ax, outcome.recordings["loops"])
    ax.axvspan(-published("fig2c.set-max"), 0, color=PUBLISHED, alpha=0.08, linewidth=0)
    ax.text(
        -0.29, 1.5e-12, "published:\nall sets in here", color=PUBLISHED, fontsize=8, va="bottom"
    )
    return figure
