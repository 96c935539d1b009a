r"""c-TTv2: TTv2 with choppers, so that what the fast array's zero is wrong by cancels.

Every input line of A has a sign that its inputs are multiplied by before they are pulsed, and its reads after. It flips, by
chance, after a read: an offset of A, from a reference that is not quite the symmetry point, then enters H with either
sign and averages out, while the gradient does not.

References
----------
.. [1] M. J. Rasch, F. Carta, O. Fagbohungbe, T. Gokmen, *Nat. Commun.* **15**, 7133 (2024),
   :doi:`10.1038/s41467-024-51221-z`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acanthite.jit import njit
from acanthite.nn.algorithms.base import Batch, Gradient, Tally, due, need_synapse
from acanthite.nn.algorithms.ttv2 import Shares, TTv2, fire, shares
from acanthite.nn.engine.native.aligned import zeros
from acanthite.nn.engine.native.dispatch import direct
from acanthite.nn.engine.native.options import IN_PLACE
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
from acanthite.nn.engine.pulses import Array, Lines, array, lines
from acanthite.nn.engine.rng import Dice, dice, take_normals, take_words
from acanthite.nn.engine.updates import change
from acanthite.random import generator
from acanthite.synapse.base import Cells, Synapse
from acanthite.synapse.symmetry import shift


class State(NamedTuple):
    """All that training changes, and the scratch beside it."""

    net: Net
    fast: Array  # A
    slow: Array  # C
    hidden: np.ndarray  # H: float32, shape (n_weights,), in steps of A
    chopper: np.ndarray  # float32, shape (all input lines,): +1 or -1
    past: (
        np.ndarray
    )  # float32, shape (n_weights,): mean read of the chopper period before, zero without AGAD
    recent: np.ndarray  # float32, shape (n_weights,): of this one so far
    clock: (
        np.ndarray
    )  # int64, shape (1 + n_layers,): samples seen, then the next column of each layer
    first_line: np.ndarray  # int64, shape (n_layers,): of each layer in chopper
    chopped: np.ndarray  # float32: inputs of one update, signs turned
    shares: Shares
    step: float
    lines: Lines
    dice: Dice


@dataclass(frozen=True)
class ChoppedTTv2(TTv2):
    """TTv2 with choppers on the input lines of A.

    Parameters
    ----------
    rate, window, threshold, transfer_every, read_noise, forget, decay, bl_max, pulses, shift_pairs, shift_average
        As in :class:`~acanthite.nn.algorithms.ttv2.TTv2`.
    flip : float
        Chance that a line's sign flips after it was read. [1]
    """

    # best on 10,000 held-out training images, benchmarks/tune.py; see docs/training.md
    flip: float = 0.01

    @property
    def name(self) -> str:
        """Short name, as in tables."""
        return "c-ttv2"

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> State:
        """Return a fresh state: both arrays drawn, A made ready, C programmed, H zero, all choppers at +1."""
        synapse = need_synapse(synapse, self.name)
        n, stream = network.n_weights, f"nn.{self.name}"
        fast, at_rest = self._fast(
            synapse.cells(n, generator(seed, f"{stream}.fast-cells")), n, seed
        )
        slow = synapse.cells(n, generator(seed, f"{stream}.slow-cells")).referred(0.0, self.window)
        widths = [n_in for n_in, _ in network.shapes]
        return State(
            network.net(seed), array(fast, at_rest), array(slow, network.initial_weights(seed)),
            zeros(n), np.ones(sum(widths), np.float32),
            zeros(n), zeros(n), np.zeros(1 + len(widths), np.int64),
            np.cumsum([0, *widths[:-1]]).astype(np.int64), np.zeros(network.n_lines, np.float32),
            shares(network), synapse.step, lines(network), dice(seed, f"{stream}.pulses"),
        )  # fmt: skip

    def _fast(self, cells: Cells, n: int, seed: int) -> tuple[Cells, NDArray[np.float32]]:
        """Return A, its zeros on its symmetry points as well as reads can tell, and where its cells stand."""
        draw = generator(seed, f"nn.{self.name}.shift")
        moved = shift(cells, np.zeros(n, np.float32), draw, self.shift_pairs, self.shift_average)
        return cells.referred(moved.references, 1.0), moved.weights - moved.references

    def run(self, state: State, batch: Batch, epoch: int) -> Tally:  # type: ignore[override]
        """Train on the samples of ``batch``, one by one."""
        f = np.float32
        knobs = (f(self.rate), f(state.step), self.trains)
        return Tally(*_run(state, knobs, self._transfer(epoch), *batch))

    def update(self, state: Any, gradient: Gradient) -> None:
        """Train the one array of ``state`` with gradients computed elsewhere; no line flips among them."""
        n_in = gradient.x.shape[1]
        replace(gradient, x=gradient.x * state.chopper[:n_in]).pulse(state.fast, state.step)
        count = due(state.clock, gradient.samples, self.transfer_every)
        direct(_transfers, state.slow.rule, state, count, np.float32(state.step), self._transfer(0))

    def _transfer(self, epoch: int) -> tuple[Any, ...]:
        f = np.float32
        flip = np.uint32(min(self.flip, 1.0) * 0xFFFFFFFF)
        threshold = f(self.threshold / self.decay**epoch)
        return self.transfer_every, threshold, f(self.read_noise), self.forget, flip, f(self._share)

    @property
    def _share(self) -> float:
        """Share of a new read in the reference; zero without AGAD."""
        return 0.0


@njit(**IN_PLACE)
def _run(state, knobs, transfer, images, labels, order):
    rate, step, trains = knobs
    loss, correct, pulses, reads = 0.0, 0, 0, 0
    net, slow = state.net, state.slow
    for k in order:
        load(images[k], net)
        forward(slow.weights, net)
        correct += top(net) == labels[k]
        loss += backward(slow.weights, net, labels[k])
        pulses += _update(state, rate, step, trains)
        state.clock[0] += 1
        if state.clock[0] % transfer[0] == 0:
            for layer in range(net.layers.n_in.shape[0]):
                pulses += _transfer(state, layer, step, transfer)
                reads += 1
    return loss, correct, pulses, reads


@njit(**IN_PLACE, fastmath=FAST)
def _update(state, rate, step, trains):
    """Pulse every layer of A with its chopped inputs and its errors; return the number of pulses."""
    layers, pulses = state.net.layers, 0
    for layer in range(layers.n_in.shape[0]):
        own = rate * state.shares.rate[layer]
        for k in range(n_pairs(state.net, layer)):
            x, d = pair(state.net, layer, k)
            signs = state.chopper[state.first_line[layer] :]
            chopped = state.chopped[: x.shape[0]]
            for j in range(x.shape[0]):
                chopped[j] = x[j] * signs[j]
            pulses += change(
                state.fast,
                layers.weight_offset[layer],
                chopped,
                d,
                own,
                step,
                trains,
                state.lines,
                state.dice,
            )
    return pulses


@njit(**IN_PLACE)
def _transfers(state, count, step, transfer):
    for _ in range(count):
        _transfer(state, 0, step, transfer)


@njit(**IN_PLACE)
def _transfer(state, layer, step, transfer):
    """Read the next column of A into H, pulse C, and perhaps flip the column's sign; return the number of pulses."""
    _, threshold, read_noise, forget, flip, memory = transfer
    layers = state.net.layers
    threshold *= state.shares.threshold[layer]
    n_in, n_out = layers.n_in[layer], layers.n_out[layer]
    column = state.clock[1 + layer]
    state.clock[1 + layer] = (column + 1) % n_in
    at, line = layers.weight_offset[layer] + column * n_out, state.first_line[layer] + column
    noise = take_normals(state.dice, n_out)
    normals = state.dice.normals[noise : noise + n_out]
    part = slice(at, at + n_out)
    past, recent = state.past[part], state.recent[part]
    _gather(state.hidden[part], state.fast.weights[part], past, recent, normals, state.chopper[line], step, read_noise, memory)  # fmt: skip
    count = fire(state.slow, state.hidden, at, n_out, threshold, forget, state.lines, state.dice)
    if state.dice.words[take_words(state.dice, 1)] < flip:
        state.chopper[line] = -state.chopper[line]
        if memory > np.float32(0.0):
            for i in range(n_out):
                past[i] = recent[i]
    return count


@njit(**IN_PLACE, fastmath=FAST)
def _gather(h, values, past, recent, normals, sign, step, read_noise, memory):
    per_step = sign / step
    for i in range(h.shape[0]):
        value = values[i] + read_noise * normals[i]
        h[i] += (value - past[i]) * per_step
        recent[i] += memory * (value - recent[i])
