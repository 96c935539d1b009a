"""Two-level fluctuators around a contact, followed in time: compiled.

A cloud of defects surrounds the contact. Each sits in one of two positions, equally often, and
jumps between them at a rate of its own; rates are log-uniform over a wide band. Many of them sum up
to 1/f noise, a few are telegraph noise. Jumps of one that is slow beside a sample happen at drawn
times, and the sample is the exact mean over its width. One that is fast beside it averages out to
a normal variate of the right variance.
"""

from __future__ import annotations

import math

import numpy as np

from acanthite.device.noise import formulas
from acanthite.jit import njit
from acanthite.random import normals, stream_id, uniforms

CLOUD = 32
"""Fluctuators followed around a contact, the nearest; they stand for all."""
STREAM = np.uint32(stream_id("contact-noise"))

_FAST = 5.0  # relaxations in a sample, above which its mean is taken as normal
_QUIET = 1e-3  # relaxations in a sample, below which jumps are rare: looked at together
_FORGOTTEN = 4.0  # jumps in a pause, above which one draw takes the place of all
_SAME = 0.1  # relative change of a contact's resistance below which amplitudes stay
_NEVER = 1e300
_TAIL = -5.0 / 3.0  # the step falls as r^-4, so the variance beyond a volume as its -5/3
_LIFE = np.uint64(1 << 40)
_OF_ONE = np.uint64(1 << 32)  # draws of one fluctuator; those of samples are numbered beside them
_FOUR = 4  # variates of a draw

_radius = njit(cache=True, nogil=True)(formulas.radius)
_ball = njit(cache=True, nogil=True)(formulas.ball)
_step = njit(cache=True, nogil=True)(formulas.step)


@njit(cache=True, nogil=True, inner=True)
def averaged(rate, width):
    """Return the variance of a fluctuator's mean over a width, relative to its own."""
    x = rate * width
    if x < 1e-4:
        return 1.0 - x / 3.0
    return 2.0 * (x - 1.0 + math.exp(-x)) / (x * x)


@njit(cache=True, nogil=True, inline="always")
def _next(key, life, k, pool, used):
    """Return the next uniform variate of a fluctuator."""
    place = used[k] % _FOUR
    if place == 0:
        number = np.uint64(life) * _LIFE + np.uint64(k) * _OF_ONE + np.uint64(used[k] // _FOUR)
        pool[k, 0], pool[k, 1], pool[k, 2], pool[k, 3] = uniforms(key[0], STREAM, key[1], number)
    used[k] += 1
    return pool[k, place]


@njit(cache=True, nogil=True, inner=True)
def _form(key, life, start, band, mark, rate, sign, jump, pool, used):
    """Draw the cloud of a new contact: where its members sit, how fast they are, how they stand."""
    distance = 0.0
    for k in range(CLOUD):
        used[k] = 0
        distance -= math.log(_next(key, life, k, pool, used))
        mark[k] = distance
        rate[k] = band[0] * (band[1] / band[0]) ** _next(key, life, k, pool, used)
        sign[k] = 1.0 if _next(key, life, k, pool, used) < 0.5 else -1.0
        jump[k] = start - math.log(_next(key, life, k, pool, used)) / (0.5 * rate[k])


@njit(cache=True, nogil=True, inner=True)
def _amplitudes(step, inside, mark, amplitude):
    """Fill in the change of resistance by each fluctuator; the nearest stand for those beyond."""
    followed = 1.0 - (1.0 + mark[CLOUD - 1] / inside) ** _TAIL
    whole = step / math.sqrt(followed)
    for k in range(CLOUD):
        nearness = inside / (inside + mark[k])
        amplitude[k] = whole * nearness * np.cbrt(nearness)


@njit(cache=True, nogil=True)
def _shares(rate, width, share):
    """Fill in the variance of the means of those that are fast beside a sample; 0 for the others."""
    for k in range(CLOUD):
        fast = rate[k] * width > _FAST
        share[k] = 0.25 * averaged(rate[k], width) if fast else 0.0


@njit(cache=True, nogil=True, inner=True)
def _white(share, amplitude):
    """Return the standard deviation of what is fast beside a sample."""
    variance = 0.0
    for k in range(CLOUD):
        variance += share[k] * amplitude[k] ** 2
    return math.sqrt(variance)


@njit(cache=True, nogil=True, inner=True)
def _quiet(rate, sign, jump, amplitude, width):
    """Return the sum of those that hardly ever jump, and when the next of them does."""
    total, first = 0.0, _NEVER
    for k in range(CLOUD):
        if rate[k] * width < _QUIET:
            total += 0.5 * amplitude[k] * sign[k]
            first = min(first, jump[k])
    return total, first


@njit(cache=True, nogil=True)
def _between(rate, width, active):
    """Fill in which are neither fast nor quiet beside a sample; return how many."""
    count = 0
    for k in range(CLOUD):
        if _QUIET <= rate[k] * width <= _FAST:
            active[count] = k
            count += 1
    return count


@njit(cache=True, nogil=True)
def fluctuate(seed, member, metal, conductance, in_series, least, time, width, factor):
    """Fill in the factor of the current at each sample.

    Parameters
    ----------
    seed, member : int
        Of the population, and which device of it.
    metal : tuple of float
        Resistivity [ohm m], mean free path [m], cross-section [m^2], fluctuators per volume
        [1/m^3], slowest and fastest relaxation rate [1/s], and 1 where all of the resistance
        fluctuates, else 0.
    conductance : ndarray, shape (sample,)
        Of the device; not a number or not positive where nothing tells: the contact stays. [S]
    in_series : float
        Resistance beside the contact. [ohm]
    least : float
        Conductance below which there is no metallic contact. [S]
    time, width : ndarray, shape (sample,)
        End of a sample, and how long it averages. [s]
    factor : ndarray, shape (sample,)
        [1]
    """
    resistivity, path, section, density, slowest, fastest, whole = metal
    key = (seed, member)
    mark, rate, sign, jump, amplitude, share = np.empty((6, CLOUD))
    pool, used = np.empty((CLOUD, _FOUR)), np.zeros(CLOUD, np.int64)
    active, count = np.empty(CLOUD, np.int64), 0
    normal = np.zeros(_FOUR)
    life, alive, held, of_width, drawn = 0, False, 0.0, -1.0, 0
    white, still, first = 0.0, 0.0, _NEVER
    for i in range(time.size):
        start, end = time[i] - width[i], time[i]
        factor[i] = 1.0
        known = conductance[i] > 0.0 and conductance[i] < math.inf
        if known:
            total = 1.0 / conductance[i]
            contact = max(total - in_series, 0.0)
            if contact * least >= 1.0:
                alive = False
        if not known or contact * least >= 1.0 or contact == 0.0:
            continue
        if not alive:  # a contact that formed anew is another contact
            life += 1
            _form(key, life, start, (slowest, fastest), mark, rate, sign, jump, pool, used)
            alive, held, of_width, drawn = True, 0.0, -1.0, 0
        changed = abs(contact - held) > _SAME * held
        if changed:
            held = contact
            a = _radius(contact, resistivity, path)
            step = _step(a, contact, resistivity, path, section, whole)
            _amplitudes(step, density * _ball(a), mark, amplitude)
        if width[i] != of_width:
            of_width, changed = width[i], True
            _shares(rate, of_width, share)
            count = _between(rate, of_width, active)
        if changed:
            white = _white(share, amplitude)
            still, first = _quiet(rate, sign, jump, amplitude, of_width)
        change = 0.0
        if first < end:  # one of the quiet jumps
            for k in range(CLOUD):
                if rate[k] * of_width > _FAST:
                    continue
                mean = sign[k]
                if jump[k] < end:
                    mean = _mean(key, life, k, rate, sign, jump, pool, used, start, end)
                change += 0.5 * amplitude[k] * mean
            still, first = _quiet(rate, sign, jump, amplitude, of_width)
        else:
            for n in range(count):
                k = active[n]
                mean = sign[k]
                if jump[k] < end:
                    mean = _mean(key, life, k, rate, sign, jump, pool, used, start, end)
                change += 0.5 * amplitude[k] * mean
            change += still
        if white > 0.0:
            if drawn % _FOUR == 0:
                number = np.uint64(life) * _LIFE + np.uint64(CLOUD) * _OF_ONE
                number += np.uint64(drawn // _FOUR)
                normal[0], normal[1], normal[2], normal[3] = normals(seed, STREAM, member, number)
            change += white * normal[drawn % _FOUR]
            drawn += 1
        factor[i] = math.exp(-change * contact / total)


@njit(cache=True, nogil=True, inline="always")  # a call would pass eight arrays
def _mean(key, life, k, rate, sign, jump, pool, used, start, end):
    """Return a fluctuator's mean over a sample, and take it to the sample's end."""
    each = 0.5 * rate[k]  # from either position
    while jump[k] <= start:
        sign[k] = -sign[k]
        pause = start - jump[k]
        if each * pause > _FORGOTTEN:
            if _next(key, life, k, pool, used) < -0.5 * math.expm1(-rate[k] * pause):
                sign[k] = -sign[k]
            jump[k] = start
        jump[k] -= math.log(_next(key, life, k, pool, used)) / each
    at, total = start, 0.0
    while jump[k] < end:
        total += sign[k] * (jump[k] - at)
        at = jump[k]
        sign[k] = -sign[k]
        jump[k] -= math.log(_next(key, life, k, pool, used)) / each
    if end > start:
        return (total + sign[k] * (end - at)) / (end - start)
    return sign[k]
