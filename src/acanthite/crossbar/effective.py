"""A passive array is a matrix: the currents of its bit lines for one volt on each word line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from acanthite.crossbar.circuit import Crossbar

Array = NDArray[np.float64]

_CELLS = 1 << 22  # of node voltages held at a time


def effective_conductance(crossbar: Crossbar) -> Array:
    """Return the matrix an array with linear devices is: ``voltage @ matrix`` are its output currents.

    Parameters
    ----------
    crossbar : Crossbar
        One solve for each word line; worth it where more inputs than that follow.

    Returns
    -------
    ndarray, shape (N, M)
        [S]
    """
    n, m = crossbar.shape
    if crossbar.word.ideal and crossbar.bit.ideal:
        return np.asarray(crossbar.conductance, float).copy()
    at_once = max(1, _CELLS // (n * m))
    volts = np.eye(n)
    return np.vstack([crossbar.solve(volts[k : k + at_once]).output_current for k in range(0, n, at_once)])
