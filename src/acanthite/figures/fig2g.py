"""Fig. 2g: endurance over 1e4 write-read cycles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.estimate import Estimate
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.style import BLUE, GREY, RED, new_figure, prefix_axis
from acanthite.figures.words import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Endurance"
CAPTION = (
    "Conductance at {pulse.read_voltage:mV} after each -{pulse.write_voltage:V} and each +{pulse.write_voltage:V} pulse of "
    "{pulse.endurance_width:ms}, cycle by cycle, of the median device."
)
WEIGHT = 12.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Cycle the devices and count the failures."""
    recording = experiments.endurance(settings)
    found = analysis.endurance(recording)
    share = found.good_share
    estimate = Estimate(float(np.median(share)), "1", float(share.std(ddof=1)), share.size)
    notes = (
        f"{recording.sizes['cycle']} cycles of {share.size} devices. The share is that of the median device; per device it is "
        + ", ".join(f"{s:.2%}" for s in share)
        + ".",
        f"Failures to set: {found.set_failures.tolist()}; to reset: {found.reset_failures.tolist()}. A set fails "
        "where nucleation is slow; a reset fails, as read, where the device is set again from the Au side.",
    )
    words = {"read": say(settings.parameters, "pulse.read_voltage", "mV")}
    return Outcome({"fig2g.endurance": estimate}, {"reads": recording}, notes, words=words)


def draw(outcome: Outcome) -> Figure:
    """Draw both states of the median device."""
    found = analysis.endurance(outcome.recordings["reads"])
    device = int(np.argsort(found.good_share)[found.good_share.size // 2])
    cycles = np.arange(1, found.lrs.shape[1] + 1)
    figure, ax = new_figure()
    ax.plot(
        cycles,
        found.lrs[device],
        ".",
        color=RED,
        markersize=1.5,
        label="after SET",
        rasterized=True,
    )
    ax.plot(
        cycles,
        found.hrs[device],
        ".",
        color=BLUE,
        markersize=1.5,
        label="after RESET",
        rasterized=True,
    )
    ax.axhline(
        found.threshold, color=GREY, linewidth=0.8, linestyle=":", label="what tells them apart"
    )
    ax.set(
        xscale="log", yscale="log", xlabel="cycle", ylabel=f"conductance at {outcome.words['read']}"
    )
    prefix_axis(ax, "y", "S")
    ax.legend(markerscale=4, loc="center left")
    return figure
