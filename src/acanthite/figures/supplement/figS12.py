"""Fig. S12: beyond 200 nm the threshold hardly falls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.drawing import BLUE, GREEN, ORANGE, new_figure
from acanthite.estimate import Estimate
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.data import series
from acanthite.figures.panels import draw_cumulative
from acanthite.formatting import as_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Saturation above {stack.thick_film_thickness:nm}"
CAPTION = (
    "Threshold magnitude of fresh devices on films of {stack.thick_film_thickness:nm}, one and a "
    "half times and twice that, {process.anneal_temperature:degC}: nucleation in the grain is left "
    "as the only barrier."
)
ALT = "Three steep cumulative distributions of the threshold voltage close together, one a film."
WEIGHT = 1.0
_FILMS = (1.0, 1.5, 2.0)  # over the thick film


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Sweep fresh devices on thick films."""
    films = [share * recipes.thick(settings) for share in _FILMS]
    anneal = recipes.reference_anneal(settings)
    loops = [experiments.film_loops(settings, d, anneal) for d in films]
    volts = [np.abs(analysis.switching(r).set_voltage[:, 0]) for r in loops]
    first, second = np.nanmean(volts[0]), np.nanmean(volts[1])
    error = np.hypot(np.nanstd(volts[0]), np.nanstd(volts[1])) / np.sqrt(volts[0].size) / first
    estimate = Estimate(float(second / first - 1), "1", float(error), volts[0].size)
    notes = ("The spread is the standard error of the change.",)
    return Outcome(
        {"figS12.saturation": estimate},
        {"thresholds": series(np.array(films), volts, "threshold", "V", "film_thickness", "m")},
        notes,
    )


def draw(outcome: Outcome) -> Figure:
    """Draw the distributions."""
    data = outcome.recordings["thresholds"]
    figure, ax = new_figure()
    for d, v, colour in zip(
        data["film_thickness"].values, data["threshold"].values, (BLUE, GREEN, ORANGE), strict=True
    ):
        draw_cumulative(ax, v, colour, as_text(float(d), "m"), "-")
    ax.set_xlabel("|V$_{th}$| (V)")
    ax.set_xlim(left=0)
    ax.legend()
    return figure
