"""An electrolyte left between the cells: every line leaks into its neighbours.

A film over the whole array ties neighbouring lines of a kind together, segment by segment. The
paper removes it; this is what it removes. The film conducts as its bulk does, contacts taken as
perfect: an upper bound where the junctions of the lines limit. Ions that move between cells are not
modelled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from acanthite.constants import mV
from acanthite.crossbar.array_types import Array, Integers
from acanthite.crossbar.arrays.bias import Scheme, line_voltages
from acanthite.crossbar.circuit.checks import conductances, counts, finite
from acanthite.crossbar.circuit.wires import Wires
from acanthite.display import Described
from acanthite.errors import CrossbarError
from acanthite.quantities import accepts_quantities


@dataclass(frozen=True, repr=False)
class Crosstalk(Described, sizes="1", removed="A", continuous="A", alone="A"):
    """What the sense amplifier of one selected cell gets.

    Parameters
    ----------
    removed, continuous : ndarray, shape (size,)
        Current of the selected bit line without and with the film between the cells. [A]
    alone : float
        Of the selected cell without an array around it. [A]
    sizes : ndarray of int, shape (size,)
        Lines of the square array.

    Examples
    --------
    >>> from acanthite.constants import uS
    >>> wires = ac.crossbar.Wires(word_leakage=1e-3 * uS, bit_leakage=1e-3 * uS)
    >>> result = ac.crossbar.crosstalk([4, 8], wires, selected=100 * uS, others=1 * uS)
    >>> result.sizes.tolist(), [f"{share:.0e}" for share in result.share]
    ([4, 8], ['4e-05', '8e-05'])
    """

    removed: Array
    continuous: Array
    alone: float
    sizes: Integers

    @property
    def share(self) -> Array:
        """What the film adds, over the current of the cell alone, shape (size,)."""
        return (self.continuous - self.removed) / self.alone


@accepts_quantities
def leaky_currents(
    conductance: ArrayLike,
    word: ArrayLike,
    bit: ArrayLike,
    wires: Wires,
    *,
    word_driven: ArrayLike = True,
    bit_driven: ArrayLike = True,
) -> Array:
    """Return the currents out of the bit lines of an array whose lines leak into their neighbours.

    Every node is solved for at once by sparse elimination: for arrays of up to some hundred lines.

    Parameters
    ----------
    conductance : array_like, shape (N, M)
        [S]
    word, bit : array_like, shape (N,), (M,)
        Of the drivers at the left and of the sense amplifiers at the bottom. [V]
    wires : Wires
        Line resistances above zero; ``word_leakage`` and ``bit_leakage`` are those of the film.
    word_driven, bit_driven : bool or array_like of bool, shape (N,), (M,)
        False where a line floats.

    Returns
    -------
    ndarray, shape (M,)
        [A]

    Raises
    ------
    CrossbarError
        If shapes do not agree or a line has no resistance.

    Examples
    --------
    A bit line held at 5 mV beside one at zero, with and without a film between them:

    >>> import numpy as np
    >>> G, word, bit = np.full((2, 2), 1e-6), [0.0, 0.0], [5e-3, 0.0]
    >>> for leakage in (0.0, 0.1e-6):
    ...     wires = ac.crossbar.Wires(bit_leakage=leakage)
    ...     print(
    ...         [f"{i * 1e9:.2f} nA" for i in ac.crossbar.leaky_currents(G, word, bit, wires)]
    ...     )
    ['-10.00 nA', '0.00 nA']
    ['-11.00 nA', '1.00 nA']
    """
    from scipy.sparse.linalg import splu

    G = conductances(conductance)
    W = finite("word", word, G.shape[:1])
    B = finite("bit", bit, G.shape[1:])
    wires.refuse_ideal("leakage")
    driver = 1 / (wires.word_line_resistance + wires.driver_resistance)
    sense = 1 / (wires.bit_line_resistance + wires.sense_resistance)
    n, m = G.shape
    first = np.where(np.broadcast_to(word_driven, n), driver, 0.0)
    last = np.where(np.broadcast_to(bit_driven, m), sense, 0.0)
    source = np.zeros(2 * G.size)
    source[: G.size : m] = first * W
    source[-m:] = last * B
    symmetric = {"SymmetricMode": True}
    matrix = _matrix(G, wires, first, last).tocsc()
    factors = splu(matrix, permc_spec="MMD_AT_PLUS_A", options=symmetric)
    volts = factors.solve(source)
    return last * (volts[-m:] - B)


def _matrix(G: Array, wires: Wires, first: Array, last: Array) -> Any:
    """Return the nodal matrix, word-line nodes before bit-line nodes. [S]"""
    from scipy.sparse import coo_array

    n, m = G.shape
    u, v = np.arange(2 * n * m).reshape(2, n, m)
    links = [
        (u, v, G),
        (u[:, 1:], u[:, :-1], 1 / wires.word_line_resistance),
        (v[1:], v[:-1], 1 / wires.bit_line_resistance),
        (u[1:], u[:-1], wires.word_leakage),
        (v[:, 1:], v[:, :-1], wires.bit_leakage),
    ]
    a = np.concatenate([nodes for nodes, _, _ in links], axis=None)
    b = np.concatenate([nodes for _, nodes, _ in links], axis=None)
    g = np.concatenate([np.broadcast_to(g, nodes.shape) for nodes, _, g in links], axis=None)
    ends = np.concatenate([u[:, 0], v[-1]])
    rows = np.concatenate([a, b, a, b, ends])
    columns = np.concatenate([a, b, b, a, ends])
    values = np.concatenate([g, g, -g, -g, first, last])
    return coo_array((values, (rows, columns)), shape=(2 * n * m, 2 * n * m))


@accepts_quantities
def crosstalk(
    sizes: ArrayLike,
    wires: Wires | Callable[[int], Wires],
    bias: str | Scheme = "V/2",
    *,
    selected: float,
    others: float,
    voltage: float = 5 * mV,
) -> Crosstalk:
    """Return what a read of the middle cell of square arrays gives, film removed and left.

    Parameters
    ----------
    sizes : array_like of int
    wires : Wires or callable
        With the leakage of the film left: of every size, or a function from the number of lines to
        theirs.
    bias : str or Scheme
    selected, others : float
        Conductance of the selected cell and of all others. [S]
    voltage : float
        [V]

    Raises
    ------
    CrossbarError
        If there is no leakage to compare with, or a size is no whole number of at least 1.

    Examples
    --------
    >>> from acanthite.constants import nS, uS
    >>> wires = ac.crossbar.Wires(word_leakage=1 * nS, bit_leakage=1 * nS)
    >>> result = ac.crossbar.crosstalk([4], wires, selected=10 * nS, others=1 * uS)
    >>> print(f"the film adds {result.share[0]:.0%} to the current of the cell")
    the film adds 40% to the current of the cell
    """
    lines = counts("sizes", sizes)
    currents = []
    for n in lines.tolist():
        left = wires(n) if callable(wires) else wires
        if not (left.word_leakage > 0 or left.bit_leakage > 0):
            raise CrossbarError(
                "crosstalk: wires have no leakage; give word_leakage and bit_leakage of the film"
            )
        removed = replace(left, word_leakage=0.0, bit_leakage=0.0)
        currents.append(
            [_middle_cell(n, w, bias, selected, others, voltage) for w in (removed, left)]
        )
    without, continuous = np.array(currents).T
    return Crosstalk(without, continuous, selected * voltage, lines)


def _middle_cell(
    n: int, wires: Wires, bias: str | Scheme, selected: float, others: float, voltage: float
) -> float:
    """Return the current of the bit line of the middle cell while it is read [A]."""
    G, cell = np.full((n, n), others), (n // 2, n // 2)
    G[cell] = selected
    word, bit, word_driven, bit_driven = line_voltages((n, n), cell, voltage, bias)
    currents = leaky_currents(G, word, bit, wires, word_driven=word_driven, bit_driven=bit_driven)
    return float(currents[cell[1]])
