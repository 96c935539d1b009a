"""The law of a device with a load in series, seen from the source: the node between them is solved.

Part of the text of the kernels of a loaded law; what stands above the marker line is for readers
and type checkers of this file alone. The device's own functions are called ``device_current``,
``device_rates`` and ``device_event``; :mod:`~acanthite.device.compiler.generate` gives those of the
whole their usual names, so that limits, events, and exponential and implicit steps are those of any
law.
"""

from acanthite.device.compiler.common import INNER
from acanthite.device.compiler.load import load_current
from acanthite.device.compiler.steps import law_current as device_current
from acanthite.jit import njit

_ROUNDING = 4e-16

# --- body begins ---

_ALIKE = 1e-14  # of a current: the node is found


@njit(**INNER)
def excess(y, applied, node, p):
    """Return what the device draws at a voltage of the node beyond what the load lets through."""
    return device_current(y, node, p) - load_current(applied, node, p)


@njit(**INNER)
def rounding(applied, node, passed, p):
    """Return by how much the last digit of the node's voltage changes the current of the load."""
    nudge = 1e-6 * max(abs(node), abs(applied))
    slope = abs(load_current(applied, node + nudge, p) - passed) / nudge
    return _ROUNDING * slope * max(abs(node), abs(applied))


@njit(**INNER)
def at_device(y, applied, p):
    """Return the voltage on the device: where its current is that of the load.

    Device and load pass more the more voltage they have, so there is one such voltage. A line is
    met exactly by the first chord.
    """
    low, high = min(0.0, applied), max(0.0, applied)
    f_low, f_high = excess(y, applied, low, p), excess(y, applied, high, p)
    widen = max(high - low, 1e-3)
    for _ in range(60):  # a device with a voltage of its own may be outside of what is applied
        if f_low > 0.0:
            high, f_high = low, f_low
            low -= widen
            f_low = excess(y, applied, low, p)
        elif f_high < 0.0:
            low, f_low = high, f_high
            high += widen
            f_high = excess(y, applied, high, p)
        else:
            break
        widen *= 2.0
    for n in range(200):
        if f_low == 0.0 or high - low <= _ROUNDING * max(abs(low), abs(high)):
            return low
        if f_high == 0.0:
            return high
        # Illinois, and halves in turn where it is slow
        node = 0.5 * (low + high)
        if n < 9 or n % 2 == 0:
            node = (low * f_high - high * f_low) / (f_high - f_low)
        drawn, passed = device_current(y, node, p), load_current(applied, node, p)
        f = drawn - passed
        if abs(f) <= _ALIKE * abs(drawn) + rounding(applied, node, passed, p):
            return node
        if f > 0.0:
            high, f_high, f_low = node, f, 0.5 * f_low
        else:
            low, f_low, f_high = node, f, 0.5 * f_high
    return 0.5 * (low + high)
