"""Any shape: corners joined by straight lines, of voltage or of current."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from acanthite.arguments import number
from acanthite.errors import ProgramError, brief
from acanthite.measurement.programs.checks import (
    check_positive,
    check_segments,
    checked_counts,
    checked_line,
    checked_numbers,
)
from acanthite.measurement.schedule import Schedule, Segments
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@accepts_quantities
@dataclass(frozen=True)
class Waveform:
    """A voltage of any shape: straight lines between corners.

    Parameters
    ----------
    time : array_like, shape (corner,)
        Of the corners, each after the one before. [s]
    voltage : array_like, shape (corner,)
        There. [V]
    limits : float or array_like, shape (corner - 1,), optional
        Current limit of the whole, or of each line; the instrument's own without it. [A]
    samples : int or array_like of int, shape (corner - 1,)
        Of each line, evenly spaced, the last at its end; 0 for none.
    cycles : int
        How often it is repeated, without a pause.

    Raises
    ------
    ProgramError
        When scheduled, if a value makes no sense.

    Examples
    --------
    A triangle to -0.4 V that stays there for a second:

    >>> from acanthite.constants import uA
    >>> shape = ac.measurement.Waveform(
    ...     time=[0.0, 0.2, 1.2, 1.4],
    ...     voltage=[0.0, -0.4, -0.4, 0.0],
    ...     limits=[100 * uA, 100 * uA, 1.0],
    ...     samples=[40, 100, 40],
    ... )
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> measured = ac.measurement.run(devices, shape)
    >>> measured.current.shape, f"{float(measured.time[0, -1]):.1f} s"
    ((2, 1, 180), '1.4 s')
    """

    time: ArrayLike
    voltage: ArrayLike
    limits: ArrayLike | None = None
    samples: ArrayLike = 1
    cycles: int = 1

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dim is (sample,)."""
        time, volts = checked_line("Waveform", self.time, "voltage", self.voltage)
        (cycles,) = checked_counts("Waveform", cycles=self.cycles)
        n = len(time) - 1
        samples = _samples(self.samples, n)
        limits = np.full(n, current_limit)
        if self.limits is not None:
            limits = np.minimum(_each("limits", self.limits, n), current_limit)
            if not (limits > 0).all():
                raise ProgramError(
                    f"Waveform: limits = {brief(self.limits)}; expected positive currents"
                )
        check_segments("Waveform", "samples", float(samples.sum() + n))
        s = Segments(current_limit)
        line: list[int] = []
        for k in range(n):
            s.limit, s.level = float(limits[k]), float(volts[k])
            pieces = max(int(samples[k]), 1)
            for i in range(1, pieces + 1):
                to = float((volts[k] * (pieces - i) + volts[k + 1] * i) / pieces) + 0.0
                s.to(to, float(time[k + 1] - time[k]) / pieces, record=samples[k] > 0)
            line += [k + 1] * int(samples[k])
        return s.schedule(
            cycles, ("sample",), (len(line),), line=("sample", line, "1", "line of the waveform")
        )


@accepts_quantities
@dataclass(frozen=True)
class CurrentSweep:
    """Current-driven sweep 0 -> first -> 0 -> second -> 0, repeated.

    The source sets the current; the voltage is what the device then has, up to the limit of the
    source. A device that sets under a current has its voltage fall; no current exceeds what is
    driven.

    Parameters
    ----------
    first, second : float
        Turning points; a zero leaves that half out. Negative is SET, as for a voltage. [A]
    rate : float
        [A/s]
    step : float
        Current between samples. [A]
    cycles : int
    voltage_limit : float
        Largest voltage the source gives. [V]

    Raises
    ------
    ProgramError
        When scheduled, if a value makes no sense.

    Examples
    --------
    >>> from acanthite.constants import uA
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> sweep = ac.measurement.CurrentSweep(-100 * uA, rate=100 * uA, step=1 * uA)
    >>> loops = ac.measurement.run(devices, sweep)
    >>> print(
    ...     f"{float(loops.current.min()) / uA:.0f} uA, {float(loops.voltage.min()):.1f} V at most"
    ... )
    -100 uA, -0.1 V at most
    """

    first: float
    second: float = 0.0
    rate: float = 1e-4
    step: float = 1e-6
    cycles: int = 1
    voltage_limit: float = 1.0

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments, in amperes; dim is (sample,)."""
        name = "CurrentSweep"
        check_positive(name, rate=self.rate, step=self.step, voltage_limit=self.voltage_limit)
        (cycles,) = checked_counts(name, cycles=self.cycles)
        ends = [
            number(f"{name}: {n}", getattr(self, n), error=ProgramError)
            for n in ("first", "second")
        ]
        turns = [i for i in ends if i != 0.0]
        if not turns:
            raise ProgramError(
                f"{name}: first = {self.first!r}, second = {self.second!r}; expected a turning "
                "point, not 0"
            )
        largest = max(map(abs, turns))
        if largest > current_limit:
            raise ProgramError(
                f"{name}: goes to {largest:g} A, and the instrument gives at most "
                f"{current_limit:g} A; expected less, or another instrument"
            )
        check_segments(
            name, f"steps of {self.step!r} A", sum(2 * abs(i) / self.step for i in turns)
        )
        s = Segments(np.inf)
        branch: list[int] = []
        for k, turn in enumerate(turns):
            n = max(1, round(abs(turn) / self.step))
            out = 1 if turn == self.first and k == 0 else 3
            branch += [out] * n + [out + 1] * n
            for i in (*range(1, n + 1), *range(n - 1, -1, -1)):
                s.to(turn * i / n + 0.0, abs(turn) / n / self.rate, record=True)
        return s.schedule(
            cycles,
            ("sample",),
            (len(s.rows),),
            drive="current",
            voltage_limit=self.voltage_limit,
            branch=(
                "sample",
                branch,
                "1",
                "branch of the loop: 1 to first, 2 back, 3, 4 the other",
            ),
        )


def _samples(given: Any, n: int) -> np.ndarray:
    numbers = _each("samples", given, n)
    if not ((numbers >= 0) & (numbers == np.round(numbers))).all() or not numbers.any():
        raise ProgramError(
            f"Waveform: samples = {brief(given)}; expected whole numbers, not all of them 0"
        )
    return numbers.astype(int)


def _each(name: str, given: Any, n: int) -> np.ndarray:
    numbers = checked_numbers(f"Waveform: {name}", given)
    if numbers.shape not in ((), (n,)):
        raise ProgramError(
            f"Waveform: {name} has shape {numbers.shape}; expected one number, or one for each of "
            f"{n} lines"
        )
    return np.broadcast_to(numbers, (n,))
