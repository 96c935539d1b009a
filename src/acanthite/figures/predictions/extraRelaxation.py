"""A prediction: what is left of a write, against the time since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import conductance_quantum, uA
from acanthite.drawing import CYCLE, GREY, band, legend_above, new_figure, prefix_axis
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.predictions.left_alone import left_alone
from acanthite.formatting import as_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Prediction: relaxation after a write"
CAPTION = (
    "Conductance of fresh {stack.film_thickness:nm} devices against the time since they were set, "
    "for compliance currents from 1 to 30 µA: median of the devices and the middle four fifths, "
    "read at {pulse.read_voltage:mV}, nothing applied between the reads. Nobody has measured it."
)
ALT = (
    "A weak filament fades within milliseconds, one of a single quantum holds for seconds to "
    "minutes and then goes at once, wider ones stay flat for the whole day."
)
WEIGHT = 4.0
COMPLIANCES = (1 * uA, 3 * uA, 5 * uA, 10 * uA, 30 * uA)
LAST = 1e6  # s


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Set devices under every compliance and follow them for days."""
    import xarray as xr

    temperature = settings.parameters.value("filament.temperature")
    rows = []
    for k, compliance in enumerate(COMPLIANCES):
        time, g = left_alone(settings, compliance, temperature, 35, LAST)
        rows.append(g)
        progress((k + 1) / len(COMPLIANCES))
    data = xr.Dataset(
        {"conductance": (("compliance", "device", "time"), np.array(rows), {"units": "S"})},
        {
            "compliance": ("compliance", list(COMPLIANCES), {"units": "A"}),
            "time": ("time", time, {"units": "s", "long_name": "time since the write"}),
        },
    )
    said = []
    for compliance, g in zip(COMPLIANCES, rows, strict=True):
        lost = float(np.median((g < 0.9 * g[:, :1]).any(1)))
        when = np.where((g < 0.9 * g[:, :1]).any(1), time[(g < 0.9 * g[:, :1]).argmax(1)], np.inf)
        middle = float(np.median(when))
        said.append(
            f"{as_text(compliance, 'A')}: "
            + (
                f"a tenth is gone after {as_text(middle, 's', 2)}"
                if lost
                else f"kept for {as_text(LAST, 's', 1)}"
            )
        )
    notes = (
        f"Of the median device, {'; '.join(said)}.",
        "A gap opens step by step, so a conductance below one quantum (dotted) fades; a contact "
        "narrows slowly and then parts by an atom at once. Clusters, which carry pulses, do not "
        "relax in this law: no number for their decay is known.",
    )
    return Outcome(recordings={"conductance_against_time": data}, notes=notes)


def draw(outcome: Outcome) -> Figure:
    """Draw conductance against time."""
    data = outcome.recordings["conductance_against_time"]
    time = data["time"].values
    figure, ax = new_figure()
    for k, current in enumerate(data["compliance"].values):
        low, middle, high = np.quantile(data["conductance"].values[k], (0.1, 0.5, 0.9), axis=0)
        ax.loglog(time, middle, color=CYCLE[k], label=as_text(float(current), "A"))
        name = f"_{as_text(float(current), 'A')}, 10 to 90 %"
        band(ax, time, low, high, CYCLE[k], name)
    ax.axhline(conductance_quantum, color=GREY, linewidth=0.8, linestyle=":", label="_one quantum")
    ax.set(xlabel="time since the write (s)", ylabel="conductance")
    prefix_axis(ax, "y", "S")
    legend_above(ax, ncols=5)
    return figure
