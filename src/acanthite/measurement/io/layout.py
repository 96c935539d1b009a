"""A Recording as columns and a description of them, from which it can be built again bit for bit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.errors import RecordingError

if TYPE_CHECKING:
    import xarray as xr


def describe(dataset: xr.Dataset) -> str:
    """Return, as JSON, all of a Recording but the numbers of its variables.

    Parameters
    ----------
    dataset : xarray.Dataset
        Its attrs must be text or numbers.
    """
    dims = _dims(dataset)
    return json.dumps(
        {
            "sizes": {str(d): int(dataset.sizes[d]) for d in dims},
            "attrs": {k: _plain(v) for k, v in dataset.attrs.items()},
            "variables": [
                [str(k), list(v.dims), str(v.dtype), _attrs(v)]
                for k, v in dataset.data_vars.items()
            ],
            "coords": [
                [str(k), list(v.dims), str(v.dtype), _attrs(v), v.values.tolist()]
                for k, v in dataset.coords.items()
            ],
        },
        ensure_ascii=False,
    )


def _dims(dataset: xr.Dataset) -> list[str]:
    """Return the dims, device and cycle first."""
    order = ["device", "cycle", "pulse", "sample"]
    return sorted(
        map(str, dataset.sizes), key=lambda d: (order.index(d) if d in order else len(order), d)
    )


def _attrs(variable: xr.DataArray) -> dict[str, Any]:
    return {str(k): _plain(v) for k, v in variable.attrs.items()}


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def columns(dataset: xr.Dataset) -> dict[str, np.ndarray]:
    """Return every variable as a column with a row for each member of the full grid, device
    slowest.

    Parameters
    ----------
    dataset : xarray.Dataset
        With variables of numbers.

    Returns
    -------
    dict of str to ndarray, shape (n_rows,)
    """
    sizes = {d: dataset.sizes[d] for d in _dims(dataset)}
    columns_by_name = {}
    for name, variable in dataset.data_vars.items():
        if variable.dtype.kind not in "fiub":
            raise RecordingError(
                f"variable {name!r} holds {variable.dtype}; expected numbers: leave it out, or "
                "write NetCDF"
            )
        columns_by_name[str(name)] = np.broadcast_to(
            _spread(variable, sizes), tuple(sizes.values())
        ).reshape(-1)
    return columns_by_name


def counters(dataset: xr.Dataset) -> dict[str, np.ndarray]:
    """Return where each row stands: the number along each dim, or its position, and other
    coordinates of numbers.
    """
    sizes = {d: dataset.sizes[d] for d in _dims(dataset)}
    grid = np.indices(tuple(sizes.values())).reshape(len(sizes), -1)
    counts = dict(zip(sizes, grid, strict=True))
    for name, coordinate in dataset.coords.items():
        if coordinate.dims and coordinate.dtype.kind in "fiub":
            spread = np.broadcast_to(_spread(coordinate, sizes), tuple(sizes.values()))
            counts[str(name)] = spread.reshape(-1)
    return counts


def _spread(variable: xr.DataArray, sizes: Mapping[str, int]) -> np.ndarray:
    ordered = variable.transpose(*[d for d in sizes if d in variable.dims])
    return ordered.values.reshape([sizes[d] if d in variable.dims else 1 for d in sizes])


def rebuild(description: str, values: Sequence[np.ndarray], where: str) -> xr.Dataset:
    """Return the Recording that a description and its columns make.

    Parameters
    ----------
    description : str
        From :func:`describe`.
    values : sequence of ndarray, shape (n_rows,)
        As from :func:`columns`, in their order.
    where : str
        The file, for errors.

    Raises
    ------
    RecordingError
        If the two do not fit.
    """
    import xarray as xr

    import acanthite.measurement.accessor  # noqa: F401  # every Recording has it

    try:
        stored = json.loads(description)
        sizes: dict[str, int] = {str(k): int(v) for k, v in stored["sizes"].items()}
        shape = tuple(sizes.values())
        variables = {
            name: (
                tuple(dims),
                _take(column.reshape(shape), list(sizes), dims).astype(dtype),
                attrs,
            )
            for (name, dims, dtype, attrs), column in zip(stored["variables"], values, strict=True)
        }
        coords = {
            name: (tuple(dims), np.asarray(held, dtype=dtype), attrs)
            for name, dims, dtype, attrs, held in stored["coords"]
        }
        return xr.Dataset(variables, coords, stored["attrs"])
    except Exception as error:  # any kind of damage to the description
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RecordingError(
            f"{where}: the description of the recording does not fit its numbers ({reason}); the "
            "file was changed or "
            "cut short: write it again, or take out its comment lines to read it as a plain table"
        ) from None


def _take(values: np.ndarray, all_dims: Sequence[str], dims: Sequence[str]) -> np.ndarray:
    taken = values[tuple(slice(None) if d in dims else 0 for d in all_dims)]
    left = [d for d in all_dims if d in dims]
    return taken.transpose([left.index(d) for d in dims]) if dims else taken
