"""Histories that the control software of ArC ONE saves: a row a pulse or read, word line and bit
line in front.

The file begins with the name of the session and the date; then come the names ``Wordline, Bitline,
Resistance, Amplitude (V), Pulse width (s), Tag, ReadTag, ReadVoltage``, resistances in ohm, and the
rows of one cell after those of another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import RecordingError
from acanthite.measurement.io.parsing.units import parse_column
from acanthite.measurement.io.run import Array, FileRun
from acanthite.measurement.recording import SCHEMA

if TYPE_CHECKING:
    import xarray as xr

Rows = NDArray[np.intp]

_DIMS = ("device", "cycle", "pulse")
_NEEDED = ("wordline", "bitline", "resistance")
_BESIDE = {
    "amplitude": ("pulse_amplitude", "V", "write pulse voltage, as the instrument counts its sign"),
    "pulsewidth": ("pulse_width", "s", "width of the write pulse"),
    "readvoltage": ("read_voltage", "V", "voltage at which the resistance was read"),
}
_WORDS = {
    "tag": "what the row is of: S R a read, P a pulse, else the module",
    "readtag": "how it was read",
}


def looks_like(names: Sequence[str]) -> bool:
    """Return whether the names of a table are those of a history.

    Parameters
    ----------
    names : sequence of str
    """
    return set(_NEEDED) <= set(_places(names))


def words(names: Sequence[str]) -> list[int]:
    """Return the columns of a history that hold words."""
    return [place for name, place in _places(names).items() if name in _WORDS]


def _places(names: Sequence[str]) -> dict[str, int]:
    bare = [parse_column(name).base.replace(" ", "").replace("_", "").casefold() for name in names]
    return {name: bare.index(name) for name in dict.fromkeys(bare)}


def read(run: FileRun) -> list[xr.Dataset]:
    """Return the recordings of a history: cells with as many rows and pulses of the same signs
    share one.

    Parameters
    ----------
    run : FileRun

    Returns
    -------
    list of xarray.Dataset
        ``conductance`` [S] over (device, cycle, pulse), beside it ``pulse_amplitude`` [V],
        ``pulse_width`` [s] and ``read_voltage`` [V]; the coordinates ``word``, ``bit``,
        ``direction`` (1 up, -1 down, 0 a read), ``tag``, ``readtag``.

    Raises
    ------
    RecordingError
        If a row does not say its cell, or a resistance is not positive.
    """
    places = _places(run.names)
    cells = run.values[:, [places["wordline"], places["bitline"]]]
    if not np.isfinite(cells).all():
        raise RecordingError(
            f"{run.where}: a row does not say its word line and bit line; expected both in each"
        )
    resistance = run.values[:, places["resistance"]]
    bad = np.flatnonzero(resistance <= 0)
    if bad.size:
        raise RecordingError(
            f"{run.where}: a resistance is {resistance[bad[0]]:g}; expected more than zero"
        )
    groups: dict[Any, dict[Any, Rows]] = {}
    for cell in dict.fromkeys(map(tuple, cells.tolist())):
        rows = np.flatnonzero((cells == cell).all(axis=1))
        direction = _direction(run, places, rows)
        groups.setdefault(tuple(direction.tolist()), {})[cell] = rows
    return [_dataset(run, places, direction, of) for direction, of in groups.items()]


def _direction(run: FileRun, places: Mapping[str, int], rows: Any) -> Array:
    """Return 1 for a negative pulse, which potentiates, -1 for a positive one, 0 for a read."""
    if "amplitude" not in places:
        return np.zeros(len(rows))
    amplitude = np.nan_to_num(run.values[rows, places["amplitude"]])
    if "pulsewidth" in places:
        amplitude = np.where(
            np.nan_to_num(run.values[rows, places["pulsewidth"]]) > 0, amplitude, 0.0
        )
    return 0.0 - np.sign(amplitude)


def _dataset(
    run: FileRun,
    places: Mapping[str, int],
    direction: Sequence[float],
    cells: Mapping[Any, Rows],
) -> xr.Dataset:
    import xarray as xr

    rows: Any = np.stack([of_cell[None] for of_cell in cells.values()])  # (device, cycle, pulse)
    label = {
        "units": "S",
        "long_name": "conductance after the pulse",
        "column": run.names[places["resistance"]],
    }
    variables: dict[str, Any] = {
        "conductance": (_DIMS, 1 / run.values[rows, places["resistance"]], label)
    }
    for bare, (name, unit, what) in _BESIDE.items():
        if bare in places:
            column = places[bare]
            labels = {"units": unit, "long_name": what, "column": run.names[column]}
            variables[name] = (_DIMS, run.values[rows, column], labels)
    coords: dict[str, Any] = {
        "device": ("device", [f"W{w:g}B{b:g}" for w, b in cells], {"long_name": "device"}),
        "word": ("device", [w for w, _ in cells], {"long_name": "word line"}),
        "bit": ("device", [b for _, b in cells], {"long_name": "bit line"}),
        "direction": (
            "pulse",
            np.asarray(direction),
            {"units": "1", "long_name": "1 up, -1 down, 0 a read"},
        ),
    }
    for name, what in _WORDS.items():
        if name in places and run.labels.get(run.names[places[name]]):
            column = places[name]
            descriptions = [
                [[_word(run, column, row) for row in pulses] for pulses in cycles]
                for cycles in rows.tolist()
            ]
            coords[name] = (_DIMS, np.array(descriptions), {"long_name": what})
    return xr.Dataset(
        variables,
        coords,
        {"schema": SCHEMA, "source": "measured", "kind": "pulses", **_attrs(run)},
    )


def _word(run: FileRun, column: int, row: int) -> str:
    value = run.values[row, column]
    return run.label(column, value) if np.isfinite(value) else ""


def _attrs(run: FileRun) -> dict[str, Any]:
    preamble = str(run.attrs.get("preamble", "")).splitlines()
    attrs = dict(zip(("test", "measured_at"), preamble, strict=False))
    return {**run.attrs, **attrs, "format": "ArC ONE history", "instrument": "ArC ONE"}
