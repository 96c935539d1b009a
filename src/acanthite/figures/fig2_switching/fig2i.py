"""Fig. 2i: silver particles under a silver-rich film, on silver and on gold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import mm, um
from acanthite.device import kmc
from acanthite.errors import RecipeError
from acanthite.estimate import Estimate
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.film import Film
from acanthite.formatting import percent

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Silver particles on Ag and on Au"
CAPTION = (
    "Particles (black, to scale) that silver-rich Ag(2+δ)S leaves on its substrate while it is "
    "sputtered: kinetic Monte Carlo, seen from above. The excess silver is the overpotential; on "
    "Au its interface adds to the barrier."
)
ALT = (
    "Two square maps of the same size with a scale bar: black particles on silver, and the same "
    "window on gold."
)
WEIGHT = 4.0

_SHORTAGE = 0.95  # sulphur let in over what the target needs: the paper does not state its recipe
_SIDE = {
    "Ag": 500 * um,
    "Au": 5000 * um,
}  # Au is looked at over a hundred times the area, to find any
_CELLS = {"Ag": 128, "Au": 256}
_WINDOW = 160 * um


def silver_rich_film(settings: Settings) -> Film:
    """Return an as-deposited film of the paper's thickness with H2S a little short.

    Raises
    ------
    RecipeError
        If even pure H2S were short by more.
    """
    p = settings.parameters.group("process")
    share = _SHORTAGE * p["critical_h2s_pressure"] / p["pressure"]
    if share >= 1:
        raise RecipeError(
            f"process.critical_h2s_pressure (={p['critical_h2s_pressure']:g} Pa) is too near "
            f"process.pressure (={p['pressure']:g} Pa): expected less than {1 / _SHORTAGE:.3g} "
            "times it, so that argon is left in the gas; raise the pressure"
        )
    flow = p["argon_flow"] * share / (1 - share)
    return recipes.grown(settings, h2s_flow=flow, anneal_temperature=None)


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Sputter the film on both metals and count particles."""
    film, maps = silver_rich_film(settings), experiments.count(settings, 4, 1)
    metals: tuple[kmc.Electrode, ...] = ("Ag", "Au")
    made: dict[str, list[xr.Dataset]] = {metal: [] for metal in metals}
    for index in range(maps):
        for metal in metals:
            size = {"side": _SIDE[metal], "cells": _CELLS[metal]}
            one = kmc.precipitate(
                film, metal, settings.seed, index=index, parameters=settings.parameters, **size
            )
            made[metal].append(one)
        progress((index + 1) / maps)
    counts = {m: sum(d.sizes["particle"] for d in ds) for m, ds in made.items()}
    area = {m: maps * _SIDE[m] ** 2 for m in made}
    notes = (
        f"delta = {film.silver_excess:.2f} (assumed: H2S {percent(1 - _SHORTAGE)} short); "
        f"{counts['Ag']} particles on Ag in {area['Ag'] / mm**2:.3g} mm², {counts['Au']} on Au in "
        f"{area['Au'] / mm**2:.3g} mm².",
        "What nucleation on gold costs (B_Au) is fitted to the set voltage from the Au side; no "
        "parameter was adjusted to the particles.",
        *(
            ("No particle on Au: the ratio is its lower bound at 95 %.",)
            if not counts["Au"]
            else ()
        ),
    )
    data = {"particles-Ag": made["Ag"][0], "particles-Au": made["Au"][0]}
    return Outcome({"fig2i.nucleation": ratio(counts, area)}, data, notes)


def ratio(counts: dict[str, int], area: dict[str, float]) -> Estimate:
    """Return the ratio of the densities on Ag and Au with its Poisson interval; a lower bound where
    Au has none.
    """
    if not counts["Au"]:
        return Estimate(counts["Ag"] / area["Ag"] / (3.0 / area["Au"]), "1")
    value = counts["Ag"] / area["Ag"] / (counts["Au"] / area["Au"])
    spread = 1.96 * math.sqrt(1 / max(counts["Ag"], 1) + 1 / counts["Au"])
    return Estimate(
        value, "1", None, counts["Au"], (value * math.exp(-spread), value * math.exp(spread))
    )


def draw(outcome: Outcome) -> Figure:
    """Draw the same window of both substrates, like the optical images."""
    from acanthite import drawing

    figure, axes = drawing.new_figure(6.6, 3.6, ncols=2)
    for ax, metal, colour in zip(axes, ("Ag", "Au"), ("#d9d5c6", "#d8b45c"), strict=True):
        data = outcome.recordings[f"particles-{metal}"]
        _draw_map(ax, data, colour)
        ax.set_title(f"on {metal}: {float(data['density']) * 1e-6:.3g} particles mm⁻²")
    return figure


def _draw_map(ax: Axes, data: xr.Dataset, colour: str) -> None:
    from matplotlib.collections import EllipseCollection

    from acanthite import drawing

    x, y = data["x"].values / um, data["y"].values / um
    size = 2 * data["radius"].values / um
    dots = EllipseCollection(
        size,
        size,
        np.zeros_like(size),
        units="xy",
        offsets=np.stack([x, y], -1),
        transOffset=ax.transData,
        facecolor="#1c1a17",
        edgecolor="none",
        label="_particle",
    )
    ax.add_collection(dots)
    ax.set_facecolor(colour)
    window = _WINDOW / um
    ax.set_xlim(0, window)
    ax.set_ylim(0, window)
    ax.set_aspect("equal")
    drawing.as_map(ax)
    drawing.scale_bar(ax, 20.0, "20 µm")
