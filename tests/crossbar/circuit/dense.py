"""The same circuit assembled as one sparse matrix of node equations and solved by SuperLU: what the solver is judged by."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, csc_array
from scipy.sparse.linalg import splu

from acanthite.crossbar import Crossbar
from acanthite.crossbar.circuit.lines import OPEN


class Nodes:
    """Stamps of resistors and sources; nodes that zero resistance joins are one."""

    def __init__(self, n: int) -> None:
        self.parent, self.resistors, self.fixed = list(range(n)), [], {}

    def root(self, a: int) -> int:
        while self.parent[a] != a:
            a = self.parent[a]
        return a

    def resistor(self, a: int, b: int, r: float) -> None:
        if r == 0.0:
            a, b = sorted((self.root(a), self.root(b)))
            self.parent[b] = a
        elif r < OPEN:
            self.resistors.append((a, b, 1.0 / r))

    def solve(self) -> np.ndarray:
        n = len(self.parent)
        root = np.array([self.root(a) for a in range(n)])
        known = np.full(n, np.nan)
        for a, v in self.fixed.items():
            known[root[a]] = v
        free = np.flatnonzero(np.isnan(known) & (root == np.arange(n)))
        place = np.full(n, -1)
        place[free] = np.arange(free.size)
        a, b, g = (
            (np.array(x) for x in zip(*self.resistors, strict=True))
            if self.resistors
            else np.zeros((3, 0), int)
        )
        a, b = np.concatenate([root[a], root[b]]), np.concatenate([root[b], root[a]])
        g = np.concatenate([g, g])
        mine, inner = (place[a] >= 0) & (a != b), place[b] >= 0
        rows = np.concatenate([place[a[mine]], place[a[mine & inner]]])
        columns = np.concatenate([place[a[mine]], place[b[mine & inner]]])
        values = np.concatenate([g[mine], -g[mine & inner]])
        if free.size:
            A = csc_array(coo_array((values, (rows, columns)), shape=(free.size, free.size)))
            options = {"SymmetricMode": True}
            lu = splu(A, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)
            g, exact = g.astype(np.longdouble), known.astype(np.longdouble)
            exact[free] = 0.0
            for _ in range(8):  # refined in extended precision: 1 S beside 1 nS costs nine digits
                surplus = np.zeros(n, np.longdouble)
                np.add.at(surplus, a, g * (exact[b] - exact[a]))
                exact[free] += lu.solve(surplus[free].astype(float))
            known[free] = exact[free]
        return known[root]


def node_voltages(
    crossbar: Crossbar, voltage, bit_line_voltage=None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the potentials of word-line and bit-line nodes, shape (N, M) each."""
    N, M = crossbar.shape
    u, v = np.arange(2 * N * M).reshape(2, N, M)
    nodes = Nodes(2 * N * M + 2 * (N + M))
    outer = iter(range(2 * N * M, 2 * N * M + 2 * (N + M)))
    drives = voltage, np.zeros(M) if bit_line_voltage is None else bit_line_voltage
    for lines, ids, drive in (
        (crossbar.circuit.word, u, drives[0]),
        (crossbar.circuit.bit, v.T, drives[1]),
    ):
        n_lines, n = ids.shape
        r = np.broadcast_to(lines.segments, (n_lines, n + 1))
        for i in range(n_lines):
            for k in range(n - 1):
                nodes.resistor(ids[i, k], ids[i, k + 1], r[i, k + 1])
            for end, node in ((0, ids[i, 0]), (1, ids[i, -1])):
                a = next(outer)
                nodes.fixed[a] = drive[i] if lines.driven[end, i] else 0.0
                nodes.resistor(a, node, lines.ends[end, i])
    for a, b, g in zip(u.ravel(), v.ravel(), crossbar.circuit.conductance.ravel(), strict=True):
        if g > 0.0:
            nodes.resistor(a, b, 1.0 / g)
    return tuple(nodes.solve()[k] for k in (u, v))
