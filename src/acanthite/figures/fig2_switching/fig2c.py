"""Fig. 2c: fifty DC cycles of a 50 nm device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.claims import published
from acanthite.cost import THRESHOLDS, lowest_threshold
from acanthite.drawing import PUBLISHED, new_figure
from acanthite.estimate import Estimate
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.panels import draw_loops
from acanthite.formatting import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "DC cycles, {stack.film_thickness:nm}"
CAPTION = (
    "Fifty DC cycles of one {stack.film_thickness:nm} device: SET at negative voltage on the Ag "
    "electrode, RESET at positive. The numbers are over 30 devices."
)
ALT = (
    "Butterfly loops on a logarithmic scale: the current jumps up at a negative voltage and falls "
    "at a positive one, the first loop dark, the other cycles pale around it; the published range "
    "of SET voltages shaded."
)
WEIGHT = 8.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Sweep 30 devices 50 times each and find their thresholds."""
    switching = experiments.thin_switching(settings)
    rate = settings.parameters.value("instrument.sweep_rate")
    estimates = dict(measure_claims(settings).estimates)
    notes = (
        f"{percent(float(switching.set_share))} of the loops set.",
        _counted(estimates["fig2c.range"].n, switching),
        (
            "The largest set voltage is that of each device over its cycles, then the mean over "
            "devices."
        ),
        f"The lowest threshold known of the memories cited is {lowest_threshold():g} V, as their "
        "abstracts state them.",
        f"The sweep rate ({rate:g} V/s) and its limits are assumed: the paper does not state them.",
        experiments.heat_note(
            settings, experiments.thin_devices(settings), experiments.thin_loops(settings)
        ),
    )
    return Outcome(
        estimates,
        {"loops": experiments.thin_loops(settings)},
        notes,
        sources=tuple(one.source for one in THRESHOLDS),
    )


def measure_claims(settings: Settings) -> Outcome:
    """Return the estimates alone."""
    switching = experiments.thin_switching(settings)
    largest = np.nanmax(np.abs(switching.set_voltage), axis=1)
    lower = largest < lowest_threshold()
    return Outcome(
        {
            "fig2c.set-max": analysis.mean(largest, "V"),
            "fig2c.lowest": Estimate(float(lower.mean()), n=lower.size),
            "fig2c.cycles": Estimate(float(switching.set_voltage.shape[1])),
            "fig2c.range": switching.dynamic_range,
        }
    )


def _counted(n: int, switching: analysis.Switching) -> str:
    """Say over which loops the dynamic range is."""
    begin_in_lrs = int(np.isfinite(switching.set_voltage).sum()) - n
    if not begin_in_lrs:
        return "The dynamic range is over all loops that set."
    return (
        f"The dynamic range is over {n} loops; {begin_in_lrs} more begin in the LRS, so that their "
        "HRS was not read."
    )


def draw(outcome: Outcome) -> Figure:
    """Draw the loops of the first device."""
    figure, ax = new_figure()
    draw_loops(ax, outcome.recordings["loops"])
    ax.axvspan(-published("fig2c.set-max"), 0, color=PUBLISHED, alpha=0.08, linewidth=0)
    ax.annotate(
        "published:\nall SETs in here",
        (-published("fig2c.set-max"), 0.1),
        (4, 0),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        color=PUBLISHED,
        fontsize=8,
    )
    return figure
