"""A prediction: the set voltage against the temperature of the device."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.drawing import new_figure
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.predictions.ramps import Ramp, draw_series, ramps, unset

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Prediction: set voltage against temperature"
CAPTION = (
    "Mean and device-to-device spread of the set voltage of fresh {stack.film_thickness:nm} "
    "devices, 250 to 350 K, at the sweep rate of the other figures. The film is the same "
    "throughout; temperature enters the law through kT. Nobody has measured it."
)
ALT = (
    "Mean and spread of the set voltage fall with the temperature: points with error bars along "
    "the curve of nucleation alone."
)
WEIGHT = 10.0
TEMPERATURES = tuple(np.linspace(250.0, 350.0, 9))  # K


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Ramp fresh devices at every temperature."""
    rate = settings.parameters.value("instrument.sweep_rate")
    data = ramps(
        settings, [Ramp(rate, float(t)) for t in TEMPERATURES], "temperature", "K", 32, progress
    )
    mean = data["set_voltage"].mean("device").values
    notes = (
        (
            f"The mean set voltage goes from {mean[0]:.3f} V at {TEMPERATURES[0]:g} K to "
            f"{mean[-1]:.3f} V at {TEMPERATURES[-1]:g} K."
        ),
        (
            "Barriers, prefactors and the nucleation field are taken as independent of "
            "temperature. Nothing was fitted to this series."
        ),
        *unset(data, "temperature"),
    )
    return Outcome(recordings={"set_against_temperature": data}, notes=notes)


def draw(outcome: Outcome) -> Figure:
    """Draw mean and spread against the temperature."""
    figure, axes = new_figure(7.4, 3.2, ncols=2)
    draw_series(axes, outcome.recordings["set_against_temperature"], "temperature")
    for ax in axes:
        ax.set_xlabel("temperature (K)")
    return figure
