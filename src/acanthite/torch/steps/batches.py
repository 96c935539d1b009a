"""Compiled training batch by batch: the rows pass all tiles, then each tile learns from them.

A second thread may help with both (:mod:`acanthite.torch.steps.team`).

A tile learns row by row, as the online engine does, or where nothing but pulses is due (plain SGD)
from all of them at once: pulses sorted by input line find their cells in the nearest cache.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import overload

from acanthite.jit import njit
from acanthite.nn.algorithms.sample_loop import PulseKnobs, learn
from acanthite.nn.engine.coincidences import ALL, Draws, update_batch
from acanthite.nn.engine.deferred import flush
from acanthite.nn.engine.native.claims import (
    NOTHING,
    claim,
    finish,
    open_work,
    wait_and_claim,
    wait_for_all,
)
from acanthite.nn.engine.native.options import CHOSEN, IN_PLACE, INLINED, INNER
from acanthite.nn.engine.updates import Expected
from acanthite.torch.steps.losses import loss_of_rows
from acanthite.torch.steps.passes import (
    all_finite,
    backward,
    descend_biases,
    forward,
    multiply_by_slope,
    take_noise,
)
from acanthite.torch.steps.team import PARTS
from acanthite.torch.tile import Tile

_MANY = 16  # rows from which on to sort their pulses pays

_FORWARD, _BACKWARD, _LEARN = range(3)  # the works of a batch
_KINDS = 3


class Work(NamedTuple):
    """What a thread does the works of batches with."""

    links: Any  # tuple of Link, of all tiles, with room for a batch
    learning: Any  # tuple of Link, of the tiles that learn
    draws: Any  # tuple of (Draws or None), of these, from `draws_of`
    states: Any  # tuple of NamedTuple, of these, as their algorithms have them
    knobs: Any  # tuple of NamedTuple, the same
    inputs: np.ndarray  # float32, shape (n, n_features)


@njit(**IN_PLACE)
def train_batches(work, team, helps, outputs, targets, losses, step, first, last):
    """Train on the samples from ``first`` to ``last``, in whole batches, or help with that.

    Return the first of a batch whose loss or errors are not finite, on which nothing was trained,
    or ``last``. One who helps returns when the team's board is closed.

    Parameters
    ----------
    work : Work
    team : Team
    helps : bool
        Whether another thread trains; both are one kernel, to be compiled once.
    outputs : ndarray of float32, shape (n, n_out)
        Filled.
    targets : Targets
    losses : ndarray of float32, shape (n_steps,)
        Filled.
    step : int
        Number of the first step.
    first, last : int
    """
    if helps:
        _help(work, team, outputs)
        return last
    batch = work.links[0].inputs.shape[0]
    for s in range(first, last, batch):
        for kind in range(_KINDS):  # with a call for each, all parts would be compiled three times
            _share(kind, work, team, outputs, s)
            if not _conclude(
                kind, work.links, team, outputs[s : s + batch], targets, losses, step, s
            ):
                flush_all(work.states)
                return s
        step += 1
    flush_all(work.states)
    return last


@njit(**INLINED)
def _conclude(kind, links, team, outputs, targets, losses, step, s):
    """Do what all rows have to be there for; return whether the batch can be trained on so far."""
    n = outputs.shape[0]
    if kind == _FORWARD:
        take_noise(links, n, False)
        loss = loss_of_rows(outputs, targets, s, n, links[-1].errors)
        losses[step] = loss
        multiply_by_slope(links[-1], outputs, n)
        return np.isfinite(loss)
    if kind == _BACKWARD:
        take_noise(links[1:], n, True)
        finite = team.finite.all()
        if finite:
            descend_biases(links, n)
        return finite
    return True


@njit(**INLINED)
def _help(work, team, outputs):
    """Do parts of works as they come, until the board is closed."""
    while True:
        number, part = wait_and_claim(team.board)
        if number == NOTHING:
            return
        _do(number % _KINDS, part, work, team, outputs, number // _KINDS)
        finish(team.board)


@njit(**INNER)
def _share(kind, work, team, outputs, s):
    """Do all parts of a work, in their order or with the other thread."""
    parts = team.order.shape[0] if kind == _LEARN else PARTS
    shared = team.board.shape[0] > 0 and team.alone[0] == 0
    if shared:
        open_work(team.board, s * _KINDS + kind, parts)
    elif team.alone[0] > 0:
        team.alone[0] -= 1
    done = 0
    while True:
        part = claim(team.board)[1] if shared else done
        if part in (NOTHING, parts):
            break
        _do(kind, part, work, team, outputs, s)
        done += 1
        if shared:
            finish(team.board)
    if shared and wait_for_all(team.board, parts, team.patience):
        team.alone[0] = team.rest


@njit(**INNER)
def _do(kind, part, work, team, outputs, s):
    """Do a part of a work on the batch that begins with sample ``s``."""
    links = work.links
    batch = links[0].inputs.shape[0]
    if kind == _LEARN:
        learn_one(team.order[part], work.states, work.knobs, work.learning, work.draws)
        return
    first, last = batch * part // PARTS, batch * (part + 1) // PARTS
    if kind == _FORWARD:
        _load(links[0].inputs, work.inputs, s, first, last)
        forward(links, outputs[s : s + batch], first, last)
    else:
        backward(links, first, last)
        team.finite[part] = all_finite(links, first, last)


@njit(**INLINED)
def _load(rows, inputs, start, first, last):
    """Fill some lines of ``rows``; what stands behind their inputs stays constant."""
    for s in range(first, last):
        for j in range(inputs.shape[1]):
            rows[s, j] = inputs[start + s, j]


def learn_one(k: int, states: Any, knobs: Any, links: Any, draws: Any) -> None:
    """Train the ``k``-th tile on the rows of its link."""
    raise NotImplementedError("for compiled kernels only")


@overload(learn_one, jit_options=CHOSEN)
def _learn_one(k, states, knobs, links, draws):
    if len(states) == 0:
        return lambda k, states, knobs, links, draws: None

    def this_or_another(k, states, knobs, links, draws):
        if k == 0:
            _learn(states[0], knobs[0], links[0], draws[0])
        else:
            learn_one(k - 1, states[1:], knobs[1:], links[1:], draws[1:])

    return this_or_another


@njit(**INNER)
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
