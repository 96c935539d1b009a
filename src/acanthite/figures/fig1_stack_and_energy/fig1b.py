"""Fig. 1b: an array, four of its units from above, the unit in cross-section, and sneak paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import nm, um
from acanthite.crossbar import Wires, conductances, crosstalk
from acanthite.crossbar.compute.convolution import states
from acanthite.estimate import Estimate
from acanthite.figures import experiments, masks, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.formatting import as_text
from acanthite.wafer import ArrayDesign, Technology

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Array, sub-array, and the memristive unit in cross-section"
CAPTION = (
    "Top, from the masks: an array of 8 × 8 lines, four of its units with an island of Ag2S at each "
    "crossing, and the same four under a film that is not removed. Bottom: the Au/Ag2S/Ag stack of a "
    "unit, drawn to scale (heights and widths each to their own scale), with the "
    "{stack.film_thickness:nm} and the {stack.thick_film_thickness:nm} electrolyte; and what a "
    "film of {stack.film_thickness:nm} that is not removed adds to the current of a unit that is "
    "read, all units in the HRS and other lines at half the voltage."
)
ALT = (
    "Three drawings from above, of a whole array and of four crossings with square islands and "
    "under one film; two stacks of layers in section, on silicon and its oxide; and lines that rise "
    "with the size of the array."
)
WEIGHT = 2.0

_LINES = 8  # of the array drawn
_SIZES = (2, 4, 8, 16, 32)  # lines of the arrays read


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Collect the thicknesses the twin uses, and read arrays with the film removed and left."""
    import xarray as xr

    stack = settings.parameters.group("stack")
    films = [
        recipes.grown(settings, thickness=stack[k])
        for k in ("film_thickness", "thick_film_thickness")
    ]
    values = {
        "oxide": stack["oxide_thickness"],
        "electrode": stack["electrode_thickness"],
        "island": stack["island_side"],
    }
    data = xr.Dataset(
        {k: ((), v, {"units": "m", "long_name": k}) for k, v in values.items()}
        | {
            "film": (
                "unit",
                [f.thickness for f in films],
                {"units": "m", "long_name": "Ag2S thickness"},
            )
        }
    )
    paths = sneak_paths(settings)
    progress(1.0)
    estimates = {f"fig1b.{k}": Estimate(v, "m") for k, v in values.items()}
    estimates["fig1b.film"] = Estimate(films[0].thickness, "m")
    estimates["fig1b.crosstalk"] = Estimate(float(paths["through_junctions"][-1]))
    return Outcome(estimates, {"stack": data, "paths": paths}, _notes(paths))


def sneak_paths(settings: Settings) -> xr.Dataset:
    """Return what a film over the whole array adds to the read of a unit, by the circuit solver."""
    import xarray as xr

    p = settings.parameters
    hrs = float(np.median(conductances(states(experiments.lrs_reads(settings), "HRS"))))
    technology = Technology(p)
    design = ArrayDesign.of(p, _LINES, _LINES)
    junction = hrs * design.pitch / design.cell
    read = p.value("pulse.read_voltage")

    def added(wires: Callable[[int], Wires], bias: str = "V/2") -> np.ndarray:
        found = crosstalk(_SIZES, wires, bias, selected=hrs, others=hrs, voltage=read)
        return found.share

    def through_junctions(lines: int) -> Wires:
        """Return wires whose film is reached through the junction of the lines, as a cell is."""
        wires = technology.leaky_wires(lines)
        leakage = 1 / (1 / wires.word_leakage + 2 / junction)
        return replace(wires, word_leakage=leakage, bit_leakage=leakage)

    share = {"units": "1", "long_name": "current the film adds, over that of the unit"}
    return xr.Dataset(
        {
            "perfect_contacts": ("lines", added(technology.leaky_wires), share),
            "through_junctions": ("lines", added(through_junctions), share),
            "grounded": ("lines", added(technology.leaky_wires, "ground"), share),
        },
        {"lines": ("lines", list(_SIZES), {"units": "1", "long_name": "lines"})},
        {"hrs": hrs, **masks.attributes(design)},
    )


def _notes(paths: xr.Dataset) -> tuple[str, ...]:
    lines, hrs = int(paths["lines"][-1]), as_text(paths.attrs["hrs"], "S", 2)
    low, high = (
        as_text(float(paths[name][-1]), "1", 2)
        for name in ("through_junctions", "perfect_contacts")
    )
    return (
        f"Of {lines} × {lines} units at {hrs}, a film that is not removed adds {low} times the "
        "current of the unit read where lines touch it through the same junction as a cell does, "
        f"and {high} times it where their contacts are perfect. With islands nothing is added. The "
        "conductivity of the film and the pitch are assumed.",
        "Lines that are all held at ground while one is read take these currents up: then the film "
        f"adds {as_text(float(np.abs(paths['grounded']).max()), '1', 1)} of it at most.",
    )


def draw(outcome: Outcome) -> Figure:
    """Draw masks above, and stacks and sneak paths below."""
    from acanthite import drawing

    data, paths = outcome.recordings["stack"], outcome.recordings["paths"]
    figure, axes = drawing.new_figure(9.6, 6.0, ncols=3, nrows=2)
    (whole, islands, covered), (*stacks, crosstalk) = axes
    _draw_masks(whole, islands, covered, paths)
    for ax, film in zip(stacks, data.film.values, strict=True):
        _stack(ax, float(data.oxide), float(data.electrode), float(film), float(data.island))
        ax.set_title(f"{film / nm:.0f} nm Ag$_2$S")
        ax.set_xlabel("across the top electrode (µm)")
        ax.set_ylim(
            -45, (float(data.oxide) + 2 * float(data.electrode) + float(data.film.max())) / nm + 45
        )
    stacks[0].set_ylabel("height over Si (nm)")
    _draw_paths(crosstalk, paths)
    return figure


def _draw_masks(whole: Axes, islands: Axes, covered: Axes, paths: xr.Dataset) -> None:
    from acanthite import drawing

    design = masks.design_of(paths)
    plain = replace(design, continuous=True)
    masks.plot_die(whole, design)
    drawing.scale_bar(whole, 200.0, "200 µm")
    whole.set_title(f"array of {design.rows} × {design.columns} lines")
    for ax, one, title in (
        (islands, design, "2 × 2 units, an island each"),
        (covered, plain, "2 × 2 units, film not removed"),
    ):
        masks.plot_die(ax, one)
        half = 1.0 * design.pitch / um
        ax.set(xlim=(-half, half), ylim=(-half, half))
        drawing.scale_bar(ax, 10.0, "10 µm")
        ax.set_title(title)


def _draw_paths(ax: Axes, paths: xr.Dataset) -> None:
    from acanthite import drawing

    for name, colour, label in (
        ("perfect_contacts", drawing.RED, "film left, perfect contacts"),
        ("through_junctions", drawing.BLUE, "film left, through junctions"),
    ):
        ax.plot(paths["lines"], paths[name], "o-", color=colour, markersize=4, label=label)
    ax.axhline(1.0, color=drawing.GREY, linestyle=":", label="as much as the unit itself")
    ax.set_xscale("log", base=2)
    ax.set_yscale("log")
    ax.set_xticks(paths["lines"].values, [str(n) for n in paths["lines"].values])
    drawing.plain_log_axis(ax, "y")
    ax.set(xlabel="lines of the array", ylabel="current added, over the unit's")
    drawing.legend_above(ax, ncols=1)


def _stack(ax: Axes, oxide: float, electrode: float, film: float, side: float) -> None:
    """Draw substrate, bottom line, island and top line, and write each thickness beside it."""
    half, reach = side / 2 / um, 0.9 * side / um
    layers = (
        ("Si", -40 * nm, 40 * nm, reach, "#b9bec7", ""),
        ("SiO$_2$", 0.0, oxide, reach, "#dfe7f1", f"{oxide / nm:.0f} nm"),
        ("Au", oxide, electrode, reach, "#e3b84c", f"{electrode / nm:.0f} nm"),
        ("Ag$_2$S", oxide + electrode, film, half, "#6d6a75", f"{film / nm:.0f} nm"),
        ("Ag", oxide + electrode + film, electrode, half, "#c3ccd6", f"{electrode / nm:.0f} nm"),
    )
    for name, bottom, height, width, colour, size in layers:
        ax.bar(
            0,
            height / nm,
            2 * width,
            bottom / nm,
            color=colour,
            edgecolor="white",
            linewidth=0.8,
            label=f"_{name}",
        )
        middle = (bottom + height / 2) / nm
        shade = "white" if name == "Ag$_2$S" else "#22252b"
        ax.text(
            0,
            middle,
            f"{name}  {size}".strip(),
            ha="center",
            va="center",
            color=shade,
            fontsize=8.5,
        )
    top = (oxide + 2 * electrode + film) / nm + 9
    ax.annotate(
        "",
        (half, top),
        (-half, top),
        arrowprops={"arrowstyle": "<->", "lw": 0.8, "color": "#22252b"},
    )
    ax.text(0, top + 3, f"{side / um:.0f} µm", ha="center", va="bottom", fontsize=8)
    ax.set_xlim(-reach, reach)
