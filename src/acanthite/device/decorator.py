"""A function turned into a device law.

A new device is about ten lines::

    @acanthite.device.law(state="x", parameters={"rate": 1e3, "g_on": 1e-3, "g_off": 1e-6})
    def my_device(x, voltage, p):
        \"\"\"Return dx/dt and the current.\"\"\"
        return p.rate * voltage * x * (1 - x), voltage * (p.g_off + (p.g_on - p.g_off) * x)

    devices = my_device.sample(30, seed=1, spread={"rate": 0.1})
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any

from acanthite.arguments import as_float, is_number, number
from acanthite.device.equations import Bound, State
from acanthite.device.law import Law
from acanthite.errors import LawError, brief
from acanthite.parameters import Quantity
from acanthite.quantities import in_si


def law(
    *,
    state: str | tuple[str, ...],
    parameters: Mapping[str, float | Quantity],
    initial: float | str | tuple[float | str, ...] = 0.5,
    lower: Bound | tuple[Bound, ...] = 0.0,
    upper: Bound | tuple[Bound, ...] = 1.0,
    scale: float | str | tuple[float | str, ...] | None = None,
    name: str | None = None,
    set_polarity: int | str = 0,
    stores_charge: bool = False,
) -> Callable[[Callable[..., Any]], Law]:
    """Turn a plain function into a device law.

    Parameters
    ----------
    state : str or tuple of str
        Name of the state, or names of several; an empty tuple for a device without memory, such as
        a selector.
    parameters : mapping of str to float or Quantity
        Names and default values, SI numbers or pint quantities; the function reads them as
        ``p.name``.
    initial : float or str, or a tuple of them
        Where the states start: a number, or the name of a parameter.
    lower, upper : float, str or None, or a tuple of them
        The states are kept between these; None is no bound.
    scale : float or str, or a tuple of them, optional
        Size of a state that the integrator's tolerance is relative to; its range by default, else
        its upper bound, else 1.
    name : str, optional
        The function's name by default.
    set_polarity, stores_charge : optional
        As in :class:`Law`.

    Returns
    -------
    callable
        A decorator for ``f(x, voltage, p)`` that returns dx/dt and the current; for several states,
        or none, ``x`` is a named tuple and dx/dt a tuple.

    Raises
    ------
    LawError
        If a tuple has not one entry for each state, or a name in it is no parameter.

    Examples
    --------
    >>> @ac.device.law(
    ...     state="w", parameters={"g_on": 1e-3, "g_off": 1e-5, "speed": 50.0}, initial=0.0
    ... )
    ... def mine(w, voltage, p):
    ...     return p.speed * voltage, (p.g_off + (p.g_on - p.g_off) * w) * voltage
    >>> mine.name, mine.state_names
    ('mine', ('w',))
    >>> len(mine.sample(3, seed=1, spread={"speed": 0.2}))
    3
    """
    if not isinstance(state, str | tuple | list):
        raise LawError(f"state = {brief(state)}; expected a name, or a tuple of names")
    if name is not None and not isinstance(name, str):
        raise LawError(f"name = {brief(name)}; expected a text")
    if not isinstance(parameters, Mapping):
        raise LawError(f"parameters = {brief(parameters)}; expected names with numbers")
    names = (state,) if isinstance(state, str) else tuple(state)
    given = {"initial": initial, "lower": lower, "upper": upper, "scale": scale}
    columns = {what: _each(what, value, names) for what, value in given.items()}
    rows = zip(names, *columns.values(), strict=True)
    states = tuple(
        State(n, x, low, high, _scale(low, high) if s is None else s) for n, x, low, high, s in rows
    )

    sources = {key: q for key, q in parameters.items() if isinstance(q, Quantity)}
    plain = {key: q.value if isinstance(q, Quantity) else q for key, q in parameters.items()}
    plain = in_si("law", plain, {})
    values = {key: number(f"parameter {key!r}", value) for key, value in plain.items()}

    def decorate(function: Callable[..., Any]) -> Law:
        if not isinstance(function, FunctionType):
            raise LawError(f"law of {brief(function)}; expected a function (x, voltage, p)")
        return Law(
            name or function.__name__,
            states,
            values,
            function,
            function,
            simple=True,
            sources=sources,
            set_polarity=set_polarity,
            stores_charge=stores_charge,
        )

    return decorate


def _each(what: str, value: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    """Return one value for each state."""
    if not isinstance(value, tuple | list):
        return (value,) * len(names)
    if len(value) != len(names):
        raise LawError(
            f"{what} = {value!r} has {len(value)} values; expected one for each state of {names}"
        )
    return tuple(value)


def _scale(low: Any, high: Any) -> float | str:
    """Return the size of a state from its bounds; what is wrong with them is said where they are
    checked.
    """
    if isinstance(high, str):
        return high
    low, high = (as_float(end) if is_number(end) else math.inf for end in (low, high))
    if math.isfinite(low) and math.isfinite(high) and high > low:
        return high - low
    return abs(high) if high and math.isfinite(high) else 1.0
