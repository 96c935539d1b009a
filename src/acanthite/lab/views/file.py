"""A measured file, and the twin taken through the same sweep or as many pulses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from acanthite.errors import RecordingError
from acanthite.formatting import as_text
from acanthite.lab.views import repeat
from acanthite.lab.views.curves import Curve, Row, curve, positive
from acanthite.lab.views.device import DEVICE_KNOBS, grown_device
from acanthite.lab.views.knobs import Knob, parameters_of, si_values

if TYPE_CHECKING:
    import xarray as xr

    from acanthite.device import Devices

FILE_KNOBS: tuple[Knob, ...] = tuple(
    knob
    for knob in DEVICE_KNOBS
    if knob.name in ("film_thickness", "anneal_temperature", "anneal_time", "h2s_flow", "device")
)
"""The knobs of the twin beside a file: the recipe, and which device it is."""

MOST_CYCLES = 10
MOST_POINTS = 3000
"""Cycles of a file, and samples of a cycle, that are drawn: evenly taken from all."""


@dataclass(frozen=True)
class FileView:
    """What is seen of a file.

    Parameters
    ----------
    kind : {"sweep", "pulses", "other"}
    rows : tuple of Row
        What the file holds.
    curves : tuple of Curve
        Measured ones, then the twin's.
    note : str
        What was done to the twin, or why it does not stand beside the file.
    """

    kind: str
    rows: tuple[Row, ...]
    curves: tuple[Curve, ...]
    note: str


def read_recordings(path: Path) -> list[xr.Dataset]:
    """Return what a lab file holds.

    Raises
    ------
    RecordingError
        If it cannot be read, with the line and what to do.
    """
    from acanthite.measurement import read

    recordings = list(read(path))
    if not recordings:
        raise RecordingError(f"{path.name}: holds no measurement")
    return recordings


def file_view(recording: xr.Dataset, shown: Mapping[str, float] | None = None) -> FileView:
    """Return what is seen of a recording, with the twin beside it.

    Parameters
    ----------
    recording : xarray.Dataset
    shown : mapping of str to float, optional
        Values of :data:`FILE_KNOBS`.

    Raises
    ------
    AcanthiteError
        If no twin can be made of the knobs.
    """
    shown = shown or {}
    rows = _rows(recording)
    if {"voltage", "current"} <= set(recording) and "sample" in recording["current"].dims:
        return _beside_sweep(recording, rows, shown)
    if "conductance" in recording and "pulse" in recording["conductance"].dims:
        return _beside_pulses(recording, rows, shown)
    note = "Neither a sweep nor a pulse response: 'acanthite analyse' says what it holds."
    return FileView("other", rows, (), note)


def _rows(recording: xr.Dataset) -> tuple[Row, ...]:
    sizes = ", ".join(f"{n} {name}" for name, n in recording.sizes.items())
    rows = [Row("holds", sizes or "single numbers")]
    for name in ("test", "instrument", "measured_at", "compliance"):
        value = recording.attrs.get(name)
        if value not in (None, ""):
            number = isinstance(value, float | int)
            rows.append(Row(name.replace("_", " "), as_text(value, "A") if number else str(value)))
    return tuple(rows)


def _cycles(values: xr.DataArray, last: str) -> np.ndarray:
    """Return some cycles of the first device, shape (cycles, ``last``)."""
    first = values.isel({d: 0 for d in values.dims if d not in ("cycle", last)})
    if "cycle" not in first.dims:
        return np.asarray(first)[None]
    table = first.transpose("cycle", last).values
    return table[_evenly(len(table), MOST_CYCLES)]


def _evenly(count: int, most: int) -> np.ndarray:
    """Return at most ``most`` of ``count`` places, evenly taken, both ends among them."""
    return np.unique(np.linspace(0, count - 1, most).round().astype(int))


def _beside_sweep(
    recording: xr.Dataset, rows: tuple[Row, ...], shown: Mapping[str, float]
) -> FileView:
    from acanthite.measurement import Sweep, run

    current = recording["current"]
    volts = _cycles(recording["voltage"].broadcast_like(current).transpose(*current.dims), "sample")
    amperes = _cycles(current, "sample")
    drawn = _evenly(volts.shape[1], MOST_POINTS)
    measured = [
        positive(curve("measured" if k == 0 else f"measured, cycle {k + 1}", v[drawn], i[drawn]))
        for k, (v, i) in enumerate(zip(volts, amperes, strict=True))
    ]
    low, high = float(np.nanmin(volts)), float(np.nanmax(volts))
    if not high > low:
        note = "The voltage stays the same throughout: no sweep for the twin to repeat."
        return FileView("sweep", rows, tuple(measured), note)
    first, second = _turns(volts[0])
    limit = recording.attrs.get("compliance")
    compliance = float(limit) if isinstance(limit, int | float) and limit > 0 else None
    loop = run(_twin(shown), Sweep(first, second, step=(high - low) / 400, compliance=compliance))
    twin = positive(curve("twin", loop.voltage, loop.current))
    limited = "" if compliance is None else f", limited to {as_text(compliance, 'A')}"
    note = (
        f"The twin is swept from 0 to {first:.3g} V, to {second:.3g} V and back at 2 V/s{limited}. "
        "Its silver electrode is the one on top: it sets at negative voltage."
    )
    if drawn.size < volts.shape[1]:
        note += f" Drawn are {drawn.size} of {volts.shape[1]} samples of each cycle."
    return FileView("sweep", rows, (*measured, twin), note)


def _turns(volts: np.ndarray) -> tuple[float, float]:
    """Return the two ends of a sweep in the order they are reached, those on one side of zero as
    one. [V]
    """
    low, high = float(np.nanmin(volts)), float(np.nanmax(volts))
    if low >= 0:
        return high, 0.0
    if high <= 0:
        return low, 0.0
    return (low, high) if np.nanargmin(volts) < np.nanargmax(volts) else (high, low)


def _beside_pulses(
    recording: xr.Dataset, rows: tuple[Row, ...], shown: Mapping[str, float]
) -> FileView:
    from acanthite.analysis import conductance
    from acanthite.measurement import FAST, PulseLadder, run

    levels = recording["conductance"]
    measured = _cycles(levels, "pulse")
    up = measured.shape[-1] // 2
    if "direction" in recording.coords:
        up = int((np.ravel(recording["direction"]) > 0).sum())
    down = measured.shape[-1] - up
    if not 0 < up <= 10_000 or not 0 < down <= 10_000:
        note = "Pulses of one direction only, or very many: the twin does not repeat them."
        return FileView("pulses", rows, _share(measured, "measured"), note)
    ladder = run(_twin(shown), PulseLadder(up, down, 1), instrument=FAST)
    twin = np.ravel(conductance(ladder))[None]
    note = (
        f"The twin has {up} pulses of 0.3 V up and {down} down, 1 µs each. Both are drawn over "
        "their own largest conductance."
    )
    return FileView("pulses", rows, (*_share(measured, "measured"), *_share(twin, "twin")), note)


def _share(cycles: np.ndarray, name: str) -> tuple[Curve, ...]:
    largest = float(np.nanmax(np.abs(cycles)))
    count = np.arange(1, cycles.shape[-1] + 1)
    return tuple(
        curve(name if k == 0 else f"{name}, cycle {k + 1}", count, cycle / (largest or 1.0))
        for k, cycle in enumerate(cycles)
    )


def _twin(shown: Mapping[str, float]) -> Devices:
    parameters = parameters_of(FILE_KNOBS, shown)
    return grown_device(parameters, int(si_values(FILE_KNOBS, shown)["device"]))


def file_command(name: str) -> str:
    """Return the command that says all about a file."""
    return f"acanthite analyse '{name}'"


def file_script(name: str, shown: Mapping[str, float]) -> str:
    """Return the lines of Python that read the file and make the twin."""
    parameters = parameters_of(FILE_KNOBS, shown)
    return (
        f"{repeat.python_start(parameters)}recordings = ac.measurement.read({name!r})\n"
        "film = ac.film.grow(ac.film.Recipe.of(parameters), parameters)\n"
        "twin = ac.device.Filament.from_film(film, parameters)"
        f".sample(1, seed={si_values(FILE_KNOBS, shown)['device']:g})\n"
    )
