"""Checks of arguments: numbers, counts, conductances, resistances, voltages."""

from __future__ import annotations

from functools import partial
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike

from acanthite import arguments
from acanthite.crossbar.array_types import Array, Integers, Mask
from acanthite.errors import CrossbarError, brief

number = partial(arguments.number, error=CrossbarError)
count = partial(arguments.count, error=CrossbarError)
check_fields = partial(arguments.check_fields, error=CrossbarError)

SMALLEST, LARGEST = 1e-50, 1e50
"""Limits of conductances [S], resistances [ohm] and voltages [V]: the square of a product of three
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
        raise CrossbarError(
            f"{name} = {brief(value)}; expected real numbers, none of them complex, text or missing"
        ) from None


def refuse(name: str, values: Array, good: Mask, expected: str) -> None:
    """Raise a CrossbarError that shows the first value that is not good, if there is one."""
    if not good.all():
        k = tuple(int(i) for i in np.argwhere(~good)[0])
        place = f" at {k}" if k else ""
        raise CrossbarError(f"{name}: {values[k]:.6g}{place}; expected {expected}")


def finite(
    name: str,
    value: ArrayLike,
    shape: tuple[int, ...] | None = None,
    *,
    least: float = -np.inf,
    what: str = "finite numbers",
) -> Array:
    """Return finite numbers, none below a limit; ``what`` they are is for the message.

    Raises
    ------
    CrossbarError
        If they are anything else, or of another shape.
    """
    v = numbers(name, value)
    if shape is not None and v.shape != shape:
        raise CrossbarError(f"{name} has the shape {v.shape}; expected {what} of shape {shape}")
    refuse(name, v, np.isfinite(v) & (v >= least), what)
    return v


def counts(name: str, values: ArrayLike) -> Integers:
    """Return whole numbers of at least one, shape (n,).

    Raises
    ------
    CrossbarError
        If one is anything else, or there is none.
    """
    v = np.asarray(values)
    if v.ndim != 1 or v.size == 0:
        raise CrossbarError(f"{name} = {brief(values)}; expected a list of whole numbers")
    return np.array([count(name, n) for n in v], np.int64)


def in_range(name: str, values: Array, unit: str) -> None:
    """Raise a CrossbarError for a number, neither zero nor infinite, beyond the limits."""
    size = np.abs(values)
    good = (size == 0.0) | (size == np.inf) | ((size >= SMALLEST) & (size <= LARGEST))
    limits = f"zero, or {SMALLEST:.0e} to {LARGEST:.0e} {unit}"
    refuse(name, values, good, f"{limits}: currents and powers of others cannot be computed")


def resistances(name: str, value: ArrayLike) -> Array:
    """Return resistances, zero and infinite ones included. [ohm]

    Raises
    ------
    CrossbarError
        If one is negative, no number, or out of range.
    """
    r = numbers(name, value)
    if r.ndim == 0 and (r == 0.0 or SMALLEST <= r <= LARGEST):
        return r
    refuse(name, r, r >= 0, "resistances of zero or more ohms")
    in_range(name, r, "ohms")
    return r


def conductances(value: ArrayLike, name: str = "conductance") -> Array:
    """Return a copy of the conductances of an array, shape (N, M). [S]

    Raises
    ------
    CrossbarError
        If one is negative, no finite number or out of range, or the shape is another.
    """
    G = np.array(numbers(name, value), order="C")
    if G.ndim != 2 or not G.size:
        raise CrossbarError(
            f"{name} has the shape {G.shape}; expected (word lines, bit lines), at least 1 x 1"
        )
    if not (G.min() >= SMALLEST and G.max() <= LARGEST):
        refuse(name, G, np.isfinite(G) & (G >= 0), "zero or more, and finite (S)")
        in_range(name, G, "S")
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
    largest = np.abs(V).max(axis=-1)
    if not np.isfinite(largest).all():
        refuse(name, V, np.isfinite(V), "volts")
    in_range(name, largest, "V")
    return V
