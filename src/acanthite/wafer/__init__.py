"""The wafer: process flow, masks, design rules, wire parasitics and what a whole wafer yields."""

from acanthite.wafer.design import ArrayDesign, Rules, WaferDesign
from acanthite.wafer.drawings import plot_floorplan, plot_masks
from acanthite.wafer.layout import Layout, write_layout
from acanthite.wafer.masks import LAYERS, MASKS, draw, read, write
from acanthite.wafer.rules import Violation, check, require_clean
from acanthite.wafer.wires import Parasitics, parasitics, thin_film_resistivity

__all__ = [
    "LAYERS",
    "MASKS",
    "ArrayDesign",
    "Layout",
    "Parasitics",
    "Rules",
    "Violation",
    "WaferDesign",
    "check",
    "draw",
    "parasitics",
    "plot_floorplan",
    "plot_masks",
    "read",
    "require_clean",
    "thin_film_resistivity",
    "write",
    "write_layout",
]
