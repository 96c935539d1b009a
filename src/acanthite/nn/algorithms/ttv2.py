r"""TTv2: gradients gather on a fast array and, through a digital filter, pulse the weights.

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

from acanthite.arguments import count
from acanthite.errors import TrainingError
from acanthite.jit import njit
from acanthite.nn.algorithms.base import Batch, RankOneGradients, Tally
from acanthite.nn.algorithms.lag import run_blocks, with_lag
from acanthite.nn.algorithms.sample_loop import PulseKnobs, kernel_of, learn
from acanthite.nn.algorithms.tiki_taka import (
    TikiTaka,
    TikiTakaState,
    pulse_fast_layers,
    read_due_columns,
    transfer_column,
)
from acanthite.nn.array_types import Singles
from acanthite.nn.data.datasets import read_only
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.compaction import list_nonzero
from acanthite.nn.engine.native.options import INLINED, ONE, ZERO
from acanthite.nn.engine.native.prefetch import prefetch, prefetch_once
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.pulses import Array, pulse
from acanthite.nn.engine.rng import take_normals
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


class TTv2Memory(NamedTuple):
    """What is held beside the arrays."""

    hidden: np.ndarray  # H: float32, shape (n_weights,), in steps of A
    shares: Shares


class TTv2Knobs(NamedTuple):
    """What the kernels take of the knobs."""

    gradients: PulseKnobs
    every: int
    threshold: np.float32
    read_noise: np.float32
    forget: bool


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
    lag : int
        Samples of a block; see :mod:`acanthite.nn.algorithms.lag`. What a sample changes in C is
        seen by the passes ``lag + 1`` to ``2 lag`` samples later, and so passes and pulses may run
        on two cores. At most a round of the columns. 0: seen by the next sample. [1]

    Examples
    --------
    >>> tiki_taka = ac.nn.TTv2(threshold=10.0, window=0.6)
    >>> tiki_taka.name, tiki_taka.decay
    ('ttv2', 0.7)
    """

    name: ClassVar[str] = "ttv2"
    may_be_zero: ClassVar[frozenset[str]] = TikiTaka.may_be_zero | {"lag"}
    runs_on_slow_alone: ClassVar[bool] = True

    # rate, window, threshold, decay: best on 10,000 held-out training images, benchmarks/tune.py;
    # see docs/training.md
    rate: float = 0.5
    window: float = 0.5
    threshold: float = 30.0
    forget: bool = True
    lag: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        count(f"{type(self).__name__}: lag", self.lag, least=0, error=TrainingError)
        if self.lag and not self.runs_on_slow_alone:
            raise TrainingError(
                f"{type(self).__name__}: lag = {self.lag}; expected 0: its network runs on the fast "
                "array too, whose pulses cannot wait"
            )

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> Any:
        """Return a fresh state: A at its symmetry points, C programmed."""
        state = super().start(network, synapse, seed)
        if not self.lag:
            return state
        return with_lag(state, self.lag, self.transfer_every, network)

    def run(self, state: Any, batch: Batch, epoch: int) -> Tally:
        """Train on the samples of ``batch``, one by one, in order; change ``state`` in place."""
        if not self.lag:
            return super().run(state, batch, epoch)
        images, labels = read_only(batch.images), read_only(batch.labels)
        samples = Batch(images, labels, batch.order)
        return run_blocks(state, self.knobs(state, epoch), samples)

    def weights(self, state: Any) -> Singles:
        """Return C as the network sees it, shape (n_weights,)."""
        return state.blocks.seen if self.lag else state.slow.weights

    def program(self, state: Any, weights: Singles) -> None:
        """Write C, as near as its cells' bounds let it; A and what is digital stay as they are."""
        super().program(state, weights)
        self.join(state)

    def join(self, state: Any) -> None:
        """Let the network see C as it is."""
        if self.lag:
            state.blocks.seen[:] = state.slow.weights

    def update(self, state: Any, gradients: RankOneGradients) -> None:
        """Pulse A with gradients computed elsewhere, then read the columns that are due."""
        if self.lag:
            raise TrainingError(
                f"lag = {self.lag}: gradients computed elsewhere have seen C as it is; take lag = 0"
            )
        super().update(state, gradients)

    def start_digital(self, network: Network, fast: Array, slow: Array) -> Any:
        """Return what is held beside the arrays, at its beginning: H is zero."""
        return TTv2Memory(aligned.zeros(network.n_weights), shares(network))

    def knobs(self, state: TikiTakaState, epoch: int) -> Any:
        """Return what the kernels take of the knobs in an epoch."""
        shares = state.digital.shares.rate
        return TTv2Knobs(
            gradients=self.pulse_knobs(np.float32(self.rate), state.step, shares),
            every=self.transfer_every,
            threshold=np.float32(self.threshold / self.decay**epoch),
            read_noise=np.float32(self.read_noise),
            forget=self.forget,
        )

    def for_step(self, ratio: float) -> Self:
        """Return the algorithm for another step: as many pulses on A, weights as fast."""
        return replace(super().for_step(ratio), threshold=self.threshold * ratio)

    def at_rate(self, factor: float) -> Self:
        """Return the algorithm learning ``factor`` times as fast, which the threshold sets."""
        return replace(self, threshold=self.threshold / factor, decay=1.0)

    def set_widest(self, state: TikiTakaState, n_in: int, widest: int) -> None:
        """Scale the threshold of an array: with fewer columns, each has its turn sooner."""
        state.digital.shares.threshold[:] = widest / n_in


@kernel_of(learn, TTv2Knobs)
def _learn(state, knobs):
    pulses = pulse_fast_layers(state, knobs.gradients)
    fired, reads = read_due_columns(state, knobs)
    return pulses + fired, reads


@kernel_of(transfer_column, TTv2Knobs)
def _transfer(state, knobs, layer, column, first):
    n_out = state.net.layers.n_out[layer]
    noise = 0
    if knobs.read_noise > ZERO:
        noise = take_normals(state.rng, n_out)
    _gather(
        state.digital.hidden[first : first + n_out],
        state.fast.weights[first : first + n_out],
        state.rng.normals[noise : noise + n_out],
        knobs.gradients.step,
        knobs.read_noise,
    )
    return fire(state, knobs, layer, first)


@njit(**INLINED)
def _gather(h, values, normals, step, read_noise):
    per_step = ONE / step
    for i in range(h.shape[0]):
        h[i] += (values[i] + read_noise * normals[i]) * per_step


@njit(**INLINED)
def fire(state, knobs, layer, first):
    """Pulse the cells of C where H of a column passed its threshold, and take it off H.

    Return the number of pulses.
    """
    slow = state.slow
    rng = state.rng
    threshold = knobs.threshold * state.digital.shares.threshold[layer]
    n = state.net.layers.n_out[layer]
    # no update is under way, so the scratch of its lines holds the cells to pulse and their H
    over = state.lines.outputs.values[:n]
    fired = state.lines.inputs.active
    height = state.lines.inputs.values
    h = state.digital.hidden[first : first + n]
    for i in range(n):
        over[i] = h[i] if abs(h[i]) > threshold else ZERO
    count = list_nonzero(over, fired, height)
    base = np.uint64(first)
    c = stride(slow.rule)
    for f in range(count):
        prefetch(slow.weights, base + fired[f])
        prefetch_once(slow.coefficients, (base + fired[f]) * c)
    noise = take_normals(rng, count)
    for f in range(count):
        cell = base + fired[f]
        sign = ONE if height[f] > ZERO else -ONE
        left = ZERO if knobs.forget else height[f] - sign * threshold
        state.digital.hidden[cell] = left
        pulse(slow, cell, sign, rng.normals[noise + f])
        slow.counts[0 if sign > ZERO else 1] += 1
    return count
