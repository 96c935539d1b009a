"""Devices taken through schedules by the compiled kernels: what flows, without an instrument."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from acanthite import threads
from acanthite.device import Devices
from acanthite.device.compiler.kernel import LawKernel
from acanthite.errors import LawError
from acanthite.measurement import preflight
from acanthite.measurement.carried import KEPT, Carried
from acanthite.measurement.load import Load
from acanthite.measurement.schedule import Schedule
from acanthite.measurement.temperature import TemperatureProgram
from acanthite.random import stream_id

_NO_VALUES = np.empty((0, 0))
_NO_STATES = np.empty((0, 0, 0))
_RESTLESS = 20_000
"""Events of a device from which on it is they that stop the integrator."""


@dataclass(frozen=True)
class Phase:
    """A schedule, the kernel that plays it, and what that needs beside the device.

    Parameters
    ----------
    schedule : Schedule
        A source of current in units of its largest current.
    kernel : LawKernel
    extra : ndarray
        Numbers that follow the parameters of the law.
    values : ndarray, shape (device, n, parameter), optional
        Parameters of each device at the temperatures of the bath.
    which : ndarray of int, shape (segment,)
        The temperature of each segment.
    between : str
        What stands between source and device.
    """

    schedule: Schedule
    kernel: LawKernel
    extra: np.ndarray
    between: str
    values: np.ndarray | None = None
    which: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))

    @property
    def samples(self) -> int:
        """Samples of a cycle."""
        return int(self.schedule.recorded.sum())


@dataclass(frozen=True)
class Simulated:
    """What flowed, and where it left the devices.

    Parameters
    ----------
    voltage, current : ndarray, shape (device, cycle, sample)
        On the device, and of the source. [V], [A]
    states : ndarray, shape (device, cycle, sample, state)
        Empty where they were not asked for.
    device_current, peak_current : ndarray, shape (device, cycle, sample)
        Through a device with a capacitance beside it, and the largest since the sample before;
        else empty. [A]
    carried : Carried
    """

    voltage: np.ndarray
    current: np.ndarray
    states: np.ndarray
    device_current: np.ndarray
    peak_current: np.ndarray
    carried: Carried

    @property
    def through_device(self) -> np.ndarray:
        """Current through the device, that of the source where nothing is beside it. [A]"""
        return self.device_current if self.device_current.size else self.current


def phase(devices: Devices, schedule: Schedule, load: Load | None, kernel: LawKernel) -> Phase:
    """Return a schedule with the kernel that plays it.

    Parameters
    ----------
    devices : Devices
    schedule : Schedule
    load : Load, optional
    kernel : LawKernel
        The law without a load, compiled.
    """
    if schedule.drive == "current":
        largest = float(np.abs(schedule.segments[:, 1:3]).max())
        rows = schedule.segments.copy()
        rows[:, 1:3] /= largest
        schedule = replace(schedule, segments=rows)
        extra, between = np.array([largest, schedule.voltage_limit]), "driven"
    elif load is not None:
        extra, between = load.numbers(devices.set_polarity()), load.kind
    else:
        return Phase(schedule, kernel, np.empty(0), "nothing")
    return Phase(schedule, LawKernel(devices.law, between), extra, between)


def simulate(
    devices: Devices,
    phases: list[Phase],
    carried: Carried,
    tolerance: float,
    states: bool,
    progress: Callable[[float], None] | None,
) -> Simulated:
    """Play phases one after the other; what the last one did is returned.

    Parameters
    ----------
    devices : Devices
    phases : list of Phase
    carried : Carried
        Where the devices start from.
    tolerance : float
    states : bool
        Whether the states at each sample are wanted.
    progress : callable or None
        Called with the fraction done.
    """
    last = phases[-1]
    player = _Player(devices, carried, tolerance)
    n, cycles, samples = len(devices), last.schedule.cycles, last.samples
    voltage, current = np.empty((2, n, cycles, samples))
    n_states = len(devices.law.state_names)
    charged = last.between == "capacitive"
    rows = n_states + 2 if charged else n_states if states else 0
    kept_states = np.empty((n, cycles, samples, rows) if rows else (n, 0, 0, 0))

    def measure(i: int) -> None:
        for before in phases[:-1]:
            player.play(i, before)
            player.carried.new_schedule(i)
        voltage[i], current[i] = player.play(i, last, kept_states[i])

    with ThreadPoolExecutor(threads.count()) as pool:
        for done, _ in enumerate(pool.map(measure, range(n)), 1):
            if progress:
                progress(done / n)
    _check_finite(current, devices, last.schedule)
    through, peak = (
        kept_states[..., n_states + k] if charged else np.empty((n, 0, 0)) for k in range(2)
    )
    return Simulated(voltage, current, kept_states[..., :n_states], through, peak, player.carried)


class _Player:
    """Plays phases on single devices and remembers where it left them."""

    def __init__(self, devices: Devices, carried: Carried, tolerance: float) -> None:
        self.devices = devices
        self.tolerance = tolerance
        self.bounds = devices.bounds()
        self.stream = stream_id(f"{devices.law.name}-events")
        self.carried = carried.copy()

    def play(
        self, i: int, phase: Phase, states: np.ndarray = _NO_STATES
    ) -> tuple[np.ndarray, np.ndarray]:
        """Play a phase on device ``i``; return voltage and current, fill ``states``."""
        what, kernel, law = phase.schedule, phase.kernel, self.devices.law
        volts, amperes = np.empty((2, what.cycles, phase.samples))
        y, counts = self.carried.states[:, i].copy(), self.carried.events[i : i + 1].copy()
        kept = self.carried.steps[i].copy()
        room = _room(phase, len(y), states)
        status = kernel.record(
            y,
            np.concatenate([self.devices.values[i], phase.extra]),
            what.segments,
            what.recorded,
            what.cycles,
            self.bounds[:, :, i].copy(),
            self.tolerance,
            (self.devices.seed, self.stream, int(self.devices.members[i])),
            counts,
            np.zeros(kernel.WORK_SHAPE),
            np.zeros(6),
            kept,
            _NO_VALUES if phase.values is None else np.ascontiguousarray(phase.values[i]),
            phase.which,
            volts,
            amperes,
            room,
        )
        events = int(counts[0] - self.carried.events[i])
        _check_status(status, i, self.devices, y, what, events)
        if phase.between == "capacitive":
            preflight.check_power(law, i, volts, room[..., len(y)])
        else:
            preflight.check_power(law, i, volts, amperes)
        self.carried.states[:, i], self.carried.steps[i] = y, kept
        self.carried.events[i] = counts[0]
        if states.size:
            states[...] = room[..., : states.shape[-1]]
        return volts, amperes


def _room(phase: Phase, n_states: int, states: np.ndarray) -> np.ndarray:
    """Return where a kernel puts states: a device with a capacitance needs some for itself."""
    if phase.between != "capacitive":
        return states
    return np.empty((phase.schedule.cycles, phase.samples, 2 * n_states + 2))


def fresh(devices: Devices, kernel: LawKernel) -> Carried:
    """Return devices as fabricated, after what a fresh device draws."""
    states = devices.start()
    stream = stream_id(f"{devices.law.name}-events")
    events = np.zeros(len(devices), np.int64)
    for i in range(len(devices)):
        y = states[:, i].copy()
        key = (devices.seed, stream, int(devices.members[i]))
        kernel.renew(y, devices.values[i], key, events[i : i + 1], np.zeros(6))
        states[:, i] = y
    return Carried(states, events, np.zeros((len(devices), len(KEPT))))


def _check_status(
    status: int, device: int, devices: Devices, y: np.ndarray, schedule: Schedule, events: int
) -> None:
    if not status:
        return
    duration, v0, v1, _ = schedule.segments[status - 1]
    kernel, law = devices.law.kernel(), devices.law
    unit = "V"
    if schedule.drive == "voltage":
        preflight.check_rates(law, kernel, y, devices.values[device], [v0, v1])
    else:
        unit = "of the largest current"
    where = f"between {v0:g} and {v1:g} {unit} within {duration:g} s"
    if events > _RESTLESS:
        raise LawError(
            f"law {law.name!r}, device {device}: {events} events, such as a contact that opens or "
            f"closes, and no end of them {where}; expected a device that comes to rest: hold it "
            "for a shorter time, or at another voltage"
        )
    raise LawError(
        f"law {law.name!r}, device {device}: the integrator got stuck {where}; check that its "
        "rates are finite, or loosen the tolerance"
    )


def _check_finite(current: np.ndarray, devices: Devices, schedule: Schedule) -> None:
    bad = ~np.isfinite(current)
    if bad.any():
        device, _, sample = np.argwhere(bad)[0]
        raise LawError(
            f"law {devices.law.name!r}, device {device}: the current is {current[bad][0]} A at "
            f"{schedule.applied[sample]:g} V; expected a number: guard divisions, roots and "
            "logarithms"
        )


def at_temperatures(one: Phase, devices: Devices, temperature: TemperatureProgram) -> Phase:
    """Return a phase played at the temperatures of a programme, laid out as one cycle."""
    schedule, kelvin = temperature.over(one.schedule)
    values, which = temperature.tables(devices, kelvin)
    return replace(one, schedule=schedule, values=values, which=which)
