"""The array: kernels held by differential pairs, and multiply-accumulate over a photograph."""

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

__all__ = [
    "HORIZONTAL",
    "KERNELS",
    "VERTICAL",
    "Encoding",
    "Quality",
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
    "lookup_tables",
    "photograph",
    "program",
    "render",
]
