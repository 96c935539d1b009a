"""The parts of a chip by name: its mappings and cells, as a TOML file calls them."""

from __future__ import annotations

from collections.abc import Mapping as Named
from dataclasses import Field, dataclass, fields
from functools import partial
from typing import Any

from acanthite.crossbar import BitSlices, ColumnPairs, NormalisedPairs, OffsetColumn, RowPairs
from acanthite.crossbar.compute.mapping import Mapping
from acanthite.errors import ChipError
from acanthite.inference.cells.base import CellModel
from acanthite.inference.cells.catalogue import CELLS
from acanthite.inference.cells.devices.fitted import FittedCells
from acanthite.inference.cells.devices.pulse_law import PulseLawCells
from acanthite.inference.cells.measured import MeasuredCells
from acanthite.parameters import ParameterSet

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


def file_fields(kind: type) -> dict[str, Field]:
    """Return the fields of a part that a file can hold: parameter sets are none."""
    return {f.name: f for f in fields(kind) if f.init and not isinstance(f.default, ParameterSet)}


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
        names = [name for name in file_fields(self.kind) if name not in self.given]
        entries = {name: getattr(value, name) for name in names}
        return {name: entry for name, entry in entries.items() if entry is not None}


def cell_entries(model: CellModel) -> dict[str, Any]:
    """Return a cell model as the entries of a table.

    Raises
    ------
    ChipError
        If it is a model of one's own, which has no name.
    """
    if isinstance(model, FittedCells | PulseLawCells):
        window = {name: getattr(model, name) for name in ("conductance_min", "conductance_max")}
        return {"name": model.file, **window}
    for field in fields(model):
        own = getattr(model, field.name)
        if isinstance(own, ParameterSet) and own != field.default:
            raise ChipError(
                f"Chip: cells with {field.name} of their own cannot stand in a file; expected "
                f"{field.default.name}"
            )
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
