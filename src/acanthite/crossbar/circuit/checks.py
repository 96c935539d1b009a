"""Checks of arguments: real, positive and whole numbers, conductances, resistances, voltages."""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from acanthite.errors import CrossbarError

Array = NDArray[np.float64]
SMALLEST, LARGEST = 1e-50, 1e50
"""Limits of conductances [S], resistances [Ohm] and voltages [V]: the square of a product of three
is still a number."""


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
    values = numbers(name, value)  # type: ignore[arg-type]
    if values.ndim:
        raise CrossbarError(f"{name}: {values.size} numbers of shape {values.shape}; expected one")
    return float(values)


def positive(name: str, value: object, unit: str = "") -> float:
    """Return a number, above zero and finite.

    Raises
    ------
    CrossbarError
        If it is anything else.
    """
    checked = number(name, value)
    if not 0.0 < checked < np.inf:
        raise CrossbarError(
            f"{name} = {value}{unit and ' ' + unit}; expected a positive number, and finite"
        )
    return checked


def whole(name: str, value: object, least: int) -> int:
    """Return a whole number that is not below a limit.

    Raises
    ------
    CrossbarError
        If it is anything else.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < least:
        raise CrossbarError(f"{name} = {value!r:.80}; expected a whole number, at least {least}")
    return int(value)


def wholes(name: str, values: ArrayLike, least: int = 1) -> NDArray[np.int64]:
    """Return whole numbers that are not below a limit, shape (n,).

    Raises
    ------
    CrossbarError
        If one is anything else, or there is none.
    """
    given = numbers(name, values)
    good = (given >= least) & (given == np.floor(given)) & (given < 2**53)
    if given.ndim != 1 or given.size == 0 or not good.all():
        raise CrossbarError(
            f"{name}: {' '.join(str(given.tolist()).split()):.80}; expected whole numbers of at "
            f"least {least}"
        )
    return given.astype(np.int64)


def in_range(name: str, values: Array, unit: str) -> None:
    """Raise a CrossbarError for a number, neither zero nor infinite, beyond the limits."""
    size = np.abs(values)
    bad = ((size < SMALLEST) & (size > 0.0)) | ((size > LARGEST) & (size < np.inf))
    if bad.any():
        k = tuple(int(i) for i in np.argwhere(bad)[0])
        place = f" at {k}" if k else ""
        raise CrossbarError(
            f"{name}: {values[k]:.6g}{place}; expected zero, or {SMALLEST:.0e} to {LARGEST:.0e} "
            f"{unit}: currents and powers of others cannot be computed"
        )


def resistances(name: str, value: ArrayLike) -> Array:
    """Return resistances, zero and infinite ones included. [Ohm]

    Raises
    ------
    CrossbarError
        If one is negative, no number, or out of range.
    """
    r = numbers(name, value)
    if r.ndim == 0 and (r == 0.0 or SMALLEST <= r <= LARGEST):
        return r
    if not (r >= 0).all():
        where = tuple(int(k) for k in np.argwhere(~(r >= 0))[0])
        place = f" at {where}" if where else ""
        raise CrossbarError(f"{name}: {r[where]}{place}; expected resistances of zero or more ohms")
    in_range(name, r, "ohms")
    return r


def conductances(value: ArrayLike) -> Array:
    """Return a copy of the conductances of an array, shape (N, M). [S]

    Raises
    ------
    CrossbarError
        If one is negative, no finite number or out of range, or the shape is another.
    """
    G = np.array(numbers("conductance", value), order="C")
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
    """Return the voltages of n lines, for one input or several, shape (n,) or (P, n). [V]

    Raises
    ------
    CrossbarError
        If one is no finite number or out of range, or the shape is another.
    """
    V = numbers(name, value)
    if V.ndim not in (1, 2) or V.shape[-1] != n or not V.size:
        raise CrossbarError(
            f"{name} has the shape {V.shape}; expected ({n},) or (inputs, {n}), one for each line"
        )
    if not np.isfinite(V).all():
        where = tuple(map(int, np.argwhere(~np.isfinite(V))[0]))
        raise CrossbarError(f"{name}: {V[where]} at {where}; expected volts")
    in_range(name, np.abs(V).max(axis=-1), "V")
    return V
