"""One cell among many: bias schemes of arrays without selectors, and their sneak paths."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from acanthite.crossbar.array_types import Array, Mask, Shape
from acanthite.crossbar.circuit.lines import Terminal
from acanthite.crossbar.circuit.solution import Solution
from acanthite.crossbar.circuit.wires import Wires
from acanthite.errors import CrossbarError, nearest
from acanthite.quantities import accepts_quantities


@dataclass(frozen=True)
class Scheme:
    """Voltages of unselected lines; the selected word line is at V, the selected bit line at zero.

    Parameters
    ----------
    name : str
    word, bit : float or None
        Of the unselected lines, over V; None lets them float.

    Examples
    --------
    >>> import numpy as np
    >>> mine = ac.crossbar.Scheme("V/4", word=0.25, bit=0.75)
    >>> solution = ac.crossbar.select(np.full((2, 2), 1e-6), (0, 0), 0.1, mine)
    >>> solution.device_voltage.round(3).tolist()
    [[0.1, 0.025], [0.025, -0.05]]
    """

    name: str
    word: float | None
    bit: float | None

    @property
    def half_select(self) -> tuple[float, float, float]:
        """Voltage over V of cells on the selected word line, bit line, and neither; ideal wires.

        Raises
        ------
        CrossbarError
            If lines float, as it then depends on all conductances.
        """
        if self.word is None or self.bit is None:
            raise CrossbarError(
                f"scheme {self.name!r} lets lines float: what cells see depends on all of them"
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
    shape: Shape, cell: tuple[int, int], voltage: float, bias: str | Scheme
) -> tuple[Array, Array, Mask, Mask]:
    """Return voltages [V] of word and bit lines, and which of them are driven, to select one cell.

    Raises
    ------
    CrossbarError
        If there is no such cell or scheme.
    """
    s = scheme(bias)
    n, m = shape
    i, j = _place(cell, n, m)
    word = np.full(n, (s.word or 0.0) * voltage)
    bit = np.full(m, (s.bit or 0.0) * voltage)
    word[i] = voltage
    bit[j] = 0.0
    word_driven = np.full(n, s.word is not None)
    bit_driven = np.full(m, s.bit is not None)
    word_driven[i] = bit_driven[j] = True
    return word, bit, word_driven, bit_driven


def _place(cell: tuple[int, int], n: int, m: int) -> tuple[int, int]:
    """Return word line and bit line of a cell of an n x m array."""
    if isinstance(cell, tuple | list | np.ndarray) and len(cell) == 2:
        i, j = cell
        whole = all(isinstance(k, Integral) and not isinstance(k, bool) for k in (i, j))
        if whole and 0 <= i < n and 0 <= j < m:
            return int(i), int(j)
    raise CrossbarError(
        f"cell {cell}: the array is {n} x {m}; expected word line and bit line from zero"
    )


@accepts_quantities
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
        Word line and bit line, from zero.
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

    Examples
    --------
    The cells in line with the selected one see half of its voltage:

    >>> import numpy as np
    >>> from acanthite.constants import mV, uS
    >>> solution = ac.crossbar.select(np.full((2, 3), 1 * uS), (0, 1), 100 * mV, "V/2")
    >>> [f"{v / mV:.0f} mV" for v in solution.device_voltage[0]]
    ['50 mV', '100 mV', '50 mV']
    """
    wires = wires or Wires()
    G = np.asarray(conductance, float)
    word, bit, *driven = line_voltages((G.shape[0], G.shape[1]), cell, voltage, bias)
    kinds = (np.where(d, "driven", "floating").tolist() for d in driven)
    resistances = wires.driver_resistance, wires.sense_resistance
    left, bottom = map(Terminal, kinds, resistances)
    return wires.crossbar(G, left=left, bottom=bottom).solve(word, bit)
