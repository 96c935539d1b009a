"""Device laws of one's own in device files: their states and the text of their functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from acanthite.device import Law, State
from acanthite.device.arguments import is_number, shown
from acanthite.device.portable import portable_text
from acanthite.device.restricted import functions
from acanthite.errors import FitError, nearest

_ENTRIES = (
    "rates",
    "current",
    "event",
    "simple",
    "held",
    "set_polarity",
    "stores_charge",
    "states",
    "source",
)
_OF_STATE = ("name", "initial", "lower", "upper", "scale")


def as_table(law: Law) -> dict[str, Any]:
    """Return the table ``[law]`` of a device file: a law as data.

    Parameters
    ----------
    law : Law

    Returns
    -------
    dict
        Functions by the names they have in ``source``, and the states; parameters stand in ``[parameters]``.

    Raises
    ------
    LawError
        If the source of a function cannot be read.
    """
    roles = {"rates": law.rates, "current": law.current}
    if law.event is not None:
        roles["event"] = law.event
    source, names = portable_text(*roles.values())
    table: dict[str, Any] = dict(zip(roles, names, strict=True))
    table |= {
        "simple": law.simple,
        "set_polarity": law.set_polarity,
        "stores_charge": law.stores_charge,
    }
    table |= {
        "held": list(law.held),
        "states": [_state_table(state) for state in law.states],
        "source": source,
    }
    return table


def _state_table(state: State) -> dict[str, Any]:
    entries = {name: getattr(state, name) for name in _OF_STATE}
    return {name: value for name, value in entries.items() if value is not None}


def from_table(name: str, table: Any, parameters: Mapping[str, float], trust: bool) -> Law:
    """Return the law of a table ``[law]``.

    Parameters
    ----------
    name : str
    table : mapping
        As :func:`as_table` makes it.
    parameters : mapping of str to float
        Names in order, with their values.
    trust : bool
        Run the source whatever it does.

    Raises
    ------
    FitError
        If something in it is missing, unknown or of the wrong kind.
    LawError
        If the source can do more than compute and is not trusted, or the law makes no sense.
    """
    if not isinstance(table, Mapping):
        raise FitError(f"law = {shown(table)}; expected a table [law] with states and source")
    for entry in table:
        if entry not in _ENTRIES:
            raise FitError(f"[law] has unknown entry {entry!r}{nearest(entry, _ENTRIES)}")
    for entry in ("rates", "current", "states", "source"):
        if entry not in table:
            raise FitError(f"[law] lacks {entry}; expected rates, current, states and source")
    states = tuple(_state(entry) for entry in _list("states", table["states"]))
    held = tuple(_list("held", table.get("held", [])))
    names = {*parameters, *(state.name for state in states), *held}
    made = functions(table["source"], (str(n) for n in names), trust)
    found = {
        role: _function(role, table[role], made)
        for role in ("rates", "current", "event")
        if role in table
    }
    return Law(
        name,
        states,
        parameters,
        found["rates"],
        found["current"],
        held,
        found.get("event"),
        _truth("simple", table.get("simple", False)),
        set_polarity=table.get("set_polarity", 0),
        stores_charge=_truth("stores_charge", table.get("stores_charge", False)),
    )


def _function(role: str, name: Any, made: Mapping[str, Any]) -> Any:
    if not isinstance(name, str) or name not in made:
        raise FitError(
            f"[law] {role} = {shown(name)} is not in its source; expected one of {', '.join(made) or 'its functions'}"
        )
    return made[name]


def _state(entry: Any) -> State:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
        raise FitError(
            f"[law] states: {shown(entry)}; expected a table with name, initial, lower, upper and scale"
        )
    for key, value in entry.items():
        if key not in _OF_STATE:
            raise FitError(
                f"[law] states: unknown entry {key!r} of {entry['name']!r}{nearest(key, _OF_STATE)}"
            )
        if not isinstance(value, str) and not is_number(value):
            raise FitError(
                f"[law] states: {key} = {shown(value)} of {entry['name']!r}; expected a number or a parameter"
            )
    ends: dict[str, Any] = {key: v if isinstance(v, str) else float(v) for key, v in entry.items()}
    return State(**ends)


def _list(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise FitError(f"[law] {name} = {shown(value)}; expected a list")
    return value


def _truth(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise FitError(f"[law] {name} = {shown(value)}; expected true or false")
    return value
