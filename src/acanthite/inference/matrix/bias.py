"""Biases on cells: inputs added to a matrix that are always driven as its largest input is."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.arguments import number
from acanthite.errors import ChipError
from acanthite.inference.chip.chip import Chip

Array = NDArray[np.float64]

_ROUNDING = 1e-6  # of the most that cells hold: biases in single precision may be beyond it


def bias_weights(bias: ArrayLike, weights: Array, chip: Chip, largest_input: float | None) -> Array:
    """Return the weights of the inputs that hold biases, shape (outputs, bias_rows).

    The window is that of the matrix: the largest weight takes the largest conductance, and a part
    of a bias may be as large.

    Parameters
    ----------
    bias : array_like, shape (outputs,)
    weights : ndarray, shape (outputs, inputs)
    chip : Chip
    largest_input : float
        That is not clipped; the added inputs are driven by it.

    Raises
    ------
    ChipError
        If the chip has no rows for biases, their shape is another, the largest input is not known,
        or the rows cannot hold them.
    """
    b = np.asarray(bias, float)
    if b.shape != weights.shape[:1] or not np.isfinite(b).all():
        raise ChipError(f"bias: shape {b.shape}; expected {weights.shape[:1]} finite numbers")
    if not chip.bias_rows:
        raise ChipError("bias: the chip has bias_rows = 0; give it some, or add biases digitally")
    if largest_input is None:
        raise ChipError("bias: largest_input is missing; the rows of biases are driven by it")
    largest = number("largest_input", largest_input, above=0, error=ChipError)
    each = b / (chip.bias_rows * largest)
    most = float(np.abs(weights).max())
    reach = float(np.abs(each).max())
    if most > 0 and reach > most * (1.0 + _ROUNDING):
        needed = ceil(chip.bias_rows * reach / most)
        enough = f"give the chip bias_rows = {needed}, or 0" if needed <= chip.rows else "take 0"
        raise ChipError(
            f"bias: up to {np.abs(b).max():.4g}, and bias_rows = {chip.bias_rows} hold up to "
            f"{chip.bias_rows * largest * most:.4g} (largest input {largest:.4g}, largest weight "
            f"{most:.4g}); {enough} to add biases digitally"
        )
    each = np.clip(each, -most, most) if most > 0 else each
    return np.repeat(each[:, None], chip.bias_rows, axis=1)
