"""Tables over process nodes, read between their rows on logarithmic scales."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import exp, log

_DIGITS = 20  # of a node in metres: beyond what anybody means, short of where rounding begins


def rounded(size: float) -> float:
    """Return a node without the rounding of its unit: 7 nm is 7e-9 however it was written.

    Examples
    --------
    >>> rounded(7 * 1e-9) == 7e-9
    True
    """
    return round(size, _DIGITS)


class NodeTable(Mapping[float, float]):
    """Positive values by node; what was read is kept, as a chip reads the same many times.

    Parameters
    ----------
    rows : mapping of float to float
        By node, in any order. [m]

    Examples
    --------
    >>> table = NodeTable({10e-9: 1.0, 40e-9: 16.0})
    >>> round(table.between(20e-9), 9), table.held(7e-9)
    (4.0, 1.0)
    """

    def __init__(self, rows: Mapping[float, float]) -> None:
        self._rows = {rounded(size): rows[size] for size in sorted(rows)}
        self._read: dict[float, float] = {}

    def __getitem__(self, size: float) -> float:
        return self._rows[rounded(size)]

    def __iter__(self) -> Iterator[float]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def nearest(self, size: float) -> float:
        """Return the node within the table that is nearest [m]."""
        nodes = list(self._rows)
        return min(max(rounded(size), nodes[0]), nodes[-1])

    def held(self, size: float) -> float:
        """Return the value at a node; beyond the table, that of its nearest row."""
        return self.between(self.nearest(size))

    def between(self, size: float) -> float:
        """Return the value at a node, straight lines on logarithmic scales.

        Parameters
        ----------
        size : float
            Within the table. [m]

        Raises
        ------
        ValueError
            If the node is outside the table.
        """
        size = rounded(size)
        if size not in self._read:
            self._read[size] = self._interpolated(size)
        return self._read[size]

    def _interpolated(self, size: float) -> float:
        nodes = list(self._rows)
        if not nodes[0] <= size <= nodes[-1]:
            raise ValueError(f"node {size} outside the table, {nodes[0]} to {nodes[-1]}")
        above = next(node for node in nodes if node >= size)
        below = max(node for node in nodes if node <= size)
        if above == below:
            return self._rows[above]
        share = log(size / below) / log(above / below)
        return exp((1 - share) * log(self._rows[below]) + share * log(self._rows[above]))
