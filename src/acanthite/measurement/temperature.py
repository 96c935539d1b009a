"""Temperature as a programme: the bath of the devices follows a line of its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from acanthite.arguments import number
from acanthite.device import Devices
from acanthite.errors import ProgramError, brief
from acanthite.measurement.programs.checks import checked_line
from acanthite.measurement.schedule import Schedule
from acanthite.quantities import accepts_quantities

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@accepts_quantities
@dataclass(frozen=True)
class TemperatureProgram:
    """The temperature of the bath over a measurement, in straight lines between corners.

    What a temperature means is what ``devices`` says it means, for any law: the same population,
    made at that temperature. Before the first corner and after the last the temperature stays.

    Parameters
    ----------
    time : array_like, shape (corner,)
        Since the start of the measurement. [s]
    temperature : array_like, shape (corner,)
        [K]
    devices : callable
        ``devices(kelvin)`` returns the population at a temperature: the same law, number and seed.
    step : float
        How finely a ramp is followed. [K]

    Raises
    ------
    ProgramError
        If the numbers are no line, or a temperature is not above 0 K.

    Examples
    --------
    >>> from dataclasses import replace
    >>> film, ag2s = ac.film.grow(), ac.parameters.AG2S
    >>> def at(kelvin):
    ...     quantity = replace(ag2s["filament.temperature"], value=kelvin)
    ...     warm = ag2s.replace({"filament.temperature": quantity})
    ...     return ac.device.Filament.from_film(film, warm).sample(2, seed=1)
    >>> warming = ac.measurement.TemperatureProgram([0.0, 1e3], [300.0, 350.0], at)
    >>> hold = ac.measurement.Retention(duration=1e3, points=5)
    >>> reads = ac.measurement.run(at(300.0), hold, temperature=warming)
    >>> reads.temperature.values.round().tolist()
    [[300.0, 300.0, 300.0, 303.0, 350.0]]
    """

    time: ArrayLike
    temperature: ArrayLike
    devices: Callable[[float], Devices]
    step: float = 1.0

    def __post_init__(self) -> None:
        name = "TemperatureProgram"
        _, kelvin = checked_line(name, self.time, "temperature", self.temperature)
        if not (kelvin > 0.0).all():
            raise ProgramError(
                f"{name}: temperature = {kelvin.min():g} K; expected temperatures above 0 K"
            )
        number(f"{name}: step", self.step, above=0, error=ProgramError)
        if not callable(self.devices):
            raise ProgramError(
                f"{name}: devices = {brief(self.devices)}; expected a function of the temperature "
                "that returns Devices"
            )

    def at(self, time: ArrayLike) -> np.ndarray:
        """Return the temperature at some times. [K]"""
        return np.interp(np.asarray(time, float), *self._line())

    def over(self, schedule: Schedule) -> tuple[Schedule, np.ndarray]:
        """Return a schedule played once, its segments as short as the ramp asks for, and the
        temperature of each, shape (segment,). [K]
        """
        rows = np.tile(schedule.segments, (schedule.cycles, 1))
        recorded = np.tile(schedule.recorded, schedule.cycles)
        rows, recorded = _split(rows, recorded, self._marks())
        ends = np.cumsum(rows[:, 0])
        kelvin = self.at(ends - 0.5 * rows[:, 0])
        return replace(schedule, segments=rows, recorded=recorded, cycles=1), kelvin

    def _line(self) -> tuple[np.ndarray, np.ndarray]:
        return np.asarray(self.time, float), np.asarray(self.temperature, float)

    def _marks(self) -> np.ndarray:
        """Return the times at which a ramp has gone on by a step, and its corners."""
        time, kelvin = self._line()
        marks = [time[:1]]
        for k in range(len(time) - 1):
            n = max(1, math.ceil(abs(kelvin[k + 1] - kelvin[k]) / self.step))
            marks.append(np.linspace(time[k], time[k + 1], n + 1)[1:])
        return np.concatenate(marks)

    def tables(self, devices: Devices, kelvin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the parameters of each device at each temperature, shape (device, temperature,
        parameter), and which of them each segment has.

        Raises
        ------
        ProgramError
            If ``devices`` of the programme returns other devices.
        """
        levels, which = np.unique(np.round(kelvin / self.step) * self.step, return_inverse=True)
        tables = []
        for level in levels:
            warm = self.devices(float(level))
            if not isinstance(warm, Devices) or not _alike(warm, devices):
                raise ProgramError(
                    f"TemperatureProgram: devices({level:g}) returns {brief(warm)}; expected the "
                    f"{len(devices)} devices that are measured, of law {devices.law.name!r} and "
                    f"seed {devices.seed}, at that temperature"
                )
            tables.append(warm.values)
        return np.stack(tables, axis=1), which.astype(np.int64).ravel()


def _alike(warm: Devices, devices: Devices) -> bool:
    same = warm.law.name == devices.law.name and warm.seed == devices.seed
    return same and warm.values.shape == devices.values.shape


def _split(
    rows: np.ndarray, recorded: np.ndarray, marks: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return segments cut where a mark falls into them; a sample stays at the end of its own."""
    ends = np.cumsum(rows[:, 0])
    cut_rows: list[np.ndarray] = []
    cut_recorded: list[bool] = []
    for k, (duration, v0, v1, limit) in enumerate(rows):
        start = ends[k] - duration
        margin = 1e-9 * duration
        inside = marks[(marks > start + margin) & (marks < ends[k] - margin)]
        shares = np.r_[0.0, (inside - start) / duration, 1.0]
        volts = v0 + (v1 - v0) * shares
        volts[-1] = v1
        for i in range(len(shares) - 1):
            length = (shares[i + 1] - shares[i]) * duration
            cut_rows.append(np.array([length, volts[i], volts[i + 1], limit]))
            cut_recorded.append(bool(recorded[k]) and i == len(shares) - 2)
    return np.array(cut_rows), np.array(cut_recorded)
