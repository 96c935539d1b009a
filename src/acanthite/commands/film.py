"""``acanthite film``: what a recipe gives."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from acanthite.commands.options import AsJson, Over, Thickness, chosen_parameters

Minutes = Annotated[
    float | None,
    typer.Option(
        "--time", metavar="MIN", help="Deposition time in minutes, instead of the thickness."
    ),
]
Anneal = Annotated[
    str | None,
    typer.Option(
        metavar="C", help="Anneal in degrees Celsius, or 'none'.", show_default="the paper's 160"
    ),
]
AnnealTime = Annotated[
    float | None,
    typer.Option(metavar="H", help="Of the anneal, in hours.", show_default="the paper's 3"),
]
Power = Annotated[
    float | None, typer.Option(metavar="W", help="RF power.", show_default="the paper's 150")
]
Pressure = Annotated[
    float | None,
    typer.Option(metavar="MTORR", help="While sputtering.", show_default="the paper's 5"),
]
Argon = Annotated[
    float | None, typer.Option(metavar="SCCM", help="Ar flow.", show_default="the paper's 20")
]
Sulphide = Annotated[
    float | None,
    typer.Option("--h2s", metavar="SCCM", help="H2S flow.", show_default="the paper's 40"),
]


def film(
    thickness: Thickness = None,
    time: Minutes = None,
    anneal: Anneal = None,
    anneal_time: AnnealTime = None,
    power: Power = None,
    pressure: Pressure = None,
    argon: Argon = None,
    h2s: Sulphide = None,
    parameters: Over = None,
    as_json: AsJson = False,
) -> None:
    """Print what a recipe gives: thickness, stoichiometry, phase, grain, barrier, XRD line, roughness."""
    from acanthite.console import print_film
    from acanthite.constants import hour, minute, mtorr, nm, sccm
    from acanthite.film import Recipe, grow

    given = (
        ("thickness", thickness, nm), ("deposition_time", time, minute), ("anneal_time", anneal_time, hour),
        ("rf_power", power, 1.0), ("pressure", pressure, mtorr), ("argon_flow", argon, sccm), ("h2s_flow", h2s, sccm),
    )  # fmt: skip
    changes: dict[str, Any] = {
        name: value * unit for name, value, unit in given if value is not None
    }
    if anneal is not None:
        changes["anneal_temperature"] = anneal_temperature(anneal)
    chosen = chosen_parameters(parameters)
    print_film(grow(Recipe.of(chosen, **changes), chosen), chosen, as_json)


def anneal_temperature(text: str) -> float | None:
    """Return the anneal a text names, None for none. [K]"""
    from acanthite.constants import celsius

    if text.strip().lower() == "none":
        return None
    try:
        return celsius(float(text))
    except ValueError:
        raise typer.BadParameter(
            f"--anneal {text}: give a temperature in degrees Celsius, such as 160, or 'none'"
        ) from None
