"""Fig. S9: I-V of devices on films of different anneal and thickness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import xarray as xr

from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.panels import draw_loops
from acanthite.figures.style import CYCLE, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "I-V against anneal and thickness"
CAPTION = (
    "First SET sweep of a device on each film: against anneal at {stack.film_thickness:nm} (left), against thickness at "
    "{process.anneal_temperature:C} (right)."
)
WEIGHT = 2.0


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Collect one loop of each film."""
    thickness, anneals = recipes.thin(settings), recipes.anneals(settings)
    thicknesses, annealed = recipes.thicknesses(settings), recipes.reference_anneal(settings)
    films = [
        experiments.film_loops(settings, thickness, a).isel(device=slice(0, 1)) for a in anneals
    ]
    thick = [
        experiments.film_loops(settings, d, annealed).isel(device=slice(0, 1)) for d in thicknesses
    ]
    temperatures = [experiments.line_temperature(a, settings) for a in anneals]
    return Outcome(
        recordings={
            "anneal": _join(films, "anneal_temperature", temperatures, "K"),
            "thickness": _join(thick, "film_thickness", list(thicknesses), "m"),
        }
    )


def _join(runs: list[xr.Dataset], name: str, values: list[float], unit: str) -> xr.Dataset:
    joined = xr.concat(
        runs, "device", combine_attrs="drop_conflicts", data_vars=["voltage", "current"]
    )
    return joined.assign_coords({name: ("device", values, {"units": unit})})


def draw(outcome: Outcome) -> Figure:
    """Draw both series."""
    figure, (left, right) = new_figure(8.4, 3.4, ncols=2, sharey=True)
    anneal, thickness = outcome.recordings["anneal"], outcome.recordings["thickness"]
    for k, t in enumerate(anneal["anneal_temperature"].values):
        draw_loops(left, anneal, k, CYCLE[k], "un-annealed" if k == 0 else f"{t - 273.15:.0f} C")
    for k, d in enumerate(thickness["film_thickness"].values):
        draw_loops(right, thickness, k, CYCLE[k], f"{d * 1e9:.0f} nm")
    for ax in (left, right):
        ax.legend(loc="lower left")
    right.set_ylabel("")
    return figure
