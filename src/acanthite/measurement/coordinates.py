"""Coordinates of Recordings: which device, cycle and pulse a sample belongs to, by name or by
number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import ArrayLike

FIRST = {"device": 0, "cycle": 1, "pulse": 1}
"""What a dimension is counted from: devices as Python indexes them, cycles and pulses as a lab
does.
"""

BRANCHES = "branch of the loop: 1 to first, 2 back from it, 3 to second, 4 back from it"
"""What the numbers of the coordinate ``branch`` of a sweep mean."""


def counted(dim: str, numbers: ArrayLike) -> tuple[str, Any, dict[str, str]]:
    """Return a coordinate of numbers that count something, as xarray takes it.

    Parameters
    ----------
    dim : {"device", "cycle", "pulse"}
    numbers : array_like of int, shape (n,)

    Returns
    -------
    tuple
        Dimension, values and attrs; the attr ``counted`` says that these are no names from a file.
    """
    labels = {"units": "1", "long_name": dim, "counted": f"from {FIRST[dim]}"}
    return dim, np.asarray(numbers), labels


def with_numbers(recording: xr.Dataset) -> xr.Dataset:
    """Return a Recording whose devices, cycles and pulses have numbers where they have no names.

    Parameters
    ----------
    recording : xarray.Dataset

    Returns
    -------
    xarray.Dataset
    """
    import acanthite.measurement.accessor  # noqa: F401  # what is read has it too

    bare = [dim for dim in FIRST if dim in recording.dims and dim not in recording.coords]
    numbers = {
        dim: counted(dim, np.arange(FIRST[dim], FIRST[dim] + recording.sizes[dim])) for dim in bare
    }
    return recording.assign_coords(numbers)


def is_named(recording: xr.Dataset, dim: str) -> bool:
    """Return whether the file itself names or counts the members of a dimension.

    Parameters
    ----------
    recording : xarray.Dataset
    dim : str

    Returns
    -------
    bool
        False where they have no coordinate, or one that acanthite counted.
    """
    return dim in recording.coords and "counted" not in recording[dim].attrs
