"""The circuit as a graph of nodes and conductances; nodes that ideal wires join are one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from acanthite.crossbar.array_types import Array, Integers, Shape
from acanthite.crossbar.circuit.islands import components
from acanthite.crossbar.circuit.lines import OPEN, ArrayLines

_LEAF = 9
"""Cells of a rectangle that is not cut further."""


@dataclass(frozen=True, repr=False)
class Graph:
    """Nodes and the conductances between them, in the order of elimination.

    Parameters
    ----------
    n_free : int
        Nodes of unknown potential. After them come the terminals: left and right ends of the word
        lines, top and bottom ends of the bit lines.
    word, bit : ndarray of int, shape (N, M)
        Node of each place on a word line and on a bit line.
    first, second : ndarray of int, shape (edges,)
        Nodes that each wire joins; at least one of them free.
    conductance : ndarray, shape (edges,)
        Of these wires. [S]
    """

    n_free: int
    word: Integers
    bit: Integers
    first: Integers
    second: Integers
    conductance: Array


def graph(word: ArrayLines, bit: ArrayLines, shape: Shape) -> Graph:
    """Return the nodes and wires of an array.

    Parameters
    ----------
    word, bit : ArrayLines
    shape : tuple of int
        Word lines and bit lines.
    """
    N, M = shape
    n_nodes = 2 * N * M
    u, v = np.arange(n_nodes).reshape(2, N, M)
    ends = n_nodes + np.arange(2 * (N + M))
    of_words = _wires(word, u, ends[: 2 * N].reshape(2, N))
    of_bits = _wires(bit, v.T, ends[2 * N :].reshape(2, M))
    a = np.concatenate([of_words[0], of_bits[0]])
    b = np.concatenate([of_words[1], of_bits[1]])
    r = np.concatenate([of_words[2], of_bits[2]])
    place = np.concatenate([_places(N, M), ends])
    last = _last_joined(a[r == 0.0], b[r == 0.0], place)
    inner = np.unique(last[last < n_nodes])
    n_free = inner.size
    node = np.where(last < n_nodes, np.searchsorted(inner, last), n_free + last - n_nodes)
    apart = r > 0.0
    first = node[a[apart]]
    second = node[b[apart]]
    g = 1.0 / r[apart]
    joins = (first != second) & (np.minimum(first, second) < n_free)
    return Graph(n_free, node[u], node[v], first[joins], second[joins], g[joins])


def _wires(lines: ArrayLines, nodes: Integers, ends: Integers) -> tuple[Integers, Integers, Array]:
    """Return both ends and the resistance of every segment that is not open."""
    a = np.concatenate([nodes[:, :-1].ravel(), ends[0], ends[1]])
    b = np.concatenate([nodes[:, 1:].ravel(), nodes[:, 0], nodes[:, -1]])
    r = np.concatenate([lines.inner.ravel(), lines.ends[0], lines.ends[1]])
    whole = r < OPEN
    return a[whole], b[whole], r[whole]


def _last_joined(a: Integers, b: Integers, place: Integers) -> Integers:
    """Return the last place of the nodes that each node is joined with, its own included."""
    if a.size == 0:
        return place
    n, group = components(a, b, place.size)
    last = np.zeros(n, np.int64)
    np.maximum.at(last, group, place)
    return last[group]


def _places(N: int, M: int) -> Integers:
    """Return when each node is eliminated: nested dissection, so that fill grows as n log n.

    A cut between columns goes through the word lines alone, one between rows through the bit lines.
    """
    u, v = np.arange(2 * N * M).reshape(2, N, M)
    place = np.full(2 * N * M, -1, np.int64)
    left = 2 * N * M
    rectangles = [(0, N, 0, M)]
    while rectangles:
        top, bottom, first, last = rectangles.pop()
        n, m = bottom - top, last - first
        if n * m <= _LEAF:
            inside = np.stack([u[top:bottom, first:last], v[top:bottom, first:last]]).ravel()
            cut = inside[place[inside] < 0]
        elif m >= n:
            k = first + m // 2
            cut = u[top:bottom, k]
            rectangles += [(top, bottom, first, k), (top, bottom, k, last)]
        else:
            k = top + n // 2
            cut = v[k, first:last]
            rectangles += [(top, k, first, last), (k, bottom, first, last)]
        cut = cut[place[cut] < 0]
        place[cut] = left - 1 - np.arange(cut.size)
        left -= cut.size
    return place
