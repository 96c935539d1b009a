"""Node equations of an array in pairs of doubles, 32 digits: the truth that the array solver is judged by.

The network is stamped element by element from resistances, terminals and devices as a user writes them, and eliminated in a band. In
place of a diagonal each node has the sum of its conductances to given potentials, so a pivot is a sum: no ratio costs digits.
Nothing here is taken from the package; a test holds it against textbook elimination in 60 digits. Pairs are added and multiplied as by
T. J. Dekker, Numer. Math. 18, 224 (1971), doi:10.1007/BF01397083.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit


@njit(cache=True)
def add(ah, al, bh, bl):
    """Return the sum of two pairs."""
    s = ah + bh
    part = s - ah
    rest = (ah - (s - part)) + (bh - part)
    t = al + bl
    part = t - al
    last = (al - (t - part)) + (bl - part)
    rest += t
    total = s + rest
    rest = (rest - (total - s)) + last
    s = total + rest
    return s, rest - (s - total)


@njit(cache=True)
def times(ah, al, bh, bl):
    """Return the product of two pairs."""
    p = ah * bh
    c = 134217729.0 * ah
    a1 = c - (c - ah)
    a2 = ah - a1
    c = 134217729.0 * bh
    b1 = c - (c - bh)
    b2 = bh - b1
    rest = ((a1 * b1 - p) + a1 * b2 + a2 * b1) + a2 * b2
    rest += ah * bl + al * bh
    s = p + rest
    return s, rest - (s - p)


@njit(cache=True)
def over(ah, al, bh, bl):
    """Return the quotient of two pairs."""
    q = ah / bh
    ph, pl = times(bh, bl, q, 0.0)
    rh, rl = add(ah, al, -ph, -pl)
    q2 = (rh + rl) / bh
    ph, pl = times(bh, bl, q2, 0.0)
    rh, rl = add(rh, rl, -ph, -pl)
    q3 = (rh + rl) / bh
    s = q + q2
    return add(s, q2 - (s - q), q3, 0.0)


@njit(cache=True)
def _spread(to, a, share):
    """Add a times share, pairs, to a pair in place."""
    ph, pl = times(a[0], a[1], share[0], share[1])
    to[0], to[1] = add(to[0], to[1], ph, pl)


@njit(cache=True)
def solve_band(A, H, B, band):
    """Set B (n, 2) to the potentials for currents B into the nodes.

    ``A`` (n, n, 2) are conductances between nodes, above the diagonal; ``H`` (n, 2) those to given potentials.
    """
    n = len(B)
    pivots, share = np.zeros((n, 2)), np.zeros(2)
    for k in range(n):
        last = min(n, k + band + 1)
        pivots[k] = H[k]
        for i in range(k + 1, last):
            pivots[k, 0], pivots[k, 1] = add(pivots[k, 0], pivots[k, 1], A[k, i, 0], A[k, i, 1])
        for i in range(k + 1, last):
            if A[k, i, 0] == 0.0:
                continue
            share[0], share[1] = over(A[k, i, 0], A[k, i, 1], pivots[k, 0], pivots[k, 1])
            for j in range(i + 1, last):
                if A[k, j, 0] != 0.0:
                    _spread(A[i, j], A[k, j], share)
            _spread(H[i], H[k], share)
            _spread(B[i], B[k], share)
    for k in range(n - 1, -1, -1):
        sums = B[k].copy()
        for j in range(k + 1, min(n, k + band + 1)):
            if A[k, j, 0] != 0.0:
                _spread(sums, A[k, j], B[j])
        B[k, 0], B[k, 1] = over(sums[0], sums[1], pivots[k, 0], pivots[k, 1])


@njit(cache=True)
def stamp(A, H, B, a, b, g, given):
    """Stamp conductances g, pairs, between nodes a and b; nodes from len(B) on stand at given potentials."""
    n = len(B)
    for e in range(len(a)):
        low, high = min(a[e], b[e]), max(a[e], b[e])
        if high < n:
            A[low, high, 0], A[low, high, 1] = add(
                A[low, high, 0], A[low, high, 1], g[e, 0], g[e, 1]
            )
        elif low < n:
            H[low, 0], H[low, 1] = add(H[low, 0], H[low, 1], g[e, 0], g[e, 1])
            _spread(B[low], g[e], given[high - n])


@njit(cache=True)
def through(a, b, gh, gl, x):
    """Return the currents from a to b, pairs."""
    found = np.zeros((len(a), 2))
    for e in range(len(a)):
        dh, dl = add(x[a[e], 0], x[a[e], 1], -x[b[e], 0], -x[b[e], 1])
        found[e] = times(gh[e], gl[e], dh, dl)
    return found


@dataclass
class Case:
    """An array as a user writes it: resistances of every segment, kinds and resistances of the ends of every line.

    ``kinds`` and ``ends`` are left, right (N,), top, bottom (M,).
    """

    G: np.ndarray
    word: np.ndarray
    bit: np.ndarray
    kinds: tuple
    ends: tuple
    V: np.ndarray
    U: np.ndarray


class Network:
    """Nodes of a case; those that zero ohms join are one. Potentials of terminals come after those of free nodes."""

    def __init__(self, case: Case) -> None:
        N, M = case.G.shape
        cell = np.arange(N * M).reshape(N, M) if N >= M else np.arange(N * M).reshape(M, N).T
        u, v = 2 * cell, 2 * cell + 1
        n = 2 * N * M
        wires, volts = [], []
        left, right, top, bottom = range(4)
        for i in range(N):
            wires += [(u[i, j], u[i, j + 1], case.word[i, j + 1]) for j in range(M - 1)]
            for end, j, r in ((left, 0, case.word[i, 0]), (right, M - 1, case.word[i, M])):
                if case.kinds[end][i] != "floating":
                    wires.append((u[i, j], n + len(volts), r + case.ends[end][i]))
                    volts.append(case.V[i] if case.kinds[end][i] == "driven" else 0.0)
        for j in range(M):
            wires += [(v[i, j], v[i + 1, j], case.bit[i + 1, j]) for i in range(N - 1)]
            for end, i, r in ((top, 0, case.bit[0, j]), (bottom, N - 1, case.bit[N, j])):
                if case.kinds[end][j] != "floating":
                    wires.append((v[i, j], n + len(volts), r + case.ends[end][j]))
                    volts.append(case.U[j] if case.kinds[end][j] == "driven" else 0.0)
        self.parent = list(range(n + len(volts)))
        for a, b, r in wires:
            if r == 0.0:
                low, high = sorted((self.root(a), self.root(b)))
                self.parent[low] = high
        roots = [self.root(a) for a in range(n + len(volts))]
        free = sorted({r for r in roots if r < n})
        place = {r: k for k, r in enumerate(free)} | {
            n + t: len(free) + t for t in range(len(volts))
        }
        node = np.array([place[r] for r in roots])
        self.n, self.volts = len(free), np.array(volts)
        self.u, self.v = node[u], node[v]
        real = [
            (node[a], node[b], r) for a, b, r in wires if 0.0 < r < np.inf and node[a] != node[b]
        ]
        self.a = np.array([w[0] for w in real], np.int64)
        self.b = np.array([w[1] for w in real], np.int64)
        r = np.array([w[2] for w in real])
        self.g = np.array([over(1.0, 0.0, x, 0.0) for x in r]).reshape(-1, 2)

    def floats(self, G: np.ndarray) -> bool:
        """Return whether a node has no way to a terminal."""
        here = G > 0
        a = np.concatenate([self.a, self.u[here]])
        b = np.concatenate([self.b, self.v[here]])
        reached = np.arange(self.n + self.volts.size) >= self.n
        while True:
            before = reached.sum()
            reached[a[reached[b]]] = True
            reached[b[reached[a]]] = True
            if reached.sum() == before:
                return not bool(reached.all())

    def root(self, a: int) -> int:
        while self.parent[a] != a:
            a = self.parent[a]
        return a

    def solve(self, slope: np.ndarray, current: np.ndarray | None = None) -> np.ndarray:
        """Return the potentials, pairs, with devices of these conductances, pairs (N, M, 2).

        With currents into the free nodes, (n,): what these change the potentials by.
        """
        A, H, B = np.zeros((self.n, self.n, 2)), np.zeros((self.n, 2)), np.zeros((self.n, 2))
        here = (slope[..., 0] > 0) & (self.u != self.v)
        a = np.concatenate([self.a, self.u[here]])
        b = np.concatenate([self.b, self.v[here]])
        g = np.concatenate([self.g, slope[here]])
        given = np.stack([self.volts, 0.0 * self.volts], axis=1)
        stamp(A, H, B, a, b, g, given)
        if current is not None:
            B[:, 0], B[:, 1] = current, 0.0
        inner = (a < self.n) & (b < self.n)
        solve_band(A, H, B, int(np.abs(a - b)[inner].max(initial=0)))
        return np.concatenate([B, given])


@dataclass
class Truth:
    """Potentials of the nodes on word and bit lines [V], currents of the devices [A], (N, M) each; out of the bit lines, pairs (M, 2)."""

    u: np.ndarray
    v: np.ndarray
    current: np.ndarray
    out: np.ndarray


@njit(cache=True)
def _column_sums(current):
    """Return the sums of pairs (N, M, 2) over the rows."""
    N, M, _ = current.shape
    sums = np.zeros((M, 2))
    for j in range(M):
        for i in range(N):
            sums[j, 0], sums[j, 1] = add(sums[j, 0], sums[j, 1], current[i, j, 0], current[i, j, 1])
    return sums


def _truth(net: Network, x: np.ndarray, current: np.ndarray) -> Truth:
    total = x.sum(-1)
    return Truth(total[net.u], total[net.v], current.sum(-1), _column_sums(current))


def solve(case: Case, net: Network | None = None) -> Truth:
    """Return the truth of an array with linear devices."""
    net = net or Network(case)
    x = net.solve(np.stack([case.G, 0.0 * case.G], axis=-1))
    g = case.G.ravel()
    current = through(net.u.ravel(), net.v.ravel(), g, 0.0 * g, x).reshape(*case.G.shape, 2)
    return _truth(net, x, current)


def solve_sinh(case: Case, scale: float, u: np.ndarray, v: np.ndarray) -> Truth | None:
    """Return the truth of an array of devices G v0 sinh(v / v0), from potentials near it; None where Newton's method does not arrive."""
    net = Network(case)
    x = np.zeros((net.n + net.volts.size, 2))
    x[net.u, 0], x[net.v, 0] = u, v
    x[net.n :, 0] = net.volts
    there = False
    for _ in range(60):
        high = x[net.u, 0] - x[net.v, 0]
        low = x[net.u, 1] - x[net.v, 1]
        at = high / scale
        slope = case.G * np.cosh(at)
        current = case.G * scale * np.sinh(at) + slope * low
        if there:
            return _truth(net, x, np.stack([current, 0.0 * current], axis=-1))
        along = through(net.a, net.b, net.g[:, 0], net.g[:, 1], x).sum(-1)
        F = np.zeros(len(x))
        for nodes, sign, taken in ((net.a, -1.0, along), (net.b, 1.0, along)):
            np.add.at(F, nodes, sign * taken)
        np.subtract.at(F, net.u.ravel(), current.ravel())
        np.add.at(F, net.v.ravel(), current.ravel())
        B = net.solve(np.stack([slope, 0.0 * slope], axis=-1), F[: net.n])[: net.n]
        last = np.abs(B[:, 0]).max(initial=0.0)
        for k in range(net.n):
            x[k] = add(x[k, 0], x[k, 1], B[k, 0], B[k, 1])
        there = last <= 1e-14 * np.abs(net.volts).max(initial=0.0)
    return None
