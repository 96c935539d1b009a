"""The integrator every law is compiled into: adaptive, exponential, event-exact.

The last part of the text of a law's module: :mod:`~acanthite.device.compiler.steps` has the law
itself and its steps. What stands above the marker line is for readers and type checkers of this
file alone. A state that reaches a bound stops the step there and calls ``event``.

The text follows that of :mod:`~acanthite.device.compiler.explicit`, with which a run stops before
a step that implicit ones may have to take, or of :mod:`~acanthite.device.compiler.implicit`. Either
goes on from there with the same bits as if the run had not stopped.
"""

import math

from acanthite.device.compiler.common import (
    INNER,
    JIT,
    NUDGE_VOLTAGE,
    PATIENCE,
    RATES_AT,
    STIFF,
    STIFFENED,
    STOP_CYCLE,
    STOP_SAMPLE,
    STOP_SEGMENT,
    STOPPED,
    UNDECIDED,
    begin,
    draw,
    growth,
    keep,
    move,
    overshoots,
    put_inside,
    stiffness,
    stop,
)
from acanthite.device.compiler.implicit import IMPLICIT, hand_over, implicit_step
from acanthite.device.compiler.steps import (
    HAS_EVENT,
    MAY_BE_STIFF,
    N_STATES,
    apply_event,
    comes_to_rest,
    device_voltage,
    flow,
    happens,
    law_current,
    start_rates,
    trial,
    unseen,
)
from acanthite.jit import njit

# --- body begins ---

MAX_STEPS = 2_000_000  # in one segment
# a step of a ramp spans at most 10 mV: Arrhenius rates at its ends are then comparable
_VOLTAGE_STEP = 0.01


@njit(**INNER)
def exponential_step(
    y, p, h, tries, line, limited, tolerance, bounds, rates, rates2, rates3, middle, new, scratch
):
    """Take a step of at most ``h`` that meets the tolerance: fill ``new``.

    Returns its error, its length, the trials so far, and 1 where implicit steps are to take over.

    ``line`` is the applied voltage at its start, its slope, the duration of the segment and the
    current limit. The error is -1 where the state is put on the edge of where nothing moves.
    """
    v, slope, duration, limit = line
    while True:
        v_middle = v + 0.5 * slope * h
        error = trial(
            y, p, h, v_middle, limited, limit, tolerance, bounds, rates, rates2, middle, new
        )
        tries += 1
        if error <= 1.0:
            break
        if N_STATES == 1 and not HAS_EVENT:
            stops = rates2[0, 0] == rates2[1, 0] == 0.0
            if stops and comes_to_rest(y, p, h, v + slope * h, limited, limit, rates2, middle, new):
                error = -1.0
                break
            if stops or rates[0, 0] == rates[1, 0] == 0.0:  # on the edge: let an instant pass
                new[0] = y[0]
        if h <= 1e-13 * duration or (MAY_BE_STIFF and tries > PATIENCE):
            break
        h *= max(0.2, 0.9 / math.sqrt(error))
    implicit = 0.0
    if MAY_BE_STIFF and (tries > PATIENCE or error > 1.0):
        implicit = hand_over(y, p, h, line, tries, limited, bounds, rates3, scratch, middle)
        tries = 0
    return error, h, tries, implicit


@njit(**INNER)
def one_step(y, p, h, tries, implicit, line, nudge, limited, tolerance, bounds, buffers):
    """Take an implicit or an exponential step; return its error, its length and the exponential
    trials so far.
    """
    rates, rates2, rates3, middle, new, end, scratch = buffers
    if implicit:
        error, h = implicit_step(
            y, p, h, line, nudge, limited, tolerance, bounds, rates2, scratch, middle, new
        )
    else:
        error, h, tries, end[STIFFENED] = exponential_step(
            y,
            p,
            h,
            tries,
            line,
            limited,
            tolerance,
            bounds,
            rates,
            rates2,
            rates3,
            middle,
            new,
            scratch,
        )
    return error, h, tries


@njit(**INNER)
def advance(
    y,
    p,
    segment,
    bounds,
    tolerance,
    key,
    counts,
    h,
    rates,
    rates2,
    rates3,
    middle,
    new,
    end,
    z,
    scratch,
    most,
):
    """Carry the states over one linear segment of the applied voltage; return the last step size,
    or what stopped it.

    That is -1 where a rate is no number, -2 where ``most`` steps did not reach the end and
    ``UNDECIDED``. ``end`` gets voltage and current at the end, and the charge that flowed. What
    follows in it stays from one segment to the next: whether steps are implicit, and the voltage
    and limit at which ``rates`` holds the rates of ``y``. Arrays are passed one by one: a view made
    in here would cost two atomic reference counts a step.
    """
    duration, v0, v1, limit = segment
    slope = (v1 - v0) / duration
    cap = duration if v0 == v1 else duration * _VOLTAGE_STEP / abs(v1 - v0)
    before = law_current(y, v0, p)
    nudge = NUDGE_VOLTAGE * max(abs(v0), abs(v1))
    limited = abs(before) > limit
    t, h, limited, tries, before, taken = begin(end, v0, min(h, duration), limited, before)
    buffers = (rates, rates2, rates3, middle, new, end, scratch)
    for n in range(taken, most):
        v = end[0] if MAY_BE_STIFF else v0 + slope * t
        implicit = IMPLICIT and end[STIFFENED] != 0.0
        on_device = start_rates(y, p, v, limited, limit, implicit, rates, end)
        if HAS_EVENT and happens(y, p, on_device, bounds, rates, key, counts, z):
            before = law_current(y, on_device, p)
            continue
        h = min(h, cap, duration - t)
        line = (v, slope, duration, limit)
        longest, tried = h, tries
        error, h, tries = one_step(
            y, p, h, tries, implicit, line, nudge, limited, tolerance, bounds, buffers
        )
        if MAY_BE_STIFF and not IMPLICIT and end[STIFFENED] != 0.0:
            return stop(end, t, longest, limited, tried, before, n)
        if MAY_BE_STIFF and not implicit and error > 1.0:
            continue
        if error == math.inf:
            return -1.0
        if HAS_EVENT or implicit:
            share = overshoots(y, new, tolerance, bounds, N_STATES)
            if share < 1.0:
                h *= share
                continue
        put_inside(new, bounds, N_STATES)
        v_end = v1 if t + h >= duration * (1.0 - 1e-12) else v + slope * h
        after = law_current(new, v_end, p)
        over = abs(after) > limit
        if over and not limited:  # the limit was reached on the way: take the step again with it
            limited = True
            continue
        end[RATES_AT] = math.nan
        if MAY_BE_STIFF and not implicit:
            on_end = device_voltage(new, v_end, limit, p) if over else v_end
            late = unseen(y, p, h, on_end, error, tolerance, bounds, rates, rates2, rates3, new)
            if late > 1.0:
                h *= max(0.2, 0.9 / math.sqrt(late))
                continue
            error, end[RATES_AT] = max(error, late), v_end
            keep(rates3, rates, N_STATES)
        limited = over
        end[0], end[1] = v_end, after
        end[2] += h * flow(middle, p, v + 0.5 * slope * h, before, after, limit, implicit)
        before = after
        move(y, new, N_STATES)
        t += h
        grow = growth(error, implicit)
        if t >= duration * (1.0 - 1e-12):
            if implicit and h == duration and stiffness(h, scratch, N_STATES) < STIFF:
                end[STIFFENED] = 0.0
            return max(h * grow, 1e-12 * duration)
        h *= grow
    return -2.0


@njit(nogil=True, **JIT)
def run(
    y,
    p,
    segments,
    recorded,
    cycles,
    bounds,
    tolerance,
    key,
    counts,
    work,
    z,
    voltage,
    current,
    most,
):
    """Take one device through ``cycles`` repetitions of a list of segments.

    Parameters
    ----------
    y : float64 array, shape (state,)
        States, changed in place.
    p : float64 array, shape (parameter,)
    segments : float64 array, shape (segment, 4)
        Duration [s], voltage at its start and end [V], current limit [A].
    recorded : bool array, shape (segment,)
        Whether the end of a segment is a sample.
    cycles : int
    bounds : float64 array, shape (3, state)
        Lower and upper bounds and scales of the states.
    tolerance : float
    key : tuple of 3 int
        Seed, stream and index of the device's random numbers.
    counts : int64 array, shape (1,)
        How many sets were drawn already, changed in place.
    work : float64 array, shape WORK_SHAPE
        Scratch, and where a run stopped to ask for implicit steps; zeros at the beginning.
    z : float64 array, shape (6,)
        Scratch for random numbers.
    voltage, current : float64 arrays, shape (cycle, sample)
        Filled with what the device had at the end of each recorded segment.
    most : int
        Steps in one segment.

    Returns
    -------
    int
        0, or 1 + the segment at which the step size collapsed, or -1 where the run stopped to ask
        for implicit steps.
    """
    rates, rates2, middle, new, end = work[0:2], work[2:4], work[4], work[5], work[6]
    rates3, scratch = work[7:9], work[9:]
    h, cycle, first, sample = segments[0, 0], 0, 0, 0
    if end[STOPPED] != 0.0:
        cycle, first, sample = int(end[STOP_CYCLE]), int(end[STOP_SEGMENT]), int(end[STOP_SAMPLE])
    else:
        end[STIFFENED], end[RATES_AT] = 0.0, math.nan
    for c in range(cycle, cycles):
        for s in range(first, segments.shape[0]):
            segment = (segments[s, 0], segments[s, 1], segments[s, 2], segments[s, 3])
            h = advance(
                y,
                p,
                segment,
                bounds,
                tolerance,
                key,
                counts,
                h,
                rates,
                rates2,
                rates3,
                middle,
                new,
                end,
                z,
                scratch,
                most,
            )
            if not IMPLICIT and h == UNDECIDED:
                end[STOP_CYCLE], end[STOP_SEGMENT], end[STOP_SAMPLE] = c, s, sample
                return -1
            if h <= 0.0:
                return 1 + s
            if recorded[s]:
                if abs(end[1]) > segment[3]:
                    end[0] = device_voltage(y, segment[2], segment[3], p)
                    end[1] = law_current(y, end[0], p)
                voltage[c, sample], current[c, sample] = end[0], end[1]
                sample += 1
        first, sample = 0, 0
    return 0


@njit(nogil=True, **JIT)
def hold(
    which,
    y,
    p,
    start,
    stop,
    duration,
    bounds,
    tolerance,
    seed,
    stream,
    members,
    counts,
    work,
    z,
    charge,
):
    """Take devices ``which`` over one segment each, from ``start`` to ``stop`` volts, without a
    limit.

    As :func:`run`, with a leading axis of devices in ``y``, ``p``, ``bounds`` and ``counts``;
    ``members`` are the indices of their random numbers; ``charge`` gets what flowed [C]. Most
    devices of an array hardly move, so each first tries all of it in one step. Returns -1, or the
    device that got stuck, whose charge is then what :func:`advance` said, or -2 where it stopped to
    ask for implicit steps.
    """
    rates, rates2, middle, new, end = work[0:2], work[2:4], work[4], work[5], work[6]
    rates3, scratch = work[7:9], work[9:]
    first = int(end[STOP_SEGMENT]) if end[STOPPED] != 0.0 else 0
    for k in range(first, which.size):
        i = which[k]
        if end[STOPPED] == 0.0:
            end[STIFFENED], end[RATES_AT] = 0.0, math.nan
        segment, key = (duration, start[i], stop[i], math.inf), (seed, stream, members[i])
        h = advance(
            y[i],
            p[i],
            segment,
            bounds[i],
            tolerance,
            key,
            counts[i],
            duration,
            rates,
            rates2,
            rates3,
            middle,
            new,
            end,
            z,
            scratch,
            MAX_STEPS,
        )
        if not IMPLICIT and h == UNDECIDED:
            end[STOP_SEGMENT] = k
            return -2
        if h <= 0.0:
            charge[i] = h
            return i
        charge[i] = end[2]
    return -1


@njit(nogil=True, **JIT)
def respond(y, p, voltage, current, slope):
    """Fill ``current`` and its derivative ``slope`` of each device at frozen states."""
    for i in range(y.shape[0]):
        v = voltage[i]
        h = max(1e-6, 1e-5 * abs(v))
        current[i] = law_current(y[i], v, p[i])
        slope[i] = (law_current(y[i], v + h, p[i]) - current[i]) / h


@njit(**JIT)
def renew(y, p, key, counts, z):
    """Draw what a fresh device draws: the event of no state."""
    if HAS_EVENT:
        draw(key, counts, z)
        apply_event(-1, y, 0.0, p, z)
