"""Node equations of an array in pairs of doubles, 32 digits: the truth that the array solver is judged by.

The matrix is stamped element by element from resistances, terminals and devices as a user writes them, its diagonal included, and
eliminated in a band, as textbooks do it. Nothing here is taken from the package. Pairs are added and multiplied as by
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
def solve_band(A, B, band):
    """Solve A x = b for a symmetric matrix in pairs (n, n, 2); b (n, 2) becomes x."""
    n = len(B)
    for k in range(n):
        last = min(n, k + band + 1)
        for i in range(k + 1, last):
            if A[k, i, 0] == 0.0:
                continue
            fh, fl = over(A[k, i, 0], A[k, i, 1], A[k, k, 0], A[k, k, 1])
            for j in range(i, last):
                if A[k, j, 0] != 0.0:
                    ph, pl = times(fh, fl, A[k, j, 0], A[k, j, 1])
                    A[i, j, 0], A[i, j, 1] = add(A[i, j, 0], A[i, j, 1], -ph, -pl)
            ph, pl = times(fh, fl, B[k, 0], B[k, 1])
            B[i, 0], B[i, 1] = add(B[i, 0], B[i, 1], -ph, -pl)
    for k in range(n - 1, -1, -1):
        sh, sl = B[k, 0], B[k, 1]
        for j in range(k + 1, min(n, k + band + 1)):
            ph, pl = times(A[k, j, 0], A[k, j, 1], B[j, 0], B[j, 1])
            sh, sl = add(sh, sl, -ph, -pl)
        B[k, 0], B[k, 1] = over(sh, sl, A[k, k, 0], A[k, k, 1])


@njit(cache=True)
def stamp(A, B, a, b, gh, gl, given):
    """Stamp conductances, pairs, between nodes a and b; nodes from len(B) on stand at given potentials, pairs."""
    n = len(B)
    for e in range(len(a)):
        for i, j in ((a[e], b[e]), (b[e], a[e])):
            if i >= n:
                continue
            A[i, i, 0], A[i, i, 1] = add(A[i, i, 0], A[i, i, 1], gh[e], gl[e])
            if j < n:
                if i < j:
                    A[i, j, 0], A[i, j, 1] = add(A[i, j, 0], A[i, j, 1], -gh[e], -gl[e])
            else:
                ph, pl = times(gh[e], gl[e], given[j - n, 0], given[j - n, 1])
                B[i, 0], B[i, 1] = add(B[i, 0], B[i, 1], ph, pl)


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
        wires, given, volts = [], [], []
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
        place = {r: k for k, r in enumerate(free)} | {n + t: len(free) + t for t in range(len(volts))}
        node = np.array([place[r] for r in roots])
        del given
        self.n, self.volts = len(free), np.array(volts)
        self.u, self.v = node[u], node[v]
        real = [(node[a], node[b], r) for a, b, r in wires if 0.0 < r < np.inf and node[a] != node[b]]
        self.a = np.array([w[0] for w in real], np.int64)
        self.b = np.array([w[1] for w in real], np.int64)
        r = np.array([w[2] for w in real])
        self.g = np.array([over(1.0, 0.0, x, 0.0) for x in r]).reshape(-1, 2)

    def root(self, a: int) -> int:
        while self.parent[a] != a:
            a = self.parent[a]
        return a

    def system(self, slope: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
        """Return matrix, right side and bandwidth with devices of these conductances, pairs (N, M, 2)."""
        A, B = np.zeros((self.n, self.n, 2)), np.zeros((self.n, 2))
        here = (slope[..., 0] > 0) & (self.u != self.v)
        a = np.concatenate([self.a, self.u[here]])
        b = np.concatenate([self.b, self.v[here]])
        g = np.concatenate([self.g, slope[here]])
        given = np.stack([self.volts, 0.0 * self.volts], axis=1)
        stamp(A, B, a, b, g[:, 0], g[:, 1], given)
        inner = (a < self.n) & (b < self.n)
        return A, B, int(np.abs(a - b)[inner].max(initial=0))


@dataclass
class Truth:
    """Potentials of the nodes on word and bit lines [V], and currents of the devices [A], (N, M) each."""

    u: np.ndarray
    v: np.ndarray
    current: np.ndarray


def _with_given(net: Network, B: np.ndarray) -> np.ndarray:
    return np.concatenate([B, np.stack([net.volts, 0.0 * net.volts], axis=1)])


def solve(case: Case) -> Truth:
    """Return the truth of an array with linear devices."""
    net = Network(case)
    slope = np.stack([case.G, 0.0 * case.G], axis=-1)
    A, B, band = net.system(slope)
    solve_band(A, B, band)
    x = _with_given(net, B)
    g = case.G.ravel()
    current = through(net.u.ravel(), net.v.ravel(), g, 0.0 * g, x).sum(-1).reshape(case.G.shape)
    total = x.sum(-1)
    return Truth(total[net.u], total[net.v], current)
