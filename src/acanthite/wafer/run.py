"""A wafer as a folder: traveller, cross-sections, thermal budget, maps from film to yield."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.drawing import look, save_png
from acanthite.files import write_text
from acanthite.film import Recipe
from acanthite.parameters import AG2S, ParameterSet
from acanthite.wafer.layout.design import ArrayDesign, WaferDesign
from acanthite.wafer.layout.masks import die_names
from acanthite.wafer.layout.wires import Substrate
from acanthite.wafer.layout.write import csv_text, folder
from acanthite.wafer.process.budget import BudgetVerdict, thermal_budget
from acanthite.wafer.process.flow import Flow, process_flow, recipe_of, traveller
from acanthite.wafer.process.section import climbed_step, cross_sections, plot_cross_sections
from acanthite.wafer.yields.drawings import plot_wafer_maps
from acanthite.wafer.yields.film_map import Statistics, film_map, read_film_map, statistics
from acanthite.wafer.yields.measured import QUANTITIES, measure_wafer

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class WaferRun:
    """A wafer that was taken through its flow.

    Parameters
    ----------
    flow : tuple of Step
    verdicts : tuple of BudgetVerdict
        Of the thermal budget, those of the substrate at hand.
    step_coverage : float
        Thickness of the top electrode over the largest step it climbs. [1]
    dies : xarray.Dataset or None
        Of :func:`measure_wafer`; None where the budget of the electrolyte is broken, as no device
        law holds then.
    table : dict of str to Statistics
        Over the dies.
    files : tuple of Path

    Examples
    --------
    The verdicts on an anneal that Ag2S does not bear; :func:`write_wafer` makes the whole run:

    >>> from acanthite.constants import celsius
    >>> flow = ac.wafer.process_flow(ac.film.Recipe(anneal_temperature=celsius(250)))
    >>> run = ac.wafer.WaferRun(flow, ac.wafer.thermal_budget(flow), 1.0, None, {}, ())
    >>> run.passes, [verdict.limit for verdict in run.verdicts if not verdict.passes]
    (False, ['Ag2S'])
    """

    flow: Flow
    verdicts: tuple[BudgetVerdict, ...]
    step_coverage: float
    dies: xr.Dataset | None
    table: dict[str, Statistics]
    files: tuple[Path, ...]

    @property
    def passes(self) -> bool:
        """Whether every budget is kept."""
        return all(verdict.passes for verdict in self.verdicts)


def write_wafer(
    out: str | Path,
    array: ArrayDesign | None = None,
    recipe: Recipe | None = None,
    *,
    flow: Flow | None = None,
    measured_map: str | Path | None = None,
    substrate: Substrate = "silicon",
    devices: int | None = None,
    seed: int = 0,
    parameters: ParameterSet = AG2S,
    progress: Callable[[float], None] | None = None,
) -> WaferRun:
    """Take a wafer through its flow, check the thermal budget, measure its dies, write the results.

    Parameters
    ----------
    out : path_like
        Folder; it is made where it is missing.
    array : ArrayDesign, optional
        64 x 64 without it.
    recipe : Recipe, optional
    flow : tuple of Step, optional
        The paper's, with this recipe, without it; what it says of the electrolyte goes over the
        recipe.
    measured_map : path_like, optional
        CSV of film properties instead of the model; see :func:`read_film_map`.
    substrate : {"silicon", "polyimide"}
    devices : int, optional
        Measured on each die, of its cells.
    seed : int
    parameters : ParameterSet
    progress : callable, optional

    Returns
    -------
    WaferRun

    Raises
    ------
    LayoutError, ProcessError, RecipeError
        If an input makes no sense; nothing is written then.

    Examples
    --------
    An anneal that Ag2S does not bear, so that no device is measured; the flow, its sections and the
    verdicts are written:

    >>> from acanthite.constants import celsius
    >>> recipe = ac.film.Recipe(anneal_temperature=celsius(250))
    >>> run = ac.wafer.write_wafer("wafer", ac.wafer.ArrayDesign(8, 8), recipe)
    >>> run.passes, run.dies is None, sorted(file.name for file in run.files)[:3]
    (False, True, ['budget.csv', 'cross_sections.png', 'traveller.csv'])
    """
    out, array = folder(out), ArrayDesign.of(parameters, 64, 64) if array is None else array
    recipe = Recipe.of(parameters) if recipe is None else recipe
    flow = process_flow(recipe, parameters, continuous=array.continuous) if flow is None else flow
    verdicts = tuple(
        v
        for v in thermal_budget(flow, parameters)
        if substrate == "polyimide" or v.limit != "polyimide"
    )
    oxide = parameters.value("stack.oxide_thickness")
    sections = cross_sections(flow, array, substrate, oxide)
    recipe = recipe_of(flow, recipe)
    wafer = WaferDesign.of(parameters)
    data = None
    if next(v for v in verdicts if v.limit == "Ag2S").passes:
        places = wafer.dies(array.die_size)
        if measured_map is None:
            films = film_map(
                places, recipe, seed=seed, diameter=wafer.diameter, parameters=parameters
            )
        else:
            films = read_film_map(measured_map, places, recipe, parameters)
        data = measure_wafer(
            places,
            films,
            cells=array.rows * array.columns,
            devices=devices,
            seed=seed,
            parameters=parameters,
            progress=progress,
        )
    table = {} if data is None else {name: statistics(data[name].values) for name in QUANTITIES}
    judged = [(v.limit, v.used, v.passes, v.says) for v in verdicts]
    files = [
        *(
            _text(out / f"traveller.{end}", traveller(flow, name))
            for end, name in _TRAVELLERS.items()
        ),
        _text(out / "budget.csv", csv_text(("limit", "used", "passes", "verdict"), judged)),
        _picture(out / "cross_sections.png", plot_cross_sections, flow, sections),
    ]
    if data is not None:
        files += _write_maps(out, data, table, array, wafer)
    step = climbed_step(sections[-1])
    coverage = parameters.value("stack.electrode_thickness") / step if step else np.inf
    return WaferRun(flow, verdicts, float(coverage), data, table, tuple(files))


_TRAVELLERS = {"md": "markdown", "csv": "csv", "html": "html"}


def _write_maps(
    out: Path,
    data: xr.Dataset,
    table: dict[str, Statistics],
    array: ArrayDesign,
    wafer: WaferDesign,
) -> list[Path]:
    names = die_names(wafer, array.die_size)
    units = [f"{name} [{QUANTITIES[name][0]}]" for name in QUANTITIES]
    units.append("good_probability [1]")
    columns = [data[name].values for name in ("x", "y", *QUANTITIES, "good_probability")]
    dies = [(name, *(float(column[i]) for column in columns)) for i, name in enumerate(names)]
    heading = ("quantity", "unit", "mean", "spread", "lowest", "highest", "uniformity", "dies")
    rows = [(name, QUANTITIES[name][0], *astuple(one)) for name, one in table.items()]
    return [
        _text(out / "dies.csv", csv_text(("die", "x [m]", "y [m]", *units), dies)),
        _text(out / "statistics.csv", csv_text(heading, rows)),
        _text(out / "yield.csv", csv_text(("quantity", "value", "low", "high"), _yields(data))),
        _picture(out / "wafer_maps.png", plot_wafer_maps, data, array.die_size, wafer),
    ]


def _yields(data: xr.Dataset) -> list[tuple[str, float, float, float]]:
    """Return the yields of all cells and of all dies, each with its 95 % interval."""
    names = ("device_yield", "die_yield")
    return [(n, data.attrs[n], data.attrs[f"{n}_low"], data.attrs[f"{n}_high"]) for n in names]


def _text(path: Path, text: str) -> Path:
    write_text(path, text)
    return path


def _picture(path: Path, draw: Callable[..., Figure], *args: Any) -> Path:
    with look():
        save_png(draw(*args), path)
    return path
