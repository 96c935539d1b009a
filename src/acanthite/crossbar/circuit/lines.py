"""Word and bit lines: the resistance of their segments, and what their ends are tied to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from acanthite.crossbar.array_types import Array, Integers, Mask, Shape
from acanthite.crossbar.circuit.checks import resistances
from acanthite.errors import CrossbarError
from acanthite.quantities import accepts_quantities

KINDS = ("driven", "grounded", "floating")
OPEN = 1e200
"""Resistance that stands for an open segment: finite, so that zero times it is zero. [ohm]"""


@accepts_quantities
@dataclass(frozen=True)
class Terminal:
    """What one end of the lines is tied to.

    Parameters
    ----------
    kind : str or sequence of str
        ``"driven"`` by the voltage of the line, ``"grounded"`` or ``"floating"``; one for all
        lines, or one for each.
    resistance : float or array_like
        Of the driver or the sense amplifier, in series with the outermost segment; one for all
        lines, or one for each. [ohm]

    Raises
    ------
    CrossbarError
        If a kind is unknown.

    Examples
    --------
    Sense amplifiers of 50 ohm at the bottom of the bit lines:

    >>> import numpy as np
    >>> sense = ac.crossbar.Terminal("grounded", resistance=50.0)
    >>> array = ac.crossbar.Crossbar(np.full((2, 2), 1e-3), bottom=sense)
    >>> [
    ...     f"{i * 1e6:.0f} uA" for i in array.solve([0.1, 0.1]).output_current
    ... ]  # 200 uA without them
    ['181 uA', '181 uA']
    """

    kind: str | Sequence[str]
    resistance: ArrayLike = 0.0

    def __post_init__(self) -> None:
        unknown = [str(k) for k in np.asarray(self.kind).ravel() if k not in KINDS]
        if unknown:
            raise CrossbarError(
                f"terminal: kind {unknown[0]!r}; expected one of {', '.join(KINDS)}"
            )


DRIVEN = Terminal("driven")
GROUNDED = Terminal("grounded")
FLOATING = Terminal("floating")


@dataclass(frozen=True)
class ArrayLines:
    """Parallel lines of nodes between two ends.

    Parameters
    ----------
    segments : ndarray, shape (lines, nodes + 1) or (lines, 1)
        Resistance of each segment, or of all segments of a line. [ohm]
    ends : ndarray, shape (2, lines)
        Resistance from the outer nodes to what the ends are tied to, segment included; ``OPEN``
        for a floating end. [ohm]
    driven : ndarray of bool, shape (2, lines)
    n_nodes : int
        Of each line.
    """

    segments: Array
    ends: Array
    driven: Mask
    n_nodes: int

    @cached_property
    def inner(self) -> Array:
        """Resistance of the segments between nodes, shape (lines, nodes - 1). [ohm]"""
        if self.segments.shape[1] > 1:
            return self.segments[:, 1:-1]
        return np.broadcast_to(self.segments, (len(self.segments), self.n_nodes - 1))

    @cached_property
    def _length(self) -> Array:
        return self.inner.sum(axis=1)

    @cached_property
    def total(self) -> Array:
        """Resistance from end to end, shape (lines,). [ohm]"""
        return self._length + (self.ends[0] + self.ends[1])

    @cached_property
    def through(self) -> Array:
        """Conductance from end to end, shape (lines,). [S]"""
        return np.where(self.total < OPEN, 1.0 / self.total, 0.0)

    @cached_property
    def reach(self) -> Array:
        """Upper bound on the resistance from the farthest node to the nearer tied end, (lines,).

        ``OPEN`` or more for lines that float or are broken. [ohm]
        """
        return self._length + self.ends.min(axis=0)

    @cached_property
    def shares(self) -> Array:
        """Part of the voltage of each end that a node has while no device takes current.

        Also the part of the current taken from a node that comes from that end; shape (2, lines,
        nodes) or (2, lines, 1). [1]
        """
        if self.total.min() >= OPEN and self._length.max() < OPEN:
            return (self.ends < OPEN).astype(float)[..., None]
        first = np.cumsum(np.column_stack([self.ends[0], self.inner]), axis=1)
        backwards = np.column_stack([self.ends[1], self.inner[:, ::-1]])
        last = np.cumsum(backwards, axis=1)[:, ::-1]
        shares = np.stack([last, first]) / (first + last)
        shares[:, (first >= OPEN) & (last >= OPEN)] = 0.0
        only_first = (first < OPEN) & (last >= OPEN)
        only_last = (first >= OPEN) & (last < OPEN)
        shares[0, only_first] = shares[1, only_last] = 1.0
        shares[1, only_first] = shares[0, only_last] = 0.0
        return shares

    @property
    def ideal(self) -> bool:
        """Whether every node has the potential of an end, whatever current is taken."""
        return not self.ends.min(axis=0).any() and not self.segments.any()

    @property
    def broken(self) -> bool:
        """Whether a segment between nodes is."""
        inner = self.segments[:, 1:-1] if self.segments.shape[1] > 1 else self.segments
        return bool(inner.max(initial=0.0) >= OPEN)

    @property
    def drive(self) -> Array:
        """Potential of the nodes of unloaded lines over the voltage of the line, as ``shares``."""
        return np.where(self.driven[..., None], self.shares, 0.0).sum(axis=0)

    def pieces(self) -> Integers:
        """Return which piece of unbroken wire each node is on, shape (lines, nodes)."""
        starts = np.ones((len(self.segments), self.n_nodes), bool)
        starts[:, 1:] = self.inner >= OPEN
        return np.cumsum(starts.ravel()).reshape(starts.shape) - 1

    def open_circuit(self, voltage: Array) -> Array:
        """Return the potential of nodes no device takes current from. [V]

        Parameters
        ----------
        voltage : ndarray, shape (..., lines)
            Of driven ends. [V]

        Returns
        -------
        ndarray, shape (..., lines, nodes) or (..., lines, 1)
        """
        return self.drive * voltage[..., None]

    def end_currents(self, taken: Array, voltage: Array) -> Array:
        """Return the current into each line at its first and its last end. [A]

        Parameters
        ----------
        taken : ndarray, shape (..., lines, nodes)
            Current taken from each node. [A]
        voltage : ndarray, shape (..., lines)
            Of driven ends. [V]

        Returns
        -------
        ndarray, shape (2, ..., lines)
        """
        across = self.through * (self.driven[0] * voltage - self.driven[1] * voltage)
        first, last = ((share * taken).sum(-1) for share in self.shares)
        return np.stack([first + across, last - across])

    def segment_currents(self, taken: Array, voltage: Array) -> Array:
        """Return the current in each segment, towards the last end. [A]

        Parameters are those of :meth:`end_currents`.

        Returns
        -------
        ndarray, shape (..., lines, nodes + 1)
        """
        first, last = self.end_currents(taken, voltage)
        after = np.cumsum(taken[..., ::-1], axis=-1)[..., ::-1] - last[..., None]
        currents = np.concatenate([first[..., None], after[..., 1:], -last[..., None]], axis=-1)
        broken = self.segments >= OPEN
        return np.where(broken, 0.0, currents) if broken.any() else currents

    def powers(self, taken: Array, voltage: Array) -> tuple[Array, Array]:
        """Return the power the ends deliver and the power turned to heat, shape (...). [W]

        Parameters are those of :meth:`end_currents`.
        """
        ends = self.end_currents(taken, voltage)
        delivered = sum(np.where(self.driven[k], ends[k] * voltage, 0.0).sum(-1) for k in (0, 1))
        current = self.segment_currents(taken, voltage)[..., 1:-1]
        heat = (self.inner * current**2).sum(axis=(-1, -2))
        for r, current in zip(self.ends, ends, strict=True):
            heat = heat + np.where(r < OPEN, r * current**2, 0.0).sum(-1)
        return np.asarray(delivered), np.asarray(heat)


def lines(
    name: str,
    resistance: ArrayLike,
    ends: Sequence[tuple[str, Terminal | str]],
    shape: Shape,
    columns: bool = False,
) -> ArrayLines:
    """Return the lines of an array.

    Parameters
    ----------
    name : str
        Of the argument, for messages.
    resistance : array_like
        Scalar, or of a shape that broadcasts to (lines, nodes + 1). Infinite for a broken segment.
        [ohm]
    ends : two pairs of str and Terminal
        Name and terminal of the first and the last end.
    shape : tuple of int
        Lines, and nodes of each.
    columns : bool
        Whether the lines are the columns of ``resistance``, not its rows.

    Raises
    ------
    CrossbarError
        If a resistance is negative, no number, or of another shape, a terminal unknown, or a line
        without resistance is tied at both ends.
    """
    n_lines, n_nodes = shape
    segments = _segments(name, resistance, (n_lines, n_nodes + 1), columns)
    driven = np.empty((2, n_lines), bool)
    outer = np.empty((2, n_lines))
    for k, (label, terminal) in enumerate(ends):
        driven[k], outer[k] = _terminal(label, terminal, n_lines)
    outer += segments[:, [0, -1]].T
    np.minimum(outer, OPEN, out=outer)
    result = ArrayLines(segments, outer, driven, n_nodes)
    if not result.total.all():
        raise CrossbarError(
            f"{name}: line {np.argmin(result.total)} is tied at both ends without any resistance, "
            "so its current is not defined; give it a resistance or let one end float"
        )
    return result


def _segments(name: str, value: ArrayLike, shape: Shape, columns: bool) -> Array:
    """Return the resistance of each segment, or one for all of a line, ``OPEN`` at most. [ohm]"""
    r = np.minimum(resistances(name, value), OPEN)
    if r.ndim == 0:
        return np.full((shape[0], 1), r)
    expected = shape[::-1] if columns else shape
    try:
        np.broadcast_to(r, expected)
    except ValueError:
        raise CrossbarError(
            f"{name} has the shape {r.shape}; expected a number, or what broadcasts to {expected}"
        ) from None
    r = np.atleast_2d(r).T if columns else np.atleast_2d(r)
    # a copy, that can always be written to: compiled loops tell the two apart
    return np.array(np.broadcast_to(r, (shape[0], 1) if r.shape[1] == 1 else shape), order="C")


def _terminal(label: str, terminal: Terminal | str, n_lines: int) -> tuple[Mask, Array]:
    """Return whether the end of the lines is driven, and its resistance, infinite if it floats."""
    if not isinstance(terminal, Terminal):
        try:
            terminal = Terminal(terminal)
        except CrossbarError as error:
            raise CrossbarError(str(error).replace("terminal", label, 1)) from None
    kind = np.asarray(terminal.kind)
    if kind.shape not in ((), (n_lines,)):
        raise CrossbarError(
            f"{label}: {kind.size} kinds; expected one, or one for each of {n_lines} lines"
        )
    r = resistances(f"{label}: resistance", terminal.resistance)
    if r.shape not in ((), (n_lines,)):
        raise CrossbarError(
            f"{label}: resistance has the shape {r.shape}; expected a number or ({n_lines},)"
        )
    return kind == "driven", np.where(kind == "floating", np.inf, r)
