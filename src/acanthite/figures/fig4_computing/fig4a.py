"""Fig. 4a: the array on polyimide, and how large it may be without selectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import mm, um
from acanthite.crossbar import ConductanceRange, conductances, read_margin
from acanthite.crossbar.arrays.read_time import largest_size
from acanthite.crossbar.compute.convolution import states
from acanthite.estimate import Estimate
from acanthite.figures import experiments, masks, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.film.bending import neutral_plane, strain
from acanthite.formatting import as_text, percent
from acanthite.wafer import ArrayDesign, Technology
from acanthite.wafer.layout.drawings import COLOURS
from acanthite.wafer.layout.masks import MASKS
from acanthite.wafer.layout.rules import layer_shapes

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Array on polyimide, without selectors"
CAPTION = (
    "Left, the masks of an array of 16 × 16 lines wrapped around a cylinder of {bending.radius:mm}, "
    "lines outside. Middle, strain through foil and stack at that radius: none in the plane that "
    "keeps its length. Right, read margin of the farthest unit against the lines of a square array "
    "on the foil without selectors, whatever the others hold, by how unselected lines are held: 1 "
    "is a unit alone; half of it counts as readable."
)
ALT = (
    "Left, a drawing of lines and pads on a curved sheet; middle, a straight line of strain against "
    "height that passes zero in the foil, with a dot at the film; right, margins that fall with the "
    "number of lines, slowest where unselected lines are grounded."
)
WEIGHT = 3.0
REPEATS = 3

_LINES = 16
_LARGEST = 64  # lines of the arrays listed
_LIMIT = 512  # lines at most of the largest that reads
_SCHEMES = {"ground": "grounded", "V/3": "at V/3", "V/2": "at V/2", "float": "floating"}


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Bend the stack, and look for the largest array whose states are told apart."""
    p = settings.parameters
    film = recipes.grown(settings)
    radius = p.value("bending.radius")
    stack = _stack(settings, radius)
    progress(0.1)
    reads = _margins(settings)
    progress(1.0)
    largest = {name: reads.attrs[f"largest_{name}"] for name in _SCHEMES}
    words = ", ".join(f"{n} lines where others are {_SCHEMES[s]}" for s, n in largest.items())
    notes = (
        f"Bent to {radius / mm:g} mm the film is stretched by {percent(strain(film, radius, p), 2)}. "
        "The array on silicon is the same but for what its lines lie on.",
        f"Half the margin is left up to {words}. States: {as_text(reads.attrs['lrs'], 'S', 2)} and "
        f"{as_text(reads.attrs['hrs'], 'S', 2)}, as the kernel's memristors hold them; leads and "
        "wires as drawn, pitch and pads assumed.",
        "The paper does not say how many lines its array has. Nine word lines hold a 3 × 3 kernel.",
    )
    estimate = Estimate(float(largest["ground"]), "1")
    return Outcome(
        {"fig4a.lines": estimate}, {"stack": stack, "margins": reads}, notes, sources=("Suo1999",)
    )


def _stack(settings: Settings, radius: float) -> xr.Dataset:
    """Return heights of the layers over the back of the foil, and the strain there."""
    import xarray as xr

    p = settings.parameters
    film = recipes.grown(settings)
    metal = p.value("stack.electrode_thickness")
    layers = {
        "polyimide": p.value("bending.substrate_thickness"),
        "Au": metal,
        "Ag2S": film.thickness,
        "Ag": metal,
    }
    top = np.cumsum(list(layers.values()))
    middle = top - 0.5 * np.array(list(layers.values()))
    plane = neutral_plane(film, p)
    height = np.linspace(0.0, top[-1], 61)
    return xr.Dataset(
        {
            "strain": ("height", (height - plane) / radius, {"units": "1", "long_name": "strain"}),
            "layer_strain": ("layer", (middle - plane) / radius, {"units": "1"}),
            "middle": ("layer", middle, {"units": "m", "long_name": "middle of each layer"}),
        },
        {
            "height": ("height", height, {"units": "m", "long_name": "height over the back"}),
            "layer": list(layers),
        },
        {"radius": radius, "neutral_plane": plane},
    )


def _margins(settings: Settings) -> xr.Dataset:
    """Return read margins of arrays on the foil, and the largest that reads."""
    import xarray as xr

    p = settings.parameters
    reads = experiments.lrs_reads(settings)
    lrs, hrs = (float(np.median(conductances(states(reads, s)))) for s in ("LRS", "HRS"))
    technology = Technology(p, substrate="polyimide")
    options = {
        "cells": ConductanceRange(hrs, lrs),
        "wires": technology.wires,
        "read_voltage": p.value("pulse.read_voltage"),
        "seed": settings.seed,
    }
    sizes = [2**k for k in range(1, _LARGEST.bit_length())]

    def reads_well(lines: int, bias: str) -> bool:
        return bool(read_margin([lines], bias, **options).margin[0] >= 0.5)

    margin = [read_margin(sizes, bias, **options).margin for bias in _SCHEMES]
    largest = {
        f"largest_{bias}": largest_size(lambda n, bias=bias: reads_well(n, bias), _LIMIT)
        for bias in _SCHEMES
    }
    design = ArrayDesign.of(p, _LINES, _LINES)
    return xr.Dataset(
        {"margin": (("bias", "lines"), margin, {"units": "1", "long_name": "read margin"})},
        {"bias": list(_SCHEMES), "lines": ("lines", sizes, {"units": "1", "long_name": "lines"})},
        {"lrs": lrs, "hrs": hrs, **largest, **masks.attributes(design)},
    )


def draw(outcome: Outcome) -> Figure:
    """Draw the bent array, the strain and the margins."""
    from acanthite import drawing

    stack, reads = outcome.recordings["stack"], outcome.recordings["margins"]
    figure, (bent, through, margins) = drawing.new_figure(10.4, 3.5, ncols=3)
    _draw_bent(bent, reads, stack.attrs["radius"])
    through.plot(stack["height"] / um, 100 * stack["strain"], color=drawing.INK, label="_strain")
    for k in (0, 2):
        name = str(stack["layer"].values[k]).replace("2", "$_2$")
        through.plot(
            [stack["middle"].values[k] / um],
            [100 * stack["layer_strain"].values[k]],
            "o",
            color=(drawing.ORANGE, drawing.RED, drawing.PURPLE)[k],
            label=f"middle of the {name}",
        )
    through.axhline(0.0, color=drawing.GREY, linewidth=0.7, gid="decoration")
    through.set(xlabel="height over the back of the foil (µm)", ylabel="strain (%)")
    drawing.legend_above(through)
    for name, colour in zip(_SCHEMES, drawing.CYCLE, strict=False):
        values = reads["margin"].sel(bias=name).values
        margins.plot(
            reads["lines"], values, "o-", color=colour, markersize=3.5, label=_SCHEMES[name]
        )
    margins.axhline(0.5, color=drawing.GREY, linestyle=":", label="_half")
    margins.set_xscale("log", base=2)
    margins.set_xticks(reads["lines"].values, [str(n) for n in reads["lines"].values])
    margins.set(xlabel="lines of the array", ylabel="read margin", ylim=(-1.0, 1.08))
    drawing.legend_above(margins, ncols=4)
    return figure


def _draw_bent(ax: Axes, reads: xr.Dataset, radius: float) -> None:
    """Draw the masks on a cylinder, seen from the side and above."""
    from matplotlib.collections import PolyCollection

    from acanthite import drawing

    design = masks.design_of(reads)
    die = masks.die(design)
    half = 0.5 * np.array(design.die_size)
    foil = np.array([(-half[0], -half[1]), (half[0], -half[1]), half, (-half[0], half[1])])
    ax.add_collection(PolyCollection([_wrapped(foil, radius)], facecolors="#f0cf93", linewidths=0))
    for layer in MASKS:
        shapes = [
            _wrapped(np.asarray(shape.points) * um, radius) for shape in layer_shapes(die, layer)
        ]
        ax.add_collection(PolyCollection(shapes, facecolors=COLOURS[layer], linewidths=0))
    outline = _wrapped(foil, radius)
    ax.plot(*np.vstack([outline, outline[:1]]).T, color=drawing.INK, linewidth=0.7, label="_foil")
    ax.set_aspect("equal")
    ax.margins(0.06)
    ax.autoscale_view()
    drawing.as_map(ax)
    drawing.scale_bar(ax, 0.2, "0.2 mm")
    ax.set_title(f"{design.rows} × {design.columns} lines, bent to {radius / mm:g} mm", fontsize=9)


def _wrapped(points: np.ndarray, radius: float) -> np.ndarray:
    """Return a polygon [m] on the cylinder in an oblique view [mm], its edges cut into short ones."""
    closed = np.vstack([points, points[:1]])
    steps = 24
    share = np.linspace(0.0, 1.0, steps, endpoint=False)[None, :, None]
    fine = (closed[:-1, None] * (1 - share) + closed[1:, None] * share).reshape(-1, 2)
    angle = fine[:, 0] / radius
    across, up = radius * np.sin(angle), radius * (np.cos(angle) - 1.0)
    return np.column_stack([across + 0.35 * fine[:, 1], 0.55 * fine[:, 1] + up]) / mm
