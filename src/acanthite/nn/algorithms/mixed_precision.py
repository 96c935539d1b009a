r"""Mixed precision: gradients add up in digital memory, and the device is pulsed where a whole step has come together.

References
----------
.. [1] S. R. Nandakumar et al., *Front. Neurosci.* **14**, 406 (2020), :doi:`10.3389/fnins.2020.00406`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acanthite.jit import njit
from acanthite.nn.algorithms.base import Batch, Gradient, Positive, Tally, need_synapse, program
from acanthite.nn.engine.native.dispatch import direct
from acanthite.nn.engine.native.options import IN_PLACE, ONCE
from acanthite.nn.engine.network import (
    FAST,
    Net,
    Network,
    backward,
    forward,
    load,
    n_pairs,
    pair,
    top,
)
from acanthite.nn.engine.pulses import Array, array, pulse
from acanthite.nn.engine.rng import Dice, dice, take_normals
from acanthite.random import generator
from acanthite.synapse.base import Synapse


class State(NamedTuple):
    """All that training changes, and the scratch beside it."""

    net: Net
    array: Array
    waiting: (
        np.ndarray
    )  # float32, shape (n_weights,): what the cells have still to move by, in network units
    step: float  # in network units
    dice: Dice


@dataclass(frozen=True)
class MixedPrecision(Positive):
    r"""SGD with a digital accumulator in front of the array.

    Parameters
    ----------
    rate : float
        :math:`\eta` of the first epoch; a weight is to move by :math:`-\eta x d`. [1]
    window : float
        Network weight of half the conductance window. [1]
    decay : float
        Factor on ``rate`` from one epoch to the next. [1]
    """

    # best on 10,000 held-out training images, benchmarks/tune.py; see docs/training.md
    rate: float = 0.01
    window: float = 0.3
    decay: float = 0.7

    @property
    def name(self) -> str:
        """Short name, as in tables."""
        return "mixed-precision"

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> State:
        """Return a fresh state: devices drawn, random weights programmed, nothing waiting."""
        synapse = need_synapse(synapse, self.name)
        cells = synapse.cells(network.n_weights, generator(seed, f"nn.{self.name}.cells"))
        weights = array(cells.referred(0.0, self.window), network.initial_weights(seed))
        waiting = np.zeros(network.n_weights, np.float32)
        stream = dice(seed, f"nn.{self.name}.pulses")
        return State(network.net(seed), weights, waiting, self.window * synapse.step, stream)

    def run(self, state: State, batch: Batch, epoch: int) -> Tally:
        """Train on the samples of ``batch``, one by one."""
        rate = np.float32(self.rate * self.decay**epoch)
        loss, correct, pulses = _run(state, rate, np.float32(state.step), *batch)
        return Tally(loss, correct, pulses, 0)

    def weights(self, state: State) -> NDArray[np.float32]:
        """Return the weights, shape (n_weights,)."""
        return state.array.weights

    def program(self, state: State, weights: NDArray[np.float32]) -> None:
        """Write weights, as near as the cells' bounds let them; nothing waits any more."""
        program(state.array, weights)
        state.waiting[:] = 0

    def update(self, state: State, gradient: Gradient) -> None:
        """Train the one array of ``state``: all gradients are added up before cells are pulsed."""
        waiting = state.waiting.reshape(gradient.x.shape[1], gradient.d.shape[1])
        waiting -= np.float32(gradient.rate) * (gradient.x.T @ gradient.d)
        direct(_fire, state.array.rule, state, 0, state.waiting, np.float32(state.step))


@njit(**IN_PLACE)
def _run(state, rate, step, images, labels, order):
    loss, correct, pulses = 0.0, 0, 0
    for k in order:
        load(images[k], state.net)
        forward(state.array.weights, state.net)
        correct += top(state.net) == labels[k]
        loss += backward(state.array.weights, state.net, labels[k])
        pulses += _update(state, rate, step)
    return loss, correct, pulses


@njit(**ONCE)
def _update(state, rate, step):
    layers, pulses = state.net.layers, 0
    for layer in range(layers.n_in.shape[0]):
        for k in range(n_pairs(state.net, layer)):
            x, d = pair(state.net, layer, k)
            n_out = d.shape[0]
            for j in range(x.shape[0]):
                if x[j] != np.float32(0.0):
                    at = layers.weight_offset[layer] + j * n_out
                    waiting = state.waiting[at : at + n_out]
                    if _add(waiting, d, rate * x[j], step) > 0:
                        pulses += _fire(state, at, waiting, step)
    return pulses


@njit(**ONCE, fastmath=FAST)
def _add(waiting, d, factor, step):
    """Add a gradient; return in how many cells a whole step waits."""
    due = np.int32(0)
    for i in range(d.shape[0]):
        waiting[i] -= factor * d[i]
        due += np.int32(abs(waiting[i]) >= step)
    return due


@njit(**IN_PLACE)
def _fire(state, at, waiting, step):
    """Pulse the cells of one line where whole steps wait, and take them off; return the number of pulses."""
    count = 0
    for i in range(waiting.shape[0]):
        sign = np.float32(1.0) if waiting[i] > np.float32(0.0) else np.float32(-1.0)
        while abs(waiting[i]) >= step:
            waiting[i] -= sign * step
            pulse(state.array, at + i, sign, state.dice.normals[take_normals(state.dice, 1)])
            state.array.counts[0 if sign > np.float32(0.0) else 1] += 1
            count += 1
    return count
