"""``acanthite convert``: lab files and Recordings into other formats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acanthite.commands.options import FAILED
from acanthite.errors import RecordingError

if TYPE_CHECKING:
    import xarray as xr

    from acanthite.measurement.io import Skipped

Columns = Annotated[
    str | None,
    typer.Option(
        metavar="NAMES",
        help="Names of a table without a header, in order, or voltage=AV,current=AI.",
    ),
]
Units = Annotated[str | None, typer.Option(metavar="UNITS", help="SI, or voltage=mV,current=uA.")]
ByName = Annotated[
    Path | None,
    typer.Option(
        "--hints", metavar="FILE.toml", help="What files leave open, by pattern of their names."
    ),
]


def convert(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...", help="Lab files, or folders of them.", show_default=False
        ),
    ],
    to: Annotated[
        str, typer.Option("--to", metavar="FORMAT", help="netcdf, csv, easyexpert or parquet.")
    ] = "netcdf",
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where to write.")] = Path(
        "converted"
    ),
    columns: Columns = None,
    units: Units = None,
    hints: ByName = None,
) -> int:
    """Read lab files of any kind and write them as NetCDF, CSV, EasyEXPERT CSV or Parquet."""
    from acanthite.measurement.io.folder import files_in
    from acanthite.measurement.io.write import ENDINGS

    if to not in ENDINGS:
        raise typer.BadParameter(f"--to {to!r}; expected one of {', '.join(ENDINGS)}")
    general, special = read_hints(columns, units, hints)
    files = files_in(paths)
    used: set[Path] = set()
    skipped: list[Skipped] = []
    n_written = 0
    with _progress(len(files)) as advance:
        for file in files:
            written, problem = _convert(file, to, out, used, special, general)
            n_written += written
            skipped += problem
            advance(file)
    for entry in skipped:
        typer.echo(f"{'failed' if entry.broken else 'skipped'}  {entry}", err=True)
    typer.echo(f"{n_written} recording{'s' * (n_written != 1)} written to {out}")
    return FAILED if any(entry.broken for entry in skipped) else 0


def _convert(
    file: Path,
    to: str,
    out: Path,
    used: set[Path],
    special: dict[str, Any],
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
    """Yield a new name for each recording: the file's, numbered where there are several or it is taken."""
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


def read_hints(
    columns: str | None, units: str | None, hints: Path | None
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the hints for all files, and those by pattern of a file's name, as options and a TOML file say them.

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
        parts = [part.strip() for part in columns.split(",")]
        general["columns"] = _mapping("--columns", parts) if any("=" in p for p in parts) else parts
    if units:
        parts = [part.strip() for part in units.split(",")]
        general["units"] = _mapping("--units", parts) if any("=" in p for p in parts) else units
    return general, _by_name(hints) if hints else {}


def _mapping(option: str, parts: list[str]) -> dict[str, str]:
    for part in parts:
        if part.count("=") != 1:
            raise RecordingError(f"{option}: {part!r}; expected name=value, such as voltage=AV")
    return {name: value for name, _, value in (part.partition("=") for part in parts)}


def _by_name(path: Path) -> dict[str, dict[str, Any]]:
    from acanthite.parameters.toml import read

    file = read(path, "hints", RecordingError)
    for pattern in file:
        file.table(pattern).check_keys(("columns", "units", "pulse_voltage", "n_up", "n_down"))
    return dict(file)


@contextmanager
def _progress(total: int):
    """Show a bar over the files on a terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    shown = (
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(
        *shown, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("", total=total)
        yield lambda file: progress.update(task, advance=1, description=file.name[:40])
