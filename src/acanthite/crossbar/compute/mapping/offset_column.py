"""One cell a weight, about a reference column in the middle of the range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from acanthite.crossbar.array_types import Shape
from acanthite.crossbar.arrays.conductance_range import ConductanceRange
from acanthite.crossbar.compute.mapping.base import Array, Mapping, as_weights
from acanthite.errors import CrossbarError


@dataclass(frozen=True)
class OffsetColumn(Mapping):
    """Weight zero is the middle level; a last column that holds it everywhere is subtracted.

    Half the cells of pairs, at half the conductance for a weight, and every error of the reference
    column goes into all outputs. With an even number of levels the highest is not used.

    Examples
    --------
    >>> import numpy as np
    >>> cells = ac.crossbar.ConductanceRange(lowest=0.0, highest=1e-6)
    >>> held = ac.crossbar.OffsetColumn().encode(np.array([[0.5, -1.0]]), cells)
    >>> (held / 1e-6).round(3).tolist()
    [[0.75, 0.5], [0.0, 0.5]]
    """

    def shape(self, outputs: int, inputs: int) -> Shape:
        """Return (inputs, outputs + 1)."""
        return inputs, outputs + 1

    def _middle(self, cells: ConductanceRange) -> float:
        """Return the fraction of the range of the reference column: half the range of weights."""
        if cells.levels is None:
            return 0.5
        if cells.levels < 3:
            raise CrossbarError(
                f"cells: levels = {cells.levels}; an offset column needs at least 3"
            )
        return ((cells.levels - 1) // 2) / (cells.levels - 1)

    def encode(self, weights: Array, cells: ConductanceRange) -> Array:
        """Return conductances [S], shape (inputs, outputs + 1)."""
        W = as_weights(weights).T
        return cells.at(self._middle(cells) * (1.0 + np.pad(W, ((0, 0), (0, 1)))))

    def combine(self, current: Array) -> Array:
        """Return all columns less the last [A]."""
        return current[..., :-1] - current[..., -1:]

    def unit(self, target: Array, made: Array, cells: ConductanceRange) -> float:
        """Return the conductance from the middle to the end of the range [S]."""
        return self._middle(cells) * cells.span
