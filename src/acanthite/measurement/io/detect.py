"""The format of a file, recognised by its content, and its Recordings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from acanthite.errors import RecordingError
from acanthite.measurement.coordinates import with_numbers
from acanthite.measurement.io import assemble, layout, write
from acanthite.measurement.io.formats import (
    arc,
    clarius,
    easyexpert,
    pulse_table,
    state_table,
    table,
)
from acanthite.measurement.io.hints import Hints, parse_hints
from acanthite.measurement.io.parsing import text, workbook
from acanthite.measurement.io.run import FileRun
from acanthite.measurement.recording import load_recording
from acanthite.progress import Progress, long_call, reporter
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    import xarray as xr

Format = Literal["easyexpert", "workbook", "netcdf", "parquet", "tidy", "table"]

_FOREIGN = {
    b"\xd0\xcf\x11\xe0": "an old Excel file; save it as .xlsx",
    b"%PDF": "a PDF document; export the numbers as text",
    b"\x89PNG": "a picture; export the numbers as text",
    b"\x1f\x8b": "compressed with gzip; unpack it first",
    b"Rar!": "a RAR archive; unpack it first",
    b"7z\xbc\xaf": "a 7z archive; unpack it first",
}


def detect(path: str | Path) -> Format:
    """Return what a file is, by its content.

    Parameters
    ----------
    path : path_like

    Returns
    -------
    {"easyexpert", "workbook", "netcdf", "parquet", "tidy", "table"}
        ``tidy`` is a table that acanthite wrote.

    Raises
    ------
    RecordingError
        If the file is missing, empty, or none of these.

    Examples
    --------
    >>> import numpy as np
    >>> loop = [[0.0, 0.0], [0.1, 1e-6], [0.2, 2e-6], [0.1, 1e-6]]
    >>> np.savetxt(
    ...     "loop.csv", loop, delimiter=",", header="voltage (V),current (A)", comments=""
    ... )
    >>> ac.measurement.detect("loop.csv")
    'table'
    """
    start = text.head(path)
    for magic, what in _FOREIGN.items():
        if start.startswith(magic):
            raise RecordingError(f"{path}: {what}")
    if start.startswith(b"PK\x03\x04"):
        return "workbook"
    if start.startswith((b"\x89HDF\r\n\x1a\n", b"CDF")):
        return "netcdf"
    if start.startswith(b"PAR1"):
        return "parquet"
    decoded = start.decode(text.encoding(start), errors="replace")
    if decoded.startswith(write.MARK):
        return "tidy"
    return "easyexpert" if easyexpert.looks_like(decoded) else "table"


@long_call("reading")
@accepts_quantities
def read(
    path: str | Path,
    *,
    columns: Sequence[str] | Mapping[str, str] | None = None,
    units: str | Mapping[str, str] | None = None,
    pulse_voltage: float | Sequence[float] | None = None,
    n_up: int | None = None,
    n_down: int | None = None,
    progress: Progress = None,
) -> list[xr.Dataset]:
    """Read a lab file, whatever it is.

    Parameters
    ----------
    path : path_like
        EasyEXPERT CSV, Clarius workbook, a plain table, a pulse response, or a Recording in NetCDF;
        the content tells.
    columns : sequence of str or mapping of str to str, optional
        The names of a table without a header, in order, ``-`` for each one to leave out; or which
        column is the ``voltage``, ``current``, ``time``, ``conductance``, ``resistance``,
        ``device``, ``cycle`` or ``pulse``.
    units : str or mapping of str to str, optional
        Of columns whose unit the file does not say, by name or by what they are; ``"SI"`` for all
        of them.
    pulse_voltage : float or (float, float), optional
        Of a pulse response: of the pulses up and those down; one number v means (-v, v). [V]
    n_up, n_down : int, optional
        Of a pulse response: pulses of each kind in a cycle.
    progress : callable or bool, optional
        Called with the fraction done; True shows a bar.

    Returns
    -------
    list of xarray.Dataset
        Recordings in SI, in the order of the file. Runs of one measurement are one Recording: dims
        (device, cycle, sample) for sweeps and sampling, (device, cycle, pulse) for pulse responses
        and states against cycles, (device, state, sample) for states against time. Its attrs hold
        ``kind`` ("sweep", "sampling", "pulses", "retention", "table"), ``file``, ``test``,
        ``compliance`` [A], ``delay`` [s] and all ``settings``.

    Raises
    ------
    RecordingError
        If the file is damaged or leaves something open; the message names file, line or cell, and
        what to do.

    Examples
    --------
    >>> import numpy as np
    >>> table = [[0.0, 0.0], [0.1, 1e-6], [0.2, 2e-6], [0.1, 1e-6]]
    >>> np.savetxt("loop.csv", table, delimiter=",", header="Vg [V],Id [A]", comments="")
    >>> (loop,) = ac.measurement.read(
    ...     "loop.csv", columns={"voltage": "Vg [V]", "current": "Id [A]"}
    ... )
    >>> loop.kind, dict(loop.sizes)
    ('sweep', {'device': 1, 'cycle': 1, 'sample': 4})
    """
    hints = parse_hints(columns, units, pulse_voltage, n_up, n_down)
    return [with_numbers(recording) for recording in _read(path, hints, reporter(progress))]


def _read(path: str | Path, hints: Hints, report: Callable[[float], None]) -> list[xr.Dataset]:
    kind = detect(path)
    if kind == "netcdf":
        return [load_recording(path)]
    if kind == "workbook":
        return _workbook(path, hints, report)
    if kind == "easyexpert":
        return _easyexpert(path, hints)
    if kind == "tidy":
        return [write.read_csv(path)]
    if kind == "parquet":
        return _parquet(path, hints)
    return _table(path, table.read(path, hints), hints)


def _workbook(path: str | Path, hints: Hints, report: Callable[[float], None]) -> list[xr.Dataset]:
    """Read what Clarius wrote by its own rules, any other workbook as a table a sheet."""
    with workbook.opened(path) as book:
        if clarius.looks_like(book.sheetnames, clarius.settings_rows(path, book)):
            return assemble.assemble(clarius.read(path, book, report), hints)
        recordings: list[xr.Dataset] = []
        titles = list(book.sheetnames)
        for done, title in enumerate(titles, 1):
            recordings += _sheet(path, book, title, hints)
            report(done / len(titles))
    if not recordings:
        raise RecordingError(f"{path}: its sheets are empty; expected a table of numbers")
    return recordings


def _sheet(path: str | Path, book: Any, title: str, hints: Hints) -> list[xr.Dataset]:
    where = f"{path}, sheet {title!r}"
    if next(workbook.rows(path, book, title), None) is None:
        return []
    runs = table.read(where, hints, lambda: workbook.as_lines(path, book, title))
    origin = {"format": "workbook", "file": Path(path).name, "sheet": title}
    return _table(where, [replace(run, attrs={**run.attrs, **origin}) for run in runs], hints)


def _easyexpert(path: str | Path, hints: Hints) -> list[xr.Dataset]:
    runs = list(easyexpert.read(path))
    if runs and runs[0].layout:
        if len({run.names for run in runs}) > 1:
            raise RecordingError(
                f"{path}: its records have other names than the first; the file was changed: write "
                "it again"
            )
        values = np.concatenate([run.values for run in runs])
        return [layout.rebuild(runs[0].layout, list(values.T), str(path))]
    return assemble.assemble(runs, hints)


def _parquet(path: str | Path, hints: Hints) -> list[xr.Dataset]:
    recording, columns = write.read_parquet(path)
    if recording is not None:
        return [recording]
    values = np.column_stack(list(columns.values())) if columns else np.empty((0, 0))
    run = FileRun(
        tuple(columns), values, str(path), attrs={"format": "Parquet", "file": Path(path).name}
    )
    runs = table.split_runs(run) if len(values) else []
    return _table(path, runs, hints)


def _table(path: str | Path, runs: list[FileRun], hints: Hints) -> list[xr.Dataset]:
    if not runs:
        raise RecordingError(f"{path}: names but no numbers; expected a table of numbers")
    if arc.looks_like(runs[0].names):
        return [recording for run in runs for recording in arc.read(run)]
    if state_table.looks_like(runs[0], hints):
        return state_table.read(runs, hints)
    if pulse_table.looks_like(runs[0], hints):
        return pulse_table.read(runs, hints)
    table.check_names(runs)
    recordings = assemble.assemble(runs, hints)
    for recording in recordings:
        if recording.attrs["kind"] == "table":
            names = ", ".join(runs[0].names)
            raise RecordingError(
                f"{path}: no columns {names} could be a voltage and a current; say which, as "
                f"columns={{'voltage': ..., 'current': ...}}"
            )
    return recordings
