r"""How firmly the terminals hold the nodes of a circuit: whether sweeps in plain doubles suffice.

With R a bound on the resistance between a line, or a piece of a broken one, and the terminals, and
D the conductance of the devices of a line, the largest product R D is what stands between residual
and error, in two ways.

A sweep rounds the current of each device at 10^-16 of its conductance times the voltages on both
sides, however small the current is: the line's voltage is off by :math:`\epsilon V R D`. And the
residual is an energy over all lines: of an energy :math:`\rho^2 V^2 D` left over, a line held by
1 / R may be off by :math:`\rho V \sqrt{R D}`.

Lines that wires tie to a terminal have products up to some thousands, as their drops would be as
many times the voltage were they alone. Where devices alone hold a line, or a large resistance, the
product may be anything.
"""

from __future__ import annotations

import numpy as np

from acanthite.crossbar.array_types import Array
from acanthite.crossbar.circuit.lines import OPEN, ArrayLines

LOOSE = 3e5
"""Looseness above which a circuit is solved by elimination."""
BENT = 1e2
"""The same for nonlinear devices: an error of their currents, relative to all that flows, meets the
resistance itself, not its root."""
FIRM = 1e2
"""Looseness up to which the residual need not be smaller than the tolerance."""
_HOPS = 64


def looseness(D: Array, word: ArrayLines, bit: ArrayLines) -> float:
    """Return the largest resistance from a line to the terminals times that of a line's devices.

    Parameters
    ----------
    D : ndarray, shape (N, M)
        Conductance of the devices. [S]
    word, bit : ArrayLines

    Returns
    -------
    float
        Exact above ``FIRM`` only. [1]
    """
    far = max(word.reach.max(), bit.reach.max())
    if far >= OPEN:
        return _of_pieces(D, word, bit)
    at_most = far * D.max() * max(D.shape)
    if at_most <= FIRM:
        return float(at_most)
    return float(far * max(D.sum(axis=1).max(), D.sum(axis=0).max()))


def sharpened(tolerance: float, loose: float) -> float:
    """Return the residual that leaves loose lines as small an error as the tolerance firm ones."""
    return tolerance * min(1.0, (FIRM / loose) ** 0.5) if loose > 0.0 else tolerance


def _of_pieces(D: Array, word: ArrayLines, bit: ArrayLines) -> float:
    """Return the looseness of lines that float or are broken, whose pieces devices may hold."""
    words = _Pieces(word, D)
    bits = _Pieces(bit, D.T)
    with np.errstate(divide="ignore"):
        r = 1.0 / D
    for _ in range(_HOPS):
        shorter = words.shorten(r + bits.at_nodes.T)
        shorter |= bits.shorten(r.T + words.at_nodes.T)
        if not shorter:
            break
    most = max(pieces.conductance.max() for pieces in (words, bits))
    farthest = max(pieces.distance.max() for pieces in (words, bits))
    if farthest == np.inf:  # held by nothing
        return np.inf
    together = sum((p.distance * p.conductance)[p.distance < p.tied].sum() for p in (words, bits))
    return float(max(most * farthest, together))


class _Pieces:
    """Runs of unbroken wire, with a bound on the resistance from their nodes to the terminals."""

    def __init__(self, lines: ArrayLines, D: Array) -> None:
        self.of_node = lines.pieces()
        self.starts = np.flatnonzero(np.diff(self.of_node.ravel(), prepend=-1))
        whole = np.where(lines.inner < OPEN, lines.inner, 0.0)
        before = np.column_stack([np.zeros(len(D)), whole])
        self.length = np.add.reduceat(before.ravel(), self.starts)
        self.conductance = np.add.reduceat(D.ravel(), self.starts)
        nearest = np.full(self.starts.size, np.inf)
        for end, column in zip(lines.ends, (0, -1), strict=True):
            np.minimum.at(nearest, self.of_node[:, column], np.where(end < OPEN, end, np.inf))
        self.tied = nearest + self.length
        self.distance = self.tied.copy()

    @property
    def at_nodes(self) -> Array:
        return self.distance[self.of_node]

    def shorten(self, through_devices: Array) -> bool:
        """Take shorter paths through devices, (lines, nodes); return whether any is. [ohm]"""
        paths = np.minimum.reduceat(through_devices.ravel(), self.starts) + self.length
        shorter = paths < self.distance
        self.distance[shorter] = paths[shorter]
        return bool(shorter.any())
