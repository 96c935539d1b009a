"""Fig. 2f: retention of several levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.drawing import CYCLE, legend_above, new_figure, prefix_axis
from acanthite.estimate import Estimate
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.words import say
from acanthite.formatting import as_text, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Retention"
CAPTION = (
    "Conductance of levels set with different compliance currents, read at {pulse.read_voltage:mV} "
    "over 1e4 s."
)
ALT = (
    "One nearly level line of points for each compliance current, apart from one another over all "
    "the time."
)
WEIGHT = 2.0
_LOSS = 0.1
_APART = 1.2  # conductances of neighbouring levels


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Set levels and read them for 1e4 s."""
    recording = experiments.retention(settings)
    left = analysis.retained(recording).values
    holds = np.abs(left - 1) <= _LOSS
    last = analysis.conductance(recording).isel(cycle=0, sample=-1)
    last = last.transpose("level", "device").values
    apart = (last[1:] >= _APART * last[:-1]).all(axis=0)
    notes = (
        f"{apart.sum()} of {apart.size} devices end with their levels in order and apart by a "
        "fifth or more; the contacts of the others are too small for the highest level.",
        (
            f"At least {percent(float(left.min()))} of every conductance is left after "
            f"{float(recording['time'].max()):.0f} s."
        ),
        (
            "Levels are set by compliance currents of 10, 30 and 100 µA; the paper does not state "
            "its own."
        ),
    )
    return Outcome(
        {
            "fig2f.retention": Estimate(float(holds.mean()), n=holds.size),
            "fig2f.levels": Estimate(float(apart.mean()), n=apart.size),
            "fig2f.read-voltage": Estimate(settings.parameters.value("pulse.read_voltage"), "V"),
        },
        {"reads": recording},
        notes,
        words={"read": say(settings.parameters, "pulse.read_voltage", "mV")},
    )


def draw(outcome: Outcome) -> Figure:
    """Draw the levels of the first device."""
    recording = outcome.recordings["reads"]
    g = analysis.conductance(recording).isel(device=0, cycle=0)
    figure, ax = new_figure()
    for k, level in enumerate(recording["level"].values):
        ax.loglog(
            recording["time"].isel(cycle=0),
            g.isel(level=k),
            "o-",
            markersize=2.5,
            color=CYCLE[k],
            label="set at " + as_text(float(level), "A"),
        )
    ax.set(xlabel="time", ylabel=f"conductance at {outcome.words['read']}")
    ax.set_ylim(float(g.min()) / 3, float(g.max()) * 3)
    prefix_axis(ax, "x", "s")
    prefix_axis(ax, "y", "S")
    legend_above(ax, ncols=3)
    return figure
