"""Differential pairs of columns: a weight is the difference of two cells on one row."""

from __future__ import annotations

from dataclasses import dataclass

from acanthite.crossbar.array_types import Shape
from acanthite.crossbar.arrays.conductance_range import ConductanceRange
from acanthite.crossbar.compute.mapping.base import Array, Mapping, signed_pairs


@dataclass(frozen=True)
class ColumnPairs(Mapping):
    """Columns 2k and 2k + 1 hold the positive and negative part of output k, subtracted.

    Examples
    --------
    >>> import numpy as np
    >>> cells = ac.crossbar.ConductanceRange(lowest=0.0, highest=1e-6)
    >>> held = ac.crossbar.ColumnPairs().encode(np.array([[0.5, -1.0]]), cells)
    >>> (held / 1e-6).round(3).tolist()
    [[0.5, 0.0], [0.0, 1.0]]
    """

    def shape(self, outputs: int, inputs: int) -> Shape:
        """Return (inputs, 2 outputs)."""
        return inputs, 2 * outputs

    def encode(self, weights: Array, cells: ConductanceRange) -> Array:
        """Return conductances [S], shape (inputs, 2 outputs); a missing part is the lowest."""
        both = signed_pairs(weights, cells, axis=-1)
        return both.reshape(len(both), -1)

    def combine(self, current: Array) -> Array:
        """Return the first less the second of each pair [A]."""
        return current[..., 0::2] - current[..., 1::2]
