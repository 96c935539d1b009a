"""Cells as measured: a table of target, time, mean and spread."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from acanthite.errors import CellError
from acanthite.inference.cells.base import Array, CellModel, ProgrammedCells
from acanthite.quantities import accepts_quantities

_COLUMNS = ("target", "time", "mean", "std")


@accepts_quantities
@dataclass(frozen=True, kw_only=True, eq=False)
class MeasuredCells(CellModel):
    """States of real cells: what targets became at a number of times, linear in between.

    Between targets, mean and spread go linearly; between times, linearly in ln(1 + t). What a cell
    departs from the mean by keeps its rank among the cells.

    Parameters
    ----------
    targets : ndarray, shape (target,)
        Rising. [S]
    times : ndarray, shape (time,)
        After programming, rising. [s]
    mean, std : ndarray, shape (target, time)
        Of the conductance. [S]
    conductance_min, conductance_max : float
        First and last target. [S]

    Raises
    ------
    CellError
        If a number is missing, negative or out of order.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> states = ac.inference.MeasuredCells(
    ...     targets=[1 * uS, 9 * uS],
    ...     times=[0.0, 3600.0],
    ...     mean=[[1 * uS, 0.9 * uS], [9 * uS, 8 * uS]],
    ...     std=[[0.0, 0.0], [0.0, 0.0]],
    ... )
    >>> print(f"{states.program([5 * uS]).at(3600.0)[0] / uS:.2f} uS")
    4.45 uS
    """

    NAME: ClassVar[str] = "measured"
    SOURCE: ClassVar[str] = "a table"

    targets: Any
    times: Any
    mean: Any
    std: Any
    conductance_min: float = field(default=math.nan)
    conductance_max: float = field(default=math.nan)

    def __post_init__(self) -> None:
        for name in ("targets", "times", "mean", "std"):
            object.__setattr__(self, name, np.array(getattr(self, name), dtype=float))
        _check_axis("targets", self.targets, 2)
        _check_axis("times", self.times, 1)
        shape = (self.targets.size, self.times.size)
        for name in ("mean", "std"):
            _check_table(name, getattr(self, name), shape)
        object.__setattr__(self, "conductance_min", float(self.targets[0]))
        object.__setattr__(self, "conductance_max", float(self.targets[-1]))
        object.__setattr__(self, "MEASURED", (float(self.times[0]), float(self.times[-1])))
        super().__post_init__()

    @classmethod
    def read(cls, path: str | Path) -> MeasuredCells:
        """Read a CSV file with the columns target, mean and std [S] and time [s], in any order.

        Parameters
        ----------
        path : path

        Returns
        -------
        MeasuredCells

        Raises
        ------
        CellError
            If the file cannot be read, or a target lacks one of the times.
        """
        rows = _rows(Path(path))
        targets = np.unique([row[0] for row in rows])
        times = np.unique([row[1] for row in rows])
        table = np.full((2, targets.size, times.size), np.nan)
        for target, time, mean, std in rows:
            place = (np.searchsorted(targets, target), np.searchsorted(times, time))
            if np.isfinite(table[(0, *place)]):
                raise CellError(f"{path}: target {target:g} S at {time:g} s is there twice")
            table[(slice(None), *place)] = mean, std
        holes = np.argwhere(np.isnan(table[0]))
        if holes.size:
            target, time = targets[holes[0][0]], times[holes[0][1]]
            raise CellError(
                f"{path}: target {target:g} S has no row at {time:g} s, and {len(holes)} of "
                f"{targets.size * times.size} are missing in all; expected each target at each time"
            )
        return cls(targets=targets, times=times, mean=table[0], std=table[1])

    def written(self, target: Array, rng: np.random.Generator) -> Array:
        """Return cells as they are at the first time of the table. [S]"""
        return self._state(target, float(self.times[0]), rng)

    def aged(self, cells: ProgrammedCells, time: float, rng: np.random.Generator) -> Array:
        """Return cells as they are at a time, past the last one as at the last one. [S]"""
        return self._state(cells.target, time, rng)

    def _state(self, target: Array, time: float, rng: np.random.Generator) -> Array:
        since = np.log1p(self.times)
        mean, std = (
            np.interp(target, self.targets, [np.interp(np.log1p(time), since, row) for row in of])
            for of in (self.mean, self.std)
        )
        return mean + std * rng.standard_normal(target.shape)


def _check_axis(name: str, values: Array, least: int) -> None:
    if values.ndim != 1 or values.size < least or not np.isfinite(values).all():
        raise CellError(
            f"MeasuredCells: {name} of shape {values.shape}; expected {least} or more numbers in a "
            "row"
        )
    if (values < 0).any() or (np.diff(values) <= 0).any():
        raise CellError(f"MeasuredCells: {name} must rise from zero or more; they are {values}")


def _check_table(name: str, values: Array, shape: tuple[int, int]) -> None:
    if values.shape != shape:
        raise CellError(
            f"MeasuredCells: {name} has shape {values.shape}; expected {shape}, of targets and times"
        )
    if not (np.isfinite(values) & (values >= 0)).all():
        raise CellError(f"MeasuredCells: {name} holds {values[~(values >= 0)]}; expected siemens")


def _rows(path: Path) -> list[tuple[float, ...]]:
    import csv

    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            names = reader.fieldnames or []
            missing = [c for c in _COLUMNS if c not in names]
            if missing:
                raise CellError(
                    f"{path}: no column {missing[0]!r}; expected target, time, mean and std in SI "
                    f"units, there are {', '.join(names) or 'none'}"
                )
            rows = [_row(path, reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError) as error:
        raise CellError(f"{path}: cannot be read: {error}") from None
    if not rows:
        raise CellError(f"{path}: no rows; expected target, time, mean and std of measured cells")
    return rows


def _row(path: Path, line: int, row: dict[str, str | None]) -> tuple[float, ...]:
    values = []
    for column in _COLUMNS:
        try:
            value = float(row[column] or "")
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value >= 0):
            raise CellError(
                f"{path}, line {line}: {column} is {row[column]!r}; expected a number of zero or "
                "more"
            )
        values.append(value)
    return tuple(values)
