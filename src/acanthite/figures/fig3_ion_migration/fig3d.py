"""Fig. 3d: threshold of 160 C devices against film thickness, beside the width of the XRD line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis
from acanthite.drawing import new_figure
from acanthite.estimate import Estimate
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.data import series
from acanthite.figures.panels import draw_thresholds, draw_widths

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Threshold against thickness, {process.anneal_temperature:degC}"
CAPTION = (
    "Threshold magnitude of fresh devices, and width of the (-1 1 2) line, against film thickness."
)
ALT = (
    "Boxes of the threshold voltage at each film thickness, and a dashed curve of the line width "
    "on a second axis."
)
WEIGHT = 3.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Sweep fresh devices on each film."""
    thicknesses, anneal = recipes.thicknesses(settings), recipes.reference_anneal(settings)
    films = [(d, anneal) for d in thicknesses]
    volts = [
        np.abs(analysis.switching(experiments.film_loops(settings, *f)).set_voltage[:, 0])
        for f in films
    ]
    widths = experiments.line_widths(settings, films)
    upto = thicknesses.index(recipes.thick(settings)) + 1
    means = [float(np.nanmean(v)) for v in volts]
    estimates = {
        "fig3d.trend": Estimate(float(np.all(np.diff(means[:upto]) < 0)), n=volts[0].size),
        "fig3d.narrowing": Estimate(float(np.all(np.diff(widths[:upto]) < 0)), n=upto),
    }
    data = series(np.array(thicknesses), volts, "threshold", "V", "film_thickness", "m")
    data = data.assign(line_width=("film_thickness", widths))
    data["line_width"].attrs.update(units="rad", long_name="XRD line width, FWHM")
    return Outcome(estimates, {"thresholds": data})


def draw(outcome: Outcome) -> Figure:
    """Draw thresholds and line widths."""
    data = outcome.recordings["thresholds"]
    figure, ax = new_figure()
    nanometre = data["film_thickness"].values * 1e9
    draw_thresholds(ax, nanometre, list(data["threshold"].values))
    draw_widths(ax, nanometre, data["line_width"].values)
    ax.set_xlabel("film thickness (nm)")
    return figure
