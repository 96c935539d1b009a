"""The array as a circuit: devices where word lines cross bit lines, wires with resistance, terminals at their ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.crossbar import solver
from acanthite.crossbar.islands import refuse_islands
from acanthite.crossbar.lines import DRIVEN, FLOATING, GROUNDED, Lines, Terminal, lines, numbers
from acanthite.crossbar.solution import Solution, without_drops
from acanthite.errors import CrossbarError

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Crossbar:
    """An array of N word lines and M bit lines with a device at each crossing.

    Parameters
    ----------
    conductance : array_like, shape (N, M)
        Of the devices. [S]
    word_line_resistance, bit_line_resistance : float or array_like
        Of each wire segment: one number, or what broadcasts to (N, M + 1) for the word lines (segment 0 lies between the left end
        and the first node, segment M between the last node and the right end) and to (N + 1, M) for the bit lines (segment 0 at
        the top). Zero is an ideal wire, infinite a broken one. [Ohm]
    left, right : Terminal or str
        What the ends of the word lines are tied to: ``"driven"``, ``"grounded"`` or ``"floating"``, or a :class:`Terminal` with a
        resistance or with a kind for each line.
    top, bottom : Terminal or str
        The same for the ends of the bit lines.

    Raises
    ------
    CrossbarError
        If a conductance or a resistance is negative or no number, has another shape, or if nodes are tied to nothing.

    Examples
    --------
    >>> import numpy as np
    >>> from acanthite.crossbar import Crossbar
    >>> Crossbar(np.full((2, 2), 1e-3), 1.0, 1.0).solve([0.1, 0.2]).output_current.round(7)
    array([0.0002969, 0.0002963])
    """

    conductance: ArrayLike
    word_line_resistance: ArrayLike = 1.0
    bit_line_resistance: ArrayLike = 1.0
    left: Terminal | str = DRIVEN
    right: Terminal | str = FLOATING
    top: Terminal | str = FLOATING
    bottom: Terminal | str = GROUNDED
    G: Array = field(init=False, repr=False)
    word: Lines = field(init=False, repr=False)
    bit: Lines = field(init=False, repr=False)

    def __post_init__(self) -> None:
        G = _conductances(self.conductance)
        ends = ("left", self.left), ("right", self.right)
        word = lines("word_line_resistance", self.word_line_resistance, ends, G.shape)
        ends = ("top", self.top), ("bottom", self.bottom)
        bit = lines("bit_line_resistance", self.bit_line_resistance, ends, G.shape[::-1], columns=True)
        refuse_islands(G, word, bit)
        for name, value in (("G", G), ("word", word), ("bit", bit)):
            object.__setattr__(self, name, value)

    @property
    def shape(self) -> tuple[int, int]:
        """Word lines and bit lines."""
        return self.G.shape  # type: ignore[return-value]

    @cached_property
    def factors(self) -> solver.Factors:
        """The eliminated lines."""
        return solver.factor(self.G, self.word, self.bit)

    def solve(
        self,
        voltage: ArrayLike,
        bit_line_voltage: ArrayLike | None = None,
        *,
        tolerance: float = solver.TOLERANCE,
        max_iterations: int = 10_000,
    ) -> Solution:
        """Return currents and voltages everywhere.

        Parameters
        ----------
        voltage : array_like, shape (N,) or (P, N)
            At the driven ends of the word lines; those of lines without one do not matter. [V]
        bit_line_voltage : array_like, shape (M,) or (P, M), optional
            At the driven ends of the bit lines; without it they are at zero. [V]
        tolerance : float
            Largest relative residual.
        max_iterations : int

        Raises
        ------
        CrossbarError
            If a voltage is no number or their count is wrong.
        ConvergenceError
            If the residual stays above the tolerance.
        """
        V = _voltages("voltage", voltage, self.shape[0])
        U = _voltages(
            "bit_line_voltage",
            np.zeros(self.shape[1]) if bit_line_voltage is None else bit_line_voltage,
            self.shape[1],
        )
        if bit_line_voltage is not None and not self.bit.driven.any():
            raise CrossbarError(
                'bit_line_voltage is given, but no end of a bit line is driven; pass bottom="driven"'
            )
        if V.ndim == U.ndim == 2 and len(V) != len(U):
            raise CrossbarError(
                f"voltage has {len(V)} inputs and bit_line_voltage {len(U)}; expected as many"
            )
        return self._solve(V, U, tolerance, max_iterations)

    def _solve(self, V: Array, U: Array, tolerance: float, limit: int) -> Solution:
        shape = np.broadcast_shapes(V.shape[:-1], U.shape[:-1])
        x, y = np.empty((2, *shape, *self.shape))
        residual, iterations = 0.0, 0
        for k in np.ndindex(shape):
            delta = without_drops(self, V[k] if V.ndim == 2 else V, U[k] if U.ndim == 2 else U)
            found = solver.solve(self.factors, self.G * delta, tolerance, limit)
            x[k], y[k] = found.word, found.bit
            residual, iterations = max(residual, found.residual), max(iterations, found.iterations)
        return Solution(self, V, U, x, y, residual, iterations)


def _conductances(value: ArrayLike) -> Array:
    G = np.ascontiguousarray(numbers("conductance", value))
    if G.ndim != 2 or not G.size:
        raise CrossbarError(
            f"conductance has the shape {G.shape}; expected (word lines, bit lines), at least 1 x 1"
        )
    if not (np.isfinite(G).all() and (G >= 0).all()):
        i, j = np.argwhere(~(np.isfinite(G) & (G >= 0)))[0]
        raise CrossbarError(f"conductance: {G[i, j]} at ({i}, {j}); expected zero or more, and finite (S)")
    return G


def _voltages(name: str, value: ArrayLike, n: int) -> Array:
    V = numbers(name, value)
    if V.ndim not in (1, 2) or V.shape[-1] != n or not V.size:
        raise CrossbarError(
            f"{name} has the shape {V.shape}; expected ({n},) or (inputs, {n}), one for each line"
        )
    if not np.isfinite(V).all():
        raise CrossbarError(
            f"{name}: {V[~np.isfinite(V)][0]} at {tuple(map(int, np.argwhere(~np.isfinite(V))[0]))}; expected volts"
        )
    return V
