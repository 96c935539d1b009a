"""Compiled training batch by batch: the rows pass all tiles, then each tile learns from them.

A tile learns row by row, as the online engine does, or where nothing but pulses is due (plain SGD)
from all of them at once: pulses sorted by input line find their cells in the nearest cache.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import overload

from acanthite.jit import njit
from acanthite.nn.algorithms.sample_loop import PulseKnobs, learn
from acanthite.nn.engine.coincidences import ALL, Draws, update_batch
from acanthite.nn.engine.deferred import flush
from acanthite.nn.engine.native.options import CHOSEN, IN_PLACE
from acanthite.nn.engine.updates import Expected
from acanthite.torch.steps.passes import pass_rows
from acanthite.torch.tile import Tile

_MANY = 16  # rows from which on to sort their pulses pays


@njit(**IN_PLACE)
def train_batches(
    links, learning, draws, states, knobs, inputs, outputs, targets, losses, step, first, last
):
    """Train on the samples from ``first`` to ``last``, in whole batches.

    Return the first of a batch whose loss or errors are not finite, on which nothing was trained,
    or ``last``.

    Parameters
    ----------
    links : tuple of Link
        Of all tiles, with room for a batch.
    learning : tuple of Link
        Of the tiles that learn.
    draws : tuple of (Draws or None)
        Of these, from :func:`draws_of`.
    states, knobs : tuple of NamedTuple
        Of these, as their algorithms have them.
    inputs : ndarray of float32, shape (n, n_features)
    outputs : ndarray of float32, shape (n, n_out)
        Filled.
    targets : Targets
    losses : ndarray of float32, shape (n_steps,)
        Filled.
    step : int
        Number of the first step.
    first, last : int
    """
    batch = links[0].inputs.shape[0]
    for s in range(first, last, batch):
        _load(links[0].inputs, inputs, s)
        losses[step], finite = pass_rows(links, outputs[s : s + batch], targets, s, batch)
        if not finite:
            flush_all(states)
            return s
        learn_all(states, knobs, learning, draws)
        step += 1
    flush_all(states)
    return last


@njit(**IN_PLACE)
def _load(rows, inputs, first):
    """Fill the first lines of ``rows``; those behind stay constant."""
    for s in range(rows.shape[0]):
        for j in range(inputs.shape[1]):
            rows[s, j] = inputs[first + s, j]


def learn_all(states: Any, knobs: Any, links: Any, draws: Any) -> None:
    """Train each tile on the rows of its link."""
    raise NotImplementedError("for compiled kernels only")


@overload(learn_all, jit_options=CHOSEN)
def _learn_all(states, knobs, links, draws):
    if len(states) == 0:
        return lambda states, knobs, links, draws: None

    def one_by_one(states, knobs, links, draws):
        _learn(states[0], knobs[0], links[0], draws[0])
        learn_all(states[1:], knobs[1:], links[1:], draws[1:])

    return one_by_one


@njit(**IN_PLACE)
def _learn(state, knobs, link, draws):  # not inlined: tiles of one kind share its code
    learn_rows(state, knobs, link, draws)


def flush_all(states: Any) -> None:
    """Pulse all cells of all tiles with what waits for them."""
    raise NotImplementedError("for compiled kernels only")


@overload(flush_all, jit_options=CHOSEN)
def _flush_all(states):
    if len(states) == 0:
        return lambda states: None

    def one_by_one(states):
        flush(states[0])
        flush_all(states[1:])

    return one_by_one


def learn_rows(state: Any, knobs: Any, link: Any, draws: Any) -> None:
    """Train a tile on the rows of its link."""
    raise NotImplementedError("for compiled kernels only")


@overload(learn_rows, jit_options=CHOSEN)
def _learn_rows(state, knobs, link, draws):
    return _one_by_one if isinstance(draws, types.NoneType) else _sorted


def _one_by_one(state, knobs, link, draws):
    nodes = state.net.nodes
    first, second = state.net.layers.node_offset[0], state.net.layers.node_offset[1]
    # slices: to an index that may be negative, vectors are written number by number
    values = nodes.values[first : first + link.inputs.shape[1]]
    errors = nodes.errors[second : second + link.errors.shape[1]]
    for s in range(link.inputs.shape[0]):
        for j in range(values.shape[0]):
            values[j] = link.inputs[s, j]
        for i in range(errors.shape[0]):
            errors[i] = link.errors[s, i]
        learn(state, knobs)


def _sorted(state, knobs, link, draws):
    rate = knobs.rate * knobs.shares[0]
    x, d = link.inputs, link.errors
    how = knobs.step, knobs.trains, draws.drawn, draws.rng
    _, up, down, _ = update_batch(state.array, x, d, 0, ALL, rate, *how)
    state.array.counts[0] += up
    state.array.counts[1] += down


def draws_of(tile: Tile, knobs: Any, batch_size: int) -> Draws | None:
    """Return what the pulses of a tile are drawn with if they are to be sorted, else nothing.

    To hand it over costs more than small batches gain.

    Parameters
    ----------
    tile : Tile
    knobs : NamedTuple
        Of its algorithm.
    batch_size : int
    """
    only_pulses = isinstance(knobs, PulseKnobs) and not isinstance(knobs.trains, Expected)
    return tile.draws if only_pulses and batch_size >= _MANY else None
