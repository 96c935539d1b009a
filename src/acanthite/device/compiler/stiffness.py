"""How fast the states of a law can answer: the derivatives of its rates, and what they say.

Part of the text of the implicit steps of a law, which begin with these derivatives. Where nothing
but the question whether a law is stiff is asked, the same text is run as plain Python over the
compiled equations: it gives the same bits, and compiling it would take longer than the answer is
worth. What stands above the marker line is for readers and type checkers of this file alone.
"""

from acanthite.device.compiler.common import (
    AFTER,
    BEFORE,
    DRIFT,
    FREE,
    INNER,
    JACOBIAN,
    START,
    inside,
    slope_between,
)
from acanthite.device.compiler.steps import N_ALL, N_STATES, device_voltage, fill_rates, law_current
from acanthite.jit import njit

# --- body begins ---

_NUDGE = 1e-7  # of a state, for a difference: between what a double resolves and what bends
_LEAST = 1e-3  # of a state's scale, below which its nudge does not shrink with it


@njit(**INNER)
def settled_voltage(y, applied, limit, p):
    """Return :func:`device_voltage` to the last digits: differences of rates would see its
    tolerance.
    """
    v = device_voltage(y, applied, limit, p)
    if v == applied or v == 0.0:
        return v
    sign = 1.0 if applied > 0 else -1.0
    for _ in range(2):
        excess = sign * law_current(y, v, p) - limit
        slope = (sign * law_current(y, v * (1.0 + 1e-7), p) - limit - excess) / (1e-7 * abs(v))
        better = v - sign * excess / slope if slope > 0.0 else v
        if not 0.0 < sign * better < abs(applied):
            break
        v = better
    return v


@njit(**INNER)
def scaled_rates(y, applied, limited, limit, p, bounds, rates, out):
    """Fill ``out`` with the rate of each state over its scale."""
    fill_rates(y, settled_voltage(y, applied, limit, p) if limited else applied, p, rates)
    for k in range(N_STATES):
        out[k] = (rates[0, k] - rates[1, k] * y[k]) / bounds[2, k]


@njit(**INNER)
def linearise(y, p, v, slope, nudge_voltage, limited, limit, bounds, rates, scratch, point):
    """Fill ``scratch`` with the rates at a step's start and their derivatives by the states and by
    time.

    A state held at a bound is taken out: it does not move in this step.
    """
    start, before, after = scratch[START], scratch[BEFORE], scratch[AFTER]
    for k in range(N_ALL):
        point[k] = y[k]
    scaled_rates(point, v, limited, limit, p, bounds, rates, start)
    for k in range(N_STATES):
        scratch[DRIFT, k] = 0.0
    if slope != 0.0:
        scaled_rates(point, v - nudge_voltage, limited, limit, p, bounds, rates, before)
        scaled_rates(point, v + nudge_voltage, limited, limit, p, bounds, rates, after)
        for j in range(N_STATES):
            by_voltage = slope_between(before[j], start[j], after[j], nudge_voltage, nudge_voltage)
            scratch[DRIFT, j] = slope * by_voltage
    for k in range(N_STATES):
        scale = bounds[2, k]
        nudge = _NUDGE * max(abs(y[k]), _LEAST * scale)
        point[k] = inside(y[k] - nudge, k, bounds)
        down = (y[k] - point[k]) / scale
        scaled_rates(point, v, limited, limit, p, bounds, rates, before)
        point[k] = inside(y[k] + nudge, k, bounds)
        up = (point[k] - y[k]) / scale
        scaled_rates(point, v, limited, limit, p, bounds, rates, after)
        point[k] = y[k]
        for j in range(N_STATES):
            scratch[JACOBIAN + j, k] = slope_between(before[j], start[j], after[j], down, up)
    for k in range(N_STATES):
        held = (y[k] <= bounds[0, k] and start[k] < 0.0) or (
            y[k] >= bounds[1, k] and start[k] > 0.0
        )
        scratch[FREE, k] = 0.0 if held else 1.0
        if held:
            scratch[DRIFT, k] = 0.0
            for j in range(N_STATES):
                scratch[JACOBIAN + k, j] = 0.0
