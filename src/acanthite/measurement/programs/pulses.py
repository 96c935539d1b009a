"""Write pulses and the reads between them: trains, ladders, and cycling."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from acanthite.arguments import number
from acanthite.constants import ms, mV, ns, us
from acanthite.errors import ProgramError
from acanthite.measurement.programs.checks import (
    check_edge,
    check_positive,
    check_segments,
    check_volts,
    checked_counts,
)
from acanthite.measurement.schedule import Schedule, Segments
from acanthite.quantities import accepts_quantities


@accepts_quantities
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
        On each write plateau; the edges get a tenth of it each, the read the same number.
    compliance : float, optional
        Current limit of the write pulses; the instrument's own without it. [A]

    Examples
    --------
    >>> from acanthite.constants import nm, us
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(2, seed=1)
    >>> program = ac.measurement.PulseTrain(voltage=-0.3, width=1 * us, count=3, samples=20)
    >>> train = ac.measurement.run(devices, program)
    >>> dict(train.sizes)
    {'device': 2, 'cycle': 1, 'pulse': 3, 'sample': 44}
    >>> print(f"{float(train.voltage.min()):.1f} V while writing")
    -0.3 V while writing
    """

    voltage: float = -0.3
    width: float = 1 * us
    edge: float = 20 * ns
    count: int = 3
    read_voltage: float = 5 * mV
    read_time: float = 20 * us
    samples: int = 50
    compliance: float | None = None

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dims are (pulse, sample)."""
        check_volts("PulseTrain", voltage=self.voltage)
        number("PulseTrain: read_voltage", self.read_voltage, error=ProgramError)
        check_positive("PulseTrain", read_time=self.read_time)
        check_edge("PulseTrain", self.edge, self.width)
        pulses, samples = checked_counts("PulseTrain", count=self.count, samples=self.samples)
        check_segments("PulseTrain", "count and samples", 3.0 * pulses * samples)
        s = Segments(current_limit)
        n_edge = max(2, samples // 10)
        late = np.geomspace(0.01, 1.0, samples) if samples > 1 else np.ones(1)
        s.to(self.read_voltage, self.edge)
        write_limit = _limit("PulseTrain", "compliance", self.compliance, current_limit)
        for _ in range(pulses):
            s.limit = write_limit
            self._ramp(s, self.voltage, n_edge)
            for _ in range(samples):
                s.hold((self.width - self.edge) / samples, record=True)
            self._ramp(s, self.read_voltage, n_edge)
            s.limit = current_limit
            for gap in np.diff(np.r_[0.0, late]):
                s.hold(float(gap) * self.read_time, record=True)
        per_pulse = 2 * samples + 2 * n_edge
        write = np.arange(per_pulse) < samples + 2 * n_edge
        return s.schedule(
            1,
            ("pulse", "sample"),
            (pulses, per_pulse),
            writing=("sample", write, "1", "belongs to the write pulse"),
        )

    def _ramp(self, s: Segments, to: float, n: int) -> None:
        start = s.level
        for i in range(1, n + 1):
            s.to(start + (to - start) * i / n, self.edge / n, record=True)


@accepts_quantities
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
        Potentiation is -voltage, depression +voltage; negative for a device of the other polarity.
        [V]
    width, edge : float
        [s]
    wait : float
        Between a write pulse and its read, for the polarisation to go. [s]
    read_voltage, read_time : float
        [V], [s]
    depression : float, optional
        Magnitude of the depression pulses where it is another. [V]
    compliance, reset_compliance : float, optional
        Current limits of the pulses that potentiate and of those that depress; the instrument's own without
        them. [A]

    Examples
    --------
    >>> from acanthite.constants import nm, us
    >>> film = ac.film.grow(ac.film.Recipe(thickness=200 * nm))
    >>> devices = ac.device.Filament.from_film(film).sample(2, seed=1)
    >>> ladder = ac.measurement.PulseLadder(
    ...     up=10, down=10, repeats=3, voltage=0.3, width=1 * us
    ... )
    >>> levels = ac.analysis.conductance(ac.measurement.run(devices, ladder))
    >>> dict(levels.sizes)
    {'device': 2, 'cycle': 3, 'pulse': 20}
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
    compliance: float | None = None
    reset_compliance: float | None = None

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dim is (pulse,)."""
        check_volts("PulseLadder", voltage=self.voltage, read_voltage=self.read_voltage)
        check_edge("PulseLadder", self.edge, self.width)
        check_positive("PulseLadder", wait=self.wait, read_time=self.read_time)
        up, down, repeats = checked_counts(
            "PulseLadder", up=self.up, down=self.down, repeats=self.repeats
        )
        check_segments("PulseLadder", "up and down", 7.0 * (up + down))
        depression = abs(self.voltage) if self.depression is None else self.depression
        check_positive("PulseLadder", depression=depression)
        depression = math.copysign(depression, self.voltage)
        volts = np.r_[np.full(up, -self.voltage), np.full(down, depression)]
        s = Segments(current_limit)
        limits = _both_limits("PulseLadder", self, current_limit)
        for k, v in enumerate(volts):
            s.limit = limits[0] if k < up else limits[1]
            s.pulse(float(v), self.width, self.edge)
            s.limit = current_limit
            s.hold(self.wait)
            s.read(self.read_voltage, self.read_time, self.edge)
        return s.schedule(
            repeats,
            ("pulse",),
            (len(volts),),
            pulse_voltage=("pulse", volts, "V", "write pulse voltage"),
        )


@accepts_quantities
@dataclass(frozen=True)
class Endurance:
    """SET and RESET pulses in turn, the conductance read after each.

    Parameters
    ----------
    cycles : int
    voltage : float
        SET is -voltage, RESET +voltage; negative for a device of the other polarity. [V]
    width, edge : float
        [s]
    read_voltage, read_time : float
        [V], [s]
    compliance, reset_compliance : float, optional
        Current limits of the pulses that set and of those that reset; the instrument's own without
        them. [A]

    Examples
    --------
    >>> from acanthite.constants import ms
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> cycling = ac.measurement.Endurance(cycles=5, voltage=0.3, width=10 * ms)
    >>> dict(ac.measurement.run(devices, cycling).sizes)
    {'device': 2, 'cycle': 5, 'pulse': 2}
    """

    cycles: int = 10_000
    voltage: float = 0.3
    width: float = 10 * ms
    edge: float = 1 * us
    read_voltage: float = 5 * mV
    read_time: float = 1 * ms
    compliance: float | None = None
    reset_compliance: float | None = None

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dim is (pulse,): after SET, after RESET."""
        check_volts("Endurance", voltage=self.voltage, read_voltage=self.read_voltage)
        check_edge("Endurance", self.edge, self.width)
        check_positive("Endurance", read_time=self.read_time)
        (cycles,) = checked_counts("Endurance", cycles=self.cycles)
        s = Segments(current_limit)
        volts = np.array([-self.voltage, self.voltage])
        limits = _both_limits("Endurance", self, current_limit)
        for v, limit in zip(volts, limits, strict=True):
            s.limit = limit
            s.pulse(float(v), self.width, self.edge)
            s.limit = current_limit
            s.hold(self.read_time)
            s.read(self.read_voltage, self.read_time, self.edge)
        return s.schedule(
            cycles, ("pulse",), (2,), pulse_voltage=("pulse", volts, "V", "write pulse voltage")
        )


def _limit(program: str, name: str, value: float | None, current_limit: float) -> float:
    """Return the limit of some pulses: what is given, and no more than the instrument's."""
    if value is None:
        return current_limit
    return min(current_limit, number(f"{program}: {name}", value, above=0, error=ProgramError))


def _both_limits(
    name: str, program: PulseLadder | Endurance, current_limit: float
) -> tuple[float, float]:
    """Return the limits of the pulses that set and of those that reset."""
    return (
        _limit(name, "compliance", program.compliance, current_limit),
        _limit(name, "reset_compliance", program.reset_compliance, current_limit),
    )
