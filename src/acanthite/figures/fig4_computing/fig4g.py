"""Fig. 4g: ladders of 30 potentiation and 30 depression pulses, 1200 pulses in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.drawing import BLUE, GREY, RED, legend_above, new_figure, prefix_axis
from acanthite.estimate import Estimate
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.words import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Potentiation and depression"
CAPTION = (
    "Conductance at {pulse.read_voltage:mV} after each of 30 potentiation "
    "(−{pulse.write_voltage:V}, {pulse.write_width:us}) and 30 depression "
    "(+{pulse.write_voltage:V}, {pulse.write_width:us}) pulses, of devices bent to "
    "{bending.radius:mm}. Left: all 1200 pulses of one device. Right: its ladders on top of one "
    "another, and their mean."
)
ALT = (
    "Left, points that climb and fall again in twenty ladders, one after the other; right, the "
    "ladders on top of one another in grey with their mean."
)
WEIGHT = 6.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Run the ladders and compare their maxima."""
    recording = experiments.ladders(settings)
    largest = analysis.conductance(recording).max("pulse").values
    cvs = [analysis.coefficient_of_variation(g).value for g in largest]
    pulses = recording.sizes["cycle"] * recording.sizes["pulse"]
    estimates = {
        "fig4g.max-cv": analysis.mean(cvs),
        "fig4g.pulses": Estimate(float(pulses)),
        "fig4g.voltage": Estimate(float(np.abs(recording["pulse_voltage"]).max()), "V"),
        "fig4g.width": Estimate(settings.parameters.value("pulse.write_width"), "s"),
    }
    notes = (
        "C_v is that of each device over its ladders, then the mean over devices.",
        "The devices are bent; strain lowers the barrier of the hops, so a potentiation pulse goes "
        "further than on a flat foil. The network is trained on the pulse law of these devices.",
    )
    words = {"read": say(settings.parameters, "pulse.read_voltage", "mV")}
    return Outcome(estimates, {"ladders": recording}, notes, words=words)


def draw(outcome: Outcome) -> Figure:
    """Draw the first device."""
    recording = outcome.recordings["ladders"]
    g = analysis.conductance(recording).isel(device=0).values
    up = recording["pulse_voltage"].values < 0
    figure, (left, right) = new_figure(8.4, 3.4, ncols=2)
    number = np.arange(1, g.size + 1)
    flat, rising = g.ravel(), np.tile(up, g.shape[0])
    left.plot(number[rising], flat[rising], ".", color=RED, markersize=2.5, label="potentiation")
    left.plot(number[~rising], flat[~rising], ".", color=BLUE, markersize=2.5, label="depression")
    pulse = np.arange(1, g.shape[1] + 1)
    for k, ladder in enumerate(g, 1):
        right.plot(pulse, ladder, color=GREY, linewidth=0.5, alpha=0.6, label=f"_ladder {k}")
    right.plot(pulse, g.mean(0), color=RED, label="mean ladder")
    left.set(xlabel="pulse", ylabel=f"conductance at {outcome.words['read']}")
    right.set(xlabel="pulse of the ladder")
    for ax in (left, right):
        prefix_axis(ax, "y", "S")
        ax.set_ylim(bottom=0, top=1.05 * g.max())
        legend_above(ax, markerscale=3)
    return figure
