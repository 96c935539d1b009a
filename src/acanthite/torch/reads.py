"""Products of the rows of a batch with an array: those of few inputs, and the periphery's kernels
around any.
"""

from __future__ import annotations

import numpy as np

from acanthite.jit import njit
from acanthite.nn.engine.native.options import FAST
from acanthite.nn.engine.periphery import from_lines, to_lines

FEW = 1 / 3
"""Share of inputs that are not zero up to which a product goes through those alone."""


@njit(cache=True, nogil=True)
def share(x):
    """Return the share of ``x`` that is not zero."""
    n = 0
    for s in range(x.shape[0]):
        for j in range(x.shape[1]):
            n += x[s, j] != np.float32(0.0)
    return n / max(1, x.size)


@njit(cache=True, nogil=True, fastmath=FAST)
def product_of_few(x, weights, y):
    """Fill ``y``, shape (rows, n_out), with ``x @ weights``, at the cost of the inputs that are not
    zero.

    Parameters
    ----------
    x : ndarray of float32, shape (rows, n_in)
    weights : ndarray of float32, shape (n_in, n_out)
    y : ndarray of float32, shape (rows, n_out)
    """
    n_in, n_out = weights.shape
    at = np.zeros(n_in + 4, np.uint32)
    value = np.zeros(n_in + 4, np.float32)
    total = np.zeros(n_out, np.float32)
    for s in range(x.shape[0]):
        n = 0
        for j in range(n_in):  # without a branch: which inputs are zero cannot be foreseen
            at[n] = j
            n += x[s, j] != np.float32(0.0)
        for k in range(n):
            value[k] = x[s, at[k]]
        value[n : n + 4] = np.float32(0.0)
        total[:] = np.float32(0.0)
        for k in range(
            0, n, 4
        ):  # four lines at once: a total goes to memory and back a quarter as often
            a, b, c, e = at[k], at[k + 1], at[k + 2], at[k + 3]
            p, q, r, t = value[k], value[k + 1], value[k + 2], value[k + 3]
            for i in range(n_out):
                total[i] += (
                    p * weights[a, i] + q * weights[b, i] + r * weights[c, i] + t * weights[e, i]
                )
        for i in range(n_out):  # an assignment of slices compiles an error message, for seconds
            y[s, i] = total[i]


@njit(cache=True, nogil=True)
def keep(x, out):
    """Copy ``x``, shape (rows, n), into ``out``; return whether all of it is finite."""
    most = np.float32(3.4028235e38)
    n = 0
    for s in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[s, j] = x[s, j]
            n += abs(x[s, j]) <= most
    return n == x.size


@njit(cache=True, nogil=True)
def read_lines(periphery, x, inputs, top, norm):
    """Put the rows of ``x`` through their converter into ``inputs``; fill their largest magnitudes
    and norms squared.
    """
    for k in range(x.shape[0]):
        for j in range(x.shape[1]):
            inputs[k, j] = x[k, j]
        top[k], norm[k] = to_lines(periphery, inputs[k])


@njit(cache=True, nogil=True)
def write_lines(periphery, z, top, norm):
    """Add the noise of each read to its outputs, clip and convert them, in place."""
    for k in range(z.shape[0]):
        from_lines(periphery, z[k], top[k], norm[k])
