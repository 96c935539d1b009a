"""What switching costs: the benchmark against other devices, and scaling with area."""

from acanthite.cost.energy import BENCHMARK, BIOLOGY, Entry, lowest_known
from acanthite.cost.scaling import WriteCost, capacitance, exponent, write_cost

__all__ = [
    "BENCHMARK",
    "BIOLOGY",
    "Entry",
    "WriteCost",
    "capacitance",
    "exponent",
    "lowest_known",
    "write_cost",
]
