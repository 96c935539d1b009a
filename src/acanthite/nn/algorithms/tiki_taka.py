"""Base of the Tiki-Taka family: a fast array A gathers gradients, read by columns for a slow C.

The zero of each cell of A is its own symmetry point, found beforehand by alternating pulses, so a
gradient of zero mean leaves A, on average, at zero. The algorithms differ in what becomes of a
column read.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import TrainingError
from acanthite.nn.algorithms.base import Gradient, Pulsed
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.pulses import Array, array
from acanthite.random import generator
from acanthite.synapse.base import Cells, Synapse
from acanthite.synapse.symmetry import shift


@dataclass(frozen=True, kw_only=True)
class TikiTaka(Pulsed):
    r"""Two arrays of the same device, A and C.

    Parameters
    ----------
    rate : float
        :math:`\eta_A`; a cell of A is to move by :math:`-\eta_A x d` (in half windows). [1]
    decay : float
        Of the rate at which C learns, from one epoch to the next. [1]
    window : float
        Network weight of half the conductance window of C. [1]
    bl_max, pulses
        As in :class:`~acanthite.nn.algorithms.base.Pulsed`.
    transfer_every : int
        Samples between two column reads of a layer; the columns take turns.
    read_noise : float
        Standard deviation of one cell's column read, in half windows of A. [1]
    shift_pairs, shift_average : int
        Up-down pairs that drive A to its symmetry points, and how many of the last are read for the
        reference.
    """

    may_be_zero: ClassVar[frozenset[str]] = frozenset({"read_noise"})

    decay: float = 0.7
    transfer_every: int = 1
    read_noise: float = 0.01
    shift_pairs: int = 100
    shift_average: int = 60

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.shift_average > self.shift_pairs:
            raise TrainingError(
                f"{type(self).__name__}: shift_average = {self.shift_average}; "
                f"expected at most shift_pairs = {self.shift_pairs}"
            )

    def fast_and_slow(
        self, network: Network, synapse: Synapse | None, seed: int
    ) -> tuple[Array, Array]:
        """Return A, ready to take gradients, and C with the initial weights."""
        n = network.n_weights
        drawn = self.device(synapse).cells(n, generator(seed, f"nn.{self.name}.fast-cells"))
        fast = array(*self.zeroed(drawn, n, seed))
        return fast, self.cells(network, synapse, seed, "slow-cells")

    def zeroed(self, drawn: Cells, n: int, seed: int) -> tuple[Cells, NDArray[np.float32]]:
        """Return the ``n`` cells of A, zero at their symmetry points, and their weights."""
        draw = generator(seed, f"nn.{self.name}.shift")
        middle = np.zeros(n, np.float32)
        moved = shift(drawn, middle, draw, self.shift_pairs, self.shift_average)
        return drawn.referred(moved.references, 1.0), moved.weights - moved.references

    def weights(self, state: Any) -> NDArray[np.float32]:
        """Return C, shape (n_weights,)."""
        return state.slow.weights

    def update(self, state: Any, gradient: Gradient) -> None:
        """Pulse A with gradients computed elsewhere, then read the columns that are due."""
        gradient.pulse(state.fast, state.step)
        before = int(state.clock[0]) // self.transfer_every
        state.clock[0] += gradient.samples
        self.transfer(state, int(state.clock[0]) // self.transfer_every - before)

    @abstractmethod
    def transfer(self, state: Any, count: int) -> None:
        """Read the next ``count`` columns for C, with the knobs of the first epoch."""

    @property
    def update_window(self) -> float:
        """The rate is in half windows of A. [1]"""
        return 1.0

    def adapted_to(self, synapse: Synapse) -> Self:
        """Return the algorithm, its tuned knobs adapted to a device of far smaller steps.

        Beside the rate, the pairs of pulses to the symmetry point: no fewer than take a cell
        through its window.
        """
        pairs = max(self.shift_pairs, math.ceil(2.0 / synapse.step))
        return replace(super().adapted_to(synapse), shift_pairs=pairs)

    def for_step(self, ratio: float) -> Self:
        """Return the algorithm for another step: as many pulses on A, weights as fast."""
        return replace(self, rate=self.rate * ratio)

    @property
    def column_noise(self) -> float:
        """Standard deviation of one cell's column read, in half windows. [1]"""
        return self.read_noise

    def with_column_noise(self, noise: float) -> Self:
        """Return the algorithm with other noise of its column reads."""
        return replace(self, read_noise=noise)
