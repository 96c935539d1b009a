"""Fig. S10: un-annealed devices do not switch within 1 V of either sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis, measurement
from acanthite.drawing import GREY, new_figure
from acanthite.estimate import Estimate
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.panels import draw_loops

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Un-annealed devices"
CAPTION = (
    "A ±1 V cycle of thirty un-annealed {stack.film_thickness:nm} devices, whose curves lie on one "
    "another."
)
ALT = (
    "Thirty curves on top of one another, of current against voltage of either sign: symmetric, "
    "and without a jump."
)
WEIGHT = 1.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Cycle un-annealed devices to 1 V either way."""
    n = experiments.count(settings, 300, 100)
    population = experiments.devices(settings, n, recipes.thin(settings), None, experiment=10)
    recording = measurement.run(population, experiments.sweep(settings, stop=1.0))
    quiet = ~np.isfinite(analysis.switching(recording).set_voltage).any(1)
    return Outcome(
        {
            "figS10.no-switching": Estimate(float(quiet.mean()), n=n),
            "figS10.stop": Estimate(float(np.abs(recording["applied"]).max()), "V"),
        },
        {"loops": recording.isel(device=slice(0, 30))},
    )


def draw(outcome: Outcome) -> Figure:
    """Draw thirty devices."""
    recording = outcome.recordings["loops"]
    figure, ax = new_figure()
    for k in range(recording.sizes["device"]):
        draw_loops(ax, recording, k, GREY, f"_device {k + 1}")
    return figure
