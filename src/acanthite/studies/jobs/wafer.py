"""A wafer of arrays: its threshold, and how much of it is good."""

from __future__ import annotations

from collections.abc import Mapping

from acanthite import wafer as wafers
from acanthite.film import Recipe
from acanthite.parameters import AG2S
from acanthite.studies.jobs.films import changed

_RECIPE = Recipe()

UNITS = {"threshold": "V", "threshold_spread": "V", "lrs_resistance": "Ω"}


def wafer(
    thickness: float = AG2S.value("stack.film_thickness"),
    anneal_temperature: float | None = _RECIPE.anneal_temperature,
    lines: int = 64,
    devices: int = 4,
    parameters: Mapping[str, float] = {},
    seed: int = 1,
) -> dict[str, float]:
    """Process a wafer of arrays and measure devices of every die.

    Parameters
    ----------
    thickness : float
        [m]
    anneal_temperature : float
        [K]
    lines : int
        Word lines, and bit lines, of a die's array.
    devices : int
        Measured on each die.
    parameters : mapping of str to float
        Over the parameter set, in SI.
    seed : int

    Returns
    -------
    dict of str to float
        ``threshold``, the mean over dies, and ``threshold_spread`` among them; ``lrs_resistance``,
        the mean; ``device_yield`` and ``die_yield``; ``dies``.
    """
    values = changed(parameters)
    design = wafers.ArrayDesign.of(values, int(lines), int(lines))
    places = wafers.WaferDesign().dies(design.die_size)
    recipe = Recipe(thickness=thickness, anneal_temperature=anneal_temperature)
    films = wafers.film_map(places, recipe, seed=seed, parameters=values)
    data = wafers.measure_wafer(
        places, films, cells=int(lines) ** 2, devices=int(devices), seed=seed, parameters=values
    )
    threshold = wafers.statistics(data["threshold"])
    return {
        "threshold": threshold.mean,
        "threshold_spread": threshold.spread,
        "lrs_resistance": float(data["lrs_resistance"].mean()),
        "device_yield": float(data.attrs["device_yield"]),
        "die_yield": float(data.attrs["die_yield"]),
        "dies": float(len(places)),
    }
