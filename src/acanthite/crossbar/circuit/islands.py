"""Nodes that no path of finite resistance ties to a terminal: their voltages are not defined."""

from __future__ import annotations

import numpy as np

from acanthite.crossbar.array_types import Array, Integers, Mask
from acanthite.crossbar.circuit.lines import OPEN, ArrayLines
from acanthite.errors import CrossbarError


def refuse_islands(conductance: Array, word: ArrayLines, bit: ArrayLines) -> None:
    """Raise a CrossbarError that names a floating node, if there is one."""
    if max(word.reach.max(), bit.reach.max()) < OPEN:
        return
    words, tied_words = _pieces(word)
    bits, tied_bits = _pieces(bit)
    joined = conductance > 0
    rows = words[joined]
    columns = bits.T[joined] + tied_words.size
    tied = np.concatenate([tied_words, tied_bits])
    n, island = components(rows, columns, tied.size)
    floating = (np.bincount(island, tied, n) == 0)[island]
    _refuse("word", floating[: tied_words.size][words])
    _refuse("bit", floating[tied_words.size :][bits])


def components(a: Integers, b: Integers, size: int) -> tuple[int, Integers]:
    """Return how many groups links from ``a`` to ``b`` leave of nodes, and the group of each."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(a.size, np.int8), (a, b)), shape=(size, size))
    return connected_components(links, directed=False)


def _refuse(label: str, floating: Mask) -> None:
    """Raise a CrossbarError if a node of lines floats; nodes of shape (lines, nodes)."""
    nodes = np.argwhere(floating)
    if nodes.size:
        line, node = nodes[0]
        raise CrossbarError(
            f"{label} line {line}, node {node}: no path to a driven or grounded terminal "
            f"({len(nodes)} such nodes); tie an end of the line, or give a device a conductance"
        )


def _pieces(lines: ArrayLines) -> tuple[Integers, Mask]:
    """Return the piece of wire each node is on, (lines, nodes), and which pieces are tied."""
    pieces = lines.pieces()
    tied = np.zeros(pieces[-1, -1] + 1, bool)
    for end, column in zip(lines.ends, (0, -1), strict=True):
        tied[pieces[end < OPEN, column]] = True
    return pieces, tied
