r"""TTv1 (Tiki-Taka): gradients gather on a fast array, whose columns are read and pulsed onto the slow one.

There is no digital memory between the two, so every read moves C by stochastic pulses, noise and all. The network
runs on :math:`W = \gamma A + C`.

References
----------
.. [1] T. Gokmen, W. Haensch, *Front. Neurosci.* **14**, 103 (2020), :doi:`10.3389/fnins.2020.00103`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acanthite.jit import njit
from acanthite.nn.algorithms.base import Batch, Gradient, Tally, due, need_synapse, program
from acanthite.nn.algorithms.pulsed import Pulsed
from acanthite.nn.algorithms.sgd import update_all
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.dispatch import direct
from acanthite.nn.engine.native.options import IN_PLACE
from acanthite.nn.engine.network import FAST, Net, Network, backward, forward, load, top
from acanthite.nn.engine.pulses import BL_MAX, Array, Lines, array, lines
from acanthite.nn.engine.rng import Dice, dice, take_normals
from acanthite.nn.engine.updates import change
from acanthite.random import generator
from acanthite.synapse.base import Synapse
from acanthite.synapse.symmetry import shift


class State(NamedTuple):
    """All that training changes, and the scratch beside it."""

    net: Net
    fast: Array  # A
    slow: Array  # C
    joined: np.ndarray  # float32, shape (n_weights,): gamma A + C; C itself where gamma is zero
    column: np.ndarray  # float32: one read, its sign turned, and the 1 its line is driven with
    clock: (
        np.ndarray
    )  # int64, shape (1 + n_layers,): samples seen, then the next column of each layer
    step: float
    lines: Lines
    dice: Dice


@dataclass(frozen=True)
class TTv1(Pulsed):
    r"""Tiki-Taka on two arrays of the same device.

    Parameters
    ----------
    rate : float
        :math:`\eta_A` of the first epoch; a cell of A is to move by :math:`-\eta_A x d` (in half windows). [1]
    transfer_rate : float
        :math:`\eta_C`: a cell of C is to move by this times the read of A (both in half windows). [1]
    window : float
        Network weight of half the conductance window of C. [1]
    gamma : float
        :math:`\gamma`, weight of A in the network, over that of C. [1]
    transfer_every : int
        Samples between two column reads of a layer; the columns take turns.
    read_noise : float
        Standard deviation of one cell's column read, in half windows of A. [1]
    decay : float
        Factor on both rates from one epoch to the next. [1]
    bl_max : int
        Longest pulse train of one update.
    pulses : str
        How updates of A and C are made: see :mod:`acanthite.nn.engine.updates`.
    shift_pairs, shift_average : int
        As in :class:`~acanthite.nn.algorithms.ttv2.TTv2`.
    """

    _may_be_zero = ("read_noise", "gamma")

    # rate, transfer_rate, window, decay: best on 10,000 held-out training images, benchmarks/tune.py; see docs/training.md
    rate: float = 1.0
    transfer_rate: float = 0.05
    window: float = 0.3
    gamma: float = 0.0
    transfer_every: int = 1
    read_noise: float = 0.01
    decay: float = 0.7
    bl_max: int = BL_MAX
    shift_pairs: int = 100
    shift_average: int = 60

    @property
    def name(self) -> str:
        """Short name, as in tables."""
        return "ttv1"

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> State:
        """Return a fresh state: both arrays drawn, A shifted to its symmetry points, C programmed."""
        synapse = need_synapse(synapse, self.name)
        n = network.n_weights
        cells = synapse.cells(n, generator(seed, "nn.ttv1.fast-cells"))
        draw = generator(seed, "nn.ttv1.shift")
        moved = shift(cells, np.zeros(n, np.float32), draw, self.shift_pairs, self.shift_average)
        fast = array(cells.referred(moved.references, 1.0), moved.weights - moved.references)
        slow = array(
            synapse.cells(n, generator(seed, "nn.ttv1.slow-cells")).referred(0.0, self.window),
            network.initial_weights(seed),
        )
        joined = slow.weights
        if self.gamma > 0:
            joined = aligned.copy(
                slow.weights + np.float32(self.gamma * self.window) * fast.weights
            )
        return State(
            network.net(seed), fast, slow, joined, np.zeros(network.n_lines + 1, np.float32),
            np.zeros(1 + len(network.shapes), np.int64), synapse.step, lines(network),
            dice(seed, "nn.ttv1.pulses"),
        )  # fmt: skip

    def run(self, state: State, batch: Batch, epoch: int) -> Tally:
        """Train on the samples of ``batch``, one by one."""
        decay = self.decay**epoch
        knobs = (np.float32(self.rate * decay), np.float32(state.step), self.trains)
        return Tally(*_run(state, knobs, self._transfer(state, decay), *batch))

    def _transfer(self, state: State, decay: float) -> tuple[Any, ...]:
        f = np.float32
        return (
            self.transfer_every, f(self.transfer_rate * decay * self.window), f(self.window * state.step),
            f(self.read_noise), f(self.gamma * self.window),
        )  # fmt: skip

    def weights(self, state: State) -> NDArray[np.float32]:
        """Return gamma A + C, shape (n_weights,)."""
        return state.joined

    def program(self, state: State, weights: NDArray[np.float32]) -> None:
        """Write C, as near as its cells' bounds let it, so that gamma A + C are the weights."""
        gamma = np.float32(self.gamma * self.window)
        program(state.slow, weights - gamma * state.fast.weights)
        if gamma > 0:
            _join(state.joined, state.slow.weights, state.fast.weights, gamma)

    def update(self, state: State, gradient: Gradient) -> None:
        """Train the one array of ``state`` with gradients computed elsewhere; the transfer rate stays as it is."""
        gradient.pulse(state.fast, state.step)
        count = due(state.clock, gradient.samples, self.transfer_every)
        direct(_transfers, state.slow.rule, state, count, self.trains, self._transfer(state, 1.0))


@njit(**IN_PLACE)
def _run(state, knobs, transfer, images, labels, order):
    rate, step, trains = knobs
    loss, correct, pulses, reads = 0.0, 0, 0, 0
    net = state.net
    for k in order:
        load(images[k], net)
        forward(state.joined, net)
        correct += top(net) == labels[k]
        loss += backward(state.joined, net, labels[k])
        pulses += update_all(state.fast, net, rate, step, trains, state.lines, state.dice)
        state.clock[0] += 1
        if state.clock[0] % transfer[0] == 0:
            for layer in range(net.layers.n_in.shape[0]):
                pulses += _transfer(state, layer, trains, transfer)
                reads += 1
        if transfer[4] > np.float32(0.0):
            _join(state.joined, state.slow.weights, state.fast.weights, transfer[4])
    return loss, correct, pulses, reads


@njit(**IN_PLACE)
def _transfers(state, count, trains, transfer):
    for _ in range(count):
        _transfer(state, 0, trains, transfer)
    if transfer[4] > np.float32(0.0):
        _join(state.joined, state.slow.weights, state.fast.weights, transfer[4])


@njit(**IN_PLACE)
def _transfer(state, layer, trains, transfer):
    """Read the next column of A and pulse it onto C; return the number of pulses."""
    _, rate, smallest, read_noise, _ = transfer
    layers = state.net.layers
    n_in, n_out = layers.n_in[layer], layers.n_out[layer]
    column = state.clock[1 + layer]
    state.clock[1 + layer] = (column + 1) % n_in
    at = layers.weight_offset[layer] + column * n_out
    noise = take_normals(state.dice, n_out)
    read, one = state.column[:n_out], state.column[n_out : n_out + 1]
    for i in range(n_out):
        read[i] = -(state.fast.weights[at + i] + read_noise * state.dice.normals[noise + i])
    one[0] = np.float32(1.0)
    return change(state.slow, at, one, read, rate, smallest, trains, state.lines, state.dice)


@njit(**IN_PLACE, fastmath=FAST)
def _join(joined, slow, fast, gamma):
    for k in range(joined.shape[0]):
        joined[k] = slow[k] + gamma * fast[k]
