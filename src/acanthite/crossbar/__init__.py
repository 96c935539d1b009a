"""The array: kernels held by differential pairs, and multiply-accumulate over a photograph."""

from acanthite.crossbar.cells import DynamicCells
from acanthite.crossbar.circuit import Crossbar
from acanthite.crossbar.converters import Converter
from acanthite.crossbar.drawings import plot_array
from acanthite.crossbar.effects import Effects, ReadNoise, Spread, Stuck
from acanthite.crossbar.gradients import Gradient, gradient
from acanthite.crossbar.images import photograph
from acanthite.crossbar.kernels import (
    HORIZONTAL,
    KERNELS,
    VERTICAL,
    Encoding,
    encode,
    on_array,
    program,
)
from acanthite.crossbar.lines import DRIVEN, FLOATING, GROUNDED, Terminal
from acanthite.crossbar.mac import (
    Quality,
    compare,
    conductances,
    convolve,
    convolve_by_lookup,
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
from acanthite.crossbar.netlist import netlist
from acanthite.crossbar.nonlinear import Characteristic, Sinh, Table
from acanthite.crossbar.solution import Power, Solution

__all__ = [
    "AG2S_CELLS",
    "DRIVEN",
    "FLOATING",
    "GROUNDED",
    "HORIZONTAL",
    "KERNELS",
    "VERTICAL",
    "AnalogMatrix",
    "BitSlices",
    "Cells",
    "Characteristic",
    "ColumnPairs",
    "Converter",
    "Crossbar",
    "DynamicCells",
    "Effects",
    "Encoding",
    "Gradient",
    "Mapping",
    "NormalisedPairs",
    "OffsetColumn",
    "Power",
    "Quality",
    "ReadNoise",
    "RowPairs",
    "Sinh",
    "Solution",
    "Spread",
    "Stuck",
    "Table",
    "Terminal",
    "Tile",
    "compare",
    "conductances",
    "convolve",
    "convolve_by_lookup",
    "convolve_in_software",
    "current_at",
    "decode",
    "encode",
    "gradient",
    "held_weights",
    "lookup_tables",
    "netlist",
    "on_array",
    "photograph",
    "plot_array",
    "program",
    "render",
]
