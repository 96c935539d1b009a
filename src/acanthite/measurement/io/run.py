"""One pass of an instrument as its file holds it, and what its columns are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import RecordingError, nearest
from acanthite.measurement.io.hints import Hints
from acanthite.measurement.io.parsing.units import QUANTITIES, Column, parse_column, parse_unit

Array = NDArray[np.float64]


@dataclass(frozen=True)
class FileRun:
    """One pass: columns as in the file.

    Parameters
    ----------
    names : tuple of str
        Of the columns.
    values : ndarray, shape (n_rows, n_columns)
        As in the file, in its units; not-a-number where a cell is empty.
    where : str
        File and line, or file and sheet: the start of every complaint.
    units : mapping of str to str
        Of the columns whose unit the file states.
    pairs : tuple of (str, str)
        Voltage and current columns that belong together, the driven terminal first, where the file
        says so.
    n_steps : int
        Sweeps in it, one after another: the steps of a second source.
    device : str
        As the file names it.
    number : int
        Of the run or record in the file.
    labels : mapping of str to tuple of str
        Words of a column, which holds their places in this order.
    cycle : int or float, optional
        As the file counts it.
    executed : str
        When, as the file says it.
    setup : mapping
        What must agree for two runs to be cycles of one measurement.
    attrs : mapping
        Provenance and settings of the Recording.
    of_cycles : bool
        A row is the result of a cycle, its number in the first column.
    layout : str
        Description of the whole Recording, where acanthite wrote the file.
    """

    names: tuple[str, ...]
    values: Array
    where: str
    units: Mapping[str, str] = field(default_factory=dict)
    pairs: tuple[tuple[str, str], ...] = ()
    n_steps: int = 1
    device: str = ""
    number: int = 1
    setup: Mapping[str, Any] = field(default_factory=dict)
    attrs: Mapping[str, Any] = field(default_factory=dict)
    of_cycles: bool = False
    layout: str = ""
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cycle: float | None = None
    executed: str = ""

    def label(self, column: int, value: float) -> str:
        """Return what a number of a column stands for: its word, else the number itself."""
        words = self.labels.get(self.names[column])
        if words:
            return words[int(value)]
        short = f"{value:g}"
        return short if float(short) == value else repr(float(value))

    def key(self) -> tuple[Any, ...]:
        """Return what runs of one measurement share."""
        return (
            self.names,
            len(self.values),
            self.n_steps,
            tuple(sorted((k, str(v)) for k, v in self.setup.items())),
        )


def choose(run: FileRun, hints: Hints) -> dict[str, int]:
    """Return which column is the voltage, the current and the time.

    Parameters
    ----------
    run : FileRun
    hints : Hints

    Returns
    -------
    dict of str to int
        Without ``voltage`` and ``current`` where the file holds no such pair; ``time`` is there if
        a column is.

    Raises
    ------
    RecordingError
        If several columns could be meant.
    """
    columns = [parse_column(name) for name in run.names]
    chosen = _said(run, hints)
    filled = np.isfinite(run.values).sum(0) * 2 > len(run.values)
    candidates: dict[str, list[int]] = {"voltage": [], "current": [], "time": []}
    for i, column in enumerate(columns):
        if column.role in candidates and filled[i]:
            candidates[column.role].append(i)
    if "time" not in chosen and candidates["time"]:
        chosen["time"] = candidates["time"][0]
    if {"voltage", "current"} <= set(chosen):
        return chosen
    pair = _pair(run, columns, candidates, chosen)
    return chosen if pair is None else {**chosen, "voltage": pair[0], "current": pair[1]}


def _said(run: FileRun, hints: Hints) -> dict[str, int]:
    said = {}
    for role, name in hints.roles.items():
        if role not in ("voltage", "current", "time"):
            continue
        names = {
            **{parse_column(n).base: i for i, n in enumerate(run.names)},
            **{n: i for i, n in enumerate(run.names)},
        }
        if name not in names:
            raise RecordingError(
                f"{run.where}: has no column {name!r} for the {role}; expected one of "
                f"{', '.join(run.names)}{nearest(name, run.names)}"
            )
        said[role] = names[name]
    return said


def _pair(
    run: FileRun, columns: list[Column], by_role: dict[str, list[int]], chosen: Mapping[str, int]
) -> tuple[int, int] | None:
    voltages = [chosen["voltage"]] if "voltage" in chosen else by_role["voltage"]
    currents = [chosen["current"]] if "current" in chosen else by_role["current"]
    if not voltages or not currents:
        return None
    stated = [
        (run.names.index(v), run.names.index(i))
        for v, i in run.pairs
        if v in run.names and i in run.names
    ]
    for pair in stated:
        if pair[0] in voltages and pair[1] in currents:
            return pair
    pairs = [
        (v, i) for v in voltages for i in currents if columns[v].terminal == columns[i].terminal
    ]
    driven = [p for p in pairs if np.ptp(run.values[np.isfinite(run.values[:, p[0]]), p[0]]) > 0]
    for candidates in (pairs, driven):
        if len(candidates) == 1:
            return candidates[0]
    if len(voltages) == len(currents) == 1:
        return voltages[0], currents[0]
    v, i = (pairs or [(voltages[0], currents[0])])[0]
    raise RecordingError(
        f"{run.where}: the voltage could be {_list(run, voltages)} and the current "
        f"{_list(run, currents)}; "
        f"say which, as columns={{'voltage': {run.names[v]!r}, 'current': {run.names[i]!r}}}"
    )


def _list(run: FileRun, columns: list[int]) -> str:
    return " or ".join(run.names[i] for i in columns)


def scale(run: FileRun, column: int, role: str, hints: Hints) -> float:
    """Return the factor that takes a column to SI.

    Parameters
    ----------
    run : FileRun
    column : int
    role : str
        A key of ``QUANTITIES``.
    hints : Hints

    Raises
    ------
    RecordingError
        If neither the file nor the user says the unit, or it is of another quantity.
    """
    name = run.names[column]
    unit = (
        hints.unit(name, role)
        if not stated_unit(run, name) or hints.units.get(role) or hints.units.get(name)
        else stated_unit(run, name)
    )
    if not unit:
        raise RecordingError(
            f"{run.where}: nothing says the unit of column {name!r} (the "
            f"{role.replace('_', ' ')}); "
            f"say it, as units={{{role!r}: {QUANTITIES[role]!r}}}, or units='SI' if every column "
            "is in V, A, s, S, Ω"
        )
    known = parse_unit(unit)
    allowed = {QUANTITIES[role]} | ({"1"} if role in ("conductance", "resistance") else set())
    if known is None or known[0] not in allowed:
        raise RecordingError(
            f"{run.where}: column {name!r} is in {unit!r}, no unit of {role.replace('_', ' ')}; "
            "choose another column"
        )
    return known[1]


def stated_unit(run: FileRun, name: str) -> str:
    """Return the unit that the file says a column is in, or an empty string."""
    return run.units.get(name) or parse_column(name).unit


def unit_of(run: FileRun, column: int, hints: Hints) -> tuple[str, float]:
    """Return the SI unit of any column and the factor to it; an empty unit where none is stated."""
    name = run.names[column]
    unit = hints.units.get(name) or stated_unit(run, name)
    return parse_unit(unit) or ("", 1.0) if unit else ("", 1.0)
