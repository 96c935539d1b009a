"""Drops of the wires of a circuit of linear devices, to a stated residual or not at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from acanthite import threads
from acanthite.crossbar.array_types import Array, Integers
from acanthite.crossbar.circuit.lines import ArrayLines
from acanthite.crossbar.circuit.solvers.sweeps import compiled
from acanthite.errors import ConvergenceError

TOLERANCE = 1e-10
ITERATIONS = 10_000
_SHARE = 1 << 15  # cells a thread must have to be worth waking
_BESIDE = 1 << 13  # cells up to which inputs are solved side by side: they fit the second cache
_ALIGNED = 8  # columns: runs of them for each thread are multiples of it


@dataclass(frozen=True, repr=False)
class Factors:
    """The lines of an array, each eliminated with its devices, and work space for one solve.

    Parameters
    ----------
    D : ndarray, shape (N, M)
        Conductance of the devices. [S]
    word, bit : tuple of ndarray
        Factors, resistance of the segments and of the last one, as the compiled loops take them.
    work : ndarray, shape (3, N, M)
        Written on by a solve.
    width : int
        Columns worked on at a time.
    """

    D: Array
    word: tuple[Array, Array, Array]
    bit: tuple[Array, Array, Array]
    work: Array
    width: int

    def solve(
        self, J: Array, x: Array, y: Array, n_inputs: int, tolerance: float, limit: int
    ) -> tuple[Array, Integers]:
        """Run the compiled solver; return the residual and the iterations of each input."""
        lines = self.word, self.bit, self.width
        return compiled.solve(self.D, J, x, y, self.work, *lines, n_inputs, tolerance, limit)

    def side_by_side(self, n_inputs: int) -> Factors:
        """Return the factors of equal arrays side by side, one for each of several inputs."""
        D = np.tile(self.D, n_inputs)
        factors, r, end = (part.repeat(n_inputs, axis=0) for part in self.word)
        columns, r_bit, end_bit = (np.tile(part, n_inputs) for part in self.bit)
        word = factors, r, end
        bit = columns, r_bit, end_bit
        return Factors(D, word, bit, np.zeros((3, *D.shape)), D.shape[1])


def factor(D: Array, word: ArrayLines, bit: ArrayLines) -> Factors:
    """Eliminate every line with its devices, in O(N M)."""
    run = -(-D.shape[1] // threads.apply(D.size // _SHARE))  # of each thread; no bit depends on it
    width = max(-(-run // _ALIGNED) * _ALIGNED, _ALIGNED)
    block = np.zeros((5, *D.shape))  # one: in large pages, and reused by the allocator
    rows, columns = block[:2]
    r = np.ascontiguousarray(bit.segments.T)
    compiled.factor_rows(D, word.segments, word.ends[0], word.ends[1], rows)
    compiled.factor_columns(D, r, bit.ends[0], bit.ends[1], columns, width)
    return Factors(
        D, (rows, word.segments, word.ends[1]), (columns, r, bit.ends[1]), block[2:], width
    )


def solve(
    f: Factors, J: Array, x: Array, y: Array, tolerance: float, limit: int
) -> tuple[float, int]:
    """Solve for the drops: the potential of each node less its open-circuit potential.

    Parameters
    ----------
    f : Factors
    J : ndarray, shape (N, M)
        Current of each device without drops. [A]
    x, y : ndarray, shape (N, M)
        Drops of the word and of the bit lines to start from, overwritten with the solution. [V]
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
    residuals, iterations = f.solve(J, x, y, 1, tolerance, limit)
    residual = residuals.item()
    done = iterations.item()
    if not residual <= tolerance:
        raise ConvergenceError(
            f"the array's relative residual is {residual:.1e} after {done} iterations; expected "
            f"{tolerance:.1e}. Take a larger tolerance, more iterations or a smaller spread"
        )
    return residual, done


def solve_each(
    f: Factors, J: Array, x: Array, y: Array, tolerance: float, limit: int
) -> list[tuple[float, int]]:
    """Solve for several inputs from no drops, arrays of shape (P, N, M); see :func:`solve`.

    Small arrays are solved side by side, to the same bits.
    """
    n = min(len(J), max(1, _BESIDE // f.D.size))
    if n == 1:
        return [solve(f, *one, tolerance, limit) for one in zip(J, x, y, strict=True)]
    threads.apply(1)
    many = f.side_by_side(n)
    reports: list[tuple[float, int]] = []
    for start in range(0, len(J), n):
        few = slice(start, start + n)
        count = len(J[few])
        room = np.zeros((3, len(f.D), n, f.D.shape[1]))
        beside = room.swapaxes(1, 2)[:, :count]
        beside[0] = J[few]
        current, drops, others = room.reshape(3, *many.D.shape)
        residuals, iterations = many.solve(current, drops, others, n, tolerance, limit)
        x[few] = beside[1]
        y[few] = beside[2]
        reports += list(zip(residuals.tolist(), iterations.tolist(), strict=True))[:count]
    for k, (residual, _) in enumerate(reports):
        if not residual <= tolerance:
            x[k] = y[k] = 0.0
            reports[k] = solve(f, J[k], x[k], y[k], tolerance, limit)
    return reports
