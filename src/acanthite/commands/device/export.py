"""``acanthite export``: a device for a circuit simulator."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from acanthite.commands.options import (
    Over,
    Target,
    Thickness,
    TrustCode,
    chosen_parameters,
    law_of,
    option,
)
from acanthite.commands.wafer.film import recipe_of
from acanthite.errors import LawError, nearest

if TYPE_CHECKING:
    from acanthite.device import Filament, Law

Format = Annotated[str, option("FORMAT", "verilog-a or spice (ngspice).")]
Model = Annotated[str, option("MODEL", "filament, vteam, yakopcic, stanford-pku, linear-drift.")]
DeviceFile = Annotated[
    Path | None,
    option("FILE.toml", "A device file of 'acanthite fit' instead of a model.", name="--device"),
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

    if device is None:
        law = _model(model, thickness, file)
    elif thickness is None and file is None:
        law = law_of(device, trust_code).law
    else:
        raise LawError("--device has its own parameters; leave out --thickness and --parameters")
    text = written(law, format, name=name, parameters=chosen_parameters(file))
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_text(out, text)


def _model(name: str, thickness: float | None, file: Path | None) -> Law | Filament:
    from acanthite import film
    from acanthite.device import MODELS, Filament

    if name == "filament":
        chosen = chosen_parameters(file)
        return Filament.from_film(film.grow(recipe_of(chosen, thickness), chosen), chosen)
    known = ("filament", *MODELS)
    if name not in known:
        raise LawError(
            f"model {name!r} is unknown; expected one of {', '.join(known)}{nearest(name, known)}"
        )
    if thickness is not None or file is not None:
        raise LawError(
            f"model {name!r} has no film; leave out --thickness and --parameters, or choose the "
            "filament"
        )
    return MODELS[name]
