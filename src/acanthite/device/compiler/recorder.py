"""Take a device through the segments of a measurement and keep what is asked for.

The last part of the text of the kernels of a law; what stands above the marker line is for readers
and type checkers of this file alone.
"""

import math

from acanthite.device.compiler.common import (
    JIT,
    RATES_AT,
    STIFFENED,
    STOP_CYCLE,
    STOP_SAMPLE,
    STOP_SEGMENT,
    STOPPED,
    UNDECIDED,
)
from acanthite.device.compiler.engine import MAX_STEPS, advance
from acanthite.device.compiler.implicit import IMPLICIT
from acanthite.device.compiler.steps import N_ALL, at_device, device_voltage, law_current
from acanthite.jit import njit

# --- body begins ---


@njit(nogil=True, **JIT)
def record(
    y, p, segments, recorded, cycles, bounds, tolerance, key, counts, work, z, kept, values, which,
    voltage, current, states,
):  # fmt: skip
    """Take one device through ``cycles`` repetitions of a list of segments.

    Parameters
    ----------
    y, p, segments, recorded, cycles, bounds, tolerance, key, counts, work, z
        As of :func:`acanthite.device.compiler.engine.run`.
    kept : float64 array, shape (3,)
        What goes on from one call to the next, changed in place: the length of the last step [s],
        0 before the first; whether steps were implicit; the voltage on a capacitance. [V]
    values : float64 array, shape (n, parameter)
        Parameters a segment is played with, such as those at its temperature; none for ``p``.
    which : int64 array, shape (segment,)
        The row of ``values`` of each segment.
    voltage, current : float64 arrays, shape (cycle, sample)
        Filled with what the device had at the end of each recorded segment.
    states : float64 array, shape (cycle, sample, state)
        Filled with its states there; of size 0 where they are not asked for.

    Returns
    -------
    int
        0, or 1 + the segment at which the step size collapsed, or -1 where it stopped to ask for
        implicit steps.
    """
    rates, rates2, middle, new, end = work[0:2], work[2:4], work[4], work[5], work[6]
    rates3, scratch = work[7:9], work[9:]
    cycle, first, sample = 0, 0, 0
    if end[STOPPED] != 0.0:
        cycle, first, sample = int(end[STOP_CYCLE]), int(end[STOP_SEGMENT]), int(end[STOP_SAMPLE])
    else:
        end[STIFFENED], end[RATES_AT] = kept[1], math.nan
    h = kept[0] if kept[0] > 0.0 else segments[0, 0]
    for c in range(cycle, cycles):
        for s in range(first, segments.shape[0]):
            if values.shape[0] > 0:
                for k in range(values.shape[1]):
                    p[k] = values[which[s], k]
                if end[STOPPED] == 0.0:
                    end[RATES_AT] = math.nan
            segment = (segments[s, 0], segments[s, 1], segments[s, 2], segments[s, 3])
            h = advance(
                y, p, segment, bounds, tolerance, key, counts, h, rates, rates2, rates3, middle,
                new, end, z, scratch, MAX_STEPS,
            )  # fmt: skip
            if not IMPLICIT and h == UNDECIDED:
                end[STOP_CYCLE], end[STOP_SEGMENT], end[STOP_SAMPLE] = c, s, sample
                return -1
            if h <= 0.0:
                return 1 + s
            if recorded[s]:
                if abs(end[1]) > segment[3]:
                    end[0] = device_voltage(y, segment[2], segment[3], p)
                    end[1] = law_current(y, end[0], p)
                voltage[c, sample], current[c, sample] = at_device(y, end[0], p), end[1]
                if states.size > 0:
                    for k in range(N_ALL):
                        states[c, sample, k] = y[k]
                sample += 1
        first, sample = 0, 0
    kept[0], kept[1] = h, end[STIFFENED]
    return 0
