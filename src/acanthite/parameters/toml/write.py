"""TOML text of tables: it reads back the same, bit by bit."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from numbers import Real
from typing import Any

from acanthite.errors import ParameterError
from acanthite.parameters.units import convert

_PREFIXES = {3: "k", -3: "m", -6: "u", -9: "n", -12: "p", -15: "f", -18: "a"}
"""Of units, by their powers of ten."""
_FEW = 12
"""Digits that a person may have written; those of 25 * 1e-6 are 17."""


def document_text(comment: str, tables: Iterable[str]) -> str:
    """Return the text of a TOML file: a comment, then tables as :func:`table_text` writes them."""
    return "\n".join([f"# {comment}\n", *tables])


def table_text(
    name: str,
    entries: Mapping[str, Any],
    units: Mapping[str, str] | None = None,
    *,
    listed: bool = False,
) -> str:
    """Return a table as TOML.

    Parameters
    ----------
    name : str
        In its brackets.
    entries : mapping
    units : mapping of str to str, optional
        Written behind the entries of that name, as comments.
    listed : bool
        Whether it is one of a list of tables.
    """
    lines = [f"[[{name}]]" if listed else f"[{name}]"]
    for key, value in entries.items():
        unit = (units or {}).get(key)
        lines.append(f"{key_text(key)} = {value_text(value)}{f'  # {unit}' if unit else ''}")
    return "\n".join(lines) + "\n"


def key_text(key: str) -> str:
    """Return a key as TOML."""
    bare = key.replace("_", "").replace("-", "").isalnum() and key.isascii()
    return key if bare else _quoted(key)


def value_text(value: Any) -> str:
    """Return a value as TOML.

    Texts, numbers (NumPy's too), truth values, dates, and lists and mappings of them keep their
    kind; others become texts.
    """
    if isinstance(value, str) and "\n" in value and _is_literal(value):
        return f"'''\n{value}'''"
    if isinstance(value, Mapping):
        entries = (f"{key_text(str(key))} = {value_text(entry)}" for key, entry in value.items())
        return "{ " + ", ".join(entries) + " }"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(value_text(entry) for entry in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Real):
        return repr(value.item() if hasattr(value, "item") else value)  # type: ignore[attr-defined]
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return _quoted(str(value))


def quantity_text(value: Any, unit: str) -> str:
    """Return a value in SI as TOML.

    A float whose digits show how it was made, such as 25 uS = 2.4999999999999998e-05 S, stands with
    the prefix in which it has few: ``{ value = 25, unit = "uS" }``, which reads back the same.
    """
    if not (isinstance(value, float) and unit.isalpha() and _digits(value) > _FEW):
        return value_text(value)
    own = math.floor(math.log10(abs(value)))
    nearest = sorted(_PREFIXES, key=lambda power: abs(own - 1 - power))[:3]
    texts = (_prefixed(value, power, unit) for power in nearest)
    return next((text for text in texts if text), value_text(value))


def _prefixed(value: float, power: int, unit: str) -> str | None:
    """Return a value with a prefix before its unit, if it has few digits and reads back the same."""
    name = f"{_PREFIXES[power]}{unit}"
    shown = float(f"{Decimal(value).scaleb(-power):.{_FEW}g}")
    try:
        if convert(shown, name, unit) != value:
            return None
    except ParameterError:  # a unit that has no prefixes
        return None
    number = repr(shown).removesuffix(".0")
    return f'{{ value = {number}, unit = "{name}" }}'


def _digits(value: float) -> int:
    return len(Decimal(repr(float(value))).as_tuple().digits) if math.isfinite(value) else 0


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _is_literal(text: str) -> bool:
    """Return whether a text can stand between three single quotes as it is."""
    plain = all(c in "\n\t" or (ord(c) >= 32 and ord(c) != 127) for c in text)
    return plain and "'''" not in text and not text.endswith("'")
