"""Compiled training sample by sample: each passes the tiles and pulses them before the next."""

from __future__ import annotations

from typing import Any

from numba.extending import overload

from acanthite.jit import njit
from acanthite.nn.algorithms.sample_loop import learn
from acanthite.nn.engine.native.options import CHOSEN, IN_PLACE
from acanthite.torch.steps.passes import pass_rows


@njit(**IN_PLACE)
def train_samples(links, states, knobs, inputs, outputs, targets, losses, first, last):
    """Train on the samples from ``first`` to ``last``, one by one.

    Return the first whose loss or errors are not finite, on which nothing was trained, or ``last``.

    Parameters
    ----------
    links : tuple of Link
        Of one row, which lies in the states of those that learn.
    states, knobs : tuple of NamedTuple
        Of the tiles that learn, as their algorithms have them.
    inputs : ndarray of float32, shape (n, n_in)
    outputs : ndarray of float32, shape (n, n_out)
        Filled.
    targets : Targets
    losses : ndarray of float32, shape (n,)
        Filled.
    first, last : int
    """
    row = links[0].inputs[0]
    for s in range(first, last):
        for j in range(row.shape[0]):
            row[j] = inputs[s, j]
        losses[s], finite = pass_rows(links, outputs[s : s + 1], targets, s, 1)
        if not finite:
            return s
        learn_all(states, knobs)
    return last


def learn_all(states: Any, knobs: Any) -> None:
    """Train all tiles on the sample that lies in their states."""
    raise NotImplementedError("for compiled kernels only")


@overload(learn_all, jit_options=CHOSEN)
def _learn_all(states, knobs):
    if len(states) == 0:
        return lambda states, knobs: None

    def one_by_one(states, knobs):
        _learn(states[0], knobs[0])
        learn_all(states[1:], knobs[1:])

    return one_by_one


@njit(**IN_PLACE)
def _learn(state, knobs):  # not inlined: tiles of one kind share its code
    learn(state, knobs)
