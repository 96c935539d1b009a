"""How likely an event found in a sweep is there, and within a step of the sweep from where it is
said to be.

Calibrated on simulated devices whose events are known: ``benchmarks/event_confidence.py`` makes the
coefficients and draws how well they hold.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

COEFFICIENTS: Mapping[str, tuple[float, float, float]] = {
    "set": (2.01, 0.26, 3.89),
    "reset": (2.24, 0.08, 4.62),
    "gradual": (0.44, 0.16, 1.8),
}
"""Of a SET by a step, of a RESET by one, and of what is gradual: what :func:`confidence` starts
from, and gains and loses by.
"""

_LEAST, _MOST = 1e-2, 1e3  # times the noise; beyond, more says nothing more


def evidence(decades: Array, noise: Array, rivals: Array) -> tuple[Array, Array]:
    """Return what a confidence rests on: for, and against.

    Parameters
    ----------
    decades, noise : ndarray
        Size of the change, and the standard deviation of the same where nothing happens.
    rivals : ndarray
        Samples elsewhere that would do as well but for the noise, or rise out of it.

    Returns
    -------
    tuple of ndarray
        Logarithms to base ten of the change over the noise, and of the places to choose from.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.nan_to_num(decades / noise, nan=_LEAST, posinf=_MOST)
    return np.log10(np.clip(ratio, _LEAST, _MOST)), np.log10(1.0 + rivals)


def confidence(kind: str, decades: Array, noise: Array, rivals: Array) -> Array:
    """Return the probability of events of a kind, a key of :data:`COEFFICIENTS` (others are none);
    see :func:`evidence`.
    """
    from scipy.special import expit

    start, gain, loss = COEFFICIENTS.get(kind, (-np.inf, 0.0, 0.0))
    pro, contra = evidence(decades, noise, rivals)
    return expit(start + gain * pro - loss * contra)
