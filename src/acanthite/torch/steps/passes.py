"""Compiled passes of the rows of a batch through the tiles of a model, forward and back.

A model is a tuple of links, one a tile. Each kernel takes the first link off and calls itself on
the others, so what is compiled is a model of that many tiles.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba.extending import overload

from acanthite.jit import njit
from acanthite.nn.engine.native.compaction import list_nonzero
from acanthite.nn.engine.native.options import CHOSEN, IN_PLACE, INLINED, ONE, ZERO
from acanthite.nn.engine.nodes import activate, slope_at
from acanthite.nn.engine.periphery import Converters, from_lines, largest, to_lines
from acanthite.nn.engine.products import cross, dot_columns
from acanthite.torch.steps.losses import loss_of_rows

NO_ACTIVATION = -1
"""In the place of an index into :data:`acanthite.nn.engine.network.ACTIVATIONS`."""


class Link(NamedTuple):
    """A tile with what stands around it, as the kernels take it."""

    weights: np.ndarray  # float32, shape (n_in * n_out,): what the tile is read as
    bias: np.ndarray  # float32, shape (n_out,), or (0,) without one
    bias_rate: np.float32  # 0 where the bias does not learn
    activation: int  # behind the tile
    converters: Converters
    inputs: np.ndarray  # float32, shape (rows, n_in)
    errors: np.ndarray  # float32, shape (rows, n_out)
    active: np.ndarray  # uint32, scratch: the lines that are not zero
    active_values: np.ndarray  # float32, scratch: their values


@njit(**IN_PLACE)
def pass_rows(links, outputs, targets, first, n):
    """Pass ``n`` rows forward and back, and let digital biases descend.

    Return the loss, and whether it and all errors are finite; biases stay if not.

    Parameters
    ----------
    links : tuple of Link
        The inputs of the first are given; errors of all are filled.
    outputs : ndarray of float32, shape (n, n_out)
        Filled.
    targets : Targets
    first : int
        The first row's place among the targets.
    n : int
    """
    forward(links, outputs, n)
    loss = loss_of_rows(outputs, targets, first, n, links[-1].errors)
    multiply_by_slope(links[-1], outputs, n)
    backward(links, n)
    finite = np.isfinite(loss) and all_finite(links, n)
    if finite:
        descend_biases(links, n)
    return loss, finite


def forward(links: Any, outputs: Any, n: int) -> None:
    """Fill the inputs of all links but the first, and the outputs of the last."""
    raise NotImplementedError("for compiled kernels only")


@overload(forward, jit_options=CHOSEN)
def _forward(links, outputs, n):
    if len(links) == 1:
        return lambda links, outputs, n: read_rows(links[0], outputs, n)

    def through(links, outputs, n):
        read_rows(links[0], links[1].inputs, n)
        forward(links[1:], outputs, n)

    return through


def backward(links: Any, n: int) -> None:
    """Fill the errors of all links but the last from those of the last."""
    raise NotImplementedError("for compiled kernels only")


@overload(backward, jit_options=CHOSEN)
def _backward(links, n):
    if len(links) == 1:
        return lambda links, n: None

    def through(links, n):
        backward(links[1:], n)
        read_errors(links[1], links[0], n)

    return through


@njit(**IN_PLACE)
def read_rows(link, outputs, n):
    """Fill the first lines of ``outputs`` with what a tile makes of its inputs."""
    n_out = link.errors.shape[1]
    for s in range(n):
        z = outputs[s, :n_out]
        count = list_nonzero(link.inputs[s], link.active, link.active_values)
        cross(link.weights, count, z, link, link.converters)
        for i in range(link.bias.shape[0]):
            z[i] += link.bias[i]
        if link.activation != NO_ACTIVATION:
            activate(z, link.activation)


@njit(**IN_PLACE)
def multiply_by_slope(link, outputs, n):
    """Multiply the errors of the last link by the slope of the activation behind it."""
    if link.activation == NO_ACTIVATION:
        return
    for s in range(n):
        for i in range(link.errors.shape[1]):
            link.errors[s, i] *= slope_at(outputs[s, i], link.activation)


@njit(**IN_PLACE)
def read_errors(link, before, n):
    """Fill the errors of the link before from those of a link, read backwards."""
    n_in, n_out = link.inputs.shape[1], link.errors.shape[1]
    n_before = before.errors.shape[1]
    lines = link.converters
    back = lines.outputs[:n_in]
    for s in range(n):
        d = link.errors[s]
        e = before.errors[s]
        for j in range(n_before):
            e[j] = ONE
            if before.activation != NO_ACTIVATION:
                e[j] = slope_at(link.inputs[s, j], before.activation)
        count = list_nonzero(e, link.active, link.active_values)
        top, norm_squared = ZERO, ZERO
        if lines.on:
            driven = lines.inputs[:n_out]
            for i in range(n_out):
                driven[i] = d[i]
            top, norm_squared = to_lines(lines, driven)
            d = driven
        back[:] = ZERO
        dot_columns(link.weights, link, count, d, back)
        if lines.on:
            from_lines(lines, back, top, norm_squared)
        for j in range(n_before):
            e[j] *= back[j]


def all_finite(links: Any, n: int) -> bool:
    """Return whether all errors of ``n`` rows are finite."""
    raise NotImplementedError("for compiled kernels only")


@overload(all_finite, jit_options=CHOSEN)
def _all_finite(links, n):
    if len(links) == 0:
        return lambda links, n: True
    return lambda links, n: _finite(links[0].errors, n) and all_finite(links[1:], n)


@njit(**INLINED)
def _finite(errors, n):
    finite = True
    for s in range(n):
        finite = finite and largest(errors[s]) < np.float32(np.inf)
    return finite


def descend_biases(links: Any, n: int) -> None:
    """Take the errors of ``n`` rows, times their rate, off the digital biases."""
    raise NotImplementedError("for compiled kernels only")


@overload(descend_biases, jit_options=CHOSEN)
def _descend_biases(links, n):
    if len(links) == 0:
        return lambda links, n: None

    def all_of_them(links, n):
        _descend(links[0], n)
        descend_biases(links[1:], n)

    return all_of_them


@njit(**INLINED)
def _descend(link, n):
    for i in range(link.bias.shape[0]):
        total = ZERO
        for s in range(n):
            total += link.errors[s, i]
        link.bias[i] -= link.bias_rate * total
