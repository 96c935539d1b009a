"""Fig. S10: un-annealed devices do not switch within 1 V of either sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis, measurement
from acanthite.estimate import Estimate
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.panels import draw_loops
from acanthite.figures.style import GREY, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Un-annealed devices"
CAPTION = "A +-1 V cycle of un-annealed {stack.film_thickness:nm} devices."
WEIGHT = 1.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Cycle un-annealed devices to 1 V either way."""
    n = experiments.count(settings, 300, 100)
    population = experiments.devices(settings, n, recipes.thin(settings), None, experiment=10)
    recording = measurement.run(population, experiments.sweep(settings, stop=1.0))
    quiet = ~np.isfinite(analysis.switching(recording).set_voltage).any(1)
    return Outcome(
        {"figS10.no-switching": Estimate(float(quiet.mean()), n=n)},
        {"loops": recording.isel(device=slice(0, 30))},
    )


def draw(outcome: Outcome) -> Figure:
    """Draw thirty devices."""
    recording = outcome.recordings["loops"]
    figure, ax = new_figure()
    for k in range(recording.sizes["device"]):
        draw_loops(ax, recording, k, GREY)
    return figure
