"""Fig. S6: silver clusters grow on the film under an electron beam, without a bias."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import um
from acanthite.device import kmc
from acanthite.estimate import Estimate
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.formatting import as_text, percent

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Silver clusters under an electron beam"
CAPTION = (
    "Clusters (bright, to scale) on the annealed film while a beam scans it: kinetic Monte Carlo "
    "without electrodes or bias. Overpotential, range and current of the beam are assumed. Right: "
    "radius of each cluster."
)
ALT = (
    "Three square maps at growing times with more and larger bright clusters, and one curve of "
    "radius against time for each cluster."
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
        f"{percent(float(data['silver_share']), 2)} of the silver of the film scanned. The paper "
        "states no beam current, time or density, so there is no number to compare: that clusters "
        "form without a bias is what it shows."
    )
    formed = Estimate(float(data.sizes["cluster"] > 0))
    return Outcome({"figS6.clusters": formed}, {"figS6": data}, (note,))


def draw(outcome: Outcome) -> Figure:
    """Draw three moments of the scan and the growth of the radii."""
    from acanthite import drawing

    data = outcome.recordings["figS6"]
    figure, axes = drawing.new_figure(9.4, 2.5, ncols=4, width_ratios=(1, 1, 1, 1.15))
    frames = data.sizes["frame"]
    for ax, share in zip(axes[:3], _SHOWN, strict=True):
        _draw_surface(ax, data, max(0, round(share * frames) - 1))
    ax = axes[3]
    radius = data["radius"].where(data["radius"] > 0).transpose("frame", "cluster").values
    for k, one in enumerate(radius.T, 1):
        label = f"_cluster {k}"
        ax.plot(data["time"], one, color=drawing.BLUE, linewidth=0.6, alpha=0.7, label=label)
    ax.set_xlabel("time under the beam (s)")
    ax.set_ylabel("cluster radius")
    drawing.prefix_axis(ax, "y", "m")
    return figure


def _draw_surface(ax: Axes, data: xr.Dataset, frame: int) -> None:
    from matplotlib.collections import EllipseCollection

    from acanthite import drawing

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
        size,
        size,
        np.zeros_like(size),
        units="xy",
        offsets=centres,
        transOffset=ax.transData,
        facecolor="#f2f2f0",
        edgecolor="none",
        label="_cluster",
    )
    ax.add_collection(clusters)
    drawing.as_map(ax)
    drawing.scale_bar(ax, 0.25 * side, as_text(0.25 * data.attrs["side"], "m"), drawing.RED)
    ax.set_title(f"{float(data['time'][frame]):.3g} s")
