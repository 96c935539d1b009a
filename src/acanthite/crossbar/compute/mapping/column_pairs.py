"""Differential pairs of columns: a weight is the difference of two cells on one row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from acanthite.crossbar.arrays.conductance_range import ConductanceRange
from acanthite.crossbar.compute.mapping.base import Array, as_weights


@dataclass(frozen=True)
class ColumnPairs:
    """Columns 2k and 2k + 1 hold the positive and negative part of output k, subtracted.

    Examples
    --------
    >>> import numpy as np
    >>> cells = ac.crossbar.ConductanceRange(lowest=0.0, highest=1e-6)
    >>> held = ac.crossbar.ColumnPairs().encode(np.array([[0.5, -1.0]]), cells)
    >>> (held / 1e-6).round(3).tolist()
    [[0.5, 0.0], [0.0, 1.0]]
    """

    def shape(self, outputs: int, inputs: int) -> tuple[int, int]:
        """Return (inputs, 2 outputs)."""
        return inputs, 2 * outputs

    def encode(self, weights: Array, cells: ConductanceRange) -> Array:
        """Return conductances [S], shape (inputs, 2 outputs); a missing part is the lowest."""
        W = as_weights(weights).T
        both = np.stack([np.maximum(W, 0.0), np.maximum(-W, 0.0)], axis=-1)
        return cells.at(both).reshape(W.shape[0], -1)

    def drive(self, inputs: Array) -> Array:
        """Return the inputs themselves."""
        return np.asarray(inputs, float)

    def combine(self, current: Array) -> Array:
        """Return the first less the second of each pair [A]."""
        return current[..., 0::2] - current[..., 1::2]

    def unit(self, target: Array, made: Array, cells: ConductanceRange) -> float:
        """Return the span of the cells [S]."""
        return cells.span
