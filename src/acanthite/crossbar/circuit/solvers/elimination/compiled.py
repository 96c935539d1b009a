r"""Elimination of a resistor network without a subtraction: right whatever its conductances.

A network is held by the conductances :math:`a_{ij}` between its nodes and those from its nodes to
given potentials, :math:`h_i`, never by the diagonal of its matrix, where a small :math:`h_i` would
drown. Eliminating node k,

.. math::

   p_k = h_k + \sum_i a_{ik}, \quad a_{ij} \mathrel{+}= a_{ik} a_{jk} / p_k, \quad
   h_i \mathrel{+}= a_{ik} h_k / p_k,

adds, multiplies and divides positive numbers only [1]_ [2]_. A potential is kept as a pair of
doubles, its second the rounding of its first, and found as its strongest neighbour's plus a
difference; so the currents of strong conductances between nodes that stand at nearly one potential
lose no digits either.

References
----------
.. [1] W. K. Grassmann, M. I. Taksar, D. P. Heyman, *Oper. Res.* **33**, 1107 (1985),
   :doi:`10.1287/opre.33.5.1107`.
.. [2] A. S. Alfa, J. Xue, Q. Ye, *Math. Comp.* **71**, 217 (2002),
   :doi:`10.1090/S0025-5718-01-01325-4`.
"""

from __future__ import annotations

import numpy as np

from acanthite.jit import njit


@njit(cache=True, error_model="numpy", inner=True)
def _ancestors(starts, rows, parent, seen, i, count, start, index):
    """Walk from each neighbour of node i up the elimination tree; count or list the columns."""
    seen[i] = i
    for p in range(starts[i], starts[i + 1]):
        k = rows[p]
        while k < i and seen[k] != i:
            seen[k] = i
            if parent[k] == -1:
                parent[k] = i
            if index.size:
                index[start[k] + count[k]] = i
            count[k] += 1
            k = parent[k]


@njit(cache=True, error_model="numpy")
def structure(starts, rows):
    """Return where later neighbours of each node start once all before it are gone, and which.

    ``rows`` from ``starts[i]`` to ``starts[i + 1]`` are the neighbours of node i in the network.
    """
    n = starts.size - 1
    start, none = np.zeros(n + 1, np.int64), np.zeros(0, np.int32)
    index = none
    for _ in range(2):
        parent, seen, count = np.full(n, -1), np.full(n, -1), np.zeros(n, np.int64)
        for i in range(n):
            _ancestors(starts, rows, parent, seen, i, count, start, index)
        if index.size == 0:
            for i in range(n):
                start[i + 1] = start[i] + count[i]
            index = np.zeros(start[n], np.int32)
    return start, index


@njit(cache=True, error_model="numpy")
def eliminate(starts, rows, values, held, start, index):
    """Eliminate all nodes; return conductances to later neighbours and terminals, and pivots.

    ``values`` are the conductances that go with ``rows``, ``held`` those to given potentials; see
    :func:`structure`. [S]
    """
    n = starts.size - 1
    a, h, pivots = np.zeros(index.size), held.copy(), np.zeros(n)
    here = np.zeros(n)
    first, following, at = np.full(n, -1), np.full(n, -1), start[:-1].copy()
    for j in range(n):
        for p in range(starts[j], starts[j + 1]):
            if rows[p] > j:
                here[rows[p]] = values[p]
        k = first[j]
        while k != -1:
            after = following[k]
            p = at[k]
            share = a[p] / pivots[k]
            h[j] += h[k] * share
            for q in range(p + 1, start[k + 1]):
                here[index[q]] += a[q] * share
            at[k] = p + 1
            if p + 1 < start[k + 1]:
                following[k], first[index[p + 1]] = first[index[p + 1]], k
            k = after
        total = 0.0
        for q in range(start[j], start[j + 1]):
            i = index[q]
            a[q] = here[i]
            total += here[i]
            here[i] = 0.0
        pivots[j] = h[j] + total
        if start[j] < start[j + 1]:
            following[j], first[index[start[j]]] = first[index[start[j]]], j
    return a, h, pivots


@njit(cache=True, error_model="numpy")
def _add(high, low, more):
    """Return a pair of doubles plus a double, as a pair."""
    s = high + more
    part = s - high
    rest = (high - (s - part)) + (more - part) + low
    total = s + rest
    return total, rest - (total - s)


@njit(cache=True, error_model="numpy")
def potentials(start, index, a, h, pivots, held, mean):
    """Return the potential of each node as a pair, from the mean potential it is tied to. [V]

    ``held`` are the conductances to given potentials before any elimination, ``h`` after it;
    ``mean`` (2, n) is used up.
    """
    n = pivots.size
    high, low, weight = mean[0], mean[1], held.copy()
    for k in range(n):
        share = h[k] / pivots[k]
        if share == 0.0:
            continue
        for p in range(start[k], start[k + 1]):
            i = index[p]
            more, before = a[p] * share, weight[i]
            if more == 0.0:
                continue
            weight[i] += more
            apart = (high[k] - high[i]) + (low[k] - low[i])
            if more < before:
                high[i], low[i] = _add(high[i], low[i], apart * (more / weight[i]))
            else:
                high[i], low[i] = _add(high[k], low[k], -apart * (before / weight[i]))
    for k in range(n - 1, -1, -1):
        strongest, most = -1, h[k]
        for p in range(start[k], start[k + 1]):
            if a[p] > most:
                strongest, most = index[p], a[p]
        m = k if strongest == -1 else strongest
        total = 0.0 if strongest == -1 else h[k] * ((high[k] - high[m]) + (low[k] - low[m]))
        for p in range(start[k], start[k + 1]):
            i = index[p]
            total += a[p] * ((high[i] - high[m]) + (low[i] - low[m]))
        high[k], low[k] = _add(high[m], low[m], total / pivots[k])
    return high, low


@njit(cache=True, error_model="numpy")
def responses(start, index, a, pivots, b):
    """Return the changes of potential currents into the nodes cause, terminals at zero. [V]"""
    n = pivots.size
    v = b.copy()
    for k in range(n):
        share = v[k] / pivots[k]
        for p in range(start[k], start[k + 1]):
            v[index[p]] += a[p] * share
    for k in range(n - 1, -1, -1):
        total = v[k]
        for p in range(start[k], start[k + 1]):
            total += a[p] * v[index[p]]
        v[k] = total / pivots[k]
    return v


@njit(cache=True, error_model="numpy")
def imbalance(first, second, g, high, low):
    """Return the net current into each node through wires, and the sum of magnitudes. [A]"""
    net, size = np.zeros(high.size), np.zeros(high.size)
    for e in range(g.size):
        i, j = first[e], second[e]
        current = g[e] * ((high[j] - high[i]) + (low[j] - low[i]))
        net[i] += current
        net[j] -= current
        size[i] += abs(current)
        size[j] += abs(current)
    return net, size
