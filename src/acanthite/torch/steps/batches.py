"""Compiled training batch by batch: the rows pass all tiles, then each tile learns from them."""

from __future__ import annotations

from typing import Any

from numba.extending import overload

from acanthite.jit import njit
from acanthite.nn.algorithms.sample_loop import learn
from acanthite.nn.engine.native.options import CHOSEN, IN_PLACE
from acanthite.torch.steps.passes import pass_rows


@njit(**IN_PLACE)
def train_batches(
    links, learning, states, knobs, inputs, outputs, targets, losses, step, first, last
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
            return s
        learn_all(states, knobs, learning)
        step += 1
    return last


@njit(**IN_PLACE)
def _load(rows, inputs, first):
    """Fill the first lines of ``rows``; those behind stay constant."""
    for s in range(rows.shape[0]):
        for j in range(inputs.shape[1]):
            rows[s, j] = inputs[first + s, j]


def learn_all(states: Any, knobs: Any, links: Any) -> None:
    """Train each tile on the rows of its link."""
    raise NotImplementedError("for compiled kernels only")


@overload(learn_all, jit_options=CHOSEN)
def _learn_all(states, knobs, links):
    if len(states) == 0:
        return lambda states, knobs, links: None

    def one_by_one(states, knobs, links):
        _learn(states[0], knobs[0], links[0])
        learn_all(states[1:], knobs[1:], links[1:])

    return one_by_one


@njit(**IN_PLACE)
def _learn(state, knobs, link):  # not inlined: tiles of one kind share its code
    nodes = state.net.nodes
    first, second = state.net.layers.node_offset[0], state.net.layers.node_offset[1]
    for s in range(link.inputs.shape[0]):
        x, d = link.inputs[s], link.errors[s]
        for j in range(x.shape[0]):
            nodes.values[first + j] = x[j]
        for i in range(d.shape[0]):
            nodes.errors[second + i] = d[i]
        learn(state, knobs)
