"""Compiled loops over lines that are tridiagonals, one a row or one a column of an array."""

from __future__ import annotations

from acanthite.jit import njit

_FLUSH = 1e-30
"""Added and taken away: leaves nothing of what is below 1e-46, as subnormal numbers are slow."""


@njit(cache=True, nogil=True)
def eliminate_rows(diagonal, off, pivots):
    """Fill ``pivots`` with the inverse pivots of a tridiagonal a row, off-diagonal ``off``."""
    for i in range(diagonal.shape[0]):
        pivots[i, 0] = 1.0 / diagonal[i, 0]
        for j in range(1, diagonal.shape[1]):
            pivots[i, j] = 1.0 / (diagonal[i, j] - off * off * pivots[i, j - 1])


@njit(cache=True, nogil=True)
def solve_rows(pivots, off, b, x):
    """Solve one tridiagonal a row, off-diagonals -``off``."""
    n, m = b.shape
    for i in range(n):
        x[i, 0] = b[i, 0] * pivots[i, 0]
        for j in range(1, m):
            x[i, j] = ((b[i, j] + off * x[i, j - 1]) * pivots[i, j] + _FLUSH) - _FLUSH
        for j in range(m - 2, -1, -1):
            x[i, j] = (x[i, j] + off * pivots[i, j] * x[i, j + 1] + _FLUSH) - _FLUSH


@njit(cache=True, nogil=True)
def eliminate_columns(diagonal, off, pivots):
    """Fill ``pivots`` with the inverse pivots of one tridiagonal a column."""
    for j in range(diagonal.shape[1]):
        pivots[0, j] = 1.0 / diagonal[0, j]
    for i in range(1, diagonal.shape[0]):
        for j in range(diagonal.shape[1]):
            pivots[i, j] = 1.0 / (diagonal[i, j] - off * off * pivots[i - 1, j])


@njit(cache=True, nogil=True)
def solve_columns(pivots, off, b, x):
    """Solve one tridiagonal a column, off-diagonals -``off``."""
    n, m = b.shape
    for j in range(m):
        x[0, j] = b[0, j] * pivots[0, j]
    for i in range(1, n):
        for j in range(m):
            x[i, j] = ((b[i, j] + off * x[i - 1, j]) * pivots[i, j] + _FLUSH) - _FLUSH
    for i in range(n - 2, -1, -1):
        for j in range(m):
            x[i, j] = (x[i, j] + off * pivots[i, j] * x[i + 1, j] + _FLUSH) - _FLUSH


@njit(cache=True, nogil=True)
def multiply_rows(diagonal, off, x, y):
    """Write the product of one tridiagonal a row with ``x`` into ``y``."""
    n, m = x.shape
    for i in range(n):
        for j in range(m):
            left = x[i, j - 1] if j > 0 else 0.0
            right = x[i, j + 1] if j < m - 1 else 0.0
            y[i, j] = diagonal[i, j] * x[i, j] - off * (left + right)


@njit(cache=True, nogil=True)
def dot(x, y):
    """Return the inner product; BLAS would wake its threads for it."""
    total = 0.0
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            total += x[i, j] * y[i, j]
    return total
