"""Curves and rows of a table: what every view is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Curve:
    """Points of a line.

    Parameters
    ----------
    name : str
        In the legend.
    points : list of [float, float]
        Along the line, those that are no numbers left out.
    """

    name: str
    points: list[list[float]]


@dataclass(frozen=True)
class Row:
    """A line of a table: what it is, its value with the unit, and what it rests on."""

    label: str
    value: str
    basis: str = ""


def curve(name: str, x: ArrayLike, y: ArrayLike, factors: tuple[float, float] = (1, 1)) -> Curve:
    """Return a curve of arrays, each over a factor; points that are no numbers are left out."""
    pairs = np.stack([np.ravel(x) / factors[0], np.ravel(y) / factors[1]], axis=1)
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    return Curve(name, [[float(f"{value:.6g}") for value in pair] for pair in pairs.tolist()])


def positive(values: Curve) -> Curve:
    """Return a curve's points that a logarithmic axis can show, y as its magnitude."""
    return Curve(values.name, [[x, abs(y)] for x, y in values.points if y])
