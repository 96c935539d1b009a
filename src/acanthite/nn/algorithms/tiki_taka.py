"""Base of the Tiki-Taka family: a fast array A gathers gradients, read by columns for a slow C.

The zero of each cell of A is its own symmetry point, found beforehand by alternating pulses, so a
gradient of zero mean leaves A, on average, at zero. The algorithms differ in what becomes of a
column read.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numba.extending import overload

from acanthite.errors import TrainingError
from acanthite.jit import njit
from acanthite.nn.algorithms.base import Pulsed, RankOneGradients, program
from acanthite.nn.algorithms.sample_loop import pulse_cells
from acanthite.nn.array_types import Singles
from acanthite.nn.engine.deferred import Deferred, defer, flush_column, is_deferred, make_deferred
from acanthite.nn.engine.disturbance import PulseNoise
from acanthite.nn.engine.layout import Net, lay_out
from acanthite.nn.engine.native.dispatch import call_kernel
from acanthite.nn.engine.native.options import CHOSEN, IN_PLACE, INLINED
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.passes import n_pairs, pair
from acanthite.nn.engine.pulses import Array, FiringLines, array, firing_lines
from acanthite.nn.engine.rng import Rng, make_rng
from acanthite.nn.engine.units import Units
from acanthite.random import generator
from acanthite.synapse.base import Cells, Synapse
from acanthite.synapse.symmetry import shift


class TikiTakaState(NamedTuple):
    """All that training changes, and the scratch beside it."""

    net: Net
    fast: Array  # A
    slow: Array  # C
    digital: Any  # what an algorithm holds beside the arrays
    # int64, shape (1 + n_layers,): samples seen, then the next column of each layer
    clock: np.ndarray
    step: float  # mean step of A, in half windows
    lines: FiringLines
    rng: Rng
    deferred: Deferred | None  # pulses on A that wait for their column to be read


@dataclass(frozen=True, kw_only=True)
class TikiTaka(Pulsed):
    r"""Two arrays of the same device, A and C.

    Parameters
    ----------
    rate : float
        :math:`\eta_A`; a cell of A is to move by :math:`-\eta_A x d` (in half windows). [1]
    decay : float
        Of the rate at which C learns, from one epoch to the next. [1]
    window : float
        Network weight of half the conductance window of C. [1]
    bl_max, pulses
        As in :class:`~acanthite.nn.algorithms.base.Pulsed`.
    transfer_every : int
        Samples between two column reads of a layer; the columns take turns.
    read_noise : float
        Standard deviation of one cell's column read, in half windows of A. [1]
    shift_pairs, shift_average : int
        Up-down pairs that drive A to its symmetry points, and how many of the last are read for the
        reference.
    reference_mean, reference_spread : float
        Mean and standard deviation between cells of what the reference of A is wrong by, beside the
        error of measuring it, in half windows. [1]
    """

    may_be_zero: ClassVar[frozenset[str]] = frozenset({"read_noise", "reference_spread"})
    of_either_sign: ClassVar[frozenset[str]] = frozenset({"reference_mean"})
    runs_on_slow_alone: ClassVar[bool] = False
    """Whether the network runs on C, whatever A holds."""

    decay: float = 0.7
    transfer_every: int = 1
    read_noise: float = 0.01
    shift_pairs: int = 100
    shift_average: int = 60
    reference_mean: float = 0.0
    reference_spread: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.shift_average > self.shift_pairs:
            raise TrainingError(
                f"{type(self).__name__}: shift_average = {self.shift_average}; "
                f"expected at most shift_pairs = {self.shift_pairs}"
            )

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> TikiTakaState:
        """Return a fresh state: A at its symmetry points, C programmed."""
        n = network.n_weights
        drawn = self.device(synapse).cells(n, generator(seed, f"nn.{self.name}.fast-cells"))
        read = self.misread(*self.zeroed(drawn, n, seed), seed)
        fast = array(*read, seed, f"nn.{self.name}.fast-cells")
        slow = self.cells(network, synapse, seed, "slow-cells")
        return TikiTakaState(
            net=lay_out(network, seed),
            fast=fast,
            slow=slow,
            digital=self.start_digital(network, fast, slow),
            clock=np.zeros(1 + len(network.shapes), np.int64),
            step=self.device(synapse).step,
            lines=firing_lines(network),
            rng=make_rng(seed, f"nn.{self.name}.pulses"),
            deferred=self._deferred(network, fast, seed),
        )

    def _deferred(self, network: Network, fast: Array, seed: int) -> Deferred | None:
        """Return what holds pulses on A back, or None where they are made at once."""
        waits = self.runs_on_slow_alone and self.pulses == "stochastic"
        # convolutions have few cells and many updates; other noise has places of its own
        if not waits or network.convolutions or isinstance(fast.noise, PulseNoise | Units):
            return None
        return make_deferred(network, self.bl_max, seed, f"nn.{self.name}.deferred")

    @abstractmethod
    def start_digital(self, network: Network, fast: Array, slow: Array) -> Any:
        """Return what the algorithm holds beside the arrays at its beginning: a NamedTuple."""

    def zeroed(self, drawn: Cells, n: int, seed: int) -> tuple[Cells, Singles]:
        """Return the ``n`` cells of A, zero at their symmetry points, and their weights."""
        draw = generator(seed, f"nn.{self.name}.shift")
        middle = np.zeros(n, np.float32)
        moved = shift(drawn, middle, draw, self.shift_pairs, self.shift_average)
        return moved.cells.referred(moved.references, 1.0), moved.weights - moved.references

    def misread(self, cells: Cells, weights: Singles, seed: int) -> tuple[Cells, Singles]:
        """Return the cells of A and their weights as references that are wrong make them read."""
        if not (self.reference_mean or self.reference_spread):
            return cells, weights
        draw = generator(seed, f"nn.{self.name}.references")
        error = self.reference_mean + self.reference_spread * draw.standard_normal(len(weights))
        return cells.referred(error, 1.0), (weights - error).astype(np.float32)

    def weights(self, state: TikiTakaState) -> Singles:
        """Return C, shape (n_weights,)."""
        return state.slow.weights

    def program(self, state: TikiTakaState, weights: Singles) -> None:
        """Write C, as near as its cells' bounds let it; A and what is digital stay as they are."""
        program(state.slow, weights)

    def update(self, state: TikiTakaState, gradients: RankOneGradients) -> None:
        """Pulse A with gradients computed elsewhere, then read the columns that are due."""
        gradients.pulse(state.fast, state.step)
        before = int(state.clock[0]) // self.transfer_every
        state.clock[0] += gradients.samples
        self.transfer(state, int(state.clock[0]) // self.transfer_every - before)

    def transfer(self, state: TikiTakaState, count: int) -> None:
        """Read the next ``count`` columns for C, with the knobs of the first epoch."""
        variant = type(self), self.pulses, type(state.slow.noise)
        knobs = self.knobs(state, 0)
        call_kernel(_read_columns, state.slow.rule, state, knobs, count, variant=variant)

    @property
    def update_window(self) -> float:
        """The rate is in half windows of A. [1]"""
        return 1.0

    def adapted_to(self, synapse: Synapse) -> Self:
        """Return the algorithm, its tuned knobs adapted to a device of far smaller steps.

        Beside the rate, the pairs of pulses to the symmetry point: no fewer than take a cell
        through its window.
        """
        pairs = max(self.shift_pairs, math.ceil(2.0 / synapse.step))
        return replace(super().adapted_to(synapse), shift_pairs=pairs)

    def for_step(self, ratio: float) -> Self:
        """Return the algorithm for another step: as many pulses on A, weights as fast."""
        return replace(self, rate=self.rate * ratio)

    @property
    def column_noise(self) -> float:
        """Standard deviation of one cell's column read, in half windows. [1]"""
        return self.read_noise

    def with_column_noise(self, noise: float) -> Self:
        """Return the algorithm with other noise of its column reads."""
        return replace(self, read_noise=noise)


def pulse_fast(state: Any, knobs: Any, layer: int, x: Any, d: Any) -> int:
    """Pulse a layer of A by the gradient of ``x`` and ``d``, at once or when it is read.

    Return the number of pulses.

    Parameters
    ----------
    state : TikiTakaState
    knobs : PulseKnobs
    layer : int
    x, d : ndarray of float32, shape (n_in,) and (n_out,)
    """
    raise NotImplementedError("for compiled kernels only")


@overload(pulse_fast, jit_options=CHOSEN)
def _pulse_fast(state, knobs, layer, x, d):
    return _when_read if is_deferred(state) else _at_once


def _at_once(state, knobs, layer, x, d):
    first = state.net.layers.weight_offset[layer]
    return pulse_cells(state.fast, first, x, d, layer, state, knobs)


def _when_read(state, knobs, layer, x, d):
    rate = knobs.rate * knobs.shares[layer]
    how = rate, knobs.step, knobs.trains, state.lines, state.rng
    return defer(state.deferred, state.fast, layer, x, d, *how)


@njit(**INLINED)
def pulse_fast_layers(state, knobs):
    """Do :func:`pulse_fast` for all layers by their inputs and errors."""
    pulses = 0
    for layer in range(state.net.layers.n_in.shape[0]):
        for k in range(n_pairs(state.net, layer)):
            x, d = pair(state.net, layer, k)
            pulses += pulse_fast(state, knobs, layer, x, d)
    return pulses


def transfer_column(state: Any, knobs: Any, layer: int, column: int, first: int) -> int:
    """Read a column of A, whose cells begin at ``first``, for C; return the pulses on C.

    Every algorithm adds its own kernel.
    """
    raise NotImplementedError("for compiled kernels only")


@njit(**INLINED)
def read_due_columns(state, knobs):
    """Read a column of each layer where one is due; return the pulses on C and the columns read."""
    state.clock[0] += 1
    if state.clock[0] % knobs.every != 0:
        return 0, 0
    pulses = 0
    n_layers = state.net.layers.n_in.shape[0]
    for layer in range(n_layers):
        pulses += _read_next(state, knobs, layer)
    return pulses, n_layers


@njit(**IN_PLACE)
def _read_columns(state, knobs, count):
    for _ in range(count):
        _read_next(state, knobs, 0)


@njit(**INLINED)
def _read_next(state, knobs, layer):
    """Read the next column of a layer; return the pulses on C."""
    layers = state.net.layers
    column = state.clock[1 + layer]
    state.clock[1 + layer] = (column + 1) % layers.n_in[layer]
    first = layers.weight_offset[layer] + column * layers.n_out[layer]
    flush_column(state, layer, column)
    return transfer_column(state, knobs, layer, column, first)
