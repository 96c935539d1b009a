"""Which films the figures look at: the one place that makes their recipes, from the settings'
parameters.
"""

from __future__ import annotations

from typing import Any

from acanthite import film
from acanthite.constants import celsius, nm
from acanthite.figures.base import Settings

_ANNEALS = (celsius(100.0), celsius(130.0))  # K; of the trend figures, beside none and the recipe's
_THICKNESSES = (
    100 * nm,
    150 * nm,
    300 * nm,
)  # m; of the trend figures, beside the thin and the thick film


def recipe(settings: Settings, **changes: Any) -> film.Recipe:
    """Return the recipe of the settings' parameters, with ``changes`` put over it: the one place
    where figures make one.
    """
    return film.Recipe.of(settings.parameters, **changes)


def grown(settings: Settings, **changes: Any) -> film.Film:
    """Return the film of the settings' parameters, with ``changes`` put over its recipe."""
    return film.grow(recipe(settings, **changes), settings.parameters)


def bent(settings: Settings, **changes: Any) -> film.Film:
    """Return the film of the settings' parameters on a foil bent as in the paper, with ``changes``
    put over its recipe.
    """
    radius = settings.parameters.value("bending.radius")
    return film.bend(grown(settings, **changes), radius, settings.parameters)


def reference_anneal(settings: Settings) -> float:
    """Return the anneal of the recipe. [K]"""
    return settings.parameters.value("process.anneal_temperature")


def anneals(settings: Settings) -> tuple[float | None, ...]:
    """Return the anneals of the trend figures, un-annealed first, then hotter and hotter, the
    recipe's among them. [K]
    """
    return (None, *sorted({*_ANNEALS, reference_anneal(settings)}))


def thicknesses(settings: Settings) -> tuple[float, ...]:
    """Return the films of the thickness trend, thicker and thicker, the stack's two among them. [m]"""
    return tuple(sorted({*_THICKNESSES, thin(settings), thick(settings)}))


def anneal_name(temperature: float | None) -> str:
    """Return what a film annealed so [K] is called."""
    return "un-annealed" if temperature is None else f"{temperature - celsius(0.0):.6g} °C"


def thin(settings: Settings) -> float:
    """Return the thickness of the 50 nm film of the stack. [m]"""
    return settings.parameters.value("stack.film_thickness")


def thick(settings: Settings) -> float:
    """Return the thickness of the 200 nm film of the stack. [m]"""
    return settings.parameters.value("stack.thick_film_thickness")
