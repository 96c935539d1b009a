"""Plain floating point: SGD without devices or pulses, as the reference of references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from acanthite.jit import njit
from acanthite.nn.algorithms.base import Algorithm, RankOneGradients
from acanthite.nn.algorithms.sample_loop import kernel_of, learn
from acanthite.nn.array_types import Singles
from acanthite.nn.engine.layout import Net, lay_out
from acanthite.nn.engine.native.options import IN_PLACE, ZERO
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.passes import n_pairs, pair
from acanthite.synapse.base import Synapse


class FloatingPointState(NamedTuple):
    """Weights and scratch."""

    net: Net
    weights: np.ndarray


class FloatingPointKnobs(NamedTuple):
    """What the kernels take of the knobs."""

    rate: np.float32


@dataclass(frozen=True, kw_only=True)
class FloatingPoint(Algorithm):
    """Stochastic gradient descent, sample by sample, in float32.

    Parameters
    ----------
    rate, decay : float
        As in :class:`~acanthite.nn.algorithms.base.Algorithm`. [1]

    Examples
    --------
    >>> floating = ac.nn.FloatingPoint(rate=0.05, decay=0.9)
    >>> floating.name, floating.rate
    ('floating', 0.05)
    """

    name: ClassVar[str] = "floating"

    rate: float = 0.02

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> FloatingPointState:
        """Return a fresh state; there are no devices, so ``synapse`` plays no part."""
        return FloatingPointState(lay_out(network, seed), network.initial_weights(seed))

    def knobs(self, state: FloatingPointState, epoch: int) -> FloatingPointKnobs:
        """Return what the kernels take of the knobs in an epoch."""
        return FloatingPointKnobs(self.rate_in(epoch))

    def weights(self, state: FloatingPointState) -> Singles:
        """Return the weights, shape (n_weights,)."""
        return state.weights

    def program(self, state: FloatingPointState, weights: Singles) -> None:
        """Write weights; there are no bounds."""
        state.weights[:] = weights

    def update(self, state: FloatingPointState, gradients: RankOneGradients) -> None:
        """Train the one array of ``state`` with gradients computed elsewhere."""
        gradients.descend(state.weights)


@kernel_of(learn, FloatingPointKnobs)
def _learn(state, knobs):
    _descend(state, knobs.rate)
    return 0, 0


@njit(**IN_PLACE)
def _descend(state, rate):
    layers = state.net.layers
    for layer in range(layers.n_in.shape[0]):
        for k in range(n_pairs(state.net, layer)):
            x, d = pair(state.net, layer, k)
            n_out = d.shape[0]
            for j in range(x.shape[0]):
                if x[j] != ZERO:
                    at = layers.weight_offset[layer] + j * n_out
                    row = state.weights[at : at + n_out]
                    for i in range(n_out):
                        row[i] -= rate * x[j] * d[i]
