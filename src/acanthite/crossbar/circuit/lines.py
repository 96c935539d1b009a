"""Word and bit lines: the resistance of their segments, and what their ends are tied to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from acanthite.crossbar.array_types import Array, Integers, Mask
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
    shares : ndarray, shape (2, lines, nodes) or (2, lines, 1)
        Part of the voltage of each end that a node has while no device takes current; also the
        part of the current taken from a node that comes from that end. [1]
    through : ndarray, shape (lines,)
        Conductance from end to end. [S]
    reach : ndarray, shape (lines,)
        Upper bound on the resistance from the farthest node to the nearer tied end; ``OPEN`` or
        more for lines that float or are broken. [ohm]
    """

    segments: Array
    ends: Array
    driven: Mask
    shares: Array
    through: Array
    reach: Array

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

    def inner(self, n_nodes: int) -> Array:
        """Return the resistance of the segments between nodes, shape (lines, nodes - 1). [ohm]"""
        return _inner(self.segments, n_nodes)

    def pieces(self, n_nodes: int) -> Integers:
        """Return which piece of unbroken wire each node is on, shape (lines, nodes)."""
        starts = np.ones((len(self.segments), n_nodes), bool)
        starts[:, 1:] = self.inner(n_nodes) >= OPEN
        return np.cumsum(starts.ravel()).reshape(starts.shape) - 1

    def all_driven(self) -> ArrayLines:
        """Return the same lines, driven wherever they are tied to anything."""
        return replace(self, driven=self.ends < OPEN)

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
        heat = (self.inner(taken.shape[-1]) * current**2).sum(axis=(-1, -2))
        for r, current in zip(self.ends, ends, strict=True):
            heat = heat + np.where(r < OPEN, r * current**2, 0.0).sum(-1)
        return np.asarray(delivered), np.asarray(heat)


def lines(
    name: str,
    resistance: ArrayLike,
    ends: Sequence[tuple[str, Terminal | str]],
    shape: tuple[int, int],
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
    inner = _inner(segments, n_nodes)
    driven = np.empty((2, n_lines), bool)
    outer = np.empty((2, n_lines))
    for k, (label, terminal) in enumerate(ends):
        driven[k], outer[k] = _terminal(label, terminal, n_lines)
    outer += segments[:, [0, -1]].T
    np.minimum(outer, OPEN, out=outer)
    length = inner.sum(axis=1)
    total = length + (outer[0] + outer[1])
    if not total.all():
        raise CrossbarError(
            f"{name}: line {np.argmin(total)} is tied at both ends without any resistance, so its "
            "current is not defined; give it a resistance or let one end float"
        )
    one_ended = total.min() >= OPEN and length.max() < OPEN
    return ArrayLines(
        segments=segments,
        ends=outer,
        driven=driven,
        shares=(outer < OPEN).astype(float)[..., None] if one_ended else _shares(outer, inner),
        through=np.where(total < OPEN, 1.0 / total, 0.0),
        reach=length + outer.min(axis=0),
    )


def _inner(segments: Array, n_nodes: int) -> Array:
    """Return the resistance of the segments between nodes, shape (lines, nodes - 1). [ohm]"""
    if segments.shape[1] > 1:
        return segments[:, 1:-1]
    return np.broadcast_to(segments, (len(segments), n_nodes - 1))


def _segments(name: str, value: ArrayLike, shape: tuple[int, int], columns: bool) -> Array:
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
    return np.ascontiguousarray(np.broadcast_to(r, (shape[0], 1) if r.shape[1] == 1 else shape))


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


def _shares(ends: Array, inner: Array) -> Array:
    """Return the part of each end's voltage that the nodes of unloaded lines have."""
    first = np.cumsum(np.column_stack([ends[0], inner]), axis=1)
    last = np.cumsum(np.column_stack([ends[1], inner[:, ::-1]]), axis=1)[:, ::-1]
    shares = np.stack([last, first]) / (first + last)
    shares[:, (first >= OPEN) & (last >= OPEN)] = 0.0
    only_first = (first < OPEN) & (last >= OPEN)
    only_last = (first >= OPEN) & (last < OPEN)
    shares[0, only_first] = shares[1, only_last] = 1.0
    shares[1, only_first] = shares[0, only_last] = 0.0
    return shares
