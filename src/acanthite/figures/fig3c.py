"""Fig. 3c: threshold of 50 nm devices against anneal temperature, beside the width of the XRD line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.estimate import Estimate
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.data import series
from acanthite.figures.panels import draw_thresholds, draw_widths
from acanthite.figures.style import new_figure
from acanthite.figures.words import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Threshold against anneal, {stack.film_thickness:nm}"
CAPTION = (
    "Threshold magnitude of fresh {stack.film_thickness:nm} devices swept to -2.5 V, and width of the (-1 1 2) line, against "
    "anneal temperature."
)
WEIGHT = 3.0
_STOP = 2.5  # beyond the 1 V of the paper, so that poorly annealed films set too [V]


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Sweep fresh devices on each film."""
    thickness, anneals = recipes.thin(settings), recipes.anneals(settings)
    found = [
        analysis.switching(experiments.film_loops(settings, thickness, a, _STOP)) for a in anneals
    ]
    volts = [np.abs(f.set_voltage[:, 0]) for f in found]
    annealed = [float(np.median(np.where(np.isfinite(v), v, np.inf))) for v in volts[1:]]
    falls = bool(np.all(np.diff(annealed) < 0)) if np.isfinite(annealed).sum() > 1 else False
    x = np.array([experiments.line_temperature(a, settings) for a in anneals])
    widths = experiments.line_widths(settings, [(thickness, a) for a in anneals])
    data = series(x, volts, "threshold", "V", "anneal_temperature", "K").assign(
        line_width=("anneal_temperature", widths)
    )
    data["line_width"].attrs.update(units="rad", long_name="XRD line width, FWHM")
    notes = (
        "Share of devices that set within 1 V: "
        + ", ".join(
            f"{np.mean(v <= 1.0):.0%} ({t - 273.15:.0f} C)" for v, t in zip(volts, x, strict=True)
        )
        + "; the coldest point is the un-annealed film.",
        f"The sweeps go to {_STOP:g} V; the trend compares medians in which a device that does not set counts as above that.",
    )
    return Outcome(
        {"fig3c.trend": Estimate(float(falls), n=volts[0].size)},
        {"thresholds": data},
        notes,
        words={"deposition": say(settings.parameters, "process.substrate_temperature", "C")},
    )


def draw(outcome: Outcome) -> Figure:
    """Draw thresholds and line widths."""
    data = outcome.recordings["thresholds"]
    figure, ax = new_figure()
    celsius = data["anneal_temperature"].values - 273.15
    draw_thresholds(ax, celsius, list(data["threshold"].values))
    draw_widths(ax, celsius, data["line_width"].values)
    ax.set_xlabel(f"anneal temperature (C); un-annealed at {outcome.words['deposition']}")
    return figure
