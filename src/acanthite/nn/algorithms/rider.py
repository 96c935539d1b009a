r"""RIDER and E-RIDER: residual learning about a symmetry point that is tracked, not sought.

A mean of the reads of A, :math:`Q`, is where its cells come to rest: their symmetry points, which
need not be known and may drift. The network runs on :math:`C + g c (A - Q_t)`; H gathers :math:`c
(A - Q_t)`. In E-RIDER the sign :math:`c` of an input line flips by chance, and :math:`Q_t` takes
the value of :math:`Q` at each flip; in RIDER nothing flips and :math:`Q_t` is :math:`Q`. Rates are
within the bounds of :mod:`acanthite.nn.algorithms.residual`.

References
----------
.. [1] Q. Xiao, Z. Wu, T. Gokmen, T. Chen, arXiv:2602.21321 (2026).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from acanthite.errors import TrainingError
from acanthite.jit import njit
from acanthite.nn.algorithms.agad import AGAD
from acanthite.nn.algorithms.base import RankOneGradients, program
from acanthite.nn.algorithms.cttv2 import flips, gather_chopped, pulse_chopped
from acanthite.nn.algorithms.residual import bounded, check_bound, held
from acanthite.nn.algorithms.sample_loop import PulseKnobs, kernel_of, learn
from acanthite.nn.algorithms.tiki_taka import TikiTakaState, read_due_columns, transfer_column
from acanthite.nn.algorithms.ttv2 import Shares, fire
from acanthite.nn.array_types import Singles
from acanthite.nn.engine.layout import is_convolution
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.options import IN_PLACE, INLINED, ZERO
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.pulses import Array
from acanthite.nn.engine.rng import take_normals


class RiderMemory(NamedTuple):
    """What is held beside the arrays."""

    hidden: np.ndarray  # H: float32, shape (n_weights,), in steps of A
    shares: Shares
    chopper: np.ndarray  # float32, shape (all input lines,): +1 or -1
    past: np.ndarray  # Q_t: float32, shape (n_weights,)
    recent: np.ndarray  # Q: float32, shape (n_weights,)
    first_line: np.ndarray  # int64, shape (n_layers,): of each layer in chopper
    chopped: np.ndarray  # float32: inputs of one update, signs turned
    period: np.ndarray  # int32, shape (all input lines, 2): reads since a flip, and flips so far
    largest: np.ndarray  # float32, shape (n_layers, 2): of no use here, as the next three
    out_chopper: np.ndarray
    first_output: np.ndarray
    out_chopped: np.ndarray
    joined: np.ndarray  # float32, shape (n_weights,): what the network runs on


class RiderKnobs(NamedTuple):
    """What the kernels take of the knobs."""

    gradients: PulseKnobs
    every: int
    threshold: np.float32
    read_noise: np.float32
    forget: bool
    flip: np.uint32  # chance of a flip, out of 2**32
    reads: np.int32  # between two flips; 0 where they come by chance
    gated: bool
    pulses: np.float32
    reference_share: np.float32  # of a new read in Q
    out_flip: np.uint32  # zero
    corrected: bool  # not
    gamma: np.float32  # in network units
    bound: np.float32
    tracks: bool  # whether Q_t follows Q at every read


@dataclass(frozen=True, kw_only=True)
class ERIDER(AGAD):
    r"""Residual learning with choppers and a tracked symmetry point.

    Parameters
    ----------
    rate : float
        :math:`\eta_A`, at most: the bound of each sample holds it down. [1]
    decay, window, bl_max, pulses, transfer_every, read_noise, threshold, forget, flip, memory
        As in :class:`~acanthite.nn.algorithms.agad.AGAD`; the ``shift`` knobs play no part.
    regular, gated
        As in :class:`~acanthite.nn.algorithms.cttv2.ChoppedTTv2`.
    scaled_pulses, out_flip, corrected
        Of no use here, and zero: the bound scales the rate, and A is part of the weights by the
        signs of its input lines.
    gamma, bound
        As in :class:`~acanthite.nn.algorithms.rl.ResidualLearning`. [1]

    Raises
    ------
    TrainingError
        If the bound is none.

    Examples
    --------
    >>> rider = ac.nn.ERIDER(gamma=0.2)
    >>> rider.name, rider.flip
    ('e-rider', 0.05)
    """

    name: ClassVar[str] = "e-rider"
    runs_on_slow_alone: ClassVar[bool] = False

    # best of a few on 10,000 held-out training images at four states; see docs/training.md
    window: float = 0.2
    threshold: float = 10.0
    flip: float = 0.05
    gamma: float = 0.05
    bound: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_bound(self)
        if self.scaled_pulses:
            raise TrainingError(
                f"{type(self).__name__}: scaled_pulses = {self.scaled_pulses:g}; expected 0: the "
                "bound scales the rate"
            )
        if self.out_flip:
            raise TrainingError(
                f"{type(self).__name__}: out_flip = {self.out_flip:g}; expected 0: A is part of the "
                "weights by the signs of its input lines alone"
            )

    @property
    def _gamma(self) -> np.float32:
        """Weight of A in the network, in network units."""
        return np.float32(self.gamma * self.window)

    @property
    def tracks(self) -> bool:
        """Whether the reference follows every read."""
        return False

    def start_digital(self, network: Network, fast: Array, slow: Array) -> Any:
        """Return what is held beside the arrays, at its beginning."""
        memory = super().start_digital(network, fast, slow)
        joined = aligned.copy(slow.weights + self._gamma * fast.weights)
        return RiderMemory(*memory, joined=joined)

    def knobs(self, state: TikiTakaState, epoch: int) -> Any:
        """Return what the kernels take of the knobs in an epoch."""
        return RiderKnobs(
            *super().knobs(state, epoch),
            gamma=self._gamma,
            bound=np.float32(self.bound),
            tracks=self.tracks,
        )

    def update(self, state: TikiTakaState, gradients: RankOneGradients) -> None:
        """Pulse A with gradients computed elsewhere, whose signs do not flip, and transfer."""
        super().update(state, held(gradients, float(self._gamma), self.bound))

    def weights(self, state: TikiTakaState) -> Singles:
        """Return what the network runs on, shape (n_weights,)."""
        return state.digital.joined

    def program(self, state: TikiTakaState, weights: Singles) -> None:
        """Write C, as near as its cells' bounds let it, so that the network has the weights."""
        self.join(state)
        residual = state.digital.joined - state.slow.weights
        program(state.slow, weights - residual)
        self.join(state)

    def transfer(self, state: TikiTakaState, count: int) -> None:
        """Read the next ``count`` columns for C."""
        super().transfer(state, count)
        self.join(state)

    def join(self, state: TikiTakaState) -> None:
        """Set the weights the network runs on anew."""
        layers = state.net.layers
        for layer, n_out in enumerate(layers.n_out.tolist()):
            for column in range(int(layers.n_in[layer])):
                first = int(layers.weight_offset[layer]) + column * n_out
                line = int(state.digital.first_line[layer]) + column
                part = slice(first, first + n_out)
                residual = state.fast.weights[part] - state.digital.past[part]
                factor = self._gamma * state.digital.chopper[line]
                state.digital.joined[part] = state.slow.weights[part] + factor * residual


@dataclass(frozen=True, kw_only=True)
class RIDER(ERIDER):
    r"""Residual learning with a tracked symmetry point and no choppers.

    Parameters
    ----------
    rate, decay, window, bl_max, pulses, transfer_every, read_noise, threshold, forget, memory,
    gamma, bound
        As in :class:`ERIDER`; ``flip`` and the ``shift`` knobs play no part.

    Examples
    --------
    >>> ac.nn.RIDER().name
    'rider'
    """

    name: ClassVar[str] = "rider"

    memory: float = 0.01

    @property
    def tracks(self) -> bool:
        """Whether the reference follows every read."""
        return True


@kernel_of(learn, RiderKnobs)
def _learn(state, knobs):
    held = bounded(knobs.gradients, state.net, knobs.gamma, knobs.bound)
    pulses = pulse_chopped(state, held, ZERO, False)
    _join_driven(state, knobs)
    fired, reads = read_due_columns(state, knobs)
    return pulses + fired, reads


@njit(**IN_PLACE)
def _join_driven(state, knobs):
    """Set the weights of all input lines that this sample drove."""
    layers = state.net.layers
    for layer in range(layers.n_in.shape[0]):
        first = layers.weight_offset[layer]
        n_out = layers.n_out[layer]
        everywhere = is_convolution(state.net, layer)
        x = state.net.nodes.values[layers.node_offset[layer] :]
        for j in range(layers.n_in[layer]):
            if everywhere or x[j] != ZERO:
                _join_column(state, knobs, layer, j, first + j * n_out)


@njit(**INLINED)
def _join_column(state, knobs, layer, column, first):
    digital = state.digital
    n = state.net.layers.n_out[layer]
    factor = knobs.gamma * digital.chopper[digital.first_line[layer] + column]
    part = slice(first, first + n)
    joined, past = digital.joined[part], digital.past[part]
    slow, fast = state.slow.weights[part], state.fast.weights[part]
    for i in range(n):
        joined[i] = slow[i] + factor * (fast[i] - past[i])


@kernel_of(transfer_column, RiderKnobs)
def _transfer(state, knobs, layer, column, first):
    digital = state.digital
    n_out = state.net.layers.n_out[layer]
    line = digital.first_line[layer] + column
    noise = take_normals(state.rng, n_out)
    part = slice(first, first + n_out)
    past = digital.past[part]
    recent = digital.recent[part]
    gather_chopped(
        digital.hidden[part],
        state.fast.weights[part],
        past,
        recent,
        state.rng.normals[noise : noise + n_out],
        ZERO if knobs.gated and digital.period[line, 1] == 0 else digital.chopper[line],
        knobs,
    )
    count = fire(state, knobs, layer, first)
    turned = not knobs.tracks and flips(state, knobs, line)
    if turned:
        digital.chopper[line] = -digital.chopper[line]
    if turned or knobs.tracks:
        for i in range(n_out):
            past[i] = recent[i]
    _join_column(state, knobs, layer, column, first)
    return count
