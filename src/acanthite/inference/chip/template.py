"""A chip as a TOML file to edit: every entry with what it means, none changed."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from acanthite.crossbar import Stuck, Wires
from acanthite.inference.cells.catalogue import CELLS
from acanthite.inference.chip.chip import Chip
from acanthite.inference.chip.chip_file import entry_line, table_entries, table_units
from acanthite.inference.chip.default_chips import chip_named
from acanthite.inference.chip.parts import MAPPINGS, file_fields
from acanthite.quantities import documented_units

_HEAD = """\
# A chip for acanthite: everything between a weight and a number. Read it with --chip FILE.
# Numbers are SI; a number may also be given with its unit: { value = 200, unit = "mV" }.
# A line that begins with # and holds '=' is an entry that is not set.
"""
_WIDTH = 100
_UNSET_TABLES: Mapping[str, tuple[type, tuple[str, ...]]] = {
    "wires": (
        Wires,
        ("word_line_resistance", "bit_line_resistance", "driver_resistance", "sense_resistance"),
    ),
    "stuck": (Stuck, ("high", "low")),
}
"""Tables that are not set by default, and what of them acts on a product."""

_EXAMPLES: Mapping[str, Any] = {"levels": 16, "tolerance": 0.01, "bits": 8}
"""Of entries that are not set."""


def chip_template(name: str = "pcm") -> str:
    """Return the default chip of a kind of cell as the text of a TOML file to edit.

    Parameters
    ----------
    name : str
        One of :data:`CHIPS`.

    Returns
    -------
    str
        Every entry has its meaning as a comment; the text reads back as the default chip exactly.

    Raises
    ------
    ChipError
        If there is no chip of that name.

    Examples
    --------
    >>> from pathlib import Path
    >>> written = Path("pcm.toml").write_text(ac.inference.chip_template("pcm"))
    >>> ac.inference.load_chip("pcm.toml") == ac.inference.chip_named("pcm")
    True
    """
    chip = chip_named(name)
    meaning, units = meanings(Chip), documented_units(Chip)
    blocks, tables = [_HEAD], []
    for field in fields(Chip):
        value = getattr(chip, field.name)
        comment = _comment(meaning.get(field.name, ""))
        entries = table_entries(field.name, value)
        if entries is not None:
            title = _comment(_titles(field.name) or meaning.get(field.name, ""))
            tables.append(f"{title}[{field.name}]\n{_table(entries, value)}")
        elif field.name in _UNSET_TABLES:
            tables.append(f"{comment}{_unset_table(field.name)}")
        else:
            line = _line(field.name, value, units.get(field.name, "1"))
            blocks.append(f"{comment}{line}\n")
    return "\n".join([*blocks, *tables])


def meanings(kind: type) -> dict[str, str]:
    """Return what the docstring of a class says of each of its parameters, in one line each."""
    described: dict[str, str] = {}
    for owner in reversed(kind.__mro__):
        section = re.search(
            r"Parameters\n-+\n(.*?)(?:\n\n\w+\n-+\n|\Z)", inspect.getdoc(owner) or "", re.DOTALL
        )
        names: list[str] = []
        for line in (section[1] if section and owner.__doc__ else "").splitlines():
            if line and not line.startswith(" "):
                names = [part.strip() for part in line.partition(" : ")[0].split(",")]
                described |= dict.fromkeys(names, "")
            elif line.strip():
                for name in names:
                    described[name] = f"{described[name]} {line.strip()}".strip()
    return {name: _plain(text) for name, text in described.items()}


def _plain(text: str) -> str:
    """Return text of a docstring without its markup and the unit at its end."""
    text = re.sub(r":\w+:`~?\.?(?:[\w.]*\.)?(\w+)`", r"\1", text)
    return re.sub(r"\s*(?:\[[^\[\]]+\](?:, )?)+$", "", text.replace("``", ""))


def _titles(name: str) -> str:
    """Return what a table is, with the names it can have."""
    if name == "cells":
        return f"What holds the weights. Names: {', '.join(CELLS)}, or a file."
    if name == "mapping":
        return f"How signed weights are held. Names: {', '.join(MAPPINGS)}."
    return {"inputs": "How inputs reach the rows.", "outputs": "How currents become numbers."}.get(
        name, ""
    )


def _table(entries: Mapping[str, Any], part: Any) -> str:
    meaning, units = meanings(type(part)), table_units(part)
    unset = [name for name in file_fields(type(part)) if name not in entries]
    lines = []
    for name in [*entries, *(name for name in unset if getattr(part, name) is None)]:
        comment = _comment(meaning.get(name, ""))
        lines.append(f"{comment}{_line(name, entries.get(name), units.get(name, '1'))}\n")
    return "".join(lines)


def _unset_table(name: str) -> str:
    """Return a table that is not set, with the entries that act."""
    kind, names = _UNSET_TABLES[name]
    defaults, units = {f.name: f.default for f in fields(kind)}, documented_units(kind)
    lines = [entry_line(entry, defaults[entry], units.get(entry, "1")) for entry in names]
    return f"# [{name}]\n" + "".join(f"# {line}\n" for line in lines)


def _line(name: str, value: Any, unit: str) -> str:
    if value is None:
        return f"# {entry_line(name, _EXAMPLES.get(name, 1), unit)}"
    return entry_line(name, value, unit)


def _comment(text: str) -> str:
    lines = textwrap.wrap(text, _WIDTH - 2, break_on_hyphens=False)
    return "".join(f"# {line}\n" for line in lines)
