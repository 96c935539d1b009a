"""Kinds of values, given as type annotations.

A value of a TOML file decoded as one, and what messages call it.
"""

from __future__ import annotations

import dataclasses
import math
import sys
import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_EXPECTED = {
    float: "a finite number",
    int: "a whole number",
    str: "a text",
    bool: "true or false",
}


def field_kinds(owner: type) -> dict[str, Any]:
    """Return the kinds of a dataclass's fields by name."""
    try:
        return get_type_hints(owner)
    except NameError:  # an annotation that only type checkers can resolve
        return {f.name: float | tuple[float, ...] for f in dataclasses.fields(owner)}


def decode(value: Any, kind: Any, infinite: bool = False) -> Any:
    """Return a value as one of a kind: a whole number as a float, a list as a tuple.

    Parameters
    ----------
    value : object
    kind : type
        ``float``, ``int``, ``str``, ``bool``, ``Any``, a literal, a tuple of one of them, or a
        union.
    infinite : bool
        Whether a float may be infinite.

    Raises
    ------
    ValueError
        If it is of another kind.
    """
    members = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    for member in members:
        if _fits(value, member, infinite):
            return _cast(value, member)
    raise ValueError(f"expected {expectation(kind)}")


def _fits(value: Any, kind: Any, infinite: bool) -> bool:
    if kind is Any:
        return True
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if kind is float:
        real = isinstance(value, int | float) and not isinstance(value, bool)
        return real and (abs(value) <= sys.float_info.max or (infinite and abs(value) == math.inf))
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        right = isinstance(value, list) and (Ellipsis in inner or len(value) == len(inner))
        return right and all(_fits(entry, inner[0], infinite) for entry in value)
    return type(value) is kind


def _cast(value: Any, kind: Any) -> Any:
    if kind is float:
        return float(value)
    if get_origin(kind) is tuple:
        return tuple(_cast(entry, get_args(kind)[0]) for entry in value)
    return value


def expectation(kind: Any) -> str:
    """Return how a message names a kind: ``"a finite number or a text"``."""
    inner = get_args(kind)
    if get_origin(kind) is Literal:
        return f"one of {', '.join(map(str, inner))}"
    if get_origin(kind) is tuple:
        many = "a list" if Ellipsis in inner else f"a list of {len(inner)}"
        return f"{many}, each {expectation(inner[0])}"
    if inner:
        return " or ".join(expectation(option) for option in inner if option is not type(None))
    return _EXPECTED.get(kind, "a table")
