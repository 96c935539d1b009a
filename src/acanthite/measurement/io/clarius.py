"""Keithley 4200A Clarius workbooks: a sheet a run, and a sheet of settings."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from acanthite.errors import RecordingError
from acanthite.measurement.io import text
from acanthite.measurement.io.run import Array, Run
from acanthite.measurement.io.table import split_runs
from acanthite.measurement.io.units import parse_column

Row = tuple[Any, ...]

_UNITS = {"voltage": "V", "current": "A", "time": "s"}
_SWEPT = re.compile("sweep", re.IGNORECASE)


def read(path: str | Path, progress: Callable[[float], None] | None = None) -> Iterator[Run]:
    """Yield the runs of a workbook in the order they were made.

    Parameters
    ----------
    path : path_like
    progress : callable, optional
        Called with the fraction done.

    Yields
    ------
    Run

    Raises
    ------
    RecordingError
        If the workbook is damaged or a cell holds no number; the message names file, sheet and cell.
    """
    with _open(path) as book:
        titles = list(book.sheetnames)
        settings = _settings(_rows(path, book, "Settings")) if "Settings" in titles else {}
        titles = sorted((t for t in titles if t not in ("Settings", "Calc")), key=_run_number)
        count = 0
        for done, title in enumerate(titles, 1):
            rows = _rows(path, book, title)
            if any(cell is not None for row in rows for cell in row):
                for run in _runs(path, title, rows, settings):
                    count += 1
                    yield run
            if progress:
                progress(done / len(titles))
    if not count:
        raise RecordingError(
            f"{path}: no sheet holds a run; expected sheets such as 'Run1' with names and numbers"
        )


def _run_number(title: str) -> tuple[int, str]:
    found = re.fullmatch(r"(?:Run|Append)\s*(\d+)", title)
    return (int(found[1]) if found else 0, "" if found else title)


@contextmanager
def _open(path: str | Path) -> Iterator[Any]:
    """Open a workbook for reading; whatever the library says of a damaged one is said in our words."""
    import openpyxl

    with Path(path).open("rb") as handle:  # a handle, since of a path openpyxl wants a certain ending
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(handle, read_only=True, data_only=True)
        except Exception as error:  # zip, XML, key and value errors of many kinds
            raise RecordingError(
                f"{path}: cannot be opened as a workbook ({_reason(error)}); it may be cut short: export it again"
            ) from None
        try:
            yield book
        finally:
            book.close()


def _reason(error: Exception) -> str:
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _rows(path: str | Path, book: Any, title: str) -> list[Row]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows = [tuple(row) for row in book[title].iter_rows(values_only=True)]
    except Exception as error:
        raise RecordingError(
            f"{path}, sheet {title!r}: cannot be read ({_reason(error)}); the file is damaged: export it again"
        ) from None
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    return rows


def _settings(rows: Sequence[Row]) -> dict[str, dict[str, list[str]]]:
    """Return the settings of each run, by name; those of the whole book under an empty name."""
    settings: dict[str, dict[str, list[str]]] = {"": {}}
    block, ruled = "", False
    for row in rows:
        cells = [str(cell).strip() for cell in row if cell is not None]
        if not cells:
            continue
        if set(cells[0]) == {"="}:
            ruled = not ruled
        elif ruled and len(cells) == 1:
            block = cells[0]
            settings[block] = {}
        else:
            settings[block].setdefault(cells[0].rstrip(":"), []).extend(cells[1:])
    return {name: block for name, block in settings.items() if any(any(values) for values in block.values())}


def _runs(
    path: str | Path, title: str, rows: list[Row], settings: dict[str, dict[str, list[str]]]
) -> list[Run]:
    names, first = _names(path, title, rows)
    values = _numbers(path, title, names, rows[first:], first)
    keep = [i for i in range(len(names)) if names[i] and np.isfinite(values[:, i]).any()]
    run_settings = settings.get(title) or settings.get("") or {}
    names, values = tuple(names[i] for i in keep), values[:, keep]
    where = f"{path}, sheet {title!r}"
    if not names:
        raise RecordingError(f"{where}: holds names but no numbers; expected a run")
    if first == 2:
        return [
            Run(names, values, where, number=1, attrs=_attrs(path, title, run_settings, None), of_cycles=True)
        ]
    pairs, terminal = _pairs(names, run_settings)
    run = Run(
        names, values, where, _units(names, pairs), pairs,
        setup=_setup(run_settings), attrs=_attrs(path, title, run_settings, terminal),
    )  # fmt: skip
    parts = split_runs(run)
    number = _run_number(title)[0]
    return [
        Run(p.names, p.values, p.where, p.units, p.pairs or pairs, p.n_steps, p.device, number or p.number, run.setup, p.attrs)
        for p in parts
    ]  # fmt: skip


def _names(path: str | Path, title: str, rows: list[Row]) -> tuple[list[str], int]:
    """Return the names and the row the numbers begin in; a table of cycles has the test's name over each."""
    width = max(len(row) for row in rows)
    head = [_text(rows[0], i) for i in range(width)]
    if all(not name or text.number(name) is not None for name in head):
        raise RecordingError(
            f"{path}, sheet {title!r}, row 1: {text.shorten(rows[0][0])}; expected the names of the columns"
        )
    if head[0] == "Cycle" and len(rows) > 1 and _text(rows[1], 0) == "Index":
        second = [_text(rows[1], i) for i in range(width)]
        return ["Index"] + [f"{a}.{b}" for a, b in zip(head[1:], second[1:], strict=True)], 2
    return _unlike(head), 1


def _text(row: Row, i: int) -> str:
    return str(row[i]).strip() if i < len(row) and row[i] is not None else ""


def _unlike(names: list[str]) -> list[str]:
    """Return the names with a number behind each that stands there twice."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(f"{name}_{seen[name]}" if name and seen[name] > 1 else name)
    return out


def _numbers(path: str | Path, title: str, names: Sequence[str], rows: list[Row], first: int) -> Array:
    values = np.full((len(rows), len(names)), np.nan)
    for r, row in enumerate(rows):
        for c, cell in enumerate(row[: len(names)]):
            if cell is None or not names[c]:
                continue
            value = float(cell) if type(cell) in (float, int) else text.number(str(cell))
            if value is None:
                place = f"sheet {title!r}, cell {_letters(c)}{first + r + 1}"
                raise text.fail(
                    path, place, f"{names[c]} is {text.shorten(cell)}; expected a number or nothing"
                )
            values[r, c] = value if abs(value) < text.OVERFLOW else np.nan
    return values


def _letters(column: int) -> str:
    letters = ""
    while column >= 0:
        letters = chr(ord("A") + column % 26) + letters
        column = column // 26 - 1
    return letters


def _pairs(
    names: tuple[str, ...], settings: dict[str, list[str]]
) -> tuple[tuple[tuple[str, str], ...], int | None]:
    """Return voltage and current names of each SMU, the swept one first, and that one's place in the settings."""
    modes = settings.get("Operation Mode", [])
    order = sorted(
        range(len(modes)),
        key=lambda i: (not _SWEPT.search(modes[i]), _value(settings, "Master/Subordinate", i) != "Master"),
    )
    pairs, places = [], []
    for place in order:
        terminal, volts = _value(settings, "Device Terminal", place), _value(settings, "Name", place)
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
    "Test Name", "Mode", "Speed", "Sweep Delay", "Hold Time", "Operation Mode", "Start/Bias", "Stop", "Step",
    "Compliance", "Dual Sweep",
)  # fmt: skip


def _setup(settings: dict[str, list[str]]) -> dict[str, Any]:
    return {key: settings[key] for key in _KEPT if key in settings}


def _attrs(path: str | Path, title: str, settings: dict[str, list[str]], place: int | None) -> dict[str, Any]:
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
