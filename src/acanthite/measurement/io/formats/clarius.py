"""Keithley 4200A Clarius workbooks: a sheet a run, and a sheet of settings."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from acanthite.errors import RecordingError
from acanthite.measurement.io.formats.table import split_runs
from acanthite.measurement.io.parsing import text, workbook
from acanthite.measurement.io.parsing.units import parse_column
from acanthite.measurement.io.run import Array, FileRun

Row = tuple[Any, ...]
Settings = dict[str, list[str]]

_CYCLE = re.compile(r"Cycle\s+([0-9]{1,9})")
_MARKS = {"Clarius+ Version", "Test Name", "Subsite Name", "Device Terminal"}
"""Keys that only Clarius writes."""
_GAP = 10  # empty rows that may stand between others
_EXACT = 2**63
_UNITS = {"voltage": "V", "current": "A", "time": "s"}
_SWEPT = re.compile("sweep", re.IGNORECASE)


def looks_like(titles: Sequence[str], settings: Sequence[Row]) -> bool:
    """Return whether a workbook is one that Clarius writes.

    Parameters
    ----------
    titles : sequence of str
        Of its sheets.
    settings : sequence of tuple
        The rows of its sheet ``Settings``.
    """
    keys = {str(row[0]).strip().rstrip(":") for row in settings if row and row[0] is not None}
    has_runs = any(_run_number(title)[0] for title in titles)
    return bool(keys & _MARKS) or (has_runs and bool(keys & set(titles)))


def read(
    path: str | Path, book: Any, progress: Callable[[float], None] | None = None
) -> Iterator[FileRun]:
    """Yield the runs of a workbook in the order they were made.

    Parameters
    ----------
    path : path_like
    book : workbook
        From :func:`acanthite.measurement.io.parsing.workbook.opened`.
    progress : callable, optional
        Called with the fraction done.

    Yields
    ------
    FileRun

    Raises
    ------
    RecordingError
        If a sheet is damaged or a cell holds no number; the message names file, sheet and cell.
    """
    titles = list(book.sheetnames)
    settings = parse_settings(settings_rows(path, book))
    titles = sorted((t for t in titles if t not in ("Settings", "Calc")), key=_run_number)
    count = 0
    for done, title in enumerate(titles, 1):
        rows = list(workbook.rows(path, book, title))
        if rows:
            for run in _runs(path, title, rows, settings):
                count += 1
                yield run
        if progress:
            progress(done / len(titles))
    if not count:
        raise RecordingError(
            f"{path}: no sheet holds a run; expected sheets such as 'Run1' with names and numbers"
        )


def settings_rows(path: str | Path, book: Any) -> list[Row]:
    """Return the rows of the sheet of settings, or none."""
    return (
        [row for _, row in workbook.rows(path, book, "Settings")]
        if "Settings" in book.sheetnames
        else []
    )


def _run_number(title: str) -> tuple[int, str]:
    match = re.fullmatch(r"(?:Run|Append)\s*([0-9]{1,9})", title)
    return (int(match[1]) if match else 0, "" if match else title)


def parse_settings(rows: Sequence[Row]) -> dict[str, Settings]:
    """Return the settings of each run, by name; those of the whole book under an empty name.

    A banner between rules names the run; in a book of several cycles a second one below it, ``Cycle
    7``, the cycle it is of, and what follows belongs to that run.

    Parameters
    ----------
    rows : sequence of tuple

    Returns
    -------
    dict of str to dict of str to list of str
        A run's cycle is under the key ``Cycle``.
    """
    settings: dict[str, Settings] = {"": {}}
    run = ""
    ruled = False
    taken = True
    for row in rows:
        cells = [str(cell).strip() for cell in row if cell is not None]
        if not any(cells):
            continue
        if set(cells[0]) == {"="}:
            ruled = not ruled
        elif ruled and len(cells) == 1:
            cycle = _CYCLE.fullmatch(cells[0])
            taken = not (
                cycle and "Cycle" in settings[run]
            )  # of several cycles under one run, the first
            if cycle and run and taken:
                settings[run]["Cycle"] = [cycle[1]]
            elif not cycle:
                run = cells[0]
                settings[run] = {}
        elif taken:
            settings[run].setdefault(cells[0].rstrip(":"), []).extend(cells[1:])
    return {
        name: block
        for name, block in settings.items()
        if any(any(values) for values in block.values())
    }


def _runs(
    path: str | Path, title: str, rows: list[tuple[int, Row]], settings: dict[str, Settings]
) -> list[FileRun]:
    names, n_header = _names(path, title, [row for _, row in rows[:2]])
    columns, values = _numbers(path, title, names, rows[n_header:])
    run_settings = settings.get(title) or settings.get("") or {}
    where = f"{path}, sheet {title!r}"
    if not columns:
        raise RecordingError(f"{where}: holds names but no numbers; expected a run")
    selected = tuple(names[i] for i in columns)
    if n_header == 2:
        attrs = _attrs(path, title, run_settings, None)
        return [FileRun(selected, values, where, number=1, attrs=attrs, of_cycles=True)]
    pairs, terminal = _pairs(selected, run_settings)
    attrs = _attrs(path, title, run_settings, terminal)
    run = FileRun(
        selected,
        values,
        where,
        _units(selected, pairs),
        pairs,
        setup=_setup(run_settings),
        attrs=attrs,
    )
    parts = split_runs(run)
    number = _run_number(title)[0]
    return [
        replace(
            part,
            pairs=part.pairs or pairs,
            number=number or part.number,
            cycle=_cycle(run_settings, number) if len(parts) == 1 else None,
            executed=_value(run_settings, "Last Executed", 0),
            setup=run.setup,
        )
        for part in parts
    ]


def _cycle(settings: Settings, run: int) -> int | None:
    """Return the cycle that the settings name, else the number of the run."""
    value = _value(settings, "Cycle", 0)
    return int(value) if value else run or None


def _names(path: str | Path, title: str, head: list[Row]) -> tuple[list[str], int]:
    """Return the names and how many rows they take; a table of cycles has the test's name over
    each.
    """
    width = max(len(row) for row in head)
    first = [_text(head[0], i) for i in range(width)]
    if all(not name or text.number(name) is not None for name in first):
        raise RecordingError(
            f"{path}, sheet {title!r}, row 1: {text.shorten(next((n for n in first if n), ''))}; "
            "expected the names of the columns"
        )
    if first[0] == "Cycle" and len(head) > 1 and _text(head[1], 0) == "Index":
        second = [_text(head[1], i) for i in range(width)]
        return _unlike(
            ["Index"] + [f"{a}.{b}" for a, b in zip(first[1:], second[1:], strict=True)]
        ), 2
    return _unlike(first), 1


def _text(row: Row, i: int) -> str:
    return str(row[i]).strip() if i < len(row) and row[i] is not None else ""


def _unlike(names: list[str]) -> list[str]:
    """Return the names with a number behind each that appears twice."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(f"{name}_{seen[name]}" if name and seen[name] > 1 else name)
    return out


def _numbers(
    path: str | Path, title: str, names: Sequence[str], rows: Sequence[tuple[int, Row]]
) -> tuple[list[int], Array]:
    """Return the named columns that hold numbers, and these; a row that is missing is one of
    not-a-number.

    Raises
    ------
    RecordingError
        If a cell holds no number, or stands outside the table.
    """
    named = [i for i, name in enumerate(names) if name]
    first = rows[0][0] if rows else 0
    _refuse_gaps(path, title, rows)
    values = np.full((rows[-1][0] - first + 1 if rows else 0, len(named)), np.nan)
    places = {column: place for place, column in enumerate(named)}
    for number, row in rows:
        for column, cell in enumerate(row):
            if cell is None:
                continue
            place = f"sheet {title!r}, cell {workbook.cell_name(column, number)}"
            if column not in places:
                raise text.fail(
                    path,
                    place,
                    f"{text.shorten(cell)} stands under no name; delete it, or name its column",
                )
            value = _number(cell)
            if value is None:
                raise text.fail(
                    path,
                    place,
                    f"{names[column]} is {text.shorten(cell)}; expected a number or nothing",
                )
            values[number - first, places[column]] = value
    filled = [place for place in range(len(named)) if np.isfinite(values[:, place]).any()]
    return [named[place] for place in filled], values[:, filled]


def _refuse_gaps(path: str | Path, title: str, rows: Sequence[tuple[int, Row]]) -> None:
    """Raise where a row stands far below the table: it would fill all of the rows between."""
    for (above, _), (number, row) in pairwise(rows):
        if number - above - 1 > _GAP:
            column = next(i for i, cell in enumerate(row) if cell is not None)
            raise text.fail(
                path,
                f"sheet {title!r}, cell {workbook.cell_name(column, number)}",
                f"{text.shorten(row[column])} stands {number - above - 1} empty rows below the "
                "table; delete it",
            )


def _number(cell: Any) -> float | None:
    if type(cell) is float or (type(cell) is int and abs(cell) < _EXACT):
        return float(cell) if abs(cell) < text.OVERFLOW else math.nan
    return text.number(str(cell))


def _pairs(
    names: tuple[str, ...], settings: dict[str, list[str]]
) -> tuple[tuple[tuple[str, str], ...], int | None]:
    """Return voltage and current names of each SMU, the swept one first, and that one's place in
    the settings.
    """
    modes = settings.get("Operation Mode", [])
    order = sorted(
        range(len(modes)),
        key=lambda i: (
            not _SWEPT.search(modes[i]),
            _value(settings, "Master/Subordinate", i) != "Master",
        ),
    )
    pairs, places = [], []
    for place in order:
        terminal, volts = (
            _value(settings, "Device Terminal", place),
            _value(settings, "Name", place),
        )
        amps = re.sub(r"V$", "I", volts) if volts.endswith("V") else f"{terminal}I"
        for v, i in ((volts, amps), (f"{terminal}V", f"{terminal}I")):
            if v in names and i in names and (v, i) not in pairs:
                pairs.append((v, i))
                places.append(place)
    return tuple(pairs), places[0] if places else (order[0] if order else None)


def _value(settings: dict[str, list[str]], key: str, place: int) -> str:
    values = settings.get(key, [])
    return values[place] if place < len(values) else ""


def _units(names: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return units: Clarius writes SI; the names of formulas say nothing of theirs."""
    units = {
        name: _UNITS[role]
        for name in names
        if (role := parse_column(name).role) in _UNITS and _measured(name)
    }
    for volts, amps in pairs:
        units |= {volts: "V", amps: "A"}
    return units


def _measured(name: str) -> bool:
    """Return whether a name is one that Clarius gives to what it measures: Time, AV, DrainI."""
    return name == "Time" or bool(re.fullmatch(r"[A-Za-z0-9]*[VI](\(\d+\))?", name))


_KEPT = (
    "Test Name",
    "Mode",
    "Speed",
    "Sweep Delay",
    "Hold Time",
    "Operation Mode",
    "Start/Bias",
    "Stop",
    "Step",
    "Compliance",
    "Dual Sweep",
)


def _setup(settings: dict[str, list[str]]) -> dict[str, Any]:
    return {key: settings[key] for key in _KEPT if key in settings}


def _attrs(
    path: str | Path, title: str, settings: dict[str, list[str]], place: int | None
) -> dict[str, Any]:
    attrs: dict[str, Any] = {
        "format": "Clarius workbook",
        "file": Path(path).name,
        "sheet": title,
        "test": _value(settings, "Test Name", 0),
        "instrument": "Keithley 4200A",
        "measured_at": _value(settings, "Last Executed", 0),
        "settings": json.dumps(settings, ensure_ascii=False) if settings else None,
        "delay": text.number(_value(settings, "Sweep Delay", 0)),
        "hold_time": text.number(_value(settings, "Hold Time", 0)),
    }
    if place is not None:
        for name, key in (
            ("start", "Start/Bias"),
            ("stop", "Stop"),
            ("step", "Step"),
            ("compliance", "Compliance"),
        ):
            attrs[name] = text.number(_value(settings, key, place))
        if dual := _value(settings, "Dual Sweep", place):
            attrs["double_sweep"] = int(dual == "Enabled")
    return {k: v for k, v in attrs.items() if v not in ("", None) and v == v}
