"""Tables over process nodes, read between their rows on logarithmic scales."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log


def between(table: Mapping[float, float], size: float) -> float:
    """Return the value of a table at a node, straight lines on logarithmic scales.

    Parameters
    ----------
    table : mapping of float to float
        By node, in any order. [m]
    size : float
        Within the table. [m]

    Raises
    ------
    ValueError
        If the node is outside the table.

    Examples
    --------
    >>> round(between({10e-9: 1.0, 40e-9: 16.0}, 20e-9), 9)
    4.0
    """
    nodes = sorted(table)
    if not nodes[0] <= size <= nodes[-1]:
        raise ValueError(f"node {size} outside the table, {nodes[0]} to {nodes[-1]}")
    above = next(node for node in nodes if node >= size)
    below = max(node for node in nodes if node <= size)
    if above == below:
        return table[above]
    share = log(size / below) / log(above / below)
    return exp((1 - share) * log(table[below]) + share * log(table[above]))


def held(table: Mapping[float, float], size: float) -> float:
    """Return the value at a node; beyond the table, that of its nearest row.

    Examples
    --------
    >>> held({10e-9: 1.0, 40e-9: 16.0}, 7e-9)
    1.0
    """
    return between(table, min(max(size, min(table)), max(table)))
