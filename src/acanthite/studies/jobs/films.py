"""The device that a recipe and changed parameters give: what several jobs begin with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from acanthite.device import Devices, Filament
from acanthite.errors import StudyError
from acanthite.film import Film, Recipe, bend, grow
from acanthite.parameters import AG2S, ParameterSet


def changed(parameters: Mapping[str, float]) -> ParameterSet:
    """Return the parameter set with some values changed, as assumed by the study."""
    changes = {
        key: replace(
            AG2S[key], value=float(value), source="study", where="", how="assumed", std=None
        )
        for key, value in parameters.items()
    }
    return AG2S.replace(changes, "study") if changes else AG2S


def grown(recipe: Recipe, bend_radius: float, parameters: ParameterSet) -> Film:
    """Return a film, on a foil bent to a radius [m] where that is finite."""
    film = grow(recipe, parameters=parameters)
    return film if math.isinf(bend_radius) else bend(film, bend_radius, parameters)


def sampled(film: Film, parameters: ParameterSet, n: int, seed: int) -> Devices:
    """Return devices of a film."""
    if n < 1:
        raise StudyError(f"devices = {n}; expected 1 or more")
    return Filament.from_film(film, parameters).sample(int(n), seed=seed)
