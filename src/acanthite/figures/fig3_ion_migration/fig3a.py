"""Fig. 3a: grains lower the barrier of Ag+ migration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.claims import published
from acanthite.constants import celsius, eV, nm
from acanthite.estimate import Estimate
from acanthite.figures import recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.film import migration_barrier

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLE = "Migration barrier against grain size"
CAPTION = (
    "Barrier of Ag+ through the film against grain size: what disorder adds dies out towards the "
    "barrier inside a grain. Marked: films of the paper."
)
ALT = (
    "A curve that falls from small to large grains and levels off; dots for four films on it, a "
    "dashed line at the published barrier in a grain."
)
WEIGHT = 0.1
REPEATS = 0  # its claims depend on no seed

_BETWEEN = celsius(100.0)  # an anneal between none and the paper's


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Compute the barrier law and the films on it."""
    import xarray as xr

    parameters = settings.parameters
    thin, thick = recipes.thin(settings), recipes.thick(settings)
    annealed = recipes.reference_anneal(settings)
    made = ((thin, None), (thin, _BETWEEN), (thin, annealed), (thick, annealed))
    films = [recipes.grown(settings, thickness=d, anneal_temperature=t) for d, t in made]
    grain = np.geomspace(4 * nm, 200 * nm, 200)
    energy = {"units": "J", "long_name": "migration barrier"}
    data = xr.Dataset(
        {
            "barrier": ("grain_size", [migration_barrier(g, parameters) for g in grain], energy),
            "grain_barrier": ((), films[0].grain_barrier, energy),
            "film_grain": (
                "film",
                [f.grain_size for f in films],
                {"units": "m", "long_name": "grain size"},
            ),
            "film_barrier": ("film", [f.migration_barrier for f in films], energy),
        },
        {
            "grain_size": ("grain_size", grain, {"units": "m", "long_name": "grain size"}),
            "film": [f"{d / nm:.6g} nm, {recipes.anneal_name(t)}" for d, t in made],
        },
    )
    progress(1.0)
    note = (
        "The barrier in the grain is an input; that of the 50 nm film and its fall with grain size "
        "are fitted to the threshold voltages."
    )
    return Outcome(
        {"fig3a.barrier": Estimate(films[0].grain_barrier, "J")}, {"barrier": data}, (note,)
    )


def draw(outcome: Outcome) -> Figure:
    """Draw the barrier law, the limit in a grain and the films."""
    from acanthite import drawing

    data = outcome.recordings["barrier"]
    figure, ax = drawing.new_figure()
    ax.plot(data.grain_size, data.barrier / eV, color=drawing.INK, label="barrier law")
    ax.axhline(
        float(data.grain_barrier) / eV,
        color=drawing.GREY,
        linewidth=2.6,
        alpha=0.6,
        label="in a grain of the twin",
        zorder=0,
    )
    drawing.published_line(
        ax, published("fig3a.barrier") / eV, label="published, in a grain: ~0.2 eV"
    )
    for i, name in enumerate(data.film.values):
        ax.plot(
            data.film_grain[i],
            data.film_barrier[i] / eV,
            "o",
            color=drawing.CYCLE[i],
            label=str(name),
        )
    ax.set_xscale("log")
    drawing.prefix_axis(ax, "x", "m")
    ax.set_xlabel("grain size")
    ax.set_ylabel("migration barrier (eV)")
    ax.set_ylim(0, 1.02)
    ax.legend()
    return figure
