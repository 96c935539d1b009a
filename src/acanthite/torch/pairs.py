"""Rank-one pairs: the inputs and errors of some samples, as a tile is pulsed by them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acanthite.torch.reads import keep

Floats = NDArray[np.float32]


class Pair(NamedTuple):
    """Inputs and errors of some samples, in memory of their own."""

    x: Floats  # shape (rows, n_in)
    d: Floats  # shape (rows, n_out)
    samples: int  # how many samples the rows come from
    all_finite: bool  # whether inputs and errors are finite
    scale: float = 1.0  # what the gradient was multiplied by since
    share: Floats | None = (
        None  # shape (n_in, n_out): of each cell that the lines show, where there are wires
    )

    @property
    def finite(self) -> bool:
        """Whether all numbers in it are finite."""
        return self.all_finite and math.isfinite(self.scale)

    @property
    def errors(self) -> Floats:
        """The errors times what the gradient was multiplied by, shape (rows, n_out)."""
        return self.d if self.scale == 1.0 else self.d * np.float32(self.scale)

    def times(self, factor: float) -> Pair:
        """Return the pair of a gradient ``factor`` times as large."""
        return self if factor == 1.0 else self._replace(scale=self.scale * factor)


def joined(pairs: Sequence[Pair]) -> tuple[Floats, Floats, int]:
    """Return the inputs and the errors of pairs, one after the other, and of how many samples they
    are.
    """
    if len(pairs) == 1:
        return pairs[0].x, pairs[0].errors, pairs[0].samples
    if not pairs:
        return np.empty((0, 0), np.float32), np.empty((0, 0), np.float32), 0
    x, d = (np.concatenate(parts) for parts in ([p.x for p in pairs], [p.errors for p in pairs]))
    return x, d, sum(p.samples for p in pairs)


def pair(x: Floats, d: Floats, samples: int, share: Floats | None) -> Pair:
    """Return copies of inputs and errors: their memory may be used for others before the
    optimizer's step.
    """
    rows, x_finite = _copied(x)
    errors, d_finite = _copied(d)
    return Pair(rows, errors, samples, x_finite and d_finite, 1.0, share)


def _copied(x: Floats) -> tuple[Floats, bool]:
    copy = np.empty(x.shape, np.float32)
    return copy, keep(x if x.flags.c_contiguous else np.ascontiguousarray(x), copy)
