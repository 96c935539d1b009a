"""Units: numbers converted from those a user writes to those acanthite computes in."""

from __future__ import annotations

from functools import cache
from typing import Any

from acanthite.errors import ParameterError


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry()


def _units(unit: str) -> Any:
    return _registry().parse_units("" if unit == "1" else unit)


def convert(value: float, unit: str, expected: str) -> float:
    """Return ``value``, given in ``unit``, in the unit ``expected``; 160 degC is 433.15 K.

    Raises
    ------
    ParameterError
        If there is no such unit, or it has another dimension.
    """
    if unit == expected:
        return value
    try:
        return float(_registry().Quantity(value, _units(unit)).to(_units(expected)).magnitude)
    except Exception:  # pint raises many kinds: unknown, offset, dimensionality, its parser's
        raise ParameterError(
            f"unit {unit!r} given, a unit convertible to {expected!r} expected"
        ) from None


def convert_width(width: float, unit: str, expected: str) -> float:
    """Return a width (an error, a spread) in ``expected``.

    The zero of a scale drops out: 2 degC is 2 K.

    Raises
    ------
    ParameterError
        If there is no such unit, or it has another dimension.
    """
    return convert(width, unit, expected) - convert(0.0, unit, expected)
