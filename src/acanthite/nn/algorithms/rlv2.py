r"""RLv2: residual learning through a digital low-pass, which takes the noise of reads off.

.. math:: H \leftarrow (1 - \beta) H + \beta (A + \xi), \qquad |H| \ge \theta: \text{ one pulse on }
   C, \; H \mathrel{-}= \pm \theta

The network runs on :math:`C + g A`, at rates within the bounds of
:mod:`acanthite.nn.algorithms.residual`.

References
----------
.. [1] Z. Wu, Q. Xiao, T. Gokmen, O. Fagbohungbe, T. Chen, *NeurIPS* (2025), arXiv:2502.06309.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from acanthite.jit import njit
from acanthite.nn.algorithms.base import RankOneGradients, program
from acanthite.nn.algorithms.residual import (
    check_bound,
    held,
    join_column,
    join_driven,
    pulse_bounded,
)
from acanthite.nn.algorithms.sample_loop import PulseKnobs, kernel_of, learn
from acanthite.nn.algorithms.tiki_taka import TikiTakaState, read_due_columns, transfer_column
from acanthite.nn.algorithms.ttv2 import Shares, TTv2, fire
from acanthite.nn.array_types import Singles
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.options import INLINED, ONE
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.pulses import Array
from acanthite.nn.engine.rng import take_normals


class RLv2Memory(NamedTuple):
    """What is held beside the arrays."""

    hidden: np.ndarray  # H: float32, shape (n_weights,), in steps of A
    shares: Shares
    joined: np.ndarray  # float32, shape (n_weights,): g A + C


class RLv2Knobs(NamedTuple):
    """What the kernels take of the knobs."""

    gradients: PulseKnobs
    every: int
    threshold: np.float32
    read_noise: np.float32
    forget: bool
    share: np.float32
    gamma: np.float32  # in network units
    bound: np.float32


@dataclass(frozen=True, kw_only=True)
class ResidualLearning2(TTv2):
    r"""Residual learning with a filter between two arrays of the same device.

    Parameters
    ----------
    rate : float
        :math:`\eta_A`, at most: the bound of each sample holds it down. [1]
    threshold : float
        :math:`\theta`: H at which a pulse goes to C, in steps of A. [1]
    share : float
        :math:`\beta`: share of a read in H, in (0, 1]. [1]
    decay : float
        Of ``share``, from one epoch to the next. [1]
    window, bl_max, pulses, transfer_every, read_noise, shift_pairs, shift_average, forget
        As in :class:`~acanthite.nn.algorithms.ttv2.TTv2`.
    gamma, bound
        As in :class:`~acanthite.nn.algorithms.rl.ResidualLearning`. [1]

    Raises
    ------
    TrainingError
        If the bound is none.

    Examples
    --------
    >>> residual = ac.nn.ResidualLearning2(gamma=0.2)
    >>> residual.name, residual.forget
    ('rlv2', False)
    """

    name: ClassVar[str] = "rlv2"
    runs_on_slow_alone: ClassVar[bool] = False
    at_most_one: ClassVar[frozenset[str]] = TTv2.at_most_one | {"share"}

    # best of a few on 10,000 held-out training images at four states; see docs/training.md
    window: float = 0.3
    threshold: float = 0.5
    forget: bool = False
    share: float = 0.02
    gamma: float = 0.05
    bound: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_bound(self)

    def start_digital(self, network: Network, fast: Array, slow: Array) -> RLv2Memory:
        """Return what is held beside the arrays, at its beginning: H is zero."""
        joined = aligned.copy(slow.weights + self._gamma * fast.weights)
        memory = super().start_digital(network, fast, slow)
        return RLv2Memory(memory.hidden, memory.shares, joined)

    @property
    def _gamma(self) -> np.float32:
        """Weight of A in the network, in network units."""
        return np.float32(self.gamma * self.window)

    def update(self, state: TikiTakaState, gradients: RankOneGradients) -> None:
        """Pulse A with gradients computed elsewhere, then read the columns that are due."""
        super().update(state, held(gradients, float(self._gamma), self.bound))

    def knobs(self, state: TikiTakaState, epoch: int) -> Any:
        """Return what the kernels take of the knobs in an epoch."""
        base = super().knobs(state, epoch)._replace(threshold=np.float32(self.threshold))
        share = np.float32(self.share * self.decay**epoch)
        return RLv2Knobs(*base, share=share, gamma=self._gamma, bound=np.float32(self.bound))

    def at_rate(self, factor: float) -> Self:
        """Return the algorithm learning ``factor`` times as fast, which the share sets."""
        return replace(self, share=min(self.share * factor, 1.0), decay=1.0)

    def weights(self, state: TikiTakaState) -> Singles:
        """Return g A + C, shape (n_weights,)."""
        return state.digital.joined

    def program(self, state: TikiTakaState, weights: Singles) -> None:
        """Write C, as near as its cells' bounds let it, so that g A + C are the weights."""
        program(state.slow, weights - self._gamma * state.fast.weights)
        self.join(state)

    def transfer(self, state: TikiTakaState, count: int) -> None:
        """Read the next ``count`` columns for C."""
        super().transfer(state, count)
        self.join(state)

    def join(self, state: TikiTakaState) -> None:
        """Set the weights the network runs on anew."""
        state.digital.joined[:] = state.slow.weights + self._gamma * state.fast.weights


@kernel_of(learn, RLv2Knobs)
def _learn(state, knobs):
    joined = state.digital.joined
    pulses = pulse_bounded(state.fast, state, knobs.gradients, knobs.gamma, knobs.bound)
    join_driven(joined, state.slow.weights, state.fast.weights, knobs.gamma, state.net)
    fired, reads = read_due_columns(state, knobs)
    return pulses + fired, reads


@kernel_of(transfer_column, RLv2Knobs)
def _transfer(state, knobs, layer, column, first):
    n_out = state.net.layers.n_out[layer]
    noise = take_normals(state.rng, n_out)
    fast = state.fast.weights
    _filter(
        state.digital.hidden[first : first + n_out],
        fast[first : first + n_out],
        state.rng.normals[noise : noise + n_out],
        knobs,
    )
    count = fire(state, knobs, layer, first)
    join_column(state.digital.joined, state.slow.weights, fast, knobs.gamma, first, n_out)
    return count


@njit(**INLINED)
def _filter(h, values, normals, knobs):
    per_step = ONE / knobs.gradients.step
    for i in range(h.shape[0]):
        read = (values[i] + knobs.read_noise * normals[i]) * per_step
        h[i] += knobs.share * (read - h[i])
