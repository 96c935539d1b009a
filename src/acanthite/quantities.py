"""Pint quantities where SI numbers are expected: ``Sweep(-500 * ureg.mV, ...)``.

The unit of an argument is the one in brackets at the end of its description in the docstring, which
is where a reader looks for it too, so the two cannot differ.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from acanthite.errors import UnitError

__all__ = ["accepts_quantities", "documented_units", "in_si"]

T = TypeVar("T", bound=Callable[..., Any])

_UNDERLINE = re.compile(r"^-{3,}$")
_NAMES = re.compile(r"^(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: : .*)?$")
_UNITS = re.compile(r"((?:\[[^\[\]]+\](?:, | and | or )?)+)[.)]*$")
_ONE = re.compile(r"\[([^\[\]]+)\]")
_PURE = (None, "1")
_LOOKED_AT = 3  # members of a list, to see whether it holds quantities


def accepts_quantities(target: T) -> T:
    """Make a function, or the constructor of a class, take pint quantities beside SI numbers.

    Parameters
    ----------
    target : function or class
        Its docstring is numpydoc and ends the description of an argument with the unit in brackets.

    Returns
    -------
    function or class
        A class is changed in place. Numbers pass through untouched; quantities, and lists and
        tuples of them, are converted to the unit documented.

    Raises
    ------
    UnitError
        When called with a quantity of another dimension than the one documented.

    Examples
    --------
    >>> import pint
    >>> ureg = pint.UnitRegistry()
    >>> @accepts_quantities
    ... def energy(voltage, charge):
    ...     '''Return the energy. [J]
    ...
    ...     Parameters
    ...     ----------
    ...     voltage : float
    ...         Across the device. [V]
    ...     charge : float
    ...         That has passed. [C]
    ...     '''
    ...     return voltage * charge
    >>> energy(500 * ureg.mV, 2.0)
    1.0
    """
    call = target.__init__ if inspect.isclass(target) else target
    signature = inspect.signature(call)

    @functools.wraps(call)
    def converted(*args: Any, **kwargs: Any) -> Any:
        if any(map(_has_unit, args)) or any(map(_has_unit, kwargs.values())):
            bound = signature.bind(*args, **kwargs)
            units = documented_units(target)
            for name, value in bound.arguments.items():
                bound.arguments[name] = _plain(f"{target.__name__}: {name}", value, units.get(name))
            args, kwargs = bound.args, bound.kwargs
        return call(*args, **kwargs)

    if not inspect.isclass(target):
        return converted  # type: ignore[return-value]
    target.__init__ = converted  # type: ignore[misc]
    return target  # type: ignore[return-value]


def documented_units(target: Any) -> dict[str, str]:
    """Return the unit of each argument whose description ends with one, as the docstring has it.

    Parameters
    ----------
    target : function or class
        Arguments of base classes are those of their own docstrings. Several arguments described
        together have one unit, or as many as they are: ``[V], [A]``.

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> documented_units(ac.cost.exponent)
    {}
    >>> documented_units(ac.cost.capacitance)["thickness"]
    'm'
    """
    units: dict[str, str] = {}
    for described in reversed(target.__mro__) if inspect.isclass(target) else (target,):
        units |= _described_units(inspect.cleandoc(described.__doc__ or ""))
    return units


def _described_units(doc: str) -> dict[str, str]:
    units: dict[str, str] = {}
    names: list[str] = []
    for line in _parameters_section(doc):
        header = _NAMES.match(line)
        if header:
            names = [name.lstrip("*") for name in header[1].split(", ")]
        elif found := _UNITS.search(line.rstrip()):
            each = _ONE.findall(found[1])
            units |= dict(
                zip(names, each if len(each) == len(names) else each[-1:] * len(names), strict=True)
            )
    return units


def in_si(what: str, values: Mapping[str, Any], units: Mapping[str, str]) -> dict[str, Any]:
    """Return named values, quantities among them as SI numbers.

    Parameters
    ----------
    what : str
        For errors.
    values : mapping of str to number or quantity
    units : mapping of str to str
        Of those that are known; others are converted to SI base units whatever their dimension.

    Returns
    -------
    dict

    Raises
    ------
    UnitError
        If a quantity has another dimension than its unit.

    Examples
    --------
    >>> import pint
    >>> ureg = pint.UnitRegistry()
    >>> in_si("law", {"r_on": 2 * ureg.kohm, "speed": 0.5}, {"r_on": "ohm"})
    {'r_on': 2000.0, 'speed': 0.5}
    """
    return {
        name: _plain(f"{what}: {name}", value, units[name]) if name in units else _base(value)
        for name, value in values.items()
    }


def _base(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_base(each) for each in value)
    return value.to_base_units().magnitude if _has_unit(value) else value


def _parameters_section(doc: str) -> list[str]:
    lines = doc.splitlines()
    underlined = [i for i in range(1, len(lines)) if _UNDERLINE.match(lines[i])]
    for start, end in itertools.pairwise([*underlined, len(lines) + 1]):
        if lines[start - 1] == "Parameters":
            return lines[start + 1 : end - 1]
    return []


def _has_unit(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_has_unit(each) for each in value[:_LOOKED_AT])  # the rest is like these
    if isinstance(value, dict):
        return any(map(_has_unit, value.values()))
    return hasattr(value, "dimensionality") and hasattr(value, "magnitude")


def _plain(what: str, value: Any, unit: str | None) -> Any:
    """Return the SI number of a quantity; anything else as it is."""
    if not _has_unit(value):
        return value
    if isinstance(value, (list, tuple)):
        return type(value)(_plain(what, each, unit) for each in value)
    if isinstance(value, dict):
        if unit is None:
            return value  # each of its own unit, which the function knows
        return {key: _plain(f"{what}[{key!r}]", each, unit) for key, each in value.items()}
    try:
        return value.to("" if unit in _PURE else unit).magnitude
    except (
        Exception
    ) as error:  # pint raises many kinds: dimension, offset units, those of its parser
        if type(error).__module__.split(".")[0] != "pint":
            raise
    expected = (
        "a pure number" if unit in _PURE else f"a number in {unit}, or a quantity of that dimension"
    )
    raise UnitError(f"{what} = {value:~}; expected {expected}")
