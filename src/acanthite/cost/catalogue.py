"""All constants of the cost model, from the files that use them."""

from __future__ import annotations

from acanthite.cost.chip import cells
from acanthite.cost.components import (
    amplifier,
    digital,
    link,
    memory,
    row_converter,
    row_driver,
    sample_hold,
    word_line,
)
from acanthite.cost.constants import CostConstants
from acanthite.cost.converters import comparator, integrating, sar, survey
from acanthite.cost.node import logic, process_node, transistors, wires

CONSTANTS = CostConstants(
    entry
    for module in (
        logic,
        transistors,
        wires,
        process_node,
        digital,
        memory,
        word_line,
        row_driver,
        row_converter,
        amplifier,
        sample_hold,
        link,
        survey,
        comparator,
        integrating,
        sar,
        cells,
    )
    for entry in module.CONSTANTS
)
"""Every constant, with its interval and its source."""
