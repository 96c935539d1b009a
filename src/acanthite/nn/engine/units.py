"""Pulses on weights that are several devices each.

An array of unit cells has :class:`Units` in the place of its noise, and so is compiled into kernels
of its own. Its weights are what is read, the sums; the devices stand behind them. What a pulse
brings is drawn from a counter, the device and how many pulses its cell has had: in whatever order
cells are pulsed, on any number of threads, it is the same.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba.extending import overload

from acanthite.jit import njit
from acanthite.nn.engine.disturbance import (
    PulseNoise,
    counted_normal,
    counted_word,
    full_noise,
    is_noisy,
    let_rest,
    level,
    moved,
    rewrite,
    settle,
)
from acanthite.nn.engine.native import aligned
from acanthite.nn.engine.native.dispatch import call_kernel
from acanthite.nn.engine.native.options import CHOSEN, IN_PLACE, INLINED, ONE, ZERO
from acanthite.random import stream_id
from acanthite.synapse.kernels import step, stride
from acanthite.synapse.rule import LOWER, UPPER
from acanthite.synapse.units.cells import POLICIES, UnitCells, distributed

_ALL, _FIXED, _IN_TURN, _RANDOM, _ONE_SIDED = range(len(POLICIES))

_SINCE, _DONE, _RENEWED = range(3)


class RefreshRule(NamedTuple):
    """When and how pairs of one-sided devices are refreshed; see
    :class:`acanthite.synapse.units.cells.Refresh`.
    """

    every: int
    upper: np.float32  # in the unit of the devices' weights
    lower: np.float32
    most: int
    read_noise: np.float32
    levels: np.ndarray  # float32, shape (n_devices,) or (0,)
    reset_noise: np.float32
    # int64, shape (3,): updates since the last one, how many there were, pairs renewed by them
    clock: np.ndarray


class Units(NamedTuple):
    """The devices of an array of unit cells."""

    weights: np.ndarray  # float32, shape (n_devices,), cell by cell: what is read of each
    coefficients: np.ndarray  # float32, shape (n_devices * stride,)
    noise: PulseNoise
    gamma: np.ndarray  # float32, shape (n_of_a_cell,)
    reference: np.ndarray  # float32, shape (n_cells,): what is taken off the sums
    policy: int
    first: int
    pulsed: np.ndarray  # uint32, shape (n_cells,): pulses each cell has had
    key: np.ndarray  # uint32, shape (5,): seed, then streams of steps, choices and reads
    refresh: RefreshRule

    @property
    def rows(self) -> np.ndarray:
        """Coefficients of each device, shape (n_devices, stride), as a view."""
        return self.coefficients.reshape(len(self.weights), -1)

    @property
    def levels(self) -> np.ndarray:
        """What is read of the devices, shape (n_cells, n_of_a_cell), as a view."""
        return self.weights.reshape(len(self.pulsed), -1)


def make_units(cells: UnitCells, weights: np.ndarray, seed: int, stream: str) -> Units:
    """Return the devices of cells that are programmed to weights, or begin where they were left.

    Parameters
    ----------
    cells : UnitCells
    weights : ndarray, shape (n_cells,)
    seed : int
    stream : str
        Together the key of what pulses bring.
    """
    devices = cells.devices
    levels = (cells.resting if cells.held else cells.programmed(weights)).ravel()
    c = aligned.zeros((len(levels), devices.rule.stride))
    c[:, : devices.rule.n_coefficients] = devices.coefficients
    bounded = aligned.copy(np.clip(levels, devices.lower, devices.upper).astype(np.float32))
    mask = 0xFFFFFFFF
    streams = [stream_id(f"{stream}.{name}") for name in ("steps", "choices", "reads")]
    return Units(
        weights=bounded,
        coefficients=c.ravel(),
        noise=full_noise(devices, bounded, seed, stream),
        gamma=cells.gamma.astype(np.float32),
        reference=cells.reference.astype(np.float32),
        policy=POLICIES.index(cells.policy),
        first=cells.first,
        pulsed=np.zeros(len(weights), np.uint32),
        key=np.array([seed & mask, seed >> 32 & mask, *streams], np.uint32),
        refresh=_refresh_rule(cells),
    )


def _refresh_rule(cells: UnitCells) -> RefreshRule:
    """Return when pairs are refreshed; others never are."""
    zero, clock = np.float32(0), np.zeros(3, np.int64)
    own = cells.refresh
    if own is None:
        return RefreshRule(0, zero, zero, 0, zero, np.zeros(0, np.float32), zero, clock)
    upper, lower = (
        np.float32(own.floor + share * (own.ceiling - own.floor))
        for share in (own.upper, own.lower)
    )
    levels = own.levels.astype(np.float32)
    noises = np.float32(own.read_noise), np.float32(own.reset_noise)
    return RefreshRule(own.every, upper, lower, own.most, noises[0], levels, noises[1], clock)


def join(units: Units, weights: np.ndarray) -> None:
    """Set the weights of an array to what is read of its devices, in place."""
    weights[:] = units.levels @ units.gamma - units.reference


def program_units(array: Any, weights: np.ndarray, first: int = 0) -> None:
    """Write weights into unit cells, as near as their devices let them, in place.

    Parameters
    ----------
    array : Array
    weights : ndarray, shape (n,)
    first : int
        The first cell to write.
    """
    units = array.noise
    part = slice(first, first + len(weights))
    shape = units.levels.shape
    lower, upper = (units.rows[:, bound].reshape(shape)[part] for bound in (LOWER, UPPER))
    policy = POLICIES[units.policy]
    values = units.noise.hidden.reshape(shape).copy()
    resting = units.refresh.levels.reshape(shape) if policy == "one-sided" else values
    values[part] = distributed(
        np.asarray(weights, np.float64) + units.reference[part],
        (lower, upper),
        units.gamma.astype(np.float64),
        policy,
        units.first,
        resting[part],
    )
    stride = units.rows.shape[1]
    rewrite(units.noise, units.weights, units.coefficients, stride, values.ravel())
    join(units, array.weights)


def let_units_rest(array: Any, seconds: float, generator: np.random.Generator) -> None:
    """Let the devices of an array be for some time, in place.

    Parameters
    ----------
    array : Array
    seconds : float
        [s]
    generator : numpy.random.Generator
    """
    units = array.noise
    bounds = units.rows[:, LOWER], units.rows[:, UPPER]
    let_rest(units.noise, units.weights, bounds, seconds, generator)
    join(units, array.weights)


def updates_left(array: Any) -> int | None:
    """Return after how many more updates an array is refreshed; None if it never is."""
    if not isinstance(array.noise, Units) or not array.noise.refresh.every:
        return None
    rule = array.noise.refresh
    return max(rule.every - int(rule.clock[_SINCE]), 1)


def refresh_when_due(array: Any, updates: int) -> int | None:
    """Count updates, and refresh the pairs of an array where its time has come, in place.

    Parameters
    ----------
    array : Array
    updates : int
        Since the last call.

    Returns
    -------
    int or None
        Pulses; None where it was not yet time.
    """
    if updates_left(array) is None:
        return None
    rule = array.noise.refresh
    rule.clock[_SINCE] += updates
    if rule.clock[_SINCE] < rule.every:
        return None
    rule.clock[_SINCE] = 0
    rule.clock[_DONE] += 1
    pulses, renewed = call_kernel(_refresh, array.rule, array.noise, array.rule)
    rule.clock[_RENEWED] += renewed
    array.counts[0] += pulses
    join(array.noise, array.weights)
    return int(pulses)


def _is_units(noise: Any) -> bool:
    return getattr(noise, "instance_class", None) is Units


@overload(is_noisy, jit_options=CHOSEN)
def _is_noisy(noise):
    return (lambda noise: False) if _is_units(noise) else None


@overload(level, jit_options=CHOSEN)
def _level(noise, weights, index):
    return (lambda noise, weights, index: weights[index]) if _is_units(noise) else None


@overload(moved, jit_options=CHOSEN)
def _moved(noise, rule, c, at, index, sign, w, z):
    return _moved_by_devices if _is_units(noise) else None


def _moved_by_devices(noise, rule, c, at, index, sign, w, z):
    return pulse_devices(noise, rule, index, sign)


@overload(settle, jit_options=CHOSEN)
def _settle(noise, weights, index, w):
    return _settle_sum if _is_units(noise) else None


def _settle_sum(noise, weights, index, w):
    weights[index] = w


@njit(**INLINED)
def pulse_devices(units, rule, index, sign):
    """Pulse the devices of a cell whose turn it is; return its weight.

    Parameters
    ----------
    units : Units
    rule : StepRule
    index : uint64
        Of the cell.
    sign : float32
    """
    n = np.uint64(units.gamma.shape[0])
    count = units.pulsed[index] + np.uint32(1)
    units.pulsed[index] = count
    base = index * n
    if units.policy == _ALL:
        for k in range(n):
            _pulse_device(units, rule, base + k, count, sign)
    elif units.policy == _ONE_SIDED:
        _pulse_device(units, rule, base + np.uint64(sign < ZERO), count, ONE)
    else:
        _pulse_device(units, rule, base + _chosen(units, index, count, n), count, sign)
    total = -units.reference[index]
    for k in range(n):
        total += units.gamma[k] * units.weights[base + k]
    return total


@njit(**INLINED)
def _chosen(units, index, count, n):
    """Return which of the ``n`` devices of a cell a pulse goes to."""
    if units.policy == _FIXED:
        return np.uint64(units.first)
    if units.policy == _IN_TURN:
        return (np.uint64(units.first) + np.uint64(count) - np.uint64(1)) % n
    word = np.uint64(counted_word(units.key[0], units.key[1], units.key[3], index, count))
    return word * n >> np.uint64(32)


@njit(**INLINED)
def _pulse_device(units, rule, device, count, sign):
    at = device * stride(rule)
    c = units.coefficients
    z = counted_normal(units.key[0], units.key[1], units.key[2], device, count)
    w = level(units.noise, units.weights, device)
    w = moved(units.noise, rule, c, at, device, sign, w, z)
    w = min(max(w, c[at + np.uint64(LOWER)]), c[at + np.uint64(UPPER)])
    settle(units.noise, units.weights, device, w)


@njit(**IN_PLACE)
def _refresh(units, rule):
    """Renew the pairs that are due; return the pulses it took, and how many pairs they were."""
    own = units.refresh
    pulses = 0
    renewed = 0
    for cell in range(units.pulsed.shape[0]):
        base = np.uint64(2 * cell)
        count = np.uint32(own.clock[_DONE])
        a = _read(units, base, 0, count)
        b = _read(units, base + np.uint64(1), 0, count)
        if max(a, b) > own.upper and min(a, b) > own.lower:
            _reset(units, base, count)
            _reset(units, base + np.uint64(1), count)
            larger = np.uint64(a < b)
            pulses += _write_again(units, rule, np.uint64(cell), larger, abs(a - b))
            renewed += 1
    return pulses, renewed


@njit(**INLINED)
def _read(units, device, series, count):
    """Return what a read of a device finds; series and count say which read it is."""
    w = units.noise.hidden[device]
    if units.refresh.read_noise > ZERO:
        key = units.key
        z = counted_normal(key[0], key[1], key[4] + np.uint32(series), device, count)
        w += units.refresh.read_noise * z
    return w


@njit(**INLINED)
def _reset(units, device, count):
    z = counted_normal(units.key[0], units.key[1], units.key[3], device, count)
    w = units.refresh.levels[device] + units.refresh.reset_noise * z
    at = device * np.uint64(units.coefficients.shape[0] // units.weights.shape[0])
    c = units.coefficients
    w = min(max(w, c[at + np.uint64(LOWER)]), c[at + np.uint64(UPPER)])
    settle(units.noise, units.weights, device, w)


@njit(**INLINED)
def _write_again(units, rule, cell, larger, difference):
    """Pulse one device of a pair, reading after each pulse, until it is ahead by a difference.

    Return the pulses: the last one is that before which less than half a mean step was missing.
    """
    device = np.uint64(2) * cell + larger
    other = np.uint64(2) * cell + np.uint64(1) - larger
    at = device * stride(rule)
    n = 0
    while n < units.refresh.most:
        count = units.pulsed[cell]
        ahead = _read(units, device, 1, count) - _read(units, other, 1, count)
        mean = step(rule, units.coefficients, at, ONE, units.noise.hidden[device])
        if difference - ahead < np.float32(0.5) * mean:
            break
        units.pulsed[cell] = count + np.uint32(1)
        _pulse_device(units, rule, device, units.pulsed[cell], ONE)
        n += 1
    return n
