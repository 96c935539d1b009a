"""Lab files -> what they hold, or why they were not read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

    from acanthite.measurement.io import Skipped

State = Literal["read", "skipped", "broken"]


@dataclass(frozen=True)
class Held:
    """What one recording of a file holds."""

    recording: int
    kind: str
    instrument: str
    test: str
    devices: int
    cycles: int
    points: int
    columns: str
    compliance: float | None


@dataclass(frozen=True)
class Source:
    """A file that was looked at.

    Parameters
    ----------
    file : pathlib.Path
    state : {"read", "skipped", "broken"}
        ``skipped``: it is no data.
    held : tuple of Held
    place, reason : str
        Where and why it was not read.
    """

    file: Path
    state: State
    held: tuple[Held, ...] = ()
    place: str = ""
    reason: str = ""

    def as_row(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "file": str(self.file),
            "state": self.state,
            "place": self.place,
            "reason": self.reason,
            "recordings": [asdict(h) for h in self.held],
        }


def read_files(
    files: Sequence[Path],
    general: Mapping[str, Any],
    by_name: Mapping[str, Mapping[str, Any]],
    progress: Callable[[Path, float], None],
) -> Iterator[tuple[Source, list[xr.Dataset]]]:
    """Yield each file with its recordings.

    One that is broken does not keep the others from being read.

    Parameters
    ----------
    files : sequence of pathlib.Path
    general : mapping
        Hints for all: see :func:`acanthite.measurement.read`.
    by_name : mapping of str to mapping
        Hints for the files whose name matches a pattern.
    progress : callable
        Called with the file and the fraction of all that is done.
    """
    from acanthite.measurement.io.folder import attempt

    for n, file in enumerate(files):
        progress(file, n / len(files))

        def within(fraction: float, n: int = n, file: Path = file) -> None:
            progress(file, (n + fraction) / len(files))

        recordings, problem = attempt(file, by_name, general, within)
        if problem is not None:
            yield _skipped(problem), []
            continue
        yield (
            Source(file, "read", tuple(_held(k, r) for k, r in enumerate(recordings, 1))),
            recordings,
        )


def _skipped(entry: Skipped) -> Source:
    return Source(
        entry.file, "broken" if entry.broken else "skipped", (), entry.place, entry.reason
    )


def _held(number: int, recording: xr.Dataset) -> Held:
    attrs, sizes = recording.attrs, recording.sizes
    points = sizes.get("sample", 1) * sizes.get("pulse", 1)
    compliance = attrs.get("compliance")
    names = [
        f"{v.attrs.get('column', name)} ({_unit(v)})"
        for name, v in recording.data_vars.items()
        if v.attrs.get("column") != "not recorded"
    ]
    return Held(
        number,
        str(
            attrs.get("kind")
            or ("simulated" if attrs.get("source") == "simulated" else "recording")
        ),
        str(attrs.get("instrument") or ""),
        str(attrs.get("test") or ""),
        sizes.get("device", 1),
        sizes.get("cycle", 1),
        int(points),
        ", ".join(names),
        float(compliance) if isinstance(compliance, int | float | np.number) else None,
    )


def _unit(variable: xr.DataArray) -> str:
    unit = str(variable.attrs.get("units") or "no unit")
    return {"1": "no unit", "ohm": "Ω"}.get(unit, unit)
