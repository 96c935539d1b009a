r"""Lines with resistance and capacitance: the implicit step of a transient.

With the node voltages u of the word lines and v of the bit lines, a step solves

.. math::

   \begin{pmatrix} A_w & -D \\ -D & A_b \end{pmatrix} \begin{pmatrix} u \\ v \end{pmatrix}
   = \begin{pmatrix} a \\ b \end{pmatrix}, \qquad D = G + C_x / \tau,

where every line is a tridiagonal with its capacitance over the time :math:`\tau` on the diagonal:
conjugate gradients on the Schur complement of the bit lines, with the word lines as preconditioner,
all lines eliminated exactly.
"""

from __future__ import annotations

import math

import numpy as np

from acanthite.crossbar.array_types import Array
from acanthite.crossbar.arrays import tridiagonal as lines
from acanthite.crossbar.circuit.wires import Wires
from acanthite.errors import ConvergenceError

_TOLERANCE = 1e-8
_LIMIT = 5000
_LOOSEST = 1e9


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
        self.tau = tau
        self.wires = wires
        w = wires
        n, m = G.shape
        self.D = G + w.crossing_capacitance / tau
        self._word_off = 1.0 / w.word_line_resistance
        self._bit_off = 1.0 / w.bit_line_resistance
        self.driver = 1.0 / (w.word_line_resistance + w.driver_resistance)
        self.sense = 1.0 / (w.bit_line_resistance + w.sense_resistance)
        self._word = self.D + w.word_line_capacitance / tau + self._word_off * _neighbours(m)
        self._word[:, 0] += self.driver
        bit = self.D + w.bit_line_capacitance / tau + self._bit_off * _neighbours(n)[:, None]
        bit[-1] += self.sense
        self._rows = np.empty_like(self._word)
        self._columns = np.empty_like(bit)
        self._refuse_loose()
        lines.eliminate_rows(self._word, self._word_off, self._rows)
        lines.eliminate_columns(bit, self._bit_off, self._columns)

    def _refuse_loose(self) -> None:
        """Raise a ConvergenceError where cells conduct too well for what holds their line."""
        w = self.wires
        n, m = self.D.shape
        word = 1.0 / (m * w.word_line_resistance + w.driver_resistance)
        word += m * w.word_line_capacitance / self.tau
        bit = 1.0 / (n * w.bit_line_resistance + w.sense_resistance)
        bit += n * w.bit_line_capacitance / self.tau
        ratio = max(self.D.sum(axis=1).max() / word, self.D.sum(axis=0).max() / bit)
        if not ratio <= _LOOSEST:
            raise ConvergenceError(
                f"cells conduct {ratio:.1e} times as well as their lines are tied to terminals; "
                f"expected at most {_LOOSEST:.0e}: take smaller resistances of wires and terminals"
            )

    def charging(self, nodes: Array) -> Array:
        """Return the charges of all nodes at voltages [V] over the time tau, (2, N, M). [A]"""
        w = self.wires
        stored = w.crossing_capacitance * (nodes[0] - nodes[1])
        word = w.word_line_capacitance * nodes[0] + stored
        return np.stack([word, w.bit_line_capacitance * nodes[1] - stored]) / self.tau

    def solve(self, into: Array, start: Array) -> Array:
        """Return voltages of word-line and bit-line nodes, shape (2, N, M). [V]

        Parameters
        ----------
        into : ndarray, shape (2, N, M)
            Currents into the nodes. [A]
        start : ndarray, shape (2, N, M)
            What the voltages are taken for at first. [V]

        Raises
        ------
        ConvergenceError
            If the currents do not balance to 1e-8 of what flows.
        """
        a, b = into
        scale = math.sqrt(lines.dot(a, a) + lines.dot(b, b))
        if scale == 0.0:
            return np.zeros_like(into)
        x = start[0].copy()
        v = np.empty_like(a)
        y = np.empty_like(a)
        w = np.empty_like(a)
        z = np.empty_like(a)
        self._bit_lines(b + self.D * x, v)
        lines.multiply_rows(self._word, self._word_off, x, y)
        r = a + self.D * v - y
        lines.solve_rows(self._rows, self._word_off, r, z)
        p = z.copy()
        rz = lines.dot(r, z)
        for _ in range(_LIMIT):
            if lines.dot(r, r) <= (_TOLERANCE * scale) ** 2:
                self._bit_lines(b + self.D * x, v)
                return np.stack([x, v])
            lines.multiply_rows(self._word, self._word_off, p, y)
            self._bit_lines(self.D * p, w)
            y -= self.D * w
            alpha = rz / lines.dot(p, y)
            x += alpha * p
            r -= alpha * y
            lines.solve_rows(self._rows, self._word_off, r, z)
            before = rz
            rz = lines.dot(r, z)
            p *= rz / before
            p += z
        raise ConvergenceError(
            f"a step of {self.tau:.3g} s did not balance its currents in {_LIMIT} iterations"
        )

    def _bit_lines(self, b: Array, v: Array) -> None:
        """Solve all bit lines for currents into them [A]; fill their voltages [V]."""
        lines.solve_columns(self._columns, self._bit_off, b, v)


def _neighbours(n: int) -> Array:
    """Return how many neighbours each node of a line has."""
    count = np.full(n, 2.0)
    count[0] -= 1.0
    count[-1] -= 1.0
    return count
