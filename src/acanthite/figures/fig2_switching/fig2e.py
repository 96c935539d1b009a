"""Fig. 2e: LRS conductance over devices, with and without a current compliance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.claims import published
from acanthite.constants import uA
from acanthite.drawing import BLUE, RED, legend_above, new_figure, prefix_axis, published_line
from acanthite.estimate import Estimate
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.data import series
from acanthite.figures.panels import draw_cumulative
from acanthite.formatting import as_text, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "LRS conductance"
CAPTION = (
    "Cumulative probability of the LRS conductance of 30 devices after one SET, without compliance "
    "and with 10 µA."
)
ALT = (
    "Two cumulative distributions: with a compliance a steep column of points at low conductance, "
    "without one a wide slope; a dashed line at the published 1 mS."
)
WEIGHT = 1.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Set 30 fresh devices once without and once with compliance."""
    free = analysis.switching(experiments.compliance_loops(settings, None)).lrs_conductance[:, 0]
    limited = analysis.switching(experiments.compliance_loops(settings, 10 * uA)).lrs_conductance[
        :, 0
    ]
    estimates = {
        "fig2e.compliance": Estimate(10 * uA, "A"),
        "fig2e.lrs": Estimate(float(free.max()), "S", float(free.std(ddof=1)), free.size),
        "fig2e.lrs-cv": analysis.coefficient_of_variation(free),
        "fig2e.lrs-cv-compliance": analysis.coefficient_of_variation(limited),
    }
    limit = settings.parameters.value("instrument.current_limit")
    data = series(
        np.array([limit, 10 * uA]),
        [free, limited],
        "lrs_conductance",
        "S",
        "compliance_current",
        "A",
    )
    return Outcome(estimates, {"lrs": data})


def draw(outcome: Outcome) -> Figure:
    """Draw the two distributions."""
    figure, ax = new_figure()
    free, limited = outcome.recordings["lrs"]["lrs_conductance"].values
    for values, colour, label in (
        (limited, RED, f"I$_{{cc}}$ = {as_text(10 * uA, 'A')}"),
        (free, BLUE, "no compliance"),
    ):
        cv = analysis.coefficient_of_variation(values).value
        draw_cumulative(ax, values, colour, f"{label}, C$_v$ = {percent(cv)}")
    published_line(ax, published("fig2e.lrs"), "x", "published: up to mS")
    ax.set_xscale("log")
    ax.set_xlim(3e-5, 1e-2)
    ax.set_xlabel("LRS conductance")
    prefix_axis(ax, "x", "S")
    legend_above(ax)
    return figure
