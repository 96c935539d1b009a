r"""TTv2: gradients gather on a fast array, pass a digital filter, and reach the weights as single pulses.

Per sample the fast array A takes the gradient pulses. Every ``transfer_every`` samples one column of A is read and
added to the digital matrix H; where H passes its threshold one pulse goes to the same cell of the slow array C, which
the network runs on. The zero of each cell of A is its own symmetry point, found beforehand by alternating pulses, so a
gradient of zero mean leaves A, on average, at zero.

References
----------
.. [1] T. Gokmen, *Front. Artif. Intell.* **4**, 699148 (2021), :doi:`10.3389/frai.2021.699148`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acanthite.errors import TrainingError
from acanthite.jit import njit
from acanthite.nn.algorithms.base import Batch, Gradient, Tally, due, need_synapse, program
from acanthite.nn.algorithms.pulsed import Pulsed
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.compaction import list_nonzero
from acanthite.nn.engine.native.dispatch import direct
from acanthite.nn.engine.native.options import IN_PLACE, ONCE
from acanthite.nn.engine.native.prefetch import prefetch, prefetch_once
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
from acanthite.nn.engine.pulses import BL_MAX, Array, Lines, array, lines, pulse
from acanthite.nn.engine.rng import Dice, dice, take_normals
from acanthite.nn.engine.updates import change
from acanthite.random import generator
from acanthite.synapse.base import Synapse
from acanthite.synapse.kernels import stride
from acanthite.synapse.symmetry import shift


class Shares(NamedTuple):
    """What the knobs are multiplied by, array by array."""

    rate: (
        np.ndarray
    )  # float32, shape (n_layers,): one over the root of the rank-one updates of a sample
    threshold: (
        np.ndarray
    )  # float32, shape (n_layers,): most input lines of an array over the array's own


def shares(network: Network) -> Shares:
    """Return the factors on rate and threshold of each array of a network.

    A kernel gets one update a position, whose gradients nearly cancel and add up as those of random sign do: with the root of their
    number off the rate A takes as many pulses as in a layer, and so averages over as many samples. And the fewer columns an array
    has, the sooner each has its turn again and the faster H grows on the same A.
    """
    n_in = np.array([n for n, _ in network.shapes], np.float32)
    return Shares(1 / np.sqrt(np.array(network.n_positions, np.float32)), n_in.max() / n_in)


class State(NamedTuple):
    """All that training changes, and the scratch beside it."""

    net: Net
    fast: Array  # A
    slow: Array  # C
    hidden: np.ndarray  # H: float32, shape (n_weights,), in steps of A
    clock: (
        np.ndarray
    )  # int64, shape (1 + n_layers,): samples seen, then the next column of each layer
    shares: Shares
    step: float
    lines: Lines
    dice: Dice


@dataclass(frozen=True)
class TTv2(Pulsed):
    r"""Tiki-Taka version 2 on two arrays of the same device.

    Parameters
    ----------
    rate : float
        :math:`\eta_A`; a cell of A is to move by :math:`-\eta_A x d` (in half windows), at each position of a convolution
        by that over the root of their number. [1]
    window : float
        Network weight of half the conductance window of C. [1]
    threshold : float
        H at which a pulse goes to C, in steps of A: what a column read adds to H is A over its step. Of the network's array
        with most input lines; in others larger as their lines are fewer, because each has its turn sooner. [1]
    transfer_every : int
        Samples between two column reads of a layer; the columns take turns.
    read_noise : float
        Standard deviation of one cell's column read, in half windows of A. [1]
    forget : bool
        Whether H restarts from zero after a pulse; otherwise the threshold is taken off.
    decay : float
        Of the rate at which C learns, from one epoch to the next: the threshold grows by one over it. A goes on as before,
        since how many pulses it takes sets how long it averages, not how fast C learns. [1]
    bl_max : int
        Longest pulse train of one update of A.
    pulses : str
        How updates of A are made: see :mod:`acanthite.nn.engine.updates`.
    shift_pairs, shift_average : int
        Up-down pairs that drive A to its symmetry points, and how many of the last are read for the reference.
    """

    # rate, window, threshold, decay: best on 10,000 held-out training images, benchmarks/tune.py; see docs/training.md
    rate: float = 0.5
    window: float = 0.5
    threshold: float = 30.0
    transfer_every: int = 1
    read_noise: float = 0.01
    forget: bool = True
    decay: float = 0.7
    bl_max: int = BL_MAX
    shift_pairs: int = 100
    shift_average: int = 60

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.shift_average > self.shift_pairs:
            raise TrainingError(
                f"TTv2: shift_average = {self.shift_average}; expected at most shift_pairs = {self.shift_pairs}"
            )

    @property
    def name(self) -> str:
        """Short name, as in tables."""
        return "ttv2"

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> State:
        """Return a fresh state: both arrays drawn, A shifted to its symmetry points, C programmed, H zero."""
        synapse = need_synapse(synapse, self.name)
        n = network.n_weights
        fast = synapse.cells(n, generator(seed, "nn.ttv2.fast-cells"))
        moved = shift(
            fast,
            np.zeros(n, np.float32),
            generator(seed, "nn.ttv2.shift"),
            self.shift_pairs,
            self.shift_average,
        )
        slow = synapse.cells(n, generator(seed, "nn.ttv2.slow-cells")).referred(0.0, self.window)
        return State(
            network.net(seed),
            array(fast.referred(moved.references, 1.0), moved.weights - moved.references),
            array(slow, network.initial_weights(seed)),
            aligned.zeros(n),
            np.zeros(1 + len(network.shapes), np.int64),
            shares(network),
            synapse.step,
            lines(network),
            dice(seed, "nn.ttv2.pulses"),
        )

    def run(self, state: State, batch: Batch, epoch: int) -> Tally:
        """Train on the samples of ``batch``, one by one."""
        f = np.float32
        knobs = (f(self.rate), f(state.step), self.trains)
        transfer = (
            self.transfer_every,
            f(self.threshold / self.decay**epoch),
            f(self.read_noise),
            self.forget,
        )
        return Tally(*_run(state, knobs, transfer, *batch))

    def weights(self, state: State) -> NDArray[np.float32]:
        """Return C, shape (n_weights,)."""
        return state.slow.weights

    def program(self, state: Any, weights: NDArray[np.float32]) -> None:
        """Write C, as near as its cells' bounds let it; A and H stay as they are."""
        program(state.slow, weights)

    def update(self, state: Any, gradient: Gradient) -> None:
        """Train the one array of ``state`` with gradients computed elsewhere."""
        gradient.pulse(state.fast, state.step)
        count = due(state.clock, gradient.samples, self.transfer_every)
        knobs = (np.float32(self.threshold), np.float32(self.read_noise), self.forget)
        direct(_transfers, state.slow.rule, state, count, np.float32(state.step), *knobs)


@njit(**IN_PLACE)
def _run(state, knobs, transfer, images, labels, order):
    rate, step, trains = knobs
    every, threshold, read_noise, forget = transfer
    loss, correct, pulses, reads = 0.0, 0, 0, 0
    net, slow = state.net, state.slow
    for k in order:
        load(images[k], net)
        forward(slow.weights, net)
        correct += top(net) == labels[k]
        loss += backward(slow.weights, net, labels[k])
        pulses += _update(state, rate, step, trains)
        state.clock[0] += 1
        if state.clock[0] % every == 0:
            for layer in range(net.layers.n_in.shape[0]):
                pulses += _transfer(state, layer, step, threshold, read_noise, forget)
                reads += 1
    return loss, correct, pulses, reads


@njit(**ONCE, fastmath=FAST)
def _update(state, rate, step, trains):
    """Pulse every layer of A with its inputs and errors; return the number of pulses."""
    layers, pulses = state.net.layers, 0
    for layer in range(layers.n_in.shape[0]):
        own = rate * state.shares.rate[layer]
        for k in range(n_pairs(state.net, layer)):
            x, d = pair(state.net, layer, k)
            pulses += change(
                state.fast,
                layers.weight_offset[layer],
                x,
                d,
                own,
                step,
                trains,
                state.lines,
                state.dice,
            )
    return pulses


@njit(**IN_PLACE)
def _transfers(state, count, step, threshold, read_noise, forget):
    for _ in range(count):
        _transfer(state, 0, step, threshold, read_noise, forget)


@njit(**ONCE)
def _transfer(state, layer, step, threshold, read_noise, forget):
    """Read the next column of A into H and pulse C where H passes its threshold; return the number of pulses."""
    layers = state.net.layers
    threshold *= state.shares.threshold[layer]
    n_in, n_out = layers.n_in[layer], layers.n_out[layer]
    column = state.clock[1 + layer]
    state.clock[1 + layer] = (column + 1) % n_in
    at = layers.weight_offset[layer] + column * n_out
    h, noise = state.hidden[at : at + n_out], 0
    if read_noise > np.float32(0.0):
        noise = take_normals(state.dice, n_out)
    _gather(
        h,
        state.fast.weights[at : at + n_out],
        state.dice.normals[noise : noise + n_out],
        step,
        read_noise,
    )
    return fire(state.slow, state.hidden, at, n_out, threshold, forget, state.lines, state.dice)


@njit(**ONCE)
def fire(slow, hidden, at, n, threshold, forget, lines, dice):
    """Pulse the cells of C from ``at`` whose H passed its threshold, and take it off H; return the number of pulses."""
    over, fired, height = lines.outputs.value[:n], lines.inputs.live, lines.inputs.value
    h = hidden[at : at + n]
    for i in range(n):
        over[i] = h[i] if abs(h[i]) > threshold else np.float32(0.0)
    count = list_nonzero(over, fired, height)
    first, c = np.uint64(at), stride(slow.rule)
    for f in range(count):
        prefetch(slow.weights, first + fired[f])
        prefetch_once(slow.coefficients, (first + fired[f]) * c)
    noise = take_normals(dice, count)
    for f in range(count):
        sign = np.float32(1.0) if height[f] > np.float32(0.0) else np.float32(-1.0)
        hidden[first + fired[f]] = np.float32(0.0) if forget else height[f] - sign * threshold
        pulse(slow, first + fired[f], sign, dice.normals[noise + f])
        slow.counts[0 if sign > np.float32(0.0) else 1] += 1
    return count


@njit(**ONCE, fastmath=FAST)
def _gather(h, values, normals, step, read_noise):
    per_step = np.float32(1.0) / step
    for i in range(h.shape[0]):
        h[i] += (values[i] + read_noise * normals[i]) * per_step
