"""Nodes that no path of finite resistance ties to a terminal: their voltages are not defined, so they are refused."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acanthite.crossbar.circuit.lines import Lines
from acanthite.crossbar.circuit.solvers.sweeps.compiled import OPEN
from acanthite.errors import CrossbarError


def refuse_islands(G: NDArray[np.float64], word: Lines, bit: Lines) -> None:
    """Raise a CrossbarError that names a floating node, if there is one."""
    if all(
        (line.ends.min(axis=0) < OPEN).all() and line.segments.max() < OPEN for line in (word, bit)
    ):
        return
    words, tied_words = _pieces(word, G.shape[1])
    bits, tied_bits = _pieces(bit, G.shape[0])
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    joined = G > 0
    rows, columns = words[joined], bits.T[joined] + tied_words.size
    tied = np.concatenate([tied_words, tied_bits])
    links = coo_array((np.ones(rows.size, np.int8), (rows, columns)), shape=(tied.size, tied.size))
    n, which = connected_components(links, directed=False)
    floating = np.bincount(which, tied, n) == 0
    if not floating.any():
        return
    for label, pieces, part in (
        ("word", words, which[: tied_words.size]),
        ("bit", bits, which[tied_words.size :]),
    ):
        lost = np.argwhere(floating[part][pieces])
        if lost.size:
            line, node = lost[0]
            raise CrossbarError(
                f"{label} line {line}, node {node}: no path to a driven or grounded terminal ({len(lost)} such nodes on "
                f"{label} lines); their voltages are not defined. Tie an end of the line, or give a device a conductance"
            )


def _pieces(found: Lines, n_nodes: int) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return the piece of wire each node is on, (lines, nodes), and whether each piece is tied to an end."""
    n_lines = found.ends.shape[1]
    r = np.broadcast_to(found.segments, (n_lines, n_nodes + 1))[:, 1:-1]
    breaks = np.column_stack([np.ones(n_lines, bool), r >= OPEN])
    pieces = np.cumsum(breaks.ravel()).reshape(n_lines, n_nodes) - 1
    tied = np.zeros(pieces[-1, -1] + 1, bool)
    for end, column in zip(found.ends, (0, -1), strict=True):
        tied[pieces[end < OPEN, column]] = True
    return pieces, tied
