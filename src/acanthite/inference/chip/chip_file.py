"""Chips as TOML files: read with errors that name file, line and entry, and written back the same.

::

    rows = 256
    columns = 256
    read_voltage = { value = 200, unit = "mV" }  # or a plain number, in SI
    cells = "pcm"  # or a table with the options of the cells
    compensation = "global"

    [mapping]  # or mapping = "column-pairs"
    name = "bit-slices"
    bits = 4
    slices = 2

    [wires]  # without it lines are ideal
    word_line_resistance = 2.0

    [inputs]
    bits = 8

    [outputs]
    bits = 8
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterable
from collections.abc import Mapping as Named
from dataclasses import MISSING, fields
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any, Union, get_args, get_origin

from acanthite.arguments import file_path, instance
from acanthite.crossbar import Stuck, Wires
from acanthite.errors import AcanthiteError, ChipError, nearest
from acanthite.files import write_text
from acanthite.inference.cells.catalogue import CELLS, cells, is_file
from acanthite.inference.chip.chip import Chip
from acanthite.inference.chip.default_chips import CHIPS, chip_named
from acanthite.inference.chip.parts import (
    MAPPINGS,
    WRITTEN_CELLS,
    Part,
    cell_entries,
    file_fields,
    mapping_entries,
)
from acanthite.inference.chip.peripherals import ColumnReader, InputDriver
from acanthite.parameters.toml import TomlTable, read, value_text
from acanthite.parameters.toml.kinds import field_kinds
from acanthite.parameters.toml.write import key_text, quantity_text
from acanthite.quantities import documented_units

PARTS: Named[str, type] = {
    "wires": Wires,
    "stuck": Stuck,
    "inputs": InputDriver,
    "outputs": ColumnReader,
}
"""Tables of the file that are dataclasses as they stand."""

ELSEWHERE = ("circuits",)
"""Tables of the file that say what the chip costs: :func:`acanthite.cost.load_circuits`."""

_NONE = "none"
_WINDOW = ("conductance_min", "conductance_max")


def load_chip(source: str | Path) -> Chip:
    r"""Return a chip by name, or of a TOML file.

    Parameters
    ----------
    source : str or path_like
        A name of :data:`CHIPS`, or a file as :func:`save_chip` and ``acanthite chip --template``
        write it.

    Returns
    -------
    Chip

    Raises
    ------
    ChipError
        If there is no such name or file, or an entry of the file is unknown, of another kind, or
        makes no sense: the message names file, line and entry.

    Examples
    --------
    >>> from pathlib import Path
    >>> text = 'cells = "pcm"\nrows = 64\nread_voltage = { value = 100, unit = "mV" }'
    >>> written = Path("mine.toml").write_text(text)
    >>> chip = ac.inference.load_chip("mine.toml")
    >>> chip.rows, chip.columns, chip.read_voltage
    (64, 256, 0.1)
    >>> ac.inference.load_chip("pcm").compensation
    'global'
    """
    path = file_path("load_chip: source", source, error=ChipError)
    if str(source) in CHIPS:
        return chip_named(str(source))
    if not path.suffix and not path.exists():
        raise ChipError(
            f"no chip {str(source)!r}; expected one of {', '.join(CHIPS)}, or a TOML file"
            f"{nearest(str(source), CHIPS)}"
        )
    return _chip(read(path, "chip file", ChipError).without(*ELSEWHERE), path.parent)


def save_chip(chip: Chip, path: str | Path) -> None:
    """Write a chip to a TOML file, which :func:`load_chip` reads back the same.

    Parameters
    ----------
    chip : Chip
    path : path_like

    Raises
    ------
    ChipError
        If its cells or mapping are of one's own, which no file can name.

    Examples
    --------
    >>> chip = ac.inference.Chip(cells="reram-cmo", rows=64)
    >>> ac.inference.save_chip(chip, "mine.toml")
    >>> ac.inference.load_chip("mine.toml") == chip
    True
    """
    instance("save_chip: chip", chip, Chip, "a Chip", error=ChipError)
    path = file_path("save_chip: path", path, error=ChipError)
    write_text(path, chip_text(chip))


def chip_text(chip: Chip) -> str:
    """Return a chip as the text of a TOML file."""
    units = documented_units(Chip)
    lines = ["# A chip for acanthite. Numbers are SI where no unit stands beside them."]
    tables: list[str] = []
    for field in fields(Chip):
        value = getattr(chip, field.name)
        entries = table_entries(field.name, value)
        if entries is not None:
            tables.append(f"\n[{field.name}]\n{_entry_lines(entries, table_units(value))}")
        elif value is not None:
            unit = units.get(field.name, "1")
            lines.append(entry_line(field.name, value, unit))
    return "\n".join([*lines, *tables]) + "\n"


def table_entries(name: str, value: Any) -> dict[str, Any] | None:
    """Return a field of a chip as the entries of a table, or None if it is no table."""
    if name == "cells":
        return cell_entries(value)
    if name == "mapping":
        return mapping_entries(value)
    if name in PARTS and value is not None:
        return field_entries(value)
    return None


def field_entries(part: Any) -> dict[str, Any]:
    """Return the fields of a part; one that is None, and not so by default, as ``"none"``."""
    entries = {}
    for field in fields(part):
        value = getattr(part, field.name)
        if value is not None:
            entries[field.name] = value
        elif field.default is not None:
            entries[field.name] = _NONE
    return entries


def table_units(part: Any) -> dict[str, str]:
    """Return the units of a part's numbers, by name."""
    return documented_units(type(part))


def entry_line(name: str, value: Any, unit: str = "1") -> str:
    """Return an entry as a line of TOML, its unit behind it."""
    entry = value.tolist() if hasattr(value, "tolist") else value
    text = quantity_text(entry, unit)
    plain = unit == "1" or text != value_text(entry)
    return f"{key_text(name)} = {text}{'' if plain else f'  # {unit}'}"


def _entry_lines(entries: Named[str, Any], units: Named[str, str]) -> str:
    return "\n".join(entry_line(name, e, units.get(name, "1")) for name, e in entries.items())


def _chip(file: TomlTable, folder: Path) -> Chip:
    values = _values(file, Chip, elsewhere=("cells", "mapping", *PARTS))
    if "cells" in file:
        values["cells"] = _cells(file, folder)
    if "mapping" in file:
        values["mapping"] = _mapping(file, "mapping")
    for name, kind in PARTS.items():
        if name in file:
            table = file.table(name)
            values[name] = _built(table, kind, _values(table, kind))
    return _built(file, Chip, values)


def _cells(file: TomlTable, folder: Path) -> Any:
    """Return the cells of a name, of a file beside the chip's, or of a table with one of them."""
    table, name = _named(file, "cells")
    if is_file(name):
        table.check_keys(("name", *_WINDOW), "option of cells of a file")
        window = {key: table.value(key, float, unit="S") for key in _WINDOW if key in table}
        with file.located("cells"):
            return cells(folder / name, **window)
    known = WRITTEN_CELLS if table else CELLS
    if name not in known:
        expected = f"one of {', '.join(known)}, or a file{nearest(name, known)}"
        raise table.wrong("name", expected) if table else file.wrong("cells", expected)
    part = Part.of(known[name])
    own = table.without("name")
    return _built(own, part.kind, _values(own, part.kind, given=part.given), part.given)


def _mapping(file: TomlTable, key: str) -> Any:
    table, name = _named(file, key)
    if name not in MAPPINGS:
        expected = f"one of {', '.join(MAPPINGS)}{nearest(name, MAPPINGS)}"
        raise table.wrong("name", expected) if table else file.wrong(key, expected)
    kind = MAPPINGS[name]
    own = table.without("name")
    values = _values(own, kind, elsewhere=("base",))
    if "base" in own:
        values["base"] = _mapping(own, "base")
    return _built(own, kind, values)


def _named(file: TomlTable, key: str) -> tuple[TomlTable, str]:
    """Return a table with a name, empty where the entry is the name alone, and the name."""
    if isinstance(file[key], str):
        return file.without(*file), file[key]
    table = file.table(key)
    return table, table.value("name", str)


def _values(
    table: TomlTable, kind: type, elsewhere: Iterable[str] = (), given: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the entries of a table as values of a dataclass's fields.

    Those that are read ``elsewhere`` are left out; those ``given`` by a name are no entries.
    """
    known = {name: f for name, f in file_fields(kind).items() if name not in set(given)}
    table.check_keys(known)
    kinds, units = field_kinds(kind), documented_units(kind)
    values: dict[str, Any] = {}
    for name in table:
        if name in set(elsewhere):
            continue
        expected, optional = _without_none(kinds[name])
        if optional and table[name] == _NONE:
            values[name] = None
        else:
            values[name] = table.value(name, expected, unit=units.get(name, "1"))
    if missing := [name for name, f in known.items() if _needed(f) and name not in table]:
        raise table.error(f"{table.label}lacks {', '.join(missing)}")
    return values


def _needed(field: Any) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _without_none(kind: Any) -> tuple[Any, bool]:
    """Return a kind less None, and whether None was one of it."""
    if get_origin(kind) not in (Union, types.UnionType) or types.NoneType not in get_args(kind):
        return kind, False
    others = [member for member in get_args(kind) if member is not types.NoneType]
    return reduce(or_, others), True


def _built(
    table: TomlTable, kind: type, values: Named[str, Any], given: Named[str, Any] | None = None
) -> Any:
    """Return the dataclass; what it refuses is an error at the line of the entry."""
    try:
        return kind(**values, **(given or {}))
    except AcanthiteError as error:
        message = str(error)
        named = re.match(r"(?:[\w ]+: )?(\w+)\b", message)
        key = named[1] if named and named[1] in table else None
        text = message if key is None else message[named.start(1) :]  # type: ignore[union-attr]
        raise table.error(f"{table.label}{text}", key) from None
