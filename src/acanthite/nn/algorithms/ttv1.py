r"""TTv1 (Tiki-Taka): gradients gather on a fast array; its columns are pulsed onto a slow one.

There is no digital memory between the two, so every read moves C by stochastic pulses, noise and
all. The network runs on :math:`W = \gamma A + C`.

References
----------
.. [1] T. Gokmen, W. Haensch, *Front. Neurosci.* **14**, 103 (2020),
   :doi:`10.3389/fnins.2020.00103`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple, Self

import numpy as np

from acanthite.jit import njit
from acanthite.nn.algorithms.base import program
from acanthite.nn.algorithms.sample_loop import (
    PulseKnobs,
    kernel_of,
    learn,
    ones,
    pulse_cells,
    pulse_layers,
)
from acanthite.nn.algorithms.tiki_taka import (
    TikiTaka,
    TikiTakaState,
    read_due_columns,
    transfer_column,
)
from acanthite.nn.array_types import Singles
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.options import IN_PLACE, ONE, ZERO
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.pulses import Array
from acanthite.nn.engine.rng import take_normals


class TTv1Memory(NamedTuple):
    """What is held beside the arrays."""

    joined: np.ndarray  # float32, shape (n_weights,): gamma A + C; C itself where gamma is zero
    column: np.ndarray  # float32: one read, its sign turned, and the 1 its line is driven with


class TTv1Knobs(NamedTuple):
    """What the kernels take of the knobs."""

    gradients: PulseKnobs
    every: int
    transfers: PulseKnobs  # of C, in network units
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
        :math:`\eta_C`: a cell of C is to move by this times the read of A (both in half windows).
        [1]
    gamma : float
        :math:`\gamma`, weight of A in the network, over that of C. [1]

    Examples
    --------
    >>> tiki_taka = ac.nn.TTv1(rate=0.5, gamma=0.1)
    >>> tiki_taka.name, tiki_taka.transfer_rate
    ('ttv1', 0.05)
    """

    name: ClassVar[str] = "ttv1"
    may_be_zero: ClassVar[frozenset[str]] = TikiTaka.may_be_zero | {"gamma"}

    # rate, transfer_rate, window, decay: best on 10,000 held-out training images,
    # benchmarks/tune.py; see docs/training.md
    rate: float = 1.0
    transfer_rate: float = 0.05
    window: float = 0.3
    gamma: float = 0.0

    def start_digital(self, network: Network, fast: Array, slow: Array) -> TTv1Memory:
        """Return what is held beside the arrays, at its beginning."""
        joined = slow.weights
        if self.gamma > 0:
            joined = aligned.copy(slow.weights + self._gamma * fast.weights)
        return TTv1Memory(joined, np.zeros(network.n_lines + 1, np.float32))

    @property
    def _gamma(self) -> np.float32:
        """Weight of A in the network, in network units."""
        return np.float32(self.gamma * self.window)

    def knobs(self, state: TikiTakaState, epoch: int) -> TTv1Knobs:
        """Return what the kernels take of the knobs in an epoch."""
        transfer_rate = np.float32(self.transfer_rate * self.decay**epoch * self.window)
        shares = ones(state.net)
        return TTv1Knobs(
            gradients=self.pulse_knobs(self.rate_in(epoch), state.step, shares),
            every=self.transfer_every,
            transfers=self.pulse_knobs(transfer_rate, self.window * state.step, shares),
            read_noise=np.float32(self.read_noise),
            gamma=self._gamma,
        )

    def at_rate(self, factor: float) -> Self:
        """Return the algorithm learning ``factor`` times as fast: both rates, as by its decay."""
        return replace(super().at_rate(factor), transfer_rate=self.transfer_rate * factor)

    def weights(self, state: TikiTakaState) -> Singles:
        """Return gamma A + C, shape (n_weights,)."""
        return state.digital.joined

    def program(self, state: TikiTakaState, weights: Singles) -> None:
        """Write C, as near as its cells' bounds let it, so that gamma A + C are the weights."""
        program(state.slow, weights - self._gamma * state.fast.weights)
        self.join(state)

    def transfer(self, state: TikiTakaState, count: int) -> None:
        """Read the next ``count`` columns and pulse them onto C."""
        super().transfer(state, count)
        self.join(state)

    def join(self, state: TikiTakaState) -> None:
        """Set the weights the network runs on anew."""
        _join(state.digital.joined, state.slow.weights, state.fast.weights, self._gamma)


@kernel_of(learn, TTv1Knobs)
def _learn(state, knobs):
    pulses = pulse_layers(state.fast, state, knobs.gradients)
    moves, reads = read_due_columns(state, knobs)
    _join(state.digital.joined, state.slow.weights, state.fast.weights, knobs.gamma)
    return pulses + moves, reads


@kernel_of(transfer_column, TTv1Knobs)
def _transfer(state, knobs, layer, column, first):
    n_out = state.net.layers.n_out[layer]
    noise = take_normals(state.rng, n_out)
    read = state.digital.column[:n_out]
    line = state.digital.column[n_out : n_out + 1]
    for i in range(n_out):
        noisy = knobs.read_noise * state.rng.normals[noise + i]
        read[i] = -(state.fast.weights[first + i] + noisy)
    line[0] = ONE
    return pulse_cells(state.slow, first, line, read, layer, state, knobs.transfers)


@njit(**IN_PLACE)
def _join(joined, slow, fast, gamma):
    """Set the weights the network runs on to gamma A + C; where gamma is zero they are C."""
    if gamma > ZERO:
        for k in range(joined.shape[0]):
            joined[k] = slow[k] + gamma * fast[k]
