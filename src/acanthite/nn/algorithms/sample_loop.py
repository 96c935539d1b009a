"""The compiled loop over samples that all algorithms share.

After the passes of a sample it calls :func:`learn`, to which every algorithm adds its own kernel.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba.extending import overload
from numpy.typing import NDArray

from acanthite.jit import njit
from acanthite.nn.engine.deferred import flush
from acanthite.nn.engine.layout import Net
from acanthite.nn.engine.native.options import CHOSEN, IN_PLACE, INLINED
from acanthite.nn.engine.passes import n_pairs, pair, pass_sample
from acanthite.nn.engine.updates import Expected, change


class PulseKnobs(NamedTuple):
    """What the kernels take of the knobs for gradient pulses."""

    rate: np.float32
    shares: np.ndarray  # float32, shape (n_layers,): of the rate, for each layer
    step: np.float32  # mean step of a cell, in the unit of the rate
    trains: int | Expected


def ones(net: Net) -> NDArray[np.float32]:
    """Return the shares of layers that all learn at the same rate."""
    return np.ones(len(net.layers.n_in), np.float32)


def learn(state: Any, knobs: Any) -> tuple[int, int]:
    """Train on the sample that has just been passed; return its pulses and the columns read.

    Parameters
    ----------
    state, knobs : NamedTuple
        Of the algorithm; the type of ``knobs`` says which kernel is compiled.
    """
    raise NotImplementedError("for compiled kernels only")


def kernel_of(function: Callable[..., Any], kind: type) -> Callable[[Any], Any]:
    """Return a decorator for what ``function(state, knobs, ...)`` does with knobs of a type."""

    def register(kernel: Any) -> Any:
        @overload(function, jit_options=CHOSEN, strict=False)
        def choose(state, knobs, *others):
            return kernel if getattr(knobs, "instance_class", None) is kind else None

        return kernel

    return register


@njit(**IN_PLACE)
def run_samples(weights, state, knobs, images, labels, order):
    """Train on samples, one by one, in order; return the fields of a Tally.

    Parameters
    ----------
    weights : ndarray of float32, shape (n_weights,)
        What the network runs on; a view into ``state``.
    state, knobs : NamedTuple
        Of the algorithm.
    images, labels, order : ndarray
        As in :class:`~acanthite.nn.algorithms.base.Batch`.
    """
    loss = 0.0
    correct = 0
    pulses = 0
    reads = 0
    for k in order:
        sample_loss, right = pass_sample(weights, state.net, images[k], labels[k])
        sample_pulses, sample_reads = learn(state, knobs)
        loss += sample_loss
        correct += right
        pulses += sample_pulses
        reads += sample_reads
    flush(state)
    return loss, correct, pulses, reads


@njit(**INLINED)
def pulse_layers(array, state, knobs):
    """Pulse every layer of an array by its inputs and errors; return the number of pulses."""
    layers = state.net.layers
    pulses = 0
    for layer in range(layers.n_in.shape[0]):
        first = layers.weight_offset[layer]
        for k in range(n_pairs(state.net, layer)):
            x, d = pair(state.net, layer, k)
            pulses += pulse_cells(array, first, x, d, layer, state, knobs)
    return pulses


@njit(**INLINED)
def pulse_cells(array, first, x, d, layer, state, knobs):
    """Pulse cells of a layer, from ``first`` on, by the gradient of ``x`` and ``d``.

    Return the number of pulses.
    """
    rate = knobs.rate * knobs.shares[layer]
    return change(array, first, x, d, rate, knobs.step, knobs.trains, state.lines, state.rng)
