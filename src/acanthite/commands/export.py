"""``acanthite export``: a device for a circuit simulator."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acanthite.commands.options import Over, Target, Thickness, TrustCode, chosen_parameters, law_of
from acanthite.errors import LawError, nearest

if TYPE_CHECKING:
    from acanthite.device import Filament, Law

Format = Annotated[str, typer.Option(metavar="FORMAT", help="verilog-a or spice (ngspice).")]
Model = Annotated[
    str,
    typer.Option(metavar="MODEL", help="filament, vteam, yakopcic, stanford-pku, linear-drift."),
]
DeviceFile = Annotated[
    Path | None,
    typer.Option(
        "--device", metavar="FILE.toml", help="A device file of 'acanthite fit' instead of a model."
    ),
]


def export(
    format: Format = "spice",
    out: Target = None,
    model: Model = "filament",
    device: DeviceFile = None,
    thickness: Thickness = None,
    name: Annotated[str, typer.Option(help="Of the module or subcircuit.")] = "acanthite_device",
    file: Over = None,
    trust_code: TrustCode = False,
) -> None:
    """Write a nominal device for a circuit simulator, its noise from cycle to cycle off."""
    from acanthite.device import export as written
    from acanthite.files import write_text

    chosen = (
        _device(model, thickness, file)
        if device is None
        else _fitted(device, thickness, file, trust_code)
    )
    text = written(chosen, format, name=name, parameters=chosen_parameters(file))
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_text(out, text)


def _device(model: str, thickness: float | None, file: Path | None) -> Law | Filament:
    from acanthite import film
    from acanthite.constants import nm
    from acanthite.device import MODELS, Filament

    if model == "filament":
        chosen = chosen_parameters(file)
        recipe = film.Recipe.of(chosen)
        if thickness is not None:
            recipe = replace(recipe, thickness=thickness * nm, deposition_time=None)
        return Filament.from_film(film.grow(recipe, chosen), chosen)
    if model not in MODELS:
        known = ("filament", *MODELS)
        raise LawError(
            f"model {model!r} is unknown; expected one of {', '.join(known)}{nearest(model, known)}"
        )
    if thickness is not None or file is not None:
        raise LawError(
            f"model {model!r} has no film; leave out --thickness and --parameters, or choose the filament"
        )
    return MODELS[model]


def _fitted(path: Path, thickness: float | None, file: Path | None, trust: bool) -> Law:
    if thickness is not None or file is not None:
        raise LawError("--device has its own parameters; leave out --thickness and --parameters")
    return law_of(path, trust).law
