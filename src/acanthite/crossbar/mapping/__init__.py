"""How a matrix of signed weights is held by conductances, which are positive: one way a file."""

from acanthite.crossbar.mapping.base import AG2S_CELLS, Cells, Mapping, held_weights, tile
from acanthite.crossbar.mapping.bit_slices import BitSlices
from acanthite.crossbar.mapping.column_pairs import ColumnPairs
from acanthite.crossbar.mapping.offset_column import OffsetColumn
from acanthite.crossbar.mapping.row_pairs import NormalisedPairs, RowPairs

__all__ = [
    "AG2S_CELLS",
    "BitSlices",
    "Cells",
    "ColumnPairs",
    "Mapping",
    "NormalisedPairs",
    "OffsetColumn",
    "RowPairs",
    "held_weights",
    "tile",
]
