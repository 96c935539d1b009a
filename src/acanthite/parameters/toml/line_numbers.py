"""On which line of a TOML text each entry stands, for messages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

Keys = tuple[str | int, ...]
"""Where an entry stands: the keys that lead to it, and places in lists."""


def line_numbers(text: str) -> dict[Keys, int]:
    """Return the line on which each entry of a TOML text begins.

    ``tomllib`` does not tell, so the statements are parsed one by one: a statement ends where it is
    whole.
    """
    lines: dict[Keys, int] = {}
    counts: dict[Keys, int] = {}
    table: Keys = ()
    statement = ""
    first = 1
    for number, line in enumerate(text.split("\n"), 1):
        if not statement:
            first = number
        statement += line + "\n"
        try:
            parsed = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        if statement.lstrip().startswith("["):
            table = _header(parsed, counts)
            parsed = {}
            for depth in range(len(table)):
                lines.setdefault(table[: depth + 1], first)
        for keys in _paths(parsed, table):
            lines.setdefault(keys, first)
        statement = ""
    return lines


def _header(parsed: Any, counts: dict[Keys, int]) -> Keys:
    """Return where a header leads; of a list of tables, to the next one."""
    keys: Keys = ()
    while parsed:
        if isinstance(parsed, list):
            place = counts.get(keys, 0)
            counts[keys] = place + 1
            return (*keys, place)
        ((key, parsed),) = parsed.items()
        keys = (*keys, key)
    return keys


def _paths(value: Any, keys: Keys) -> Iterator[Keys]:
    """Yield the places of all entries below ``keys``."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, entry in entries:
        yield (*keys, key)
        if isinstance(entry, dict | list):
            yield from _paths(entry, (*keys, key))
