"""SGD on the device: gradient pulses straight on the weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from acanthite.jit import njit
from acanthite.nn.algorithms.base import Batch, Gradient, Tally, need_synapse, program
from acanthite.nn.algorithms.pulsed import Pulsed
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
from acanthite.nn.engine.pulses import BL_MAX, Array, Lines, array, lines
from acanthite.nn.engine.rng import Dice, dice
from acanthite.nn.engine.updates import change
from acanthite.random import generator
from acanthite.synapse.base import Synapse


class State(NamedTuple):
    """All that training changes, and the scratch beside it."""

    net: Net
    array: Array
    step: float
    lines: Lines
    dice: Dice


@dataclass(frozen=True)
class SGD(Pulsed):
    r"""Stochastic gradient descent by pulses on one array.

    A weight is one cell against a fixed reference conductance in the middle of the mean device's window, the same for
    all cells: :math:`w = w_{max} (2 (G - G_{min}) / (G_{max} - G_{min}) - 1)`. The whole window is used, and no cell is
    measured first: finding each cell's own symmetry point is the extra step that TTv2 takes and plain SGD does not.

    Parameters
    ----------
    rate : float
        :math:`\eta` of the first epoch; a weight is to move by :math:`-\eta x d`. [1]
    window : float
        :math:`w_{max}`, network weight of half the conductance window. [1]
    decay : float
        Factor on ``rate`` from one epoch to the next. [1]
    bl_max : int
        Longest pulse train of one update.
    pulses : str
        How updates are made: see :mod:`acanthite.nn.engine.updates`.
    """

    # best on 10,000 held-out training images, benchmarks/tune.py; see docs/training.md
    rate: float = 0.002
    window: float = 0.5
    decay: float = 0.6
    bl_max: int = BL_MAX

    @property
    def name(self) -> str:
        """Short name, as in tables."""
        return "sgd"

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> State:
        """Return a fresh state: devices drawn, random weights programmed (write and verify), streams at zero."""
        synapse = need_synapse(synapse, self.name)
        cells = synapse.cells(network.n_weights, generator(seed, f"nn.{self.name}.cells"))
        cells = cells.referred(0.0, self.window)
        step = self.window * synapse.step
        weights = array(cells, network.initial_weights(seed))
        stream = dice(seed, f"nn.{self.name}.pulses")
        return State(network.net(seed), weights, step, lines(network), stream)

    def run(self, state: State, batch: Batch, epoch: int) -> Tally:
        """Train on the samples of ``batch``, one by one."""
        rate = np.float32(self.rate * self.decay**epoch)
        loss, correct, pulses = _run(state, rate, np.float32(state.step), self.trains, *batch)
        return Tally(loss, correct, pulses, 0)

    def weights(self, state: State) -> NDArray[np.float32]:
        """Return the weights, shape (n_weights,)."""
        return state.array.weights

    def program(self, state: State, weights: NDArray[np.float32]) -> None:
        """Write weights, as near as the cells' bounds let them."""
        program(state.array, weights)

    def update(self, state: State, gradient: Gradient) -> None:
        """Train the one array of ``state`` with gradients computed elsewhere."""
        gradient.pulse(state.array, state.step)


@njit(**IN_PLACE)
def _run(state, rate, step, trains, images, labels, order):
    loss, correct, pulses = 0.0, 0, 0
    for k in order:
        load(images[k], state.net)
        forward(state.array.weights, state.net)
        correct += top(state.net) == labels[k]
        loss += backward(state.array.weights, state.net, labels[k])
        pulses += update_all(state.array, state.net, rate, step, trains, state.lines, state.dice)
    return loss, correct, pulses


@njit(**ONCE, fastmath=FAST)
def update_all(array, net, rate, step, trains, lines, dice):
    """Move every layer with its own inputs and errors; return the number of pulses."""
    layers, pulses = net.layers, 0
    for layer in range(layers.n_in.shape[0]):
        for k in range(n_pairs(net, layer)):
            x, d = pair(net, layer, k)
            pulses += change(
                array, layers.weight_offset[layer], x, d, rate, step, trains, lines, dice
            )
    return pulses
