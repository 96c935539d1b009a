"""Recordings -> files: NetCDF, CSV, Parquet, and EasyEXPERT CSV; what is written reads back the
same.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from acanthite.errors import RecordingError, nearest
from acanthite.files import atomic
from acanthite.measurement.io import layout
from acanthite.measurement.io.formats.easyexpert import LAYOUT
from acanthite.measurement.io.parsing import text
from acanthite.measurement.recording import check_recording, save_recording

if TYPE_CHECKING:
    import xarray as xr

ENDINGS = {"netcdf": ".nc", "csv": ".csv", "easyexpert": ".csv", "parquet": ".parquet"}
"""The formats written, and the endings of their files."""

MARK = "# acanthite recording 1"
_LAYOUT = "# layout: "


def write(recording: xr.Dataset, path: str | Path, format: str) -> None:
    """Write a Recording, whole or not at all.

    Parameters
    ----------
    recording : xarray.Dataset
    path : path_like
    format : {"netcdf", "csv", "easyexpert", "parquet"}
        ``csv`` is a tidy table, a row a sample: first comment lines, which start with ``#`` and
        hold the attrs and the layout, then a line of names and units; ``easyexpert`` is what a
        B1500A would have written, a record a device and cycle.

    Raises
    ------
    RecordingError
        If the format is unknown, cannot hold this Recording, or needs a package that is not there.

    Examples
    --------
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> loops = ac.measurement.run(devices, ac.measurement.Sweep(-0.5))
    >>> ac.measurement.write(loops, "loops.csv", format="csv")
    >>> (again,) = ac.measurement.read("loops.csv")
    >>> bool((again.current == loops.current).all())
    True
    """
    writers = {
        "netcdf": save_recording,
        "csv": _csv,
        "easyexpert": _easyexpert,
        "parquet": _parquet,
    }
    if format not in writers:
        raise RecordingError(
            f"format = {format!r}; expected one of {', '.join(writers)}{nearest(format, writers)}"
        )
    writers[format](check_recording(recording), path)


def _header(recording: xr.Dataset, name: str) -> str:
    unit = recording[name].attrs.get("units", "") if name in recording.variables else ""
    plain = name.replace(",", " ").replace('"', " ")
    return f"{plain} ({unit})" if unit and unit != "1" else plain


def _csv(recording: xr.Dataset, path: str | Path) -> None:
    import pandas as pd

    table = layout.counters(recording) | layout.columns(recording)
    frame = pd.DataFrame(
        {_header(recording, name): column for name, column in table.items()}, copy=False
    )
    with atomic(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as handle:
        handle.write(f"{MARK}\n")
        for key, value in recording.attrs.items():
            if key not in ("schema", "settings") and "\n" not in str(value):
                handle.write(f"# {key}: {value}\n")
        handle.write(f"{_LAYOUT}{layout.describe(recording)}\n")
        frame.to_csv(handle, index=False, na_rep="nan", lineterminator="\n")


def read_csv(path: str | Path) -> xr.Dataset:
    """Read a table that :func:`write` wrote, as it was.

    Raises
    ------
    RecordingError
        If it was changed or cut short; the message names file and line.
    """
    description, first, names = _head(path)
    n = len(names)
    for number, line in text.lines(path):
        if number > first and line and line.count(",") != n - 1:
            raise text.fail(
                path,
                number,
                f"{line.count(',') + 1} cells; expected {n} as in line {first}: the line is cut "
                "short or damaged",
            )
    try:
        frame = text.parse_table(
            path, skiprows=first, header=None, names=list(range(n)), dtype=np.float64
        )
    except ValueError as error:
        raise RecordingError(
            f"{path}: {_where_bad(path, first)}: {str(error).splitlines()[0]}"
        ) from None
    values = [frame[column].to_numpy() for column in frame.columns]
    return layout.rebuild(description, values[n - _n_variables(description) :], str(path))


def _n_variables(description: str) -> int:
    import json

    try:
        return len(json.loads(description)["variables"])
    except (ValueError, KeyError, TypeError):
        return 0


def _where_bad(path: str | Path, first: int) -> str:
    for number, line in text.lines(path):
        if number > first and any(text.number(cell) is None for cell in line.split(",")):
            return f"line {number}, {text.shorten(line)}; expected numbers"
    return "no table of numbers"


def _head(path: str | Path) -> tuple[str, int, list[str]]:
    """Return the description, the line of names and the names."""
    description = ""
    for number, line in text.lines(path):
        if line.startswith(_LAYOUT):
            description = line.removeprefix(_LAYOUT)
        elif not line.startswith("#"):
            if not description:
                raise text.fail(
                    path,
                    number,
                    f"no line {_LAYOUT!r} before it; expected one: without line 1 it is read as a "
                    "plain table",
                )
            return description, number, line.split(",")
    raise RecordingError(
        f"{path}: ends before its table begins; the file is cut short: write it again"
    )


def _parquet(recording: xr.Dataset, path: str | Path) -> None:
    pyarrow, parquet = _pyarrow(path)
    table = layout.counters(recording) | layout.columns(recording)
    arrays = {_header(recording, name): pyarrow.array(column) for name, column in table.items()}
    whole = pyarrow.table(arrays).replace_schema_metadata({"acanthite": layout.describe(recording)})
    with atomic(path) as temporary:
        parquet.write_table(whole, temporary, compression="zstd")


def read_parquet(path: str | Path) -> tuple[xr.Dataset | None, dict[str, np.ndarray]]:
    """Read a Parquet file: the Recording that :func:`write` wrote, or the numeric columns of any
    other.

    Raises
    ------
    RecordingError
        If the file is damaged, or pyarrow is not installed.
    """
    _, parquet = _pyarrow(path)
    try:
        whole = parquet.read_table(path)
        described = (whole.schema.metadata or {}).get(b"acanthite")
        table = {
            name: np.asarray(whole.column(i).to_numpy(), float)
            for i, name in enumerate(whole.column_names)
            if described or str(whole.schema.types[i]) in _NUMBERS
        }
    except Exception as error:  # pyarrow raises OSError, ArrowInvalid ... on damaged files
        raise RecordingError(
            f"{path}: cannot be read as Parquet ({str(error).splitlines()[0]}); write it again"
        ) from None
    if not described:
        return None, table
    description = described.decode("utf-8", errors="replace")
    return layout.rebuild(
        description, list(table.values())[len(table) - _n_variables(description) :], str(path)
    ), {}


_NUMBERS = (
    "double",
    "float",
    "halffloat",
    *(f"{u}int{n}" for u in ("", "u") for n in (8, 16, 32, 64)),
)


def _pyarrow(path: str | Path):
    try:
        import pyarrow
        import pyarrow.parquet as parquet
    except ModuleNotFoundError:
        raise RecordingError(
            f"{path}: Parquet needs the package pyarrow; pip install 'acanthite[parquet]', or use "
            "csv"
        ) from None
    return pyarrow, parquet


_NAMES = {"voltage": "V1", "current": "I1", "time": "Time"}


def _easyexpert(recording: xr.Dataset, path: str | Path) -> None:
    if not {"voltage", "current", "time"} <= set(recording.data_vars):
        raise RecordingError(
            f"{path}: EasyEXPERT CSV holds voltage and current; write this "
            f"{recording.attrs.get('kind', 'table')} as csv"
        )
    with atomic(path) as temporary, temporary.open("w", encoding="utf-8", newline="\r\n") as handle:
        for line in _records(recording):
            handle.write(f"{line}\n")


def _records(recording: xr.Dataset) -> Iterator[str]:
    table = layout.columns(recording)
    sizes = recording.sizes
    n_records = sizes.get("device", 1) * sizes.get("cycle", 1)
    rows = np.column_stack(list(table.values())).reshape(n_records, -1, len(table))
    devices = (
        np.atleast_1d(recording["device"].values)
        if "device" in recording.coords
        else np.arange(sizes.get("device", 1))
    )
    names = list(table)
    for i, values in enumerate(rows):
        device, cycle = divmod(i, sizes.get("cycle", 1))
        yield ""
        yield from _settings(recording, values[:, names.index("voltage")])
        yield f"MetaData, TestRecord.TestTarget, {devices[device]}"
        yield f"MetaData, TestRecord.IterationIndex, {cycle + 1}"
        if i == 0:
            yield f"MetaData, {LAYOUT}, {layout.describe(recording)}"
        labels = [_NAMES.get(name, name.replace(",", " ")) for name in names]
        yield f"AnalysisSetup, Analysis.Setup.Vector.List.Datum.Name, {', '.join(labels)}"
        yield (
            "AnalysisSetup, Analysis.Setup.Vector.List.Datum.Unit, "
            f"{', '.join(recording[n].attrs.get('units', '') for n in names)}"
        )
        yield f"Dimension1, {', '.join([str(len(values))] * len(names))}"
        yield f"Dimension2, {', '.join(['1'] * len(names))}"
        yield f"DataName, {', '.join(labels)}"
        for row in values.tolist():
            yield "DataValue, " + ", ".join("" if cell != cell else repr(cell) for cell in row)


def _settings(recording: xr.Dataset, voltage: np.ndarray) -> Iterator[str]:
    attrs = recording.attrs
    turns = np.count_nonzero(np.diff(np.sign(np.diff(voltage)[np.diff(voltage) != 0])))
    kind = (
        "I/V-t Sampling"
        if attrs.get("kind") == "sampling"
        else "I/V Sweep"
        if turns < 2
        else "I/V List Sweep"
    )
    yield f"SetupTitle, {attrs.get('test') or attrs.get('program') or 'acanthite'}"
    yield f"PrimitiveTest, {kind}"
    yield "TestParameter, Channel.UnitType, SMU, SMU"
    yield "TestParameter, Channel.IName, I1, I2"
    yield "TestParameter, Channel.VName, V1, V2"
    yield "TestParameter, Channel.Mode, V, COMMON"
    yield "TestParameter, Channel.Time, Time"
    if kind != "I/V-t Sampling":
        yield "TestParameter, Channel.Func, VAR1, CONST"
        yield f"TestParameter, Measurement.Primary.Locus, {'Double' if turns == 1 else 'Single'}"
        yield f"TestParameter, Measurement.Primary.Start, {float(voltage[0])!r}"
        yield (
            "TestParameter, Measurement.Primary.Stop, "
            f"{float(voltage[np.nanargmax(np.abs(voltage))])!r}"
        )
    if (limit := attrs.get("compliance")) is not None:
        yield f"TestParameter, Measurement.Primary.Compliance, {float(limit)!r}"
        yield f"TestParameter, Measurement.Bias.Compliance, {float(limit)!r}, {float(limit)!r}"
    for key, name in (("hold_time", "Hold"), ("delay", "Delay")):
        if key in attrs:
            yield f"TestParameter, Measurement.Timing.{name}, {float(attrs[key])!r}"
