"""How energy, delay and area of logic go from node to node: Stillmaker and Baas (2017).

Polynomials in the supply voltage, fitted to circuit simulations; only ratios to another node are
used, each at its nominal voltage, near which the fits hold. 45 and 32 nm are the high-performance
processes.
"""

from __future__ import annotations

from acanthite.constants import nm
from acanthite.cost.constants import factor
from acanthite.cost.node.interpolation import NodeTable

SOURCE = "Stillmaker2017"

# node: nominal supply [V]; d3..d0 of the delay; e2..e0 of the energy; area over that at 130 nm
_ROWS = {
    130: (1.2, (-76.65, 334.9, -493.4, 275.8), (7.171, -6.709, 2.904), 1.0),
    90: (1.2, (-60.34, 262.5, -384.2, 210.9), (4.762, -4.781, 2.092), 0.44),
    65: (1.1, (-53.3, 230.4, -333.9, 178.6), (3.755, -4.398, 1.975), 0.23),
    45: (1.0, (-501.6, 1567.0, -1619.0, 566.1), (1.018, -0.3107, 0.1539), 0.16),
    32: (0.9, (-1047.0, 2982.0, -2797.0, 873.5), (0.8367, -0.4341, 0.1701), 0.072),
    20: (0.9, (0.0, 34.63, -66.37, 41.15), (0.373, -0.1582, 0.04104), 0.033),
    16: (0.85, (0.0, 24.8, -47.52, 28.87), (0.2958, -0.1241, 0.03024), 0.030),
    14: (0.8, (-40.66, 109.2, -100.6, 35.92), (0.2363, -0.09675, 0.02239), 0.027),
    10: (0.75, (-34.95, 93.65, -85.99, 30.4), (0.2068, -0.09311, 0.02375), 0.016),
    7: (0.7, (-28.58, 76.6, -70.26, 24.69), (0.1776, -0.09097, 0.02447), 0.0092),
}


def _polynomial(coefficients: tuple[float, ...], voltage: float) -> float:
    value = 0.0
    for coefficient in coefficients:
        value = value * voltage + coefficient
    return value


SUPPLY = NodeTable({size * nm: row[0] for size, row in _ROWS.items()})
"""Nominal supply of a node [m]. [V]"""
DELAY = NodeTable({size * nm: _polynomial(row[1], row[0]) for size, row in _ROWS.items()})
"""Delay of a node [m] at its nominal supply, in the authors' unit: for ratios."""
ENERGY = NodeTable({size * nm: _polynomial(row[2], row[0]) for size, row in _ROWS.items()})
"""Energy of a node [m] at its nominal supply, in the authors' unit: for ratios."""
AREA = NodeTable({size * nm: row[3] for size, row in _ROWS.items()})
"""Area of a node [m] over that at 130 nm. [1]"""

CONSTANTS = (
    factor("logic.energy", 0.5, 2.0, "Horowitz2014", "beside Shao2014: two tables, a factor of 2"),
    factor("logic.delay", 0.7, 1.5, SOURCE, "spread of gate delays about the rule"),
    factor("logic.area", 0.7, 1.5, SOURCE, "routing and fill, assumed"),
)
