"""How large cells are where a chip does not say."""

from __future__ import annotations

from acanthite.cost.constants import CostConstant

CONSTANTS = (
    CostConstant("cell.transistor", 126.0, "1", 30.0, 150.0, "Wan2022", "2.13 um2 at 130 nm"),
    CostConstant("cell.crossing", 4.0, "1", 4.0, 16.0, "Shafiee2016", "areas of the node squared"),
)
