"""What the command line says of lab files that say too little of themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from acanthite.commands.options import option
from acanthite.errors import RecordingError

Hints = tuple[dict[str, Any], dict[str, dict[str, Any]]]
"""Those for all files, and those by pattern of a file's name."""

Columns = Annotated[
    str | None,
    option("NAMES", "Names of a table without a header, in order, or voltage=AV,current=AI."),
]
Units = Annotated[str | None, option("UNITS", "SI, or voltage=mV,current=uA.")]
ByName = Annotated[
    Path | None,
    option("FILE.toml", "What files leave open, by pattern of their names.", name="--hints"),
]


def read_hints(columns: str | None, units: str | None, hints: Path | None) -> Hints:
    """Return the hints for all files, and those by pattern of a file's name.

    Parameters
    ----------
    columns, units : str, optional
        As on the command line.
    hints : pathlib.Path, optional
        Tables named by patterns, each with the arguments of :func:`acanthite.measurement.read`.

    Raises
    ------
    RecordingError
        If they cannot be understood.
    """
    general: dict[str, Any] = {}
    if columns:
        names = [part.strip() for part in columns.split(",")]
        general["columns"] = _mapping("--columns", columns) if "=" in columns else names
    if units:
        general["units"] = _mapping("--units", units) if "=" in units else units
    return general, _by_name(hints) if hints else {}


def _mapping(option: str, text: str) -> dict[str, str]:
    mapping = {}
    for part in text.split(","):
        part = part.strip()
        if part.count("=") != 1:
            raise RecordingError(f"{option}: {part!r}; expected name=value, such as voltage=AV")
        name, _, value = part.partition("=")
        mapping[name] = value
    return mapping


def _by_name(path: Path) -> dict[str, dict[str, Any]]:
    from acanthite.parameters.toml import read

    file = read(path, "hints", RecordingError)
    for pattern in file:
        file.table(pattern).check_keys(("columns", "units", "pulse_voltage", "n_up", "n_down"))
    return dict(file)
