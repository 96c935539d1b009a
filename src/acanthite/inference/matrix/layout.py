"""A matrix cut to the arrays of a chip: targets of cells, and how rows and columns are used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.crossbar.compute.mapping import Mapping, tile
from acanthite.errors import ChipError, CrossbarError
from acanthite.inference.chip.chip import Chip

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Wiring:
    """How an array of a given mapping is driven and read: every weight costs the same few cells.

    Parameters
    ----------
    source : ndarray, shape (rows,)
        Which input each row is given.
    sign : ndarray, shape (rows,)
        Plus or minus one: how.
    column : ndarray, shape (terms, outputs)
        Which columns an output is made of.
    factor : ndarray, shape (terms, outputs)
        And what each is multiplied by.
    slice_of_column : ndarray, shape (columns,)
        Whose converters share a range.
    """

    source: Integers
    sign: Array
    column: Integers
    factor: Array
    slice_of_column: Integers


@dataclass(frozen=True, eq=False)
class TileTarget:
    """One array and the part of the matrix it is to hold.

    Parameters
    ----------
    outputs, inputs : slice
        Of the matrix.
    conductance : ndarray, shape (rows, columns)
        [S]
    wiring : Wiring
    """

    outputs: slice
    inputs: slice
    conductance: Array
    wiring: Wiring

    def held(self, conductance: Array, weight_of_unit: float) -> Array:
        """Return the weights that conductances [S] stand for, shape (outputs, inputs)."""
        wiring = self.wiring
        return weight_of_unit * self._summed(conductance, wiring.sign, wiring.factor)

    def held_variance(self, variance: Array, weight_of_unit: float) -> Array:
        """Return the variance of the weights by that of conductances, shape (outputs, inputs)."""
        wiring = self.wiring
        return weight_of_unit**2 * self._summed(variance, wiring.sign**2, wiring.factor**2)

    def _summed(self, conductance: Array, sign: Array, factor: Array) -> Array:
        signed = conductance if (sign == 1).all() else sign[:, None] * conductance
        parts = zip(self.wiring.column, factor, strict=True)
        terms = np.sum([signed[:, column] * each for column, each in parts], axis=0)
        if len(terms) == self.inputs.stop - self.inputs.start:
            return terms[np.argsort(self.wiring.source)].T  # a row an input
        W = np.zeros((self.inputs.stop - self.inputs.start, terms.shape[1]))
        np.add.at(W, self.wiring.source, terms)
        return W.T


def lay_out(weights: ArrayLike, chip: Chip) -> tuple[float, tuple[TileTarget, ...]]:
    """Cut a matrix to the arrays of a chip.

    Parameters
    ----------
    weights : array_like, shape (outputs, inputs)
    chip : Chip

    Returns
    -------
    float
        The weight that the largest conductance stands for.
    tuple of TileTarget
        Inputs running fastest.

    Raises
    ------
    ChipError
        If the weights are no finite matrix, or the chip cannot hold one of them.
    """
    W = np.asarray(weights, float)
    if W.ndim != 2 or 0 in W.shape or not np.isfinite(W).all():
        raise ChipError(f"weights: shape {W.shape}; expected finite numbers (outputs, inputs)")
    scale = float(np.abs(W).max()) or 1.0
    try:
        parts = tile(chip.mapping, W.shape[0], W.shape[1], chip.rows, chip.columns)
        return scale, tuple(_tile(W / scale, chip, outputs, inputs) for outputs, inputs in parts)
    except CrossbarError as error:
        raise ChipError(f"chip: {error}") from error


def _tile(W: Array, chip: Chip, outputs: slice, inputs: slice) -> TileTarget:
    part = W[outputs, inputs]
    conductance = chip.mapping.encode(part, chip.window)
    return TileTarget(outputs, inputs, conductance, wiring(chip, len(part), part.shape[1]))


def wiring(chip: Chip, outputs: int, inputs: int) -> Wiring:
    """Return how an array that holds a matrix of so many outputs and inputs is driven and read."""
    mapping = chip.mapping
    try:
        hash(mapping)
    except TypeError:  # one of the user's own
        return _wiring.__wrapped__(mapping, chip.slices, outputs, inputs)
    return _wiring(mapping, chip.slices, outputs, inputs)


@lru_cache(maxsize=256)
def _wiring(mapping: Mapping, slices: int, outputs: int, inputs: int) -> Wiring:
    """Work the wiring out: training for a chip asks for the same few at every step.

    Every mapping is linear: what it does to unit vectors says all of it.
    """
    driven = np.asarray(mapping.drive(np.eye(inputs)))
    columns = mapping.shape(outputs, inputs)[1]
    combined = np.asarray(mapping.combine(np.eye(columns)))
    terms = int((combined != 0).sum(axis=0).max())
    column = np.argsort(combined == 0, axis=0, kind="stable")[:terms].copy()
    width = columns // slices
    parts = {
        "source": np.abs(driven).argmax(axis=0),
        "sign": driven.sum(axis=0),
        "column": column,
        "factor": np.take_along_axis(combined, column, axis=0),
        "slice_of_column": np.minimum(np.arange(columns) // width, slices - 1),
    }
    for part in parts.values():
        part.flags.writeable = False  # all arrays of this shape share them
    return Wiring(**parts)
