"""Programs of the virtual instrument: what voltage is applied when, and where it is sampled.

A program is a list of linear segments repeated in cycles. Voltages are those of the top (Ag)
electrode against the bottom (Au) one: SET is negative.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from acanthite.arguments import count, is_number, number
from acanthite.constants import ms, mV, ns, us
from acanthite.errors import ProgramError, brief
from acanthite.measurement.coordinates import BRANCHES
from acanthite.measurement.schedule import Program, Schedule, Segments
from acanthite.quantities import accepts_quantities

__all__ = ["Endurance", "Program", "PulseLadder", "PulseTrain", "Retention", "Schedule", "Sweep"]


_EDGES_OF_READ = 100
"""A read of a retention lasts as long as so many of its edges."""

_MOST_SEGMENTS = 10_000_000
"""Of a cycle; more would not fit into memory."""


def _positive(program: str, **values: Any) -> None:
    for name, value in values.items():
        number(f"{program}: {name}", value, above=0, error=ProgramError)


def _counts(program: str, **values: Any) -> list[int]:
    return [
        count(f"{program}: {name}", value, error=ProgramError) for name, value in values.items()
    ]


def _volts(program: str, **values: Any) -> None:
    """Refuse voltages of zero: nothing happens at them, and nothing is read."""
    for name, value in values.items():
        if number(f"{program}: {name}", value, error=ProgramError) == 0.0:
            raise ProgramError(f"{program}: {name} = {value!r} V; expected a voltage that is not 0")


def _edge(program: str, edge: float, width: float) -> None:
    _positive(program, edge=edge, width=width)
    if edge >= width:
        raise ProgramError(f"{program}: edge = {edge!r} s; expected less than width = {width!r} s")


def _few(program: str, what: str, n: float) -> None:
    if n > _MOST_SEGMENTS:
        raise ProgramError(
            f"{program}: {what} make {n:.3g} samples and waits a cycle; expected at most "
            f"{_MOST_SEGMENTS:.0e}"
        )


@accepts_quantities
@dataclass(frozen=True)
class Sweep:
    """DC sweep 0 -> first -> 0 -> second -> 0, repeated.

    The compliance limits the SET and leaves the RESET, which needs current, alone;
    ``reset_compliance`` limits that. Of a device whose law does not say where it sets, the sign of
    ``first`` does: a fresh device is in its HRS.

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
        Current limit of the SET; the instrument's own without it. [A]
    reset_compliance : float, optional
        Current limit of the RESET; the instrument's own without it. [A]
    set_polarity : {-1, 1}, optional
        Sign of the voltage that sets, which the compliance is for; the device's by default, see
        :attr:`acanthite.device.Law.set_polarity`.

    Raises
    ------
    ProgramError
        When scheduled, if a value makes no sense.

    Examples
    --------
    >>> from acanthite.constants import mA
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> sweep = ac.measurement.Sweep(-0.5, 0.5, rate=2.0, cycles=2, compliance=0.1 * mA)
    >>> loops = ac.measurement.run(devices, sweep)
    >>> dict(loops.sizes)
    {'device': 2, 'cycle': 2, 'sample': 400}
    >>> print(
    ...     f"{float(loops.current.min()) / mA:.2f} mA to {float(loops.current.max()) / mA:.1f} mA"
    ... )
    -0.10 mA to 0.5 mA

    The coordinate ``branch`` counts the four branches of a loop:

    >>> loops.sel(device=1, cycle=2).groupby("branch").count().current.values.tolist()
    [100, 100, 100, 100]
    """

    first: float
    second: float = 0.0
    rate: float = 2.0
    step: float = 5 * mV
    cycles: int = 1
    compliance: float | None = None
    reset_compliance: float | None = None
    set_polarity: int | None = None

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments, one a sample."""
        _positive("Sweep", rate=self.rate, step=self.step)
        (cycles,) = _counts("Sweep", cycles=self.cycles)
        turns = self._turns()
        limits = self._limits(turns)
        _few("Sweep", f"steps of {self.step!r} V", sum(2 * abs(turn) / self.step for turn in turns))
        s = Segments(current_limit)
        branch: list[int] = []
        for turn in turns:
            s.limit = min(current_limit, limits.get(math.copysign(1.0, turn), math.inf))
            n = max(1, round(abs(turn) / self.step))
            out = 1 if turn == self.first and not branch else 3
            branch += [out] * n + [out + 1] * n
            for v in (*(turn * np.arange(1, n + 1) / n), *(turn * np.arange(n - 1, -1, -1) / n)):
                # the sum turns -0.0 into 0.0
                s.to(float(v) + 0.0, abs(turn) / n / self.rate, record=True)
        return s.schedule(
            cycles, ("sample",), (len(s.rows),), branch=("sample", branch, "1", BRANCHES)
        )

    def _turns(self) -> list[float]:
        ends = [
            number(f"Sweep: {n}", getattr(self, n), error=ProgramError) for n in ("first", "second")
        ]
        turns = [v for v in ends if v != 0.0]
        if not turns:
            raise ProgramError(
                f"Sweep: first = {self.first!r}, second = {self.second!r}; expected a turning "
                "point, not 0"
            )
        return turns

    def _limits(self, turns: list[float]) -> dict[float, float]:
        """Return the current limits that are given, by the sign of the voltage."""
        sign = self.set_polarity
        if sign is None:
            sign = math.copysign(1.0, turns[0])
        elif not is_number(sign) or sign not in (-1, 1):
            raise ProgramError(f"Sweep: set_polarity = {brief(sign)}; expected -1 or 1")
        signs = {math.copysign(1.0, turn) for turn in turns}
        limits = {}
        for name, branch, side in (
            ("compliance", "SET", sign),
            ("reset_compliance", "RESET", -sign),
        ):
            value = getattr(self, name)
            if value is None:
                continue
            limits[float(side)] = number(f"Sweep: {name}", value, above=0, error=ProgramError)
            if side not in signs:
                where = "negative" if side < 0 else "positive"
                raise ProgramError(
                    f"Sweep: {name} = {value!r} A is for {branch}, at {where} voltage, where this "
                    "sweep does not go; give "
                    f"{'reset_compliance' if branch == 'SET' else 'compliance'}, or the other "
                    "set_polarity"
                )
        return limits


@accepts_quantities
@dataclass(frozen=True)
class PulseTrain:
    """Equal write pulses, each followed by a read, sampled in time as an oscilloscope would.

    The instrument's own current limit is the only one.

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

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dims are (pulse, sample)."""
        _volts("PulseTrain", voltage=self.voltage)
        number("PulseTrain: read_voltage", self.read_voltage, error=ProgramError)
        _positive("PulseTrain", read_time=self.read_time)
        _edge("PulseTrain", self.edge, self.width)
        pulses, samples = _counts("PulseTrain", count=self.count, samples=self.samples)
        _few("PulseTrain", "count and samples", 3.0 * pulses * samples)
        s = Segments(current_limit)
        n_edge = max(2, samples // 10)
        late = np.geomspace(0.01, 1.0, samples) if samples > 1 else np.ones(1)
        s.to(self.read_voltage, self.edge)
        for _ in range(pulses):
            self._ramp(s, self.voltage, n_edge)
            for _ in range(samples):
                s.hold((self.width - self.edge) / samples, record=True)
            self._ramp(s, self.read_voltage, n_edge)
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

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dim is (pulse,)."""
        _volts("PulseLadder", voltage=self.voltage, read_voltage=self.read_voltage)
        _edge("PulseLadder", self.edge, self.width)
        _positive("PulseLadder", wait=self.wait, read_time=self.read_time)
        up, down, repeats = _counts("PulseLadder", up=self.up, down=self.down, repeats=self.repeats)
        _few("PulseLadder", "up and down", 7.0 * (up + down))
        depression = abs(self.voltage) if self.depression is None else self.depression
        _positive("PulseLadder", depression=depression)
        depression = math.copysign(depression, self.voltage)
        volts = np.r_[np.full(up, -self.voltage), np.full(down, depression)]
        s = Segments(current_limit)
        for v in volts:
            s.pulse(float(v), self.width, self.edge)
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
        _positive("Retention", duration=self.duration, first=self.first, read_time=self.read_time)
        _volts("Retention", read_voltage=self.read_voltage)
        points = count("Retention: points", self.points, least=2, error=ProgramError)
        _few("Retention", "points", 4.0 * points)
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

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dim is (pulse,): after SET, after RESET."""
        _volts("Endurance", voltage=self.voltage, read_voltage=self.read_voltage)
        _edge("Endurance", self.edge, self.width)
        _positive("Endurance", read_time=self.read_time)
        (cycles,) = _counts("Endurance", cycles=self.cycles)
        s = Segments(current_limit)
        volts = np.array([-self.voltage, self.voltage])
        for v in volts:
            s.pulse(float(v), self.width, self.edge)
            s.hold(self.read_time)
            s.read(self.read_voltage, self.read_time, self.edge)
        return s.schedule(
            cycles, ("pulse",), (2,), pulse_voltage=("pulse", volts, "V", "write pulse voltage")
        )
