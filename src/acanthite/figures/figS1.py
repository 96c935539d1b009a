"""Fig. S1: reactive sputtering, thickness against time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import minute, nm
from acanthite.estimate import Estimate
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.film import Recipe, grow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Deposition rate"
CAPTION = (
    "Ag2S thickness against deposition time at the paper's recipe, and at other RF powers (assumed law)."
)
WEIGHT = 0.1

_GIVEN = {
    "figS1.rf-power": ("rf_power", "W"),
    "figS1.argon-flow": ("argon_flow", "m^3/s"),
    "figS1.h2s-flow": ("h2s_flow", "m^3/s"),
    "figS1.base-pressure": ("base_pressure", "Pa"),
    "figS1.pressure": ("pressure", "Pa"),
    "figS1.presputter": ("presputter_time", "s"),
    "figS1.temperature": ("substrate_temperature", "K"),
}


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Grow films for growing times and fit the rate."""
    import xarray as xr

    parameters, recipe = settings.parameters, Recipe.of(settings.parameters)
    times, powers = np.linspace(2, 36, 18) * minute, recipe.rf_power * np.array([2 / 3, 1.0, 4 / 3])
    thickness = [
        [grow(Recipe.of(parameters, rf_power=p, deposition_time=t), parameters).thickness for t in times]
        for p in powers.tolist()
    ]
    rate = float(np.polyfit(times, thickness[1], 1)[0])
    data = xr.Dataset(
        {"thickness": (("power", "time"), thickness, {"units": "m", "long_name": "thickness"})},
        {
            "power": ("power", powers, {"units": "W", "long_name": "RF power"}),
            "time": ("time", times, {"units": "s", "long_name": "deposition time"}),
        },
        {"rate": rate},
    )
    progress(1.0)
    given = {k: Estimate(getattr(recipe, name), unit) for k, (name, unit) in _GIVEN.items()}
    notes = ("The rate at the paper's point is an input; its proportionality to the power is assumed.",)
    return Outcome(given | {"figS1.rate": Estimate(rate, "m/s", n=times.size)}, {"growth": data}, notes)


def draw(outcome: Outcome) -> Figure:
    """Draw thickness against time, the published rate dashed."""
    from acanthite.figures import style

    data = outcome.recordings["growth"]
    figure, ax = style.new_figure()
    minutes = data.time / minute
    for i, power in enumerate(data.power.values):
        paper = i == 1
        ax.plot(
            minutes,
            data.thickness[i],
            "o-" if paper else "-",
            color=style.BLUE if paper else style.GREY,
            markersize=4,
            linewidth=1.2 if paper else 0.9,
            label=f"{power:.0f} W" + (f": {data.rate * minute / nm:.2f} nm/min" if paper else ""),
        )
    ax.plot(minutes, minutes * 6 * nm, "--", color=style.PUBLISHED, label="published: ~6 nm/min")
    ax.set_xlabel("deposition time (min)")
    style.prefix_axis(ax, "y", "m")
    ax.set_ylabel("film thickness")
    ax.set_xlim(0, None)
    ax.set_ylim(0, None)
    ax.legend(frameon=False, fontsize=8)
    return figure
