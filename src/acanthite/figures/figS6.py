"""Fig. S6: silver clusters grow on the film under an electron beam, without a bias."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import um
from acanthite.device import kmc
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Silver clusters under an electron beam"
CAPTION = (
    "Clusters (bright, to scale) on the annealed film while a beam scans it: kinetic Monte Carlo without electrodes or "
    "bias. Overpotential, range and current of the beam are assumed. Right: radius of each cluster."
)
WEIGHT = 0.6

_SHOWN = (0.05, 0.3, 1.0)  # of the duration


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Scan the film."""
    parameters = settings.parameters
    film = recipes.grown(settings)
    cells = experiments.count(settings, 200, 100)
    data = kmc.irradiate(film, seed=settings.seed, cells=cells, parameters=parameters)
    progress(1.0)
    note = (
        f"{data.sizes['cluster']} clusters after {float(data['time'][-1]):g} s; they hold "
        f"{float(data['silver_share']):.0%} of the silver of the film scanned. The paper states no beam current, time or "
        "density, so there is no number to compare: that clusters form without a bias is what it shows."
    )
    return Outcome({}, {"figS6": data}, (note,))


def draw(outcome: Outcome) -> Figure:
    """Draw three moments of the scan and the growth of the radii."""
    from acanthite.figures import style

    data = outcome.recordings["figS6"]
    figure, axes = style.new_figure(9.0, 2.7, ncols=4, width_ratios=(1, 1, 1, 1.25))
    frames = data.sizes["frame"]
    for ax, share in zip(axes[:3], _SHOWN, strict=True):
        _draw_surface(ax, data, max(0, round(share * frames) - 1))
    ax = axes[3]
    ax.plot(
        data["time"],
        data["radius"].where(data["radius"] > 0),
        color=style.BLUE,
        linewidth=0.6,
        alpha=0.7,
    )
    ax.set_xlabel("time under the beam (s)")
    ax.set_ylabel("cluster radius")
    style.prefix_axis(ax, "y", "m")
    return figure


def _draw_surface(ax: Axes, data: xr.Dataset, frame: int) -> None:
    from matplotlib.collections import EllipseCollection

    side = data.attrs["side"] / um
    ax.imshow(
        np.where(data["boundary"], 0.30, 0.36),
        cmap="gray",
        vmin=0,
        vmax=1,
        extent=(0, side, 0, side),
        origin="lower",
    )
    size = 2 * data["radius"].values[frame] / um
    centres = np.stack([data["x"].values / um, data["y"].values / um], -1)
    clusters = EllipseCollection(
        size, size, np.zeros_like(size), units="xy", offsets=centres, transOffset=ax.transData,
        facecolor="#f2f2f0", edgecolor="none",
    )  # fmt: skip
    ax.add_collection(clusters)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.plot(
        [0.08 * side, 0.33 * side],
        [0.06 * side] * 2,
        color="white",
        linewidth=2.5,
        solid_capstyle="butt",
    )
    ax.text(
        0.205 * side,
        0.09 * side,
        f"{0.25 * side:g} µm",
        color="white",
        ha="center",
        va="bottom",
        fontsize=8,
        bbox={"facecolor": "#333333", "edgecolor": "none", "pad": 1.5},
    )
    ax.set_title(f"{float(data['time'][frame]):.3g} s")
