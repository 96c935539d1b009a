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
from acanthite.nn.engine.native.options import CHOSEN, INLINED, INNER, ONE, ZERO
from acanthite.nn.engine.nodes import activate, slope_at
from acanthite.nn.engine.periphery import Converters, draws, from_lines, largest, to_lines
from acanthite.nn.engine.products import cross, dot_columns
from acanthite.nn.engine.rng import NORMAL_AT, NORMAL_BLOCK, seek_take

NO_ACTIVATION = -1
"""In the place of an index into :data:`acanthite.nn.engine.network.ACTIVATIONS`."""


class Link(NamedTuple):
    """A tile with what stands around it, as the kernels take it."""

    weights: np.ndarray  # float32, shape (n_in * n_out,): what the tile is read as
    bias: np.ndarray  # float32, shape (n_out,), or (0,) without one
    bias_rate: np.float32  # 0 where the bias does not learn
    activation: int  # behind the tile
    converters: Converters
    noise_at: np.ndarray  # int64, shape (2,): where their stream stands before the rows of a batch
    inputs: np.ndarray  # float32, shape (rows, n_in)
    errors: np.ndarray  # float32, shape (rows, n_out)
    active: np.ndarray  # uint32, scratch: the lines that are not zero
    active_values: np.ndarray  # float32, scratch: their values


def forward(links: Any, outputs: Any, first: int, last: int) -> None:
    """Fill the inputs of all links but the first, and the outputs of the last, in some rows.

    Parameters
    ----------
    links : tuple of Link
        The inputs of the first are given.
    outputs : ndarray of float32, shape (n, n_out)
        Filled from row ``first`` to ``last``.
    first, last : int
    """
    raise NotImplementedError("for compiled kernels only")


@overload(forward, jit_options=CHOSEN)
def _forward(links, outputs, first, last):
    if len(links) == 1:
        return lambda links, outputs, first, last: read_rows(links[0], outputs, first, last)

    def through(links, outputs, first, last):
        read_rows(links[0], links[1].inputs, first, last)
        forward(links[1:], outputs, first, last)

    return through


def backward(links: Any, first: int, last: int) -> None:
    """Fill the errors of all links but the last from those of the last, in some rows."""
    raise NotImplementedError("for compiled kernels only")


@overload(backward, jit_options=CHOSEN)
def _backward(links, first, last):
    if len(links) == 1:
        return lambda links, first, last: None

    def through(links, first, last):
        backward(links[1:], first, last)
        read_errors(links[1], links[0], first, last)

    return through


@njit(**INNER)
def read_rows(link, outputs, first, last):
    """Fill rows of ``outputs`` with what a tile makes of its inputs."""
    n_out = link.errors.shape[1]
    _find_noise(link, n_out, first)
    for s in range(first, last):
        z = outputs[s, :n_out]
        count = list_nonzero(link.inputs[s], link.active, link.active_values)
        cross(link.weights, count, z, link, link.converters)
        for i in range(link.bias.shape[0]):
            z[i] += link.bias[i]
        if link.activation != NO_ACTIVATION:
            activate(z, link.activation)


@njit(**INNER)
def multiply_by_slope(link, outputs, n):
    """Multiply the errors of the last link by the slope of the activation behind it."""
    if link.activation == NO_ACTIVATION:
        return
    for s in range(n):
        for i in range(link.errors.shape[1]):
            link.errors[s, i] *= slope_at(outputs[s, i], link.activation)


@njit(**INNER)
def read_errors(link, before, first, last):
    """Fill the errors of the link before, in some rows, from those of a link, read backwards."""
    n_in, n_out = link.inputs.shape[1], link.errors.shape[1]
    n_before = before.errors.shape[1]
    lines = link.converters
    back = lines.outputs[:n_in]
    _find_noise(link, n_in, first)
    for s in range(first, last):
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


@njit(**INLINED)
def _find_noise(link, n, row):
    """Let the next read, of ``n`` outputs, draw the noise of a row of the batch."""
    if draws(link.converters):
        seek_take(link.converters.rng, link.noise_at, n, row)


def take_noise(links: Any, n: int, back: bool) -> None:
    """Let links draw their next noise behind that of ``n`` rows, read forward or backwards."""
    raise NotImplementedError("for compiled kernels only")


@overload(take_noise, jit_options=CHOSEN)
def _take_noise(links, n, back):
    if len(links) == 0:
        return lambda links, n, back: None

    def each(links, n, back):
        _take(links[0], n, back)
        take_noise(links[1:], n, back)

    return each


@njit(**INNER)
def _take(link, n, back):
    _find_noise(link, link.inputs.shape[1] if back else link.errors.shape[1], n)
    state = link.converters.rng.state
    link.noise_at[0], link.noise_at[1] = state[NORMAL_AT], state[NORMAL_BLOCK]


def all_finite(links: Any, first: int, last: int) -> bool:
    """Return whether all errors of some rows are finite."""
    raise NotImplementedError("for compiled kernels only")


@overload(all_finite, jit_options=CHOSEN)
def _all_finite(links, first, last):
    if len(links) == 0:
        return lambda links, first, last: True

    def each(links, first, last):
        return _finite(links[0].errors, first, last) and all_finite(links[1:], first, last)

    return each


@njit(**INLINED)
def _finite(errors, first, last):
    finite = True
    for s in range(first, last):
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
