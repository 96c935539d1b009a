"""The activity of real inputs: what they load the rows of an array with."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from acanthite.cost.network.layer_shape import check_activity
from acanthite.errors import ChipError
from acanthite.inference import Chip
from acanthite.inference.matrix.product import input_planes


def activity_of(inputs: ArrayLike, chip: Chip, largest: float | None = None) -> float:
    """Return the activity of inputs as a chip's drivers apply them.

    Parameters
    ----------
    inputs : array_like, shape (batch, inputs)
    chip : Chip
    largest : float, optional
        Input that is not clipped; the largest there is without it.

    Returns
    -------
    float
        Mean square of the voltages, or mean width of the pulses, over the largest. [1]

    Raises
    ------
    ChipError
        If all inputs are zero.

    Examples
    --------
    Half the bits of a code of 0b1010 are one:

    >>> driver = ac.inference.InputDriver(bits=5, scheme="bit-serial")
    >>> chip = ac.inference.Chip(inputs=driver)
    >>> ac.cost.activity_of([[10.0, 10.0]], chip, largest=15.0)
    0.5
    """
    x = np.atleast_2d(np.asarray(inputs, float))
    if not x.size or not np.isfinite(x).all():
        raise ChipError(f"inputs: shape {x.shape}; expected finite numbers (batch, inputs)")
    top = float(np.abs(x).max()) if largest is None else largest
    if top == 0.0:
        check_activity("inputs: activity", 0.0)
    planes, _ = input_planes(x, chip.inputs, top)
    widths = chip.inputs.scheme == "pulse-width"
    mean = float(np.abs(planes).mean() if widths else (planes**2).mean())
    return check_activity("inputs: activity", mean)
