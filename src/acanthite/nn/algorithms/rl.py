r"""RL (residual learning): Tiki-Taka whose fast array is part of the weights.

As TTv1, a read of A moves C by stochastic pulses at once, :math:`C \mathrel{+}= \beta A`; the network
runs on :math:`C + g A`, at rates within the bounds of :mod:`acanthite.nn.algorithms.residual`.

References
----------
.. [1] Z. Wu, Q. Xiao, T. Gokmen, O. Fagbohungbe, T. Chen, *NeurIPS* (2025), arXiv:2502.06309.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from acanthite.errors import TrainingError
from acanthite.nn.algorithms.base import RankOneGradients
from acanthite.nn.algorithms.residual import (
    check_bound,
    held,
    join_column,
    join_driven,
    pulse_bounded,
)
from acanthite.nn.algorithms.sample_loop import PulseKnobs, kernel_of, learn, pulse_cells
from acanthite.nn.algorithms.tiki_taka import (
    TikiTaka,
    TikiTakaState,
    read_due_columns,
    transfer_column,
)
from acanthite.nn.algorithms.ttv1 import TTv1
from acanthite.nn.engine.native.options import ONE
from acanthite.nn.engine.rng import take_normals


class RLKnobs(NamedTuple):
    """What the kernels take of the knobs."""

    gradients: PulseKnobs
    every: int
    transfers: PulseKnobs  # of C, in network units
    read_noise: np.float32
    gamma: np.float32  # in network units
    bound: np.float32


@dataclass(frozen=True, kw_only=True)
class ResidualLearning(TTv1):
    r"""Residual learning on two arrays of the same device.

    Parameters
    ----------
    rate : float
        :math:`\eta_A`, at most: the bound of each sample holds it down. [1]
    transfer_rate : float
        :math:`\beta`: a cell of C is to move by this times the read of A (both in half windows); at
        most ``gamma``. [1]
    decay, window, bl_max, pulses, transfer_every, read_noise, shift_pairs, shift_average
        As in :class:`~acanthite.nn.algorithms.ttv1.TTv1`.
    gamma : float
        :math:`\gamma`, weight of A in the network, over that of C. [1]
    bound : float
        How far a sample's update may go, over the way to where its own loss is least; below 2, see
        :mod:`acanthite.nn.algorithms.residual`. [1]

    Raises
    ------
    TrainingError
        If a transfer would hand over more than A holds, or the bound is none.

    Examples
    --------
    >>> residual = ac.nn.ResidualLearning(gamma=0.2)
    >>> residual.name, residual.bound
    ('rl', 1.0)
    """

    name: ClassVar[str] = "rl"
    may_be_zero: ClassVar[frozenset[str]] = TikiTaka.may_be_zero

    # best of a few on 10,000 held-out training images at four states; see docs/training.md
    transfer_rate: float = 0.02
    gamma: float = 0.05
    bound: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_bound(self)
        if self.transfer_rate > self.gamma:
            raise TrainingError(
                f"{type(self).__name__}: transfer_rate = {self.transfer_rate:g}; expected at most "
                f"gamma = {self.gamma:g}, which is all of the fast array that the network sees"
            )

    def update(self, state: TikiTakaState, gradients: RankOneGradients) -> None:
        """Pulse A with gradients computed elsewhere, then read the columns that are due."""
        super().update(state, held(gradients, float(self._gamma), self.bound))

    def knobs(self, state: TikiTakaState, epoch: int) -> Any:
        """Return what the kernels take of the knobs in an epoch."""
        return RLKnobs(*super().knobs(state, epoch), bound=np.float32(self.bound))


@kernel_of(learn, RLKnobs)
def _learn(state, knobs):
    joined = state.digital.joined
    pulses = pulse_bounded(state.fast, state, knobs.gradients, knobs.gamma, knobs.bound)
    join_driven(joined, state.slow.weights, state.fast.weights, knobs.gamma, state.net)
    moves, reads = read_due_columns(state, knobs)
    return pulses + moves, reads


@kernel_of(transfer_column, RLKnobs)
def _transfer(state, knobs, layer, column, first):
    n_out = state.net.layers.n_out[layer]
    noise = take_normals(state.rng, n_out)
    read = state.digital.column[:n_out]
    line = state.digital.column[n_out : n_out + 1]
    fast = state.fast.weights
    for i in range(n_out):
        read[i] = -(fast[first + i] + knobs.read_noise * state.rng.normals[noise + i])
    line[0] = ONE
    pulses = pulse_cells(state.slow, first, line, read, layer, state, knobs.transfers)
    join_column(state.digital.joined, state.slow.weights, fast, knobs.gamma, first, n_out)
    return pulses
