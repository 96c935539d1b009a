"""``acanthite convert``: lab files and Recordings into other formats."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acanthite.commands.hints import ByName, Columns, Units, read_hints
from acanthite.commands.options import FAILED, LabFiles, option, report_skipped
from acanthite.errors import RecordingError

if TYPE_CHECKING:
    import xarray as xr

    from acanthite.measurement.io import Skipped

Format = Annotated[str, option("FORMAT", "netcdf, csv, easyexpert or parquet.", name="--to")]
Out = Annotated[Path, option("DIR", "Where to write.", name="--out")]


def convert(
    paths: LabFiles,
    to: Format = "netcdf",
    out: Out = Path("converted"),
    columns: Columns = None,
    units: Units = None,
    hints: ByName = None,
) -> int:
    """Read lab files of any kind and write them as NetCDF, CSV, EasyEXPERT CSV or Parquet."""
    from acanthite.console import working_on
    from acanthite.measurement.io.folder import files_in
    from acanthite.measurement.io.write import ENDINGS

    if to not in ENDINGS:
        raise typer.BadParameter(f"--to {to!r}; expected one of {', '.join(ENDINGS)}")
    general, special = read_hints(columns, units, hints)
    files = files_in(paths)
    used: set[Path] = set()
    skipped: list[Skipped] = []
    n_written = 0
    with working_on() as progress:
        for n, file in enumerate(files, 1):
            written, problem = _convert(file, to, out, used, special, general)
            n_written += written
            skipped += problem
            progress(file.name, n / len(files))
    broken = report_skipped(skipped)
    typer.echo(f"{n_written} recording{'s' * (n_written != 1)} written to {out}")
    return FAILED if broken else 0


def _convert(
    file: Path,
    to: str,
    out: Path,
    used: set[Path],
    special: dict[str, dict[str, Any]],
    general: dict[str, Any],
) -> tuple[int, list[Skipped]]:
    from acanthite.measurement.io import write
    from acanthite.measurement.io.folder import attempt, explain

    recordings, problem = attempt(file, special, general)
    if problem is not None:
        return 0, [problem]
    n_written = 0
    try:
        for target, recording in _targets(file, recordings, to, out, used):
            write(recording, target, to)
            n_written += 1
    except RecordingError as error:
        return n_written, [explain(file, error)]
    return n_written, []


def _targets(
    file: Path, recordings: list[xr.Dataset], to: str, out: Path, used: set[Path]
) -> Iterator[tuple[Path, xr.Dataset]]:
    """Yield a new name for each recording.

    The file's, numbered where it is taken or there are several.
    """
    from acanthite.measurement.io.write import ENDINGS

    for n, recording in enumerate(recordings, 1):
        stem = f"{file.stem}-{n}" if len(recordings) > 1 else file.stem
        target, again = out / f"{stem}{ENDINGS[to]}", 2
        while target in used:
            target, again = out / f"{stem}_{again}{ENDINGS[to]}", again + 1
        if target.resolve() == file.resolve():
            raise RecordingError(f"{file}: would be written over; choose another folder with --out")
        used.add(target)
        yield target, recording
