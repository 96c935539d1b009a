"""One cell among many: bias schemes for arrays without selectors, sneak paths, and how far a read can reach."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.constants import mV
from acanthite.crossbar.circuit.lines import Terminal
from acanthite.crossbar.circuit.solution import Solution
from acanthite.crossbar.circuit.wires import Wires
from acanthite.crossbar.compute.mapping import AG2S_CELLS, Cells
from acanthite.errors import CrossbarError, nearest
from acanthite.random import generator

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scheme:
    """Where unselected lines are held while the selected word line is at V and the selected bit line at zero.

    Parameters
    ----------
    name : str
    word, bit : float or None
        Of the unselected lines, over V; None lets them float.
    """

    name: str
    word: float | None
    bit: float | None

    @property
    def half_select(self) -> tuple[float, float, float]:
        """Voltage over V, ideal wires, of cells on the selected word line, on the selected bit line, and on neither.

        Raises
        ------
        CrossbarError
            If lines float, as it then depends on all conductances.
        """
        if self.word is None or self.bit is None:
            raise CrossbarError(
                f"scheme {self.name!r} lets lines float; what cells see depends on their conductances"
            )
        return 1.0 - self.bit, self.word, self.word - self.bit


SCHEMES = {
    s.name: s
    for s in (
        Scheme("V/2", 0.5, 0.5),
        Scheme("V/3", 1 / 3, 2 / 3),
        Scheme("ground", 0.0, 0.0),
        Scheme("float", None, None),
    )
}
"""The usual ones by name."""


def scheme(name: str | Scheme) -> Scheme:
    """Return a scheme by its name.

    Raises
    ------
    CrossbarError
        If there is none of that name.
    """
    if isinstance(name, Scheme):
        return name
    if name not in SCHEMES:
        raise CrossbarError(
            f"scheme {name!r} is none of {', '.join(SCHEMES)}{nearest(name, SCHEMES)}"
        )
    return SCHEMES[name]


def line_voltages(
    shape: tuple[int, int], cell: tuple[int, int], voltage: float, bias: str | Scheme
) -> tuple[Array, Array, NDArray[np.bool_], NDArray[np.bool_]]:
    """Return voltages [V] of word and bit lines, and which of them are driven, to select one cell.

    Raises
    ------
    CrossbarError
        If there is no such cell or scheme.
    """
    (n, m), (i, j), s = shape, cell, scheme(bias)
    if not (-n <= i < n and -m <= j < m):
        raise CrossbarError(f"cell {cell}: the array is {n} x {m}")
    word, bit = np.full(n, (s.word or 0.0) * voltage), np.full(m, (s.bit or 0.0) * voltage)
    word[i], bit[j] = voltage, 0.0
    word_driven, bit_driven = np.full(n, s.word is not None), np.full(m, s.bit is not None)
    word_driven[i] = bit_driven[j] = True
    return word, bit, word_driven, bit_driven


def select(
    conductance: ArrayLike,
    cell: tuple[int, int],
    voltage: float,
    bias: str | Scheme = "V/2",
    wires: Wires | None = None,
) -> Solution:
    """Return currents and voltages with one cell selected.

    Parameters
    ----------
    conductance : array_like, shape (N, M)
        [S]
    cell : tuple of int
        Word line and bit line.
    voltage : float
        Of the selected word line against the selected bit line. [V]
    bias : str or Scheme
        ``"V/2"``, ``"V/3"``, ``"ground"`` or ``"float"``.
    wires : Wires, optional
        One ohm a segment without it.

    Returns
    -------
    Solution
        ``output_current[cell[1]]`` is what the sense amplifier sees.

    Raises
    ------
    CrossbarError
        If there is no such cell or scheme.
    """
    wires, G = wires or Wires(), np.asarray(conductance, float)
    word, bit, *driven = line_voltages((G.shape[0], G.shape[1]), cell, voltage, bias)
    left, bottom = (np.where(d, "driven", "floating").tolist() for d in driven)
    circuit = wires.crossbar(
        G,
        left=Terminal(left, wires.driver_resistance),
        bottom=Terminal(bottom, wires.sense_resistance),
    )
    return circuit.solve(word, bit)


@dataclass(frozen=True)
class ReadMargin:
    """How well the two states of the farthest cell are told apart, whatever the others hold.

    Parameters
    ----------
    sizes : ndarray of int, shape (size,)
        Lines of the square array.
    on, off : ndarray, shape (size, pattern)
        Sensed current with the selected cell in the LRS and in the HRS, the others as in ``PATTERNS``. [A]
    ideal : float
        Of the LRS cell alone. [A]
    """

    sizes: NDArray[np.int64]
    on: Array
    off: Array
    ideal: float

    @property
    def margin(self) -> Array:
        """Smallest LRS current less largest HRS current, over the current of the LRS cell alone, shape (size,)."""
        return (self.on.min(1) - self.off.max(1)) / self.ideal

    def largest(self, least: float = 0.5) -> int:
        """Return the largest array of those looked at whose margin, and that of all smaller ones, is at least this; 0 if none."""
        good = self.margin >= least
        count = len(good) if good.all() else int(np.argmin(good))
        return int(self.sizes[count - 1]) if count else 0


PATTERNS = ("LRS", "HRS", "random")
"""What the other cells hold: all the same, or half and half by chance."""


def read_margin(
    sizes: Iterable[int],
    bias: str | Scheme = "ground",
    *,
    cells: Cells = AG2S_CELLS,
    wires: Wires | Callable[[int], Wires] | None = None,
    read_voltage: float = 5 * mV,
    seed: int = 0,
) -> ReadMargin:
    """Return the read margin of square arrays without selectors.

    The cell read is the one farthest from driver and sense amplifier.

    Parameters
    ----------
    sizes : iterable of int
        Lines, growing.
    bias : str or Scheme
    cells : Cells
        Their lowest and highest conductance are the two states.
    wires : Wires or callable, optional
        Of every size, or a function from the number of lines to theirs; one ohm a segment without it.
    read_voltage : float
        [V]
    seed : int
        Of the random pattern.

    Returns
    -------
    ReadMargin

    Raises
    ------
    CrossbarError
        If a size is not positive.
    """
    found = []
    lines = np.array(list(sizes), np.int64)
    if lines.size == 0 or lines.min() < 1:
        raise CrossbarError(f"sizes: {lines.tolist()}; expected whole numbers of at least 1")
    for n in lines:
        own = wires(int(n)) if callable(wires) else wires
        found.append(_farthest(int(n), bias, cells, own, read_voltage, seed))
    on, off = np.array(found).transpose(1, 0, 2)
    return ReadMargin(lines, on, off, cells.highest * read_voltage)


def _farthest(
    n: int, bias: str | Scheme, cells: Cells, wires: Wires | None, voltage: float, seed: int
) -> list[list[float]]:
    """Return the sensed current for both states of the farthest cell and each pattern of the others."""
    chance = generator(seed, "read-margin", n).random((n, n)) < 0.5
    others = (
        np.full((n, n), cells.highest),
        np.full((n, n), cells.lowest),
        np.where(chance, cells.highest, cells.lowest),
    )
    sensed = []
    for state in (cells.highest, cells.lowest):
        row = []
        for G in others:
            G[0, -1] = state
            row.append(float(select(G, (0, n - 1), voltage, bias, wires).output_current[-1]))
        sensed.append(row)
    return sensed
