"""Transfers with a lag: samples are passed on one core while another pulses what came before.

The samples come in blocks of ``lag``. While those of a block are passed forward and back, the fast
array takes the pulses of the block before, and its columns are read for C. Where a block ends, the
passes are shown the columns that were read. So what a sample changes in C is seen by the first
sample of the next block but one, ``lag + 1`` to ``2 lag`` samples later; without a lag it is one.

Which samples see which weights is flushed by their place in the training alone: one thread or two,
in one call or in many, the bits are the same.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from acanthite import threads
from acanthite.errors import TrainingError
from acanthite.jit import njit
from acanthite.nn.algorithms.base import Batch, Tally
from acanthite.nn.algorithms.sample_loop import learn
from acanthite.nn.algorithms.tiki_taka import TikiTakaState
from acanthite.nn.array_types import Integers
from acanthite.nn.engine.deferred import Deferred, flush
from acanthite.nn.engine.layout import Net, lay_out
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.dispatch import ready
from acanthite.nn.engine.native.meeting import leaving, meet, meeting
from acanthite.nn.engine.native.options import IN_PLACE, INLINED
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.passes import load_image, pass_sample
from acanthite.nn.engine.pulses import Array, FiringLines
from acanthite.nn.engine.rng import Rng
from acanthite.nn.engine.units import updates_left

_HALF, _PASSED, _WAITS = range(3)

_PASSES, _PULSES = range(2)  # the sides that meet

_NONE = -1  # in place of a column: none was read

_NOBODY = np.zeros(0, np.int64)  # in place of counters: there is no other side


class Blocks(NamedTuple):
    """What lies between the passes and the pulses, in two halves that they exchange."""

    seen: np.ndarray  # float32, shape (n_weights,): C as the passes see it
    net: Net  # with scratch for the pulses: a line that two cores write costs both of them
    # of the samples of two blocks: uint8, shape (2, lag, n_pixels), and float32, shape (2, lag,
    # 2 n_nodes), values and errors behind the inputs
    images: np.ndarray
    nodes: np.ndarray
    # of C, as they are once they were read: int64, shape (2, lag, n_layers), which columns, and
    # float32, shape (2, lag, all output lines), their cells
    columns: np.ndarray
    cells: np.ndarray
    # int64, shape (3,): which half is being passed, how many of its samples have been, and whether
    # the other half waits for its pulses
    place: np.ndarray


class LaggedState(NamedTuple):
    """A :class:`TikiTakaState`, and what lies between the passes and the pulses."""

    net: Net
    fast: Array
    slow: Array
    digital: Any
    clock: np.ndarray
    step: float
    lines: FiringLines
    rng: Rng
    deferred: Deferred | None
    blocks: Blocks


def with_lag(state: TikiTakaState, lag: int, transfer_every: int, network: Network) -> LaggedState:
    """Return a fresh state whose transfers have a lag.

    Parameters
    ----------
    state : TikiTakaState
        Fresh.
    lag : int
    transfer_every : int
        Samples between two columns.
    network : Network

    Raises
    ------
    TrainingError
        If the network has convolutions, arrays are refreshed at a sample of their own, or a block is
        longer than a round of the columns.
    """
    if network.convolutions:
        raise TrainingError(
            f"lag = {lag}: the patches of a convolution are too many to keep for a block; take "
            "lag = 0 for networks with convolutions"
        )
    if any(updates_left(part) is not None for part in (state.fast, state.slow)):
        raise TrainingError(
            f"lag = {lag}: one-sided pairs are refreshed between two samples; take lag = 0, or "
            "refresh_every = 0"
        )
    layers = state.net.layers
    longest = transfer_every * int(layers.n_in.max())
    if lag > longest:
        raise TrainingError(
            f"lag = {lag}; expected at most {longest}, in which every column has had its turn: what "
            "a block changes would be seen a round late"
        )
    n_nodes = int(layers.node_offset[-1] - layers.node_offset[1])
    blocks = Blocks(
        seen=aligned.copy(state.slow.weights),
        net=lay_out(network),
        images=np.zeros((2, lag, network.widths[0]), np.uint8),
        nodes=aligned.zeros((2, lag, 2 * n_nodes)),
        columns=np.full((2, lag, len(layers.n_out)), _NONE, np.int64),
        cells=aligned.zeros((2, lag, int(layers.n_out.sum()))),
        place=np.zeros(3, np.int64),
    )
    return LaggedState(*state, blocks)


def run_blocks(state: LaggedState, knobs: Any, batch: Batch) -> Tally:
    """Train on samples in order.

    Pulses and reads are those made so far: the last block still waits for its own.
    """
    order = np.array(batch.order, np.int64)  # of one kind, as the kernels are compiled once
    run = _Run(state, knobs, batch._replace(order=order))
    both = run.side_by_side if threads.count() > 1 else run.in_turns
    (loss, correct), (pulses, reads) = both()
    state.blocks.place[:] = run.place_at(len(order))
    return Tally(loss, correct, pulses, reads)


class _Run:
    """Passes and pulses of some samples, each side from block to block in compiled code."""

    def __init__(self, state: LaggedState, knobs: Any, batch: Batch) -> None:
        self._state = state
        self._own = TikiTakaState(*state[:-1])._replace(net=state.blocks.net)
        self._knobs = knobs
        self._batch = batch
        rule = state.fast.rule
        kinds = type(knobs), type(knobs.gradients.trains), type(state.fast.noise)
        self._pass = ready(pass_blocks, rule, *self._to_pass(0, 0, _NOBODY))
        self._learn = ready(learn_blocks, rule, *self._to_learn(0, 0, _NOBODY), variant=kinds)

    def _to_pass(self, first: int, last: int, counters: Integers) -> tuple[Any, ...]:
        state, batch = self._state, self._batch
        samples = batch.images, batch.labels, batch.order[first:last]
        return state.net, state.blocks, self.place_at(first), *samples, counters

    def _to_learn(self, first: int, last: int, counters: Integers) -> tuple[Any, ...]:
        ends = last == len(self._batch.order)
        place = self.place_at(first)
        return self._own, self._knobs, self._state.blocks, place, last - first, ends, counters

    def place_at(self, n: int) -> Integers:
        """Return what :attr:`Blocks.place` is after ``n`` samples."""
        lag = self._state.blocks.nodes.shape[1]
        half, passed, waits = self._state.blocks.place.tolist()
        full, rest = divmod(passed + n, lag)
        if n:
            waits = int(rest == 0)
        return np.array([(half + full) % 2, rest, waits], np.int64)

    def in_turns(self) -> tuple[tuple[float, int], tuple[int, int]]:
        """Pass and pulse step by step, on one thread."""
        total = np.zeros(len(Tally._fields))
        lag = self._state.blocks.nodes.shape[1]
        n = len(self._batch.order)
        before = int(self._state.blocks.place[_PASSED])
        edges = [0, *range(lag - before, n, lag), n]
        for first, last in pairwise(edges):
            passed = self._pass(*self._to_pass(first, last, _NOBODY))
            learned = self._learn(*self._to_learn(first, last, _NOBODY))
            total += [*passed, *learned]
        loss, *counts = total.tolist()
        correct, pulses, reads = map(int, counts)
        return (loss, correct), (pulses, reads)

    def side_by_side(self) -> tuple[tuple[float, int], tuple[int, int]]:
        """Pass on one thread and pulse on another, who meet at the end of every step."""
        n = len(self._batch.order)
        counters = meeting()
        to_pass = self._to_pass(0, n, counters)
        to_learn = self._to_learn(0, n, counters)

        def passes() -> tuple[float, int]:
            with leaving(counters, _PASSES):
                return self._pass(*to_pass)

        with ThreadPoolExecutor(1) as pool:
            passed = pool.submit(passes)
            with leaving(counters, _PULSES):
                learned = self._learn(*to_learn)
            return passed.result(), learned


@njit(**IN_PLACE)
def pass_blocks(net, blocks, place, images, labels, order, counters):
    """Pass samples forward and back; return their loss [nat] and how many are right.

    Parameters
    ----------
    net : Net
    blocks : Blocks
        The samples are kept here.
    place : ndarray of int64, shape (3,)
        As in ``blocks``, at the first of them; changed.
    images, labels, order : ndarray
        As in :class:`~acanthite.nn.algorithms.base.Batch`.
    counters : ndarray
        Of the two sides, from :func:`~acanthite.nn.engine.native.meeting.meeting`; empty: wait for
        nobody.
    """
    lag = blocks.nodes.shape[1]
    loss = 0.0
    correct = 0
    done = 0
    step = 0
    while done < order.shape[0]:
        half, slot = place[_HALF], place[_PASSED]
        n = min(lag - slot, order.shape[0] - done)
        if slot == 0:
            _show(net, blocks, half)
        for s in range(n):
            k = order[done + s]
            sample_loss, right = pass_sample(blocks.seen, net, images[k], labels[k])
            _keep(net, blocks, half, slot + s, images[k])
            loss += sample_loss
            correct += right
        done += n
        step += 1
        _go_on(place, n, lag)
        meet(counters, _PASSES, step)
    return loss, correct


@njit(**INLINED)
def _go_on(place, n, lag):
    """Move a place on by the ``n`` samples of a step."""
    place[_PASSED] += n
    place[_WAITS] = 0
    if place[_PASSED] == lag:
        place[_HALF] = 1 - place[_HALF]
        place[_PASSED] = 0
        place[_WAITS] = 1


@njit(**INLINED)
def _keep(net, blocks, half, slot, image):
    """Keep a sample that was passed for its pulses."""
    first = net.layers.node_offset[1]
    n = net.nodes.values.shape[0] - first
    _copy(image, blocks.images[half, slot])
    _copy(net.nodes.values[first:], blocks.nodes[half, slot])
    _copy(net.nodes.errors[first:], blocks.nodes[half, slot, n:])


@njit(**INLINED)
def _recall(net, blocks, half, slot):
    """Fill the nodes with a sample that was kept."""
    first = net.layers.node_offset[1]
    n = net.nodes.values.shape[0] - first
    load_image(blocks.images[half, slot], net)
    _copy(blocks.nodes[half, slot, :n], net.nodes.values[first:])
    _copy(blocks.nodes[half, slot, n:], net.nodes.errors[first:])


@njit(**INLINED)
def _show(net, blocks, half):
    """Let the passes see the columns of C that were read with a block, in the order of the reads."""
    layers = net.layers
    for slot in range(blocks.columns.shape[1]):
        at = 0
        for layer in range(layers.n_out.shape[0]):
            column = blocks.columns[half, slot, layer]
            n_out = layers.n_out[layer]
            if column != _NONE:
                first = layers.weight_offset[layer] + column * n_out
                _copy(blocks.cells[half, slot, at : at + n_out], blocks.seen[first:])
            at += n_out


@njit(**IN_PLACE)
def learn_blocks(state, knobs, blocks, place, n_samples, ends, counters):
    """Train on the blocks that wait while samples are passed; return the pulses and columns read.

    Parameters
    ----------
    state : TikiTakaState
    knobs : NamedTuple
    blocks : Blocks
    place, counters
        As in :func:`pass_blocks`.
    n_samples : int
        How many are passed meanwhile.
    ends : bool
        Whether to leave no pulse waiting for its column to be read.
    """
    lag = blocks.nodes.shape[1]
    pulses = 0
    reads = 0
    done = 0
    step = 0
    while done < n_samples:
        n = min(lag - place[_PASSED], n_samples - done)
        if place[_WAITS]:
            block_pulses, block_reads = _learn_block(state, knobs, blocks, 1 - place[_HALF])
            pulses += block_pulses
            reads += block_reads
        done += n
        step += 1
        _go_on(place, n, lag)
        meet(counters, _PULSES, step)
    if ends:
        flush(state)
    return pulses, reads


@njit(**INLINED)
def _learn_block(state, knobs, blocks, half):
    pulses = 0
    reads = 0
    for slot in range(blocks.nodes.shape[1]):
        _recall(state.net, blocks, half, slot)
        sample_pulses, sample_reads = learn(state, knobs)
        _note_columns(state, blocks, half, slot, sample_reads > 0)
        pulses += sample_pulses
        reads += sample_reads
    return pulses, reads


@njit(**INLINED)
def _note_columns(state, blocks, half, slot, read):
    """Copy the columns of C that were read with a sample."""
    layers = state.net.layers
    at = 0
    for layer in range(layers.n_out.shape[0]):
        column = _NONE
        n_out = layers.n_out[layer]
        if read:
            column = (state.clock[1 + layer] - 1) % layers.n_in[layer]
            first = layers.weight_offset[layer] + column * n_out
            _copy(state.slow.weights[first : first + n_out], blocks.cells[half, slot, at:])
        blocks.columns[half, slot, layer] = column
        at += n_out


@njit(**INLINED)
def _copy(source, target):
    for i in range(source.shape[0]):
        target[i] = source[i]
