"""``acanthite wafer``: a wafer from the first clean to maps of threshold and yield."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acanthite.commands.options import (
    FAILED,
    AsJson,
    Folder,
    Lines,
    NoDevice,
    Over,
    Seed,
    Thickness,
    Threads,
    chosen_parameters,
    lines,
    option,
    print_json,
    print_written,
    refuse_device,
    whole_number,
)
from acanthite.commands.wafer.film import Anneal, AnnealTime, recipe_of
from acanthite.commands.wafer.layout import Continuous, Substrate

if TYPE_CHECKING:
    import xarray as xr

    from acanthite.wafer import Statistics, WaferRun

FlowFile = Annotated[
    Path | None, option("FILE.toml", "A process flow of your own.", "the paper's", "--flow")
]
FilmMap = Annotated[
    Path | None,
    option("FILE.csv", "Measured film properties over the wafer.", "a model", "--map"),
]
_count = whole_number(1, 1000, "a number of devices; give a whole number from 1 to 1000")
_YIELDS = ("device_yield", "die_yield")
Count = Annotated[
    int | None,
    option("N", "Measured on each die.", "20, fewer on many dies", "--devices", _count),
]


def wafer(
    array: Lines = "64x64",
    out: Folder = Path("wafer"),
    flow: FlowFile = None,
    film_map: FilmMap = None,
    thickness: Thickness = None,
    anneal: Anneal = None,
    anneal_time: AnnealTime = None,
    substrate: Substrate = "silicon",
    continuous: Continuous = False,
    devices: Count = None,
    seed: Seed = 0,
    threads: Threads = None,
    parameters: Over = None,
    as_json: AsJson = False,
    device: NoDevice = None,
) -> int:
    """Write a wafer's traveller, cross-sections, thermal budget and maps, from film to yield."""
    from acanthite import threads as pool
    from acanthite import wafer as room
    from acanthite.console import working

    refuse_device(
        device,
        "devices of a wafer follow from the film at their place, which a device file knows nothing "
        "of; give numbers of your own "
        "with --parameters",
    )
    chosen = chosen_parameters(parameters)
    recipe = recipe_of(chosen, thickness, anneal, anneal_time)
    steps = None if flow is None else room.read_flow(flow, recipe, chosen)
    design = room.ArrayDesign.of(chosen, *lines(array), continuous=continuous)
    pool.use(threads)
    with working("devices of every die") as progress:
        run = room.write_wafer(
            out,
            design,
            recipe,
            flow=steps,
            measured_map=film_map,
            substrate=substrate,  # type: ignore[arg-type] - checked there
            devices=devices,
            seed=seed,
            parameters=chosen,
            progress=progress,
        )
    if as_json:
        print_json(_as_json(run))
    else:
        _print_wafer(run)
    return 0 if run.passes else FAILED


def _print_wafer(run: WaferRun) -> None:
    from acanthite.console import print_table

    verdicts = [(v.limit, "pass" if v.passes else "FAIL", v.says) for v in run.verdicts]
    print_table(("thermal budget", "", "verdict"), verdicts)
    if run.step_coverage < 1:
        typer.echo(
            f"note: the top electrode is {run.step_coverage:.2g} times as thick as the step it "
            "climbs; it relies on sloped edges"
        )
    if run.dies is None:
        typer.echo("no devices: the electrolyte does not stay monoclinic, and no device law holds")
    else:
        typer.echo()
        _print_dies(run.table, run.dies)
    print_written(run.files)


def _print_dies(table: Mapping[str, Statistics], dies: xr.Dataset) -> None:
    from acanthite.console import print_table
    from acanthite.formatting import as_text
    from acanthite.wafer.yields.measured import QUANTITIES

    rows = []
    for name, one in table.items():
        unit, label = QUANTITIES[name][:2]
        values = (as_text(v, unit) for v in (one.mean, one.spread, one.lowest, one.highest))
        rows.append((label, *values, f"{one.uniformity:.1%}"))
    print_table(("over the dies", "mean", "spread", "lowest", "highest", "uniformity"), rows)
    sizes = dies.sizes
    of_cells, of_dies = (_with_interval(dies.attrs, name) for name in _YIELDS)
    typer.echo(
        f"\n{sizes['die']} dies, {sizes['device']} devices measured on each, of "
        f"{dies.attrs['cells']} cells: {of_cells} of all cells, {of_dies} of dies good"
    )


def _with_interval(numbers: Mapping[str, float], name: str) -> str:
    """Return a share with its 95 % interval."""
    return f"{numbers[name]:.1%} ({numbers[f'{name}_low']:.1%} to {numbers[f'{name}_high']:.1%})"


def _as_json(run: WaferRun) -> dict[str, Any]:
    names = [f"{name}{end}" for name in _YIELDS for end in ("", "_low", "_high")]
    names += ["cells", "set_share", "criteria"]
    return {
        "flow": [asdict(step) for step in run.flow],
        "budget": [
            {"limit": v.limit, "used": v.used, "passes": v.passes, "verdict": v.says}
            for v in run.verdicts
        ],
        "step_coverage": run.step_coverage,
        "over_the_dies": {name: asdict(statistics) for name, statistics in run.table.items()},
        **({} if run.dies is None else {name: run.dies.attrs[name] for name in names}),
        "files": [str(path) for path in run.files],
    }
