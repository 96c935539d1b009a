"""Which sign of write pulses potentiates a device: the data say it, whatever electrode the voltage is counted from."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def potentiating_sign(levels: ArrayLike, pulse_voltage: ArrayLike) -> int:
    """Return the sign of the pulses that raise the conductance.

    Parameters
    ----------
    levels : array_like, shape (..., pulse)
        Conductance after each pulse, in any unit; not-a-number where none was read.
    pulse_voltage : array_like, shape (pulse,)
        [V]

    Returns
    -------
    {-1, 1}
        -1, the convention of Ag2S, where the data do not tell.
    """
    steps = np.diff(np.asarray(levels, float), axis=-1)
    volts = np.broadcast_to(np.asarray(pulse_voltage, float)[1:], steps.shape)
    known = np.isfinite(steps)
    negative, positive = (steps[known & (sign * volts > 0)] for sign in (-1, 1))
    if not (negative.size and positive.size):
        return -1
    return 1 if positive.mean() > negative.mean() else -1
