"""Fig. 1a: the wafer, its masks, and what it yields from edge to edge."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import mm, nm, um
from acanthite.drawing import keep_data
from acanthite.estimate import Estimate
from acanthite.figures import experiments, masks, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.formatting import as_text, percent
from acanthite.wafer import ArrayDesign, WaferDesign, film_map, measure_wafer
from acanthite.wafer.layout.drawings import draw_wafer, fill_dies

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Wafer of crossbar arrays"
CAPTION = (
    "A {wafer.diameter:mm} wafer of 64 × 64 arrays: where they stand, the masks of one, and maps "
    "over all of them of the film's roughness, of the mean threshold and the median LRS of devices "
    "that were swept once on every array, and of the share that work. The paper states the wafer "
    "and the range of the roughness; lines, pitch and non-uniformity of the process are assumed."
)
ALT = (
    "A round wafer with a flat, filled with squares; the drawing of one square with its lines and "
    "pads; and four maps of the wafer in which each square is coloured by its value."
)
WEIGHT = 6.0

_LINES = 64
_MAPS = {
    "roughness": ("roughness Ra (nm)", nm),
    "threshold": ("|V$_{th}$|, mean (mV)", 1e-3),
    "lrs_resistance": ("LRS, median (kΩ)", 1e3),
    "good_share": ("devices that work (%)", 1e-2),
}


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Grow the film over the wafer and sweep devices of every array."""
    data = wafer(settings, progress)
    p = settings.parameters
    roughness = data["roughness"].values
    inside = (roughness >= p.value("film.roughness_low")) & (
        roughness <= p.value("film.roughness_high")
    )
    estimates = {
        "fig1a.diameter": Estimate(p.value("wafer.diameter"), "m"),
        "fig1a.roughness": Estimate(float(inside.mean()), n=inside.size),
    }
    return Outcome(estimates, {"wafer": data}, _notes(data))


def wafer(settings: Settings, progress: Progress = silent) -> xr.Dataset:
    """Return the wafer's arrays with the devices measured on them."""
    p = settings.parameters
    design = WaferDesign.of(p)
    array = ArrayDesign.of(p, _LINES, _LINES)
    places = design.dies(array.die_size)
    films = film_map(
        places,
        recipes.recipe(settings),
        seed=settings.seed,
        diameter=design.diameter,
        parameters=p,
    )
    data = measure_wafer(
        places,
        films,
        cells=array.rows * array.columns,
        devices=experiments.count(settings, 10, 2),
        seed=settings.seed,
        parameters=p,
        progress=progress,
    )
    drawn = {f"wafer_{k}": v for k, v in asdict(design).items()}
    return data.assign_attrs(drawn | masks.attributes(array))


def _notes(data: xr.Dataset) -> tuple[str, ...]:
    radius = np.hypot(data["x"].values, data["y"].values)
    outer = radius > np.median(radius)
    threshold = data["threshold"].values
    a = data.attrs
    devices = f"{data.sizes['device']} of {a['cells']} cells on each of {data.sizes['die']} arrays"
    inner, edge = (as_text(float(np.nanmean(threshold[k])), "V") for k in (~outer, outer))
    low, high = percent(a["device_yield_low"]), percent(a["device_yield_high"])
    return (
        f"Measured: {devices}. {percent(a['device_yield'])} of the devices set within the write "
        f"voltage, reset, and have states far enough apart (95 % interval {low} to {high}).",
        f"Mean threshold magnitude of the inner half of the arrays {inner}, of the outer half "
        f"{edge}.",
        "A device that works on paper may fail for what no model here knows: particles, peeling, "
        "needles.",
    )


def _wafer_of(data: xr.Dataset) -> WaferDesign:
    """Return the wafer a recording keeps."""
    start = "wafer_"
    kept = {str(k).removeprefix(start): v for k, v in data.attrs.items() if start in str(k)}
    return WaferDesign(**kept)


def draw(outcome: Outcome) -> Figure:
    """Draw the wafer, the masks of an array, and four maps."""
    from acanthite.drawing import new_figure, scale_bar

    data = outcome.recordings["wafer"]
    design, array = _wafer_of(data), masks.design_of(data)
    figure, axes = new_figure(9.6, 6.4, ncols=3, nrows=2)
    first, one, *maps = axes.ravel()
    dies = np.column_stack([data["x"].values, data["y"].values])
    draw_wafer(first, design)
    _name_edges(first)
    filled = fill_dies(first, dies, array.die_size, facecolors="#efe6cd", edgecolors="#9a8338")
    filled.set_label("_middle of each array")
    keep_data(filled, dies[:, 0] / mm, dies[:, 1] / mm)
    first.set_title(f"{len(dies)} arrays")
    masks.plot_die(one, array)
    scale_bar(one, mm / um, "1 mm")
    one.set_title(f"one of them: {array.rows} × {array.columns} lines")
    for ax, name in zip(maps, _MAPS, strict=True):
        _draw_map(ax, data, name, design, array)
    for ax in axes.ravel():
        ax.label_outer()
    return figure


def _name_edges(ax: Axes) -> None:
    """Name the lines of a drawn wafer for the table of data."""
    for line, name in zip(ax.lines, ("_edge of the wafer", "_reach of the arrays"), strict=True):
        line.set_label(name)


def _draw_map(
    ax: Axes, data: xr.Dataset, name: str, design: WaferDesign, array: ArrayDesign
) -> None:
    from acanthite.drawing import LIGHT, SEQUENTIAL, colour_bar

    title, unit = _MAPS[name]
    values = data[name].values / unit
    dies = np.column_stack([data["x"].values, data["y"].values])
    known = np.isfinite(values)
    draw_wafer(ax, design)
    for line in ax.lines:
        line.set_gid("decoration")
    fill_dies(ax, dies[~known], array.die_size, facecolors="#ffffff", edgecolors=LIGHT, hatch="xx")
    filled = fill_dies(ax, dies[known], array.die_size, cmap=SEQUENTIAL, edgecolors="face")
    filled.set_array(values[known])
    if name == "good_share":
        filled.set_clim(min(90.0, float(values.min())), 100.0)
    filled.set_label("_value on each array, numbered row by row")
    keep_data(filled, np.flatnonzero(known) + 1, values[known])
    colour_bar(ax, filled)
    ax.set_title(title)
