"""The parts of a chip by name: its mappings and cells, as a TOML file calls them."""

from __future__ import annotations

from collections.abc import Mapping as Named
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from acanthite.crossbar import BitSlices, ColumnPairs, NormalisedPairs, OffsetColumn, RowPairs
from acanthite.crossbar.compute.mapping import Mapping
from acanthite.errors import ChipError
from acanthite.inference.cells.base import CellModel
from acanthite.inference.cells.catalogue import CELLS
from acanthite.inference.cells.measured import MeasuredCells

WRITTEN_CELLS: Named[str, Any] = {**CELLS, "measured": MeasuredCells}
"""What makes each cell model that a file can hold, by its name."""

MAPPINGS: Named[str, type] = {
    "column-pairs": ColumnPairs,
    "row-pairs": RowPairs,
    "normalised-pairs": NormalisedPairs,
    "offset-column": OffsetColumn,
    "bit-slices": BitSlices,
}
"""What makes each mapping, by its name."""


@dataclass(frozen=True)
class Part:
    """A class of parts, and the arguments that its name already says.

    Parameters
    ----------
    kind : type
    given : mapping of str to object
    """

    kind: type
    given: Named[str, Any]

    @classmethod
    def of(cls, maker: Any) -> Part:
        """Return the part that a class, or a class with some arguments, makes."""
        if isinstance(maker, partial):
            return cls(maker.func, maker.keywords)  # type: ignore[arg-type]
        return cls(maker, {})

    def is_of(self, value: object) -> bool:
        """Return whether this part made a value."""
        same = all(getattr(value, name, None) == given for name, given in self.given.items())
        return type(value) is self.kind and same

    def options(self, value: object) -> dict[str, Any]:
        """Return what the name does not say of a value, and is not None."""
        names = [f.name for f in fields(self.kind) if f.init and f.name not in self.given]
        entries = {name: getattr(value, name) for name in names}
        return {name: entry for name, entry in entries.items() if entry is not None}


def cell_entries(model: CellModel) -> dict[str, Any]:
    """Return a cell model as the entries of a table.

    Raises
    ------
    ChipError
        If it is a model of one's own, which has no name.
    """
    return _entries(model, WRITTEN_CELLS, "cells", "cells of your own exist in Python only")


def mapping_entries(mapping: Mapping) -> dict[str, Any]:
    """Return a mapping as the entries of a table.

    Raises
    ------
    ChipError
        If it is a mapping of one's own, which has no name.
    """
    entries = _entries(mapping, MAPPINGS, "mapping", "mappings of your own exist in Python only")
    if "base" in entries:
        entries["base"] = mapping_entries(entries["base"])["name"]
    return entries


def _entries(value: object, known: Named[str, Any], what: str, why: str) -> dict[str, Any]:
    for name, maker in known.items():
        part = Part.of(maker)
        if part.is_of(value):
            return {"name": name, **part.options(value)}
    raise ChipError(f"Chip: {what} = {value!r:.60} cannot stand in a file: {why}")
