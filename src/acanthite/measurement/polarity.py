"""Which sign of write pulses potentiates a device: the data say it, whatever electrode the voltage
is counted from.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.errors import RecordingError, brief
from acanthite.quantities import accepts_quantities


@accepts_quantities
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

    Raises
    ------
    RecordingError
        If there are not as many voltages as levels of a ladder.

    Examples
    --------
    >>> ac.measurement.potentiating_sign([1.0, 2.0, 3.0, 2.0, 1.0], [0.8, 0.8, 0.8, -0.8, -0.8])
    1
    """
    g, v = (
        _array(name, given)
        for name, given in (("levels", levels), ("pulse_voltage", pulse_voltage))
    )
    if v.ndim != 1 or not v.size or g.ndim == 0 or g.shape[-1] != v.size:
        raise RecordingError(
            f"levels of shape {g.shape}, pulse_voltage of shape {v.shape}; expected one voltage "
            "for each pulse of a ladder"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.diff(g, axis=-1)
    volts = np.broadcast_to(v[1:], steps.shape)
    known = np.isfinite(steps)
    negative, positive = (steps[known & (sign * volts > 0)] for sign in (-1, 1))
    if not (negative.size and positive.size):
        return -1
    return 1 if positive.mean() > negative.mean() else -1


def _array(name: str, given: ArrayLike) -> NDArray[np.float64]:
    try:
        return np.asarray(given, float)
    except (TypeError, ValueError, OverflowError):
        raise RecordingError(f"{name} = {brief(given)}; expected numbers") from None
