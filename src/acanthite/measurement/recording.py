"""A Recording: one schema for simulated and measured data, stored as NetCDF-4.

An :class:`xarray.Dataset` with dims (device, cycle, ...), variables ``voltage`` [V], ``current``
[A], ``time`` [s], ``units`` and ``long_name`` in their attrs, and provenance in the Dataset's
attrs. Lab files hold less at times: the time is not-a-number where none was recorded; a pulse
response (``kind`` "pulses") holds the ``conductance`` over (device, cycle, pulse) in place of the
three; one that held its state (``kind`` "retention") the ``conductance`` and the ``time`` over
(device, state, sample); and a table of results (``kind`` "table") whatever its columns are.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from acanthite.arguments import file_path, instance
from acanthite.errors import RecordingError, brief
from acanthite.files import atomic
from acanthite.measurement.coordinates import with_numbers

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

SCHEMA = "acanthite-recording-1"

LABELS = {
    "voltage": ("V", "voltage at the device's terminals, top against bottom"),
    "current": ("A", "current"),
    "time": ("s", "time since the start"),
    "applied": ("V", "voltage the source was set to"),
    "applied_current": ("A", "current the source was set to"),
    "limit": ("A", "current the source was limited to"),
}

_UNITS = {"voltage": ("V",), "current": ("A",), "time": ("s",), "conductance": ("S", "1")}
_HELD = {
    "pulses": ("conductance",),
    "retention": ("conductance",),
}
_SWEPT = ("voltage", "current", "time")


def build_recording(
    variables: dict[str, tuple[tuple[str, ...], np.ndarray]],
    coords: dict[str, tuple[str, Any, str, str]],
    attrs: dict[str, Any],
) -> xr.Dataset:
    """Return a Recording from plain arrays.

    Parameters
    ----------
    variables : dict of str to (dims, ndarray)
        At least ``voltage``, ``current`` and ``time``, in SI.
    coords : dict of str to (dim, values, unit, long name)
    attrs : dict
        Provenance: instrument, seed, parameter set, version, file.

    Returns
    -------
    xarray.Dataset
        Devices, cycles and pulses have numbers where ``coords`` does not name them.

    Examples
    --------
    >>> import numpy as np
    >>> v = np.linspace(0.01, 0.1, 10).reshape(1, 1, 10)
    >>> dims = ("device", "cycle", "sample")
    >>> arrays = {"voltage": (dims, v), "current": (dims, 1e-3 * v), "time": (dims, v / 2.0)}
    >>> recording = ac.measurement.build_recording(
    ...     arrays, coords={}, attrs={"instrument": "probe station"}
    ... )
    >>> recording.current.attrs["units"]
    'A'
    """
    import xarray as xr

    dataset = xr.Dataset(
        {
            name: (dims, values, dict(zip(("units", "long_name"), LABELS[name], strict=True)))
            for name, (dims, values) in variables.items()
        },
        {
            name: (dim, values, {"units": unit, "long_name": label})
            for name, (dim, values, unit, label) in coords.items()
        },
        {"schema": SCHEMA, **attrs},
    )
    return check_recording(with_numbers(dataset))


def check_recording(dataset: xr.Dataset, name: str = "recording") -> xr.Dataset:
    """Return ``dataset`` if it is a Recording.

    Raises
    ------
    RecordingError
        If a variable is missing or has other units.

    Examples
    --------
    >>> import xarray as xr
    >>> ac.measurement.check_recording(
    ...     xr.Dataset({"voltage": ("sample", [0.1], {"units": "V"})}), "mine"
    ... )
    Traceback (most recent call last):
    acanthite.errors.RecordingError: mine: has no variable 'current'; a Recording holds voltage,
    current and time
    """
    import xarray as xr

    import acanthite.measurement.accessor  # noqa: F401  # every Recording has it

    if not isinstance(dataset, xr.Dataset):
        raise RecordingError(f"{name}: {brief(dataset)}; expected a Recording, an xarray.Dataset")
    kind = dataset.attrs.get("kind")
    if kind == "table":
        return dataset
    needed = _HELD.get(str(kind), _SWEPT)
    for variable in needed:
        if variable not in dataset:
            raise RecordingError(
                f"{name}: has no variable {variable!r}; a Recording holds voltage, current and time"
            )
        unit = dataset[variable].attrs.get("units")
        allowed = _UNITS[variable]
        if unit not in allowed:
            raise RecordingError(
                f"{name}: {variable} has units {unit!r}; expected {' or '.join(map(repr, allowed))}"
            )
    return dataset


def save_recording(dataset: xr.Dataset, path: str | Path) -> None:
    """Write a dataset to a NetCDF-4 file, whole or not at all; the same data gives the same bytes.

    Parameters
    ----------
    dataset : xarray.Dataset
    path : path_like

    Raises
    ------
    RecordingError
        If it is no dataset, or the file cannot be written.

    Examples
    --------
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> loops = ac.measurement.run(devices, ac.measurement.Sweep(-0.5))
    >>> ac.measurement.save_recording(loops, "loops.nc")
    >>> ac.measurement.load_recording("loops.nc").identical(loops)
    True
    """
    import xarray as xr

    instance(
        "save_recording: dataset", dataset, xr.Dataset, "an xarray.Dataset", error=RecordingError
    )
    path = file_path("save_recording: path", path, error=RecordingError)
    compress = {"zlib": True, "complevel": 4, "shuffle": True}
    encoding = {
        n: compress
        for n, v in dataset.variables.items()
        if v.ndim and v.dtype.kind in "fiub" and v.size > 1000
    }
    content = _as_netcdf(dataset, encoding)
    with atomic(path) as temporary:
        temporary.write_bytes(content)


def _as_netcdf(dataset: xr.Dataset, encoding: Mapping[Any, Any]) -> bytes:
    """Return the bytes of a NetCDF-4 file: HDF5 crashes the process where it finds the disk full,
    so it never sees the disk.
    """
    import h5netcdf
    from xarray.backends import H5NetCDFStore

    buffer = BytesIO()
    with h5netcdf.File(buffer, mode="w") as file:
        dataset.dump_to_store(H5NetCDFStore(file), encoding=encoding)
    return buffer.getvalue()


def load_recording(path: str | Path) -> xr.Dataset:
    """Read a Recording written by :func:`save_recording`, or any NetCDF-4 file with its schema.

    Parameters
    ----------
    path : path_like

    Returns
    -------
    xarray.Dataset
        In memory; the file is closed.

    Raises
    ------
    RecordingError
        If the file is missing, truncated, not NetCDF-4, or not a Recording.

    Examples
    --------
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> ac.measurement.save_recording(
    ...     ac.measurement.run(devices, ac.measurement.Sweep(-0.5)), "loops.nc"
    ... )
    >>> loops = ac.measurement.load_recording("loops.nc")
    >>> loops.law, dict(loops.sizes)
    ('filament', {'device': 2, 'cycle': 1, 'sample': 200})
    """
    import xarray as xr

    path = file_path("load_recording: path", path, error=RecordingError)
    if not path.is_file():
        raise RecordingError(f"recording {path}: no such file")
    try:
        with xr.open_dataset(path, engine="h5netcdf") as dataset:
            loaded = dataset.load()
    except Exception as error:  # h5py raises OSError, KeyError, RuntimeError ... on damaged files
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RecordingError(
            f"recording {path}: cannot be read as NetCDF-4 ({reason}); it may be truncated: write "
            "it again"
        ) from None
    return check_recording(loaded, f"recording {path}")
