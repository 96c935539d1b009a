"""Node voltages of an array with linear devices, to a stated residual or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from acanthite import threads
from acanthite.crossbar.circuit.lines import Lines
from acanthite.crossbar.circuit.solvers.sweeps import compiled as schur
from acanthite.errors import ConvergenceError

Array = NDArray[np.float64]
TOLERANCE = 1e-10
ITERATIONS = 10_000
_SHARE = 1 << 15  # cells a thread must have to be worth waking
_BESIDE = 1 << 13  # cells up to which inputs are set side by side: few enough for the second cache


@dataclass(frozen=True)
class Factors:
    """The lines of an array, each eliminated with its devices, and room to solve in: for one solve at a time.

    Parameters
    ----------
    D : ndarray, shape (N, M)
        Conductance of the devices. [S]
    word, bit : tuple of ndarray
        Factors, resistance of the segments and of the last one, as the kernels take them.
    work : ndarray, shape (3, N, M)
        What a solve writes on and leaves behind.
    width : int
        Columns worked on at a time.
    """

    D: Array
    word: tuple[Array, Array, Array] = field(repr=False)
    bit: tuple[Array, Array, Array] = field(repr=False)
    work: Array = field(repr=False)
    width: int

    def side_by_side(self, n_inputs: int) -> Factors:
        """Return the factors of as many arrays alike, side by side as the compiled solve takes them."""
        D, *bit = (np.tile(part, n_inputs) for part in (self.D, *self.bit))
        c, r, end = (part.repeat(n_inputs, axis=0) for part in self.word)
        return Factors(
            D, (c, r, end), (bit[0], bit[1], bit[2]), np.zeros((3, *D.shape)), D.shape[1]
        )


def factor(D: Array, word: Lines, bit: Lines) -> Factors:
    """Eliminate every line with its devices, in O(N M)."""
    width = (
        -(-D.shape[1] // threads.apply(D.size // _SHARE) // 8) * 8
    )  # a run of columns for each thread; no bit depends on it
    width = max(width, 8)
    block = np.zeros((5, *D.shape))  # one: in large pages, and kept by the allocator for the next
    rows, columns = block[:2]
    r = np.ascontiguousarray(bit.segments.T)
    schur.factor_rows(D, word.segments, word.ends[0], word.ends[1], rows)
    schur.factor_columns(D, r, bit.ends[0], bit.ends[1], columns, width)
    return Factors(
        D, (rows, word.segments, word.ends[1]), (columns, r, bit.ends[1]), block[2:], width
    )


def solve(
    f: Factors, J: Array, x: Array, y: Array, tolerance: float, limit: int
) -> tuple[float, int]:
    """Find the drops of the wires: the potential of each node less its open-circuit potential.

    Parameters
    ----------
    f : Factors
    J : ndarray, shape (N, M)
        Current of each device without drops. [A]
    x, y : ndarray, shape (N, M)
        Drops of the word and of the bit lines to start from; those found take their place. [V]
    tolerance : float
        Of the relative residual.
    limit : int
        Iterations at most.

    Returns
    -------
    residual : float
        See :class:`acanthite.crossbar.Solution`.
    iterations : int

    Raises
    ------
    ConvergenceError
        If the residual stays above the tolerance.
    """
    threads.apply(J.size // _SHARE)
    found = schur.solve(f.D, J, x, y, f.work, f.word, f.bit, f.width, 1, tolerance, limit)
    reached, done = (part.item() for part in found)
    if not reached <= tolerance:
        raise ConvergenceError(
            f"the array's relative residual is {reached:.1e} after {done} iterations; expected {tolerance:.1e}. "
            f"Ask for a larger tolerance or more iterations, or check the spread of its resistances"
        )
    return reached, done


def solve_each(
    f: Factors, J: Array, x: Array, y: Array, tolerance: float, limit: int
) -> list[tuple[float, int]]:
    """As :func:`solve` for several inputs, from no drops, arrays of shape (P, N, M); small arrays side by side, to the same bits."""
    n = min(len(J), max(1, _BESIDE // f.D.size))
    if n == 1:
        return [solve(f, *one, tolerance, limit) for one in zip(J, x, y, strict=True)]
    threads.apply(1)
    many, told = f.side_by_side(n), []
    for start in range(0, len(J), n):
        few = slice(start, min(start + n, len(J)))
        room = np.zeros((3, len(f.D), n, f.D.shape[1]))
        beside = room.swapaxes(1, 2)[:, : few.stop - start]
        beside[0] = J[few]
        current, drops, others = room.reshape(3, *many.D.shape)
        reached, done = schur.solve(
            many.D,
            current,
            drops,
            others,
            many.work,
            many.word,
            many.bit,
            many.width,
            n,
            tolerance,
            limit,
        )
        x[few], y[few] = beside[1:]
        told += list(zip(reached.tolist(), done.tolist(), strict=True))[: few.stop - start]
    for k, (residual, _) in enumerate(told):
        if not residual <= tolerance:
            x[k] = y[k] = 0.0
            told[k] = solve(f, J[k], x[k], y[k], tolerance, limit)
    return told
