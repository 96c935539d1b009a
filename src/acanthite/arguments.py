"""Refuse arguments that are not numbers, or not sensible ones, in one sentence that names them."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

import numpy as np

from acanthite.errors import AcanthiteError, LawError, brief

T = TypeVar("T")

LARGEST_COUNT = 2**53
"""Whole numbers beyond it are not all held by a float."""


def is_number(value: Any) -> TypeGuard[float]:
    """Return whether a value is one real number; neither truth values nor texts are."""
    if isinstance(value, np.ndarray):
        return value.shape == () and value.dtype.kind in "fiu"
    real = isinstance(value, int | float | np.integer | np.floating)
    return real and not isinstance(value, bool | np.bool_)


def number(
    name: str,
    value: Any,
    *,
    above: float | None = None,
    least: float | None = None,
    below: float | None = None,
    most: float | None = None,
    infinite: bool = False,
    error: type[AcanthiteError] = LawError,
) -> float:
    """Return ``value`` as a float within the bounds that are given.

    Parameters
    ----------
    name : str
        What the message calls it.
    value : object
    above, below : float, optional
        Bounds that are not reached.
    least, most : float, optional
        Bounds that may be.
    infinite : bool
        Whether infinity is allowed.
    error : type of AcanthiteError
        What is raised.

    Raises
    ------
    AcanthiteError
        If it is not such a number.
    """
    if is_number(value):
        result = as_float(value)
        inside = (
            (above is None or result > above)
            and (least is None or result >= least)
            and (below is None or result < below)
            and (most is None or result <= most)
        )
        if inside and (math.isfinite(result) or (infinite and not math.isnan(result))):
            return result
    raise error(f"{name} = {brief(value)}; expected {_expectation(above, least, below, most)}")


def check_fields(owner: object, title: str, names: Iterable[str], **bounds: Any) -> None:
    """Refuse attributes that are not numbers within the bounds of :func:`number`.

    Raises
    ------
    AcanthiteError
        Calls an attribute ``title: name``.
    """
    for name in names:
        number(f"{title}: {name}", getattr(owner, name), **bounds)


def count(name: str, value: Any, *, least: int = 1, error: type[AcanthiteError] = LawError) -> int:
    """Return ``value`` as a whole number of at least ``least``.

    Raises
    ------
    AcanthiteError
        If it is no such number.
    """
    if is_number(value):
        result = as_float(value)
        if least <= result <= LARGEST_COUNT and result == int(result):
            return int(result)
    raise error(f"{name} = {brief(value)}; expected a whole number of at least {least}")


def instance(
    name: str, value: Any, kind: type[T], expected: str, *, error: type[AcanthiteError] = LawError
) -> T:
    """Return ``value`` if it is an instance of a type.

    Raises
    ------
    AcanthiteError
        If it is not.
    """
    if not isinstance(value, kind):
        raise error(f"{name} = {brief(value)}; expected {expected}")
    return value


def file_path(name: str, value: Any, *, error: type[AcanthiteError] = LawError) -> Path:
    """Return a path of a file.

    Raises
    ------
    AcanthiteError
        If it is neither text nor a path, or empty.
    """
    if not isinstance(value, str | os.PathLike) or not str(value) or "\0" in str(value):
        raise error(f"{name} = {brief(value)}; expected the path of a file")
    return Path(os.fsdecode(value))


def as_float(value: Any) -> float:
    """Return a number as a float, one beyond all floats as infinity."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _expectation(
    above: float | None, least: float | None, below: float | None, most: float | None
) -> str:
    if above == 0 and below is None and most is None:
        return "a positive number"
    if least == 0 and below is None and most is None:
        return "a number of zero or more"
    words = [
        f"{word} {bound:g}"
        for word, bound in (("above", above), ("from", least), ("below", below), ("to", most))
        if bound is not None
    ]
    return f"a number {' '.join(words)}" if words else "a finite number"
