"""The virtual instrument: takes devices through a program and returns a Recording."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from acanthite import __version__, threads
from acanthite.arguments import instance, number
from acanthite.device import Devices
from acanthite.errors import LawError, ProgramError
from acanthite.measurement import preflight
from acanthite.measurement.coordinates import counted
from acanthite.measurement.fluctuations import fluctuating
from acanthite.measurement.program import Program, Schedule
from acanthite.measurement.recording import build_recording
from acanthite.progress import Progress, long_call, reporter
from acanthite.quantities import accepts_quantities
from acanthite.random import generator, stream_id

if TYPE_CHECKING:
    import xarray as xr


@accepts_quantities
@dataclass(frozen=True)
class Instrument:
    """What stands between the device and the numbers.

    Parameters
    ----------
    name : str
    current_limit : float
        Largest current it can source; infinity for no limit. [A]
    noise_floor : float
        Standard deviation of a current sample at zero current. [A]
    relative_noise : float
        Standard deviation of a current sample over its value.
    integration_time : float
        Longest time over which a sample is averaged: of less where the voltage stays for less. [s]

    Raises
    ------
    ProgramError
        If a number makes no sense.

    Examples
    --------
    >>> from acanthite.constants import pA, uA
    >>> probe = ac.measurement.Instrument(
    ...     "our probe station", current_limit=100 * uA, noise_floor=1 * pA
    ... )
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> loops = ac.measurement.run(devices, ac.measurement.Sweep(-0.5, 0.5), instrument=probe)
    >>> print(f"{float(abs(loops.current).max()) / uA:.0f} uA at most")
    100 uA at most
    """

    name: str = "source-measure unit"
    current_limit: float = 0.1
    noise_floor: float = 1e-13
    relative_noise: float = 1e-4
    integration_time: float = 20e-3  # one period of the mains, an SMU's usual one

    def __post_init__(self) -> None:
        instance("Instrument: name", self.name, str, "a text", error=ProgramError)
        number(
            "Instrument: current_limit",
            self.current_limit,
            above=0,
            infinite=True,
            error=ProgramError,
        )
        number("Instrument: integration_time", self.integration_time, above=0, error=ProgramError)
        for name in ("noise_floor", "relative_noise"):
            number(f"Instrument: {name}", getattr(self, name), least=0, error=ProgramError)


SMU = Instrument()
"""A source-measure unit: slow, quiet (assumed figures of a good one)."""

FAST = Instrument("waveform generator and fast measurement unit", 0.01, 20e-12, 1e-3)
"""A waveform generator with fast current measurement, averaging each sample (assumed figures)."""

DEFAULT_TOLERANCE = 1e-3
_LEAST_TOLERANCE = 1e-12  # below it, a step's error is that of its arithmetic


@long_call("measuring")
def run(
    devices: Devices,
    program: Program,
    *,
    after: Program | None = None,
    instrument: Instrument = SMU,
    tolerance: float = DEFAULT_TOLERANCE,
    progress: Progress = None,
) -> xr.Dataset:
    """Measure a population of fresh devices.

    Parameters
    ----------
    devices : Devices
        Every call starts from the devices as fabricated.
    program : Program
        What is applied and where it is sampled.
    after : Program, optional
        Applied first, unrecorded: to bring the devices into a state.
    instrument : Instrument
    tolerance : float
        Of a step of the integrator, relative to the scale of each state; from 1e-12 to below 1.
    progress : callable or bool, optional
        Called with the fraction done; True shows a bar.

    Returns
    -------
    xarray.Dataset
        A Recording, dims (device, cycle, ...): the same bits for the same arguments on any number
        of threads, and for each device whichever others are measured with it. Devices have the
        numbers of ``devices.members``; cycles and pulses count from one.

    Raises
    ------
    ProgramError
        If the program or another argument makes no sense, or its compliance is below the leakage
        current of every fresh device.
    LawError
        If ``devices`` is not a population of devices, the law gives no numbers, gives current or
        power of its own, its current falls with the voltage, or it cannot be integrated.

    Examples
    --------
    >>> from acanthite.constants import mA
    >>> devices = ac.device.Filament.from_film(ac.film.grow()).sample(2, seed=1)
    >>> sweep = ac.measurement.Sweep(-0.5, 0.25, cycles=2, compliance=0.1 * mA)
    >>> loops = ac.measurement.run(devices, sweep, instrument=ac.measurement.SMU)
    >>> loops.current.dims, loops.current.attrs["units"], loops.seed
    (('device', 'cycle', 'sample'), 'A', 1)
    """
    preflight.check_arguments(devices, program, after, instrument, progress)
    number("run: tolerance", tolerance, least=_LEAST_TOLERANCE, below=1, error=ProgramError)
    program = preflight.suited(program, devices)
    schedule = program.schedule(instrument.current_limit)
    before = None
    if after is not None:
        after = preflight.suited(after, devices)
        before = after.schedule(instrument.current_limit)
    preflight.check_schedule("program", schedule, len(devices))
    if before is not None:
        preflight.check_schedule("after", before, len(devices))
    with preflight.compiled(devices.law):
        voltage, current = _simulate(devices, schedule, before, tolerance, reporter(progress))
    if devices.noise is not None:
        voltage, current = fluctuating(
            devices, schedule, voltage, current, instrument.integration_time
        )
    current = _noisy(current, instrument, devices)
    return _recording(devices, program, schedule, voltage, current, after, instrument)


def _simulate(
    devices: Devices,
    schedule: Schedule,
    before: Schedule | None,
    tolerance: float,
    progress: Callable[[float], None] | None,
) -> tuple[np.ndarray, np.ndarray]:
    kernel = devices.law.kernel()
    law = devices.law
    n = len(devices)
    samples = int(schedule.recorded.sum())
    start, bounds = devices.start(), devices.bounds()
    voltage, current = np.empty((2, n, schedule.cycles, samples))
    stream = stream_id(f"{law.name}-events")
    _preflight(devices, kernel, start, stream, schedule, before)

    def measure(i: int) -> None:
        y = start[:, i].copy()
        p = devices.values[i].copy()
        counts = np.zeros(1, np.int64)
        limits = bounds[:, :, i].copy()
        key = (devices.seed, stream, int(devices.members[i]))
        work = np.zeros(kernel.WORK_SHAPE)
        z = np.zeros(6)

        def play(what: Schedule, volts: np.ndarray, amperes: np.ndarray) -> None:
            source = (what.segments, what.recorded, what.cycles)
            status = kernel.run(
                y, p, *source, limits, tolerance, key, counts, work, z, volts, amperes
            )
            _check(status, i, devices, y, what)
            preflight.check_power(law, i, volts, amperes)

        kernel.renew(y, p, key, counts, z)
        if before is not None:
            play(before, *np.empty((2, before.cycles, int(before.recorded.sum()))))
        play(schedule, voltage[i], current[i])

    with ThreadPoolExecutor(threads.count()) as pool:
        for done, _ in enumerate(pool.map(measure, range(n)), 1):
            if progress:
                progress(done / n)
    _finite(current, devices, schedule)
    return voltage, current


def _preflight(
    devices: Devices,
    kernel: ModuleType,
    start: np.ndarray,
    stream: int,
    schedule: Schedule,
    before: Schedule | None,
) -> None:
    """Refuse what could not be measured before anything is."""
    fresh = np.empty_like(start)
    for i in range(len(devices)):
        y = start[:, i].copy()
        key = (devices.seed, stream, int(devices.members[i]))
        kernel.renew(y, devices.values[i], key, np.zeros(1, np.int64), np.zeros(6))
        fresh[:, i] = y
    preflight.check_law(
        devices.law, kernel, fresh[:, 0].copy(), devices.values[0], before or schedule
    )
    if before is None:
        preflight.check_compliance(devices, kernel, fresh, schedule)


def _check(status: int, device: int, devices: Devices, y: np.ndarray, schedule: Schedule) -> None:
    if status:
        duration, v0, v1, _ = schedule.segments[status - 1]
        preflight.check_rates(
            devices.law, devices.law.kernel(), y, devices.values[device], [v0, v1]
        )
        raise LawError(
            f"law {devices.law.name!r}, device {device}: the integrator got stuck between {v0:g} V "
            f"and {v1:g} V within "
            f"{duration:g} s; check that its rates are finite, or loosen the tolerance"
        )


def _finite(current: np.ndarray, devices: Devices, schedule: Schedule) -> None:
    bad = ~np.isfinite(current)
    if bad.any():
        device, _, sample = np.argwhere(bad)[0]
        raise LawError(
            f"law {devices.law.name!r}, device {device}: the current is {current[bad][0]} A at "
            f"{schedule.applied[sample]:g} V; expected a number: guard divisions, roots and "
            "logarithms"
        )


def _noisy(current: np.ndarray, instrument: Instrument, devices: Devices) -> np.ndarray:
    noise = _noise(devices, current.shape)
    return current + noise * np.hypot(instrument.noise_floor, instrument.relative_noise * current)


def _noise(devices: Devices, shape: tuple[int, ...]) -> np.ndarray:
    """Return standard normals, for each device those it gets where the whole population is
    measured.
    """
    rng = generator(devices.seed, "instrument-noise")
    if np.array_equal(devices.members, np.arange(len(devices))):
        return rng.standard_normal(shape)
    noise = np.empty(shape)
    for member in range(int(devices.members.max()) + 1):
        noise[devices.members == member] = rng.standard_normal(shape[1:])
    return noise


def _recording(
    devices: Devices,
    program: Program,
    schedule: Schedule,
    voltage: np.ndarray,
    current: np.ndarray,
    after: Program | None,
    instrument: Instrument,
) -> xr.Dataset:
    inner = (schedule.cycles, *schedule.shape)
    full = (len(devices), *inner)
    dims = ("device", "cycle", *schedule.dims)
    attrs = {
        **devices.attrs,
        "law": devices.law.name,
        "program": repr(program),
        "instrument": repr(instrument),
        "acanthite_version": __version__,
        "source": "simulated",
    }
    if devices.noise is not None:
        attrs["noise"] = repr(devices.noise)
    if after is not None:
        attrs["after"] = repr(after)
    limits = {
        n: v
        for n in ("compliance", "reset_compliance")
        if (v := getattr(program, n, None)) is not None
    }
    variables = {
        "voltage": (dims, voltage.reshape(full)),
        "current": (dims, current.reshape(full)),
        "time": (dims[1:], schedule.times.reshape(inner)),
        "applied": (dims[2:], schedule.applied.reshape(schedule.shape)),
    }
    if limits:
        variables["limit"] = (dims[2:], schedule.limits.reshape(schedule.shape))
    recording = build_recording(variables, dict(schedule.coords), attrs | limits)
    return recording.assign_coords(device=counted("device", devices.members))
