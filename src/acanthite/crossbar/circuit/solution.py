"""What an array answers: currents, voltages and powers, everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from acanthite.crossbar.circuit.lines import Lines
from acanthite.crossbar.circuit.solvers.elimination.linear import Bound
from acanthite.crossbar.circuit.solvers.sweeps.compiled import OPEN
from acanthite.errors import CrossbarError

if TYPE_CHECKING:
    from acanthite.crossbar.circuit.circuit import Crossbar

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Power:
    """Where the power goes, each of shape () or (P,). [W]

    Parameters
    ----------
    delivered : ndarray
        By the sources, less what they take back.
    devices, word_lines, bit_lines : ndarray
        Turned to heat; resistances of terminals count with their lines.
    """

    delivered: Array
    devices: Array
    word_lines: Array
    bit_lines: Array


@dataclass(frozen=True, eq=False)
class Solution:
    """Currents and voltages of an array, for one input or for P of them.

    Parameters
    ----------
    crossbar : Crossbar
    voltage : ndarray, shape (N,) or (P, N)
        At the driven ends of the word lines. [V]
    bit_line_drive : ndarray, shape (M,) or (P, M)
        At the driven ends of the bit lines. [V]
    drops : callable
        Returns the drops of word and bit lines, see below, and the currents of the devices, of the inputs an index picks; called
        when they are first asked for.
    relative_residual : float
        Largest over the inputs of what one more sweep of all lines would change in the word-line drops against these
        drops, in the norm of the energy (the preconditioned residual). The bit lines balance to rounding. With the currents
        from the effective conductance: how far those of one input are from that input solved by itself, over the largest. [1]
    iterations : int
        Most that an input took.
    slope : ndarray, shape (N, M) or (P, N, M), optional
        Differential conductance of nonlinear devices. [S]
    terminal_currents : tuple of ndarrays of shape (P, N) and (P, M), optional
        Into the word lines and out of the bit lines, where they are known without those of the devices. [A]
    bound : Bound, optional
        What voltages and currents are off by at most, where the solve has found it.
    """

    crossbar: Crossbar
    voltage: Array
    bit_line_drive: Array
    drops: Callable[[Any], tuple[Array, Array, Array]] = field(repr=False)
    relative_residual: float
    iterations: int
    slope: Array | None = field(default=None, repr=False)
    terminal_currents: tuple[Array, Array] | None = field(default=None, repr=False)
    bound: Bound | None = field(default=None, repr=False)

    def __getitem__(self, k: int) -> Solution:
        """Return the solution for one of several inputs; what happens inside the array is found for that one alone.

        Raises
        ------
        CrossbarError
            If there is one input only, or ``k`` is no whole number.
        IndexError
            If there is no such input.
        """
        V, U = self.voltage, self.bit_line_drive
        if V.ndim == U.ndim == 1:
            raise CrossbarError(
                f"solution[{k}]: there is one input; expected several, voltages of shape (inputs, lines)"
            )
        if not hasattr(k, "__index__"):
            raise CrossbarError(f"solution[{k!r:.40}]: expected the number of an input")
        n = len(V) if V.ndim == 2 else len(U)
        if not -n <= k < n:
            raise IndexError(f"solution[{k}]: there are {n} inputs")
        found = "inside" in vars(self)
        drops = (
            (lambda _: tuple(part[k] for part in self.inside))
            if found
            else (lambda _: self.drops(k))
        )
        currents = (
            None
            if self.terminal_currents is None
            else tuple(part[k] for part in self.terminal_currents)
        )
        return replace(
            self,
            voltage=V[k] if V.ndim == 2 else V,
            bit_line_drive=U[k] if U.ndim == 2 else U,
            drops=drops,
            slope=None if self.slope is None else self.slope[k],
            terminal_currents=currents,
        )

    @cached_property
    def error(self) -> Bound:
        """What the voltages and the currents at the terminals are off by at most, over all inputs.

        It follows from the currents that do not balance, all nodes eliminated: found with the solution where the terminals hold
        some nodes weakly, when it is first asked for elsewhere. That takes O(N^3) once for an array. For nonlinear devices it
        holds to first order.

        Raises
        ------
        ConvergenceError
            If the array is too large for it.
        """
        if self.bound is not None:
            return self.bound
        from acanthite.crossbar.circuit.solvers.elimination.error_bound import certify

        return certify(self)

    @cached_property
    def inside(self) -> tuple[Array, Array, Array]:
        """Drops of the word lines [V] and of the bit lines [V], and currents of the devices [A], each (N, M) or (P, N, M)."""
        return self.drops(...)

    @property
    def word_line_drop(self) -> Array:
        """Potential of each word-line node less the one it has while no device takes current, (N, M) or (P, N, M). [V]"""
        return self.inside[0]

    @property
    def bit_line_drop(self) -> Array:
        """The same of each bit-line node. [V]"""
        return self.inside[1]

    @property
    def word_line_voltage(self) -> Array:
        """Potential of each word-line node, shape (N, M) or (P, N, M). [V]"""
        return self.word_line_drop + open_circuit(self.crossbar.word, self.voltage)

    @property
    def bit_line_voltage(self) -> Array:
        """Potential of each bit-line node, shape (N, M) or (P, N, M). [V]"""
        return self.bit_line_drop + np.swapaxes(
            open_circuit(self.crossbar.bit, self.bit_line_drive), -1, -2
        )

    @property
    def device_voltage(self) -> Array:
        """Word line less bit line at each device, shape (N, M) or (P, N, M). [V]"""
        found = self.word_line_drop - self.bit_line_drop
        found += without_drops(self.crossbar, self.voltage, self.bit_line_drive)
        return found

    @property
    def device_current(self) -> Array:
        """Current through each device, from word line to bit line, shape (N, M) or (P, N, M). [A]"""
        return self.inside[2]

    @property
    def linearised(self) -> Crossbar:
        """The array with each device replaced by its tangent at the solution.

        Raises
        ------
        CrossbarError
            If there are several inputs with nonlinear devices, so several tangents.
        """
        if self.slope is None:
            return self.crossbar
        if self.slope.ndim == 3:
            raise CrossbarError(
                f"{len(self.slope)} inputs of nonlinear devices have as many tangents; solve one"
            )
        return self.crossbar.with_conductance(self.slope)

    @cached_property
    def output_current(self) -> Array:
        """Current out of each bit line through its ends, shape (M,) or (P, M). [A]

        With ideal wires and all bit lines at zero volts it is ``voltage @ conductance``, to the bit.
        """
        word, bit, U = self.crossbar.word, self.crossbar.bit, self.bit_line_drive
        if self.slope is None and word.ideal and bit.ideal and not (bit.drive[..., 0] * U).any():
            return (word.drive[:, 0] * self.voltage) @ self.crossbar.G
        if self.terminal_currents is not None:
            return self.terminal_currents[1]
        return self.device_current.sum(axis=-2)

    @property
    def input_current(self) -> Array:
        """Current into each word line through its ends, shape (N,) or (P, N). [A]"""
        if self.terminal_currents is not None:
            return self.terminal_currents[0]
        return self.device_current.sum(axis=-1)

    @property
    def power(self) -> Power:
        """Power delivered, and where it becomes heat. [W]"""
        current = self.device_current
        devices = (current * self.device_voltage).sum(axis=(-1, -2))
        given, words = _line_powers(self.crossbar.word, current, self.voltage)
        taken, bits = _line_powers(
            self.crossbar.bit, -np.swapaxes(current, -1, -2), self.bit_line_drive
        )
        return Power(given + taken, devices, words, bits)


def open_circuit(lines: Lines, voltage: Array) -> Array:
    """Return the potential of the nodes of lines no device takes current from, (..., lines, nodes) or (..., lines, 1). [V]"""
    return lines.drive * voltage[..., None]


def without_drops(
    crossbar: Crossbar, voltage: Array, bit_line_drive: Array, out: Array | None = None
) -> Array:
    """Return the voltage of each device were there no drops, shape (..., N, M). [V]"""
    below = np.swapaxes(open_circuit(crossbar.bit, bit_line_drive), -1, -2)
    return np.subtract(open_circuit(crossbar.word, voltage), below, out=out)


def end_currents(lines: Lines, taken: Array, voltage: Array) -> Array:
    """Return the current into each line at its first and its last end, shape (2, ..., lines). [A]

    Parameters
    ----------
    lines : Lines
    taken : ndarray, shape (..., lines, nodes)
        Current taken from each node. [A]
    voltage : ndarray, shape (..., lines)
        Of driven ends. [V]
    """
    across = lines.through * (lines.driven[0] * voltage - lines.driven[1] * voltage)
    return np.stack(
        [
            (share * taken).sum(-1) + sign * across
            for share, sign in zip(lines.shares, (1, -1), strict=True)
        ]
    )


def segment_currents(lines: Lines, taken: Array, voltage: Array) -> Array:
    """Return the current in each segment, towards the last end, shape (..., lines, nodes + 1). [A]

    Parameters are those of :func:`end_currents`.
    """
    first, last = end_currents(lines, taken, voltage)
    after = np.cumsum(taken[..., ::-1], axis=-1)[..., ::-1] - last[..., None]
    broken = lines.segments >= OPEN
    found = np.concatenate([after[..., :1], after[..., 1:], -last[..., None]], axis=-1)
    found[..., 0] = first
    return np.where(broken, 0.0, found) if broken.any() else found


def _line_powers(lines: Lines, taken: Array, voltage: Array) -> tuple[Array, Array]:
    """Return the power the ends of lines deliver, and the power the lines turn to heat, shape (...). [W]"""
    ends = end_currents(lines, taken, voltage)
    given = sum((np.where(lines.driven[k], ends[k] * voltage, 0.0)).sum(-1) for k in (0, 1))
    inner = segment_currents(lines, taken, voltage)[..., 1:-1]
    r = np.broadcast_to(lines.segments, (*lines.segments.shape[:-1], inner.shape[-1] + 2))[:, 1:-1]
    heat = (r * inner**2).sum(axis=(-1, -2))
    for k in (0, 1):
        heat = heat + np.where(lines.ends[k] < OPEN, lines.ends[k] * ends[k] ** 2, 0.0).sum(-1)
    return np.asarray(given), np.asarray(heat)
