"""What devices and cycles of a recording are called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from acanthite.measurement.coordinates import is_named
from acanthite.report.measured.study import Options

if TYPE_CHECKING:
    import xarray as xr


def cycle_numbers(recording: xr.Dataset) -> list[int]:
    """Return the number of each cycle: as the file counts them, else from one."""
    if is_named(recording, "cycle"):
        return [int(number) for number in recording["cycle"].values.ravel()]
    return list(range(1, recording.sizes.get("cycle", 1) + 1))


def device_labels(recording: xr.Dataset, file: Path, options: Options) -> list[str]:
    """Return the names of the devices of a recording."""
    n = recording.sizes.get("device", 1)
    named = options.device_of(file)
    if named:
        return [named] if n == 1 else [f"{named} {k + 1}" for k in range(n)]
    if is_named(recording, "device") and str(recording["device"].values.ravel()[0]).strip():
        return [str(name) for name in recording["device"].values.ravel()]
    return [file.stem] if n == 1 else [f"{file.stem} {k + 1}" for k in range(n)]
