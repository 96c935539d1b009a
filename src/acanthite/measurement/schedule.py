"""What a program comes down to: linear segments of voltage, which of them end in a sample, and how
samples are laid out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np


@dataclass(frozen=True)
class Schedule:
    """What a program comes down to.

    Parameters
    ----------
    segments : ndarray, shape (segment, 4)
        Duration [s], voltage at its start and end [V], current limit [A].
    recorded : ndarray of bool, shape (segment,)
        Whether the end of a segment is a sample.
    cycles : int
    dims : tuple of str
        Names of the dimensions the samples of a cycle are laid out in, after (device, cycle).
    shape : tuple of int
        Their lengths; their product is the number of samples of a cycle.
    coords : mapping
        Coordinates along them: name to (dim, values, unit, long name).
    drive : {"voltage", "current"}
        What the source sets; in place of the voltages of segments stand currents then. [A]
    voltage_limit : float
        Of a source of current. [V]

    Examples
    --------
    >>> from acanthite.constants import mA
    >>> schedule = ac.measurement.Sweep(-0.5, 0.5, rate=2.0, step=0.25).schedule(
    ...     current_limit=1 * mA
    ... )
    >>> schedule.applied[:3].tolist(), float(schedule.limits[0] / mA)
    ([-0.25, -0.5, -0.25], 1.0)
    >>> print(f"{schedule.times[-1, -1]:.2f} s")
    1.00 s
    """

    segments: np.ndarray
    recorded: np.ndarray
    cycles: int
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    coords: Mapping[str, tuple[str, Any, str, str]] = field(default_factory=dict)
    drive: str = "voltage"
    voltage_limit: float = math.inf

    @property
    def times(self) -> np.ndarray:
        """Time of each sample since the start, shape (cycle, sample). [s]"""
        ends = np.cumsum(self.segments[:, 0])
        return ends[-1] * np.arange(self.cycles)[:, None] + ends[self.recorded][None, :]

    @property
    def applied(self) -> np.ndarray:
        """What the source is set to at each sample of a cycle, shape (sample,). [V]

        A current where it sets one.
        """
        return self.segments[self.recorded, 2]

    @property
    def limits(self) -> np.ndarray:
        """Current the source is limited to at each sample of a cycle, shape (sample,). [A]"""
        return self.segments[self.recorded, 3]


class Program(Protocol):
    """Anything that can be scheduled.

    Examples
    --------
    A program of one's own is any class with this method:

    >>> import numpy as np
    >>> from acanthite.constants import mV
    >>> class Hold:
    ...     "A minute at 5 mV, sampled every ten seconds."
    ...
    ...     def schedule(self, current_limit):
    ...         rows = np.tile([10.0, 5 * mV, 5 * mV, current_limit], (6, 1))
    ...         return ac.measurement.Schedule(
    ...             rows, np.ones(6, bool), cycles=1, dims=("sample",), shape=(6,)
    ...         )
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> ac.measurement.run(devices, Hold()).time.values.tolist()
    [[10.0, 20.0, 30.0, 40.0, 50.0, 60.0]]
    """

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; ``current_limit`` is the instrument's own. [A]"""
        ...


class Segments:
    """Collects segments in the order they happen."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.rows: list[tuple[float, float, float, float]] = []
        self.recorded: list[bool] = []
        self.level = 0.0

    def to(self, voltage: float, duration: float, record: bool = False) -> None:
        """Go to a voltage in a straight line."""
        self.rows.append((duration, self.level, voltage, self.limit))
        self.recorded.append(record)
        self.level = voltage

    def hold(self, duration: float, record: bool = False) -> None:
        """Stay where the voltage is."""
        self.to(self.level, duration, record)

    def pulse(self, voltage: float, width: float, edge: float, base: float = 0.0) -> None:
        """Apply a trapezoid; ``width`` is its full width at half maximum."""
        self.to(voltage, edge)
        self.hold(width - edge)
        self.to(base, edge)

    def read(self, voltage: float, width: float, edge: float) -> None:
        """Apply a read pulse sampled at the end of its plateau."""
        self.to(voltage, edge)
        self.hold(width, record=True)
        self.to(0.0, edge)

    def schedule(
        self,
        cycles: int,
        dims: tuple[str, ...],
        shape: tuple[int, ...],
        drive: str = "voltage",
        voltage_limit: float = math.inf,
        **coords: Any,
    ) -> Schedule:
        """Return what was collected, to be repeated ``cycles`` times."""
        rows, recorded = np.array(self.rows), np.array(self.recorded)
        return Schedule(rows, recorded, cycles, dims, shape, coords, drive, voltage_limit)
