"""A user's TOML file over a parameter set: values change, keys and dimensions cannot.

::

    [filament]
    site_number = 900                                             # plain: in the set's own unit
    film_barrier = { value = 0.21, unit = "eV", source = "my lab", where = "wafer 7", std = 0.01 }
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

from acanthite.errors import ParameterError
from acanthite.parameters.quantity import How, ParameterSet, Quantity

_FIELDS = {"value", "unit", "source", "where", "how", "std"}


def load(path: str | Path, base: ParameterSet) -> ParameterSet:
    """Return ``base`` with the values of a TOML file put over it, provenance kept.

    Parameters
    ----------
    path : path_like
        The file: one table per group, one key per parameter; an entry is a number, or a table with
        ``value`` and optionally ``unit``, ``source``, ``where``, ``how``, ``std``.
    base : ParameterSet
        What is overridden; keys the file leaves out keep their value and source.

    Returns
    -------
    ParameterSet

    Raises
    ------
    ParameterError
        If the file is missing or not TOML, a key is unknown, a unit has another dimension, or a value
        is negative.
    """
    path = Path(path)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParameterError(f"parameter file {path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParameterError(f"parameter file {path}: not valid TOML: {error}") from None
    changes = {}
    for group, table in tables.items():
        if not isinstance(table, Mapping):
            raise ParameterError(
                f"parameter file {path}: {group!r} stands outside a table; "
                "write it under its group, as in '[filament]'"
            )
        for name, entry in table.items():
            key = f"{group}.{name}"
            try:
                changes[key] = _quantity(entry, base[key], str(path))
            except ParameterError as error:
                raise ParameterError(f"parameter file {path}: [{group}] {name}: {error}") from None
    return base.replace(changes, name=f"{base.name} with {path.name}")


def _quantity(entry: Any, old: Quantity, source: str) -> Quantity:
    table = entry if isinstance(entry, Mapping) else {"value": entry}
    if unknown := set(table) - _FIELDS:
        raise ParameterError(
            f"unknown field {sorted(unknown)[0]!r}; expected some of {', '.join(sorted(_FIELDS))}"
        )
    if "value" not in table:
        raise ParameterError("a table needs 'value'")
    how = table.get("how", "measured")
    if how not in get_args(How):
        raise ParameterError(f"how = {how!r}; expected one of {', '.join(get_args(How))}")
    unit = str(table.get("unit", old.unit))
    value, std = _number(table["value"], "value"), table.get("std")
    _convertible(unit, old.unit)
    return Quantity(
        _magnitude(_converted(value, unit, old.unit), f"value = {table['value']!r}"),
        old.unit,
        str(table.get("source", source)),
        str(table.get("where", "user's file")),
        how,
        None
        if std is None
        else _magnitude(_width(_number(std, "std"), unit, old.unit), f"std = {std!r}"),
    )


def _number(value: Any, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ParameterError(f"{field} = {value!r}; expected a number")
    return float(value)


def _magnitude(value: float, given: str) -> float:
    """Every parameter is a magnitude (signs belong to laws and programs), so none is negative."""
    if not (math.isfinite(value) and value >= 0):
        raise ParameterError(f"{given}; expected a finite number, not negative")
    return value


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry()


def _units(unit: str) -> Any:
    return _registry().parse_units("" if unit == "1" else unit)


def convert(value: float, unit: str, expected: str) -> float:
    """Return ``value``, given in ``unit``, in the unit ``expected``.

    Raises
    ------
    ParameterError
        If there is no such unit, or it has another dimension.
    """
    _convertible(unit, expected)
    return _converted(value, unit, expected)


def _convertible(unit: str, expected: str) -> None:
    try:
        _converted(1.0, unit, expected)
    except (
        Exception
    ):  # pint raises many kinds: unknown, offset, dimensionality, and those of its parser
        raise ParameterError(
            f"unit {unit!r} given, a unit convertible to {expected!r} expected"
        ) from None


def _converted(value: float, unit: str, expected: str) -> float:
    """Return ``value`` in ``expected``; 160 degC is 433.15 K."""
    if unit == expected:
        return value
    return float(_registry().Quantity(value, _units(unit)).to(_units(expected)).magnitude)


def _width(value: float, unit: str, expected: str) -> float:
    """Return a spread in ``expected``, in which the zero of a scale does not matter: 2 degC is 2 K."""
    return _converted(value, unit, expected) - _converted(0.0, unit, expected)
