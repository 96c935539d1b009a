"""Read margin: how far arrays without selectors can grow and still be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np

from acanthite.constants import mV
from acanthite.crossbar.array_types import Array, Integers, Mask
from acanthite.crossbar.arrays.bias import Scheme, select
from acanthite.crossbar.arrays.conductance_range import AG2S_RANGE, ConductanceRange
from acanthite.crossbar.circuit.checks import counts
from acanthite.crossbar.circuit.wires import Wires
from acanthite.display import Described, Plotted
from acanthite.quantities import accepts_quantities
from acanthite.random import generator


@dataclass(frozen=True, repr=False)
class ReadMargin(
    Described,
    Plotted,
    picture="acanthite.crossbar.arrays.drawings:draw_margin",
    sizes="1",
    on="A",
    off="A",
    margin="1",
):
    """How well the two states of the farthest cell can be distinguished, whatever the others hold.

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
    >>> reads = ac.crossbar.read_margin([2, 4], "float")
    >>> reads.margin.round(2).tolist(), reads.largest(0.5)
    ([0.67, -0.29], 2)
    """

    sizes: Integers
    on: Array
    off: Array
    ideal: float

    @property
    def margin(self) -> Array:
        """Smallest LRS less largest HRS current, over that of the LRS cell alone, shape (size,)."""
        return (self.on.min(1) - self.off.max(1)) / self.ideal

    def largest(self, least: float = 0.5) -> int:
        """Return the largest array up to which all margins are at least this; 0 if none."""
        return last_good(self.sizes, self.margin >= least)


def last_good(values: Integers, good: Mask) -> int:
    """Return the value before the first that is not good, zero where the first is not."""
    count = len(good) if good.all() else int(np.argmin(good))
    return int(values[count - 1]) if count else 0


PATTERNS = ("LRS", "HRS", "random")
"""What the other cells hold: all the same, or half and half by chance."""


@accepts_quantities
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
    states = cells.highest, cells.lowest
    lines = counts("sizes", list(sizes))
    currents = []
    for n in lines.tolist():
        chance = generator(seed, "read-margin", n).random((n, n)) < 0.5
        same = [np.full((n, n), state) for state in states]
        others = [*same, np.where(chance, *states)]
        own = wires(n) if callable(wires) else wires
        select_farthest = partial(_farthest, voltage=read_voltage, bias=bias, wires=own)
        currents.append([[select_farthest(G, state) for G in others] for state in states])
    on, off = np.array(currents).transpose(1, 0, 2)
    return ReadMargin(lines, on, off, cells.highest * read_voltage)


def _farthest(
    G: Array, state: float, voltage: float, bias: str | Scheme, wires: Wires | None
) -> float:
    """Return the sensed current of the farthest cell in a state, the others as they are [A]."""
    G[0, -1] = state
    return float(select(G, (0, len(G) - 1), voltage, bias, wires).output_current[-1])
