"""Plain floating point: SGD without devices or pulses, as the reference of references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acanthite.jit import njit
from acanthite.nn.algorithms.base import Algorithm, Batch, Gradient, Tally
from acanthite.nn.engine.layout import Net, lay_out
from acanthite.nn.engine.native.options import IN_PLACE
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.passes import n_pairs, pair, pass_sample
from acanthite.synapse.base import Synapse


class State(NamedTuple):
    """Weights and scratch."""

    net: Net
    weights: np.ndarray


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

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> State:
        """Return a fresh state; there are no devices, so ``synapse`` plays no part."""
        return State(lay_out(network, seed), network.initial_weights(seed))

    def run(self, state: State, batch: Batch, epoch: int) -> Tally:
        """Train on the samples of ``batch``, one by one."""
        loss, correct = _run(state, np.float32(self.rate * self.decay**epoch), *batch)
        return Tally(loss, correct, 0, 0)

    def weights(self, state: State) -> NDArray[np.float32]:
        """Return the weights, shape (n_weights,)."""
        return state.weights

    def program(self, state: State, weights: NDArray[np.float32]) -> None:
        """Write weights; there are no bounds."""
        state.weights[:] = weights

    def update(self, state: State, gradient: Gradient) -> None:
        """Train the one array of ``state`` with gradients computed elsewhere."""
        w = state.weights.reshape(gradient.x.shape[1], gradient.d.shape[1])
        w -= np.float32(gradient.rate) * (gradient.x.T @ gradient.d)


@njit(**IN_PLACE)
def _run(state, rate, images, labels, order):
    loss, correct = 0.0, 0
    for k in order:
        sample_loss, right = pass_sample(state.weights, state.net, images[k], labels[k])
        loss += sample_loss
        correct += right
        _descend(state, rate)
    return loss, correct


@njit(**IN_PLACE)
def _descend(state, rate):
    layers = state.net.layers
    for layer in range(layers.n_in.shape[0]):
        for k in range(n_pairs(state.net, layer)):
            x, d = pair(state.net, layer, k)
            n_out = d.shape[0]
            for j in range(x.shape[0]):
                if x[j] != np.float32(0.0):
                    at = layers.weight_offset[layer] + j * n_out
                    row = state.weights[at : at + n_out]
                    for i in range(n_out):
                        row[i] -= rate * x[j] * d[i]
