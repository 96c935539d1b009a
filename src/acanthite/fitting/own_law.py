"""Device laws of one's own in device files: their states and the text of their functions."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from acanthite.device import Law, State
from acanthite.device.compiler.portable import portable_text
from acanthite.device.compiler.restricted import functions
from acanthite.errors import brief
from acanthite.parameters.toml import TomlTable

_ROLES = ("rates", "current", "event")
_NEEDED = ("rates", "current", "states", "source")
_ENTRIES = (*_ROLES, "simple", "held", "set_polarity", "stores_charge", "states", "source")


def as_table(law: Law) -> dict[str, Any]:
    """Return the table ``[law]`` of a device file: a law as data.

    Parameters
    ----------
    law : Law

    Returns
    -------
    dict
        Functions by the names they have in ``source``, and the states; parameters stand in
        ``[parameters]``.

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
    entries = dataclasses.asdict(state)
    return {name: value for name, value in entries.items() if value is not None}


def from_table(name: str, table: TomlTable, parameters: Mapping[str, float], trust: bool) -> Law:
    """Return the law of a table ``[law]``.

    Parameters
    ----------
    name : str
    table : TomlTable
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
    table.check_keys(_ENTRIES)
    if missing := [entry for entry in _NEEDED if entry not in table]:
        raise table.error(f"[law] lacks {', '.join(missing)}; expected {', '.join(_NEEDED)}")
    states = tuple(state.build(State) for state in table.tables("states"))
    held = table.value("held", tuple[str, ...], ())
    names = {*parameters, *(state.name for state in states), *held}
    made = functions(table["source"], names, trust)
    roles = {role: _function(role, table, made) for role in _ROLES if role in table}
    return Law(
        name,
        states,
        parameters,
        roles["rates"],
        roles["current"],
        held,
        roles.get("event"),
        table.value("simple", bool, False),
        set_polarity=table.get("set_polarity", 0),
        stores_charge=table.value("stores_charge", bool, False),
    )


def _function(role: str, table: TomlTable, made: Mapping[str, Any]) -> Any:
    name = table[role]
    if not isinstance(name, str) or name not in made:
        names = ", ".join(made) or "its functions"
        raise table.error(
            f"[law] {role} = {brief(name)} is not in its source; expected one of {names}", role
        )
    return made[name]
