r"""TTv1 (Tiki-Taka): gradients gather on a fast array, whose columns are read and pulsed onto the slow one.

There is no digital memory between the two, so every read moves C by stochastic pulses, noise and
all. The network runs on :math:`W = \gamma A + C`.

References
----------
.. [1] T. Gokmen, W. Haensch, *Front. Neurosci.* **14**, 103 (2020), :doi:`10.3389/fnins.2020.00103`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acanthite.jit import njit
from acanthite.nn.algorithms.base import Batch, Tally, program
from acanthite.nn.algorithms.sgd import update_all
from acanthite.nn.algorithms.tiki_taka import TikiTaka
from acanthite.nn.engine.layout import Net, lay_out
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.dispatch import call_kernel
from acanthite.nn.engine.native.options import IN_PLACE
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.passes import pass_sample
from acanthite.nn.engine.pulses import Array, Lines, lines
from acanthite.nn.engine.rng import Rng, make_rng, take_normals
from acanthite.nn.engine.updates import change
from acanthite.synapse.base import Synapse


class State(NamedTuple):
    """All that training changes, and the scratch beside it."""

    net: Net
    fast: Array  # A
    slow: Array  # C
    joined: np.ndarray  # float32, shape (n_weights,): gamma A + C; C itself where gamma is zero
    column: np.ndarray  # float32: one read, its sign turned, and the 1 its line is driven with
    # int64, shape (1 + n_layers,): samples seen, then the next column of each layer
    clock: np.ndarray
    step: float
    lines: Lines
    rng: Rng


class Transfer(NamedTuple):
    """What the kernels take of the knobs for column reads."""

    every: int
    rate: np.float32  # in network units
    smallest: np.float32  # mean step of C, in network units
    read_noise: np.float32
    gamma: np.float32  # in network units


@dataclass(frozen=True, kw_only=True)
class TTv1(TikiTaka):
    r"""Tiki-Taka on two arrays of the same device.

    Parameters
    ----------
    rate, decay, window, bl_max, pulses, transfer_every, read_noise, shift_pairs, shift_average
        As in :class:`~acanthite.nn.algorithms.tiki_taka.TikiTaka`; ``decay`` is that of both rates,
        ``pulses`` how A and C are updated.
    transfer_rate : float
        :math:`\eta_C`: a cell of C is to move by this times the read of A (both in half windows). [1]
    gamma : float
        :math:`\gamma`, weight of A in the network, over that of C. [1]

    Examples
    --------
    >>> tiki_taka = ac.nn.TTv1(rate=0.5, gamma=0.1)
    >>> tiki_taka.name, tiki_taka.transfer_rate
    ('ttv1', 0.05)
    """

    name: ClassVar[str] = "ttv1"
    may_be_zero: ClassVar[frozenset[str]] = frozenset({"read_noise", "gamma"})

    # rate, transfer_rate, window, decay: best on 10,000 held-out training images,
    # benchmarks/tune.py; see docs/training.md
    rate: float = 1.0
    transfer_rate: float = 0.05
    window: float = 0.3
    gamma: float = 0.0

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> State:
        """Return a fresh state: A at its symmetry points, C programmed."""
        fast, slow = self.fast_and_slow(network, synapse, seed)
        joined = slow.weights
        if self.gamma > 0:
            joined = aligned.copy(slow.weights + self._gamma * fast.weights)
        return State(
            net=lay_out(network, seed),
            fast=fast,
            slow=slow,
            joined=joined,
            column=np.zeros(network.n_lines + 1, np.float32),
            clock=np.zeros(1 + len(network.shapes), np.int64),
            step=self.device(synapse).step,
            lines=lines(network),
            rng=make_rng(seed, "nn.ttv1.pulses"),
        )

    @property
    def _gamma(self) -> np.float32:
        """Weight of A in the network, in network units."""
        return np.float32(self.gamma * self.window)

    def run(self, state: State, batch: Batch, epoch: int) -> Tally:
        """Train on the samples of ``batch``, one by one."""
        decay = self.decay**epoch
        knobs = (np.float32(self.rate * decay), np.float32(state.step), self.trains)
        return Tally(*_run(state, knobs, self._transfer(state, decay), *batch))

    def _transfer(self, state: State, decay: float) -> Transfer:
        return Transfer(
            every=self.transfer_every,
            rate=np.float32(self.transfer_rate * decay * self.window),
            smallest=np.float32(self.window * state.step),
            read_noise=np.float32(self.read_noise),
            gamma=self._gamma,
        )

    def weights(self, state: State) -> NDArray[np.float32]:
        """Return gamma A + C, shape (n_weights,)."""
        return state.joined

    def program(self, state: State, weights: NDArray[np.float32]) -> None:
        """Write C, as near as its cells' bounds let it, so that gamma A + C are the weights."""
        program(state.slow, weights - self._gamma * state.fast.weights)
        if self._gamma > 0:
            _join(state.joined, state.slow.weights, state.fast.weights, self._gamma)

    def transfer(self, state: State, count: int) -> None:
        """Read the next ``count`` columns and pulse them onto C."""
        call_kernel(
            _transfers, state.slow.rule, state, count, self.trains, self._transfer(state, 1.0)
        )


@njit(**IN_PLACE)
def _run(state, knobs, transfer, images, labels, order):
    rate, step, trains = knobs
    loss, correct, pulses, reads = 0.0, 0, 0, 0
    net = state.net
    for k in order:
        sample_loss, right = pass_sample(state.joined, net, images[k], labels[k])
        loss += sample_loss
        correct += right
        pulses += update_all(state.fast, net, rate, step, trains, state.lines, state.rng)
        state.clock[0] += 1
        if state.clock[0] % transfer.every == 0:
            for layer in range(net.layers.n_in.shape[0]):
                pulses += _transfer(state, layer, trains, transfer)
                reads += 1
        if transfer.gamma > np.float32(0.0):
            _join(state.joined, state.slow.weights, state.fast.weights, transfer.gamma)
    return loss, correct, pulses, reads


@njit(**IN_PLACE)
def _transfers(state, count, trains, transfer):
    for _ in range(count):
        _transfer(state, 0, trains, transfer)
    if transfer.gamma > np.float32(0.0):
        _join(state.joined, state.slow.weights, state.fast.weights, transfer.gamma)


@njit(**IN_PLACE)
def _transfer(state, layer, trains, transfer):
    """Read the next column of A and pulse it onto C; return the number of pulses."""
    layers = state.net.layers
    n_in, n_out = layers.n_in[layer], layers.n_out[layer]
    column = state.clock[1 + layer]
    state.clock[1 + layer] = (column + 1) % n_in
    at = layers.weight_offset[layer] + column * n_out
    noise = take_normals(state.rng, n_out)
    read = state.column[:n_out]
    line = state.column[n_out : n_out + 1]
    for i in range(n_out):
        read[i] = -(state.fast.weights[at + i] + transfer.read_noise * state.rng.normals[noise + i])
    line[0] = np.float32(1.0)
    return change(
        state.slow, at, line, read, transfer.rate, transfer.smallest, trains, state.lines, state.rng
    )


@njit(**IN_PLACE)
def _join(joined, slow, fast, gamma):
    for k in range(joined.shape[0]):
        joined[k] = slow[k] + gamma * fast[k]
