"""Fig. S5: how the array is made, step by step, and the heat it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import celsius, hour, minute, nm
from acanthite.estimate import Estimate
from acanthite.figures import recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.formatting import percent
from acanthite.wafer import (
    ArrayDesign,
    ProcessStep,
    Section,
    allowed_time,
    cross_sections,
    plot_section,
    process_flow,
    recipe_of,
    thermal_budget,
)
from acanthite.wafer.process.section import COLOURS

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE = "Process flow and thermal budget"
CAPTION = (
    "Cross-section through two cells after each step of the process, along a word line (heights "
    "enlarged), and the temperature and time of each heated step, beside what finished CMOS bears, "
    "and the ceilings of Ag2S and of polyimide. The bake of the resist "
    "({budget.bake_temperature:degC}) is assumed."
)
ALT = (
    "A row of small cross-sections in which layers of resist, gold, sulphide and silver come and "
    "go; below, dots of heated steps under a falling line of what CMOS bears and two dashed "
    "ceilings."
)
WEIGHT = 0.5

_SECTIONS = "sections"


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Run the flow and add its heat up."""
    p = settings.parameters
    recipe = recipes.recipe(settings)
    flow = process_flow(recipe, p)
    recipe_of(flow, recipe)  # refuses a flow that makes no film
    sections = cross_sections(flow, ArrayDesign.of(p, 1, 2), oxide=p.value("stack.oxide_thickness"))
    verdicts = thermal_budget(flow, p)
    progress(1.0)
    data = _sections(flow, sections)
    heat = _heat(flow, settings)
    hottest = float(np.max(heat["temperature"].values))
    used = {verdict.limit: verdict.used for verdict in verdicts}
    estimates = {
        "figS5.hottest": Estimate(hottest, "K"),
        "figS5.cmos": Estimate(used["back-end CMOS"]),
    }
    notes = (
        f"{len(flow)} steps. Thermal budget of finished CMOS used: "
        f"{percent(used['back-end CMOS'], 2)}, by the times and temperatures it bears with 10 % "
        "more via resistance; a heated step without a stated time counts as an hour.",
        *(f"{verdict.limit}: {verdict.says}." for verdict in verdicts[1:]),
    )
    return Outcome(estimates, {_SECTIONS: data, "heat": heat}, notes, sources=("Takeuchi2005",))


def _sections(flow: tuple[ProcessStep, ...], sections: list[Section]) -> xr.Dataset:
    """Return the thickness of every material after every step, layer by layer."""
    import xarray as xr

    most = max(len(stack) for section in sections for stack in section.stacks)
    columns = len(sections[0].stacks)
    shape = (len(flow), columns, most)
    thickness = np.zeros(shape)
    material = np.full(shape, "", dtype="U10")
    for i, section in enumerate(sections):
        for j, stack in enumerate(section.stacks):
            for k, (name, height) in enumerate(stack):
                thickness[i, j, k] = height
                material[i, j, k] = name
    dims = ("step", "column", "layer")
    return xr.Dataset(
        {
            "thickness": (dims, thickness, {"units": "m", "long_name": "thickness"}),
            "material": (dims, material),
            "edge": ("edge", sections[0].edges, {"units": "m", "long_name": "along a word line"}),
        },
        {"step": [step.name for step in flow]},
    )


def _heat(flow: tuple[ProcessStep, ...], settings: Settings) -> xr.Dataset:
    """Return the heated steps, and what is borne at each temperature."""
    import xarray as xr

    p = settings.parameters
    room = celsius(25.0)
    hot = [s for s in flow if s.temperature is not None and s.temperature > room + 1.0]
    temperature = np.linspace(celsius(80.0), celsius(480.0), 81)
    borne = [allowed_time(float(t), p) for t in temperature]
    kelvin = {"units": "K", "long_name": "temperature"}
    return xr.Dataset(
        {
            "temperature": ("heated", [s.temperature for s in hot], kelvin),
            "time": ("heated", [s.time or hour for s in hot], {"units": "s"}),
            "borne": ("abscissa", borne, {"units": "s", "long_name": "time CMOS bears"}),
        },
        {
            "abscissa": ("abscissa", temperature, kelvin),
            "heated": [f"{s.name}{' ' + s.layer if s.layer not in s.name else ''}" for s in hot],
        },
        {
            "sulphide": p.value("film.phase_transition_temperature"),
            "polyimide": p.value("budget.polyimide_temperature"),
        },
    )


def draw(outcome: Outcome) -> Figure:
    """Draw the sections in rows of six, and the heat below."""
    from acanthite import drawing

    data = outcome.recordings[_SECTIONS]
    steps = data.sizes["step"]
    columns = 4
    rows = -(-steps // columns)
    figure, axes = drawing.new_figure(
        9.6, 1.35 * rows + 3.2, ncols=columns, nrows=rows + 1, squeeze=False,
        height_ratios=[1.0] * rows + [2.0],
    )  # fmt: skip
    heights = data["thickness"].sum("layer")
    top = float(heights.max() - heights.isel(step=0).min()) / nm
    for k, ax in enumerate(axes[:rows].ravel()):
        if k >= steps:
            ax.axis("off")
            continue
        stacks = tuple(_stack(data, k, j) for j in range(data.sizes["column"]))
        plot_section(Section(data["edge"].values, stacks), ax=ax)
        ax.set_ylim(ax.get_ylim()[0], 1.05 * top)
        name, _, layer = str(data["step"].values[k]).partition(", ")
        ax.set_title(f"{k + 1} {name}\n{layer}", fontsize=8, loc="left")
        drawing.as_map(ax)
    grid = axes[0, 0].get_gridspec()
    for ax in axes[rows]:
        ax.remove()
    with drawing.look():
        heat = figure.add_subplot(grid[rows, :])
    _draw_heat(heat, outcome.recordings["heat"])
    _legend(figure, np.unique(data["material"].values), COLOURS)
    return figure


def _stack(data: xr.Dataset, step: int, column: int) -> list[tuple[str, float]]:
    names = data["material"].values[step, column]
    heights = data["thickness"].values[step, column]
    return [(str(n), float(h)) for n, h in zip(names, heights, strict=True) if n]


def _legend(figure: Figure, materials: np.ndarray, colours: dict[str, str]) -> None:
    from matplotlib.patches import Patch

    spelled = {"Ag2S": "Ag$_2$S", "SiO2": "SiO$_2$"}
    handles = [
        Patch(color=colours[name], label=spelled.get(name, name))
        for name in colours
        if name in materials
    ]
    figure.legend(
        handles=handles, ncols=len(handles), loc="outside upper center", fontsize=8, frameon=False
    )


def _draw_heat(ax: Axes, heat: xr.Dataset) -> None:
    from acanthite import drawing

    zero = celsius(0.0)
    degrees = heat["abscissa"].values - zero
    shown = heat["borne"].values < 1e4 * hour
    ax.plot(
        degrees[shown], heat["borne"].values[shown] / minute, color=drawing.INK,
        label="finished CMOS bears",
    )  # fmt: skip
    steps = {}
    pairs = zip(heat["temperature"].values - zero, heat["time"].values / minute, strict=True)
    for name, pair in zip(heat["heated"].values, pairs, strict=True):
        steps.setdefault(pair, []).append(str(name))
    for k, ((temperature, time), names) in enumerate(steps.items()):
        label = names[0] if len(names) == 1 else f"{names[0].partition(',')[0]}, {len(names)} times"
        ax.plot([temperature], [time], "o", color=drawing.CYCLE[k % 5], label=label)
    for name, style in (("sulphide", ":"), ("polyimide", "-.")):
        spelled = "transition of Ag$_2$S" if name == "sulphide" else "glass transition of polyimide"
        ax.axvline(heat.attrs[name] - zero, color=drawing.GREY, linestyle=style, label=spelled)
    drawing.published_line(ax, 160.0, "x", "published: nothing above 160 °C")
    ax.set_yscale("log")
    drawing.plain_log_axis(ax, "y")
    ax.set(xlabel="temperature (°C)", ylabel="time (min)", xlim=(80, 480))
    drawing.legend_above(ax, ncols=3)
