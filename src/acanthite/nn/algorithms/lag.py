"""Transfers with a lag: samples are passed on one core while another pulses what came before.

The samples come in blocks of ``lag``. While those of a block are passed forward and back, the fast
array takes the pulses of the block before, and its columns are read for C. Where a block ends, the
passes are shown the columns that were read. So what a sample changes in C is seen by the first
sample of the next block but one, ``lag + 1`` to ``2 lag`` samples later; without a lag it is one.

Which samples see which weights is settled by their place in the training alone: one thread or two,
in one call or in many, the bits are the same.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from acanthite import threads
from acanthite.errors import TrainingError
from acanthite.jit import njit
from acanthite.nn.algorithms.base import Batch, Tally
from acanthite.nn.algorithms.sample_loop import learn
from acanthite.nn.algorithms.tiki_taka import TikiTakaState
from acanthite.nn.engine.batches import shared
from acanthite.nn.engine.layout import Net, lay_out
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.dispatch import ready
from acanthite.nn.engine.native.options import IN_PLACE, INLINED
from acanthite.nn.engine.network import Network
from acanthite.nn.engine.passes import load_image, pass_sample
from acanthite.nn.engine.pulses import Array, FiringLines
from acanthite.nn.engine.rng import Rng
from acanthite.nn.engine.units import updates_left

_HALF, _PASSED, _WAITS = range(3)

_NONE = -1  # in place of a column: none was read


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
    place = state.blocks.place
    lag = state.blocks.nodes.shape[1]
    order = np.array(batch.order, np.int64)  # of one kind, as the kernels are compiled once
    kernels = _compiled(state, knobs, batch._replace(order=order))
    total = np.zeros(len(Tally._fields))
    first = 0
    while first < len(order):
        last = min(first + lag - int(place[_PASSED]), len(order))
        total += _step(state, knobs, batch._replace(order=order[first:last]), *kernels)
        place[_PASSED] += last - first
        place[_WAITS] = 0
        if place[_PASSED] == lag:
            place[:] = 1 - place[_HALF], 0, 1
        first = last
    loss, *counts = total.tolist()
    return Tally(loss, *map(int, counts))


def _compiled(state: LaggedState, knobs: Any, batch: Batch) -> tuple[Any, Any]:
    """Return the two kernels as they are compiled for a state."""
    rule = state.fast.rule
    kinds = [type(part) for part in (knobs, knobs.gradients.trains, state.fast.noise)]
    return (
        ready(pass_block, rule, *_to_pass(state, batch)),
        ready(learn_block, rule, *_to_learn(state, knobs), variant=tuple(kinds)),
    )


def _to_pass(state: LaggedState, batch: Batch) -> tuple[Any, ...]:
    half, slot, _ = state.blocks.place.tolist()
    return state.net, state.blocks, half, slot, *batch


def _to_learn(state: LaggedState, knobs: Any) -> tuple[Any, ...]:
    half = 1 - int(state.blocks.place[_HALF])
    own = TikiTakaState(*state[:-1])._replace(net=state.blocks.net)
    return own, knobs, state.blocks, half


def _step(state: LaggedState, knobs: Any, batch: Batch, passes: Any, learns: Any) -> Any:
    """Pass samples of a block, and pulse the one that waits; return what to add to a Tally."""
    # pulses take longest, so they come first: the caller takes them, who need not be woken
    work = [
        lambda: (0.0, 0, *learns(*_to_learn(state, knobs))),
        lambda: (*passes(*_to_pass(state, batch)), 0, 0),
    ]
    if not state.blocks.place[_WAITS]:
        return np.array(work[1]())
    return shared(lambda k, _: work[k](), 2, min(threads.count(), 2))


@njit(**IN_PLACE)
def pass_block(net, blocks, half, slot, images, labels, order):
    """Pass samples forward and back; return their loss [nat] and how many are right.

    Parameters
    ----------
    net : Net
    blocks : Blocks
        The samples are kept in ``half``, from ``slot`` on.
    half, slot : int
    images, labels, order : ndarray
        As in :class:`~acanthite.nn.algorithms.base.Batch`.
    """
    if slot == 0:
        _show(net, blocks, half)
    loss = 0.0
    correct = 0
    for k in order:
        sample_loss, right = pass_sample(blocks.seen, net, images[k], labels[k])
        _keep(net, blocks, half, slot, images[k])
        loss += sample_loss
        correct += right
        slot += 1
    return loss, correct


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
def learn_block(state, knobs, blocks, half):
    """Train on the samples of a block that was passed; return the pulses and the columns read.

    Parameters
    ----------
    state : TikiTakaState
    knobs : NamedTuple
    blocks : Blocks
    half : int
    """
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
