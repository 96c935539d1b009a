"""The array as a circuit: devices where word lines cross bit lines, wires with resistance, terminals at their ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.crossbar import careful, holding, routes, solver
from acanthite.crossbar.effective import Effective, effective
from acanthite.crossbar.islands import refuse_islands
from acanthite.crossbar.lines import (
    DRIVEN,
    FLOATING,
    GROUNDED,
    LARGEST,
    SMALLEST,
    Lines,
    Terminal,
    in_range,
    lines,
    numbers,
    positive,
    whole,
)
from acanthite.crossbar.nonlinear import Devices, Placed, as_devices
from acanthite.crossbar.solution import Solution
from acanthite.errors import CrossbarError

Array = NDArray[np.float64]
MANY = 32
"""Inputs from which on the effective conductance is worth its making."""
_CHECK = 0.01
"""Part of the tolerance that the input it is compared with is solved to."""


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
    array([0.0002987, 0.0002984])
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
        bit = lines(
            "bit_line_resistance", self.bit_line_resistance, ends, G.shape[::-1], columns=True
        )
        refuse_islands(G, word, bit)
        for name, value in (("G", G), ("word", word), ("bit", bit)):
            object.__setattr__(self, name, value)

    @property
    def shape(self) -> tuple[int, int]:
        """Word lines and bit lines."""
        return self.G.shape  # type: ignore[return-value]

    def solve(
        self,
        voltage: ArrayLike,
        bit_line_voltage: ArrayLike | None = None,
        *,
        tolerance: float = solver.TOLERANCE,
        max_iterations: int = solver.ITERATIONS,
        outputs_only: bool | None = None,
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
        outputs_only : bool, optional
            Whether the currents at the terminals are all that is wanted now. They then come from the effective conductance, made
            once, if it agrees with one of the inputs solved by itself; all inputs are solved for what happens inside the array when
            that is first asked for. As it stands, linear devices and 32 inputs or more.

        Raises
        ------
        CrossbarError
            If a voltage or an option is no number, their count is wrong, or only outputs are asked of devices that are not linear.
        ConvergenceError
            If the residual stays above the tolerance.
        """
        positive("tolerance", tolerance)
        whole("max_iterations", max_iterations, 1)
        if outputs_only not in (None, True, False):
            raise CrossbarError(
                f"outputs_only = {outputs_only!r:.80}; expected True, False or None"
            )
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
        return self._solve(V, U, tolerance, max_iterations, outputs_only)

    @cached_property
    def effective(self) -> Effective:
        """The array as its terminals see it.

        Raises
        ------
        CrossbarError
            If the devices are not linear.
        """
        if self.devices is not None:
            raise CrossbarError(
                "devices that are not linear have no effective conductance; solve each input, or take the array "
                "a solution has as linearised"
            )
        if self.word.broken or self.bit.broken or self.loose:
            return self._effective_by_solving()
        return effective(self.G, self.word, self.bit)

    def _effective_by_solving(self) -> Effective:
        """Solve for one volt at one line after the other: arrays with broken wires, or with lines held weakly."""
        N, M = self.shape
        into = np.zeros((N + M, N + M))
        for k in np.flatnonzero(np.concatenate([self.word.driven.any(0), self.bit.driven.any(0)])):
            unit = np.arange(N + M) == k
            one = unit[:N] * 1.0, unit[N:] * 1.0
            into[:, k] = _currents(
                self._solve_each(*one, _CHECK * solver.TOLERANCE, solver.ITERATIONS)
            )
        into[N:] *= -1.0
        return Effective(into, N)

    def effective_conductance(self) -> Array:
        """Return the current out of each bit line by the voltage of each word line, shape (N, M). [S]

        With linear devices and bit lines that are not driven ``output_current`` is ``voltage @ effective_conductance()``, for any number
        of inputs. It takes O(N^3) once and is kept; with broken wires it takes a solve for each driven line.

        Raises
        ------
        CrossbarError
            If the devices are not linear.
        """
        return self.effective.conductance

    @property
    def _linear_and_whole(self) -> bool:
        return self.devices is None and not (self.word.broken or self.bit.broken)

    @cached_property
    def looseness(self) -> float:
        """See :func:`acanthite.crossbar.holding.looseness`; of linear devices."""
        return holding.looseness(self.G, self.word, self.bit)

    @property
    def loose(self) -> bool:
        """Whether the terminals hold some nodes so weakly that sweeps cannot find their voltages."""
        return self.looseness > holding.LOOSE

    @cached_property
    def eliminated(self) -> careful.Eliminated:
        """All nodes eliminated, linear devices in place. It takes O(N^3) once and is kept."""
        return careful.eliminate(careful.pattern(self.word, self.bit, self.G > 0.0), self.G)

    @cached_property
    def placed_devices(self) -> Devices:
        """The nonlinear devices, none where the conductance is zero."""
        devices, present = as_devices(self.devices), self.G > 0.0  # type: ignore[arg-type]
        return devices if present.all() else Placed(devices, present)

    def with_conductance(self, conductance: Array) -> Crossbar:
        """Return the array with other devices, linear ones."""
        return replace(self, conductance=conductance, devices=None)

    def _solve(
        self, V: Array, U: Array, tolerance: float, limit: int, outputs: bool | None
    ) -> Solution:
        n = max(V.size // V.shape[-1], U.size // U.shape[-1])
        if outputs or (outputs is None and n >= MANY and self._linear_and_whole):
            return self._solve_outputs(V, U, tolerance, limit)
        return self._solve_each(V, U, tolerance, limit)

    def _solve_each(self, V: Array, U: Array, tolerance: float, limit: int) -> Solution:
        solved = routes.solve(self, V, U, tolerance, limit)
        x, y, current = solved.parts[:3]
        return Solution(
            self,
            V,
            U,
            lambda k: (x[k], y[k], current[k]),
            solved.residual,
            solved.iterations,
            None if self.devices is None else solved.parts[3],
            solved.terminal_currents,
            solved.bound,
        )

    def _solve_outputs(self, V: Array, U: Array, tolerance: float, limit: int) -> Solution:
        inputs = routes.inputs(V, U)
        largest = max(inputs, key=lambda one: float(np.abs(one[0]).sum() + np.abs(one[1]).sum()))
        known = self._solve_each(*largest, _CHECK * tolerance, limit)
        currents = [np.concatenate(self.effective.currents(*largest)), _currents(known)]
        scale = np.abs(currents[1]).max()
        error = float(np.abs(currents[0] - currents[1]).max() / scale) if scale > 0.0 else 0.0
        iterations = known.iterations
        if error <= tolerance:
            into, out = self.effective.currents(V, U)
        else:  # the currents of one at a time, so that memory does not grow with the inputs
            each = [self._solve_each(*one, tolerance, limit) for one in inputs]
            error, iterations = (
                max(e.relative_residual for e in each),
                max(e.iterations for e in each),
            )
            all_currents = np.stack([_currents(e) for e in each])
            into, out = np.split(
                all_currents if max(V.ndim, U.ndim) == 2 else all_currents[0],
                [self.shape[0]],
                axis=-1,
            )

        def later(k: Any) -> tuple[Array, Array, Array]:
            one = V[k] if V.ndim == 2 else V, U[k] if U.ndim == 2 else U
            return self._solve_each(*one, tolerance, limit).inside

        return Solution(self, V, U, later, error, iterations, terminal_currents=(into, out))


def _currents(solution: Solution) -> Array:
    """Return the currents into the word lines, then those out of the bit lines. [A]"""
    return np.concatenate([solution.input_current, solution.output_current])


def _conductances(value: ArrayLike) -> Array:
    G = np.array(
        numbers("conductance", value), order="C"
    )  # the array's own: what was eliminated must not change
    if G.ndim != 2 or not G.size:
        raise CrossbarError(
            f"conductance has the shape {G.shape}; expected (word lines, bit lines), at least 1 x 1"
        )
    least, most = G.min(), G.max()
    if not (least >= 0.0 and most < np.inf):
        i, j = np.argwhere(~(np.isfinite(G) & (G >= 0)))[0]
        raise CrossbarError(
            f"conductance: {G[i, j]} at ({i}, {j}); expected zero or more, and finite (S)"
        )
    if least < SMALLEST or most > LARGEST:
        in_range("conductance", G, "S")
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
    in_range(name, np.abs(V).max(axis=-1), "V")
    return V
