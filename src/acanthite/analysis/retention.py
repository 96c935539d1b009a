"""How long a state holds: conductance against time, what is left, whether levels stay apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from acanthite.analysis.pulses import conductance
from acanthite.errors import AnalysisError

if TYPE_CHECKING:
    import xarray as xr


def retained(recording: xr.Dataset) -> xr.DataArray:
    """Return the conductance at the end of a retention test over that at its start.

    Parameters
    ----------
    recording : xarray.Dataset
        Dims (..., sample), reads in the order of time.

    Returns
    -------
    xarray.DataArray, dims (...)
    """
    g = conductance(recording)
    ratio = g.isel(sample=-1) / g.isel(sample=0)
    return ratio.assign_attrs(units="1", long_name="retained conductance")


def levels_apart(recording: xr.Dataset, level: str = "level", factor: float = 1.5) -> np.ndarray:
    """Return, for each device, whether its levels end in the order they began, neighbours apart by ``factor``.

    Parameters
    ----------
    recording : xarray.Dataset
        Dims (level, device, cycle, sample).
    level : str
        Name of the dimension the programmed levels are laid out in.
    factor : float
        Least ratio of neighbouring conductances at the end.

    Returns
    -------
    ndarray of bool, shape (device,)

    Raises
    ------
    AnalysisError
        If there are fewer than two levels.
    """
    if level not in recording.dims or recording.sizes[level] < 2:
        raise AnalysisError(
            f"levels_apart: expected a dimension {level!r} with at least two levels; got {dict(recording.sizes)}"
        )
    g = conductance(recording).isel(cycle=0).transpose(level, "device", "sample").values
    order = np.argsort(g[..., 0], axis=0)
    last = np.take_along_axis(g[..., -1], order, axis=0)
    return (last[1:] >= factor * last[:-1]).all(axis=0)
