"""Fig. 2g: endurance over 1e4 write-read cycles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.drawing import BLUE, GREY, RED, legend_above, new_figure, prefix_axis
from acanthite.estimate import Estimate
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.words import say
from acanthite.formatting import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Endurance"
CAPTION = (
    "Conductance at {pulse.read_voltage:mV} after each −{pulse.write_voltage:V} and each "
    "+{pulse.write_voltage:V} pulse of {pulse.endurance_width:ms}, cycle by cycle, of the median "
    "device."
)
ALT = (
    "Two bands of points, one after SET and one after RESET, with a dotted line between them that "
    "decides which state a read is in."
)
WEIGHT = 12.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Cycle the devices and count the failures."""
    recording = experiments.endurance(settings)
    result = analysis.endurance(recording)
    share = result.good_share
    estimate = Estimate(float(np.median(share)), "1", float(share.std(ddof=1)), share.size)
    notes = (
        f"{recording.sizes['cycle']} cycles of {share.size} devices. The share is that of the "
        f"median device; the worst device has {percent(float(share.min()), 4)}. Per device it is "
        + ", ".join(percent(float(s), 4) for s in share)
        + ".",
        f"Failures to set, device by device: {_listed(result.set_failures)}; to reset: "
        f"{_listed(result.reset_failures)}. A SET fails where nucleation is slow; a RESET fails, "
        "as read, where the device is set again from the Au side.",
    )
    words = {"read": say(settings.parameters, "pulse.read_voltage", "mV")}
    pulse = settings.parameters.group("pulse")
    estimates = {
        "fig2g.voltage": Estimate(pulse["write_voltage"], "V"),
        "fig2g.width": Estimate(pulse["endurance_width"], "s"),
        "fig2g.read-voltage": Estimate(pulse["read_voltage"], "V"),
        "fig2g.endurance": estimate,
    }
    return Outcome(estimates, {"reads": recording}, notes, words=words)


def _listed(counts: np.ndarray) -> str:
    return ", ".join(str(count) for count in counts.tolist())


def draw(outcome: Outcome) -> Figure:
    """Draw both states of the median device."""
    result = analysis.endurance(outcome.recordings["reads"])
    device = int(np.argsort(result.good_share)[result.good_share.size // 2])
    cycles = np.arange(1, result.lrs.shape[1] + 1)
    figure, ax = new_figure()
    ax.plot(
        cycles,
        result.lrs[device],
        ".",
        color=RED,
        markersize=1.5,
        label="after SET",
        rasterized=True,
    )
    ax.plot(
        cycles,
        result.hrs[device],
        ".",
        color=BLUE,
        markersize=1.5,
        label="after RESET",
        rasterized=True,
    )
    ax.axhline(
        result.threshold,
        color=GREY,
        linewidth=0.8,
        linestyle=":",
        label="threshold between the states",
    )
    ax.set(
        xscale="log", yscale="log", xlabel="cycle", ylabel=f"conductance at {outcome.words['read']}"
    )
    prefix_axis(ax, "y", "S")
    legend_above(ax, ncols=3, markerscale=4)
    return figure
