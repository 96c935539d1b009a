"""Read margin: how far arrays without selectors can grow and still be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acanthite.constants import mV
from acanthite.crossbar.arrays.bias import Scheme, select
from acanthite.crossbar.arrays.conductance_range import AG2S_RANGE, ConductanceRange
from acanthite.crossbar.circuit.checks import wholes
from acanthite.crossbar.circuit.wires import Wires
from acanthite.random import generator

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ReadMargin:
    """How well the two states of the farthest cell are told apart, whatever the others hold.

    Parameters
    ----------
    sizes : ndarray of int, shape (size,)
        Lines of the square array.
    on, off : ndarray, shape (size, pattern)
        Sensed current with the selected cell in the LRS and in the HRS, the others as in
        ``PATTERNS``. [A]
    ideal : float
        Of the LRS cell alone. [A]

    Examples
    --------
    >>> found = ac.crossbar.read_margin([2, 4], "float")
    >>> found.margin.round(2).tolist(), found.largest(0.5)
    ([0.67, -0.29], 2)
    """

    sizes: NDArray[np.int64]
    on: Array
    off: Array
    ideal: float

    @property
    def margin(self) -> Array:
        """Smallest LRS less largest HRS current, over that of the LRS cell alone, shape (size,)."""
        return (self.on.min(1) - self.off.max(1)) / self.ideal

    def largest(self, least: float = 0.5) -> int:
        """Return the largest array up to which all margins are at least this; 0 if none."""
        good = self.margin >= least
        count = len(good) if good.all() else int(np.argmin(good))
        return int(self.sizes[count - 1]) if count else 0


PATTERNS = ("LRS", "HRS", "random")
"""What the other cells hold: all the same, or half and half by chance."""


def read_margin(
    sizes: Iterable[int],
    bias: str | Scheme = "ground",
    *,
    cells: ConductanceRange = AG2S_RANGE,
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
    cells : ConductanceRange
        Their lowest and highest conductance are the two states.
    wires : Wires or callable, optional
        Of every size, or a function from the number of lines to theirs; one ohm a segment without
        it.
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
        If a size is no whole number of at least 1.

    Examples
    --------
    Lines that float leave nothing to be read of four by four cells:

    >>> for bias in ("ground", "float"):
    ...     print(bias, ac.crossbar.read_margin([4], bias).margin.round(2).tolist())
    ground [1.0]
    float [-0.29]
    """
    currents = []
    lines = wholes("sizes", list(sizes))
    for n in lines:
        own = wires(int(n)) if callable(wires) else wires
        currents.append(_farthest(int(n), bias, cells, own, read_voltage, seed))
    on, off = np.array(currents).transpose(1, 0, 2)
    return ReadMargin(lines, on, off, cells.highest * read_voltage)


def _farthest(
    n: int,
    bias: str | Scheme,
    cells: ConductanceRange,
    wires: Wires | None,
    voltage: float,
    seed: int,
) -> list[list[float]]:
    """Return the sensed current for both states of the farthest cell and each pattern."""
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
