"""``acanthite film``: what a recipe gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from acanthite.commands.options import AsJson, Over, Thickness, chosen_parameters, in_si, option

if TYPE_CHECKING:
    from acanthite.film import Recipe
    from acanthite.parameters import ParameterSet

Minutes = Annotated[
    float | None,
    option("MIN", "Deposition time in minutes, instead of the thickness.", name="--time"),
]
Anneal = Annotated[
    str | None, option("C", "Anneal in degrees Celsius, or 'none'.", "the paper's 160")
]
AnnealTime = Annotated[float | None, option("H", "Of the anneal, in hours.", "the paper's 3")]
Power = Annotated[float | None, option("W", "RF power.", "the paper's 150")]
Pressure = Annotated[float | None, option("MTORR", "While sputtering.", "the paper's 5")]
Argon = Annotated[float | None, option("SCCM", "Ar flow.", "the paper's 20")]
Sulphide = Annotated[float | None, option("SCCM", "H2S flow.", "the paper's 40", "--h2s")]


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
    """Print the film a recipe gives: thickness, composition, phase, grain, barrier, XRD, roughness."""
    from acanthite.console import print_film
    from acanthite.constants import minute, mtorr, sccm
    from acanthite.film import grow

    chosen = chosen_parameters(parameters)
    others = in_si(
        deposition_time=(time, minute),
        rf_power=(power, 1.0),
        pressure=(pressure, mtorr),
        argon_flow=(argon, sccm),
        h2s_flow=(h2s, sccm),
    )
    recipe = recipe_of(chosen, thickness, anneal, anneal_time, **others)
    print_film(grow(recipe, chosen), chosen, as_json)


def recipe_of(
    parameters: ParameterSet,
    thickness: float | None = None,
    anneal: str | None = None,
    anneal_time: float | None = None,
    **others: float,
) -> Recipe:
    """Return the recipe of a set, with what the command line says put over it, ``others`` in SI."""
    from acanthite.constants import hour, nm
    from acanthite.film import Recipe

    changes = in_si(thickness=(thickness, nm), anneal_time=(anneal_time, hour))
    annealed = {} if anneal is None else {"anneal_temperature": _anneal_temperature(anneal)}
    return Recipe.of(parameters, **changes, **annealed, **others)


def _anneal_temperature(text: str) -> float | None:
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
