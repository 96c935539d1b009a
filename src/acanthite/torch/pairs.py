"""Rank-one pairs: the inputs and errors of some samples, as a tile is pulsed by them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acanthite.torch.reads import finite

Floats = NDArray[np.float32]


class Pair(NamedTuple):
    """Inputs and errors of some samples, in memory of their own."""

    x: Floats  # shape (rows, n_in)
    d: Floats  # shape (rows, n_out)
    samples: int  # how many samples the rows come from
    scale: float = 1.0  # what the gradient was multiplied by since
    share: Floats | None = (
        None  # shape (n_in, n_out): of each cell that the lines show, where there are wires
    )

    @property
    def finite(self) -> bool:
        """Whether all its numbers are."""
        return bool(np.isfinite(self.scale)) and finite(self.d) and finite(self.x)

    @property
    def errors(self) -> Floats:
        """The errors times what the gradient was multiplied by, shape (rows, n_out)."""
        return self.d if self.scale == 1.0 else self.d * np.float32(self.scale)

    def times(self, factor: float) -> Pair:
        """Return the pair of a gradient ``factor`` times as large."""
        return self if factor == 1.0 else self._replace(scale=self.scale * factor)
