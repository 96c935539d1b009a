"""``acanthite wafer``: a wafer through its flow, from the first clean to maps of threshold and yield."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from acanthite.commands.film import Anneal, AnnealTime, anneal_temperature
from acanthite.commands.layout import Lines, Substrate, lines
from acanthite.commands.options import FAILED, AsJson, Over, Seed, Thickness, Threads, chosen_parameters, whole

Folder = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write to.")]
FlowFile = Annotated[
    Path | None, typer.Option("--flow", metavar="FILE.toml", help="A process flow of your own.", show_default="the paper's")
]
FilmMap = Annotated[
    Path | None, typer.Option("--map", metavar="FILE.csv", help="Measured film properties over the wafer.", show_default="a model")
]


def _count(text: str) -> int:
    return whole(text, 1, 1000, "a number of devices; give a whole number from 1 to 1000")


Count = Annotated[
    int | None,
    typer.Option("--devices", metavar="N", parser=_count, help="Measured on each die.", show_default="20, fewer on many dies"),
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
    devices: Count = None,
    seed: Seed = 0,
    threads: Threads = None,
    parameters: Over = None,
    as_json: AsJson = False,
) -> int:
    """Write a wafer's traveller, cross-sections, thermal budget, and maps of film, threshold, LRS and yield."""
    from acanthite import threads as pool
    from acanthite import wafer as room
    from acanthite.console import print_wafer, working
    from acanthite.constants import hour, nm
    from acanthite.film import Recipe

    chosen = chosen_parameters(parameters)
    given = {"thickness": (thickness, nm), "anneal_time": (anneal_time, hour)}
    changes = {name: value * unit for name, (value, unit) in given.items() if value is not None}
    recipe = Recipe.of(chosen, **changes, **({} if anneal is None else {"anneal_temperature": anneal_temperature(anneal)}))
    steps = None if flow is None else room.read_flow(flow, recipe, chosen)
    design = room.ArrayDesign.of(chosen, *lines(array))
    with pool.limit(threads), working("devices of every die") as progress:
        run = room.write_wafer(
            out, design, recipe, flow=steps, measured_map=film_map, substrate=substrate,  # type: ignore[arg-type]
            devices=devices, seed=seed, parameters=chosen, progress=progress,
        )  # fmt: skip
    print_wafer(run, as_json)
    return 0 if run.passes else FAILED
