"""Shape of a filament: its width, roughness and branches, and its share on grain boundaries."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.device.kmc.history import History


def row_widths(metal: ArrayLike) -> NDArray[np.int64]:
    """Return how many cells of each row are metal, rows without any left out."""
    counts = np.asarray(metal, bool).sum(1)
    return counts[counts > 0]


def branches(metal: ArrayLike) -> float:
    """Return the mean number of separate runs of metal in a row that has any; left and right edges
    are joined.
    """
    inside = np.asarray(metal, bool)
    inside = inside[inside.any(1)]
    if inside.size == 0:
        return float("nan")
    starts = inside & ~np.roll(inside, 1, 1)
    return float(np.maximum(starts.sum(1), 1).mean())


def boundary_share(metal: ArrayLike, boundary: ArrayLike) -> float:
    """Return the share of metal cells that lie on boundaries."""
    inside = np.asarray(metal, bool)
    return float(np.asarray(boundary, bool)[inside].mean()) if inside.any() else float("nan")


def last_birth(cells: NDArray[np.int64]) -> int:
    """Return the event with which the metal that stayed began: the last that found the section
    empty.
    """
    inside = set()
    birth = 0
    for event, cell in enumerate(cells.tolist()):
        if not inside:
            birth = event
        inside ^= {cell}
    return birth


def summary(history: History, electrode: str) -> dict[str, float]:
    """Return what a result holds without dimensions, SI."""
    metal = history.metal if electrode == "Ag" else history.metal[::-1]
    cell = history.grains.cell
    widths = row_widths(metal)
    nan = float("nan")
    any_metal = widths.size > 0
    return {
        "bridged": float(history.bridged),
        "nucleation_time": float(history.times[0]) if history.times.size else nan,
        "bridge_time": float(history.times[-1]) if history.bridged else nan,
        "growth_time": float(history.times[-1] - history.times[last_birth(history.cells)])
        if history.bridged
        else nan,
        "filament_width": float(widths.mean()) * cell if any_metal else nan,
        "roughness": float(widths.std()) * cell if any_metal else nan,
        "branches": branches(metal),
        "boundary_share": boundary_share(metal, history.grains.boundary),
        "film_boundary_share": history.grains.boundary_share,
    }
