"""Differential pairs of rows: two cells on a column, read with opposite voltages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from acanthite.crossbar.array_types import Shape
from acanthite.crossbar.arrays.conductance_range import ConductanceRange
from acanthite.crossbar.compute.mapping.base import Array, Mapping, signed_pairs
from acanthite.errors import CrossbarError


@dataclass(frozen=True)
class RowPairs(Mapping):
    """Rows 2k and 2k + 1 take plus and minus input k; the column adds, so no subtraction is needed.

    References
    ----------
    .. [1] Zhu *et al.* (2025), Sect. 2.4: plus to the HRS and minus to the LRS for a kernel value
       of -1.

    Examples
    --------
    >>> import numpy as np
    >>> mapping = ac.crossbar.RowPairs()
    >>> cells = ac.crossbar.ConductanceRange(lowest=0.0, highest=1e-6)
    >>> (mapping.encode(np.array([[0.5, -1.0]]), cells) / 1e-6).round(3).tolist()
    [[0.5], [0.0], [0.0], [1.0]]
    >>> mapping.drive(np.array([1.0, 2.0])).tolist()
    [1.0, -1.0, 2.0, -2.0]
    """

    def shape(self, outputs: int, inputs: int) -> Shape:
        """Return (2 inputs, outputs)."""
        return 2 * inputs, outputs

    def encode(self, weights: Array, cells: ConductanceRange) -> Array:
        """Return conductances [S], shape (2 inputs, outputs); a missing part is the lowest."""
        both = signed_pairs(weights, cells, axis=1)
        return both.reshape(-1, both.shape[-1])

    def drive(self, inputs: Array) -> Array:
        """Return each input and its negative, side by side."""
        x = np.asarray(inputs, float)
        return np.stack([x, -x], axis=-1).reshape(*x.shape[:-1], 2 * x.shape[-1])

    def combine(self, current: Array) -> Array:
        """Return the column currents themselves [A]."""
        return current


@dataclass(frozen=True)
class NormalisedPairs(RowPairs):
    """Pairs of rows in units of the first pair that holds a weight: (1, 1) of the paper's kernels.

    Whatever that pair came out at is what its weight means, so a factor common to all devices drops
    out, and the mismatch of this one pair goes into every output.

    Examples
    --------
    Where every cell comes out a fifth too high, the weights are right all the same:

    >>> import numpy as np
    >>> mapping, cells = ac.crossbar.NormalisedPairs(), ac.crossbar.ConductanceRange(0.0, 1e-6)
    >>> target = mapping.encode(np.array([[1.0, -0.5]]), cells)
    >>> ac.crossbar.held_weights(mapping, 1.2 * target, cells, target).round(3).tolist()
    [[1.0, -0.5]]
    """

    def unit(self, target: Array, made: Array, cells: ConductanceRange) -> float:
        """Return the conductance [S] of the first pair that holds a weight, over that weight.

        Raises
        ------
        CrossbarError
            If the pair holds nothing, as it is stuck.
        """
        wanted = (target[0::2] - target[1::2]).T
        held = np.argwhere(wanted)
        if held.size == 0:  # no weight at all: nothing to be in units of
            return cells.span
        output, k = held[0]
        real = made[2 * k, output] - made[2 * k + 1, output]
        if not real * wanted[output, k] > 0:
            raise CrossbarError(
                f"reference pair ({k + 1}, {output + 1}): {real:.3g} S instead of "
                f"{wanted[output, k]:.3g} S; it is stuck, choose another device or another mapping"
            )
        return cells.span * float(real / wanted[output, k])
