"""Arrays of memristors: circuits solved exactly, arrays read and written, arrays that compute."""

from acanthite.crossbar.arrays.bias import SCHEMES, Scheme, select
from acanthite.crossbar.arrays.conductance_range import AG2S_RANGE, ConductanceRange
from acanthite.crossbar.arrays.disturb import Disturb, disturb
from acanthite.crossbar.arrays.driven_array import DrivenArray, Spent
from acanthite.crossbar.arrays.dynamic_cells import DynamicCells
from acanthite.crossbar.arrays.leakage import Crosstalk, crosstalk, leaky_currents
from acanthite.crossbar.arrays.margin import PATTERNS, ReadMargin, read_margin
from acanthite.crossbar.arrays.programming.typical_device import Window, suited, window
from acanthite.crossbar.arrays.programming.write_verify import Programmed, WriteVerify, write_map
from acanthite.crossbar.arrays.read_time import largest_array, read_error
from acanthite.crossbar.arrays.transient import Transient, transient
from acanthite.crossbar.circuit.crossbar import Crossbar
from acanthite.crossbar.circuit.devices import Characteristic, Sinh, Table
from acanthite.crossbar.circuit.drawings import plot_array
from acanthite.crossbar.circuit.gradients import Sensitivities, gradient
from acanthite.crossbar.circuit.lines import DRIVEN, FLOATING, GROUNDED, Terminal
from acanthite.crossbar.circuit.netlist import netlist
from acanthite.crossbar.circuit.solution import Power, Solution
from acanthite.crossbar.circuit.solvers.operating_point import Bound
from acanthite.crossbar.circuit.wires import IDEAL, Wires
from acanthite.crossbar.compute.converters import Converter
from acanthite.crossbar.compute.convolution import (
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
from acanthite.crossbar.compute.effects import Bending, Effects, ReadNoise, Spread, Stuck
from acanthite.crossbar.compute.images import photograph
from acanthite.crossbar.compute.kernels import (
    HORIZONTAL,
    KERNELS,
    VERTICAL,
    Encoding,
    encode,
    on_array,
    program,
)
from acanthite.crossbar.compute.mapping import (
    BitSlices,
    ColumnPairs,
    Mapping,
    NormalisedPairs,
    OffsetColumn,
    RowPairs,
    held_weights,
)
from acanthite.crossbar.compute.multiplier import AnalogMatrix, MatrixTile

__all__ = [
    "AG2S_RANGE",
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
    "Characteristic",
    "ColumnPairs",
    "ConductanceRange",
    "Converter",
    "Crossbar",
    "Crosstalk",
    "Disturb",
    "DrivenArray",
    "DynamicCells",
    "Effects",
    "Encoding",
    "Mapping",
    "MatrixTile",
    "NormalisedPairs",
    "OffsetColumn",
    "Power",
    "Programmed",
    "Quality",
    "ReadMargin",
    "ReadNoise",
    "RowPairs",
    "Scheme",
    "Sensitivities",
    "Sinh",
    "Solution",
    "Spent",
    "Spread",
    "Stuck",
    "Table",
    "Terminal",
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
