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
RESTARTS = 8
ROUNDING = 1e-15
"""Part of the drops that the currents without drops would cause below which what is left of them is rounding."""
LANES = 8
"""Rows that are factored side by side."""


@njit(**JIT)
def _step(G, r):
    """Return 1 / (1 + r G), and the conductance G seen through a resistance r."""
    c = 1.0 / (1.0 + r * G)
    seen = c * G
    if np.inf == G:
        c, seen = 0.0, 1.0 / r
    if r == 0.0:
        c, seen = 1.0, G
    return c, seen


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
    step = 0 if r.shape[1] == 1 else 1
    for k in prange((N + LANES - 1) // LANES):  # so many side by side: a division waits for the one before it
        low, high = k * LANES, min((k + 1) * LANES, N)
        G = 1.0 / start[low:high]
        for j in range(M):
            for i in range(low, high):
                after = end[i] if j == M - 1 else r[i, (j + 1) * step]
                c[i, j], G[i - low] = _step(G[i - low] + D[i, j], after)


@njit(**PARALLEL)
def factor_columns(D, r, start, end, c, width):
    """As :func:`factor_rows` for every column; ``r`` is (N + 1, M) or (1, M)."""
    N, M = D.shape
    step = 0 if r.shape[0] == 1 else 1
    for k in prange((M + width - 1) // width):
        low, high = k * width, min((k + 1) * width, M)
        G = 1.0 / start[low:high]
        for i in range(N):
            factors, d = c[i, low:high], D[i, low:high]
            after = end[low:high] if i == N - 1 else r[(i + 1) * step, low:high]
            for j in range(high - low):
                factors[j], G[j] = _step(G[j] + d[j], after[j])


@njit(**PARALLEL)
def relax_columns(D, J, x, y, residual, c, r, end, width):
    """Set y to the bit lines' drops that go with x, and the residual to the current this leaves the word lines."""
    N, M = D.shape
    step = 0 if r.shape[0] == 1 else 1
    for k in prange((M + width - 1) // width):
        low, high = k * width, min((k + 1) * width, M)
        s = np.zeros(high - low)
        for i in range(N):
            here, d, load, drop = residual[i, low:high], D[i, low:high], J[i, low:high], x[i, low:high]
            above = c[max(i - 1, 0), low:high]
            for j in range(high - low):
                s[j] = load[j] + d[j] * drop[j] + above[j] * s[j]
                here[j] = s[j]
        s[:] = 0.0
        for i in range(N - 1, -1, -1):
            here, d, factors, drop = residual[i, low:high], D[i, low:high], c[i, low:high], y[i, low:high]
            wire = end[low:high] if i == N - 1 else r[(i + 1) * step, low:high]
            for j in range(high - low):
                s[j] = factors[j] * (s[j] + wire[j] * here[j])
                here[j] = d[j] * (s[j] - drop[j])
                drop[j] = s[j]


@njit(**PARALLEL)
def iterate_columns(D, x, residual, p, w, q, alpha, beta, c, r, end, width):
    """X += alpha p; p = z + beta p; w = (W + D) p; q = S p. Return p q. ``q`` holds z before."""
    N, M = D.shape
    step = 0 if r.shape[0] == 1 else 1
    products = np.zeros(M)
    for k in prange((M + width - 1) // width):
        low, high = k * width, min((k + 1) * width, M)
        s, sums = np.zeros(high - low), np.zeros(high - low)
        for i in range(N):
            drop, search, left, image = x[i, low:high], p[i, low:high], residual[i, low:high], w[i, low:high]
            here, d, above = q[i, low:high], D[i, low:high], c[max(i - 1, 0), low:high]
            for j in range(high - low):
                drop[j] += alpha * search[j]
                search[j] = here[j] + beta * search[j]
                image[j] = left[j] + beta * image[j]
                s[j] = d[j] * search[j] + above[j] * s[j]
                here[j] = s[j]
        s[:] = 0.0
        for i in range(N - 1, -1, -1):
            here, d, factors = q[i, low:high], D[i, low:high], c[i, low:high]
            search, image = p[i, low:high], w[i, low:high]
            wire = end[low:high] if i == N - 1 else r[(i + 1) * step, low:high]
            for j in range(high - low):
                s[j] = factors[j] * (s[j] + wire[j] * here[j])
                here[j] = image[j] - d[j] * s[j]
                sums[j] += search[j] * here[j]
        products[low:high] = sums
    return _total(products)


@njit(**JIT)
def _eliminate_four(b, c, i):
    """Eliminate four right sides in place, of the word lines from ``i`` on, side by side to hide the latency of their recursions."""
    n = c.shape[0] - 1
    b0, b1, b2, b3 = b[0], b[1], b[2], b[3]
    c0, c1, c2, c3 = c[i], c[min(i + 1, n)], c[min(i + 2, n)], c[min(i + 3, n)]
    s0, s1, s2, s3 = b0[0], b1[0], b2[0], b3[0]
    for j in range(1, b.shape[1]):
        s0, s1 = b0[j] + c0[j - 1] * s0, b1[j] + c1[j - 1] * s1
        s2, s3 = b2[j] + c2[j - 1] * s2, b3[j] + c3[j - 1] * s3
        b0[j], b1[j], b2[j], b3[j] = s0, s1, s2, s3


@njit(**JIT)
def _back_substitute_four(b, c, r, end, z, i):
    """Solve four eliminated word lines, from ``i`` on; return the product of solutions and right sides.

    It is the sum of what is eliminated, squared, over the pivots: no second look at the right sides, no negative term.
    """
    M = b.shape[1]
    step = 0 if r.shape[1] == 1 else 1
    n = c.shape[0] - 1
    i0, i1, i2, i3 = i, min(i + 1, n), min(i + 2, n), min(i + 3, n)
    b0, b1, b2, b3 = b[0], b[1], b[2], b[3]
    c0, c1, c2, c3 = c[i0], c[i1], c[i2], c[i3]
    z0, z1, z2, z3 = z[i0], z[i1], z[i2], z[i3]
    r0, r1, r2, r3 = r[i0], r[i1], r[i2], r[i3]
    g0, g1 = c0[M - 1] * (end[i0] * b0[M - 1]), c1[M - 1] * (end[i1] * b1[M - 1])
    g2, g3 = c2[M - 1] * (end[i2] * b2[M - 1]), c3[M - 1] * (end[i3] * b3[M - 1])
    s0, s1, s2, s3 = g0, g1, g2, g3
    t0, t1, t2, t3 = g0 * b0[M - 1], g1 * b1[M - 1], g2 * b2[M - 1], g3 * b3[M - 1]
    z0[M - 1], z1[M - 1], z2[M - 1], z3[M - 1] = s0, s1, s2, s3
    for j in range(M - 2, -1, -1):  # written so that one operation waits for the one before it, not two
        k = (j + 1) * step
        g0, g1 = c0[j] * (r0[k] * b0[j]), c1[j] * (r1[k] * b1[j])
        g2, g3 = c2[j] * (r2[k] * b2[j]), c3[j] * (r3[k] * b3[j])
        s0, s1, s2, s3 = g0 + c0[j] * s0, g1 + c1[j] * s1, g2 + c2[j] * s2, g3 + c3[j] * s3
        t0, t1, t2, t3 = t0 + g0 * b0[j], t1 + g1 * b1[j], t2 + g2 * b2[j], t3 + g3 * b3[j]
        z0[j], z1[j], z2[j], z3[j] = s0, s1, s2, s3
    return t0 + (t1 if i1 > i0 else 0.0) + (t2 if i2 > i1 else 0.0) + (t3 if i3 > i2 else 0.0)


@njit(**PARALLEL)
def relax_rows(D, J, x, y, c, r, end):
    """Set x to the word lines' drops that go with y. Return x (W + D) x."""
    N, M = D.shape
    sizes = np.zeros((N + 3) // 4)
    for k in prange(sizes.size):
        b = np.empty((4, M))
        for m in range(4):
            i = min(4 * k + m, N - 1)
            for j in range(M):
                b[m, j] = D[i, j] * y[i, j] - J[i, j]
        _eliminate_four(b, c, 4 * k)
        sizes[k] = _back_substitute_four(b, c, r, end, x, 4 * k)
    return _total(sizes)


@njit(**PARALLEL)
def iterate_rows(residual, q, alpha, c, r, end):
    """Residual -= alpha q; z = (W + D)^-1 residual, where q was. Return residual z."""
    N, M = residual.shape
    products = np.zeros((N + 3) // 4)
    for k in prange(products.size):
        b = np.empty((4, M))
        for i in range(4 * k, min(4 * k + 4, N)):
            here, left, image = b[i - 4 * k], residual[i], q[i]
            for j in range(M):
                left[j] -= alpha * image[j]
                here[j] = left[j]
        for i in range(N, 4 * k + 4):
            b[i - 4 * k] = b[N - 1 - 4 * k]
        _eliminate_four(b, c, 4 * k)
        products[k] = _back_substitute_four(b, c, r, end, q, 4 * k)
    return _total(products)


@njit(**PARALLEL)
def add_product(alpha, p, x):
    """X += alpha p, without an array for the product."""
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            x[i, j] += alpha * p[i, j]


@njit(**PARALLEL)
def conduct(D, x, y, J):
    """J += D (x - y): of the currents without drops those with them."""
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            J[i, j] += D[i, j] * (x[i, j] - y[i, j])


@njit(**JIT)
def conjugate_gradients(D, x, residual, p, w, q, rz, goal, limit, word, bit, width):
    """Add to x the correction of the residual, whose z is in q, until its error is below the goal; return the iterations taken."""
    alpha = beta = stretch = 0.0
    c, r, end = bit
    for done in range(1, limit + 1):
        curvature = iterate_columns(D, x, residual, p, w, q, alpha, beta, c, r, end, width)
        if not curvature > 0.0:
            return done
        alpha = rz / curvature
        stretch = max(stretch, alpha)  # how much more than its size in z an error may have in x
        before, rz = rz, iterate_rows(residual, q, alpha, *word)
        beta = rz / before
        if not rz * stretch**2 > goal:
            break
    add_product(alpha, p, x)
    return done


@njit(**JIT)
def solve(D, J, x, y, work, word, bit, width, tolerance, limit):
    """Relax the lines, then iterate, until the relative residual is below the tolerance; return it and the iterations taken."""
    residual, p, q = work[0], work[1], work[2]
    (c_word, r_word, end_word), (c_bit, r_bit, end_bit) = word, bit
    done, best, reached, least = 0, np.inf, np.inf, 0.0
    for _ in range(RESTARTS):
        relax_columns(D, J, x, y, residual, c_bit, r_bit, end_bit, width)
        size = relax_rows(D, J, x, y, c_word, r_word, end_word)
        relax_columns(D, J, x, y, residual, c_bit, r_bit, end_bit, width)
        rz = iterate_rows(residual, q, 0.0, c_word, r_word, end_word)
        if rz > tolerance**2 * size and (done > 0 or not size > 0.0) and not least:
            caused = iterate_rows(J.copy(), np.zeros_like(J), 0.0, c_word, r_word, end_word)
            least = (ROUNDING / tolerance) ** 2 * caused
        size = max(size, least)
        reached = 0.0 if not rz > 0.0 else np.sqrt(rz / size) if size > 0.0 else np.inf
        if reached <= tolerance or done >= limit or not reached < 0.5 * best:
            break
        best, goal = reached, tolerance**2 * size
        done += conjugate_gradients(  # writes on y, which the next relaxation finds again
            D, x, residual, p, y, q, rz, goal, limit - done, word, bit, width
        )
    return reached, done
