"""Refuse what no program can mean, in one sentence that names program and argument."""

from __future__ import annotations

from typing import Any

import numpy as np

from acanthite.arguments import count, number
from acanthite.errors import ProgramError, brief

_MOST_SEGMENTS = 10_000_000
"""Of a cycle; more would not fit into memory."""


def check_positive(program: str, **values: Any) -> None:
    """Refuse values that are not positive numbers."""
    for name, value in values.items():
        number(f"{program}: {name}", value, above=0, error=ProgramError)


def checked_counts(program: str, **values: Any) -> list[int]:
    """Return whole numbers of one or more."""
    return [
        count(f"{program}: {name}", value, error=ProgramError) for name, value in values.items()
    ]


def check_volts(program: str, **values: Any) -> None:
    """Refuse voltages of zero: nothing happens at them, and nothing is read."""
    for name, value in values.items():
        if number(f"{program}: {name}", value, error=ProgramError) == 0.0:
            raise ProgramError(f"{program}: {name} = {value!r} V; expected a voltage that is not 0")


def check_edge(program: str, edge: float, width: float) -> None:
    """Refuse an edge that is not shorter than its pulse."""
    check_positive(program, edge=edge, width=width)
    if edge >= width:
        raise ProgramError(f"{program}: edge = {edge!r} s; expected less than width = {width!r} s")


def check_segments(program: str, what: str, n: float) -> None:
    """Refuse more segments than fit into memory."""
    if n > _MOST_SEGMENTS:
        raise ProgramError(
            f"{program}: {what} make {n:.3g} samples and waits a cycle; expected at most "
            f"{_MOST_SEGMENTS:.0e}"
        )


def checked_numbers(name: str, given: Any) -> np.ndarray:
    """Return finite numbers as an array."""
    try:
        numbers = np.asarray(given)
        if numbers.dtype.kind not in "fiu":
            raise ValueError
        numbers = numbers.astype(float)
    except (TypeError, ValueError, OverflowError):
        raise ProgramError(f"{name} = {brief(given)}; expected numbers") from None
    if not np.isfinite(numbers).all():
        where = int(np.argmin(np.isfinite(numbers)))
        raise ProgramError(
            f"{name} is {numbers.ravel()[where]} at place {where}; expected finite numbers"
        )
    return numbers


def checked_line(program: str, time: Any, name: str, values: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return times that go up and as many values, two or more."""
    t = checked_numbers(f"{program}: time", time)
    v = checked_numbers(f"{program}: {name}", values)
    if t.ndim != 1 or t.size < 2 or t.shape != v.shape:
        raise ProgramError(
            f"{program}: time has shape {t.shape}, {name} {v.shape}; expected as many of both, two "
            "or more"
        )
    if not (np.diff(t) > 0).all():
        k = int(np.argmin(np.diff(t) > 0))
        raise ProgramError(
            f"{program}: time goes from {t[k]:g} s to {t[k + 1]:g} s at place {k + 1}; expected "
            "each after the one before: give an edge some time"
        )
    return t, v
