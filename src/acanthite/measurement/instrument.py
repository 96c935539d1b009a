"""The virtual instrument: takes devices through a program and returns a Recording."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from acanthite import __version__
from acanthite.arguments import instance, number
from acanthite.device import Devices
from acanthite.device.compiler.kernel import LawKernel
from acanthite.errors import ProgramError
from acanthite.measurement import preflight
from acanthite.measurement.carried import DIGEST, digest, from_recording
from acanthite.measurement.carried import variables as carried_variables
from acanthite.measurement.coordinates import counted
from acanthite.measurement.fluctuations import fluctuating
from acanthite.measurement.load import Load
from acanthite.measurement.preflight import is_recording
from acanthite.measurement.recording import build_recording
from acanthite.measurement.schedule import Program, Schedule
from acanthite.measurement.simulation import (
    Simulated,
    at_temperatures,
    fresh,
    phase,
    simulate,
)
from acanthite.measurement.states import labels, state
from acanthite.measurement.temperature import TemperatureProgram
from acanthite.progress import Progress, long_call, reporter
from acanthite.quantities import accepts_quantities
from acanthite.random import generator

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
_LONGEST_TEXT = 10_000  # of a program in the attributes of a Recording
_LEAST_TOLERANCE = 1e-12  # below it, a step's error is that of its arithmetic


@long_call("measuring")
def run(
    devices: Devices,
    program: Program,
    *,
    after: Program | xr.Dataset | None = None,
    instrument: Instrument = SMU,
    load: Load | None = None,
    temperature: TemperatureProgram | None = None,
    states: bool | Sequence[str] = False,
    keep_state: bool = False,
    tolerance: float = DEFAULT_TOLERANCE,
    progress: Progress = None,
) -> xr.Dataset:
    """Measure a population of devices.

    Parameters
    ----------
    devices : Devices
        Every call starts from the devices as fabricated, unless ``after`` says otherwise. What they
        have of ``noise`` is on top of what they do; beside a capacitance it is left out.
    program : Program
        What is applied and where it is sampled.
    after : Program or xarray.Dataset, optional
        A program is applied first, unrecorded: to bring the devices into a state. A Recording of
        these devices, measured with ``keep_state=True``, is gone on from where it ended.
    instrument : Instrument
    load : Load, optional
        What stands between source and device.
    temperature : TemperatureProgram, optional
        Of the bath while ``program`` runs; else that of the devices.
    states : bool or sequence of str
        States of the law to record at each sample, by name; True for all. The filament's
        ``filament_temperature`` follows from what flows.
    keep_state : bool
        Whether the Recording also holds where it left the devices, in variables ``end_...``.
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

    Going on from where it ended, with the states at each sample:

    >>> first = ac.measurement.run(devices, sweep, keep_state=True)
    >>> hold = ac.measurement.Retention(duration=1e3, points=5)
    >>> reads = ac.measurement.run(devices, hold, after=first, states=["radius"])
    >>> reads.radius.dims
    ('device', 'cycle', 'sample')
    """
    preflight.check_arguments(devices, program, after, instrument, progress)
    preflight.check_surroundings(load, temperature)
    names = preflight.checked_states(devices.law, states)
    number("run: tolerance", tolerance, least=_LEAST_TOLERANCE, below=1, error=ProgramError)
    program = preflight.suited(program, devices)
    schedule = program.schedule(instrument.current_limit)
    preflight.check_schedule("program", schedule, len(devices))
    schedules = [schedule]
    if after is not None and not is_recording(after):
        after = preflight.suited(cast("Program", after), devices)
        schedules.insert(0, after.schedule(instrument.current_limit))
        preflight.check_schedule("after", schedules[0], len(devices))
    preflight.check_drive(schedules, load)
    with preflight.compiled(devices.law):
        kernel = devices.law.kernel()
        start = fresh(devices, kernel)
        _preflight(devices, kernel, start.states, schedules, after is None and load is None)
        if is_recording(after):
            start = from_recording(after, devices, schedule)
        phases = [phase(devices, each, load, kernel) for each in schedules]
        if temperature is not None:
            phases[-1] = at_temperatures(phases[-1], devices, temperature)
        wanted = bool(names)
        result = simulate(devices, phases, start, tolerance, wanted, reporter(progress))
    is_noisy = devices.noise is not None and (load is None or load.capacitance == 0.0)
    if is_noisy:
        earlier = _measured_before(after)
        width = instrument.integration_time
        result = fluctuating(devices, schedule, result, width, earlier, load)
    current = _noisy(result.current, instrument, devices, after)
    recording = _recording(devices, program, schedule, result, current, after, instrument)
    if is_noisy:
        recording.attrs["noise"] = repr(devices.noise)
    return _with_extras(recording, devices, schedule, result, names, load, temperature, keep_state)


def _preflight(
    devices: Devices,
    kernel: LawKernel,
    start: np.ndarray,
    schedules: list[Schedule],
    is_bare: bool,
) -> None:
    """Refuse what could not be measured before anything is."""
    first = schedules[0]
    preflight.check_law(devices.law, kernel, start[:, 0].copy(), devices.values[0], first)
    if is_bare and first.drive == "voltage":
        preflight.check_compliance(devices, kernel, start, first)


def _noisy(
    current: np.ndarray,
    instrument: Instrument,
    devices: Devices,
    after: Program | xr.Dataset | None,
) -> np.ndarray:
    noise = _noise(devices, current.shape, _measured_before(after))
    return current + noise * np.hypot(instrument.noise_floor, instrument.relative_noise * current)


def _measured_before(after: Program | xr.Dataset | None) -> int:
    """Return how many measurements on end came before, each with noise of its own."""
    return 1 + int(after.attrs.get("continues", 0)) if is_recording(after) else 0


def _noise(devices: Devices, shape: tuple[int, ...], before: int) -> np.ndarray:
    """Return standard normals, for each device those it gets where the whole population is
    measured.
    """
    rng = generator(devices.seed, f"instrument-noise-{before}" if before else "instrument-noise")
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
    result: Simulated,
    current: np.ndarray,
    after: Program | xr.Dataset | None,
    instrument: Instrument,
) -> xr.Dataset:
    inner = (schedule.cycles, *schedule.shape)
    full = (len(devices), *inner)
    dims = ("device", "cycle", *schedule.dims)
    attrs = {
        **devices.attrs,
        "law": devices.law.name,
        "program": _described(program),
        "instrument": repr(instrument),
        "acanthite_version": __version__,
        "source": "simulated",
    }
    if is_recording(after):
        attrs["after"] = str(after.attrs.get("program"))
        attrs["continues"] = _measured_before(after)
    elif after is not None:
        attrs["after"] = _described(cast("Program", after))
    limits = {
        n: v
        for n in ("compliance", "reset_compliance")
        if (v := getattr(program, n, None)) is not None
    }
    applied = "applied_current" if schedule.drive == "current" else "applied"
    variables = {
        "voltage": (dims, result.voltage.reshape(full)),
        "current": (dims, current.reshape(full)),
        "time": (dims[1:], schedule.times.reshape(inner)),
        applied: (dims[2:], schedule.applied.reshape(schedule.shape)),
    }
    if limits or getattr(program, "limits", None) is not None:
        variables["limit"] = (dims[2:], schedule.limits.reshape(schedule.shape))
    recording = build_recording(variables, dict(schedule.coords), attrs | limits)
    return recording.assign_coords(device=counted("device", devices.members))


def _with_extras(
    recording: xr.Dataset,
    devices: Devices,
    schedule: Schedule,
    result: Simulated,
    names: tuple[str, ...],
    load: Load | None,
    temperature: TemperatureProgram | None,
    keep_state: bool,
) -> xr.Dataset:
    """Return a Recording with what was asked for beyond voltage and current."""
    dims = recording["current"].dims
    shape = recording["current"].shape
    extras = {}
    if result.peak_current.size:
        extras["device_current"] = (dims, result.device_current.reshape(shape))
        extras["peak_current"] = (dims, result.peak_current.reshape(shape))
    bath = None
    if temperature is not None:
        bath = temperature.at(schedule.times)
        extras["temperature"] = (dims[1:], bath.reshape(shape[1:]))
    inner = (len(devices), *schedule.times.shape)
    flow = (result.voltage.reshape(inner), result.through_device.reshape(inner))
    recorded = result.states.reshape(*inner, -1) if names else result.states
    for name in names:
        values = state(name, devices, recorded, flow, bath)
        extras[name] = (dims, values.reshape(shape))
    if extras:
        recording = recording.assign(
            {n: (d, v, labels(n, devices.law)) for n, (d, v) in extras.items()}
        )
    if load is not None:
        recording = recording.assign_attrs(load=repr(load))
    if keep_state:
        recording = recording.assign(carried_variables(devices, result.carried))
        recording = recording.assign_attrs({DIGEST: digest(schedule)})
    return recording


def _described(program: Program) -> str:
    """Return a program as text; of a waveform of many corners, what tells it from others."""
    text = repr(program)
    if len(text) <= _LONGEST_TEXT:
        return text
    return f"{text[:_LONGEST_TEXT]}..., sha256 {hashlib.sha256(text.encode()).hexdigest()}"
