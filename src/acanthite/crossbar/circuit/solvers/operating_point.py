"""The state of a circuit at one input or several, as every solver returns it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from acanthite.crossbar.array_types import Array
from acanthite.display import Described


@dataclass(frozen=True, repr=False)
class Bound(Described, voltage="V", current="A"):
    """Upper bounds on the errors of a solution.

    Parameters
    ----------
    voltage : float
        Of any node. [V]
    current : float
        Into any word line or out of any bit line. [A]

    Examples
    --------
    >>> bound = ac.crossbar.Bound(voltage=1e-9, current=1e-15)
    >>> print(f"currents are right to {bound.current:.0e} A")
    currents are right to 1e-15 A
    """

    voltage: float
    current: float

    @staticmethod
    def largest(bounds: list[Bound]) -> Bound:
        """Return what bounds all of them."""
        return Bound(max(b.voltage for b in bounds), max(b.current for b in bounds))


@dataclass(frozen=True, repr=False)
class OperatingPoint:
    """The state of a circuit at one or several inputs.

    Parameters
    ----------
    residual : float
        Largest over the inputs.
    iterations : int
        Most that an input took.
    parts : ndarray, shape (3 or 4, N, M) or (3 or 4, P, N, M), optional
        Drops of word and bit lines [V], currents [A] and, of nonlinear devices, slopes [S]; without
        them only the currents at the terminals are known.
    terminal_currents : tuple of ndarray, shape (N,) and (M,) or (P, N) and (P, M), optional
        Into the word lines and out of the bit lines. [A]
    bound : Bound, optional
        On errors, where the solver knows it.
    """

    residual: float = 0.0
    iterations: int = 0
    parts: Array | None = None
    terminal_currents: tuple[Array, Array] | None = None
    bound: Bound | None = None

    @property
    def inside(self) -> Array:
        """The parts, of a point that has them."""
        assert self.parts is not None
        return self.parts

    def __getitem__(self, k: int) -> OperatingPoint:
        """Return the state at one of several inputs."""
        currents = self.terminal_currents
        return replace(
            self,
            parts=None if self.parts is None else self.parts[:, k],
            terminal_currents=None if currents is None else (currents[0][k], currents[1][k]),
        )


def joined(
    points: Iterable[OperatingPoint], shape: tuple[int, ...], parts: Array | None = None
) -> OperatingPoint:
    """Return the state at all inputs from those at each.

    Parameters
    ----------
    points : iterable of OperatingPoint
    shape : tuple of int
        () or (P,).
    parts : ndarray, shape (3 or 4, ..., N, M), optional
        Filled with the parts of the points, one at a time: memory does not grow with them.
    """
    rest = []
    for k, point in zip(np.ndindex(shape), points, strict=True):
        if parts is not None:
            parts[:, *k] = point.parts
        rest.append(replace(point, parts=None))
    currents = [point.terminal_currents for point in rest if point.terminal_currents is not None]
    bounds = [point.bound for point in rest if point.bound is not None]
    terminal_currents = None
    if len(currents) == len(rest):
        into, out = (np.stack(part) for part in zip(*currents, strict=True))
        terminal_currents = into.reshape(*shape, -1), out.reshape(*shape, -1)
    return OperatingPoint(
        max(point.residual for point in rest),
        max(point.iterations for point in rest),
        parts,
        terminal_currents,
        Bound.largest(bounds) if len(bounds) == len(rest) else None,
    )
