r"""Wire drops of a tile: the weights its lines show, in the place of those its cells hold.

A weight is a cell's conductance less that of a reference in the middle of the window, both read
through wires of their own. The solver of :mod:`acanthite.crossbar` gives what the lines show of all
cells, their effective conductance; by reciprocity it is the same from either side, so one matrix
serves forward and backward reads. Between two solutions each cell is taken to show the same share
of its conductance as in the last one: exact for what moved little, since what a line takes is a
matter of all the cells on it.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from acanthite.crossbar import Wires
from acanthite.errors import TrainingError
from acanthite.nn.engine.pulses import Array
from acanthite.synapse.base import Synapse

Floats = NDArray[np.float32]

MOVED = 0.05
"""Write pulses since the last solution, over the cells, from which on the array is solved again."""

_LEAST = 1e-3  # of the middle conductance: cells below are solved as if they had this one


class Drops:
    """What a tile's lines show of its cells.

    Parameters
    ----------
    wires : Wires
        Word lines are the inputs. Resistances only.
    array : Array
        The cells that the layer runs on.
    shape : tuple of int
        Input and output lines.
    synapse : Synapse
        Tells the window of conductance.
    window : float
        Weight of half of it. [1]

    Raises
    ------
    TrainingError
        If the wires leak.
    """

    def __init__(
        self, wires: Wires, array: Array, shape: tuple[int, int], synapse: Synapse, window: float
    ) -> None:
        if wires.word_leakage or wires.bit_leakage:
            raise TrainingError(
                f"wires: leakage of {max(wires.word_leakage, wires.bit_leakage):g} S; tiles have "
                f"resistances alone: set it to zero"
            )
        low = synapse.conductance_min
        high = synapse.conductance_max
        self._wires = wires
        self._array = array
        self._shape = shape
        self._middle = 0.5 * (low + high)
        self._unit = 0.5 * (high - low) / window
        self.share = np.zeros(shape, np.float32)
        self.solved_at = np.full(1, -1, np.int64)  # write pulses at the last solution; none yet
        self._seen: Floats | None = None

    @property
    def effective(self) -> Floats:
        """The weights that the lines show, shape (n_in, n_out)."""
        if self._seen is None:
            pulses = int(self._array.counts.sum())
            weights = self._array.weights.reshape(self._shape)
            if self.solved_at[0] < 0 or pulses - self.solved_at[0] > MOVED * weights.size:
                held = self._middle + self._unit * weights.astype(float)
                # a new array: gradients hold on to the one before
                self.share = _share(self._wires, held, self._middle)
                self.solved_at[0] = pulses
            middle = np.float32(self._middle / self._unit)
            reference = _reference(self._wires, self._shape, self._middle)
            self._seen = (self.share * (weights + middle) - reference * middle).astype(np.float32)
        return self._seen

    def moved(self) -> None:
        """Forget the weights seen: cells were pulsed or a state restored."""
        self._seen = None

    def written(self) -> None:
        """Know that all cells are others."""
        self._seen = None
        self.solved_at[0] = -1


def _share(wires: Wires, conductance: NDArray[np.float64], middle: float) -> Floats:
    """Return the share of its conductance that each cell shows. [1]"""
    solved = np.maximum(conductance, _LEAST * middle)
    return (wires.crossbar(solved).effective_conductance() / solved).astype(np.float32)


@lru_cache(maxsize=32)
def _reference(wires: Wires, shape: tuple[int, int], middle: float) -> Floats:
    return _share(wires, np.full(shape, middle), middle)
