"""How a matrix of signed weights is held by conductances, which are positive: one way a file."""

from acanthite.crossbar.compute.mapping.base import Mapping, combined, held_weights, tile
from acanthite.crossbar.compute.mapping.bit_slices import BitSlices
from acanthite.crossbar.compute.mapping.column_pairs import ColumnPairs
from acanthite.crossbar.compute.mapping.offset_column import OffsetColumn
from acanthite.crossbar.compute.mapping.row_pairs import NormalisedPairs, RowPairs

__all__ = [
    "BitSlices",
    "ColumnPairs",
    "Mapping",
    "NormalisedPairs",
    "OffsetColumn",
    "RowPairs",
    "combined",
    "held_weights",
    "tile",
]
