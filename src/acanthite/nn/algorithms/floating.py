"""Plain floating point: SGD without devices or pulses, as the reference of references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from acanthite.nn.algorithms.base import Batch, Positive, Tally
from acanthite.nn.network import FAST, Layers, Network, Nodes, backward, forward, load, top
from acanthite.synapse.base import Synapse


class State(NamedTuple):
    """Weights and scratch."""

    layers: Layers
    nodes: Nodes
    weights: np.ndarray


@dataclass(frozen=True)
class FloatingPoint(Positive):
    r"""Stochastic gradient descent, sample by sample, in float32.

    Parameters
    ----------
    rate : float
        :math:`\eta` of the first epoch. [1]
    decay : float
        Factor on ``rate`` from one epoch to the next. [1]
    """

    rate: float = 0.02
    decay: float = 1.0

    @property
    def name(self) -> str:
        """Short name, as in tables."""
        return "floating"

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> State:
        """Return a fresh state; there are no devices, so ``synapse`` plays no part."""
        return State(network.layers(), network.nodes(), network.initial_weights(seed))

    def run(self, state: State, batch: Batch, epoch: int) -> Tally:
        """Train on the samples of ``batch``, one by one."""
        loss, correct = _run(state, np.float32(self.rate * self.decay**epoch), *batch)
        return Tally(loss, correct, 0, 0)

    def weights(self, state: State) -> NDArray[np.float32]:
        """Return the weights, shape (n_weights,)."""
        return state.weights


@njit(cache=True, nogil=True)
def _run(state, rate, images, labels, order):
    loss, correct = 0.0, 0
    for k in order:
        n_active = load(images[k], state.nodes)
        forward(state.weights, state.layers, state.nodes, n_active)
        correct += top(state.layers, state.nodes) == labels[k]
        loss += backward(state.weights, state.layers, state.nodes, labels[k])
        _descend(state, rate)
    return loss, correct


@njit(cache=True, nogil=True, fastmath=FAST)
def _descend(state, rate):
    layers, nodes = state.layers, state.nodes
    for layer in range(layers.widths.shape[0] - 1):
        n_out = layers.widths[layer + 1]
        first, second = layers.node_offset[layer], layers.node_offset[layer + 1]
        d = nodes.errors[second : second + n_out]
        for j in range(layers.widths[layer] + 1):
            x = nodes.values[first + j]
            if x != np.float32(0.0):
                at = layers.weight_offset[layer] + j * n_out
                row = state.weights[at : at + n_out]
                for i in range(n_out):
                    row[i] -= rate * x * d[i]
