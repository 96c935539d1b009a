"""Kernels that look for SET and RESET on one way out, and for what the way back remembers of it.

All work on logarithms of current, in decades, so that nothing depends on units. A current ``floor``
keeps the logarithm of what is only noise from looking like a signal.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from acanthite import threads
from acanthite.jit import njit

Array = NDArray[np.float64]

SIZE = 0.3  #: decades of current at which an event is believed by half
NOISE = 5.0  #: times its noise at which an event is believed by half
_DROP = 0.15  # decades below the peak at which a RESET has begun
_SIGMAS = 2.0  # standard deviations within which samples are alike
_NEAR = 15  # samples from which the noise at a place is estimated
_SINGLE = (1.0, 1.5)  # noise of a step between two samples over that of one between medians
_AT_FLOOR = 0.2  # decades above it that are still the floor
_QUIET = 5e-3  # decades; no instrument is trusted beyond
_MAD = 1.4826  # standard deviation of a normal over its median absolute deviation


@njit(cache=True, inner=True)
def _median(x, start, stop):
    n = stop - start
    if n == 1:
        return x[start]
    if n == 2:
        return 0.5 * (x[start] + x[start + 1])
    if n == 3:
        a, b, c = x[start], x[start + 1], x[start + 2]
        return max(min(a, b), min(max(a, b), c))
    return np.median(x[start:stop])


@njit(cache=True, inner=True)
def _scatter(x):
    """Return median and robust standard deviation."""
    middle = np.median(x)
    return middle, _MAD * np.median(np.abs(x - middle))


@njit(cache=True, inner=True)
def _differences(x):
    change = np.empty(x.size - 1)
    for k in range(change.size):
        change[k] = x[k + 1] - x[k]
    return change


@njit(cache=True, inner=True)
def _floor(v, i):
    """Return the current that is indistinguishable from zero: what would flow at zero volts, or
    three times the noise near it.
    """
    n = i.size
    low, top = 0, abs(v[n - 1])
    while low < n and abs(v[low]) <= 0.02 * top:
        low += 1
    offset = 0.0
    if low > 2:
        x, y = v[:low] - np.mean(v[:low]), i[:low]
        offset = abs(
            np.mean(y)
            - np.mean(v[:low]) * np.sum(x * y) / max(np.sum(x * x), np.finfo(np.float64).tiny)
        )
    k = min(max(5, n // 10), n)
    second = np.abs(i[2:k] - 2 * i[1 : k - 1] + i[: k - 2])
    noise = 3 * _MAD * np.median(second) / math.sqrt(6.0) if n > 2 else 0.0
    return max(offset, noise, 1e-9 * np.max(np.abs(i)), np.finfo(np.float64).tiny)


@njit(cache=True)
def belief(decades, noise):
    """Return the confidence in an event of so many decades above so much noise: half at 0.3 decades
    and at 5 times the noise.
    """
    if not decades > 0:
        return 0.0
    a, b = (decades / SIZE) ** 2, (decades / (NOISE * max(noise, _QUIET))) ** 2
    return a / (1 + a) * b / (1 + b)


@njit(cache=True, inner=True)
def _limited(i, compliance):
    """Return the first sample in compliance, or how many there are."""
    for k in range(i.size):
        if abs(i[k]) >= 0.98 * compliance:
            return k
    return i.size


@njit(cache=True, inner=True)
def find_set(v, i, compliance):
    """Return (sample, decades, noise, rivals) of the highest lasting rise of log conductance on a
    way out.

    The event lies between ``sample`` and the next one. Sample -1: none. Rivals are samples
    elsewhere that rise as high but for the noise, or out of what cannot be told from zero.
    """
    n = v.size
    h = 3 if n >= 60 else 1
    floor = _floor(v, i)
    y = np.log10(np.hypot(i, floor))
    g = y - np.log10(np.abs(v))
    last = min(_limited(i, compliance), n - 1)
    if last < 2:
        return -1, 0.0, 0.0, 0
    step = np.empty(last)
    for k in range(last):
        step[k] = _median(g, k + 1, min(k + 1 + h, n)) - _median(g, max(k + 1 - h, 0), k + 1)
    trend, noise = _scatter(step)
    end = _median(y, n - h, n)
    best, where = 0.0, -1
    for k in range(last):
        rise = step[k] - trend
        if rise > best and end - _median(y, max(k + 1 - h, 0), k + 1) >= 0.5 * rise:
            best, where = rise, k
    if where < 0:
        return -1, 0.0, noise, 0
    rivals = _as_high(step, where, h, last, _SIGMAS * noise)
    rivals += _out_of_the_floor(y, step - trend, where, h, math.log10(floor), noise)
    near = slice(max(where - h // 2, 0), min(where + h // 2 + 1, last))
    where = near.start + np.argmax(g[near.start + 1 : near.stop + 1] - g[near.start : near.stop])
    return where, best, noise, rivals + _beside(g[: last + 1], where, _SINGLE[h // 2] * noise)


@njit(cache=True, inner=True)
def find_reset(v, i):
    """Return (sample, decades, noise, rivals) of the highest current before the first lasting drop.

    ``decades`` of current are lost from it. Rivals are samples more than one away, before the
    lowest current, that are as high but for the noise.
    """
    n = v.size
    h = 3 if n >= 60 else 1
    floor = _floor(v, i)
    y = np.log10(np.hypot(i, floor))
    smooth = np.empty(n)
    for k in range(n):
        smooth[k] = _median(y, max(k - h // 2, 0), min(k + h // 2 + 1, n))
    change = _differences(y)
    noise = _scatter(change)[1] / math.sqrt(2.0)
    drop = max(_DROP, NOISE * noise)
    peak = 0
    for k in range(1, n):
        if smooth[k] > smooth[peak]:
            peak = k
        elif smooth[peak] - _highest(smooth, k, min(k + h, n)) >= drop:
            first = max(peak - h // 2, 0)
            where = first + np.argmax(y[first : peak + h // 2 + 1])
            lowest = k + np.argmin(smooth[k:])
            rivals = _as_high(y, where, 2, lowest, _SIGMAS * _local_noise(y, k))
            return where, smooth[peak] - np.min(smooth[k:]), noise, rivals
    return -1, 0.0, noise, 0


@njit(cache=True, inner=True)
def _as_high(x, where, apart, stop, margin):
    """Return how many of x before ``stop``, at least ``apart`` from ``where``, come within
    ``margin`` of the highest near it.
    """
    top = _highest(x, max(where - 1, 0), min(where + 2, stop))
    n = 0
    for k in range(stop):
        n += abs(k - where) >= apart and x[k] >= top - margin
    return n


@njit(cache=True, inner=True)
def _out_of_the_floor(y, rise, where, h, floor, noise):
    """Return how many rises elsewhere begin at the floor: how high they are cannot be seen."""
    least = max(0.5 * SIZE, NOISE * noise)
    n = 0
    for k in range(rise.size):
        if rise[k] >= least and abs(k - where) >= h:
            n += _median(y, max(k + 1 - h, 0), k + 1) <= floor + _AT_FLOOR
    return n


@njit(cache=True, inner=True)
def _beside(g, where, noise):
    """Return how many of the two steps on either side are as high but for the noise."""
    least = g[where + 1] - g[where] - _SIGMAS * noise
    n = 0
    for k in range(max(where - 2, 0), min(where + 3, g.size - 1)):
        n += k != where and g[k + 1] - g[k] >= least
    return n


@njit(cache=True, inner=True)
def _local_noise(y, stop):
    """Return the standard deviation of the samples before ``stop`` about their course."""
    part = y[max(stop - _NEAR, 0) : stop]
    if part.size < 5:
        return 0.0
    return _MAD * np.median(np.abs(part[2:] - 2 * part[1:-1] + part[:-2])) / math.sqrt(6.0)


@njit(cache=True, inner=True)
def _highest(x, start, stop):
    top = -np.inf
    for k in range(start, stop):
        top = max(top, x[k])
    return top


@njit(cache=True, inner=True)
def find_memory(v, i, v_back, i_back, compliance, upto):
    """Return (sample, decades, noise, rivals): how much better the way back conducts, and where
    half of that is gone on the way out.

    Voltages within 3 % to 30 % of the extreme and below ``upto`` are compared. Not-a-number without
    a way back. Rivals are samples more than one away where it may be half as well, but for the
    noise.
    """
    n, m = v.size, v_back.size
    if m < 3:
        return -1, np.nan, np.nan, 0
    rising, current = v_back[::-1].copy(), i_back[::-1].copy()
    floor = min(_floor(v, i), _floor(rising, current))
    top = np.max(np.abs(v))
    back = np.interp(np.abs(v), np.abs(rising), np.log10(np.hypot(current, floor)))
    gap = back - np.log10(np.hypot(i, floor))
    size = np.abs(v)
    inside = (
        (size >= 0.03 * top) & (size <= 0.3 * top) & (size < upto) & (np.abs(i) < 0.98 * compliance)
    )
    if inside.sum() < 2:
        inside = (size <= max(upto, size[2])) & (np.abs(i) < 0.98 * compliance)
    if inside.sum() < 1:
        return -1, np.nan, np.nan, 0
    memory, _ = _scatter(gap[inside])
    noise = _scatter(_differences(gap))[1] / math.sqrt(2.0)
    where = -1
    for k in range(n):
        if memory != 0 and _median(gap, max(k - 1, 0), min(k + 2, n)) / memory >= 0.5:
            where = k
    rivals = 0
    for k in range(n):
        rivals += abs(k - where) > 1 and abs(gap[k] - 0.5 * memory) < _SIGMAS * noise
    return where, memory, noise, rivals


@njit(cache=True, inner=True)
def _one(v, i, v_back, i_back, compliance, out):
    out[:] = np.nan
    for k in range(v.size):
        if not (math.isfinite(v[k]) and math.isfinite(i[k])):
            return
    for k in range(v_back.size):
        if not (math.isfinite(v_back[k]) and math.isfinite(i_back[k])):
            return
    out[0, 0], out[0, 1], out[0, 2], out[0, 3] = find_set(v, i, compliance)
    out[1, 0], out[1, 1], out[1, 2], out[1, 3] = find_reset(v, i)
    upto = np.inf
    if out[0, 0] >= 0 and out[0, 1] > SIZE and out[0, 1] > NOISE * out[0, 2]:
        upto = abs(v[int(out[0, 0])])
    out[2, 0], out[2, 1], out[2, 2], out[2, 3] = find_memory(v, i, v_back, i_back, compliance, upto)


@njit(cache=True, nogil=True)
def _all(v, i, v_back, i_back, compliance, seen):
    for c in range(v.shape[0]):
        _one(v[c], i[c], v_back[c], i_back[c], compliance, seen[c])


def scan(v: Array, i: Array, v_back: Array, i_back: Array, compliance: float) -> Array:
    """Return what is seen on each of many excursions.

    Parameters
    ----------
    v, i : ndarray, shape (curve, out)
        Way out. [V], [A]
    v_back, i_back : ndarray, shape (curve, back)
    compliance : float
        [A]

    Returns
    -------
    ndarray, shape (curve, 3, 4)
        Sample, decades, noise and rivals of :func:`find_set`, :func:`find_reset` and
        :func:`find_memory`.
    """
    n = v.shape[0]
    parts = threads.count()
    seen = np.empty((n, 3, 4))
    blocks = [slice(k * n // parts, (k + 1) * n // parts) for k in range(parts)]
    with ThreadPoolExecutor(parts) as pool:
        list(
            pool.map(lambda b: _all(v[b], i[b], v_back[b], i_back[b], compliance, seen[b]), blocks)
        )
    return seen
