"""A device with a capacitance beside it and a load before both: node and device in turn.

The last part of the text of the kernels of such a device; what stands above the marker line is for
readers and type checkers of this file alone. What flows through the load charges the capacitance
and goes through the device. A step of the node takes the device along a straight line of voltage,
by the steps of :mod:`~acanthite.device.compiler.engine`, and is repeated until the charge at its
end is the one that flowed. Its weights of start and end are those that are exact for a linear
circuit, so a node that follows its source within nanoseconds does not bound a sweep of seconds.
"""

import math

from acanthite.device.compiler.common import INNER, JIT, RATES_AT, STIFFENED
from acanthite.device.compiler.engine import MAX_STEPS, advance
from acanthite.device.compiler.load import CAPACITANCE, load_current
from acanthite.device.compiler.steps import N_ALL, law_current
from acanthite.jit import njit

# --- body begins ---

_TURNS = 12  # repetitions of a step, after which a shorter one is taken
_NODE = 0.1  # V; the error of a step is the tolerance of this
_SHORTEST = 1e-12  # of a segment


@njit(**INNER)
def limited(current, limit):
    """Return a current the source lets through."""
    return min(max(current, -limit), limit)


@njit(**INNER)
def supplied(applied, node, limit, p):
    """Return the current from source and load under the source's limit."""
    return limited(load_current(applied, node, p), limit)


@njit(**INNER)
def answer(y, applied, node, limit, p):
    """Return by how much more current leaves the node for a volt more on it. [S]"""
    nudge = 1e-6 * max(abs(node), 1e-3)
    more = law_current(y, node + nudge, p) - law_current(y, node, p)
    less = supplied(applied, node + nudge, limit, p) - supplied(applied, node, limit, p)
    return max((more - less) / nudge, 0.0)


@njit(**INNER)
def weight_of_end(z):
    """Return the weight of a step's end that is exact for a line; ``z`` is its length over the
    time constant.
    """
    if z < 1e-3:
        return 0.5 + z / 12.0
    return 1.0 / -math.expm1(-z) - 1.0 / z


@njit(**INNER)
def restore(y, before, counts, drawn):
    """Put the device back to where a step began."""
    for k in range(N_ALL):
        y[k] = before[k]
    counts[0] = drawn


@njit(**INNER)
def node_step(
    y, p, node, guess, line, bounds, tolerance, key, counts, h, work, z, before
):  # fmt: skip
    """Carry node and device over one step; return the node's voltage, the device's last step (or
    what stopped it) and whether both agree.

    ``line`` is the applied voltage at its start and end, its duration and the current limit.
    """
    rates, rates2, middle, new, end = work[0:2], work[2:4], work[4], work[5], work[6]
    rates3, scratch = work[7:9], work[9:]
    v0, v1, duration, limit = line
    capacitance, implicit, drawn = p[CAPACITANCE], end[STIFFENED], counts[0]
    for k in range(N_ALL):
        before[k] = y[k]
    at_start = supplied(v0, node, limit, p) - law_current(y, node, p)
    slope = max(answer(y, v0, node, limit, p), answer(y, v1, guess, limit, p))
    end_share = weight_of_end(duration * slope / capacitance)
    went, last_guess, last_missing = h, guess, 0.0
    for turn in range(_TURNS):
        if turn > 0:
            restore(y, before, counts, drawn)
            end[STIFFENED] = implicit
        end[RATES_AT] = math.nan
        segment = (duration, node, guess, math.inf)
        went = advance(
            y, p, segment, bounds, tolerance, key, counts, h, rates, rates2, rates3, middle,
            new, end, z, scratch, MAX_STEPS,
        )  # fmt: skip
        if went <= 0.0:
            return guess, went, True
        at_end = supplied(v1, guess, limit, p) - law_current(y, guess, p)
        missing = (
            end_share * at_end
            + (1.0 - end_share) * at_start
            - capacitance * (guess - node) / duration
        )
        stiff = capacitance / duration + end_share * answer(y, v1, guess, limit, p)
        if turn > 0 and guess != last_guess:  # what the states answer, beyond the current
            stiff = max(stiff, (last_missing - missing) / (guess - last_guess))
        last_guess, last_missing = guess, missing
        change = missing / stiff
        if abs(change) <= 1e-3 * tolerance * _NODE * max(1.0, abs(guess)) * 0.1:
            return guess, went, True
        guess += change
    return guess, went, False


@njit(**INNER)
def through(
    y, p, node, segment, bounds, tolerance, key, counts, h, work, z, before, peak
):  # fmt: skip
    """Carry node and device over a segment; return the node's voltage, the device's last step (or
    what stopped it) and the largest current through the device so far.
    """
    duration, v0, v1, limit = segment
    slope = (v1 - v0) / duration
    t, step, rate = 0.0, duration, 0.0
    end, implicit = work[6], 0.0
    known = False
    for _ in range(2_000_000):
        step = min(step, duration - t)
        drawn, implicit = counts[0], end[STIFFENED]
        line = (v0 + slope * t, v0 + slope * (t + step), step, limit)
        guess = node + rate * step if known else node
        after, went, agreed = node_step(
            y, p, node, guess, line, bounds, tolerance, key, counts, h, work, z, before
        )
        if went <= 0.0:
            return after, went, peak
        error = abs(after - guess) / (tolerance * _NODE)
        if not known:
            error = abs(after - node) / (tolerance * _NODE)
        if (not agreed or error > 1.0) and step > _SHORTEST * duration:
            restore(y, before, counts, drawn)
            end[STIFFENED] = implicit
            step *= 0.25 if not agreed else max(0.1, 0.9 / math.sqrt(error))
            continue
        rate, known = (after - node) / step, True
        node, h = after, went
        t += step
        peak = max(peak, abs(law_current(y, node, p)))
        if t >= duration * (1.0 - 1e-12):
            break
        step *= min(4.0, 0.9 / math.sqrt(max(error, 1e-3)))
    return node, h, peak


@njit(nogil=True, **JIT)
def record(
    y, p, segments, recorded, cycles, bounds, tolerance, key, counts, work, z, kept, values, which,
    voltage, current, states,
):  # fmt: skip
    """Take one device through ``cycles`` repetitions of a list of segments.

    As :func:`acanthite.device.compiler.recorder.record`; ``states`` is not of size 0: its last
    three rows of a sample are the current through the device, the largest since the sample before,
    and room for the states at the start of a step.
    """
    end = work[6]
    end[STIFFENED], end[RATES_AT] = kept[1], math.nan
    h = kept[0] if kept[0] > 0.0 else segments[0, 0]
    node, peak = kept[2], 0.0
    load = values.shape[1]
    for c in range(cycles):
        sample = 0
        for s in range(segments.shape[0]):
            if values.shape[0] > 0:
                for k in range(load):
                    p[k] = values[which[s], k]
            segment = (segments[s, 0], segments[s, 1], segments[s, 2], segments[s, 3])
            before = states[c, min(sample, states.shape[1] - 1), N_ALL + 2 :]
            node, h, peak = through(
                y, p, node, segment, bounds, tolerance, key, counts, h, work, z, before, peak
            )
            if h <= 0.0:
                return 1 + s
            if recorded[s]:
                voltage[c, sample] = node
                current[c, sample] = supplied(segment[2], node, segment[3], p)
                for k in range(N_ALL):
                    states[c, sample, k] = y[k]
                states[c, sample, N_ALL] = law_current(y, node, p)
                states[c, sample, N_ALL + 1] = peak
                peak, sample = 0.0, sample + 1
    kept[0], kept[1], kept[2] = h, end[STIFFENED], node
    return 0
