"""The array as a circuit: devices where word lines cross bit lines, wires with resistance, terminals at their ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.crossbar import solver
from acanthite.crossbar.islands import refuse_islands
from acanthite.crossbar.lines import DRIVEN, FLOATING, GROUNDED, Lines, Terminal, lines, numbers
from acanthite.crossbar.nonlinear import Devices, as_devices, newton
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
    devices : Devices or callable, optional
        Devices whose current is no straight line of the voltage, as :class:`Sinh`, :class:`Table`, or a function of the voltages
        (N, M) that returns currents, or currents and differential conductances. ``conductance`` then tells the shape, and
        where no device is.

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
    devices: Devices | Callable | None = None
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
        V = voltages("voltage", voltage, self.shape[0])
        U = voltages(
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

    def altered(self, **changes: object) -> Crossbar:
        """Return the array, linear, with other ``G``, ``word`` or ``bit``."""
        found = object.__new__(Crossbar)
        kept = {name: value for name, value in vars(self).items() if name != "factors"}
        for name, value in {**kept, "devices": None, **changes}.items():
            object.__setattr__(found, name, value)
        return found

    def _solve(self, V: Array, U: Array, tolerance: float, limit: int) -> Solution:
        shape = np.broadcast_shapes(V.shape[:-1], U.shape[:-1])
        inputs = [(V[k] if V.ndim == 2 else V, U[k] if U.ndim == 2 else U) for k in np.ndindex(shape)]
        found = [self._solve_one(without_drops(self, *one), tolerance, limit) for one in inputs]
        stack = [
            np.stack(part).reshape(*shape, *self.shape) for part in zip(*(f[:-1] for f in found), strict=True)
        ]
        drops = [f[-1] for f in found]
        worst, iterations = max(d.residual for d in drops), max(d.iterations for d in drops)
        conducted = (stack[2], stack[3]) if len(stack) == 4 else None
        return Solution(self, V, U, stack[0], stack[1], worst, iterations, conducted)

    def _solve_one(self, delta: Array, tolerance: float, limit: int) -> tuple:
        if self.devices is None:
            drops = solver.solve(self.factors, self.G * delta, tolerance, limit)
            return drops.word, drops.bit, drops
        point = newton(
            as_devices(self.devices),
            self.word,
            self.bit,
            np.broadcast_to(delta, self.shape),
            tolerance,
            limit,
        )
        return point.drops.word, point.drops.bit, point.current, point.slope, point.drops


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


def voltages(name: str, value: ArrayLike, n: int) -> Array:
    """Return the voltages of n lines, for one input or several."""
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
