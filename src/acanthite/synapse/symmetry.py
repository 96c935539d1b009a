"""Symmetry-point shifting: alternating pulses drive each cell to where up and down cancel, and that
becomes its zero.

References
----------
.. [1] H. Kim, M. Rasch, T. Gokmen et al., *Zero-shifting technique for deep neural network training on resistive
   cross-point arrays*, arXiv:1907.10228 (2019).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acanthite.arguments import count, instance
from acanthite.display import Plotted
from acanthite.errors import ParameterError, brief
from acanthite.synapse.base import Cells
from acanthite.synapse.units.cells import UnitCells

_GENERATOR = "a numpy.random.Generator, from acanthite.random.generator"


@dataclass(frozen=True)
class Shift(Plotted, picture="acanthite.synapse.drawings:path"):
    """Cells driven to their symmetry points.

    Parameters
    ----------
    weights : ndarray of float32, shape (n_cells,)
        Where the cells stand at the end, back at their references up to the noise of one short
        pulse, in their own unit. [1]
    references : ndarray of float32, shape (n_cells,)
        Measured symmetry points: the mean of the reads. [1]
    path : ndarray of float32, shape (n_kept, n_cells)
        Reads after each pulse of the first ``keep`` cells, the start first, the short one last. [1]
    n_pulses : int
        On all devices together; the short ones at the end count as pulses.
    cells : Cells
        The cells; those of several devices know where each of these was left.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.05, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> cells = synapse.cells(3, np.random.default_rng(1))
    >>> shifted = ac.synapse.shift(
    ...     cells, np.zeros(3, np.float32), np.random.default_rng(2), pairs=80, keep=1
    ... )
    >>> shifted.references.shape, shifted.path.shape, shifted.n_pulses
    ((3,), (162, 1), 483)
    """

    weights: NDArray[np.float32]
    references: NDArray[np.float32]
    path: NDArray[np.float32]
    n_pulses: int
    cells: Cells


def shift(
    cells: Cells,
    start: NDArray[np.float32],
    generator: np.random.Generator,
    pairs: int = 100,
    average: int = 60,
    keep: int = 0,
) -> Shift:
    """Drive cells by alternating up and down pulses, read their symmetry points, and leave them
    there.

    The last pulse of a pair is a down pulse, which leaves a cell about half a step below the mean
    of its reads. One more pulse closes the gap, up or down, as wide as the reads of the cell's own
    steps say. A cell that is never pulsed again would keep it and hand it on with every read.

    Parameters
    ----------
    cells : Cells
    start : ndarray, shape (n_cells,)
        Weights before. [1]
    generator : numpy.random.Generator
        For the pulse noise.
    pairs : int
        Up-down pairs, at least one; each shrinks the distance to the symmetry point by (1 - s_up)(1
        - s_down).
    average : int
        The reference is the mean of the reads after each pulse of this many last pairs: one read
        alone carries the noise of the last few pulses, which training would see as a gradient that
        never ends.
    keep : int
        How many cells to record the path of.

    Raises
    ------
    ParameterError
        If a number makes no sense, or there are not as many weights as cells.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.constants import uS
    >>> synapse = ac.synapse.SoftBounds(
    ...     up=0.1, down=0.05, conductance_min=1 * uS, conductance_max=5 * uS
    ... )
    >>> cells = synapse.cells(3, np.random.default_rng(1))
    >>> found = ac.synapse.shift(cells, np.zeros(3, np.float32), np.random.default_rng(2))
    >>> print(
    ...     f"measured {float(found.references[0]):.2f}, by the law {synapse.symmetry_point:.2f}"
    ... )
    measured 0.34, by the law 0.33
    """
    pairs = count("shift: pairs", pairs, error=ParameterError)
    average = count("shift: average", average, error=ParameterError)
    keep = count("shift: keep", keep, least=0, error=ParameterError)
    instance("shift: generator", generator, np.random.Generator, _GENERATOR, error=ParameterError)
    start = _start(cells, start)
    if isinstance(cells, UnitCells):
        return _shift_devices(cells, start, generator, pairs, average, keep)
    w = np.array(start, np.float32)
    path = [w[:keep].copy()]
    total = np.zeros(len(w), np.float64)
    for pair in range(pairs):
        for direction in (0, 1):
            w = _pulsed(cells, w, direction, cells.steps(w)[direction], generator)
            read = _read(cells, w, generator)
            path.append(read[:keep].copy())
            if pair >= pairs - average:
                total += read
    references = (total / (2 * min(average, pairs))).astype(np.float32)
    gap = _within_a_step(references - w, *cells.steps(w))
    w = _short(cells, w, gap, generator)
    path.append(w[:keep].copy())
    return Shift(w, references, np.array(path), (2 * pairs + 1) * len(w), cells)


def _shift_devices(
    cells: UnitCells,
    start: NDArray[np.float32],
    generator: np.random.Generator,
    pairs: int,
    average: int,
    keep: int,
) -> Shift:
    """Drive the devices of unit cells to their symmetry points, those that are pulsed at all.

    One-sided pairs have none: their zero is where both devices are as a reset leaves them, and no
    pulse is needed to find it.
    """
    if cells.policy == "one-sided":
        weights = cells.total(cells.resting).astype(np.float32)
        held = replace(cells, held=True)
        return Shift(weights, np.zeros_like(weights), weights[None, :keep], 0, held)
    k = len(cells.gamma)
    before = cells.programmed(start).astype(np.float32).ravel()
    moved = shift(cells.devices, before, generator, pairs, average, keep * k)
    still = np.zeros(k, bool) if cells.policy != "fixed" else np.arange(k) != cells.first
    levels = np.where(still, cells.resting, moved.weights.reshape(-1, k))
    points = np.where(still, cells.resting, moved.references.reshape(-1, k))
    path = np.where(still, cells.resting[:keep], moved.path.reshape(len(moved.path), -1, k))
    path = (path @ cells.gamma - cells.reference[:keep]).astype(np.float32)
    n_pulses = moved.n_pulses // k * int((~still).sum())
    weights, references = (cells.total(v).astype(np.float32) for v in (levels, points))
    held = replace(cells, resting=levels, held=True)
    return Shift(weights, references, path, n_pulses, held)


def _pulsed(
    cells: Cells,
    w: NDArray[np.float32],
    direction: int,
    step: NDArray[np.float32],
    generator: np.random.Generator,
) -> NDArray[np.float32]:
    """Return the weights after a pulse on each cell whose mean is ``step``."""
    if cells.disturbance is None:
        return _short(cells, w, step, generator)
    normals = generator.standard_normal(len(w), np.float32)
    moved = w + step + cells.deviations(direction, w, step) * normals
    return np.clip(moved, cells.lower, cells.upper).astype(np.float32)


def _short(
    cells: Cells, w: NDArray[np.float32], step: NDArray[np.float32], generator: np.random.Generator
) -> NDArray[np.float32]:
    """Return the weights after pulses of any width, with noise in proportion to their steps."""
    factor = 1 + np.float32(cells.noise) * generator.standard_normal(len(w), np.float32)
    return np.clip(w + factor * step, cells.lower, cells.upper).astype(np.float32)


def _read(
    cells: Cells, w: NDArray[np.float32], generator: np.random.Generator
) -> NDArray[np.float32]:
    """Return what a read finds: the weights, and the noise of their last pulse."""
    if cells.disturbance is None or not cells.disturbance.write_noise:
        return w
    noise = np.float32(cells.disturbance.write_noise)
    return (w + noise * generator.standard_normal(len(w), np.float32)).astype(np.float32)


def _within_a_step(
    gap: NDArray[np.float32], up: NDArray[np.float32], down: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return the gap of each cell, or its whole step in that direction where that is less."""
    return np.clip(gap, np.minimum(down, 0.0), np.maximum(up, 0.0)).astype(np.float32)


def _start(cells: Cells, start: Any) -> NDArray[np.float32]:
    """Return the weights before, if they are as many as the cells."""
    if not isinstance(cells, Cells):
        raise ParameterError(
            f"shift: cells = {brief(cells)}; expected Cells, such as synapse.cells(n, generator)"
        )
    try:
        with np.errstate(over="ignore"):
            weights = np.asarray(start, np.float32)
    except (TypeError, ValueError, OverflowError):
        weights = np.empty((0, 0), np.float32)
    n = len(cells.coefficients)
    if (
        weights.ndim != 1
        or not weights.size
        or n not in (1, weights.size)
        or not np.isfinite(weights).all()
    ):
        raise ParameterError(
            f"shift: start = {brief(start)}; expected finite weights, one for each of "
            f"{n if n > 1 else 'the'} cells"
        )
    return weights
