r"""The potential around the metal: Laplace's equation on the cells, relaxed from where it stood
before.

Finite volumes, one cell to a value, lateral edges joined. Metal and electrodes hold their potential
on a cell's *face*, half a cell from its centre, so their coupling counts twice:

.. math:: \phi_i = \sum_n c_n \phi_n \Big/ \sum_n c_n, \qquad c_n = 2 \text{ towards a conductor, else } 1

The potential is counted from the driven electrode and the metal (0) to the counter electrode (1).
Metal then adds nothing to the sum, and the counter electrode's ghost row holds 2; a cell needs one
multiplication by 1/sum(c).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.jit import njit

COUNTER = 2.0  # twice the counter electrode's potential
WINDOW = 6  # cells to either side that one event disturbs noticeably
_LOCAL_SWEEPS, _LOCAL_FACTOR = 4, 1.4


@njit(cache=True)
def start(phi, inverse):
    """Fill the padded potential and 1/sum(c) of a film without metal: a straight line between the
    plates.
    """
    rows, columns = phi.shape
    for r in range(rows):
        for c in range(columns):
            phi[r, c] = (r - 0.5) / (rows - 2)
            inverse[r, c] = 0.2 if r == 1 or r == rows - 2 else 0.25
    if rows == 3:
        inverse[1] = 1.0 / 6.0
    phi[0], phi[rows - 1] = 0.0, COUNTER
    inverse[0], inverse[rows - 1] = 0.0, 0.0


@njit(cache=True)
def refresh(inverse, metal, r, c):
    """Set 1/sum(c) of one cell anew."""
    rows, columns = metal.shape
    if r < 1 or r > rows - 2:
        return
    if metal[r, c]:
        inverse[r, c] = 0.0
        return
    solid = metal[r - 1, c] + metal[r, c - 1] + metal[r, (c + 1) % columns]
    solid += 1 if r == rows - 2 else metal[r + 1, c]
    inverse[r, c] = 1.0 / (4.0 + solid)


@njit(cache=True, inner=True)
def refresh_around(inverse, metal, r, c):
    """Set 1/sum(c) of a cell that changed and of its neighbours anew."""
    columns = metal.shape[1]
    refresh(inverse, metal, r, c)
    refresh(inverse, metal, r - 1, c)
    refresh(inverse, metal, r + 1, c)
    refresh(inverse, metal, r, (c - 1) % columns)
    refresh(inverse, metal, r, (c + 1) % columns)


@njit(cache=True, inner=True)
def relax_window(phi, inverse, row, column):
    """Relax the cells within :data:`WINDOW` of one that changed."""
    rows, columns = phi.shape
    low, high = max(1, row - WINDOW), min(rows - 2, row + WINDOW)
    half = min(WINDOW, (columns - 1) // 2)
    for _ in range(_LOCAL_SWEEPS):
        for r in range(low, high + 1):
            for k in range(column - half, column + half + 1):
                c = k % columns
                around = phi[r - 1, c] + phi[r + 1, c] + phi[r, c - 1] + phi[r, (c + 1) % columns]
                if inverse[r, c] == 0.0:
                    continue
                phi[r, c] += _LOCAL_FACTOR * (around * inverse[r, c] - phi[r, c])


@njit(cache=True)
def sweep(phi, inverse, factor):
    """Over-relax every cell once, red then black; return the largest change."""
    rows, columns = phi.shape
    largest = 0.0
    for colour in range(2):
        for r in range(1, rows - 1):
            for c in range((r + colour) % 2, columns, 2):
                if inverse[r, c] == 0.0:
                    continue
                right = c + 1 if c + 1 < columns else 0
                around = phi[r - 1, c] + phi[r + 1, c] + phi[r, c - 1] + phi[r, right]
                step = factor * (around * inverse[r, c] - phi[r, c])
                phi[r, c] += step
                largest = max(largest, abs(step))
    return largest


@njit(cache=True)
def relax(phi, inverse, tolerance, sweeps):
    """Over-relax until no cell changes by more than ``tolerance``; return how many sweeps it took."""
    factor = 2.0 / (1.0 + math.sin(math.pi / (phi.shape[0] - 1)))
    for k in range(sweeps):
        if sweep(phi, inverse, factor) <= tolerance:
            return k + 1
    return sweeps


def potential(metal: ArrayLike, tolerance: float = 1e-9) -> NDArray[np.float64]:
    """Return the potential of every cell, 0 on the driven electrode and the metal, 1 on the counter
    electrode.

    Parameters
    ----------
    metal : array_like of bool, shape (row, column)
        Row 0 lies on the driven electrode.
    tolerance : float
        Largest change of a cell in the last sweep. [1]

    Returns
    -------
    ndarray, shape (row, column)
        [1]
    """
    inside = np.asarray(metal, np.uint8)
    rows, columns = inside.shape
    padded = np.zeros((rows + 2, columns), np.uint8)
    padded[0], padded[1:-1] = 1, inside
    phi, inverse = np.empty(padded.shape), np.empty(padded.shape)
    start(phi, inverse)
    phi[1:-1][inside > 0] = 0.0
    for r in range(1, rows + 1):
        for c in range(columns):
            refresh(inverse, padded, r, c)
    relax(phi, inverse, tolerance, 100_000)
    return phi[1:-1]
