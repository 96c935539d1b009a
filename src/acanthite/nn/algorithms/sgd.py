"""SGD on the device: gradient pulses straight on the weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acanthite.jit import njit
from acanthite.nn.algorithms.base import Batch, Gradient, Pulsed, Tally, program
from acanthite.nn.engine.layout import Net, lay_out
from acanthite.nn.engine.native.options import IN_PLACE, INLINED
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.passes import n_pairs, pair, pass_sample
from acanthite.nn.engine.pulses import Array, Lines, lines
from acanthite.nn.engine.rng import Rng, make_rng
from acanthite.nn.engine.updates import change
from acanthite.synapse.base import Synapse


class State(NamedTuple):
    """All that training changes, and the scratch beside it."""

    net: Net
    array: Array
    step: float
    lines: Lines
    rng: Rng


@dataclass(frozen=True, kw_only=True)
class SGD(Pulsed):
    r"""Stochastic gradient descent by pulses on one array.

    A weight is one cell against a fixed reference conductance in the middle of the mean device's
    window, the same for all cells: :math:`w = w_{max} (2 (G - G_{min}) / (G_{max} - G_{min}) - 1)`.
    The whole window is used, and no cell is measured first: finding each cell's own symmetry point
    is the extra step that TTv2 takes and plain SGD does not.

    Parameters
    ----------
    rate : float
        :math:`\eta` of the first epoch; a weight is to move by :math:`-\eta x d`. [1]
    decay : float
        Factor on ``rate`` from one epoch to the next. [1]
    window : float
        :math:`w_{max}`, network weight of half the conductance window. [1]
    bl_max, pulses
        As in :class:`~acanthite.nn.algorithms.base.Pulsed`.

    Examples
    --------
    >>> sgd = ac.nn.SGD(rate=0.01, window=1.0, pulses="mean-field")
    >>> sgd.name, sgd.decay
    ('sgd', 0.6)
    """

    name: ClassVar[str] = "sgd"

    # best on 10,000 held-out training images, benchmarks/tune.py; see docs/training.md
    rate: float = 0.002
    decay: float = 0.6
    window: float = 0.5

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> State:
        """Return a fresh state: devices drawn, random weights programmed."""
        return State(
            net=lay_out(network, seed),
            array=self.cells(network, synapse, seed),
            step=self.window * self.device(synapse).step,
            lines=lines(network),
            rng=make_rng(seed, f"nn.{self.name}.pulses"),
        )

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
        sample_loss, right = pass_sample(state.array.weights, state.net, images[k], labels[k])
        loss += sample_loss
        correct += right
        pulses += update_all(state.array, state.net, rate, step, trains, state.lines, state.rng)
    return loss, correct, pulses


@njit(**INLINED)
def update_all(array, net, rate, step, trains, lines, rng):
    """Move every layer with its own inputs and errors; return the number of pulses."""
    layers = net.layers
    pulses = 0
    for layer in range(layers.n_in.shape[0]):
        for k in range(n_pairs(net, layer)):
            x, d = pair(net, layer, k)
            pulses += change(
                array, layers.weight_offset[layer], x, d, rate, step, trains, lines, rng
            )
    return pulses
