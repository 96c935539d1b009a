"""What switching costs: the benchmark against other devices, and scaling with area."""

from acanthite.cost.switching.energy import BENCHMARK, BIOLOGY, Entry, lowest_known
from acanthite.cost.switching.scaling import WriteCost, capacitance, exponent, write_cost
from acanthite.cost.switching.thresholds import THRESHOLDS, Threshold, lowest_threshold

__all__ = [
    "BENCHMARK",
    "BIOLOGY",
    "THRESHOLDS",
    "Entry",
    "Threshold",
    "WriteCost",
    "capacitance",
    "exponent",
    "lowest_known",
    "lowest_threshold",
    "write_cost",
]
