"""How much of the range of its converters a matrix uses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.inference.matrix.product import (
    Array,
    Ranges,
    _currents,
    _inputs,
    input_planes,
)
from acanthite.inference.matrix.programmed import ProgrammedMatrix
from acanthite.quantities import accepts_quantities

_EDGES = np.linspace(-1.5, 1.5, 61)


@dataclass(frozen=True, eq=False)
class ConverterUse:
    """Currents that reach the converters of a matrix, over their range.

    Parameters
    ----------
    edges : ndarray, shape (bin + 1,)
        The outermost bins hold all that is beyond. [1]
    counts : ndarray, shape (bin,)
    clipped : float
        Share of currents beyond the range. [1]

    Examples
    --------
    >>> import numpy as np
    >>> matrix = ac.inference.ProgrammedMatrix(np.eye(4), ac.inference.Chip(), seed=1)
    >>> x = np.full((2, 4), 0.5)
    >>> use = ac.inference.converter_use(matrix, x, ac.inference.calibrate(matrix, x))
    >>> int(use.counts.sum()), use.clipped < 0.3
    (16, True)
    """

    edges: Array
    counts: NDArray[np.int64]
    clipped: float


@accepts_quantities
def converter_use(
    matrix: ProgrammedMatrix, x: ArrayLike, ranges: Ranges, time: float | None = None
) -> ConverterUse:
    """Return how the currents of inputs lie in the range of the converters.

    Parameters
    ----------
    matrix : ProgrammedMatrix
    x : array_like, shape (batch, inputs)
    ranges : Ranges
        From :func:`calibrate`.
    time : float, optional
        After programming; the first one without it. [s]

    Examples
    --------
    >>> import numpy as np
    >>> matrix = ac.inference.ProgrammedMatrix(np.eye(4), ac.inference.Chip(), seed=1)
    >>> ranges = ac.inference.calibrate(matrix, np.eye(4))
    >>> ac.inference.converter_use(matrix, 2 * np.eye(4), ranges).edges[[0, -1]].tolist()
    [-1.5, 1.5]
    """
    chip = matrix.chip
    planes, _ = input_planes(_inputs(matrix, x), chip.inputs, ranges.largest_input)
    moment = chip.cells.first_time if time is None else time  # type: ignore[union-attr]
    counts = np.zeros(len(_EDGES) - 1, np.int64)
    clipped = total = 0
    for state, of_slice in zip(matrix.at(moment), ranges.currents, strict=True):
        full_scale = of_slice[state.target.wiring.slice_of_column]
        share = (_currents(chip, state, planes) / full_scale).ravel()
        counts += np.histogram(np.clip(share, _EDGES[0], _EDGES[-1]), _EDGES)[0]
        clipped += int((np.abs(share) > 1.0).sum())
        total += share.size
    return ConverterUse(_EDGES, counts, clipped / total)
