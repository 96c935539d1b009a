"""States of devices, simulated once on a grid of targets, of which cells are drawn.

A cell is one of the simulated devices: it is off its target by what that device was, and keeps in
time what that device kept. Between two targets of the grid a cell is a device of either, by how
near they are, so that neither the spread nor its tails are averaged away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acanthite.crossbar import DynamicCells
from acanthite.inference.cells.devices.writing import read

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

TIMES = np.concatenate([[0.0], np.geomspace(1e-3, 1e9, 49)])
"""When devices are read, after they were written. [s]"""


_SINCE = np.log1p(TIMES / TIMES[1])


@dataclass(frozen=True, eq=False)
class Kept:
    """What cells keep in time.

    Parameters
    ----------
    left : ndarray, shape (time, device)
        Conductance of devices at :data:`TIMES`, over that written. [1]
    device : ndarray of int
        Which device each cell is.
    """

    left: Array
    device: Integers

    def at(self, time: float) -> Array:
        """Return what each cell has left at a time [s], over what was written. [1]"""
        place = float(np.interp(np.log1p(time / TIMES[1]), _SINCE, np.arange(len(TIMES))))
        first = min(int(place), len(TIMES) - 2)
        share = place - first
        both = (1.0 - share) * self.left[first] + share * self.left[first + 1]
        return both[self.device]


@dataclass(frozen=True, eq=False)
class DeviceStates:
    """What devices became.

    Parameters
    ----------
    targets : ndarray, shape (level,)
        Rising. [S]
    written : ndarray, shape (level, device)
        [S]
    left : ndarray, shape (time, level * device)
        Conductance at :data:`TIMES`, over that written. [1]
    """

    targets: Array
    written: Array
    left: Array

    def draw(self, target: Array, rng: np.random.Generator) -> tuple[Array, Kept]:
        """Return what cells conduct once they are written [S], and what they keep."""
        place = np.interp(target, self.targets, np.arange(len(self.targets), dtype=float))
        level = np.floor(place + rng.random(target.shape)).astype(np.int64)
        level = np.minimum(level, len(self.targets) - 1)
        each = self.written.shape[1]
        device = rng.integers(each, size=target.shape)
        written = target + self.written[level, device] - self.targets[level]
        return written, Kept(self.left, level * each + device)


def followed(cells: DynamicCells) -> tuple[Array, Array]:
    """Leave written devices alone, and read them at all times.

    Returns
    -------
    written : ndarray, shape (device,)
        [S]
    left : ndarray, shape (time, device)
        [1]
    """
    written = read(cells)
    left = [np.ones(len(written))]
    for waited in np.diff(TIMES):
        cells.hold(0.0, 0.0, float(waited))
        left.append(read(cells) / written)
    return written, np.array(left)
