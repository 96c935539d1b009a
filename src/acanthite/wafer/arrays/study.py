"""An array of a technology with a device in every cell: what to know of it before it is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from acanthite.crossbar import (
    ConductanceRange,
    Crossbar,
    Disturb,
    DrivenArray,
    DynamicCells,
    Programmed,
    Wires,
    WriteVerify,
    disturb,
    write_map,
)
from acanthite.errors import CrossbarError
from acanthite.quantities import accepts_quantities
from acanthite.random import generator
from acanthite.wafer.arrays.cell_device import CellDevice
from acanthite.wafer.arrays.sizing import Margins, Settling, Technology, margins, settling

_SAMPLE = 500
"""Cells whose disturb is followed."""
_PARTS = {"written": 1.0, "V/2": 0.5, "V/3": 1 / 3}
_COUNTS = [10**k for k in range(9)]


@accepts_quantities
@dataclass(frozen=True)
class HalfSelect:
    """What write pulses, and parts of them, do to cells.

    Parameters
    ----------
    by_kind : mapping of str to mapping of str to Disturb
        By SET and RESET, and by the part of the write voltage.
    write : float
        [V]
    width : float
        Of a pulse. [s]
    change : float
        Between two levels. [S]

    Examples
    --------
    >>> import numpy as np
    >>> conductance = np.array([[1e-6], [1e-6], [3e-6]])
    >>> one = Disturb(-0.1, np.array([1, 10]), 1e-6, conductance, np.ones((2, 1), bool))
    >>> HalfSelect({"SET": {"V/3": one}}, 0.3, 1e-6, 1e-7).endured
    {'SET': {'V/3': 1}}
    """

    by_kind: Mapping[str, Mapping[str, Disturb]]
    write: float
    width: float
    change: float

    @property
    def endured(self) -> dict[str, dict[str, int]]:
        """Pulses before more than 1 % of the cells have moved by a level, counted in decades."""
        return {
            kind: {part: one.endured(self.change) for part, one in parts.items()}
            for kind, parts in self.by_kind.items()
        }


@dataclass(frozen=True)
class ArrayStudy:
    """An array, its device and how it is written.

    Parameters
    ----------
    shape : tuple of int
        Word lines and bit lines.
    cell : CellDevice
    technology : Technology
        Draws the lines of every size.
    bias : str
        ``"V/2"`` or ``"V/3"``: where unselected lines are while writing.
    levels : int
        Of a map.
    film_defaults : bool
        Whether the cells are those of the 200 nm film at its usual write voltage, for which the
        defaults of :class:`WriteVerify` are; otherwise pulses on the typical device say how to
        write.
    seed : int
        Key of every random number.

    Raises
    ------
    CrossbarError
        If there are fewer than two levels or the write voltage is not positive.

    Examples
    --------
    >>> from acanthite.constants import nm
    >>> from acanthite.wafer import film_device
    >>> cell = CellDevice(film_device(200 * nm), lowest=1e-7, highest=1.6e-6)
    >>> study = ArrayStudy((4, 4), cell, Technology(film_thickness=200 * nm))
    >>> study.settling(time=1e-8, error=0.05, limit=8).largest
    8
    """

    shape: tuple[int, int]
    cell: CellDevice
    technology: Technology
    bias: str = "V/3"
    levels: int = 16
    film_defaults: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        write = self.cell.write_voltage
        if self.levels < 2 or not (write is None or write > 0):
            raise CrossbarError(
                f"levels = {self.levels}, write voltage = {write}; expected 2 levels or more and "
                f"a positive voltage"
            )

    @cached_property
    def wires(self) -> Wires:
        """The lines of the array as it is drawn."""
        return self.technology.wires(*self.shape)

    @property
    def step(self) -> float:
        """Between two levels [S]."""
        low, high = self.cell.ends
        return (high - low) / (self.levels - 1)

    def random_map(self) -> NDArray[np.float64]:
        """Return a map of levels drawn at random, of the shape of the array. [S]"""
        drawn = generator(self.seed, "array-map").integers(0, self.levels, self.shape)
        return np.asarray(self.cell.ends[0] + self.step * drawn, np.float64)

    def crossbar(self) -> Crossbar:
        """Return the circuit of the array that holds the random map."""
        return self.wires.crossbar(self.random_map())

    def margins(self) -> Margins:
        """Return how well the two states are told apart in square arrays up to this size."""
        return margins(
            self.technology,
            max(self.shape),
            ConductanceRange(*self.cell.states),
            level=self.cell.ends[0],
            read_voltage=self.cell.read_voltage,
            seed=self.seed,
        )

    def half_select(self) -> HalfSelect:
        """Return what SET pulses do to fresh cells, RESET pulses to potentiated ones, and parts."""
        cell = self.cell
        devices = cell.law.sample(_SAMPLE, seed=self.seed)
        sign, duration = cell.potentiation
        prepared = ((sign * cell.write, duration),)

        def follow(part: float, before: tuple[tuple[float, float], ...]) -> Disturb:
            return disturb(
                devices,
                part * cell.write,
                _COUNTS,
                width=cell.write_width,
                prepare=before,
                read_voltage=cell.read_voltage,
                until=100 * self.step,
            )

        by_kind = {
            "SET": {name: follow(sign * part, ()) for name, part in _PARTS.items()},
            "RESET": {name: follow(-sign * part, prepared) for name, part in _PARTS.items()},
        }
        return HalfSelect(by_kind, cell.write, cell.write_width, self.step)

    def write_verify(self) -> WriteVerify:
        """Return how the array is written: to a quarter of a level."""
        tolerance = self.step / 4
        if self.film_defaults:
            return WriteVerify(self.bias, tolerance)
        return self.cell.write_verify(tolerance, self.bias)

    def program(self, progress: Callable[[float], None] | None = None) -> Programmed:
        """Return the random map as it was written into fresh cells.

        Parameters
        ----------
        progress : callable, optional
            Called with the fraction done.
        """
        method = self.write_verify()
        devices = self.cell.law.sample(int(np.prod(self.shape)), seed=self.seed)
        array = DrivenArray(DynamicCells(devices, self.shape), self.wires)
        return write_map(array, self.random_map(), method, seed=self.seed, progress=progress)

    def settling(self, time: float = 100e-9, error: float = 0.05, **limits: int) -> Settling:
        """Return how fast the array is read with all cells at the highest level.

        Parameters
        ----------
        time : float
            A read may take. [s]
        error : float
            A read may be off by.
        **limits
            See :func:`acanthite.wafer.settling`.
        """
        return settling(
            self.technology,
            self.shape,
            time=time,
            error=error,
            conductance=self.cell.ends[1],
            read_voltage=self.cell.read_voltage,
            **limits,
        )
