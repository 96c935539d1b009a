r"""Optimizers that work in digital memory and leave the device what is to be written.

After each batch the sum of its gradients :math:`g` makes a change :math:`\Delta` of every weight,
as PyTorch's optimizers of the same names make it:

- ``"sgd"``: :math:`-\eta g`;
- ``"momentum"``: :math:`-\eta m`, where :math:`m \leftarrow \mu m + g`;
- ``"adam"``: :math:`-\eta \hat m / (\sqrt{\hat v} + \epsilon)`, the running means of :math:`g` and
  :math:`g^2` corrected for their beginning at zero.

A decay takes :math:`\eta \lambda W` off besides, whatever the gradient (AdamW).

References
----------
.. [1] D. P. Kingma, J. Ba, *ICLR* (2015), arXiv:1412.6980.
.. [2] I. Loshchilov, F. Hutter, *ICLR* (2019), arXiv:1711.05101.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from acanthite.errors import TrainingError, nearest
from acanthite.jit import njit
from acanthite.nn.engine.native.aligned import zeros
from acanthite.nn.engine.native.options import IN_PLACE, INLINED, ONE, ZERO
from acanthite.nn.engine.passes import n_pairs, pair

OPTIMIZERS = ("sgd", "momentum", "adam")
"""By name."""

_SGD, _MOMENTUM, _ADAM = range(len(OPTIMIZERS))

_SAMPLES, _STEPS = range(2)


class OptimizerMemory(NamedTuple):
    """What an optimizer holds."""

    gradient: np.ndarray  # float32, shape (n_weights,): of the batch so far
    mean: np.ndarray  # float32, shape (n_weights,): running sum or mean of gradients
    square: np.ndarray  # float32, shape (n_weights,): running mean of their squares
    count: np.ndarray  # int64, shape (2,): samples of the batch so far, steps


class OptimizerKnobs(NamedTuple):
    """What the kernels take of the knobs."""

    rate: np.float32
    step: np.float32  # of a cell, in network units
    kind: int
    batch: int
    momentum: np.float32
    memory: np.float32
    epsilon: np.float32
    weight_decay: np.float32


def check_optimizer(name: str) -> None:
    """Raise where there is no such optimizer.

    Raises
    ------
    TrainingError
        Naming those there are.
    """
    if name not in OPTIMIZERS:
        raise TrainingError(
            f"optimizer = {name!r}; expected one of {', '.join(OPTIMIZERS)}"
            f"{nearest(str(name), OPTIMIZERS)}"
        )


def make_memory(n_weights: int) -> OptimizerMemory:
    """Return the memory of an optimizer that has seen nothing."""
    mean, square, gradient = (zeros(n_weights) for _ in range(3))
    return OptimizerMemory(gradient, mean, square, np.zeros(2, np.int64))


@njit(**IN_PLACE)
def add_gradients(state):
    """Add the gradients of the sample that has just been passed."""
    layers = state.net.layers
    for layer in range(layers.n_in.shape[0]):
        for k in range(n_pairs(state.net, layer)):
            x, d = pair(state.net, layer, k)
            n_out = d.shape[0]
            for j in range(x.shape[0]):
                if x[j] != ZERO:
                    at = layers.weight_offset[layer] + j * n_out
                    row = state.optimizer.gradient[at : at + n_out]
                    for i in range(n_out):
                        row[i] += x[j] * d[i]
    state.optimizer.count[_SAMPLES] += 1


@njit(**IN_PLACE)
def optimize(changes, weights, memory, knobs):
    """Add what a batch changes to what waits to be written; the batch is over.

    Parameters
    ----------
    changes : ndarray of float32, shape (n_weights,)
    weights : ndarray of float32, shape (n_weights,)
    memory : OptimizerMemory
    knobs : OptimizerKnobs
    """
    memory.count[_SAMPLES] = 0
    memory.count[_STEPS] += 1
    steps = memory.count[_STEPS]
    mean_share = np.float32(1.0 / (1.0 - np.float64(knobs.momentum) ** steps))
    square_share = np.float32(1.0 / (1.0 - np.float64(knobs.memory) ** steps))
    for k in range(changes.shape[0]):
        g = memory.gradient[k]
        memory.gradient[k] = ZERO
        move = g
        if knobs.kind == _MOMENTUM:
            move = knobs.momentum * memory.mean[k] + g
            memory.mean[k] = move
        elif knobs.kind == _ADAM:
            move = _adam(memory, k, g, mean_share, square_share, knobs)
        changes[k] -= knobs.rate * (move + knobs.weight_decay * weights[k])


@njit(**INLINED)
def _adam(memory, k, g, mean_share, square_share, knobs):
    m = knobs.momentum * memory.mean[k] + (ONE - knobs.momentum) * g
    v = knobs.memory * memory.square[k] + (ONE - knobs.memory) * g * g
    memory.mean[k] = m
    memory.square[k] = v
    return m * mean_share / (np.sqrt(v * square_share) + knobs.epsilon)
