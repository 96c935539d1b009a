r"""c-TTv2: TTv2 with choppers, so that what the fast array's zero is wrong by cancels.

Every input line of A has a sign that its inputs are multiplied by before they are pulsed, and its
reads after. It flips, by chance, after a read: an offset of A, from a reference that is not quite
the symmetry point, then enters H with either sign and averages out, while the gradient does not.

References
----------
.. [1] M. J. Rasch, F. Carta, O. Fagbohungbe, T. Gokmen, *Nat. Commun.* **15**, 7133 (2024),
   :doi:`10.1038/s41467-024-51221-z`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np

from acanthite.jit import njit
from acanthite.nn.algorithms.base import Batch, Gradient, Tally
from acanthite.nn.algorithms.ttv2 import Shares, TTv2, fire, shares
from acanthite.nn.engine.layout import Net, lay_out
from acanthite.nn.engine.native.aligned import zeros
from acanthite.nn.engine.native.dispatch import call_kernel
from acanthite.nn.engine.native.options import IN_PLACE
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.passes import n_pairs, pair, pass_sample
from acanthite.nn.engine.pulses import Array, Lines, lines
from acanthite.nn.engine.rng import Rng, make_rng, take_normals, take_words
from acanthite.nn.engine.updates import change
from acanthite.synapse.base import Synapse


class State(NamedTuple):
    """All that training changes, and the scratch beside it."""

    net: Net
    fast: Array  # A
    slow: Array  # C
    hidden: np.ndarray  # H: float32, shape (n_weights,), in steps of A
    chopper: np.ndarray  # float32, shape (all input lines,): +1 or -1
    # float32, shape (n_weights,): mean read of the chopper period before, zero without AGAD
    past: np.ndarray
    recent: np.ndarray  # float32, shape (n_weights,): of this one so far
    # int64, shape (1 + n_layers,): samples seen, then the next column of each layer
    clock: np.ndarray
    first_line: np.ndarray  # int64, shape (n_layers,): of each layer in chopper
    chopped: np.ndarray  # float32: inputs of one update, signs turned
    shares: Shares
    step: float
    lines: Lines
    rng: Rng


class Transfer(NamedTuple):
    """What the kernels take of the knobs for column reads."""

    every: int
    threshold: np.float32
    read_noise: np.float32
    forget: bool
    flip: np.uint32  # chance of a flip, out of 2**32
    memory: np.float32  # share of a new read in the reference, zero without AGAD


@dataclass(frozen=True, kw_only=True)
class ChoppedTTv2(TTv2):
    """TTv2 with choppers on the input lines of A.

    Parameters
    ----------
    rate, decay, window, bl_max, pulses, transfer_every, read_noise, shift_pairs, shift_average,
    threshold, forget
        As in :class:`~acanthite.nn.algorithms.ttv2.TTv2`.
    flip : float
        Chance that a line's sign flips after it was read, in (0, 1]. [1]

    Examples
    --------
    >>> chopped = ac.nn.ChoppedTTv2(flip=0.05)
    >>> chopped.name, chopped.threshold
    ('c-ttv2', 30.0)
    """

    name: ClassVar[str] = "c-ttv2"
    at_most_one: ClassVar[frozenset[str]] = frozenset({"flip"})

    # best on 10,000 held-out training images, benchmarks/tune.py; see docs/training.md
    flip: float = 0.01

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> State:
        """Return a fresh state: A made ready, C programmed, H zero, all choppers at +1."""
        fast, slow = self.fast_and_slow(network, synapse, seed)
        widths = [n_in for n_in, _ in network.shapes]
        return State(
            net=lay_out(network, seed),
            fast=fast,
            slow=slow,
            hidden=zeros(network.n_weights),
            chopper=np.ones(sum(widths), np.float32),
            past=zeros(network.n_weights),
            recent=zeros(network.n_weights),
            clock=np.zeros(1 + len(widths), np.int64),
            first_line=np.cumsum([0, *widths[:-1]]).astype(np.int64),
            chopped=np.zeros(network.n_lines, np.float32),
            shares=shares(network),
            step=self.device(synapse).step,
            lines=lines(network),
            rng=make_rng(seed, f"nn.{self.name}.pulses"),
        )

    def run(self, state: State, batch: Batch, epoch: int) -> Tally:
        """Train on the samples of ``batch``, one by one."""
        knobs = (np.float32(self.rate), np.float32(state.step), self.trains)
        return Tally(*_run(state, knobs, self._transfer(epoch), *batch))

    def update(self, state: State, gradient: Gradient) -> None:
        """Pulse A with gradients computed elsewhere, whose signs do not flip, and transfer."""
        signs = state.chopper[: gradient.x.shape[1]]
        super().update(state, replace(gradient, x=gradient.x * signs))

    def transfer(self, state: State, count: int) -> None:
        """Read the next ``count`` columns into H, pulse C, and flip signs by chance."""
        call_kernel(
            _transfers, state.slow.rule, state, count, np.float32(state.step), self._transfer(0)
        )

    def _transfer(self, epoch: int) -> Transfer:
        return Transfer(
            every=self.transfer_every,
            threshold=self.threshold_in(epoch),
            read_noise=np.float32(self.read_noise),
            forget=self.forget,
            flip=np.uint32(self.flip * 0xFFFFFFFF),
            memory=np.float32(self.reference_share),
        )

    @property
    def reference_share(self) -> float:
        """Share of a new read in the reference; zero without AGAD. [1]"""
        return 0.0


@njit(**IN_PLACE)
def _run(state, knobs, transfer, images, labels, order):
    rate, step, trains = knobs
    loss, correct, pulses, reads = 0.0, 0, 0, 0
    net = state.net
    slow = state.slow
    for k in order:
        sample_loss, right = pass_sample(slow.weights, net, images[k], labels[k])
        loss += sample_loss
        correct += right
        pulses += _update(state, rate, step, trains)
        state.clock[0] += 1
        if state.clock[0] % transfer.every == 0:
            for layer in range(net.layers.n_in.shape[0]):
                pulses += _transfer(state, layer, step, transfer)
                reads += 1
    return loss, correct, pulses, reads


@njit(**IN_PLACE)
def _update(state, rate, step, trains):
    """Pulse every layer of A with its chopped inputs and its errors; return the number of pulses."""
    layers = state.net.layers
    pulses = 0
    for layer in range(layers.n_in.shape[0]):
        layer_rate = rate * state.shares.rate[layer]
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
                layer_rate,
                step,
                trains,
                state.lines,
                state.rng,
            )
    return pulses


@njit(**IN_PLACE)
def _transfers(state, count, step, transfer):
    for _ in range(count):
        _transfer(state, 0, step, transfer)


@njit(**IN_PLACE)
def _transfer(state, layer, step, transfer):
    """Read the next column of A into H, pulse C, and perhaps flip the column's sign; return the number of pulses."""
    layers = state.net.layers
    threshold = transfer.threshold * state.shares.threshold[layer]
    n_in, n_out = layers.n_in[layer], layers.n_out[layer]
    column = state.clock[1 + layer]
    state.clock[1 + layer] = (column + 1) % n_in
    at = layers.weight_offset[layer] + column * n_out
    line = state.first_line[layer] + column
    noise = take_normals(state.rng, n_out)
    normals = state.rng.normals[noise : noise + n_out]
    part = slice(at, at + n_out)
    past, recent = state.past[part], state.recent[part]
    _gather(
        state.hidden[part],
        state.fast.weights[part],
        past,
        recent,
        normals,
        state.chopper[line],
        step,
        transfer.read_noise,
        transfer.memory,
    )
    count = fire(
        state.slow, state.hidden, at, n_out, threshold, transfer.forget, state.lines, state.rng
    )
    if state.rng.words[take_words(state.rng, 1)] < transfer.flip:
        state.chopper[line] = -state.chopper[line]
        if transfer.memory > np.float32(0.0):
            for i in range(n_out):
                past[i] = recent[i]
    return count


@njit(**IN_PLACE)
def _gather(h, values, past, recent, normals, sign, step, read_noise, memory):
    per_step = sign / step
    for i in range(h.shape[0]):
        value = values[i] + read_noise * normals[i]
        h[i] += (value - past[i]) * per_step
        recent[i] += memory * (value - recent[i])
