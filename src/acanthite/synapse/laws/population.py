"""How the steps of a population of cells are spread: what cells of one array have in common."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite.synapse.laws.pulse_law import lognormal


def spread_steps(
    up: float,
    down: float,
    step_spread: float,
    skew_spread: float,
    is_lognormal: bool,
    normals: NDArray[Any],
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the steps up and down of cells, shape (n,), both positive.

    What a cell's steps up and down share, its size, is drawn once; what sets them apart is added to
    the one and taken off the other. Both are measured in the larger of the two mean steps.

    Parameters
    ----------
    up, down : float
        Of the mean device. [1]
    step_spread, skew_spread : float
        Standard deviation of the size and of half the difference. [1]
    is_lognormal : bool
        Whether the size is lognormal; else it is normal.
    normals : ndarray, shape (2, n)
    """
    unit = max(up, down)
    size = lognormal(step_spread, normals[0]) if is_lognormal else 1.0 + step_spread * normals[0]
    shared = unit * (size - 1.0)
    skew = unit * skew_spread * normals[1]
    return np.abs(up + shared + skew), np.abs(down + shared - skew)
