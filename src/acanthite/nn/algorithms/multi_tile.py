r"""MRL (multi-tile residual learning): as many arrays as the weights need digits.

The network runs on :math:`\sum_n g \gamma^n W_n`, a coarse tile :math:`W_0` and finer ones behind
it. Gradients are pulsed on the finest. In turns of its own, each tile's columns are read and pulsed
onto the next coarser one, :math:`W_n \mathrel{+}= \beta W_{n+1}`; the gradient then takes back on
the finer tile what the coarser has got. Nothing is digital but the sum.

Rates are within the bounds of :mod:`acanthite.nn.algorithms.residual`. And a tile covers what the
next coarser one cannot express, half a step to either side, if :math:`\gamma` is at least half the
device's step: one over the number of its states.

**The noise of a tile.** Pulses of random sign leave a tile of soft bounds off its zero by the root
of :math:`s / (2 - s)` of half its window, :math:`s` its step in half windows: a third with ten
states. A lower rate makes this noise slower and not smaller, so neither a decay nor more epochs
take it away. What helps is a finest tile that weighs so little, :math:`g \gamma^N`, that the network
bears a third of it in every weight: a smaller window, a smaller :math:`\gamma`, or more tiles.

References
----------
.. [1] J. Li, Z. Wu, Q. Xiao, T. Gokmen, O. Fagbohungbe, T. Chen, arXiv:2510.02516 (2025).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple, Self

import numpy as np

from acanthite.arguments import count
from acanthite.errors import TrainingError
from acanthite.jit import njit
from acanthite.nn.algorithms.base import Batch, RankOneGradients, Tally, program
from acanthite.nn.algorithms.residual import bounded, check_bound, held
from acanthite.nn.algorithms.sample_loop import (
    PulseKnobs,
    kernel_of,
    learn,
    ones,
    pulse_cells,
    pulse_layers,
)
from acanthite.nn.algorithms.tiki_taka import TikiTaka
from acanthite.nn.array_types import Singles
from acanthite.nn.engine.disturbance import PulseNoise
from acanthite.nn.engine.layout import Net, is_convolution, lay_out
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.dispatch import call_kernel
from acanthite.nn.engine.native.options import IN_PLACE, INLINED, ONE, ZERO
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.pulses import Array, FiringLines, array, firing_lines
from acanthite.nn.engine.rng import Rng, make_rng, take_normals
from acanthite.nn.engine.units import Units, program_units
from acanthite.random import generator
from acanthite.synapse.base import Cells, Synapse
from acanthite.synapse.rest import RestingCells
from acanthite.synapse.units.cells import UnitCells

_SUM, _SAMPLES, _BEFORE = range(3)
_EPOCH, _LEVEL = range(2)


class TilesMemory(NamedTuple):
    """What is held beside the arrays."""

    joined: np.ndarray  # float32, shape (n_weights,): what the network runs on
    coarse: np.ndarray  # float32, shape (n_weights,): the same without the finest tile
    column: np.ndarray  # float32: one read, its sign turned, and the 1 its line is driven with
    # float64, shape (3,): loss and samples of this epoch so far, mean loss of the one before
    losses: np.ndarray
    # int64, shape (2,): this epoch, and the tile that the finest is read onto while all begins
    warm: np.ndarray


class MultiTileState(NamedTuple):
    """All that training changes, and the scratch beside it."""

    net: Net
    tiles: Array  # the finest tile's cells first, the coarsest one's last
    digital: TilesMemory
    # int64, shape (2 + (n_tiles - 1) * n_layers,): samples seen, turns taken, then the next column
    # of each layer of each tile but the coarsest
    clock: np.ndarray
    step: float  # mean step, in half windows
    lines: FiringLines
    rng: Rng


class MultiTileKnobs(NamedTuple):
    """What the kernels take of the knobs."""

    gradients: PulseKnobs  # of the finest tile, in half windows
    transfers: PulseKnobs  # of the others, in half windows
    every: int
    slowdown: int
    read_noise: np.float32
    shares: np.ndarray  # float32, shape (n_tiles,): of each tile in a weight, the finest one first
    bound: np.float32
    warm_start: bool


@dataclass(frozen=True, kw_only=True)
class MultiTile(TikiTaka):
    r"""Residual learning on several arrays of the same device.

    Parameters
    ----------
    tiles : int
        Arrays, at least two.
    rate : float
        Of the finest tile, at most: the bound of each sample holds it down. [1]
    transfer_rate : float
        :math:`\beta`: a cell is to move by this times the read of the next finer tile (both in half
        windows); at most ``gamma``. [1]
    decay : float
        Of both rates, from one epoch to the next. [1]
    window : float
        Network weight of half the conductance window of the coarsest tile. [1]
    gamma : float
        :math:`\gamma`, weight of a tile over that of the next coarser one. [1]
    transfer_every : int
        Samples between two column reads of a layer of the finest tile.
    slowdown : int
        How many times longer that is from each tile to the next coarser one.
    bound : float
        As in :class:`~acanthite.nn.algorithms.rl.ResidualLearning`. [1]
    warm_start : bool
        Whether only the finest tile is read at first, onto the coarsest; and onto the next finer
        one after each epoch in which the loss rose, until all tiles have had their turn.
    bl_max, pulses, read_noise, shift_pairs, shift_average, reference_mean, reference_spread
        As in :class:`~acanthite.nn.algorithms.tiki_taka.TikiTaka`; the fine tiles have references.

    Raises
    ------
    TrainingError
        If a transfer would hand over more than a tile holds, or the bound is none.

    Examples
    --------
    >>> tiles = ac.nn.MultiTile(tiles=4, gamma=0.3)
    >>> tiles.name, tiles.transfer_every, tiles.slowdown
    ('mrl', 2, 5)
    """

    name: ClassVar[str] = "mrl"

    # best of a few on 10,000 held-out training images at four states; see docs/training.md
    rate: float = 1.0
    tiles: int = 3
    transfer_rate: float = 0.1
    window: float = 0.3
    gamma: float = 0.25
    transfer_every: int = 2
    slowdown: int = 5
    bound: float = 1.0
    warm_start: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        check_bound(self)
        count(f"{type(self).__name__}: tiles", self.tiles, least=2, error=TrainingError)
        if not self.transfer_rate <= self.gamma < 1:
            raise TrainingError(
                f"{type(self).__name__}: transfer_rate = {self.transfer_rate:g}, gamma = "
                f"{self.gamma:g}; expected transfer_rate <= gamma < 1: gamma is all of a tile "
                "that the network sees beside the next coarser one"
            )

    def start(self, network: Network, synapse: Synapse | None, seed: int) -> MultiTileState:
        """Return a fresh state: fine tiles at their symmetry points, the coarsest programmed."""
        n = network.n_weights
        device = self.device(synapse)
        parts = []
        for k in range(self.tiles - 1):
            drawn = device.cells(n, generator(seed, f"nn.{self.name}.cells", k))
            parts.append(self.misread(*self.zeroed(drawn, n, seed + k), seed + k))
        coarsest = device.cells(n, generator(seed, f"nn.{self.name}.cells", self.tiles - 1))
        parts.append((coarsest, network.initial_weights(seed) / np.float32(self.window)))
        tiles = array(*_stacked(parts, n), seed, f"nn.{self.name}.cells")
        state = MultiTileState(
            net=lay_out(network, seed),
            tiles=tiles,
            digital=self.start_digital(network, tiles, tiles),
            clock=np.zeros(2 + (self.tiles - 1) * len(network.shapes), np.int64),
            step=device.step,
            lines=firing_lines(network),
            rng=make_rng(seed, f"nn.{self.name}.pulses"),
        )
        self.join(state)
        return state

    def start_digital(self, network: Network, fast: Array, slow: Array) -> TilesMemory:
        """Return what is held beside the arrays, at its beginning."""
        return TilesMemory(
            joined=aligned.zeros(network.n_weights),
            coarse=aligned.zeros(network.n_weights),
            column=np.zeros(network.n_lines + 1, np.float32),
            losses=np.zeros(3),
            warm=np.array([0, self.tiles - 1], np.int64),
        )

    @property
    def _shares(self) -> Singles:
        """Network weight of half a window of each tile, the finest one first."""
        powers = np.arange(self.tiles - 1, -1, -1)
        return (self.window * self.gamma**powers).astype(np.float32)

    def knobs(self, state: MultiTileState, epoch: int) -> MultiTileKnobs:
        """Return what the kernels take of the knobs in an epoch."""
        shares = ones(state.net)
        transfer_rate = np.float32(self.transfer_rate * self.decay**epoch)
        return MultiTileKnobs(
            gradients=self.pulse_knobs(self.rate_in(epoch), state.step, shares),
            transfers=self.pulse_knobs(transfer_rate, state.step, shares),
            every=self.transfer_every,
            slowdown=self.slowdown,
            read_noise=np.float32(self.read_noise),
            shares=self._shares,
            bound=np.float32(self.bound),
            warm_start=self.warm_start,
        )

    def at_rate(self, factor: float) -> Self:
        """Return the algorithm learning ``factor`` times as fast: both rates, as by its decay."""
        transfer_rate = min(self.transfer_rate * factor, self.gamma)
        return replace(super().at_rate(factor), transfer_rate=transfer_rate)

    def run(self, state: MultiTileState, batch: Batch, epoch: int) -> Tally:
        """Train on the samples of ``batch``; at a new epoch, see whether the loss rose."""
        losses, warm = state.digital.losses, state.digital.warm
        if epoch != warm[_EPOCH]:
            warm[_EPOCH] = epoch
            mean = losses[_SUM] / max(losses[_SAMPLES], 1.0)
            if losses[_BEFORE] and mean > losses[_BEFORE] and warm[_LEVEL] > 0:
                warm[_LEVEL] -= 1
            losses[:] = 0.0, 0.0, mean
        tally = super().run(state, batch, epoch)
        losses[_SUM] += tally.loss
        losses[_SAMPLES] += len(batch.order)
        return tally

    def weights(self, state: MultiTileState) -> Singles:
        """Return the sum of all tiles, shape (n_weights,)."""
        return state.digital.joined

    def program(self, state: MultiTileState, weights: Singles) -> None:
        """Write the coarsest tile, as near as its cells let it, so that the sum is the weights."""
        n = len(weights)
        read = state.tiles.weights.reshape(-1, n)
        fine = self._shares[:-1] @ read[:-1]
        coarsest = (weights - fine) / self._shares[-1]
        if isinstance(state.tiles.noise, Units):
            program_units(state.tiles, coarsest, first=(self.tiles - 1) * n)
            self.join(state)
            return
        noise = state.tiles.noise
        behind = noise.hidden if isinstance(noise, PulseNoise) else state.tiles.weights
        values = behind.reshape(-1, n).copy()
        values[-1] = coarsest
        program(state.tiles, values.ravel())
        self.join(state)

    def update(self, state: MultiTileState, gradients: RankOneGradients) -> None:
        """Pulse the finest tile with gradients computed elsewhere, then read what is due."""
        held(gradients, float(self._shares[0]), self.bound).pulse(state.tiles, state.step)
        before = int(state.clock[0]) // self.transfer_every
        state.clock[0] += gradients.samples
        self.transfer(state, int(state.clock[0]) // self.transfer_every - before)

    def transfer(self, state: MultiTileState, count: int) -> None:
        """Take the next ``count`` turns, with the knobs of the first epoch."""
        variant = type(self), self.pulses, type(state.tiles.noise)
        call_kernel(_turns, state.tiles.rule, state, self.knobs(state, 0), count, variant=variant)
        self.join(state)

    def join(self, state: MultiTileState) -> None:
        """Set the weights the network runs on anew."""
        tiles = state.tiles.weights.reshape(self.tiles, -1)
        state.digital.coarse[:] = self._shares[1:] @ tiles[1:]
        state.digital.joined[:] = state.digital.coarse + self._shares[0] * tiles[0]


def _stacked(parts: list[tuple[Cells, Singles]], n: int) -> tuple[Cells, Singles]:
    """Return the cells of several arrays of ``n`` as those of one, and their weights."""
    weights = np.concatenate([w for _, w in parts]).astype(np.float32)
    units = [c if c.held else c.holding(w) for c, w in parts if isinstance(c, UnitCells)]
    if units:
        return _stacked_units(units, n), weights
    return _stacked_cells([c for c, _ in parts], n), weights


def _stacked_cells(cells: Sequence[Cells], n: int) -> Cells:
    first = cells[0]
    width = first.coefficients.shape[1]
    c = np.concatenate([np.broadcast_to(one.coefficients, (n, width)) for one in cells])
    disturbance = first.disturbance
    if disturbance is not None:
        offsets = [np.broadcast_to(one.disturbance.offsets, (n, 2)) for one in cells]  # type: ignore[union-attr]
        rest = _stacked_rest([one.disturbance.rest for one in cells], n)  # type: ignore[union-attr]
        disturbance = replace(disturbance, offsets=np.concatenate(offsets), rest=rest)
    return Cells(c, first.noise, first.rule, disturbance)


def _stacked_units(units: list[UnitCells], n: int) -> UnitCells:
    """Return the unit cells of several arrays of ``n`` as those of one; all know where they begin."""
    first = units[0]
    devices = _stacked_cells([one.devices for one in units], n * len(first.gamma))
    refresh = first.refresh
    if refresh is not None:
        levels = [one.refresh.levels for one in units if one.refresh is not None]
        refresh = replace(refresh, levels=np.concatenate(levels))
    return replace(
        first,
        coefficients=np.concatenate([one.coefficients for one in units]),
        devices=devices,
        reference=np.concatenate([one.reference for one in units]),
        resting=np.concatenate([one.resting for one in units]),
        refresh=refresh,
    )


def _stacked_rest(rests: list[RestingCells | None], n: int) -> RestingCells | None:
    """Return what rest does to the cells of several arrays of ``n``; the same device's, so all or
    none have it.
    """
    known = [rest for rest in rests if rest is not None]
    if not known:
        return None
    columns = {
        name: np.concatenate([np.broadcast_to(getattr(rest, name), n) for rest in known])
        for name in ("rates", "targets", "diffusions")
    }
    return replace(known[0], **columns)


@kernel_of(learn, MultiTileKnobs)
def _learn(state, knobs):
    gradients = bounded(knobs.gradients, state.net, knobs.shares[0], knobs.bound)
    pulses = pulse_layers(state.tiles, state, gradients)
    _join_driven(state, knobs)
    state.clock[0] += 1
    reads = 0
    if state.clock[0] % knobs.every == 0:
        moves, reads = _turn(state, knobs)
        pulses += moves
    return pulses, reads


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
                _join_column(state, knobs, first + j * n_out, n_out)


@njit(**INLINED)
def _join_column(state, knobs, first, n):
    joined = state.digital.joined[first : first + n]
    coarse = state.digital.coarse[first : first + n]
    finest = state.tiles.weights[first : first + n]
    for i in range(n):
        joined[i] = coarse[i] + knobs.shares[0] * finest[i]


@njit(**IN_PLACE)
def _turns(state, knobs, count):
    for _ in range(count):
        _turn(state, knobs)


@njit(**IN_PLACE)
def _turn(state, knobs):
    """Read a column of each tile whose turn it is; return the pulses and the columns read."""
    state.clock[1] += 1
    n_tiles = knobs.shares.shape[0]
    n_layers = state.net.layers.n_in.shape[0]
    pulses, reads = 0, 0
    warm = knobs.warm_start and state.digital.warm[_LEVEL] > 0
    turns = state.clock[1]
    for tile in range(n_tiles - 1):
        target = state.digital.warm[_LEVEL] if warm else tile + 1
        for layer in range(n_layers):
            pulses += _read_next(state, knobs, layer, tile, target)
        reads += n_layers
        if warm or turns % knobs.slowdown != 0:
            break
        turns //= knobs.slowdown
    return pulses, reads


@njit(**IN_PLACE)
def _read_next(state, knobs, layer, tile, target):
    """Pulse the next column of a tile onto a coarser one; return the pulses."""
    layers = state.net.layers
    n_layers = layers.n_in.shape[0]
    n_out = layers.n_out[layer]
    n_weights = layers.weight_offset[n_layers]
    at = 2 + tile * n_layers + layer
    column = state.clock[at]
    state.clock[at] = (column + 1) % layers.n_in[layer]
    first = layers.weight_offset[layer] + column * n_out
    noise = take_normals(state.rng, n_out)
    read = state.digital.column[:n_out]
    line = state.digital.column[n_out : n_out + 1]
    source = state.tiles.weights[tile * n_weights + first :]
    for i in range(n_out):
        read[i] = -(source[i] + knobs.read_noise * state.rng.normals[noise + i])
    line[0] = ONE
    array = state.tiles
    own = target * n_weights + first
    pulses = pulse_cells(array, own, line, read, layer, state, knobs.transfers)
    coarse = state.digital.coarse[first : first + n_out]
    coarse[:] = ZERO
    for k in range(1, knobs.shares.shape[0]):
        part = array.weights[k * n_weights + first :]
        for i in range(n_out):
            coarse[i] += knobs.shares[k] * part[i]
    _join_column(state, knobs, first, n_out)
    return pulses
