"""The chip: cells, mapping, tiles, wires, converters, and how weights are written and kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from acanthite.arguments import count, instance, number
from acanthite.crossbar import BitSlices, ColumnPairs, ConductanceRange, Stuck, Wires
from acanthite.crossbar.compute.mapping import Mapping
from acanthite.errors import ChipError
from acanthite.inference.cells.base import CellModel
from acanthite.inference.cells.catalogue import cells
from acanthite.inference.cells.devices.law_cells import LawCells
from acanthite.inference.chip.peripherals import ColumnReader, InputDriver, _check_choice
from acanthite.quantities import accepts_quantities

Compensation = Literal["none", "global", "column"]
Programming = Literal["single", "write-verify", "array"]

_TOLERANCE = 0.01


@accepts_quantities
@dataclass(frozen=True, kw_only=True)
class Chip:
    """Everything that is between a weight and a number.

    Parameters
    ----------
    cells : CellModel or str
        What holds the weights, or its name (:func:`acanthite.inference.cells`).
    mapping : Mapping
        How signed weights are held.
    rows, columns : int
        Of the largest array.
    levels : int, optional
        Equidistant conductances that targets are rounded to; any without.
    wires : Wires, optional
        Of each array; ideal without.
    read_voltage : float
        Of the largest input. [V]
    inputs : InputDriver
    outputs : ColumnReader
    bias_rows : int
        Inputs added to each layer with biases, to hold them: each is driven as the largest input
        is, and its cells hold an equal part of the biases. At most ``rows``; without any, biases are
        added digitally.
    programming : {"single", "write-verify", "array"}
        Each cell is written once; written again until a read is near its target; or the array is
        written row by row through its own wires, half-selected cells and all, which only cells
        that follow a device law can be, and which takes minutes beyond some thousand cells.
    tolerance : float, optional
        Of write and verify, share of the window from the target; 0.01 without it. [1]
    attempts : int
        At most so many writes of a cell.
    stuck : Stuck, optional
        Shares of the cells that stay at an end of the window whatever is written; none without.
    spare_columns : int
        Columns of each array beside those used: they take the place of those that were written
        worst.
    compensation : {"none", "global", "column"}
        What outputs are multiplied by to undo drift: one number a matrix, or one an output, from
        reading known inputs after programming and again before use.

    Raises
    ------
    ChipError
        If the parts do not go together.

    Examples
    --------
    >>> chip = ac.inference.Chip(cells="pcm", rows=128, columns=128, compensation="global")
    >>> print(f"{chip.cells.NAME}, up to {chip.window.highest * 1e6:.0f} uS")
    pcm, up to 25 uS
    """

    cells: CellModel | str = "pcm"
    mapping: Mapping = field(default_factory=ColumnPairs)
    rows: int = 256
    columns: int = 256
    levels: int | None = None
    wires: Wires | None = None
    read_voltage: float = 0.2
    inputs: InputDriver = field(default_factory=InputDriver)
    outputs: ColumnReader = field(default_factory=ColumnReader)
    bias_rows: int = 0
    programming: Programming = "single"
    tolerance: float | None = None
    attempts: int = 20
    stuck: Stuck | None = None
    spare_columns: int = 0
    compensation: Compensation = "none"

    def __post_init__(self) -> None:
        if isinstance(self.cells, str):
            object.__setattr__(self, "cells", cells(self.cells))
        instance("Chip: cells", self.cells, CellModel, "a cell model or its name", error=ChipError)
        if not all(hasattr(self.mapping, part) for part in ("encode", "drive", "combine")):
            raise ChipError(f"Chip: mapping = {self.mapping!r:.60}; expected a mapping")
        instance("Chip: inputs", self.inputs, InputDriver, "an InputDriver", error=ChipError)
        instance("Chip: outputs", self.outputs, ColumnReader, "a ColumnReader", error=ChipError)
        for name in ("rows", "columns", "attempts"):
            count(f"Chip: {name}", getattr(self, name), error=ChipError)
        number("Chip: read_voltage", self.read_voltage, above=0, error=ChipError)
        for name in ("spare_columns", "bias_rows"):
            count(f"Chip: {name}", getattr(self, name), least=0, error=ChipError)
        if self.bias_rows > self.rows:
            raise ChipError(
                f"Chip: bias_rows = {self.bias_rows}; expected at most {self.rows}, the rows of an "
                "array; give fewer, or 0 to add biases digitally"
            )
        if self.stuck is not None:
            instance("Chip: stuck", self.stuck, Stuck, "a Stuck", error=ChipError)
        if self.wires is not None:
            instance("Chip: wires", self.wires, Wires, "Wires", error=ChipError)
        if self.levels is not None:
            count("Chip: levels", self.levels, least=2, error=ChipError)
        self._check_programming()
        _check_choice("Chip: compensation", self.compensation, get_args(Compensation))

    def _check_programming(self) -> None:
        _check_choice("Chip: programming", self.programming, get_args(Programming))
        if self.tolerance is not None:
            number("Chip: tolerance", self.tolerance, above=0, below=1, error=ChipError)
        if self.programming == "single" and self.tolerance is not None:
            raise ChipError(
                f"Chip: tolerance = {self.tolerance:g} of cells that are written once; take "
                "programming = 'write-verify'"
            )
        if self.programming != "single" and self.tolerance is None:
            object.__setattr__(self, "tolerance", _TOLERANCE)
        of_devices = getattr(self.cells, "inner", self.cells)
        if self.programming == "array" and not isinstance(of_devices, LawCells):
            raise ChipError(
                f"Chip: programming = 'array' of {type(self.cells).__name__}; expected cells that "
                "follow a device law, such as 'ag2s' or a device file"
            )

    @property
    def window(self) -> ConductanceRange:
        """The conductances that a weight may become."""
        assert isinstance(self.cells, CellModel)
        return ConductanceRange(self.cells.conductance_min, self.cells.conductance_max, self.levels)

    @property
    def slices(self) -> int:
        """How many cells of different places hold one weight."""
        return self.mapping.slices if isinstance(self.mapping, BitSlices) else 1
