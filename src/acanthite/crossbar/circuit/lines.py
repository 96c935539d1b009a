"""Word and bit lines: the resistance of their segments, and what their ends are tied to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.crossbar.circuit.solvers.sweeps.compiled import OPEN
from acanthite.errors import CrossbarError

Array = NDArray[np.float64]
KINDS = ("driven", "grounded", "floating")
SMALLEST, LARGEST = 1e-50, 1e50
"""Magnitudes of conductances [S], resistances [Ohm] and voltages [V] whose products, squared, are numbers still."""


@dataclass(frozen=True)
class Terminal:
    """What one end of the lines is tied to.

    Parameters
    ----------
    kind : str or sequence of str
        ``"driven"`` by the voltage of the line, ``"grounded"`` or ``"floating"``; one for all lines, or one for each.
    resistance : float or array_like
        Of the driver or the sense amplifier, in series with the outermost segment; one for all lines, or one for each. [Ohm]
    """

    kind: str | Sequence[str]
    resistance: ArrayLike = 0.0


DRIVEN, GROUNDED, FLOATING = Terminal("driven"), Terminal("grounded"), Terminal("floating")


@dataclass(frozen=True)
class Lines:
    """Parallel lines of nodes between two ends, as the solver wants them.

    Parameters
    ----------
    segments : ndarray, shape (lines, nodes + 1) or (lines, 1)
        Resistance of each segment, or of all segments of a line. [Ohm]
    ends : ndarray, shape (2, lines)
        Resistance from the outer nodes to what the ends are tied to, segment included; ``OPEN`` for a floating end. [Ohm]
    driven : ndarray of bool, shape (2, lines)
    shares : ndarray, shape (2, lines, nodes) or (2, lines, 1)
        Part of the voltage of each end that a node sees while no device takes current; also the part of the current taken from a
        node that comes from that end. [1]
    through : ndarray, shape (lines,)
        Conductance from end to end. [S]
    reach : ndarray, shape (lines,)
        Resistance from the farthest node to the nearer tied end at most; ``OPEN`` or more for lines that float or are broken. [Ohm]
    """

    segments: Array
    ends: Array
    driven: NDArray[np.bool_]
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
        """Part of the voltage of the line that a node sees while no device takes current, as ``shares``. [1]"""
        return np.where(self.driven[..., None], self.shares, 0.0).sum(axis=0)


def lines(
    name: str,
    resistance: ArrayLike,
    ends: Sequence[tuple[str, Terminal | str]],
    shape: tuple[int, int],
    columns: bool = False,
) -> Lines:
    """Return the lines of an array.

    Parameters
    ----------
    name : str
        Of the argument, for messages.
    resistance : array_like
        Scalar, or of a shape that broadcasts to (lines, nodes + 1). Infinite for a broken segment. [Ohm]
    ends : two pairs of str and Terminal
        Name and terminal of the first and the last end.
    shape : tuple of int
        Lines, and nodes of each.
    columns : bool
        Whether the lines are the columns of ``resistance``, not its rows.

    Raises
    ------
    CrossbarError
        If a resistance is negative, no number, or of another shape, a terminal unknown, or a line without resistance is tied at
        both ends.
    """
    n_lines, n_nodes = shape
    segments = _resistances(name, resistance, (n_lines, n_nodes + 1), columns)
    segments = np.minimum(segments, OPEN)
    inner = (
        segments[:, 1:-1]
        if segments.shape[1] > 1
        else np.broadcast_to(segments, (n_lines, n_nodes - 1))
    )
    tied = [_terminal(label, terminal, n_lines) for label, terminal in ends]
    outer = np.minimum(np.stack([r for _, r in tied]) + segments[:, [0, -1]].T, OPEN)
    length = inner.sum(axis=1)
    total = length + outer.sum(axis=0)
    if not total.all():
        raise CrossbarError(
            f"{name}: line {np.argmin(total)} is tied at both ends without any resistance, so its current is not "
            f"defined; give it a resistance or let one end float"
        )
    driven = np.stack([kind == "driven" for kind, _ in tied])
    through = np.where(total < OPEN, 1.0 / total, 0.0)
    return Lines(
        segments, outer, driven, _shares(outer, inner), through, length + outer.min(axis=0)
    )


def _resistances(name: str, value: ArrayLike, shape: tuple[int, int], columns: bool) -> Array:
    r = numbers(name, value)
    if not (r >= 0).all():
        raise CrossbarError(f"{name}: {_worst(r)}; expected resistances of zero or more ohms")
    in_range(name, r, "ohms")
    expected = shape[::-1] if columns else shape
    try:
        np.broadcast_to(r, expected)
    except ValueError:
        raise CrossbarError(
            f"{name} has the shape {r.shape}; expected a number, or what broadcasts to {expected}: every segment of every "
            f"line, those before the first node and after the last included"
        ) from None
    r = np.atleast_2d(r).T if columns else np.atleast_2d(r)
    return np.ascontiguousarray(np.broadcast_to(r, (shape[0], 1) if r.shape[1] == 1 else shape))


def numbers(name: str, value: ArrayLike) -> Array:
    """Return real numbers as an array of float64.

    Raises
    ------
    CrossbarError
        If they are complex, text, missing, or of lengths that do not fit.
    """
    try:
        given = np.asanyarray(value)
        if isinstance(given, np.ma.MaskedArray) and np.ma.is_masked(given):
            raise ValueError("masked")
        if given.dtype.kind == "O" and not all(isinstance(v, Real) for v in given.ravel()):
            raise ValueError("objects")
        if given.dtype.kind not in "biufO":
            raise ValueError(given.dtype)
        return np.asarray(given, np.float64)
    except (TypeError, ValueError, OverflowError):
        shown = " ".join(repr(value).split())
        raise CrossbarError(
            f"{name} (={shown:.80}) must be real numbers, none of them complex, text or missing"
        ) from None


def number(name: str, value: object) -> float:
    """Return one real number.

    Raises
    ------
    CrossbarError
        If it is anything else.
    """
    found = numbers(name, value)  # type: ignore[arg-type]
    if found.ndim:
        raise CrossbarError(f"{name}: {found.size} numbers of shape {found.shape}; expected one")
    return float(found)


def positive(name: str, value: object, unit: str = "") -> float:
    """Return a number, above zero and finite.

    Raises
    ------
    CrossbarError
        If it is anything else.
    """
    found = number(name, value)
    if not 0.0 < found < np.inf:
        raise CrossbarError(
            f"{name} = {value}{unit and ' ' + unit}; expected a positive number, and finite"
        )
    return found


def whole(name: str, value: object, least: int) -> int:
    """Return a whole number, at least so large.

    Raises
    ------
    CrossbarError
        If it is anything else.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < least:
        raise CrossbarError(f"{name} = {value!r:.80}; expected a whole number, at least {least}")
    return int(value)


def in_range(name: str, values: Array, unit: str) -> None:
    """Raise a CrossbarError for a number, neither zero nor infinite, that products of three could not hold."""
    size = np.abs(values)
    bad = ((size < SMALLEST) & (size > 0.0)) | ((size > LARGEST) & (size < np.inf))
    if bad.any():
        k = tuple(int(i) for i in np.argwhere(bad)[0])
        place = f" at {k}" if k else ""
        raise CrossbarError(
            f"{name}: {values[k]:.6g}{place}; expected zero, or {SMALLEST:.0e} to {LARGEST:.0e} {unit}: "
            f"currents and powers of others cannot be computed"
        )


def _worst(values: Array) -> str:
    """Return the first value that is negative or no number, and where it stands."""
    where = np.argwhere(~(values >= 0))[0]
    place = f" at {tuple(int(k) for k in where)}" if values.ndim else ""
    return f"{values[tuple(where)]}{place}"


def _terminal(label: str, terminal: Terminal | str, n_lines: int) -> tuple[NDArray[np.str_], Array]:
    if not isinstance(terminal, Terminal):
        terminal = Terminal(terminal)
    kind = np.asarray(terminal.kind)
    unknown = [str(k) for k in kind.ravel() if k not in KINDS]
    if unknown or kind.shape not in ((), (n_lines,)):
        what = f"kind {unknown[0]!r}" if unknown else f"{kind.size} kinds"
        raise CrossbarError(
            f"{label}: {what}; expected one of {', '.join(KINDS)}, for all {n_lines} lines or each"
        )
    r = numbers(f"{label}: resistance", terminal.resistance)
    if not (r >= 0).all():
        raise CrossbarError(f"{label}: resistance {_worst(r)}; expected zero or more ohms")
    in_range(f"{label}: resistance", r, "ohms")
    if r.shape not in ((), (n_lines,)):
        raise CrossbarError(
            f"{label}: resistance has the shape {r.shape}; expected a number or ({n_lines},)"
        )
    kind = np.broadcast_to(kind, n_lines)
    return kind, np.where(kind == "floating", np.inf, r)


def _shares(ends: Array, inner: Array) -> Array:
    """Return the part of each end's voltage that the nodes of unloaded lines see."""
    if inner.max(initial=0.0) < OPEN and (ends.max(axis=0) >= OPEN).all():
        return (ends < OPEN).astype(float)[..., None]
    first = np.cumsum(np.column_stack([ends[0], inner]), axis=1)
    last = np.cumsum(np.column_stack([ends[1], inner[:, ::-1]]), axis=1)[:, ::-1]
    shares = np.stack([last, first]) / (first + last)
    shares[:, (first >= OPEN) & (last >= OPEN)] = 0.0
    shares[0, (first < OPEN) & (last >= OPEN)] = shares[1, (first >= OPEN) & (last < OPEN)] = 1.0
    shares[1, (first < OPEN) & (last >= OPEN)] = shares[0, (first >= OPEN) & (last < OPEN)] = 0.0
    return shares
