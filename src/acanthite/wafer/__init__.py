"""The wafer: process flow, masks, design rules, wire parasitics and what a whole wafer yields."""

from acanthite.wafer.arrays.cell_device import CellDevice, film_device
from acanthite.wafer.arrays.sizing import (
    Margins,
    Settling,
    Technology,
    largest_array,
    margins,
    settling,
)
from acanthite.wafer.arrays.study import ArrayStudy, HalfSelect
from acanthite.wafer.layout.design import ArrayDesign, Rules, WaferDesign
from acanthite.wafer.layout.drawings import plot_floorplan, plot_masks
from acanthite.wafer.layout.masks import LAYERS, MASKS, die_names, draw, read, write
from acanthite.wafer.layout.rules import Violation, check, require_clean
from acanthite.wafer.layout.wires import Parasitics, parasitics, thin_film_resistivity
from acanthite.wafer.layout.write import Layout, write_layout
from acanthite.wafer.process.budget import BudgetVerdict, allowed_time, thermal_budget
from acanthite.wafer.process.flow import (
    Flow,
    ProcessStep,
    process_flow,
    read_flow,
    recipe_of,
    traveller,
)
from acanthite.wafer.process.section import (
    Section,
    cross_sections,
    plot_cross_sections,
    plot_section,
)
from acanthite.wafer.run import WaferRun, write_wafer
from acanthite.wafer.yields.die_yield import DieYield, die_yield
from acanthite.wafer.yields.drawings import plot_wafer_map, plot_wafer_maps
from acanthite.wafer.yields.film_map import (
    Statistics,
    film_map,
    read_film_map,
    ring_thickness,
    statistics,
)
from acanthite.wafer.yields.measured import Criteria, measure_wafer, pinhole_probability

__all__ = [
    "LAYERS",
    "MASKS",
    "ArrayDesign",
    "ArrayStudy",
    "BudgetVerdict",
    "CellDevice",
    "Criteria",
    "DieYield",
    "Flow",
    "HalfSelect",
    "Layout",
    "Margins",
    "Parasitics",
    "ProcessStep",
    "Rules",
    "Section",
    "Settling",
    "Statistics",
    "Technology",
    "Violation",
    "WaferDesign",
    "WaferRun",
    "allowed_time",
    "check",
    "cross_sections",
    "die_names",
    "die_yield",
    "draw",
    "film_device",
    "film_map",
    "largest_array",
    "margins",
    "measure_wafer",
    "parasitics",
    "pinhole_probability",
    "plot_cross_sections",
    "plot_floorplan",
    "plot_masks",
    "plot_section",
    "plot_wafer_map",
    "plot_wafer_maps",
    "process_flow",
    "read",
    "read_film_map",
    "read_flow",
    "recipe_of",
    "require_clean",
    "ring_thickness",
    "settling",
    "statistics",
    "thermal_budget",
    "thin_film_resistivity",
    "traveller",
    "write",
    "write_layout",
    "write_wafer",
]
