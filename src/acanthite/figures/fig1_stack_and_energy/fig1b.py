"""Fig. 1b: the memristive unit in cross-section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acanthite.constants import nm, um
from acanthite.estimate import Estimate
from acanthite.figures import recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Cross-section of the memristive unit"
CAPTION = (
    "The Au/Ag2S/Ag stack of a cross-point, drawn to scale from the twin's parameters (heights and "
    "widths each to their own scale), with the {stack.film_thickness:nm} and the "
    "{stack.thick_film_thickness:nm} electrolyte."
)
ALT = (
    "Two stacks of layers in section, on silicon and its oxide: a gold line, the Ag2S film, and "
    "the silver electrode on top; the right one has the thicker film."
)
WEIGHT = 0.1
REPEATS = 0  # its claims depend on no seed


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Collect the thicknesses the twin uses."""
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
    progress(1.0)
    estimates = {f"fig1b.{k}": Estimate(v, "m") for k, v in values.items()}
    return Outcome(estimates | {"fig1b.film": Estimate(films[0].thickness, "m")}, {"stack": data})


def draw(outcome: Outcome) -> Figure:
    """Draw the two stacks side by side."""
    from acanthite.drawing import new_figure

    data = outcome.recordings["stack"]
    figure, axes = new_figure(7.2, 3.2, ncols=2, sharey=True)
    for ax, film in zip(axes, data.film.values, strict=True):
        _stack(ax, float(data.oxide), float(data.electrode), float(film), float(data.island))
        ax.set_title(f"{film / nm:.0f} nm Ag$_2$S")
        ax.set_xlabel("across the top electrode (µm)")
    axes[0].set_ylabel("height over Si (nm)")
    axes[0].set_ylim(
        -45, (float(data.oxide) + 2 * float(data.electrode) + float(data.film.max())) / nm + 45
    )
    return figure


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
