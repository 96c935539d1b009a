"""Programs of the virtual instrument: what voltage is applied when, and where it is sampled.

A program is a list of linear segments repeated in cycles. Voltages are those of the top (Ag) electrode against
the bottom (Au) one: SET is negative.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from acanthite.constants import ms, mV, ns, us
from acanthite.errors import ProgramError
from acanthite.measurement.schedule import Program, Schedule, Segments

__all__ = ["Endurance", "Program", "PulseLadder", "PulseTrain", "Retention", "Schedule", "Sweep"]


def _positive(program: str, **values: float) -> None:
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise ProgramError(f"{program}: {name} = {value!r}; expected a positive number")


def _count(program: str, **values: int) -> None:
    for name, value in values.items():
        if int(value) != value or value < 1:
            raise ProgramError(f"{program}: {name} = {value!r}; expected a whole number of at least 1")


@dataclass(frozen=True)
class Sweep:
    """DC sweep 0 -> first -> 0 -> second -> 0, repeated.

    Parameters
    ----------
    first, second : float
        Turning points; a zero leaves that half out. [V]
    rate : float
        [V/s]
    step : float
        Voltage between samples. [V]
    cycles : int
    compliance : float, optional
        Current limit; the instrument's own without it. [A]

    Raises
    ------
    ProgramError
        When scheduled, if a value makes no sense.
    """

    first: float
    second: float = 0.0
    rate: float = 2.0
    step: float = 5 * mV
    cycles: int = 1
    compliance: float | None = None

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments, one a sample."""
        _positive("Sweep", rate=self.rate, step=self.step)
        _count("Sweep", cycles=self.cycles)
        if self.compliance is not None:
            _positive("Sweep", compliance=self.compliance)
        turns = [v for v in (self.first, self.second) if v != 0.0]
        if not turns or not all(map(math.isfinite, turns)):
            raise ProgramError(
                f"Sweep: first = {self.first!r}, second = {self.second!r}; expected a turning point, not 0"
            )
        s = Segments(min(current_limit, self.compliance or math.inf))
        for turn in turns:
            n = max(1, round(abs(turn) / self.step))
            for v in (*(turn * np.arange(1, n + 1) / n), *(turn * np.arange(n - 1, -1, -1) / n)):
                s.to(float(v), abs(turn) / n / self.rate, record=True)
        return s.schedule(self.cycles, ("sample",), (len(s.rows),))


@dataclass(frozen=True)
class PulseTrain:
    """Equal write pulses, each followed by a read, sampled in time as an oscilloscope would.

    Parameters
    ----------
    voltage : float
        Of the write pulses. [V]
    width, edge : float
        Full width at half maximum, and rise and fall time. [s]
    count : int
    read_voltage : float
        Applied between the pulses. [V]
    read_time : float
        How long. [s]
    samples : int
        On each write plateau; the edges get a tenth and the read as many.
    """

    voltage: float = -0.3
    width: float = 1 * us
    edge: float = 20 * ns
    count: int = 3
    read_voltage: float = 5 * mV
    read_time: float = 20 * us
    samples: int = 50

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dims are (pulse, sample)."""
        _positive("PulseTrain", width=self.width, edge=self.edge, read_time=self.read_time)
        _count("PulseTrain", count=self.count, samples=self.samples)
        if self.edge >= self.width:
            raise ProgramError(
                f"PulseTrain: edge = {self.edge!r} s; expected less than width = {self.width!r} s"
            )
        s, n_edge = Segments(current_limit), max(2, self.samples // 10)
        s.to(self.read_voltage, self.edge)
        for _ in range(self.count):
            self._ramp(s, self.voltage, n_edge)
            for _ in range(self.samples):
                s.hold((self.width - self.edge) / self.samples, record=True)
            self._ramp(s, self.read_voltage, n_edge)
            for gap in np.diff(np.concatenate([[0.0], np.geomspace(0.01, 1.0, self.samples)])):
                s.hold(float(gap) * self.read_time, record=True)
        per_pulse = 2 * self.samples + 2 * n_edge
        write = np.arange(per_pulse) < self.samples + 2 * n_edge
        return s.schedule(
            1, ("pulse", "sample"), (self.count, per_pulse),
            writing=("sample", write, "1", "belongs to the write pulse"),
        )  # fmt: skip

    def _ramp(self, s: Segments, to: float, n: int) -> None:
        start = s.level
        for i in range(1, n + 1):
            s.to(start + (to - start) * i / n, self.edge / n, record=True)


@dataclass(frozen=True)
class PulseLadder:
    """Potentiation then depression pulses, the conductance read after each.

    Parameters
    ----------
    up, down : int
        Pulses of each kind in one ladder.
    repeats : int
        Ladders; they are the cycles of the Recording.
    voltage : float
        Potentiation is -voltage, depression +voltage; negative for a device of the other polarity. [V]
    width, edge : float
        [s]
    wait : float
        Between a write pulse and its read, for the polarisation to go. [s]
    read_voltage, read_time : float
        [V], [s]
    depression : float, optional
        Magnitude of the depression pulses where it is another. [V]
    """

    up: int = 30
    down: int = 30
    repeats: int = 20
    voltage: float = 0.3
    width: float = 1 * us
    edge: float = 20 * ns
    wait: float = 50 * us
    read_voltage: float = 5 * mV
    read_time: float = 50 * us
    depression: float | None = None

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dim is (pulse,)."""
        _positive(
            "PulseLadder",
            voltage=abs(self.voltage),
            width=self.width,
            edge=self.edge,
            wait=self.wait,
            read_time=self.read_time,
        )
        _count("PulseLadder", up=self.up, down=self.down, repeats=self.repeats)
        if self.edge >= self.width:
            raise ProgramError(
                f"PulseLadder: edge = {self.edge!r} s; expected less than width = {self.width!r} s"
            )
        depression = abs(self.voltage) if self.depression is None else self.depression
        _positive("PulseLadder", depression=depression)
        depression = math.copysign(depression, self.voltage)
        volts = np.r_[np.full(self.up, -self.voltage), np.full(self.down, depression)]
        s = Segments(current_limit)
        for v in volts:
            s.pulse(float(v), self.width, self.edge)
            s.hold(self.wait)
            s.read(self.read_voltage, self.read_time, self.edge)
        return s.schedule(
            self.repeats,
            ("pulse",),
            (len(volts),),
            pulse_voltage=("pulse", volts, "V", "write pulse voltage"),
        )


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
    """

    duration: float = 1e4
    points: int = 60
    first: float = 1e-2
    read_voltage: float = 5 * mV
    read_time: float = 1 * ms

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dim is (sample,)."""
        _positive("Retention", duration=self.duration, first=self.first, read_time=self.read_time)
        _count("Retention", points=self.points)
        if not self.read_time * 2 < self.first < self.duration:
            raise ProgramError(
                f"Retention: first = {self.first!r} s; expected between 2 read_time = {2 * self.read_time!r} s and duration"
            )
        edge, now, s = self.read_time / 100, 0.0, Segments(current_limit)
        for t in np.geomspace(self.first, self.duration, self.points):
            s.hold(float(t) - now - self.read_time - edge)
            s.read(self.read_voltage, self.read_time, edge)
            now = float(t) + edge
        return s.schedule(1, ("sample",), (self.points,))


@dataclass(frozen=True)
class Endurance:
    """SET and RESET pulses in turn, the conductance read after each.

    Parameters
    ----------
    cycles : int
    voltage : float
        Magnitude of both. [V]
    width, edge : float
        [s]
    read_voltage, read_time : float
        [V], [s]
    """

    cycles: int = 10_000
    voltage: float = 0.3
    width: float = 10 * ms
    edge: float = 1 * us
    read_voltage: float = 5 * mV
    read_time: float = 1 * ms

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dim is (pulse,): after SET, after RESET."""
        _positive(
            "Endurance", voltage=self.voltage, width=self.width, edge=self.edge, read_time=self.read_time
        )
        _count("Endurance", cycles=self.cycles)
        s, volts = Segments(current_limit), np.array([-self.voltage, self.voltage])
        for v in volts:
            s.pulse(float(v), self.width, self.edge)
            s.hold(self.read_time)
            s.read(self.read_voltage, self.read_time, self.edge)
        return s.schedule(
            self.cycles, ("pulse",), (2,), pulse_voltage=("pulse", volts, "V", "write pulse voltage")
        )
