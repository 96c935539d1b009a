"""What happens to the currents of one read: noise, converters and digital sums, in one pass."""

from __future__ import annotations

import numpy as np

from acanthite.jit import njit
from acanthite.nn.engine.native.options import IN_PLACE
from acanthite.nn.engine.rng import some_normals

_STRICT = {**IN_PLACE, "fastmath": {"contract"}, "error_model": "numpy"}
_WHOLE = np.float32(2.0**23)  # a number of single precision from here on has no fraction
_PI = np.float32(np.pi)


@njit(**_STRICT)
def add_noise(rng, values, variance):
    """Add a normal number of its own variance to each value, in place.

    Parameters
    ----------
    rng : Rng
    values, variance : ndarray of float32, shape (n,)
    """
    start = 0
    while start < values.size:
        at, n = some_normals(rng, values.size - start)
        some, normals = values[start : start + n], rng.normals[at : at + n]
        spread = variance[start : start + n]
        for k in range(n):
            some[k] += np.sqrt(spread[k]) * normals[k]
        start += n


@njit(**_STRICT)
def add_equal_noise(rng, values, deviation):
    """Add normal numbers of one standard deviation to all values, in place."""
    start = 0
    while start < values.size:
        at, n = some_normals(rng, values.size - start)
        some, normals = values[start : start + n], rng.normals[at : at + n]
        for k in range(n):
            some[k] += deviation * normals[k]
        start += n


@njit(**_STRICT)
def bend(values, top, inl):
    """Add the integral nonlinearity ``inl`` of converters whose range ends at ``top``, in place."""
    for k in range(values.size):
        share = min(max(values[k] / top, np.float32(-1.0)), np.float32(1.0))
        values[k] += inl * top * np.sin(_PI * share)


@njit(**_STRICT)
def round_within(values, top):
    """Round to whole numbers, halves to even, and clip to ``top``, in place; NaN stays NaN."""
    for k in range(values.size):
        value = values[k]
        value = top if value > top else value
        value = -top if value < -top else value
        magnitude = (abs(value) + _WHOLE) - _WHOLE
        values[k] = np.copysign(magnitude, value)


@njit(**_STRICT)
def clip_within(values, top):
    """Clip to ``top``, in place; NaN stays NaN."""
    for k in range(values.size):
        value = values[k]
        value = top if value > top else value
        values[k] = -top if value < -top else value


@njit(**_STRICT)
def add_outputs(codes, begin, step, factor, y, first, start):
    """Add to outputs from ``first`` on, for inputs from ``start`` on, what their columns' codes say.

    Parameters
    ----------
    codes : ndarray of float32, shape (columns, batch)
    begin, step : ndarray of int64, shape (terms,)
        An output's columns, one a term: ``begin + step * output``, a step being zero or one.
    factor : ndarray of float32, shape (terms, outputs)
        What a code of each stands for.
    y : ndarray of float32, shape (all outputs, whole batch)
    first, start : int
    """
    terms, outputs = factor.shape
    batch = codes.shape[1]
    for o in range(outputs):
        total = y[first + o, start : start + batch]
        for t in range(terms):
            code = codes[begin[t] + step[t] * o]
            weight = factor[t, o]
            for k in range(batch):
                total[k] += weight * code[k]
