"""Fig. S9: I-V of devices on films of different anneal and thickness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import xarray as xr

from acanthite.constants import celsius
from acanthite.drawing import CYCLE, legend_above, new_figure
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.figures.panels import draw_loops
from acanthite.formatting import as_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "I-V against anneal and thickness"
CAPTION = (
    "First SET sweep of a device on each film: against anneal at {stack.film_thickness:nm} (left), "
    "against thickness at {process.anneal_temperature:degC} (right). Where curves coincide, the "
    "wider one lies below."
)
ALT = (
    "SET sweeps on a logarithmic scale, one colour a film: against anneal on the left, against "
    "thickness on the right."
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
    temperatures = anneal["anneal_temperature"].values - celsius(0.0)
    names = ["un-annealed", *(f"{t:.0f} °C" for t in temperatures[1:])]
    _draw_films(left, anneal, names)
    thicknesses = thickness["film_thickness"].values
    _draw_films(right, thickness, [as_text(float(d), "m") for d in thicknesses])
    right.set_ylabel("")
    return figure


def _draw_films(ax: Axes, recording: xr.Dataset, names: list[str]) -> None:
    """Draw a loop of each film, the first widest: curves that coincide show beside one another."""
    for k, name in enumerate(names):
        width = 0.9 + 0.8 * (len(names) - 1 - k)
        draw_loops(ax, recording, k, CYCLE[k], name, linewidth=width)
    legend_above(ax, ncols=3)
