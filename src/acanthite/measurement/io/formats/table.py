"""Plain tables: columns of numbers under a line of names, or named by the user."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from acanthite.errors import RecordingError
from acanthite.measurement.io.formats import arc
from acanthite.measurement.io.hints import Hints
from acanthite.measurement.io.parsing import text
from acanthite.measurement.io.parsing.sniff import COMMENT, TableLayout, no_names, sniff
from acanthite.measurement.io.parsing.units import parse_column
from acanthite.measurement.io.run import Array, FileRun

_INSTRUMENT = re.compile(
    r"smu\w*\.[vi]", re.IGNORECASE
)  # names that Keithley KickStart gives; it writes SI


Lines = Callable[[], Iterator[tuple[int, str]]]
"""Gives the numbered lines of a table anew each time."""


def read(path: str | Path, hints: Hints, lines: Lines | None = None) -> list[FileRun]:
    """Return the runs of a table.

    Columns whose names repeat with an index, such as ``V[1][1], I[1][1], V[1][2], I[1][2]``, are
    one run each; so are the rows of each device and cycle, where columns say these, and the parts
    between repeated lines of names.

    Parameters
    ----------
    path : path_like
    hints : Hints
    lines : callable, optional
        Gives the numbered lines where they are not those of the file: the rows of a sheet.

    Returns
    -------
    list of FileRun

    Raises
    ------
    RecordingError
        If a line is malformed or columns have no names; the message names file and line.
    """
    layout = sniff(path, text.lines(path) if lines is None else lines())
    if lines is None:
        _refuse_cut(path, layout)
    attrs: dict[str, Any] = {"format": "table", "file": Path(path).name, "line": layout.first}
    if layout.preamble:
        attrs["preamble"] = "\n".join(layout.preamble)
    names = _names(path, layout, hints)
    words = _words(names, layout)
    runs: list[FileRun] = []
    parts = _parts(path, layout, words) if lines is None else _careful(path, layout, words, lines())
    for line, values in parts:
        where = str(path) if line == layout.first else f"{path}, line {line}"
        units = dict(zip(names, layout.units, strict=False))
        labels = {names[column]: tuple(texts) for column, texts in words.items()}
        run = FileRun(names, values, where, units, attrs=attrs, labels=labels)
        runs += split_runs(_kept(run, layout), len(runs))
    return runs


def _refuse_cut(path: str | Path, layout: TableLayout) -> None:
    """Raise where the file ends within a line that lacks a cell: its last number may be cut in two."""
    last = text.unended(path)
    named = len(layout.split(layout.header)) if layout.header.count(layout.separator or " ") else 0
    if last and not COMMENT.match(last) and len(layout.split(last)) < max(layout.n_cells, named):
        raise text.fail(
            path,
            "last line",
            f"{text.shorten(last)} ends before its last cell; the file is cut short: export it "
            "again",
        )


Words = dict[int, dict[str, int]]
"""Of each column that names devices by words: the words, and the numbers that stand for them."""


def _words(names: Sequence[str], layout: TableLayout) -> Words:
    of_words = arc.words(names) if arc.looks_like(names) else []
    of_words += [i for i, name in enumerate(names) if parse_column(name).role == "device"]
    return {i: {} for i in of_words if not layout.numeric[i] and layout.filled[i]}


def _number_of(word: str, known: dict[str, int]) -> float:
    return known.setdefault(word, len(known)) if word else math.nan


def _names(path: str | Path, layout: TableLayout, hints: Hints) -> tuple[str, ...]:
    if hints.columns and not layout.names:
        filled = layout.n_cells - (not layout.numeric[-1])
        if len(hints.columns) not in (filled, layout.n_cells):
            raise RecordingError(
                f"{path}: columns names {len(hints.columns)} columns, line {layout.first} has "
                f"{filled}; "
                "name each of them, with '-' for those to leave out"
            )
        return hints.columns + ("-",) * (layout.n_cells - len(hints.columns))
    if not layout.names:
        return ("",) * layout.n_cells
    if hints.columns and len(hints.columns) == sum(map(bool, layout.names)):
        return hints.columns + ("-",) * (layout.n_cells - len(hints.columns))
    return layout.names


def _kept(run: FileRun, layout: TableLayout) -> FileRun:
    """Return the run without the columns of text and those left out, its units SI where an
    instrument says so.
    """
    keep = [
        i
        for i, name in enumerate(run.names)
        if name != "-" and (layout.numeric[i] or run.labels.get(name))
    ]
    names = tuple(run.names[i] for i in keep)
    units = {name: unit for name, unit in run.units.items() if unit}
    if any(_INSTRUMENT.match(name) for name in names):
        of = {"voltage": "V", "current": "A", "time": "s", "resistance": "Ω"}
        units = {n: of[role] for n in names if (role := parse_column(n).role) in of} | units
    return replace(run, names=names, values=run.values[:, keep], units=units)


def split_runs(run: FileRun, before: int = 0) -> list[FileRun]:
    """Return the repetitions that a run's columns name, numbered after those ``before``."""
    parts = [part for side in _by_index(run) for part in _by_counter(side)]
    return [replace(part, number=before + n) for n, part in enumerate(parts, 1)]


def _by_index(run: FileRun) -> list[FileRun]:
    """Part columns whose names repeat with an index."""
    columns = [parse_column(name) for name in run.names]
    indices = list(dict.fromkeys(column.index for column in columns if column.index))
    shared = [i for i, column in enumerate(columns) if not column.index]
    sets = [[i for i, column in enumerate(columns) if column.index == index] for index in indices]
    bases = {tuple(columns[i].base for i in chosen) for chosen in sets}
    if len(sets) < 2 or len(bases) != 1 or len(bases.copy().pop()) < 2:
        return [run]
    names = tuple(
        columns[i].name if not columns[i].index else columns[i].base for i in (*shared, *sets[0])
    )
    units = {
        base: run.units.get(columns[i].name, columns[i].unit)
        for i, base in zip(sets[0], names[len(shared) :], strict=True)
    }
    units |= {name: unit for name, unit in run.units.items() if name in names}
    parts = []
    for chosen in sets:
        values = run.values[:, [*shared, *chosen]]
        filled = np.flatnonzero(np.isfinite(values[:, len(shared) :]).any(axis=1))
        values = values[: filled[-1] + 1] if filled.size else values[:0]
        parts.append(replace(run, names=names, values=values, units=units))
    return [part for part in parts if len(part.values)]


def _by_counter(run: FileRun) -> list[FileRun]:
    """Part the rows of each device and cycle."""
    roles = {parse_column(name).role: i for i, name in reversed(list(enumerate(run.names)))}
    counters = [roles[role] for role in ("device", "cycle") if role in roles]
    if not counters or not {"voltage", "current"} <= set(roles) or not len(run.values):
        return [run]
    keys = run.values[:, counters]
    _refuse_uncounted(run, keys, counters)
    groups, which = np.unique(keys, axis=0, return_inverse=True)
    which = which.ravel()
    order = np.argsort(which, kind="stable")
    bounds = np.searchsorted(which[order], np.arange(len(groups) + 1))
    first = sorted(range(len(groups)), key=lambda g: order[bounds[g]])
    keep = [i for i in range(len(run.names)) if i not in counters]
    names = tuple(run.names[i] for i in keep)
    return [
        replace(
            run,
            names=names,
            values=run.values[np.sort(order[bounds[g] : bounds[g + 1]])][:, keep],
            device=run.label(roles["device"], groups[g, 0]) if "device" in roles else "",
            cycle=float(groups[g, -1]) if "cycle" in roles else None,
        )
        for g in first
    ]


def _refuse_uncounted(run: FileRun, keys: Array, counters: Sequence[int]) -> None:
    """Raise where a row does not say its device or cycle."""
    for row, column in np.argwhere(~np.isfinite(keys)):
        raise RecordingError(
            f"{run.where}: row {row + 1} of the numbers holds nothing under "
            f"{run.names[counters[column]]!r}; expected a number"
        )


def _parts(path: str | Path, layout: TableLayout, words: Words) -> Iterator[tuple[int, Array]]:
    """Yield the numbers, and the line they begin at: at once where every line is as expected, else
    line by line.
    """
    values = _fast(path, layout, words)
    if values is not None:
        yield layout.first, values
    else:
        yield from _careful(path, layout, words, text.lines(path))


def _fast(path: str | Path, layout: TableLayout, words: Words) -> Array | None:
    """Return the whole table by pandas, or None where any line is not as expected."""
    if not text.is_plain(path):
        return None
    names = list(range(layout.n_cells + 1))  # one more, to see lines that are too long
    numeric = [*layout.numeric, True]
    try:
        frame = text.parse_table(
            path,
            sep=layout.separator or r"\s+",
            decimal=layout.decimal,
            header=None,
            names=names,
            skiprows=layout.first - 1,
            dtype={
                i: np.float64 if is_number else str
                for i, is_number in zip(names, numeric, strict=True)
            },
            skip_blank_lines=True,
        )
    except ValueError:
        return None
    last = next(i for i in reversed(names[:-1]) if numeric[i])
    too_long = not np.isnan(frame[names[-1]]).all()
    cut_short = np.isnan(frame[last]).any()
    if len(frame) == 0 or bool(too_long) or bool(cut_short):
        return None
    if any(frame[i].notna().any() for i in names[:-1] if layout.is_empty(i)):
        return None  # shifted by a field
    if any(frame[i].str.contains("[\"']", na=False).any() for i in words):
        return None  # a word in quotation marks
    values = np.full((len(frame), layout.n_cells), np.nan)
    for i in names[:-1]:
        if numeric[i]:
            values[:, i] = frame[i]
        elif i in words:
            values[:, i] = [_number_of(word.strip(), words[i]) for word in frame[i].fillna("")]
    values[np.abs(values) >= text.OVERFLOW] = np.nan
    return values


def _careful(
    path: str | Path, layout: TableLayout, words: Words, lines: Iterable[tuple[int, str]]
) -> Iterator[tuple[int, Array]]:
    """Read line by line, saying which line is wrong; a repeated line of names begins a new part."""
    values = array("d")
    begin = layout.first
    for line_number, line in lines:
        if line_number < layout.first or not line.strip() or COMMENT.match(line):
            continue
        if layout.header and line == layout.header:
            if values:
                yield begin, np.frombuffer(values, float).reshape(-1, layout.n_cells).copy()
            values = array("d")
            begin = line_number + 1
            continue
        values.extend(_row(path, layout, words, line_number, line))
    if values:
        yield begin, np.frombuffer(values, float).reshape(-1, layout.n_cells).copy()


def _row(
    path: str | Path, layout: TableLayout, words: Words, line_number: int, line: str
) -> list[float]:
    cells = layout.split(line)
    n = layout.n_cells
    n_found = len(cells)
    if len(cells) == n + 1 and not cells[-1] and not layout.is_empty(n - 1):
        cells.pop()
    if len(cells) == n - 1 and not layout.numeric[-1] and cells[-1]:
        cells.append("")
    if len(cells) != n or any(cells[i] for i in range(n) if layout.is_empty(i)):
        raise text.fail(
            path,
            line_number,
            f"{n_found} cells; expected {n} as in line {layout.first}: the line is cut short, too "
            "long or damaged",
        )
    row = []
    for i, cell in enumerate(cells):
        value = (
            layout.number(cell)
            if layout.numeric[i]
            else _number_of(cell, words[i])
            if i in words
            else math.nan
        )
        if value is None:
            name = layout.names[i] if layout.names and layout.names[i] else f"column {i + 1}"
            raise text.fail(
                path, line_number, f"{name} is {text.shorten(cell)}; expected a number or nothing"
            )
        row.append(value)
    return row


def check_names(runs: Sequence[FileRun]) -> None:
    """Raise where the columns of a table have no names."""
    for run in runs[:1]:
        if not any(run.names):
            raise no_names(run.where, len(run.names))
