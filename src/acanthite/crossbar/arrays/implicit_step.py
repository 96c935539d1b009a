r"""Lines with resistance and capacitance: the implicit step of a transient.

With the node voltages u of the word lines and v of the bit lines, a step solves

.. math:: \begin{pmatrix} A_w & -D \\ -D & A_b \end{pmatrix} \begin{pmatrix} u \\ v \end{pmatrix} = \begin{pmatrix} a \\ b
          \end{pmatrix}, \qquad D = G + C_x / \tau,

where every line is a tridiagonal with its capacitance over the time :math:`\tau` on the diagonal:
conjugate gradients on the Schur complement of the bit lines, with the word lines as preconditioner,
all lines eliminated exactly.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from acanthite.crossbar.circuit.wires import Wires
from acanthite.errors import ConvergenceError
from acanthite.jit import njit

Array = NDArray[np.float64]

_TOLERANCE, _LIMIT = 1e-8, 5000
_LOOSEST = 1e9
_FLUSH = 1e-30  # added and taken away: leaves nothing of what is below 1e-46, as subnormal numbers are a hundred times slower


@njit(cache=True, nogil=True)
def eliminate_rows(diagonal, off, pivots):
    """Fill ``pivots`` with the inverse pivots of a tridiagonal a row, off-diagonal ``off``."""
    for i in range(diagonal.shape[0]):
        pivots[i, 0] = 1.0 / diagonal[i, 0]
        for j in range(1, diagonal.shape[1]):
            pivots[i, j] = 1.0 / (diagonal[i, j] - off * off * pivots[i, j - 1])


@njit(cache=True, nogil=True)
def solve_rows(pivots, off, b, x):
    """Solve one tridiagonal a row, off-diagonals -``off``."""
    n, m = b.shape
    for i in range(n):
        x[i, 0] = b[i, 0] * pivots[i, 0]
        for j in range(1, m):
            x[i, j] = ((b[i, j] + off * x[i, j - 1]) * pivots[i, j] + _FLUSH) - _FLUSH
        for j in range(m - 2, -1, -1):
            x[i, j] = (x[i, j] + off * pivots[i, j] * x[i, j + 1] + _FLUSH) - _FLUSH


@njit(cache=True, nogil=True)
def eliminate_columns(diagonal, off, pivots):
    """Fill ``pivots`` with the inverse pivots of one tridiagonal a column."""
    for j in range(diagonal.shape[1]):
        pivots[0, j] = 1.0 / diagonal[0, j]
    for i in range(1, diagonal.shape[0]):
        for j in range(diagonal.shape[1]):
            pivots[i, j] = 1.0 / (diagonal[i, j] - off * off * pivots[i - 1, j])


@njit(cache=True, nogil=True)
def solve_columns(pivots, off, b, x):
    """Solve one tridiagonal a column, off-diagonals -``off``."""
    n, m = b.shape
    for j in range(m):
        x[0, j] = b[0, j] * pivots[0, j]
    for i in range(1, n):
        for j in range(m):
            x[i, j] = ((b[i, j] + off * x[i - 1, j]) * pivots[i, j] + _FLUSH) - _FLUSH
    for i in range(n - 2, -1, -1):
        for j in range(m):
            x[i, j] = (x[i, j] + off * pivots[i, j] * x[i + 1, j] + _FLUSH) - _FLUSH


@njit(cache=True, nogil=True)
def multiply_rows(diagonal, off, x, y):
    """Write the product of one tridiagonal a row with ``x`` into ``y``."""
    n, m = x.shape
    for i in range(n):
        for j in range(m):
            left = x[i, j - 1] if j > 0 else 0.0
            right = x[i, j + 1] if j < m - 1 else 0.0
            y[i, j] = diagonal[i, j] * x[i, j] - off * (left + right)


@njit(cache=True, nogil=True)
def dot(x, y):
    """Return the inner product; BLAS would wake its threads for it."""
    total = 0.0
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            total += x[i, j] * y[i, j]
    return total


class ImplicitStep:
    """The matrix of one implicit step, eliminated line by line.

    Parameters
    ----------
    G : ndarray, shape (N, M)
        Of the devices. [S]
    wires : Wires
    tau : float
        Time a capacitance is divided by; infinite leaves capacitances out. [s]
    """

    def __init__(self, G: Array, wires: Wires, tau: float) -> None:
        self.tau, self.wires = tau, wires
        self.D = G + wires.crossing_capacitance / tau
        self._gw, self._gb = 1.0 / wires.word_line_resistance, 1.0 / wires.bit_line_resistance
        self.driver = 1.0 / (wires.word_line_resistance + wires.driver_resistance)
        self.sense = 1.0 / (wires.bit_line_resistance + wires.sense_resistance)
        self._word = self.D + wires.word_line_capacitance / tau + self._gw * _neighbours(G.shape[1])
        bit = (
            self.D + wires.bit_line_capacitance / tau + self._gb * _neighbours(G.shape[0])[:, None]
        )
        self._word[:, 0] += self.driver
        bit[-1] += self.sense
        self._rows, self._columns = np.empty_like(self._word), np.empty_like(bit)
        self._refuse_loose()
        eliminate_rows(self._word, self._gw, self._rows)
        eliminate_columns(bit, self._gb, self._columns)

    def _refuse_loose(self) -> None:
        """Raise a ConvergenceError where cells conduct too well for what holds their line."""
        w, (N, M) = self.wires, self.D.shape
        word = (
            1.0 / (M * w.word_line_resistance + w.driver_resistance)
            + M * w.word_line_capacitance / self.tau
        )
        bit = (
            1.0 / (N * w.bit_line_resistance + w.sense_resistance)
            + N * w.bit_line_capacitance / self.tau
        )
        ratio = max(self.D.sum(axis=1).max() / word, self.D.sum(axis=0).max() / bit)
        if not ratio <= _LOOSEST:
            raise ConvergenceError(
                f"cells conduct {ratio:.1e} times as well as their lines are tied to drivers and "
                f"sense amplifiers; voltages "
                f"are certain up to {_LOOSEST:.0e}. Take smaller resistances of wires, drivers and "
                f"sense amplifiers"
            )

    def solve(self, a: Array, b: Array, start: Array) -> tuple[Array, Array]:
        """Return voltages of word and bit lines [V] for currents into their nodes [A].

        Parameters
        ----------
        a, b : ndarray, shape (N, M)
            Into word-line and bit-line nodes.
        start : ndarray, shape (N, M)
            What the word lines are taken for at first. [V]

        Raises
        ------
        ConvergenceError
            If the currents do not balance to 1e-8 of what flows.
        """
        x, v, y, w = start.copy(), np.empty_like(a), np.empty_like(a), np.empty_like(a)
        scale = math.sqrt(dot(a, a) + dot(b, b))
        if scale == 0.0:
            return np.zeros_like(a), np.zeros_like(b)
        r = self._residual(x, a, b, v)
        z = np.empty_like(a)
        solve_rows(self._rows, self._gw, r, z)
        p, rz = z.copy(), dot(r, z)
        for _ in range(_LIMIT):
            if dot(r, r) <= (_TOLERANCE * scale) ** 2:
                self._bits(x, b, v)
                return x, v
            multiply_rows(self._word, self._gw, p, y)
            solve_columns(self._columns, self._gb, self.D * p, w)
            y -= self.D * w
            alpha = rz / dot(p, y)
            x += alpha * p
            r -= alpha * y
            solve_rows(self._rows, self._gw, r, z)
            rz, before = dot(r, z), rz
            p *= rz / before
            p += z
        raise ConvergenceError(
            f"a step of {self.tau:.3g} s did not balance its currents in {_LIMIT} iterations"
        )

    def _bits(self, x: Array, b: Array, v: Array) -> None:
        solve_columns(self._columns, self._gb, b + self.D * x, v)

    def _residual(self, x: Array, a: Array, b: Array, v: Array) -> Array:
        self._bits(x, b, v)
        y = np.empty_like(x)
        multiply_rows(self._word, self._gw, x, y)
        return a + self.D * v - y


def _neighbours(n: int) -> Array:
    """Return how many neighbours each node of a line has."""
    count = np.full(n, 2.0)
    count[0] -= 1.0
    count[-1] -= 1.0
    return count
