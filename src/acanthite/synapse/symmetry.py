"""Symmetry-point shifting: alternating pulses drive each cell to where up and down cancel, and that becomes its zero.

References
----------
.. [1] H. Kim, M. Rasch, T. Gokmen et al., *Zero-shifting technique for deep neural network training on resistive
   cross-point arrays*, arXiv:1907.10228 (2019).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acanthite.synapse.base import Cells


@dataclass(frozen=True)
class Shift:
    """Cells driven to their symmetry points.

    Parameters
    ----------
    weights : ndarray of float32, shape (n_cells,)
        Where the cells stand at the end, in their own unit. [1]
    references : ndarray of float32, shape (n_cells,)
        Measured symmetry points: the mean of the reads. [1]
    path : ndarray of float32, shape (n_kept, n_cells)
        Reads after each pulse of the first ``keep`` cells, the start first. [1]
    n_pulses : int
        On all cells together.
    """

    weights: NDArray[np.float32]
    references: NDArray[np.float32]
    path: NDArray[np.float32]
    n_pulses: int


def shift(
    cells: Cells,
    start: NDArray[np.float32],
    generator: np.random.Generator,
    pairs: int = 100,
    average: int = 60,
    keep: int = 0,
) -> Shift:
    """Drive cells by alternating up and down pulses and read their symmetry points.

    Parameters
    ----------
    cells : Cells
    start : ndarray, shape (n_cells,)
        Weights before. [1]
    generator : numpy.random.Generator
        For the pulse noise.
    pairs : int
        Up-down pairs; each shrinks the distance to the symmetry point by (1 - s_up)(1 - s_down).
    average : int
        The reference is the mean of the reads after each pulse of this many last pairs: one read alone carries the
        noise of the last few pulses, which training would see as a gradient that never ends.
    keep : int
        How many cells to record the path of.
    """
    noise = np.float32(cells.noise)
    w = np.array(start, np.float32)
    path = [w[:keep].copy()]
    total = np.zeros(len(w), np.float64)
    for pair in range(pairs):
        for direction in (1, -1):
            factor = 1 + noise * generator.standard_normal(len(w), np.float32)
            step = cells.steps(w)[0 if direction > 0 else 1]
            w = np.clip(w + factor * step, cells.lower, cells.upper).astype(np.float32)
            path.append(w[:keep].copy())
            if pair >= pairs - average:
                total += w
    references = (total / (2 * min(average, pairs))).astype(np.float32)
    return Shift(w, references, np.array(path), 2 * pairs * len(w))
