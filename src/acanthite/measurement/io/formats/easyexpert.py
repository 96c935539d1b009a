"""Keysight EasyEXPERT CSV, as a B1500A writes it.

A file holds records, each beginning at ``SetupTitle``; then lines of ``TestParameter``,
``MetaData`` and ``AnalysisSetup``, the sizes ``Dimension1`` (points of a sweep, both ways of a
double one) and ``Dimension2`` (steps of VAR2), the names ``DataName``, and a ``DataValue`` a row.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from acanthite.errors import RecordingError
from acanthite.measurement.io.parsing import text
from acanthite.measurement.io.run import Array, FileRun

LAYOUT = "Acanthite.Layout"
"""Key of the description that acanthite's own writer adds, from which a Recording comes back whole.
"""

_HEADS = ("SetupTitle", "PrimitiveTest")


@dataclass
class _Record:
    """A record while it is read."""

    line: int
    title: str = ""
    test: str = ""
    settings: dict[str, list[str]] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)  # value, line
    names: tuple[str, ...] = ()
    values: array = field(default_factory=lambda: array("d"))
    last: int = 0

    def get(self, key: str, place: int = 0) -> str:
        """Return one value of a setting, or an empty string."""
        values = self.settings.get(key, [])
        return values[place] if 0 <= place < len(values) else ""

    def number(self, key: str, place: int = 0) -> float | None:
        """Return one value of a setting as a number, or None."""
        value = text.number(self.get(key, place))
        return None if value is None or value != value else value


def looks_like(start: str) -> bool:
    """Return whether the beginning of a text is that of an EasyEXPERT file."""
    return any(
        line.split(",", 1)[0].strip() in (*_HEADS, "TestParameter", "DataName", "DataValue")
        and "," in line
        for line in start.lstrip("\ufeff").splitlines()[:40]
    )


def read(path: str | Path) -> Iterator[FileRun]:
    """Yield the records of an EasyEXPERT file.

    Parameters
    ----------
    path : path_like

    Yields
    ------
    FileRun

    Raises
    ------
    RecordingError
        If a record is malformed or cut short; the message names file and line.
    """
    ours = False
    for number, record in enumerate(_records(path), 1):
        ours = ours or LAYOUT in record.raw
        yield _run(path, number, record, ours)


def _records(path: str | Path) -> Iterator[_Record]:
    record: _Record | None = None
    for line_number, line in text.lines(path):
        head, _, rest = line.partition(",")
        head = head.strip().lstrip("\ufeff")
        if not head and not rest.strip(" ,"):
            continue
        starts = head == "SetupTitle" or (
            head == "PrimitiveTest" and (record is None or bool(record.test or record.values))
        )
        if starts:
            if record is not None:
                yield record
            record = _Record(line_number)
        elif record is None:
            if head not in ("TestParameter", "MetaData", "AnalysisSetup", "Dimension1", "DataName"):
                raise text.fail(
                    path,
                    line_number,
                    f"{text.shorten(line)}; expected SetupTitle, with which a record begins",
                )
            record = _Record(line_number)
        _take(path, line_number, record, head, rest, line)
    if record is not None:
        yield record


def _take(
    path: str | Path, line_number: int, record: _Record, head: str, rest: str, line: str
) -> None:
    record.last = line_number
    if head == "DataValue":
        _take_row(path, line_number, record, rest)
    elif record.values:
        raise text.fail(
            path,
            line_number,
            f"{text.shorten(line)} after the data of the record of line {record.line}; expected "
            "DataValue or the SetupTitle "
            "of the next record: a line is missing or damaged",
        )
    elif head == "SetupTitle":
        record.title = rest.strip()
    elif head == "PrimitiveTest":
        record.test = rest.strip()
    elif head in ("TestParameter", "MetaData", "AnalysisSetup"):
        key, *values = (part.strip() for part in rest.split(","))
        record.settings[key] = values
        record.raw[key] = rest.partition(",")[2].strip()
    elif head in ("Dimension1", "Dimension2"):
        size = text.number(rest.split(",")[0])
        if size is None or not (0 <= size < 1e9 and size == int(size)):
            raise text.fail(
                path,
                line_number,
                f"{head} is {text.shorten(rest.strip())}; expected the number of points",
            )
        record.sizes[head] = int(size), line_number
    elif head == "DataName":
        record.names = tuple(part.strip() for part in rest.split(","))
        while record.names and not record.names[-1]:
            record.names = record.names[:-1]
    else:
        raise text.fail(
            path,
            line_number,
            f"{text.shorten(line)}; expected a line of an EasyEXPERT record, such as DataValue",
        )


def _take_row(path: str | Path, line_number: int, record: _Record, rest: str) -> None:
    if not record.names:
        raise text.fail(
            path,
            line_number,
            "DataValue before any DataName; expected the names first: a line is missing",
        )
    cells = rest.split(",")
    n = len(record.names)
    if len(cells) > n and not "".join(cells[n:]).strip():
        cells = cells[:n]
    if len(cells) != n:
        raise text.fail(
            path,
            line_number,
            f"{len(cells)} values for {n} names; expected {', '.join(record.names)}: the line is "
            "damaged",
        )
    try:
        if not rest.isascii() or "_" in rest:
            raise ValueError(rest)  # float takes digits of other scripts, and underscores
        record.values.extend(map(float, cells))
    except ValueError:
        del record.values[len(record.values) // n * n :]
        for name, cell in zip(record.names, cells, strict=True):
            value = text.number(cell)
            if value is None:
                raise text.fail(
                    path,
                    line_number,
                    f"{name} is {text.shorten(cell.strip())}; expected a number or nothing",
                ) from None
            record.values.append(value)


def _run(path: str | Path, number: int, record: _Record, ours: bool) -> FileRun:
    """Return a record as a run; an instrument's overflow is not-a-number, what acanthite wrote is
    as it was.
    """
    where = f"{path}, line {record.line} (record {number})"
    if not record.names:
        raise RecordingError(
            f"{where}: has no DataName and no data; expected the names of the columns: the file is "
            "cut short"
        )
    values = np.frombuffer(record.values, float).reshape(-1, len(record.names)).copy()
    if not ours:
        values[np.abs(values) >= text.OVERFLOW] = np.nan
    n_steps = _check_size(path, number, record, len(values))
    names, values, pairs = _channels(record, values)
    return FileRun(
        names=names,
        values=values,
        where=where,
        units=_units(record),
        pairs=pairs,
        n_steps=n_steps,
        device=record.get("TestRecord.TestTarget"),
        number=number,
        layout=record.raw.get(LAYOUT, ""),
        setup={"title": record.title, "test": record.test}
        | {k: v for k, v in record.raw.items() if k.startswith(("Channel.", "Measurement."))},
        attrs=_attrs(path, number, record, names, values, n_steps),
    )


def _check_size(path: str | Path, number: int, record: _Record, n_rows: int) -> int:
    """Return the number of VAR2 steps."""
    points, line = record.sizes.get("Dimension1", (n_rows, record.line))
    n_steps = record.sizes.get("Dimension2", (1, record.line))[0] or 1
    double = record.get("Measurement.Primary.Locus").lower() == "double"
    if (
        n_rows == 0
        or n_rows % n_steps
        or n_rows not in (points * n_steps, 2 * points * n_steps if double else -1)
    ):
        raise text.fail(
            path,
            record.last,
            f"record {number} ends after {n_rows} of the {points} x {n_steps} rows that line "
            f"{line} states; "
            "expected all of them: the file is cut short or lines are missing",
        )
    return n_steps


def _channels(
    record: _Record, values: Array
) -> tuple[tuple[str, ...], Array, tuple[tuple[str, str], ...]]:
    """Return names and values with the constant voltages that are not among the data, and the V-I
    pairs, VAR1 first.
    """
    names = list(record.names)
    functions = [function.upper() for function in record.settings.get("Channel.Func", [])]
    pairs: list[tuple[int, tuple[str, str]]] = []
    for i, (volts, amps) in enumerate(
        zip(
            record.settings.get("Channel.VName", []),
            record.settings.get("Channel.IName", []),
            strict=False,
        )
    ):
        function = functions[i] if i < len(functions) else "CONST"
        bias = record.number("Measurement.Bias.Source", i)
        forced = record.get("Channel.Mode", i).upper() == "V" and function == "CONST"
        if amps in names and volts and volts not in names and forced and bias is not None:
            names.append(volts)
            values = np.column_stack([values, np.full(len(values), bias)])
        if volts in names and amps in names:
            pairs.append(
                (
                    ("VAR1", "VAR1'", "CONST").index(function)
                    if function in ("VAR1", "CONST")
                    else 3,
                    (volts, amps),
                )
            )
    return tuple(names), values, tuple(pair for _, pair in sorted(pairs, key=lambda p: p[0]))


def _units(record: _Record) -> dict[str, str]:
    units: dict[str, str] = {}
    setup = "Analysis.Setup.Vector"
    for key, unit in (("Channel.VName", "V"), ("Channel.IName", "A"), ("Channel.Time", "s")):
        units |= {name: unit for name in record.settings.get(key, []) if name}
    for names, stated in (
        ("Function.User.Name", "Function.User.Unit"),
        (f"{setup}.Graph.XAxis.Name", f"{setup}.Graph.XAxis.Unit"),
        (f"{setup}.Graph.YAxis.Name", f"{setup}.Graph.YAxis.Unit"),
        (f"{setup}.List.Datum.Name", f"{setup}.List.Datum.Unit"),
    ):
        for name, unit in zip(
            record.settings.get(names, []), record.settings.get(stated, []), strict=False
        ):
            if name and unit:
                units[name] = unit
    return units


def _attrs(
    path: str | Path,
    number: int,
    record: _Record,
    names: tuple[str, ...],
    values: Array,
    n_steps: int,
) -> dict[str, Any]:
    sweep = "Measurement.Primary" if "Measurement.Primary.Start" in record.settings else ""
    attrs: dict[str, Any] = {
        "format": "EasyEXPERT CSV",
        "file": Path(path).name,
        "line": record.line,
        "record": number,
        "test": record.title,
        "test_kind": record.test,
        "instrument": record.get("Context.MainFrame"),
        "measured_at": record.get("TestRecord.RecordTime"),
        "settings": json.dumps(
            {k: v for k, v in record.raw.items() if k != LAYOUT}, ensure_ascii=False
        ),
        "hold_time": record.number(
            "Measurement.Timing.Hold" if sweep else "Measurement.Sampling.HoldTime"
        ),
        "delay": record.number("Measurement.Timing.Delay"),
        "interval": record.number("Measurement.Sampling.Interval"),
    }
    if sweep:
        for name, key in (
            ("start", "Start"),
            ("stop", "Stop"),
            ("step", "Step"),
            ("compliance", "Compliance"),
        ):
            attrs[name] = record.number(f"{sweep}.{key}")
        attrs["double_sweep"] = int(record.get(f"{sweep}.Locus").lower() == "double")
    attrs["compliances"] = _compliances(record)
    if n_steps > 1:
        attrs["step_voltages"] = _steps(record, names, values, n_steps)
    return {k: v for k, v in attrs.items() if v not in ("", None)}


def _compliances(record: _Record) -> str:
    """Return each channel's compliance, by the name of what it limits."""
    limits: Mapping[str, float | None] = {
        record.get(
            "Channel.VName" if record.get("Channel.Mode", i).upper() == "I" else "Channel.IName", i
        ): record.number("Measurement.Bias.Compliance", i)
        for i in range(len(record.settings.get("Measurement.Bias.Compliance", [])))
    }
    return json.dumps({name: limit for name, limit in limits.items() if name}) if limits else ""


def _steps(
    record: _Record, names: tuple[str, ...], values: Array, n_steps: int
) -> list[float] | None:
    """Return the voltages of VAR2."""
    functions = [function.upper() for function in record.settings.get("Channel.Func", [])]
    if "VAR2" in functions:
        volts = record.get("Channel.VName", functions.index("VAR2"))
        if volts in names:
            return values[:: len(values) // n_steps, names.index(volts)].tolist()
    start, step = (
        record.number("Measurement.Secondary.Start"),
        record.number("Measurement.Secondary.Step"),
    )
    return None if start is None or step is None else [start + step * i for i in range(n_steps)]
