"""Reads of a state that is left alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from acanthite.arguments import count
from acanthite.constants import ms, mV
from acanthite.errors import ProgramError
from acanthite.measurement.programs.checks import check_positive, check_segments, check_volts
from acanthite.measurement.schedule import Schedule, Segments
from acanthite.quantities import accepts_quantities

_EDGES_OF_READ = 100
"""A read of a retention lasts as long as so many of its edges."""


@accepts_quantities
@dataclass(frozen=True)
class Retention:
    """Reads spaced logarithmically in time, nothing applied between them.

    Parameters
    ----------
    duration : float
        [s]
    points : int
    first : float
        Time of the first read. [s]
    read_voltage, read_time : float
        [V], [s]

    Examples
    --------
    >>> from acanthite.constants import hour
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> test = ac.measurement.Retention(duration=1 * hour, points=10)
    >>> reads = ac.measurement.run(devices, test, after=ac.measurement.Sweep(-0.5))
    >>> print(f"{float(reads.time[0, 0]):.2f} s to {float(reads.time[0, -1]):.0f} s")
    0.01 s to 3600 s
    """

    duration: float = 1e4
    points: int = 60
    first: float = 1e-2
    read_voltage: float = 5 * mV
    read_time: float = 1 * ms

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dim is (sample,)."""
        check_positive(
            "Retention", duration=self.duration, first=self.first, read_time=self.read_time
        )
        check_volts("Retention", read_voltage=self.read_voltage)
        points = count("Retention: points", self.points, least=2, error=ProgramError)
        check_segments("Retention", "points", 4.0 * points)
        if not self.read_time * 2 < self.first < self.duration:
            raise ProgramError(
                f"Retention: first = {self.first!r} s; expected between 2 read_time = "
                f"{2 * self.read_time!r} s and duration"
            )
        edge = self.read_time / _EDGES_OF_READ
        now = 0.0
        s = Segments(current_limit)
        for t in self._times(points, self.read_time + 2 * edge):
            s.hold(float(t) - now - self.read_time - edge)
            s.read(self.read_voltage, self.read_time, edge)
            now = float(t) + edge
        return s.schedule(1, ("sample",), (points,))

    def _times(self, points: int, takes: float) -> np.ndarray:
        """Return when reads end, each ``takes`` seconds or more after the one before."""
        times = np.geomspace(self.first, self.duration, points)
        if not np.diff(times).min() > takes:
            most = int(math.log(self.duration / self.first) / math.log1p(takes / self.first)) + 1
            raise ProgramError(
                f"Retention: points = {points} from first = {self.first!r} s to duration = "
                f"{self.duration!r} s are "
                f"{np.diff(times).min():.3g} s apart at first, but a read takes {takes:.3g} s; "
                f"expected at most {max(most, 1)} "
                "points, a longer duration, a later first or a shorter read_time"
            )
        return times
