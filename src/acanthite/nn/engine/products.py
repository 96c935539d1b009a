"""Compiled products of an array and its inputs, forward and back, through the periphery."""

from __future__ import annotations

import numpy as np

from acanthite.jit import njit
from acanthite.nn.engine.native.columns import sum_columns
from acanthite.nn.engine.native.options import INLINED, ZERO
from acanthite.nn.engine.periphery import from_lines, to_lines


@njit(**INLINED)
def cross(w, count, z, nodes, periphery):
    """Read an array at the ``count`` inputs listed, as the lines around it let it."""
    if not periphery.on:
        sum_columns(w, nodes.active, nodes.active_values, count, z)
        return
    largest, norm_squared = to_lines(periphery, nodes.active_values[:count])
    sum_columns(w, nodes.active, nodes.active_values, count, z)
    from_lines(periphery, z, largest, norm_squared)


@njit(**INLINED)
def cross_back(w, d, e, periphery):
    """Read an array from its outputs: ``e = w @ d``, as the lines around it let it."""
    n_out = d.shape[0]
    if not periphery.on:
        for j in range(e.shape[0]):
            e[j] = _dot(w[j * n_out : (j + 1) * n_out], d)
        return
    largest, norm_squared = _drive_lines(d, periphery)
    for j in range(e.shape[0]):
        e[j] = _dot(w[j * n_out : (j + 1) * n_out], periphery.inputs[:n_out])
    from_lines(periphery, e, largest, norm_squared)


@njit(**INLINED)
def _drive_lines(d, periphery):
    """Put errors on the lines in ``periphery.inputs``; return what :func:`to_lines` does."""
    inputs = periphery.inputs[: d.shape[0]]
    for i in range(d.shape[0]):
        inputs[i] = d[i]
    return to_lines(periphery, inputs)


@njit(**INLINED)
def dot_columns(w, nodes, count, d, back):
    """Set ``back`` of the ``count`` lines listed to the product of their column and ``d``.

    Four columns at a time, so that ``d`` is read less often.
    """
    n = np.uint64(count)
    n_out = np.uint64(d.shape[0])
    whole = n - n % np.uint64(4)
    for a in range(np.uint64(0), whole, np.uint64(4)):
        _dot4(w, nodes.active, a, d, back)
    for a in range(whole, n):
        j = nodes.active[a] * n_out
        back[nodes.active[a]] = _dot(w[j : j + n_out], d)


@njit(inline="always", nogil=True)
def _dot4(w, active, k, d, back):
    n = np.uint64(d.shape[0])
    a, b, c, e = (
        active[k],
        active[k + np.uint64(1)],
        active[k + np.uint64(2)],
        active[k + np.uint64(3)],
    )
    p, q, r, s = n * a, n * b, n * c, n * e
    at_a, at_b, at_c, at_e = ZERO, ZERO, ZERO, ZERO
    for i in range(n):
        at_a += w[p + i] * d[i]
        at_b += w[q + i] * d[i]
        at_c += w[r + i] * d[i]
        at_e += w[s + i] * d[i]
    back[a], back[b], back[c], back[e] = at_a, at_b, at_c, at_e


@njit(**INLINED)
def mix(w, stride, count, lines, z):
    """Set ``z`` to the sum of ``count`` lines of its length, each times its weight.

    The weights are every ``stride``-th of ``w``.
    """
    n = z.shape[0]
    z[:] = ZERO
    for j in range(0, count - 3, 4):
        p, q, r, s = (
            lines[j * n :],
            lines[(j + 1) * n :],
            lines[(j + 2) * n :],
            lines[(j + 3) * n :],
        )
        at = j * stride
        _axpy4(w[at], w[at + stride], w[at + 2 * stride], w[at + 3 * stride], p, q, r, s, z)
    for j in range(count - count % 4, count):
        axpy(w[j * stride], lines[j * n : (j + 1) * n], z)


@njit(**INLINED)
def _axpy4(a, b, c, d, p, q, r, s, z):
    for i in range(z.shape[0]):
        z[i] += (a * p[i] + b * q[i]) + (c * r[i] + d * s[i])


@njit(**INLINED)
def axpy(a, x, y):
    """Add ``a x`` to ``y``, in place."""
    for i in range(y.shape[0]):
        y[i] += a * x[i]


@njit(**INLINED)
def _dot(x, y):
    total = ZERO
    for i in range(x.shape[0]):
        total += x[i] * y[i]
    return total
