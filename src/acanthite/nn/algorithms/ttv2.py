r"""TTv2: gradients gather on a fast array, pass a digital filter, and reach the weights as single pulses.

Per sample the fast array A takes the gradient pulses. Every ``transfer_every`` samples one column
of A is read and added to the digital matrix H; where H passes its threshold one pulse goes to the
same cell of the slow array C, which the network runs on. The zero of each cell of A is its own
symmetry point, found beforehand by alternating pulses, so a gradient of zero mean leaves A, on
average, at zero.

References
----------
.. [1] T. Gokmen, *Front. Artif. Intell.* **4**, 699148 (2021), :doi:`10.3389/frai.2021.699148`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from acanthite.jit import njit
from acanthite.nn.algorithms.base import Batch, Tally, program
from acanthite.nn.algorithms.tiki_taka import TikiTaka
from acanthite.nn.engine.layout import Net, lay_out
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.compaction import list_nonzero
from acanthite.nn.engine.native.dispatch import call_kernel
from acanthite.nn.engine.native.options import IN_PLACE, INLINED
from acanthite.nn.engine.native.prefetch import prefetch, prefetch_once
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.passes import n_pairs, pair, pass_sample
from acanthite.nn.engine.pulses import Array, Lines, lines, pulse
from acanthite.nn.engine.rng import Rng, make_rng, take_normals
from acanthite.nn.engine.updates import change
from acanthite.synapse.base import Synapse
from acanthite.synapse.kernels import stride


class Shares(NamedTuple):
    """What the knobs are multiplied by, array by array."""

    # float32, shape (n_layers,): one over the root of the rank-one updates of a sample
    rate: np.ndarray
    # float32, shape (n_layers,): most input lines of an array over the array's own
    threshold: np.ndarray


def shares(network: Network) -> Shares:
    """Return the factors on rate and threshold of each array of a network.

    A kernel gets one update a position, whose gradients nearly cancel and add up as those of random
    sign do: with the root of their number off the rate A takes as many pulses as in a layer, and so
    averages over as many samples. And the fewer columns an array has, the sooner each has its turn
    again and the faster H grows on the same A.
    """
    n_in = np.array([n for n, _ in network.shapes], np.float32)
    return Shares(1 / np.sqrt(np.array(network.n_positions, np.float32)), n_in.max() / n_in)


class State(NamedTuple):
    """All that training changes, and the scratch beside it."""

    net: Net
    fast: Array  # A
    slow: Array  # C
    hidden: np.ndarray  # H: float32, shape (n_weights,), in steps of A
    # int64, shape (1 + n_layers,): samples seen, then the next column of each layer
    clock: np.ndarray
    shares: Shares
    step: float
    lines: Lines
    rng: Rng


@dataclass(frozen=True, kw_only=True)
class TTv2(TikiTaka):
    """Tiki-Taka version 2 on two arrays of the same device.

    Parameters
    ----------
    rate : float
        As in :class:`~acanthite.nn.algorithms.tiki_taka.TikiTaka`; at each position of a
        convolution over the root of their number. [1]
    decay : float
        Of the rate at which C learns, from one epoch to the next: the threshold grows by one over
        it. A goes on as before, since how many pulses it takes sets how long it averages, not how
        fast C learns. [1]
    window, bl_max, pulses, transfer_every, read_noise, shift_pairs, shift_average
        As in :class:`~acanthite.nn.algorithms.tiki_taka.TikiTaka`.
    threshold : float
        H at which a pulse goes to C, in steps of A: what a column read adds to H is A over its
        step. Of the network's array with most input lines; in others larger as their lines are
        fewer, because each has its turn sooner. [1]
    forget : bool
        Whether H restarts from zero after a pulse; otherwise the threshold is taken off.

    Examples
    --------
    >>> tiki_taka = ac.nn.TTv2(threshold=10.0, window=0.6)
    >>> tiki_taka.name, tiki_taka.decay
    ('ttv2', 0.7)
    """

    name: ClassVar[str] = "ttv2"

    # rate, window, threshold, decay: best on 10,000 held-out training images, benchmarks/tune.py;
    # see docs/training.md
    rate: float = 0.5
    window: float = 0.5
    threshold: float = 30.0
    forget: bool = True

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> Any:
        """Return a fresh state: A at its symmetry points, C programmed, H zero."""
        fast, slow = self.fast_and_slow(network, synapse, seed)
        return State(
            net=lay_out(network, seed),
            fast=fast,
            slow=slow,
            hidden=aligned.zeros(network.n_weights),
            clock=np.zeros(1 + len(network.shapes), np.int64),
            shares=shares(network),
            step=self.device(synapse).step,
            lines=lines(network),
            rng=make_rng(seed, "nn.ttv2.pulses"),
        )

    def run(self, state: Any, batch: Batch, epoch: int) -> Tally:
        """Train on the samples of ``batch``, one by one."""
        knobs = (np.float32(self.rate), np.float32(state.step), self.trains)
        transfer = (
            self.transfer_every,
            self.threshold_in(epoch),
            np.float32(self.read_noise),
            self.forget,
        )
        return Tally(*_run(state, knobs, transfer, *batch))

    def threshold_in(self, epoch: int) -> np.float32:
        """Return the threshold of an epoch. [1]"""
        return np.float32(self.threshold / self.decay**epoch)

    def program(self, state: Any, weights: NDArray[np.float32]) -> None:
        """Write C, as near as its cells' bounds let it; A and H stay as they are."""
        program(state.slow, weights)

    def transfer(self, state: Any, count: int) -> None:
        """Read the next ``count`` columns into H and pulse C where H passes the threshold."""
        knobs = (np.float32(self.threshold), np.float32(self.read_noise), self.forget)
        call_kernel(_transfers, state.slow.rule, state, count, np.float32(state.step), *knobs)

    def for_step(self, ratio: float) -> Self:
        """Return the algorithm for another step: as many pulses on A, weights as fast."""
        return replace(super().for_step(ratio), threshold=self.threshold * ratio)

    def at_rate(self, factor: float) -> Self:
        """Return the algorithm learning ``factor`` times as fast, which the threshold sets."""
        return replace(self, threshold=self.threshold / factor, decay=1.0)

    def set_widest(self, state: Any, n_in: int, widest: int) -> None:
        """Scale the threshold of an array: with fewer columns, each has its turn sooner."""
        state.shares.threshold[:] = widest / n_in


@njit(**IN_PLACE)
def _run(state, knobs, transfer, images, labels, order):
    rate, step, trains = knobs
    every, threshold, read_noise, forget = transfer
    loss, correct, pulses, reads = 0.0, 0, 0, 0
    net = state.net
    slow = state.slow
    for k in order:
        sample_loss, right = pass_sample(slow.weights, net, images[k], labels[k])
        loss += sample_loss
        correct += right
        pulses += _update(state, rate, step, trains)
        state.clock[0] += 1
        if state.clock[0] % every == 0:
            for layer in range(net.layers.n_in.shape[0]):
                pulses += _transfer(state, layer, step, threshold, read_noise, forget)
                reads += 1
    return loss, correct, pulses, reads


@njit(**INLINED)
def _update(state, rate, step, trains):
    """Pulse every layer of A with its inputs and errors; return the number of pulses."""
    layers = state.net.layers
    pulses = 0
    for layer in range(layers.n_in.shape[0]):
        layer_rate = rate * state.shares.rate[layer]
        for k in range(n_pairs(state.net, layer)):
            x, d = pair(state.net, layer, k)
            pulses += change(
                state.fast,
                layers.weight_offset[layer],
                x,
                d,
                layer_rate,
                step,
                trains,
                state.lines,
                state.rng,
            )
    return pulses


@njit(**IN_PLACE)
def _transfers(state, count, step, threshold, read_noise, forget):
    for _ in range(count):
        _transfer(state, 0, step, threshold, read_noise, forget)


@njit(**INLINED)
def _transfer(state, layer, step, threshold, read_noise, forget):
    """Read the next column of A into H and pulse C where H passes its threshold; return the number of pulses."""
    layers = state.net.layers
    threshold *= state.shares.threshold[layer]
    n_in, n_out = layers.n_in[layer], layers.n_out[layer]
    column = state.clock[1 + layer]
    state.clock[1 + layer] = (column + 1) % n_in
    at = layers.weight_offset[layer] + column * n_out
    h = state.hidden[at : at + n_out]
    noise = 0
    if read_noise > np.float32(0.0):
        noise = take_normals(state.rng, n_out)
    _gather(
        h,
        state.fast.weights[at : at + n_out],
        state.rng.normals[noise : noise + n_out],
        step,
        read_noise,
    )
    return fire(state.slow, state.hidden, at, n_out, threshold, forget, state.lines, state.rng)


@njit(**INLINED)
def fire(slow, hidden, at, n, threshold, forget, lines, rng):
    """Pulse the cells of C from ``at`` whose H passed its threshold, and take it off H; return the number of pulses."""
    # no update is under way, so the scratch of its lines holds the cells to pulse and their H
    over = lines.outputs.values[:n]
    fired = lines.inputs.active
    height = lines.inputs.values
    h = hidden[at : at + n]
    for i in range(n):
        over[i] = h[i] if abs(h[i]) > threshold else np.float32(0.0)
    count = list_nonzero(over, fired, height)
    first, c = np.uint64(at), stride(slow.rule)
    for f in range(count):
        prefetch(slow.weights, first + fired[f])
        prefetch_once(slow.coefficients, (first + fired[f]) * c)
    noise = take_normals(rng, count)
    for f in range(count):
        sign = np.float32(1.0) if height[f] > np.float32(0.0) else np.float32(-1.0)
        hidden[first + fired[f]] = np.float32(0.0) if forget else height[f] - sign * threshold
        pulse(slow, first + fired[f], sign, rng.normals[noise + f])
        slow.counts[0 if sign > np.float32(0.0) else 1] += 1
    return count


@njit(**INLINED)
def _gather(h, values, normals, step, read_noise):
    per_step = np.float32(1.0) / step
    for i in range(h.shape[0]):
        h[i] += (values[i] + read_noise * normals[i]) * per_step
