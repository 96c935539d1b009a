"""The Dataset of a grown filament, with its growth film."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from acanthite.device.kmc import shape
from acanthite.device.kmc.history import History

if TYPE_CHECKING:
    import xarray as xr

UNITS = {
    "bridged": "1", "nucleation_time": "s", "bridge_time": "s", "growth_time": "s",
    "filament_width": "m", "roughness": "m",
    "branches": "1", "boundary_share": "1", "film_boundary_share": "1",
}  # fmt: skip
"""What a result holds without dimensions, with its unit."""


def dataset(
    history: History, voltage: float, electrode: str, frames: int, attrs: Mapping[str, Any]
) -> xr.Dataset:
    """Return the Dataset :func:`acanthite.device.kmc.grow_filament` describes."""
    import xarray as xr

    metal, time, filled = film_frames(history, frames)
    turned = slice(None) if electrode == "Ag" else slice(None, None, -1)
    plane = ("z", "x")
    cell = history.grains.cell
    rows, columns = history.metal.shape
    variables: dict[str, Any] = {
        "metal": (("frame", *plane), metal[:, turned], {"units": "1", "long_name": "silver"}),
        "grain": (plane, history.grains.grain, {"units": "1", "long_name": "grain number"}),
        "boundary": (plane, history.grains.boundary, {"units": "1", "long_name": "grain boundary"}),
        "fill_time": (plane, filled[turned], {"units": "s", "long_name": "time of reduction"}),
        "potential": (plane, _signed(history.potential, voltage)[turned], _POTENTIAL),
    }
    for name, value in shape.summary(history, electrode).items():
        variables[name] = ((), value, {"units": UNITS[name], "long_name": name.replace("_", " ")})
    coordinates = {
        "z": (
            "z",
            (np.arange(rows) + 0.5) * cell,
            {"units": "m", "long_name": "depth below the Ag electrode"},
        ),
        "x": ("x", (np.arange(columns) + 0.5) * cell, {"units": "m", "long_name": "position"}),
        "time": ("frame", time, {"units": "s", "long_name": "time"}),
    }
    return xr.Dataset(variables, coordinates, dict(attrs))


def film_frames(
    history: History, frames: int
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Replay the events: metal (frame, row, column), time of each frame [s], last time each cell
    was filled [s].
    """
    n, (rows, columns) = history.cells.size, history.metal.shape
    stops = np.unique(np.linspace(0, n, min(frames, n + 1)).round().astype(int))
    state = np.zeros(rows * columns, bool)
    filled = np.full(rows * columns, np.nan)
    pictures = []
    done = 0
    for stop in stops:
        for event in range(done, stop):
            cell = history.cells[event]
            state[cell] = not state[cell]
            filled[cell] = history.times[event] if state[cell] else np.nan
        pictures.append(state.copy())
        done = stop
    times = np.concatenate([[0.0], history.times])[stops]
    return np.array(pictures).reshape(-1, rows, columns), times, filled.reshape(rows, columns)


_POTENTIAL = {"units": "V", "long_name": "potential against the driven electrode"}


def _signed(potential: NDArray[np.float64], voltage: float) -> NDArray[np.float64]:
    return potential * abs(voltage)
