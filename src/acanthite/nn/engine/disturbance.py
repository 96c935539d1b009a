"""Pulses on cells whose noise does not shrink with the step, or that are read with an error.

An array whose noise is one number is pulsed as ever; one that has :class:`PulseNoise` in its place
is compiled into kernels of its own. What a write leaves beside the weight is drawn from a counter,
the cell and how many pulses it has had: in whatever order cells are pulsed, on any number of
threads, it is the same.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import overload

from acanthite.jit import njit
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.options import CHOSEN, IN_PLACE, INLINED, ONE, ZERO
from acanthite.nn.engine.rng import _philox7
from acanthite.random import stream_id
from acanthite.synapse.base import Cells
from acanthite.synapse.disturbance import Disturbance
from acanthite.synapse.kernels import step
from acanthite.synapse.rest import RestingCells
from acanthite.synapse.rule import LOWER, UPPER

_NO_DISTURBANCE = Disturbance(np.zeros((1, 2), np.float32))


class PulseNoise(NamedTuple):
    """Noise of an array's pulses that is more than a share of each step."""

    relative: np.float32  # standard deviation of a step over its mean
    offsets: np.ndarray  # float32, shape (n_cells, 2): what is added to it at w = 0, up and down
    slope: np.float32  # what that grows by with the weight
    # float32, shape (n_cells,): what pulses act on; the array's weights are what is read
    hidden: np.ndarray
    written: np.ndarray  # uint32, shape (n_cells,): how often each was written
    write_noise: np.float32
    key: np.ndarray  # uint32, shape (3,): of what writes leave
    # float32, shape (n_cells, 3) or (0, 3): rate of decay, its target, diffusion
    rest: np.ndarray


def pulse_noise(cells: Cells, weights: np.ndarray, seed: int, stream: str) -> Any:
    """Return the noise of an array's pulses as the kernels take it.

    Parameters
    ----------
    cells : Cells
    weights : ndarray of float32, shape (n_cells,)
        Within bounds.
    seed : int
    stream : str
        Together the key of what writes leave.
    """
    if cells.disturbance is None:
        return np.float32(cells.noise)
    return full_noise(cells, weights, seed, stream)


def full_noise(cells: Cells, weights: np.ndarray, seed: int, stream: str) -> PulseNoise:
    """Return the noise of an array's pulses, even if it is but a share of each step.

    Parameters
    ----------
    cells, weights, seed, stream
        As in :func:`pulse_noise`.
    """
    disturbance = cells.disturbance or _NO_DISTURBANCE
    n = len(weights)
    offsets = aligned.zeros((n, 2))
    offsets[:] = disturbance.offsets
    mask = 0xFFFFFFFF
    key = np.array([seed & mask, seed >> 32 & mask, stream_id(f"{stream}.writes")], np.uint32)
    return PulseNoise(
        relative=np.float32(cells.noise),
        offsets=offsets,
        slope=np.float32(disturbance.slope),
        hidden=aligned.copy(weights),
        written=np.zeros(n, np.uint32),
        write_noise=np.float32(disturbance.write_noise),
        key=key,
        rest=_resting(disturbance.rest, n),
    )


def _resting(rest: RestingCells | None, n: int) -> np.ndarray:
    if rest is None:
        return np.zeros((0, 3), np.float32)
    columns = np.zeros((n, 3), np.float32)
    for k, values in enumerate((rest.rates, rest.targets, rest.diffusions)):
        columns[:, k] = values
    return columns


def let_rest(
    noise: PulseNoise,
    weights: np.ndarray,
    bounds: tuple[np.ndarray, np.ndarray],
    seconds: float,
    generator: np.random.Generator,
) -> None:
    """Let the cells of an array be for some time, in place.

    What their last write left beside them stays beside them.

    Parameters
    ----------
    noise : PulseNoise
        Of the array.
    weights : ndarray of float32, shape (n_cells,)
        Of the array.
    bounds : tuple of ndarray, shape (n_cells,)
        Lower and upper.
    seconds : float
        [s]
    generator : numpy.random.Generator
    """
    if not len(noise.rest):
        return
    cells = RestingCells(*noise.rest.T.astype(np.float64))
    before = noise.hidden.copy()
    noise.hidden[:] = np.clip(cells.after(before, seconds, generator), *bounds)
    if noise.hidden is not weights:
        weights += noise.hidden - before


def is_noisy(noise: Any) -> bool:
    """Return whether pulses take a standard normal each."""
    raise NotImplementedError("for compiled kernels only")


def _is_pulse_noise(noise: Any) -> bool:
    return getattr(noise, "instance_class", None) is PulseNoise


@overload(is_noisy, jit_options=CHOSEN)
def _is_noisy(noise):
    if isinstance(noise, types.Float):
        return lambda noise: noise > ZERO
    return (lambda noise: True) if _is_pulse_noise(noise) else None


def level(noise: Any, weights: Any, index: Any) -> Any:
    """Return the weight of a cell that a pulse acts on."""
    raise NotImplementedError("for compiled kernels only")


@overload(level, jit_options=CHOSEN)
def _level(noise, weights, index):
    if isinstance(noise, types.Float):
        return lambda noise, weights, index: weights[index]
    if _is_pulse_noise(noise):
        return lambda noise, weights, index: noise.hidden[index]
    return None


def settle(noise: Any, weights: Any, index: Any, w: Any) -> None:
    """Set the weight of a cell after a pulse, and what a read finds from now on."""
    raise NotImplementedError("for compiled kernels only")


@overload(settle, jit_options=CHOSEN)
def _settle(noise, weights, index, w):
    if isinstance(noise, types.Float):
        return _settle_plain
    return _settle_written if _is_pulse_noise(noise) else None


def _settle_plain(noise, weights, index, w):
    weights[index] = w


def _settle_written(noise, weights, index, w):
    noise.hidden[index] = w
    if noise.write_noise > ZERO:
        noise.written[index] += np.uint32(1)
        w += noise.write_noise * _left_by_write(noise, index)
    weights[index] = w


def moved(noise: Any, rule: Any, c: Any, at: Any, index: Any, sign: Any, w: Any, z: Any) -> Any:
    """Return the weight of a cell after a pulse, bounds aside.

    Parameters
    ----------
    noise : float32 or PulseNoise
    rule, c, at, sign, w
        As in :func:`acanthite.synapse.kernels.step`.
    index : uint64
        Of the cell.
    z : float32
        Standard normal of this pulse.
    """
    raise NotImplementedError("for compiled kernels only")


@overload(moved, jit_options=CHOSEN)
def _moved(noise, rule, c, at, index, sign, w, z):
    if isinstance(noise, types.Float):
        return _moved_in_proportion
    return _moved_anyway if _is_pulse_noise(noise) else None


def _moved_in_proportion(noise, rule, c, at, index, sign, w, z):
    return w + step(rule, c, at, sign, w) * (ONE + noise * z)


def _moved_anyway(noise, rule, c, at, index, sign, w, z):
    mean = step(rule, c, at, sign, w)
    offset = noise.offsets[index, np.uint64(0) if sign > ZERO else np.uint64(1)]
    deviation = noise.relative * abs(mean) + max(offset + noise.slope * w, ZERO)
    return w + mean + deviation * z


@njit(**INLINED)
def _left_by_write(noise, index):
    """Return the standard normal of a cell's latest write."""
    key = noise.key
    return counted_normal(key[0], key[1], key[2], np.uint64(index), noise.written[index])


@njit(**INLINED)
def counted_normal(low, high, stream, index, count):
    """Return a standard normal that depends on its key and place alone (Box-Muller).

    Parameters
    ----------
    low, high, stream : uint32
        Halves of the seed, and what it is for.
    index : uint64
    count : uint32
    """
    upper = np.uint32(index >> np.uint64(32))
    a, b, _, _ = _philox7(np.uint32(index), upper, count, stream, low, high)
    radius = math.sqrt(-2.0 * math.log((a + 0.5) / 4294967296.0))
    return np.float32(radius * math.cos(2.0 * math.pi * (b / 4294967296.0)))


@njit(**INLINED)
def counted_word(low, high, stream, index, count):
    """Return 32 random bits that depend on their key and place alone; see :func:`counted_normal`."""
    upper = np.uint32(index >> np.uint64(32))
    a, _, _, _ = _philox7(np.uint32(index), upper, count, stream, low, high)
    return a


@njit(**IN_PLACE)
def rewrite(noise, weights, c, stride, values):
    """Write weights into all cells, those out of a cell's bounds on the bound."""
    for k in range(values.shape[0]):
        at = k * stride
        w = min(max(values[k], c[at + LOWER]), c[at + UPPER])
        settle(noise, weights, np.uint64(k), w)
