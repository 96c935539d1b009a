"""One array of cells: written, with cells that are stuck and columns replaced, and read later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from acanthite.crossbar import IDEAL, DrivenArray, DynamicCells, suited, write_map
from acanthite.device import Devices
from acanthite.errors import ChipError, CrossbarError
from acanthite.inference.cells.altered import AlteredCells
from acanthite.inference.cells.base import CellModel, ProgrammedCells
from acanthite.inference.cells.devices.law_cells import LawCells
from acanthite.inference.cells.devices.writing import prepared
from acanthite.inference.chip.chip import Chip
from acanthite.inference.matrix.layout import TileTarget
from acanthite.random import generator

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

_MOST_IN_ARRAY = 4096  # cells that are written through the wires of an array: a minute or so


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of cells as they were written, and where they are stuck.

    Parameters
    ----------
    cells : ProgrammedCells
        Shape (rows, columns).
    stuck : ndarray, shape (rows, columns), or None
        What stuck cells conduct, not a number where cells are not stuck. [S]
    """

    cells: ProgrammedCells
    stuck: Array | None

    def seen(self, conductance: Array) -> Array:
        """Return conductances [S] with those of stuck cells in their places."""
        if self.stuck is None:
            return conductance
        return np.where(np.isnan(self.stuck), conductance, self.stuck)

    def noise(self, aged: Array, time: float) -> Array:
        """Return the standard deviation of one read [S] of cells that conduct ``aged`` [S] at a
        time [s]; none of stuck cells.
        """
        error = self.cells.read_error_of(aged, time)
        return error if self.stuck is None else np.where(np.isnan(self.stuck), error, 0.0)


@dataclass(frozen=True, eq=False)
class ProgrammedTile:
    """One array, written.

    Parameters
    ----------
    target : TileTarget
    columns : Columns
        As many as the target has.
    unit : float
        Conductance of a weight of one. [S]
    spares : Columns or None
        Written beside them.
    replaced, used : ndarray of int
        Columns that a spare replaces, and which spare.
    """

    target: TileTarget
    columns: Columns
    unit: float
    spares: Columns | None
    replaced: Integers
    used: Integers

    @property
    def cells(self) -> ProgrammedCells:
        """The cells of the columns, without their spares."""
        return self.columns.cells

    @property
    def written(self) -> Array:
        """What the array conducted once it was written, shape (rows, columns). [S]"""
        return self._joined(lambda columns: columns.seen(columns.cells.written))

    def aged(self, time: float) -> Array:
        """Return what the array conducts at a time [s], before read noise [S]."""
        return self._joined(lambda columns: columns.seen(columns.cells.aged(time)))

    def at(self, time: float, read: int) -> Array:
        """Return one read of each cell at a time [s] [S]."""
        return self._joined(lambda columns: columns.seen(columns.cells.at(time, read)))

    def aged_and_read_error(self, time: float) -> tuple[Array, Array]:
        """Return what the array conducts at a time [s], and the standard deviation of one read of
        each cell; both [S].
        """
        drawn = {id(part): part.cells.aged(time) for part in self._parts}
        aged = self._joined(lambda columns: columns.seen(drawn[id(columns)]))
        error = self._joined(lambda columns: columns.noise(drawn[id(columns)], time))
        return aged, error

    @property
    def _parts(self) -> tuple[Columns, ...]:
        return (self.columns,) if self.spares is None else (self.columns, self.spares)

    def _joined(self, of: Callable[[Columns], Array]) -> Array:
        """Return a figure of every cell, spares in the places of the columns they replace."""
        if self.spares is None or not self.replaced.size:
            return of(self.columns)
        joined = np.array(of(self.columns))
        joined[:, self.replaced] = of(self.spares)[:, self.used]
        return joined


def write_tile(chip: Chip, target: TileTarget, seed: int) -> ProgrammedTile:
    """Write an array, and replace the worst of its columns by spares that came out better.

    Parameters
    ----------
    chip : Chip
    target : TileTarget
    seed : int
        Of its cells.
    """
    goal = target.conductance
    columns = _columns(chip, goal, seed)
    tile = ProgrammedTile(target, columns, 1.0, *_spares(chip, columns, seed))
    return replace(tile, unit=chip.mapping.unit(goal, tile.written, chip.window))


def _spares(chip: Chip, columns: Columns, seed: int) -> tuple[Columns | None, Integers, Integers]:
    """Return the spares, which columns they replace, and which spare replaces each."""
    n = min(chip.spare_columns, columns.cells.target.shape[1])
    if n == 0:
        return None, np.zeros(0, np.int64), np.zeros(0, np.int64)
    off = _off(columns)
    worst = np.argsort(-off, kind="stable")[:n]
    other = int(generator(seed, "inference.spares").integers(2**53))
    spares = _columns(chip, columns.cells.target[:, worst], other)
    better = np.flatnonzero(_off(spares) < off[worst])
    return spares, worst[better], better


def _off(columns: Columns) -> Array:
    """Return the squared error of each column. [S^2]"""
    written = columns.seen(columns.cells.written)
    return ((written - columns.cells.target) ** 2).sum(axis=0)


def _columns(chip: Chip, goal: Array, seed: int) -> Columns:
    return Columns(_cells(chip, goal, seed), _stuck(chip, goal.shape, seed))


def _stuck(chip: Chip, shape: tuple[int, ...], seed: int) -> Array | None:
    if chip.stuck is None:
        return None
    u = generator(seed, "inference.stuck").random(shape)
    stuck = np.full(shape, np.nan)
    stuck[u < chip.stuck.high] = chip.window.highest
    stuck[u >= 1.0 - chip.stuck.low] = chip.window.lowest
    return stuck


def _cells(chip: Chip, goal: Array, seed: int) -> ProgrammedCells:
    model = chip.cells
    if chip.programming == "array" and isinstance(model, AlteredCells):
        assert isinstance(model.inner, LawCells)
        return model.altered(_written_in_array(chip, model.inner, goal, seed))
    if chip.programming == "array":
        assert isinstance(model, LawCells)
        return _written_in_array(chip, model, goal, seed)
    assert isinstance(model, CellModel)
    return model.program(goal, seed=seed, tolerance=chip.tolerance, attempts=chip.attempts)


def _written_in_array(chip: Chip, model: LawCells, goal: Array, seed: int) -> ProgrammedCells:
    """Write an array row by row through its wires, as its own write and verify does."""
    if goal.size > _MOST_IN_ARRAY:
        raise ChipError(
            f"chip: an array of {goal.shape[0]} x {goal.shape[1]} cells written through its wires; "
            f"expected at most {_MOST_IN_ARRAY} cells: give smaller rows and columns, or "
            "programming = 'write-verify'"
        )
    low, high = model.conductance_min, model.conductance_max
    assert chip.tolerance is not None
    pulse = model.pulse
    try:
        method = suited(model.typical(), pulse.largest, low, high, chip.tolerance * (high - low))
    except CrossbarError as error:
        raise ChipError(f"chip: programming = 'array': {error}") from None
    devices: Devices = model.devices(goal.size, seed)
    cells = _array(prepared(devices, pulse), goal.shape)
    array = DrivenArray(cells, chip.wires or IDEAL)
    write_map(array, np.maximum(goal, np.finfo(float).tiny), method, seed=seed)
    return model.programmed(goal, cells, seed)


def _array(cells: DynamicCells, shape: tuple[int, ...]) -> DynamicCells:
    """Return cells in a row as an array of so many rows and columns."""
    array = DynamicCells(cells.devices, (shape[0], shape[1]), cells.tolerance)
    array.restore(cells.snapshot())
    return array
