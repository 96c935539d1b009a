"""Populations too large for memory: devices by the block, of which only sums and counts stay."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from acanthite import analysis, measurement
from acanthite.film import Recipe
from acanthite.parameters import AG2S
from acanthite.random import generator
from acanthite.studies.jobs.films import changed, grown, sampled

_RECIPE = Recipe()
_BINS = 400
_RANGES = {  # of the histograms: voltages on a line, resistances by decades
    "set_voltage": (0.0, 1.0, False),
    "reset_voltage": (0.0, 1.0, False),
    "lrs_resistance": (1e0, 1e8, True),
    "hrs_resistance": (1e4, 1e12, True),
}
_SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)

UNITS = {
    f"{name}{part}": unit
    for name, unit in zip(_RANGES, ("V", "V", "Ω", "Ω"), strict=True)
    for part in ("", "_mean", "_std", "_lowest", "_highest", "_quantiles", "_edges")
}


def population(
    devices: int = 100_000,
    cycles: int = 50,
    block: int = 2_000,
    thickness: float = AG2S.value("stack.film_thickness"),
    anneal_temperature: float | None = _RECIPE.anneal_temperature,
    bend_radius: float = math.inf,
    sweep_stop: float = 0.5,
    sweep_rate: float = 2.0,
    sweep_step: float = 5e-3,
    compliance: float | None = None,
    parameters: Mapping[str, float] = {},
    part: int = 0,
    seed: int = 1,
) -> dict[str, Any]:
    """Take very many devices through loops, a block at a time, and keep statistics of them.

    Parameters
    ----------
    devices, cycles : int
        Measured.
    block : int
        Devices that are in memory at a time; results depend on it, as on the seed.
    thickness : float
        [m]
    anneal_temperature : float
        [K]
    bend_radius : float
        Infinite is flat. [m]
    sweep_stop : float
        Ends of the loops. [V]
    sweep_rate : float
        [V/s]
    sweep_step : float
        [V]
    compliance : float
        Of the SET; that of the instrument without it. [A]
    parameters : mapping of str to float
        Over the parameter set, in SI.
    part : int
        Number of the block.
    seed : int

    Returns
    -------
    dict
        Of one block, for :func:`combined`: counts, sums, and histograms.
    """
    values = changed(parameters)
    recipe = Recipe(thickness=thickness, anneal_temperature=anneal_temperature)
    film = grown(recipe, bend_radius, values)
    n = min(int(block), int(devices) - part * int(block))
    own = int(generator(seed, "studies.block", part).integers(2**53))
    sweep = measurement.Sweep(
        -sweep_stop,
        sweep_stop,
        rate=sweep_rate,
        step=sweep_step,
        cycles=int(cycles),
        compliance=compliance,
    )
    loops = analysis.switching(measurement.run(sampled(film, values, n, own), sweep))
    with np.errstate(divide="ignore", invalid="ignore"):
        each = {
            "set_voltage": np.abs(loops.set_voltage),
            "reset_voltage": np.abs(loops.reset_voltage),
            "lrs_resistance": 1.0 / loops.lrs_conductance,
            "hrs_resistance": 1.0 / loops.hrs_conductance,
        }
    outputs: dict[str, Any] = {"devices": n, "loops": loops.measured.sum()}
    for name, numbers in each.items():
        outputs |= _sums(name, numbers[np.isfinite(numbers)])
    return outputs


def _sums(name: str, values: np.ndarray) -> dict[str, Any]:
    low, high, log = _RANGES[name]
    edges = np.geomspace(low, high, _BINS + 1) if log else np.linspace(low, high, _BINS + 1)
    counts, _ = np.histogram(np.clip(values, low, high), edges)
    there = values.size > 0
    return {
        f"{name}_count": values.size,
        f"{name}_sum": values.sum(),
        f"{name}_squares": ((values - values.mean()) ** 2).sum() if there else 0.0,
        f"{name}_lowest": values.min() if there else math.inf,
        f"{name}_highest": values.max() if there else -math.inf,
        f"{name}_histogram": counts,
    }


def parts(settings: Mapping[str, Any]) -> int:
    """Return how many blocks there are."""
    return math.ceil(int(settings["devices"]) / int(settings["block"]))


def combined(blocks: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the statistics of all blocks.

    Returns
    -------
    dict
        ``devices``, ``loops``, ``set_share``; of each quantity ``_mean``, ``_std``, ``_lowest``,
        ``_highest``, ``_histogram`` with its ``_edges``, ``_quantiles`` (1, 5, 25, 50, 75, 95 and
        99 %, to a bin of the histogram), and the median by its own name.
    """
    total = {name: sum(block[name] for block in blocks) for name in ("devices", "loops")}
    outputs: dict[str, Any] = dict(total)
    outputs["set_share"] = sum(block["set_voltage_count"] for block in blocks) / total["loops"]
    for name in _RANGES:
        outputs |= _statistics(name, blocks)
    return outputs


def _statistics(name: str, blocks: list[Mapping[str, Any]]) -> dict[str, Any]:
    counts = np.array([block[f"{name}_count"] for block in blocks], float)
    sums = np.array([block[f"{name}_sum"] for block in blocks], float)
    n = counts.sum()
    mean = math.fsum(sums) / n if n else math.nan
    means = np.divide(sums, counts, out=np.zeros_like(sums), where=counts > 0)
    squares = math.fsum(block[f"{name}_squares"] for block in blocks)
    squares += math.fsum(counts * (means - mean) ** 2) if n else 0.0
    histogram = np.sum([block[f"{name}_histogram"] for block in blocks], axis=0)
    low, high, log = _RANGES[name]
    edges = np.geomspace(low, high, _BINS + 1) if log else np.linspace(low, high, _BINS + 1)
    quantiles = _quantiles(histogram, edges, log)
    return {
        name: quantiles[_SHARES.index(0.5)],
        f"{name}_mean": mean,
        f"{name}_std": math.sqrt(squares / (n - 1)) if n > 1 else math.nan,
        f"{name}_lowest": min(block[f"{name}_lowest"] for block in blocks),
        f"{name}_highest": max(block[f"{name}_highest"] for block in blocks),
        f"{name}_quantiles": quantiles,
        f"{name}_histogram": histogram,
        f"{name}_edges": edges,
    }


def _quantiles(counts: np.ndarray, edges: np.ndarray, log: bool) -> list[float]:
    """Return quantiles, values of a bin taken as evenly spread over it."""
    if not counts.sum():
        return [math.nan] * len(_SHARES)
    below = np.concatenate([[0.0], np.cumsum(counts)]) / counts.sum()
    along = np.log(edges) if log else edges
    bins = np.searchsorted(below, _SHARES) - 1  # none of them empty
    low, high = along[bins], along[bins + 1]
    share = (np.array(_SHARES) - below[bins]) / (below[bins + 1] - below[bins])
    found = low + share * (high - low)
    return [float(np.exp(v)) if log else float(v) for v in found]
