r"""Kernels of the array solver: exact sweeps along the lines, and conjugate gradients on what they leave.

With x the drops from the open-circuit potentials of word lines (x) and bit lines (y), J the current each device would
carry without drops and D the conductances,

.. math:: (W + D) x - D y = -J, \qquad (B + D) y - D x = J,

W and B being the wires. Each line is a ladder, eliminated from one end to the other by the recursion of its input
conductance, G' = G / (1 + r G): sums, products and quotients of positive numbers only, so every factor is right to the
last digits whatever the resistances, none and open ones included. The bit lines are eliminated exactly; conjugate gradients
run on what is left, S = W + D - D (B + D)^-1 D, preconditioned by the exact W + D. As the product of W + D with the search
direction follows from the residuals, an iteration is one sweep of the bit lines and one of the word lines.

Work is split into blocks of lines whose partial sums are added in order: the bits do not depend on the threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange

JIT: dict[str, Any] = {"cache": True, "error_model": "numpy", "fastmath": {"contract"}}
PARALLEL: dict[str, Any] = {**JIT, "parallel": True}
OPEN = 1e200
"""What an open segment's resistance is taken for: finite, so that zero times it is zero. [Ohm]"""


@njit(**JIT)
def _step(G, r):
    """Return 1 / (1 + r G), and the conductance G seen through a resistance r."""
    if r == 0.0:
        return 1.0, G
    if np.inf == G:
        return 0.0, 1.0 / r
    c = 1.0 / (1.0 + r * G)
    return c, c * G


@njit(**JIT)
def _total(values):
    """Return the sum, added in order: a sum within a parallel kernel would be split over its threads."""
    total = 0.0
    for value in values:
        total += value
    return total


@njit(**PARALLEL)
def factor_rows(D, r, start, end, c):
    """Eliminate every row of D as a ladder; c[i, j] is the factor of the segment after node j.

    ``r`` (N, M + 1) or (N, 1) is the resistance of the segments, ``start`` and ``end`` (N,) those from the outer nodes to ground.
    """
    N, M = D.shape
    uniform = r.shape[1] == 1
    for i in prange(N):
        G = 1.0 / start[i]
        for j in range(M):
            after = end[i] if j == M - 1 else r[i, 0 if uniform else j + 1]
            c[i, j], G = _step(G + D[i, j], after)


@njit(**PARALLEL)
def factor_columns(D, r, start, end, c, width):
    """As :func:`factor_rows` for every column; ``r`` is (N + 1, M) or (1, M)."""
    N, M = D.shape
    uniform = r.shape[0] == 1
    for k in prange((M + width - 1) // width):
        low, high = k * width, min((k + 1) * width, M)
        G = 1.0 / start[low:high]
        for i in range(N):
            for j in range(low, high):
                after = end[j] if i == N - 1 else r[0 if uniform else i + 1, j]
                c[i, j], G[j - low] = _step(G[j - low] + D[i, j], after)


@njit(**JIT)
def _back_substitute(b, c, r, end, low, high):
    """Turn the eliminated right sides in some columns of b into the solution, in place."""
    N = b.shape[0]
    step = 0 if r.shape[0] == 1 else 1
    last, closing, factors = b[N - 1, low:high], end[low:high], c[N - 1, low:high]
    for j in range(high - low):
        last[j] *= factors[j] * closing[j]
    for i in range(N - 2, -1, -1):
        here, below = b[i, low:high], b[i + 1, low:high]
        factors, wire = c[i, low:high], r[(i + 1) * step, low:high]
        for j in range(high - low):
            here[j] = factors[j] * (below[j] + wire[j] * here[j])


@njit(**PARALLEL)
def relax_columns(D, J, x, y, residual, c, r, end, width):
    """Set y to the bit lines' drops that go with x, and the residual to the current this leaves the word lines."""
    N, M = D.shape
    for k in prange((M + width - 1) // width):
        low, high = k * width, min((k + 1) * width, M)
        n = high - low
        for i in range(N):
            here, d, load, drop = residual[i, low:high], D[i, low:high], J[i, low:high], x[i, low:high]
            for j in range(n):
                here[j] = load[j] + d[j] * drop[j]
            if i > 0:
                above, factors = residual[i - 1, low:high], c[i - 1, low:high]
                for j in range(n):
                    here[j] += factors[j] * above[j]
        _back_substitute(residual, c, r, end, low, high)
        for i in range(N):
            here, d, drop = residual[i, low:high], D[i, low:high], y[i, low:high]
            for j in range(n):
                change = here[j] - drop[j]
                drop[j] = here[j]
                here[j] = d[j] * change


@njit(**PARALLEL)
def iterate_columns(D, x, residual, z, p, w, q, alpha, beta, c, r, end, width):
    """X += alpha p; p = z + beta p; w = (W + D) p; q = S p. Return p q."""
    N, M = D.shape
    products = np.zeros(M)
    for k in prange((M + width - 1) // width):
        low, high = k * width, min((k + 1) * width, M)
        n = high - low
        sums = products[low:high]
        for i in range(N):
            here, d, drop, fresh = q[i, low:high], D[i, low:high], x[i, low:high], z[i, low:high]
            search, left, image = p[i, low:high], residual[i, low:high], w[i, low:high]
            for j in range(n):
                drop[j] += alpha * search[j]
                search[j] = fresh[j] + beta * search[j]
                image[j] = left[j] + beta * image[j]
                here[j] = d[j] * search[j]
            if i > 0:
                above, factors = q[i - 1, low:high], c[i - 1, low:high]
                for j in range(n):
                    here[j] += factors[j] * above[j]
        _back_substitute(q, c, r, end, low, high)
        for i in range(N):
            here, d, search, image = q[i, low:high], D[i, low:high], p[i, low:high], w[i, low:high]
            for j in range(n):
                here[j] = image[j] - d[j] * here[j]
                sums[j] += search[j] * here[j]
    return _total(products)


@njit(**JIT)
def _solve_four(b, c, r, end, z, i):
    """Solve (W + D) z = b for four word lines from ``i`` on, side by side to hide the latency of their recursions."""
    M = b.shape[1]
    step = 0 if r.shape[1] == 1 else 1
    n = c.shape[0] - 1
    i0, i1, i2, i3 = i, min(i + 1, n), min(i + 2, n), min(i + 3, n)
    b0, b1, b2, b3 = b[0], b[1], b[2], b[3]
    c0, c1, c2, c3 = c[i0], c[i1], c[i2], c[i3]
    z0, z1, z2, z3 = z[i0], z[i1], z[i2], z[i3]
    r0, r1, r2, r3 = r[i0], r[i1], r[i2], r[i3]
    s0, s1, s2, s3 = b0[0], b1[0], b2[0], b3[0]
    for j in range(1, M):
        s0, s1 = b0[j] + c0[j - 1] * s0, b1[j] + c1[j - 1] * s1
        s2, s3 = b2[j] + c2[j - 1] * s2, b3[j] + c3[j - 1] * s3
        b0[j], b1[j], b2[j], b3[j] = s0, s1, s2, s3
    s0, s1 = c0[M - 1] * end[i0] * s0, c1[M - 1] * end[i1] * s1
    s2, s3 = c2[M - 1] * end[i2] * s2, c3[M - 1] * end[i3] * s3
    z0[M - 1], z1[M - 1], z2[M - 1], z3[M - 1] = s0, s1, s2, s3
    for j in range(M - 2, -1, -1):  # written so that one operation waits for the one before it, not two
        k = (j + 1) * step
        s0, s1 = c0[j] * s0 + c0[j] * (r0[k] * b0[j]), c1[j] * s1 + c1[j] * (r1[k] * b1[j])
        s2, s3 = c2[j] * s2 + c2[j] * (r2[k] * b2[j]), c3[j] * s3 + c3[j] * (r3[k] * b3[j])
        z0[j], z1[j], z2[j], z3[j] = s0, s1, s2, s3


@njit(**PARALLEL)
def relax_rows(D, J, x, y, c, r, end):
    """Set x to the word lines' drops that go with y. Return x (W + D) x."""
    N, M = D.shape
    n_blocks = (N + 3) // 4
    sizes = np.zeros(n_blocks)
    for k in prange(n_blocks):
        b = np.empty((4, M))
        for q in range(4):
            i = min(4 * k + q, N - 1)
            for j in range(M):
                b[q, j] = D[i, j] * y[i, j] - J[i, j]
        _solve_four(b, c, r, end, x, 4 * k)
        for i in range(4 * k, min(4 * k + 4, N)):
            for j in range(M):
                sizes[k] += (D[i, j] * y[i, j] - J[i, j]) * x[i, j]
    return _total(sizes)


@njit(**PARALLEL)
def iterate_rows(residual, q, z, alpha, c, r, end):
    """Residual -= alpha q; z = (W + D)^-1 residual. Return residual z."""
    N, M = residual.shape
    n_blocks = (N + 3) // 4
    products = np.zeros(n_blocks)
    for k in prange(n_blocks):
        b = np.empty((4, M))
        for i in range(4 * k, min(4 * k + 4, N)):
            here, left, image = b[i - 4 * k], residual[i], q[i]
            for j in range(M):
                left[j] -= alpha * image[j]
                here[j] = left[j]
        for i in range(N, 4 * k + 4):
            b[i - 4 * k] = b[N - 1 - 4 * k]
        _solve_four(b, c, r, end, z, 4 * k)
        total = 0.0
        for i in range(4 * k, min(4 * k + 4, N)):
            left, fresh = residual[i], z[i]
            for j in range(M):
                total += left[j] * fresh[j]
        products[k] = total
    return _total(products)
