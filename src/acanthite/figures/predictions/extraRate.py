"""A prediction: the set voltage against the rate of the sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.drawing import new_figure, plain_log_axis
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.predictions.ramps import Ramp, draw_series, ramps, unset

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Prediction: set voltage against sweep rate"
CAPTION = (
    "Mean and device-to-device spread of the set voltage of fresh {stack.film_thickness:nm} "
    "devices, 0.01 to 100 V/s. The paper states no sweep rate and measured no such series; the "
    "line is what nucleation alone gives in closed form."
)
ALT = (
    "Mean and spread of the set voltage rise with the sweep rate: points with error bars along the "
    "curve of nucleation alone."
)
WEIGHT = 10.0
RATES = tuple(np.geomspace(0.01, 100.0, 9))  # V/s


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Ramp fresh devices at every rate."""
    temperature = settings.parameters.value("filament.temperature")
    data = ramps(
        settings, [Ramp(float(r), temperature) for r in RATES], "rate", "V/s", 31, progress
    )
    mean = data["set_voltage"].mean("device").values
    decades = np.log10(RATES[-1] / RATES[0])
    notes = (
        "A decade of sweep rate moves the mean set voltage by "
        f"{1e3 * (mean[-1] - mean[0]) / decades:.0f} mV on average: a measurement of this series "
        "would tell N_s nu0 from B, which one rate cannot.",
        "Nothing was fitted to it.",
        *unset(data, "rate"),
    )
    return Outcome(recordings={"set_against_rate": data}, notes=notes)


def draw(outcome: Outcome) -> Figure:
    """Draw mean and spread against the rate."""
    figure, axes = new_figure(7.4, 3.2, ncols=2)
    draw_series(axes, outcome.recordings["set_against_rate"], "rate")
    for ax in axes:
        ax.set_xscale("log")
        plain_log_axis(ax, "x")
        ax.set_xlabel("sweep rate (V/s)")
    return figure
