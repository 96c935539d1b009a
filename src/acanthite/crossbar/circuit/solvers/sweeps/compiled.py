r"""Compiled loops of the sweeps along the lines, and conjugate gradients on what they leave.

With x the drops from the open-circuit potentials of word lines (x) and bit lines (y), J the current
each device would carry without drops and D the conductances,

.. math:: (W + D) x - D y = -J, \qquad (B + D) y - D x = J,

W and B being the wires. Each line is a ladder, eliminated from one end to the other by the
recursion of its input conductance, G' = G / (1 + r G): sums, products and quotients of positive
numbers only, so every factor is right to the last digits whatever the resistances, none and open
ones included. The bit lines are eliminated exactly; conjugate gradients run on what is left, S = W
+ D - D (B + D)^-1 D, preconditioned by the exact W + D. As the product of W + D with the search
direction follows from the residuals, an iteration is one sweep of the bit lines and one of the word
lines.

Work is split into blocks of lines whose partial sums are added in order: the bits do not depend on
the threads.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from acanthite.jit import load_numba, njit, prange

load_numba()  # else in the first solve

JIT: dict[str, Any] = {"cache": True, "error_model": "numpy", "fastmath": {"contract"}}
PARALLEL: dict[str, Any] = {**JIT, "parallel": True}
INNER: dict[str, Any] = {"inner": True}
"""Of kernels that only kernels call."""
RESTARTS = 8
ROUNDING = 1e-15
"""Part of the drops that unloaded currents would cause, below which a residual is rounding."""
LANES = 8
"""Rows that are factored side by side."""


@njit(**JIT, **INNER)
def _step(G, r):
    """Return 1 / (1 + r G), and the conductance G seen through a resistance r."""
    c = 1.0 / (1.0 + r * G)
    seen = c * G
    if np.inf == G:
        c, seen = 0.0, 1.0 / r
    if r == 0.0:
        c, seen = 1.0, G
    return c, seen


@njit(**JIT, **INNER)
def _inverses(values, low, high):
    """Return 1 / values[low:high], by a loop, which compiles faster."""
    inverses = np.zeros(high - low)
    for k in range(high - low):
        inverses[k] = 1.0 / values[low + k]
    return inverses


@njit(**JIT, **INNER)
def _totals(values):
    """Return the sums of the rows, in order: a parallel sum would be split over threads."""
    totals = np.zeros(values.shape[0])
    for k in range(values.shape[0]):
        for value in values[k]:
            totals[k] += value
    return totals


@njit(**PARALLEL)
def factor_rows(D, r, start, end, c):
    """Eliminate every row of D as a ladder; c[i, j] is the factor of the segment after node j.

    ``r`` (N, M + 1) or (N, 1) is the resistance of the segments, ``start`` and ``end`` (N,) those
    from the outer nodes to ground.
    """
    N, M = D.shape
    step = 0 if r.shape[1] == 1 else 1
    # so many side by side: a division waits for the one before it
    for k in prange((N + LANES - 1) // LANES):
        low, high = k * LANES, min((k + 1) * LANES, N)
        G = _inverses(start, low, high)
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
        G = _inverses(start, low, high)
        for i in range(N):
            factors, d = c[i, low:high], D[i, low:high]
            after = end[low:high] if i == N - 1 else r[(i + 1) * step, low:high]
            for j in range(high - low):
                factors[j], G[j] = _step(G[j] + d[j], after[j])


@njit(**PARALLEL, **INNER)
def relax_columns(D, J, x, y, residual, c, r, end, width):
    """Set y to the bit lines' drops that go with x; the residual to what is left to word lines."""
    N, M = D.shape
    step = 0 if r.shape[0] == 1 else 1
    for k in prange((M + width - 1) // width):
        low, high = k * width, min((k + 1) * width, M)
        s = np.zeros(high - low)
        for i in range(N):
            here = residual[i, low:high]
            d = D[i, low:high]
            load = J[i, low:high]
            drop = x[i, low:high]
            above = c[max(i - 1, 0), low:high]
            for j in range(high - low):
                s[j] = load[j] + d[j] * drop[j] + above[j] * s[j]
                here[j] = s[j]
        s[:] = 0.0
        for i in range(N - 1, -1, -1):
            here = residual[i, low:high]
            d = D[i, low:high]
            factors = c[i, low:high]
            drop = y[i, low:high]
            wire = end[low:high] if i == N - 1 else r[(i + 1) * step, low:high]
            for j in range(high - low):
                s[j] = factors[j] * (s[j] + wire[j] * here[j])
                here[j] = d[j] * (s[j] - drop[j])
                drop[j] = s[j]


@njit(**PARALLEL, **INNER)
def iterate_columns(D, x, residual, p, w, q, alpha, beta, c, r, end, width):
    """X += alpha p; p = z + beta p; w = (W + D) p; q = S p. Return p q by column; z was in q."""
    N, M = D.shape
    step = 0 if r.shape[0] == 1 else 1
    products = np.zeros(M)
    for k in prange((M + width - 1) // width):
        low, high = k * width, min((k + 1) * width, M)
        s, sums, a, b = np.zeros(high - low), np.zeros(high - low), alpha[low:high], beta[low:high]
        for i in range(N):
            drop = x[i, low:high]
            search = p[i, low:high]
            left = residual[i, low:high]
            image = w[i, low:high]
            here = q[i, low:high]
            d = D[i, low:high]
            above = c[max(i - 1, 0), low:high]
            for j in range(high - low):
                drop[j] += a[j] * search[j]
                search[j] = here[j] + b[j] * search[j]
                image[j] = left[j] + b[j] * image[j]
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
        for j in range(high - low):
            products[low + j] = sums[j]
    return products


@njit(**JIT, **INNER)
def _eliminate_four(b, c, i):
    """Eliminate four right sides of word lines in place, side by side to hide latency."""
    n = c.shape[0] - 1
    b0, b1, b2, b3 = b[0], b[1], b[2], b[3]
    c0, c1, c2, c3 = c[i], c[min(i + 1, n)], c[min(i + 2, n)], c[min(i + 3, n)]
    s0, s1, s2, s3 = b0[0], b1[0], b2[0], b3[0]
    for j in range(1, b.shape[1]):
        s0, s1 = b0[j] + c0[j - 1] * s0, b1[j] + c1[j - 1] * s1
        s2, s3 = b2[j] + c2[j - 1] * s2, b3[j] + c3[j - 1] * s3
        b0[j], b1[j], b2[j], b3[j] = s0, s1, s2, s3


@njit(**JIT, **INNER)
def _back_substitute_four(b, c, r, end, z, products, i):
    """Solve four eliminated word lines, from ``i``; set products of solution and right side.

    Each is the sum of what is eliminated, squared, over the pivots: no second look at the right
    sides, no negative term.
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
    # written so that one operation waits for the one before it, not two
    for j in range(M - 2, -1, -1):
        k = (j + 1) * step
        g0, g1 = c0[j] * (r0[k] * b0[j]), c1[j] * (r1[k] * b1[j])
        g2, g3 = c2[j] * (r2[k] * b2[j]), c3[j] * (r3[k] * b3[j])
        s0, s1, s2, s3 = g0 + c0[j] * s0, g1 + c1[j] * s1, g2 + c2[j] * s2, g3 + c3[j] * s3
        t0, t1, t2, t3 = t0 + g0 * b0[j], t1 + g1 * b1[j], t2 + g2 * b2[j], t3 + g3 * b3[j]
        z0[j], z1[j], z2[j], z3[j] = s0, s1, s2, s3
    products[i0], products[i1], products[i2], products[i3] = t0, t1, t2, t3


@njit(**PARALLEL, **INNER)
def relax_rows(D, J, x, y, c, r, end):
    """Set x to the word lines' drops that go with y. Return x (W + D) x of each."""
    N, M = D.shape
    products = np.zeros(N)
    for k in prange((N + 3) // 4):
        b = np.empty((4, M))
        for m in range(4):
            i = min(4 * k + m, N - 1)
            for j in range(M):
                b[m, j] = D[i, j] * y[i, j] - J[i, j]
        _eliminate_four(b, c, 4 * k)
        _back_substitute_four(b, c, r, end, x, products, 4 * k)
    return products


@njit(**PARALLEL, **INNER)
def iterate_rows(residual, q, alpha, c, r, end):
    """Residual -= alpha q; z = (W + D)^-1 residual, where q was. Return residual z of each row."""
    N, M = residual.shape
    products = np.zeros(N)
    for k in prange((N + 3) // 4):
        b = np.empty((4, M))
        for i in range(4 * k, min(4 * k + 4, N)):
            here, left, image, a = b[i - 4 * k], residual[i], q[i], alpha[i % alpha.size]
            for j in range(M):
                left[j] -= a * image[j]
                here[j] = left[j]
        for i in range(N, 4 * k + 4):
            for j in range(M):
                b[i - 4 * k, j] = b[N - 1 - 4 * k, j]
        _eliminate_four(b, c, 4 * k)
        _back_substitute_four(b, c, r, end, q, products, 4 * k)
    return products


@njit(**PARALLEL, **INNER)
def add_product(alpha, p, x):
    """X += alpha p, without an array for the product."""
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            x[i, j] += alpha[j] * p[i, j]


@njit(**PARALLEL)
def conduct(D, x, y, J):
    """J += D (x - y): currents with drops from those without; of several inputs, (P, N, M)."""
    for i in prange(D.shape[0]):
        for k in range(J.shape[0]):
            for j in range(D.shape[1]):
                J[k, i, j] += D[i, j] * (x[k, i, j] - y[k, i, j])


@njit(**JIT, **INNER)
def conjugate_gradients(D, x, residual, p, w, q, rz, goal, limit, word, bit, width):
    """Add the correction of the residual (z in q) to x until below the goal; return iterations.

    Each input, an entry of ``rz``, ``goal``, ``limit`` and the result, goes its own way; one that
    is there waits for the others.
    """
    (c_word, r_word, end_word), (c_bit, r_bit, end_bit) = word, bit
    n, P = D.shape[1] // rz.size, rz.size
    rows = residual.reshape(-1, n), q.reshape(-1, n)
    alpha, stretch, taken = np.zeros(P), np.zeros(P), np.zeros(P, np.int64)
    a, b = np.zeros(D.shape[1]), np.zeros(D.shape[1])
    on = limit > 0
    while on.any():
        products = iterate_columns(D, x, residual, p, w, q, a, b, c_bit, r_bit, end_bit, width)
        curvature = _totals(products.reshape(P, n))
        for k in range(P):
            on[k] &= curvature[k] > 0.0
            alpha[k] = rz[k] / curvature[k] if on[k] else 0.0
            # how much more than its size in z an error may have in x
            stretch[k] = max(stretch[k], alpha[k])
        new = _totals(iterate_rows(*rows, alpha, c_word, r_word, end_word).reshape(-1, P).T)
        for k in range(P):
            a[k * n : (k + 1) * n] = alpha[k]
            b[k * n : (k + 1) * n] = new[k] / rz[k] if on[k] else 0.0
            if on[k]:
                taken[k] += 1
                on[k] = new[k] * stretch[k] ** 2 > goal[k] and taken[k] < limit[k]
                rz[k] = new[k]
    add_product(a, p, x)
    return taken


@njit(**JIT, **INNER)
def _may_be_rounding(rz, goal, size, done, least):
    """Return whether an input is still short of the goal, and might be by rounding alone."""
    for k in range(rz.size):
        short = rz[k] > goal * size[k]
        if short and (done[k] > 0 or not size[k] > 0.0) and not least[k] > 0.0:
            return True
    return False


@njit(**JIT)
def solve(D, J, x, y, work, word, bit, width, n_inputs, tolerance, limit):
    """Relax the lines, then iterate to the tolerance; return relative residuals and iterations.

    Several inputs stand side by side, as (N, inputs, M): to the bit lines they are as many columns,
    to the word lines as many rows. They do not start again, as one would relax the others further
    than alone.
    """
    residual, p, q = work[0], work[1], work[2]
    (c_word, r_word, end_word), (c_bit, r_bit, end_bit) = word, bit
    P, n = n_inputs, D.shape[1] // n_inputs
    rows = D.reshape(-1, n), J.reshape(-1, n), x.reshape(-1, n), y.reshape(-1, n)
    still = np.zeros(P)
    least = np.zeros(P)
    goal = np.zeros(P)
    reached = np.zeros(P)
    done = np.zeros(P, np.int64)
    more = np.zeros(P, np.int64)
    best = np.full(P, np.inf)
    for _ in range(RESTARTS if P == 1 else 2):
        relax_columns(D, J, x, y, residual, c_bit, r_bit, end_bit, width)
        size = _totals(relax_rows(*rows, c_word, r_word, end_word).reshape(-1, P).T)
        relax_columns(D, J, x, y, residual, c_bit, r_bit, end_bit, width)
        z = q.reshape(-1, n)
        products = iterate_rows(residual.reshape(-1, n), z, still, c_word, r_word, end_word)
        rz = _totals(products.reshape(-1, P).T)
        if _may_be_rounding(rz, tolerance**2, size, done, least):
            load = rows[1].copy()
            caused = iterate_rows(load, np.zeros_like(load), still, c_word, r_word, end_word)
            least = _totals(caused.reshape(-1, P).T)
            for k in range(P):
                least[k] *= (ROUNDING / tolerance) ** 2
        for k in range(P):
            size[k] = max(size[k], least[k])
            reached[k] = 0.0
            if rz[k] > 0.0:
                reached[k] = np.sqrt(rz[k] / size[k]) if size[k] > 0.0 else np.inf
            goal[k] = tolerance**2 * size[k]
            on = reached[k] > tolerance and done[k] < limit and reached[k] < 0.5 * best[k]
            more[k] = limit - done[k] if on else 0
            best[k] = reached[k]
        if not more.any():
            break
        # writes on y, which the next relaxation finds again
        taken = conjugate_gradients(D, x, residual, p, y, q, rz, goal, more, word, bit, width)
        for k in range(P):
            done[k] += taken[k]
    return reached, done
