"""Fig. 2a: a silver cluster on the surface of the film, and its X-rays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import elementary_charge, nm, um
from acanthite.device import kmc
from acanthite.errors import FigureError
from acanthite.estimate import Estimate
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.film.electron_probe import xray_signals
from acanthite.formatting import as_text

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "A silver cluster on the surface"
CAPTION = (
    "Left, clusters that an electron beam of {sem.surface_voltage:kV} grew on the film (kinetic "
    "Monte Carlo, as in Fig. S6), the largest framed; then its height, and the X-rays of silver "
    "and of sulphur that the beam draws from it, over those of the bare film."
)
ALT = (
    "Four square maps: bright dots on a dark film with one framed, then the framed dot as a dome "
    "of height, bright in the silver signal and dark in the sulphur signal."
)
WEIGHT = 0.6

_WINDOW = 5.0  # radii of the cluster, along a side
_PIXELS = 96


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Grow clusters, take the largest, and let the beam excite it."""
    p = settings.parameters
    film = recipes.grown(settings)
    cells = experiments.count(settings, 200, 100)
    scan = kmc.irradiate(film, seed=settings.seed, cells=cells, parameters=p)
    progress(0.9)
    if not scan.sizes["cluster"]:
        raise FigureError("no cluster grew; raise kmc.beam_overpotential or kmc.beam_current")
    radius = scan["radius"].values[-1]
    chosen = int(np.argmax(radius))
    energy = p.value("sem.surface_voltage") * elementary_charge
    data = _cluster(float(radius[chosen]), film.thickness, energy, settings)
    middle = data["height"].values > 0.5 * radius[chosen]
    silver, sulphur = (float(data[name].values[middle].mean()) for name in ("Ag", "S"))
    estimates = {
        "fig2a.voltage": Estimate(p.value("sem.surface_voltage"), "V"),
        "fig2a.silver": Estimate(silver),
        "fig2a.sulphur": Estimate(sulphur),
    }
    note = (
        f"The largest of {radius.size} clusters has a radius of {as_text(float(radius[chosen]), 'm')}"
        f". Where it is more than half as high, silver gives {silver:.2f} and sulphur "
        f"{sulphur:.2f} times the X-rays of the bare film. The depth they come from is that of "
        "Anderson and Hasler; the spread of the beam in the film is not counted."
    )
    data = data.assign_attrs(chosen=chosen)
    return Outcome(estimates, {"scan": scan, "cluster": data}, (note,), sources=("Anderson1966",))


def _cluster(radius: float, thickness: float, energy: float, settings: Settings) -> xr.Dataset:
    """Return height and signals around a hemisphere."""
    import xarray as xr

    half = 0.5 * _WINDOW * radius
    axis = np.linspace(-half, half, _PIXELS)
    square = axis[:, None] ** 2 + axis**2
    height = np.sqrt(np.maximum(0.0, radius**2 - square))
    signals = xray_signals(height, thickness, energy, settings.parameters)
    plane = ("y", "x")
    names = {"Ag": "silver X-rays over the film's", "S": "sulphur X-rays over the film's"}
    return xr.Dataset(
        {"height": (plane, height, {"units": "m", "long_name": "height of the silver"})}
        | {
            symbol: (plane, signals[symbol], {"units": "1", "long_name": name})
            for symbol, name in names.items()
        },
        {name: (name, axis, {"units": "m", "long_name": "from its middle"}) for name in plane},
    )


def draw(outcome: Outcome) -> Figure:
    """Draw the scanned surface, and the largest cluster three times."""
    from acanthite import drawing

    scan, cluster = outcome.recordings["scan"], outcome.recordings["cluster"]
    figure, (surface, height, silver, sulphur) = drawing.new_figure(10.6, 2.7, ncols=4)
    _draw_surface(surface, scan, cluster)
    half = float(cluster["x"][-1]) / nm
    extent = (-half, half, -half, half)
    for ax, name, title, look in (
        (height, "height", "height (nm)", "copper"),
        (silver, "Ag", "silver X-rays", "magma"),
        (sulphur, "S", "sulphur X-rays", "cividis"),
    ):
        values = cluster[name].values / (nm if name == "height" else 1.0)
        shown = ax.imshow(values, extent=extent, cmap=look, origin="lower")
        drawing.as_map(ax)
        drawing.colour_bar(ax, shown)
        ax.set_title(title)
        length = _round(0.5 * half)
        drawing.scale_bar(ax, length, f"{length:.0f} nm", drawing.RED)
    return figure


def _round(length: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten up to a length."""
    power = 10.0 ** np.floor(np.log10(length))
    return float(power * max(k for k in (1, 2, 5) if k * power <= length))


def _draw_surface(ax: Axes, scan: xr.Dataset, cluster: xr.Dataset) -> None:
    from matplotlib.collections import EllipseCollection
    from matplotlib.patches import Rectangle

    from acanthite import drawing

    side = scan.attrs["side"] / um
    ax.imshow(
        np.where(scan["boundary"], 0.30, 0.36), cmap="gray", vmin=0, vmax=1, origin="lower",
        extent=(0, side, 0, side),
    )  # fmt: skip
    size = 2 * scan["radius"].values[-1] / um
    centres = np.stack([scan["x"].values / um, scan["y"].values / um], -1)
    dots = EllipseCollection(
        size, size, np.zeros_like(size), units="xy", offsets=centres, transOffset=ax.transData,
        facecolor="#f2f2f0", edgecolor="none", label="_cluster",
    )  # fmt: skip
    ax.add_collection(dots)
    x, y = centres[cluster.attrs["chosen"]]
    half = float(cluster["x"][-1]) / um
    frame = Rectangle(
        (x - half, y - half),
        2 * half,
        2 * half,
        fill=False,
        edgecolor=drawing.RED,
        gid="decoration",
    )
    ax.add_patch(frame)
    ax.set(xlim=(0, side), ylim=(0, side))
    drawing.as_map(ax)
    drawing.scale_bar(ax, 0.25 * side, as_text(0.25 * scan.attrs["side"], "m"), drawing.ORANGE)
    ax.set_title("surface after the scan")
