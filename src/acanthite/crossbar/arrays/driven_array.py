r"""An array under drive: every cell follows its law at the voltage the circuit leaves it.

Lines charge in far less time than devices move, so the circuit is in balance at every moment
(:mod:`.transient` is where it is not). A step holds the states while Newton's method finds the
voltages, takes the cells through the step at them, finds the voltages again, and takes the cells
whose voltage moved through the step once more with it moving linearly: second order in the step,
which is cut where voltages move by more than a few per cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from acanthite.crossbar.array_types import Array
from acanthite.crossbar.arrays.dynamic_cells import DynamicCells, Snapshot
from acanthite.crossbar.circuit.checks import finite, number
from acanthite.crossbar.circuit.circuit import Circuit
from acanthite.crossbar.circuit.lines import Terminal
from acanthite.crossbar.circuit.solvers.looseness import looseness
from acanthite.crossbar.circuit.solvers.sweeps import linear
from acanthite.crossbar.circuit.wires import Wires
from acanthite.display import Described
from acanthite.errors import ConvergenceError

_LARGEST_MOVE = 0.05  # of the drive, what the voltage of a cell may change in a step
_CORRECTED_MOVE = 1e-3  # of the drive: above it a cell takes the step again, voltage moving
_SHORTEST = 1e-5  # of the duration
_NEWTON_LIMIT = 40
_NEWTON_TOLERANCE = 1e-7
_LOOSEST = 1e8  # looseness: voltages are right to seven digits up to here
_NEWTON_STEP = 3e-4  # of the drive: the next step would be its square


@dataclass(frozen=True, repr=False)
class Spent(Described, devices="J", delivered="J", wires="J"):
    """Where the energy of a drive went.

    Parameters
    ----------
    devices : ndarray, shape (word lines, bit lines)
        [J]
    delivered : float
        By the sources. [J]

    Examples
    --------
    >>> from acanthite.constants import mV, ms, nJ
    >>> law = ac.device.Filament.from_film(ac.film.grow(ac.film.Recipe()))
    >>> cells = ac.crossbar.DynamicCells(law.sample(2, seed=1), (1, 2))
    >>> array = ac.crossbar.DrivenArray(cells, ac.crossbar.Wires(driver_resistance=200.0))
    >>> spent = array.apply(word=[-250 * mV], bit=[0.0, 0.0], duration=1 * ms)
    >>> in_wires = spent.wires / spent.delivered
    >>> print(f"{spent.delivered / nJ:.1f} nJ, {in_wires:.0%} of it in the wires")
    40.7 nJ, 17% of it in the wires
    """

    devices: Array
    delivered: float

    @property
    def wires(self) -> float:
        """What the wires, drivers and sense amplifiers turned to heat [J]."""
        return self.delivered - float(self.devices.sum())

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.devices + other.devices, self.delivered + other.delivered)


@dataclass
class DrivenArray:
    """Dynamic cells in their wires; a word line (top electrode) below its bit line sets a cell.

    Parameters
    ----------
    cells : DynamicCells
    wires : Wires
        Capacitances and leakages are not used.

    Examples
    --------
    Of two cells, one gets 300 mV and the other half of it:

    >>> from acanthite.constants import mV, ms, uS
    >>> law = ac.device.Filament.from_film(ac.film.grow(ac.film.Recipe()))
    >>> cells = ac.crossbar.DynamicCells(law.sample(2, seed=1), (1, 2))
    >>> array = ac.crossbar.DrivenArray(cells, ac.crossbar.Wires())
    >>> spent = array.apply(word=[-150 * mV], bit=[150 * mV, 0.0], duration=5 * ms)
    >>> (cells.conductance() > 1 * uS).tolist()
    [[True, False]]
    """

    cells: DynamicCells
    wires: Wires

    @cached_property
    def _circuit(self) -> Circuit:
        bottom = Terminal("driven", self.wires.sense_resistance)
        return self.wires.crossbar(np.ones(self.cells.shape), bottom=bottom).circuit

    def solve(
        self, word: ArrayLike, bit: ArrayLike, start: ArrayLike | None = None
    ) -> tuple[Array, Array]:
        """Solve for the voltage [V] and current [A] of every cell, its state as it is.

        Parameters
        ----------
        word, bit : array_like, shape (word lines,), (bit lines,)
            Of the drivers. [V]
        start : array_like, shape (word lines, bit lines), optional
            Voltages to begin with.

        Raises
        ------
        CrossbarError
            If a voltage is no number or their count is wrong.
        ConvergenceError
            If Newton's method does not arrive.
        """
        W, B = self._drive(word, bit)
        given = W[:, None] - B
        if self._circuit.word.ideal and self._circuit.bit.ideal:
            return given, self.cells.current(given)[0]
        v = given if start is None else np.asarray(start, float)
        small = _NEWTON_STEP * np.abs(given).max()
        current, slope = self.cells.current(v)
        for _ in range(_NEWTON_LIMIT):
            J = slope * (given - v) + current
            new = self._linear(given, slope, J) if J.any() else given
            expected = current + slope * (new - v)
            step = float(np.abs(new - v).max())
            v = new
            if step <= small:
                return v, expected
            current, slope = self.cells.current(v)
            if np.abs(current - expected).max() <= _NEWTON_TOLERANCE * np.abs(current).max():
                return v, current
        raise ConvergenceError(
            f"the voltages of the cells did not settle in {_NEWTON_LIMIT} Newton steps; take "
            "smaller line resistances, or check that the current of the law grows smoothly"
        )

    def _linear(self, given: Array, slope: Array, J: Array) -> Array:
        word, bit = self._circuit.word, self._circuit.bit
        if looseness(slope, word, bit) > _LOOSEST:
            raise ConvergenceError(
                "the cells conduct so much better than their lines are tied to the terminals that "
                "their voltages are not certain; take smaller resistances of wires and terminals"
            )
        factors = linear.factor(slope, word, bit)
        x, y = np.zeros(J.shape), np.zeros(J.shape)
        linear.solve(factors, J, x, y, linear.TOLERANCE, linear.ITERATIONS)
        return given + x - y

    def apply(self, word: ArrayLike, bit: ArrayLike, duration: float) -> Spent:
        """Drive the lines for a time, the cells evolving.

        Parameters
        ----------
        word, bit : array_like, shape (word lines,), (bit lines,)
            [V]
        duration : float
            [s]

        Returns
        -------
        Spent

        Raises
        ------
        CrossbarError
            If a voltage is no number, their count is wrong, or the duration is not positive.
        ConvergenceError
            If no voltages balance the circuit.
        """
        W, B = self._drive(word, bit)
        number("duration", duration, above=0)
        scale = max(float(np.abs(W[:, None] - B).max()), np.finfo(float).tiny)
        v, _ = self.solve(W, B)
        spent = Spent(np.zeros(self.cells.shape), 0.0)
        t = 0.0
        h = duration
        while t < duration:
            h = min(h, duration - t)
            before = self.cells.snapshot()
            charge, after, move = self._step(before, W, B, v, h, scale)
            if move > _LARGEST_MOVE and h > _SHORTEST * duration:
                self.cells.restore(before)
                h *= max(0.1, 0.8 * _LARGEST_MOVE / move)
                continue
            delivered = float(W @ charge.sum(1) - B @ charge.sum(0))
            spent += Spent(0.5 * (v + after) * charge, delivered)
            t = duration if t + h >= duration * (1 - 1e-12) else t + h
            h *= 2.0 if move < 0.25 * _LARGEST_MOVE else 1.0
            v = after
        return spent

    def _step(
        self, before: Snapshot, W: Array, B: Array, v: Array, h: float, scale: float
    ) -> tuple[Array, Array, float]:
        """Take a step; return charge [C], voltages at its end [V], and the move over ``scale``."""
        charge = self.cells.hold(v, v, h)
        after, _ = self.solve(W, B, v)
        moves = np.abs(after - v) / scale
        move = float(moves.max())
        moved = moves > _CORRECTED_MOVE
        if moved.any() and move <= _LARGEST_MOVE:
            self.cells.restore(before, moved)
            charge = np.where(moved, self.cells.hold(v, after, h, moved), charge)
        return charge, after, move

    def read(self, word: ArrayLike, duration: float) -> tuple[Array, Spent]:
        """Read with all bit lines at zero; return the currents out of them [A] and the energy.

        The cells spend the time at the voltages of ideal wires, which makes no difference, as a
        read must not move them; the currents are those of the circuit.

        Parameters
        ----------
        word : array_like, shape (word lines,)
            [V]
        duration : float
            [s]
        """
        W, bit = self._drive(word, np.zeros(self.cells.shape[1]))
        self.cells.hold(W[:, None], W[:, None], duration)
        v, current = self.solve(W, bit)
        return current.sum(0), Spent(v * current * duration, float(W @ current.sum(1)) * duration)

    def _drive(self, word: ArrayLike, bit: ArrayLike) -> tuple[Array, Array]:
        """Return the voltages of word and bit lines, checked [V]."""
        n, m = self.cells.shape
        return finite("word", word, (n,)), finite("bit", bit, (m,))
