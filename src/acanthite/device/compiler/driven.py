"""The law of a device that a source of current drives, up to a voltage the source is limited to.

Part of the text of the kernels of a driven law; what stands above the marker line is for readers
and type checkers of this file alone. What is "applied" is a current over the largest of the
program; ``p`` holds that current at ``LOAD`` and the largest voltage after it.
"""

from acanthite.device.compiler.common import INNER
from acanthite.device.compiler.steps import law_current as device_current
from acanthite.jit import njit

LOAD = 1

# --- body begins ---

_ALIKE = 1e-14  # of a current: the voltage is found
_ROUNDING = 4e-16  # of a voltage: where a bracket is as narrow as doubles are apart


@njit(**INNER)
def at_device(y, applied, p):
    """Return the voltage at which the device carries the current, at most the source's own."""
    wanted = applied * p[LOAD]
    low, high = -p[LOAD + 1], p[LOAD + 1]
    f_zero = device_current(y, 0.0, p) - wanted
    if f_zero == 0.0:
        return 0.0
    if f_zero < 0.0:
        low, f_low = 0.0, f_zero
        f_high = device_current(y, high, p) - wanted
        if f_high <= 0.0:
            return high
    else:
        high, f_high = 0.0, f_zero
        f_low = device_current(y, low, p) - wanted
        if f_low >= 0.0:
            return low
    for n in range(200):
        if high - low <= _ROUNDING * max(abs(low), abs(high)):
            return low
        # Illinois, and halves in turn where it is slow
        node = 0.5 * (low + high)
        if n < 9 or n % 2 == 0:
            node = (low * f_high - high * f_low) / (f_high - f_low)
        f = device_current(y, node, p) - wanted
        if abs(f) <= _ALIKE * abs(wanted):
            return node
        if f > 0.0:
            high, f_high, f_low = node, f, 0.5 * f_low
        else:
            low, f_low, f_high = node, f, 0.5 * f_high
    return 0.5 * (low + high)
