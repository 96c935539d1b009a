"""The array: kernels held by differential pairs, and multiply-accumulate over a photograph."""

from acanthite.crossbar.converters import Converter
from acanthite.crossbar.drawings import plot_array
from acanthite.crossbar.effects import Effects, ReadNoise, Spread, Stuck
from acanthite.crossbar.images import photograph
from acanthite.crossbar.kernels import (
    HORIZONTAL,
    KERNELS,
    VERTICAL,
    Encoding,
    analogue_kernel,
    encode,
    program,
)
from acanthite.crossbar.mac import (
    Quality,
    column_current,
    compare,
    conductances,
    convolve_by_lookup,
    convolve_directly,
    convolve_in_software,
    current_at,
    decode,
    lookup_tables,
    render,
)
from acanthite.crossbar.mapping import (
    AG2S_CELLS,
    BitSlices,
    Cells,
    ColumnPairs,
    Mapping,
    NormalisedPairs,
    OffsetColumn,
    RowPairs,
    held_weights,
)
from acanthite.crossbar.multiplier import AnalogMatrix, Tile

__all__ = [
    "AG2S_CELLS",
    "HORIZONTAL",
    "KERNELS",
    "VERTICAL",
    "AnalogMatrix",
    "BitSlices",
    "Cells",
    "ColumnPairs",
    "Converter",
    "Effects",
    "Encoding",
    "Mapping",
    "NormalisedPairs",
    "OffsetColumn",
    "Quality",
    "ReadNoise",
    "RowPairs",
    "Spread",
    "Stuck",
    "Tile",
    "analogue_kernel",
    "column_current",
    "compare",
    "conductances",
    "convolve_by_lookup",
    "convolve_directly",
    "convolve_in_software",
    "current_at",
    "decode",
    "encode",
    "held_weights",
    "lookup_tables",
    "photograph",
    "plot_array",
    "program",
    "render",
]
