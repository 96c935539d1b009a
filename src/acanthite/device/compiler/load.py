"""What a load in series with the device lets through: a resistance, a transistor, or both.

Part of the text of the kernels of a loaded law; what stands above the marker line is for readers
and type checkers of this file alone. The load's numbers follow those of the law in ``p``, from
``LOAD`` on, in the order of ``acanthite.measurement.Load.numbers``.
"""

from acanthite.device.compiler.common import INNER
from acanthite.jit import njit

LOAD = 1

# --- body begins ---

_RESISTANCE, _GAIN, _THRESHOLD, _MODULATION, _GATE, _RESET_GATE, _SIGN, CAPACITANCE = (
    LOAD + k for k in range(8)
)
_ROUNDING = 4e-16  # of a voltage: where a bracket is as narrow as doubles are apart


@njit(**INNER)
def channel(drain, source, gate, p):
    """Return the current from drain to source of a MOSFET (Shichman and Hodges, SPICE level 1)."""
    low, high = min(drain, source), max(drain, source)
    over, across = gate - low - p[_THRESHOLD], high - low
    if over <= 0.0:
        return 0.0
    shape = 0.5 * over * over if across >= over else (over - 0.5 * across) * across
    current = p[_GAIN] * (1.0 + p[_MODULATION] * across) * shape
    return current if drain >= source else -current


@njit(**INNER)
def transistor_current(applied, node, p):
    """Return the current of the transistor in series with a device at voltage ``node``.

    In the direction that sets, its source is grounded; in the other the device is between its
    source and ground.
    """
    sign = p[_SIGN]
    u, n = sign * applied, sign * node
    if u >= 0.0:
        return sign * channel(u - n, 0.0, p[_GATE], p)
    return -sign * channel(-u, -n, p[_RESET_GATE], p)


@njit(**INNER)
def load_current(applied, node, p):
    """Return the current through the load: the source at one end, the device at the other."""
    resistance = p[_RESISTANCE]
    if p[_GAIN] < 0.0:
        return (applied - node) / resistance
    direct = transistor_current(applied, node, p)
    if resistance == 0.0 or direct == 0.0:
        return direct
    # the resistance takes up to all of the voltage: the current is between none and ``direct``
    low, high = 0.0, 1.0
    for _ in range(60):
        share = 0.5 * (low + high)
        trial = share * direct
        if abs(transistor_current(applied, node + resistance * trial, p)) > abs(trial):
            low = share
        else:
            high = share
    return 0.5 * (low + high) * direct
