r"""What every mapping does: weights in [-1, 1] to conductances, inputs to rows, columns to outputs.

For weights W of shape (outputs, inputs) a mapping gives conductances G of shape (rows, columns),
and

.. math:: W x = \mathrm{combine}\big(\mathrm{drive}(x)\, G\big) / u

with the conductance u that stands for a weight of one. A mapping keeps nothing: state goes in and
comes out.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from acanthite.crossbar.array_types import Array, Shape
from acanthite.crossbar.arrays.conductance_range import ConductanceRange
from acanthite.errors import CrossbarError
from acanthite.quantities import accepts_quantities


class Mapping(Protocol):
    """A way to hold signed weights.

    Examples
    --------
    Columns that the mappings take for a matrix of ten outputs:

    >>> mappings = [
    ...     ac.crossbar.ColumnPairs(),
    ...     ac.crossbar.RowPairs(),
    ...     ac.crossbar.OffsetColumn(),
    ... ]
    >>> [mapping.shape(outputs=10, inputs=64) for mapping in mappings]
    [(64, 20), (128, 10), (64, 11)]
    """

    def shape(self, outputs: int, inputs: int) -> Shape:
        """Return (rows, columns) of the array for a matrix of so many outputs and inputs."""
        ...

    def encode(self, weights: Array, cells: ConductanceRange) -> Array:
        """Return conductances [S], (rows, columns), for weights in [-1, 1], (outputs, inputs)."""
        ...

    def drive(self, inputs: Array) -> Array:
        """Return what the rows are given, shape (..., rows): the inputs, (..., inputs), as is."""
        return np.asarray(inputs, float)

    def combine(self, current: Array) -> Array:
        """Return output currents [A], (..., outputs), from column currents, (..., columns)."""
        ...

    def unit(self, target: Array, made: Array, cells: ConductanceRange) -> float:
        """Return the conductance [S] of a weight of one: the span of the cells, as is."""
        return cells.span


def signed_pairs(weights: Array, cells: ConductanceRange, axis: int) -> Array:
    """Return conductances [S] of positive and negative parts, side by side on a new axis.

    Parameters
    ----------
    weights : ndarray, shape (outputs, inputs)
    cells : ConductanceRange
        Its lowest conductance is that of a part that is missing.
    axis : int
        Where the two parts go, beside (inputs, outputs).
    """
    W = as_weights(weights).T
    return cells.at(np.stack([np.maximum(W, 0.0), np.maximum(-W, 0.0)], axis=axis))


def as_weights(weights: ArrayLike) -> Array:
    """Return weights as a matrix of floats in [-1, 1].

    Raises
    ------
    CrossbarError
        If they are no matrix, empty, not finite, or beyond one.
    """
    W = np.asarray(weights, float)
    if W.ndim != 2 or 0 in W.shape:
        raise CrossbarError(f"weights: shape {W.shape}; expected (outputs, inputs), neither zero")
    if not np.abs(W).max() <= 1:
        raise CrossbarError(
            f"weights: magnitudes up to {np.abs(W).max()}; expected finite, at most 1"
        )
    return W


@accepts_quantities
def held_weights(
    mapping: Mapping,
    conductance: ArrayLike,
    cells: ConductanceRange,
    target: ArrayLike | None = None,
) -> Array:
    """Return the weights an array of conductances holds, ideal wires: the inverse of ``encode``.

    Parameters
    ----------
    mapping : Mapping
    conductance : array_like, shape (rows, columns)
        [S]
    cells : ConductanceRange
    target : array_like, shape (rows, columns), optional
        What the conductances should be; as they are without it. [S]

    Returns
    -------
    ndarray, shape (outputs, inputs)

    Examples
    --------
    >>> import numpy as np
    >>> cells = ac.crossbar.ConductanceRange(lowest=0.0, highest=1e-6)
    >>> made = np.array([[0.5e-6, 0.0], [0.0, 0.9e-6]])
    >>> ac.crossbar.held_weights(ac.crossbar.ColumnPairs(), made, cells).round(3).tolist()
    [[0.5, -0.9]]
    """
    G = np.asarray(conductance, float)
    rows_of_one = mapping.shape(1, 1)[0]
    if G.ndim != 2 or G.shape[0] % rows_of_one:
        raise CrossbarError(
            f"conductance: shape {G.shape}; expected a multiple of {rows_of_one} rows"
        )
    goal = G if target is None else np.asarray(target, float)
    return combined(mapping, G, G.shape[0] // rows_of_one) / mapping.unit(goal, G, cells)


def combined(mapping: Mapping, conductance: Array, inputs: int) -> Array:
    """Return what an array gives for each input alone, ideal wires, shape (outputs, inputs). [S]"""
    return mapping.combine(mapping.drive(np.eye(inputs)) @ conductance).T


def tile(
    mapping: Mapping, outputs: int, inputs: int, rows: int, columns: int
) -> list[tuple[slice, slice]]:
    """Cut a matrix into parts that each fit one array.

    Parameters
    ----------
    mapping : Mapping
    outputs, inputs : int
        Of the matrix.
    rows, columns : int
        Of the largest array.

    Returns
    -------
    list of (slice, slice)
        Outputs and inputs of each part, inputs running fastest.

    Raises
    ------
    CrossbarError
        If not even one weight fits.
    """
    per_input, first = mapping.shape(1, 1)
    per_output = mapping.shape(2, 1)[1] - first
    most_inputs, most_outputs = rows // per_input, (columns - first) // per_output + 1
    if most_inputs < 1 or most_outputs < 1:
        raise CrossbarError(
            f"array of {rows} x {columns}: one weight needs at least {per_input} x {first}"
        )
    return [
        (slice(o, min(o + most_outputs, outputs)), slice(i, min(i + most_inputs, inputs)))
        for o in range(0, outputs, most_outputs)
        for i in range(0, inputs, most_inputs)
    ]
