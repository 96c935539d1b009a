"""Fig. S12: beyond 200 nm the threshold hardly falls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.constants import nm
from acanthite.estimate import Estimate
from acanthite.figures import experiments
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.data import series
from acanthite.figures.panels import draw_cumulative
from acanthite.figures.style import BLUE, GREEN, ORANGE, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Saturation above 200 nm"
CAPTION = "Threshold magnitude of fresh devices on 200, 300 and 400 nm films, 160 C: nucleation in the grain is left as the only barrier."
WEIGHT = 1.0
_FILMS = (200 * nm, 300 * nm, 400 * nm)


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Sweep fresh devices on thick films."""
    loops = [experiments.film_loops(settings, d, experiments.REFERENCE_ANNEAL) for d in _FILMS]
    volts = [np.abs(analysis.switching(r).set_voltage[:, 0]) for r in loops]
    first, second = np.nanmean(volts[0]), np.nanmean(volts[1])
    error = np.hypot(np.nanstd(volts[0]), np.nanstd(volts[1])) / np.sqrt(volts[0].size) / first
    estimate = Estimate(float(second / first - 1), "1", float(error), volts[0].size)
    notes = ("The spread is the standard error of the change.",)
    return Outcome(
        {"figS12.saturation": estimate},
        {"thresholds": series(np.array(_FILMS), volts, "threshold", "V", "film_thickness", "m")},
        notes,
    )


def draw(outcome: Outcome) -> Figure:
    """Draw the distributions."""
    data = outcome.recordings["thresholds"]
    figure, ax = new_figure()
    for d, v, colour in zip(
        data["film_thickness"].values, data["threshold"].values, (BLUE, GREEN, ORANGE), strict=True
    ):
        draw_cumulative(ax, v, colour, f"{d * 1e9:.0f} nm", "-")
    ax.set_xlabel("|V$_{th}$| (V)")
    ax.set_xlim(left=0)
    ax.legend()
    return figure
