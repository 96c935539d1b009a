"""Fig. 2b: silver clusters inside the film, on the cut face of a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import nm
from acanthite.device import kmc
from acanthite.estimate import Estimate
from acanthite.figures import recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.formatting import as_text

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Silver clusters in the cross-section"
CAPTION = (
    "Cut face of a Au/Ag2S/Ag cell with the {stack.film_thickness:nm} film while a beam of "
    "{sem.section_voltage:kV} scans it: kinetic Monte Carlo, without a bias. Dark lines: grain "
    "boundaries, closest at the bottom; dashed: silver clusters, to scale. Overpotential, range and "
    "current of the beam are assumed, as in Fig. S6."
)
ALT = (
    "Above, three bands, silver above, gold below and the sulphide of many grains between, with a few "
    "bright half-rounds outlined by dashes inside it; below, one curve of radius against time "
    "for each cluster."
)
WEIGHT = 0.3

_WIDTH = 2000 * nm
_DURATION = 4.0  # s


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Scan the face."""
    p = settings.parameters
    film = recipes.grown(settings)
    data = kmc.irradiate_section(
        film, _DURATION, settings.seed, width=_WIDTH, parameters=p
    ).assign_attrs(electrode=p.value("stack.electrode_thickness"))
    progress(1.0)
    depth = data["y"].values / film.thickness
    where = (
        f"; {int((depth < 0.5).sum())} of them began in the upper half of the film, where grains "
        "are larger and boundaries fewer"
        if depth.size
        else ""
    )
    note = (
        f"{depth.size} clusters after {as_text(_DURATION, 's')} on {as_text(_WIDTH, 'm')} of the "
        f"face{where}. The paper states no current, time or density: that clusters form inside "
        "the film without a bias is what it shows."
    )
    estimates = {"fig2b.voltage": Estimate(p.value("sem.section_voltage"), "V")}
    return Outcome(estimates, {"face": data}, (note,))


def draw(outcome: Outcome) -> Figure:
    """Draw the face at the end of the scan, and the growth of the radii."""
    from acanthite import drawing

    data = outcome.recordings["face"]
    figure, (face, radii) = drawing.new_figure(9.0, 3.4, nrows=2, height_ratios=(1, 2))
    _draw_face(face, data)
    for k, one in enumerate(data["radius"].where(data["radius"] > 0).values.T, 1):
        radii.plot(data["time"], one, color=drawing.BLUE, linewidth=0.9, label=f"_cluster {k}")
    radii.set(xlabel="time under the beam", ylabel="cluster radius", xlim=(0, None))
    drawing.prefix_axis(radii, "x", "s")
    drawing.prefix_axis(radii, "y", "m")
    return figure


def _draw_face(ax: Axes, data: xr.Dataset) -> None:
    from matplotlib.patches import Circle, Rectangle

    from acanthite import drawing

    width, height = data.attrs["width"] / nm, data.attrs["film_thickness"] / nm
    metal = data.attrs["electrode"] / nm
    extent = (0, width, 0, height)
    ax.imshow(
        np.where(data["boundary"], 0.22, 0.40), cmap="gray", vmin=0, vmax=1, extent=extent,
        interpolation="nearest",
    )  # fmt: skip
    film = Rectangle((0, 0), width, height, transform=ax.transData, visible=False)
    ax.add_patch(film)
    for bottom, colour, name in ((height, "#c3ccd6", "Ag"), (-metal, "#e3b84c", "Au")):
        ax.add_patch(Rectangle((0, bottom), width, metal, color=colour, linewidth=0))
        ax.text(0.01 * width, bottom + 0.5 * metal, name, va="center", fontsize=8)
    ax.text(0.01 * width, 0.5 * height, "Ag$_2$S", va="center", fontsize=8, color="white")
    middles = np.column_stack([data["x"].values, data["y"].values]) / nm
    radius = data["radius"].values[-1] / nm
    for (x, depth), r in zip(middles, radius, strict=True):
        cluster = Circle(
            (x, height - depth), r, facecolor="#f2f2f0", edgecolor=drawing.RED, linestyle="--",
            linewidth=1.0,
        )  # fmt: skip
        ax.add_patch(cluster)
        cluster.set_clip_path(film)
    (dots,) = ax.plot(
        middles[:, 0], height - middles[:, 1], ".", color=drawing.RED, markersize=2,
        label="_where a cluster began",
    )  # fmt: skip
    dots.set_zorder(3)
    ax.set(xlim=(0, width), ylim=(-metal, height + metal))
    ax.set_aspect("equal")
    drawing.as_map(ax)
    drawing.scale_bar(ax, 100.0, "100 nm")
    ax.set_title(f"after {as_text(float(data['time'][-1]), 's')}")
