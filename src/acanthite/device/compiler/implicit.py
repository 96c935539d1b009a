r"""One implicit step of a law, for states that settle faster than they are looked at.

Part of the text a law is compiled into once it turns out to be stiff; what stands above the marker
line is for readers and type checkers of this file alone. A law without events is handed over to
these steps where the exponential ones become many. The method is RODAS, a Rosenbrock method of
order 4 with an embedded one of order 3: L-stable, so a state that settles in nanoseconds does not
bound a step of years, and stiffly accurate, so that state ends where it settles. What of it is the
same for all laws is in :mod:`~acanthite.device.compiler.rosenbrock`. It needs the Jacobian of the
rates: :mod:`~acanthite.device.compiler.stiffness`, whose text stands before this.

States are handled in units of their scales.

References
----------
.. [1] E. Hairer, G. Wanner, *Solving Ordinary Differential Equations II*, 2nd ed. (Springer, 1996), Sect. IV.7 and VI.3.
"""

import math

from acanthite.device.compiler.common import (
    DRIFT,
    FREE,
    INNER,
    PATIENCE,
    STAGE,
    STIFF,
    inside,
    stiffness,
)
from acanthite.device.compiler.rosenbrock import (
    AHEAD,
    COUPLING,
    STAGES,
    WHEN,
    elsewhere,
    factorise,
    finish,
    solve,
)
from acanthite.device.compiler.steps import (
    N_ALL,
    N_STATES,
    comes_to_rest,
    device_voltage,
    fill_rates,
)
from acanthite.device.compiler.stiffness import _LEAST, _NUDGE, linearise, scaled_rates
from acanthite.jit import njit

# --- body begins ---

IMPLICIT = True

_COLLAPSED = (
    1e-30  # of a segment: steps this short mean that the rates are no numbers next to the state
)


@njit(**INNER)
def implicit_trial(y, p, h, line, limited, tolerance, bounds, rates, scratch, middle, new):
    """Try a step of ``h`` with the derivatives in ``scratch``: fill ``middle`` and ``new``, return
    the error over the tolerance.
    """
    v, slope, _, limit = line
    if not factorise(h, scratch, N_STATES):
        return math.inf
    free = scratch[FREE]
    pushed, bent = 0.0, 0.0
    for i in range(6):
        stage = scratch[STAGE + i]
        for k in range(N_STATES):
            moved = 0.0
            for j in range(i):
                moved += STAGES[i, j] * scratch[STAGE + j, k]
            new[k] = inside(y[k] + bounds[2, k] * moved, k, bounds)
        scaled_rates(new, v + slope * (WHEN[i] * h), limited, limit, p, bounds, rates, stage)
        if i == 5:
            bent = elsewhere(y, h, tolerance, bounds, scratch, new, N_STATES)
        for k in range(N_STATES):
            if not math.isfinite(stage[k]):
                return math.inf
            if (
                free[k] == 0.0
            ):  # held at a bound: by the end of the step it must still be pushed against it
                inwards = stage[k] if y[k] <= bounds[0, k] else -stage[k]
                pushed = max(pushed, h * inwards)
                stage[k] = 0.0
            for j in range(i):
                stage[k] += COUPLING[i, j] / h * scratch[STAGE + j, k]
            stage[k] += AHEAD[i] * h * scratch[DRIFT, k]
        solve(scratch, stage, N_STATES)
    return max(bent, finish(y, pushed, tolerance, bounds, scratch, middle, new, N_STATES))


@njit(**INNER)
def stopped(y, p, h, at_end, bounds, rates, middle, new):
    """Put into ``new`` where a single state stops within a step: at a threshold ahead of it or at a
    bound; return whether it does.
    """
    applied, limited, limit = at_end
    new[0], speed, slowest = y[0], 0.0, math.inf
    width = _NUDGE * max(abs(y[0]), _LEAST * bounds[2, 0])
    for _ in range(60):
        fill_rates(new, device_voltage(new, applied, limit, p) if limited else applied, p, rates)
        rate = rates[0, 0] - rates[1, 0] * new[0]
        if not math.isfinite(rate):
            return False
        if rate == 0.0 and speed != 0.0:
            middle[0] = new[0]
            return comes_to_rest(y, p, h, applied, limited, limit, rates, middle, new)
        if rate == 0.0 or rate * speed < 0.0:
            return False
        speed, slowest = rate, min(slowest, abs(rate))
        if new[0] == bounds[0 if speed < 0.0 else 1, 0]:
            return abs(new[0] - y[0]) <= 0.5 * h * slowest
        new[0] = inside(y[0] + math.copysign(width, speed), 0, bounds)
        width *= 4.0
    return False


@njit(**INNER)
def implicit_step(
    y, p, h, line, nudge_voltage, limited, tolerance, bounds, rates, scratch, middle, new
):
    """Take a step of at most ``h`` that meets the tolerance: fill ``middle`` and ``new``; return
    its error and its length.
    """
    v, slope, duration, limit = line
    for k in range(N_STATES, N_ALL):
        middle[k] = new[k] = y[k]
    linearise(y, p, v, slope, nudge_voltage, limited, limit, bounds, rates, scratch, new)
    while True:
        error = implicit_trial(
            y, p, h, line, limited, tolerance, bounds, rates, scratch, middle, new
        )
        if error <= 1.0:
            return error, h
        at_end = (v + slope * h, limited, limit)
        if N_STATES == 1 and stopped(y, p, h, at_end, bounds, rates, middle, new):
            middle[0] = 0.5 * (y[0] + new[0])
            return 0.0, h
        if h <= _COLLAPSED * duration:
            return error, h
        h *= max(0.2, 0.9 * error**-0.25)


@njit(**INNER)
def hand_over(y, p, h, line, tries, limited, bounds, rates, scratch, point):
    """Return 1 where implicit steps are to take over after a trial of ``h``, else 0."""
    if tries <= PATIENCE:  # steps became too short for the clock
        return 1.0
    linearise(y, p, line[0], 0.0, 0.0, limited, line[3], bounds, rates, scratch, point)
    return 1.0 if stiffness(h, scratch, N_STATES) > STIFF else 0.0
