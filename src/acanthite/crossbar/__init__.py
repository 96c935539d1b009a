"""Arrays: the exact solver, bias schemes, programming, transients; matrices and kernels on arrays."""

from acanthite.crossbar.bias import PATTERNS, SCHEMES, ReadMargin, Scheme, read_margin, select
from acanthite.crossbar.careful import Bound
from acanthite.crossbar.cells import DynamicCells
from acanthite.crossbar.circuit import Crossbar
from acanthite.crossbar.converters import Converter
from acanthite.crossbar.disturb import Disturb, disturb
from acanthite.crossbar.drawings import plot_array
from acanthite.crossbar.driven import DrivenArray, Spent
from acanthite.crossbar.effects import Bending, Effects, ReadNoise, Spread, Stuck
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
from acanthite.crossbar.leakage import Crosstalk, crosstalk, leaky_currents
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
from acanthite.crossbar.programming import Programmed, WriteVerify, write_map
from acanthite.crossbar.solution import Power, Solution
from acanthite.crossbar.transient import Transient, largest_array, read_error, transient
from acanthite.crossbar.typical import Window, suited, window
from acanthite.crossbar.wires import IDEAL, Wires

__all__ = [
    "AG2S_CELLS",
    "DRIVEN",
    "FLOATING",
    "GROUNDED",
    "HORIZONTAL",
    "IDEAL",
    "KERNELS",
    "PATTERNS",
    "SCHEMES",
    "VERTICAL",
    "AnalogMatrix",
    "Bending",
    "BitSlices",
    "Bound",
    "Cells",
    "Characteristic",
    "ColumnPairs",
    "Converter",
    "Crossbar",
    "Crosstalk",
    "Disturb",
    "DrivenArray",
    "DynamicCells",
    "Effects",
    "Encoding",
    "Gradient",
    "Mapping",
    "NormalisedPairs",
    "OffsetColumn",
    "Power",
    "Programmed",
    "Quality",
    "ReadMargin",
    "ReadNoise",
    "RowPairs",
    "Scheme",
    "Sinh",
    "Solution",
    "Spent",
    "Spread",
    "Stuck",
    "Table",
    "Terminal",
    "Tile",
    "Transient",
    "Window",
    "Wires",
    "WriteVerify",
    "compare",
    "conductances",
    "convolve",
    "convolve_by_lookup",
    "convolve_in_software",
    "crosstalk",
    "current_at",
    "decode",
    "disturb",
    "encode",
    "gradient",
    "held_weights",
    "largest_array",
    "leaky_currents",
    "lookup_tables",
    "netlist",
    "on_array",
    "photograph",
    "plot_array",
    "program",
    "read_error",
    "read_margin",
    "render",
    "select",
    "suited",
    "transient",
    "window",
    "write_map",
]
