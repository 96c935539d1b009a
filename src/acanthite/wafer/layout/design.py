"""What is drawn: an array with leads and pads, and the wafer that carries many.

Lengths are in SI.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import LayoutError
from acanthite.parameters import AG2S, ParameterSet
from acanthite.quantities import accepts_quantities

Array = NDArray[Any]

_LAYOUT, _WAFER, _RULES = AG2S.group("layout"), AG2S.group("wafer"), AG2S.group("rules")
_MOST_LINES = 4096


@accepts_quantities
@dataclass(frozen=True)
class ArrayDesign:
    """A memristive crossbar array.

    Ag word lines (rows, top electrodes) lie over Au bit lines (columns, bottom electrodes).

    Parameters
    ----------
    rows, columns : int
        Word and bit lines.
    cell : float
        Side of a memristive unit, which is the width of both electrodes. [m]
    pitch : float
        Of neighbouring lines. [m]
    island_margin : float
        The electrolyte island reaches this far beyond the crossing, on each side, so that a
        misaligned top electrode does not touch the bottom one. [m]
    lead_width, pad_side, pad_pitch, border, line_end : float
        Of the wires to the pads, of the pads, between pads and die edge, of a line beyond its last
        cell. [m]
    continuous : bool
        One electrolyte over the whole array, its excess not removed: for comparison.

    Raises
    ------
    LayoutError
        If a size is not positive or the array has no line.

    Notes
    -----
    Lines leave in turn on either side, so that pads have twice the room. Row 0 is at the top,
    column 0 on the left.

    Examples
    --------
    >>> from acanthite.constants import mm, um
    >>> design = ac.wafer.ArrayDesign(rows=8, columns=8, cell=5 * um, pitch=20 * um)
    >>> width, height = design.die_size
    >>> print(f"die of {width / mm:.2f} x {height / mm:.2f} mm")
    die of 1.17 x 1.17 mm
    """

    rows: int
    columns: int
    cell: float = AG2S.value("stack.island_side")
    pitch: float = _LAYOUT["pitch"]
    island_margin: float = _LAYOUT["island_margin"]
    lead_width: float = _LAYOUT["lead_width"]
    pad_side: float = _LAYOUT["pad_side"]
    pad_pitch: float = _LAYOUT["pad_pitch"]
    border: float = _LAYOUT["border"]
    line_end: float = _LAYOUT["line_end"]
    continuous: bool = False

    def __post_init__(self) -> None:
        for name in ("rows", "columns"):
            lines = getattr(self, name)
            if not (isinstance(lines, int | np.integer) and 1 <= lines <= _MOST_LINES):
                raise LayoutError(
                    f"{name} = {lines!r}; expected a whole number from 1 to {_MOST_LINES}"
                )
        for name in ("cell", "pitch", "lead_width", "pad_side", "pad_pitch", "border", "line_end"):
            _check_length(name, getattr(self, name))
        _check_length("island_margin", self.island_margin, zero=True)

    @classmethod
    def of(cls, parameters: ParameterSet, rows: int, columns: int, **changes: Any) -> ArrayDesign:
        """Return the design of a parameter set's ``layout`` group, with ``changes`` put over it.

        Examples
        --------
        >>> from acanthite.constants import um
        >>> design = ac.wafer.ArrayDesign.of(ac.parameters.AG2S, 8, 8, pitch=40 * um)
        >>> print(f"cells of {design.cell / um:.0f} um, {design.pitch / um:.0f} um apart")
        cells of 5 um, 40 um apart
        """
        group = parameters.group("layout")
        layout = {name: group[name] for name in group if name in cls.__dataclass_fields__}
        cell = {"cell": parameters.value("stack.island_side")}
        return cls(rows, columns, **{**cell, **layout, **changes})

    @property
    def island_side(self) -> float:
        """Side of an electrolyte island [m]."""
        return self.cell + 2 * self.island_margin

    @property
    def row_positions(self) -> Array:
        """Height of each word line over the middle of the die, shape (rows,). [m]"""
        return _centred(self.rows, self.pitch)[::-1]

    @property
    def column_positions(self) -> Array:
        """Where each bit line stands, shape (columns,). [m]"""
        return _centred(self.columns, self.pitch)

    @property
    def half_length(self) -> tuple[float, float]:
        """Half the length of word lines and of bit lines [m]."""
        end = 0.5 * self.island_side + self.line_end
        return 0.5 * (self.columns - 1) * self.pitch + end, 0.5 * (self.rows - 1) * self.pitch + end

    @property
    def pad_distance(self) -> tuple[float, float]:
        """Distances of the word lines' and the bit lines' pads from the middle of the die [m]."""
        return self._frame()

    @property
    def die_size(self) -> tuple[float, float]:
        """Width and height of the die [m]."""
        x, y = self.pad_distance
        edge = 0.5 * self.pad_side + self.border
        return 2 * (x + edge), 2 * (y + edge)

    def leads(self) -> tuple[Array, Array]:
        """Return where each line ends and where its pad is.

        Returns
        -------
        word, bit : ndarray, shape (rows or columns, 2, 2)
            Line, (end of the line, middle of the pad), (x, y). [m]
        """
        (half_x, half_y), (pad_x, pad_y) = self.half_length, self.pad_distance
        word = _leads(self.row_positions, half_x, pad_x, self._pad_spacing, first=-1.0)
        bit = _leads(self.column_positions, half_y, pad_y, self._pad_spacing, first=1.0)
        return word[:, :, ::-1].copy(), bit

    @property
    def _pad_spacing(self) -> float:
        return max(self.pad_pitch, 2 * self.pitch)

    def _frame(self) -> tuple[float, float]:
        """Return the distances of the pads from the middle of the die.

        Leads run at 45 degrees at most, and the corners stay free.
        """
        half_x, half_y = self.half_length
        spread_rows, spread_columns = (self._spread(n) for n in (self.rows, self.columns))
        gap = self._pad_spacing - self.pad_side
        fan_rows = spread_rows - 0.5 * (self.rows - 1) * self.pitch
        fan_columns = spread_columns - 0.5 * (self.columns - 1) * self.pitch
        reach = self.pad_side + gap
        x = max(spread_columns + reach, half_x + max(fan_rows, 0.0) + self.pad_side)
        y = max(spread_rows + reach, half_y + max(fan_columns, 0.0) + self.pad_side)
        return x, y

    def _spread(self, lines: int) -> float:
        """Return how far from the middle the outermost pad of a side is."""
        return 0.5 * (math.ceil(lines / 2) - 1) * self._pad_spacing + 0.5 * self.pitch


@accepts_quantities
@dataclass(frozen=True)
class WaferDesign:
    """The wafer.

    Parameters
    ----------
    diameter, flat_length : float
        [m]
    edge_exclusion : float
        No die reaches closer to the edge. [m]
    street : float
        Between dies. [m]

    Examples
    --------
    >>> wafer = ac.wafer.WaferDesign()
    >>> len(wafer.dies(ac.wafer.ArrayDesign(64, 64).die_size))
    178
    """

    diameter: float = _WAFER["diameter"]
    flat_length: float = _WAFER["flat_length"]
    edge_exclusion: float = _WAFER["edge_exclusion"]
    street: float = _WAFER["street"]

    def __post_init__(self) -> None:
        _check_length("diameter", self.diameter)
        for name in ("flat_length", "edge_exclusion", "street"):
            _check_length(name, getattr(self, name), zero=True)
        if self.flat_length >= self.diameter or 2 * self.edge_exclusion >= self.diameter:
            raise LayoutError(
                f"flat_length = {self.flat_length:g} m and edge_exclusion = "
                f"{self.edge_exclusion:g} m leave nothing of a "
                f"wafer of diameter = {self.diameter:g} m; make them smaller"
            )

    @classmethod
    def of(cls, parameters: ParameterSet) -> WaferDesign:
        """Return the wafer of a parameter set's ``wafer`` group."""
        group = parameters.group("wafer")
        return cls(**{name: group[name] for name in group if name in cls.__dataclass_fields__})

    @property
    def flat_height(self) -> float:
        """Height of the flat below the middle of the wafer, negative [m]."""
        return -math.sqrt((0.5 * self.diameter) ** 2 - (0.5 * self.flat_length) ** 2)

    def holds(self, x: Array, y: Array, margin: float) -> NDArray[np.bool_]:
        """Return whether points [m] lie on the wafer, ``margin`` [m] or more from its edge."""
        inside = np.hypot(x, y) <= 0.5 * self.diameter - margin
        return inside & (np.asarray(y) >= self.flat_height + margin if self.flat_length else True)

    def dies(self, size: tuple[float, float]) -> Array:
        """Return the middles of the dies that fit, row by row from the top.

        Parameters
        ----------
        size : tuple of float
            Width and height of a die. [m]

        Returns
        -------
        ndarray, shape (die, 2)
            Of the grids with a die or a street in the middle, the one that holds most. [m]

        Raises
        ------
        LayoutError
            If no die fits.
        """
        grids = [self._grid(size, x, y) for x in (0.0, 0.5) for y in (0.0, 0.5)]
        best = max(grids, key=len)
        if not len(best):
            raise LayoutError(
                f"a die of {size[0] * 1e3:.3g} x {size[1] * 1e3:.3g} mm does not fit on a wafer of "
                f"{self.diameter * 1e3:g} mm with "
                f"{self.edge_exclusion * 1e3:g} mm at the edge left free; draw fewer lines or a "
                f"smaller pad pitch"
            )
        return best

    def _grid(self, size: tuple[float, float], shift_x: float, shift_y: float) -> Array:
        steps = [s + self.street for s in size]
        n = [math.ceil(self.diameter / step) + 1 for step in steps]
        x, y = (
            (np.arange(-k, k + 1) + s) * step
            for k, s, step in zip(n, (shift_x, shift_y), steps, strict=True)
        )
        centre_x, centre_y = (a.ravel() for a in np.meshgrid(x, y[::-1]))
        fits = np.ones(centre_x.shape, bool)
        for sx in (-0.5, 0.5):
            for sy in (-0.5, 0.5):
                fits &= self.holds(
                    centre_x + sx * size[0], centre_y + sy * size[1], self.edge_exclusion
                )
        return np.column_stack([centre_x[fits], centre_y[fits]])


@dataclass(frozen=True)
class Rules:
    """Design rules; every length is a least one. [m].

    Parameters
    ----------
    width, space : float
        Of and between the shapes of a layer.
    enclosure : float
        Of a crossing by its island.
    pad_side, pad_pitch : float
    die_edge : float
        From anything drawn to the edge of its die.

    Examples
    --------
    >>> from acanthite.constants import mm, um
    >>> small = ac.wafer.WaferDesign(diameter=6 * mm, flat_length=2 * mm, edge_exclusion=1 * mm)
    >>> library = ac.wafer.draw(ac.wafer.ArrayDesign(2, 2, cell=5 * um), small)
    >>> {violation.rule for violation in ac.wafer.check(library, ac.wafer.Rules(width=6 * um))}
    {'width'}
    """

    width: float = _RULES["width"]
    space: float = _RULES["space"]
    enclosure: float = _RULES["enclosure"]
    pad_side: float = _RULES["pad_side"]
    pad_pitch: float = _RULES["pad_pitch"]
    die_edge: float = _RULES["die_edge"]

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            _check_length(name, getattr(self, name), zero=True)

    @classmethod
    def of(cls, parameters: ParameterSet) -> Rules:
        """Return the rules of a parameter set's ``rules`` group."""
        return cls(**parameters.group("rules"))


def _check_length(name: str, value: Any, zero: bool = False) -> None:
    number = isinstance(value, int | float | np.floating) and not isinstance(value, bool)
    if (
        not number
        or not math.isfinite(value)
        or value < 0
        or (value == 0 and not zero)
        or value > 1.0
    ):
        expected = "a length of zero or more" if zero else "a positive length"
        raise LayoutError(f"{name} = {value!r}; expected {expected} in metres, such as 5 * um")


def _centred(n: int, pitch: float) -> Array:
    return (np.arange(n) - 0.5 * (n - 1)) * pitch


def _leads(across: Array, half_length: float, pad: float, spacing: float, first: float) -> Array:
    """Return an array of shape (line, end or pad, across or along).

    Even lines leave on the side ``first``, odd ones on the other.
    """
    out = np.empty((across.size, 2, 2))
    for start, side in ((0, first), (1, -first)):
        lines = across[start::2]
        if not lines.size:
            continue
        order = 1.0 if lines[-1] >= lines[0] else -1.0
        out[start::2, 0] = np.column_stack([lines, np.full(lines.size, side * half_length)])
        pads = lines.mean() + order * _centred(lines.size, spacing)
        out[start::2, 1] = np.column_stack([pads, np.full(lines.size, side * pad)])
    return out
