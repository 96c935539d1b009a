"""``acanthite wafer``: a wafer through its flow, from the first clean to maps of threshold and yield."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acanthite.commands.film import Anneal, AnnealTime, anneal_temperature
from acanthite.commands.layout import Continuous, Lines, Substrate, lines
from acanthite.commands.options import (
    FAILED,
    AsJson,
    NoDevice,
    Over,
    Seed,
    Thickness,
    Threads,
    chosen_parameters,
    refuse_device,
    whole,
)

if TYPE_CHECKING:
    from acanthite.wafer import WaferRun

Folder = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write to.")]
FlowFile = Annotated[
    Path | None,
    typer.Option(
        "--flow",
        metavar="FILE.toml",
        help="A process flow of your own.",
        show_default="the paper's",
    ),
]
FilmMap = Annotated[
    Path | None,
    typer.Option(
        "--map",
        metavar="FILE.csv",
        help="Measured film properties over the wafer.",
        show_default="a model",
    ),
]


def _count(text: str) -> int:
    return whole(text, 1, 1000, "a number of devices; give a whole number from 1 to 1000")


Count = Annotated[
    int | None,
    typer.Option(
        "--devices",
        metavar="N",
        parser=_count,
        help="Measured on each die.",
        show_default="20, fewer on many dies",
    ),
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
    """Write a wafer's traveller, cross-sections, thermal budget, and maps of film, threshold, LRS and yield."""
    from acanthite import threads as pool
    from acanthite import wafer as room
    from acanthite.console import working
    from acanthite.constants import hour, nm
    from acanthite.film import Recipe

    refuse_device(
        device,
        "devices of a wafer follow from the film at their place, which a device file knows nothing of; give numbers of your own "
        "with --parameters",
    )
    chosen = chosen_parameters(parameters)
    given = {"thickness": (thickness, nm), "anneal_time": (anneal_time, hour)}
    changes = {name: value * unit for name, (value, unit) in given.items() if value is not None}
    recipe = Recipe.of(
        chosen,
        **changes,
        **({} if anneal is None else {"anneal_temperature": anneal_temperature(anneal)}),
    )
    steps = None if flow is None else room.read_flow(flow, recipe, chosen)
    design = room.ArrayDesign.of(chosen, *lines(array), continuous=continuous)
    pool.use(threads)
    with working("devices of every die") as progress:
        run = room.write_wafer(
            out, design, recipe, flow=steps, measured_map=film_map, substrate=substrate,  # type: ignore[arg-type]
            devices=devices, seed=seed, parameters=chosen, progress=progress,
        )  # fmt: skip
    _print_wafer(run, as_json)
    return 0 if run.passes else FAILED


def _print_wafer(run: WaferRun, as_json: bool) -> None:
    from acanthite.console import print_table
    from acanthite.formatting import as_text
    from acanthite.wafer.yields.measured import QUANTITIES

    if as_json:
        typer.echo(_json(run))
        return
    print_table(
        ("thermal budget", "", "verdict"),
        [(v.limit, "pass" if v.passes else "FAIL", v.says) for v in run.verdicts],
    )
    if run.step_coverage < 1:
        typer.echo(
            f"note: the top electrode is {run.step_coverage:.2g} times as thick as the step it climbs; it relies on sloped edges"
        )
    if run.dies is None:
        typer.echo("no devices: the electrolyte does not stay monoclinic, and no device law holds")
    else:
        rows = []
        for name, found in run.table.items():
            unit = QUANTITIES[name][0]
            values = (
                as_text(value, unit)
                for value in (found.mean, found.spread, found.lowest, found.highest)
            )
            rows.append((QUANTITIES[name][1], *values, f"{found.uniformity:.1%}"))
        typer.echo()
        print_table(("over the dies", "mean", "spread", "lowest", "highest", "uniformity"), rows)
        sizes, found = run.dies.sizes, run.dies.attrs
        measured = f"{sizes['die']} dies, {sizes['device']} devices measured on each"
        devices, dies = (_with_interval(found, name) for name in ("device_yield", "die_yield"))
        typer.echo(
            f"\n{measured}, of {found['cells']} cells: {devices} of all cells, {dies} of dies good"
        )
    typer.echo(f"written to {run.files[0].parent}: {', '.join(path.name for path in run.files)}")


def _with_interval(found: Mapping[str, float], name: str) -> str:
    """Return a share with its 95 % interval."""
    return f"{found[name]:.1%} ({found[f'{name}_low']:.1%} to {found[f'{name}_high']:.1%})"


def _json(run: WaferRun) -> str:
    import json
    from dataclasses import asdict

    ends = ("", "_low", "_high")
    yields = [f"{name}{end}" for name in ("device_yield", "die_yield") for end in ends]
    kept = (*yields, "cells", "set_share", "criteria")
    found = {} if run.dies is None else {k: run.dies.attrs[k] for k in kept}
    said = {
        "flow": [asdict(step) for step in run.flow],
        "budget": [
            {"limit": v.limit, "used": v.used, "passes": v.passes, "verdict": v.says}
            for v in run.verdicts
        ],
        "step_coverage": run.step_coverage if run.step_coverage < float("inf") else None,
        "over_the_dies": {name: asdict(statistics) for name, statistics in run.table.items()},
        **found,
        "files": [str(path) for path in run.files],
    }
    return json.dumps(_finite(said), indent=2, allow_nan=False)


def _finite(value: object) -> object:
    """Return the same with None for numbers that are none, as JSON has no word for them."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and value != value else value
