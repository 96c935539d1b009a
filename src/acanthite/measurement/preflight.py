"""Refuse what no instrument could measure: laws that give no numbers, compliances below the leakage
current.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from acanthite.device import Devices, Law
from acanthite.device.compiler.kernel import LawKernel
from acanthite.errors import LawError, ProgramError, brief, nearest
from acanthite.measurement.load import Load
from acanthite.measurement.programs.sweep import Sweep
from acanthite.measurement.schedule import Program, Schedule
from acanthite.measurement.states import derived
from acanthite.measurement.temperature import TemperatureProgram

if TYPE_CHECKING:
    import xarray as xr

_VOLTAGES = 41
_NOISE = (
    "Failed in",
    "During:",
    "File ",
    "<source",
    "-",
    "^",
    "This error may",
    "To see",
    "Enable",
)  # of a compiler's message
_NOTHING = 1e-9  # of the largest current or power of a device
_MOST_SAMPLES = 500_000_000


def check_arguments(devices: Any, program: Any, after: Any, instrument: Any, progress: Any) -> None:
    """Refuse what cannot be measured with: a law or a film's filament that was not sampled, a text
    for a program.

    Raises
    ------
    LawError
        If ``devices`` is not a population of devices.
    ProgramError
        If another argument is of the wrong kind.
    """
    if not isinstance(devices, Devices):
        remedy = (
            "; draw some from it with .sample(n, seed=...)" if hasattr(devices, "sample") else ""
        )
        raise LawError(f"run: devices is a {type(devices).__name__}; expected Devices{remedy}")
    devices.check()
    for name, value in (("program", program), ("after", after)):
        if name == "after" and (value is None or is_recording(value)):
            continue
        if isinstance(value, type) or not callable(getattr(value, "schedule", None)):
            raise ProgramError(
                f"run: {name} = {brief(value)}; expected a program such as Sweep(-0.4, 0.4), "
                "PulseTrain() or Retention()"
            )
    if not all(hasattr(instrument, n) for n in ("current_limit", "noise_floor", "relative_noise")):
        raise ProgramError(
            f"run: instrument = {brief(instrument)}; expected an Instrument, such as SMU or FAST"
        )
    if progress is not None and not callable(progress):
        raise ProgramError(
            f"run: progress = {brief(progress)}; expected a function of the fraction done"
        )


def is_recording(value: Any) -> TypeGuard[xr.Dataset]:
    """Return whether a value is a Recording, not a program."""
    return hasattr(value, "data_vars")


def check_surroundings(load: Any, temperature: Any) -> None:
    """Refuse a load or a temperature that is none.

    Raises
    ------
    ProgramError
    """
    for name, value, kind, remedy in (
        ("load", load, Load, "Load(resistance=10e3)"),
        ("temperature", temperature, TemperatureProgram, "TemperatureProgram(time, kelvin, at)"),
    ):
        if value is not None and not isinstance(value, kind):
            raise ProgramError(f"run: {name} = {brief(value)}; expected a {remedy}")


def check_drive(schedules: Sequence[Schedule], load: Load | None) -> None:
    """Refuse a load behind a source of current.

    Raises
    ------
    ProgramError
    """
    if load is not None and any(each.drive == "current" for each in schedules):
        raise ProgramError(
            f"run: load = {brief(load)} behind a source of current; expected none: what is in "
            "series leaves the current alone, and a capacitance beside the device is not modelled"
        )


def checked_states(law: Law, states: Any) -> tuple[str, ...]:
    """Return the names of the states to record.

    Raises
    ------
    ProgramError
        Names what the law does not have.
    """
    if isinstance(states, bool):
        return law.state_names if states else ()
    if isinstance(states, str) or not isinstance(states, Sequence):
        raise ProgramError(
            f"run: states = {brief(states)}; expected True, or a list of names such as "
            f"{list(law.state_names)[:2]}"
        )
    known = [*law.state_names, *(derived(law))]
    for name in states:
        if name not in known:
            raise ProgramError(
                f"run: states has {brief(name)}, which law {law.name!r} does not have; expected "
                f"some of {', '.join(known) or 'none: it has no state'}{nearest(str(name), known)}"
            )
    return tuple(dict.fromkeys(states))


@contextmanager
def compiled(law: Law) -> Iterator[None]:
    """Say in one sentence what the compiler does not take of a law.

    Raises
    ------
    LawError
    """
    from numba.core.errors import NumbaError

    try:
        yield
    except NumbaError as error:
        lines = [line.strip() for line in str(error).splitlines()]
        shown_lines = [line for line in lines if line and not line.startswith(_NOISE)]
        reason = "; ".join(shown_lines[:2]) or type(error).__name__
        raise LawError(
            f"law {law.name!r} cannot be compiled: {reason}; expected arithmetic on numbers, 'if', "
            "and functions of math"
        ) from None


def suited(program: Program, devices: Devices) -> Program:
    """Return the program; a sweep that limits one branch learns from the devices at which voltage
    they set.
    """
    if not isinstance(program, Sweep) or program.set_polarity is not None:
        return program
    if program.compliance is None and program.reset_compliance is None:
        return program
    return replace(program, set_polarity=devices.set_polarity() or None)


def check_schedule(name: str, schedule: Any, n_devices: int) -> None:
    """Refuse what no source could play: segments without a duration, voltages that are no numbers,
    no samples.

    Raises
    ------
    ProgramError
        Names the first segment that is wrong.
    """
    if not isinstance(schedule, Schedule):
        raise ProgramError(
            f"run: {name} schedules a {type(schedule).__name__}; expected a Schedule"
        )
    rows = np.asarray(schedule.segments)
    if (
        rows.ndim != 2
        or rows.shape[1] != 4
        or rows.dtype.kind != "f"
        or rows.shape[0] != len(schedule.recorded)
    ):
        raise ProgramError(
            f"run: {name} has segments of shape {rows.shape}, {len(schedule.recorded)} marks of "
            "samples; expected "
            "(segment, 4) and as many marks: duration, voltage at start and end, current limit"
        )
    good = np.isfinite(rows[:, :3]).all(axis=1) & (rows[:, 0] > 0) & (rows[:, 3] > 0)
    if not good.all():
        k = int(np.argmin(good))
        duration, v0, v1, limit = rows[k]
        raise ProgramError(
            f"run: segment {k} of {name} lasts {duration:g} s, from {v0:g} to {v1:g} V under "
            f"{limit:g} A; "
            "expected a positive duration, finite voltages and a positive limit"
        )
    samples = int(np.asarray(schedule.recorded).sum())
    if samples != int(np.prod(schedule.shape)) or not samples:
        raise ProgramError(
            f"run: {name} samples {samples} times a cycle in the shape {schedule.shape}; expected "
            "as many, one or more"
        )
    if (total := float(n_devices) * schedule.cycles * samples) > _MOST_SAMPLES:
        raise ProgramError(
            f"run: {name} makes {total:.3g} samples of {n_devices} devices; expected at most "
            f"{_MOST_SAMPLES:.0e}: measure in parts"
        )


def check_law(
    law: Law, kernel: LawKernel, y: np.ndarray, p: np.ndarray, schedule: Schedule
) -> None:
    """Refuse a law whose current or rates are no numbers, whose current falls with the voltage, or
    flows without one.

    Parameters
    ----------
    law : Law
    kernel : LawKernel
        The law, compiled.
    y : ndarray, shape (state,)
        A fresh device.
    p : ndarray, shape (parameter,)
    schedule : Schedule
        Its voltages are tried.

    Raises
    ------
    LawError
        Names the voltage and the state.
    """
    applied = schedule.segments[:, 1:3]
    if schedule.drive == "current":
        applied = np.array([-1.0, 1.0]) * schedule.voltage_limit
    volts = np.linspace(min(0.0, applied.min()), max(0.0, applied.max()), _VOLTAGES)
    current = np.array([kernel.law_current(y, v, p) for v in volts])
    for v, i in zip(volts, current, strict=True):
        if not np.isfinite(i):
            raise LawError(
                f"law {law.name!r}: the current is {i} A at {v:g} V ({_state(law, y)}); expected a "
                "number"
            )
        check_rates(law, kernel, y, p, [v])
    check_rest(law, kernel, y, p, float(np.abs(current).max()))
    falls = np.diff(current) < -1e-9 * np.abs(current).max()
    if falls.any():
        k = int(falls.argmax())
        raise LawError(
            f"law {law.name!r}: the current falls from {current[k]:g} A at {volts[k]:g} V to "
            f"{current[k + 1]:g} A at "
            f"{volts[k + 1]:g} V ({_state(law, y)}); it must grow with the voltage in every state, "
            "or the voltage "
            "left under a current limit is not unique: let a state carry the fall"
        )


def check_rates(
    law: Law, kernel: LawKernel, y: np.ndarray, p: np.ndarray, volts: Sequence[float]
) -> None:
    """Refuse rates that are no numbers.

    Raises
    ------
    LawError
        Names the state and the voltage.
    """
    rates = np.zeros((2, len(law.state_names)))
    for v in volts:
        kernel.fill_rates(y, float(v), p, rates)
        for k, state in enumerate(law.states):
            rate = float(rates[0, k]) - float(rates[1, k]) * float(y[k])
            if not np.isfinite(rate):
                raise LawError(
                    f"law {law.name!r}: the rate of {state.name!r} is {rate} at {v:g} V "
                    f"({_state(law, y)}); "
                    "expected a number: guard divisions, roots and logarithms"
                )


def check_rest(law: Law, kernel: LawKernel, y: np.ndarray, p: np.ndarray, scale: float) -> None:
    """Refuse a current at no voltage: only what stores charge has one.

    Raises
    ------
    LawError
        Names the current and the state.
    """
    current = float(kernel.law_current(y, 0.0, p))
    if not law.stores_charge and abs(current) > _NOTHING * scale:
        raise LawError(
            f"law {law.name!r}: the current is {current:g} A at 0 V ({_state(law, y)}); expected "
            "none: a device without a voltage "
            "of its own passes no current at rest; one that has it says stores_charge = True"
        )


def check_power(law: Law, device: int, volts: np.ndarray, amperes: np.ndarray) -> None:
    """Refuse power drawn from a device, whose law has no charge to give.

    Parameters
    ----------
    law : Law
    device : int
    volts, amperes : ndarray, shape (cycle, sample)
        At its terminals, without noise.

    Raises
    ------
    LawError
        Names the device, the voltage and the current.
    """
    if law.stores_charge:
        return
    with np.errstate(invalid="ignore", over="ignore"):  # what is no number is reported later
        power = volts * amperes
    if not power.size or not power.min() < 0.0:
        return
    drawn = power < -_NOTHING * np.nanmax(np.abs(power))
    if drawn.any():
        c, k = np.argwhere(drawn)[0]
        raise LawError(
            f"law {law.name!r}, device {device}: the current is {amperes[c, k]:g} A at "
            f"{volts[c, k]:g} V in cycle {c}: power is "
            "drawn from the device; expected current and voltage of one sign, or a law that says "
            "stores_charge = True"
        )


def check_compliance(
    devices: Devices, kernel: LawKernel, fresh: np.ndarray, schedule: Schedule
) -> None:
    """Refuse a current limit that every fresh device already reaches at the first sample.

    Nothing could be seen under such a limit: the source is in compliance from the first step to the
    last. Where some devices leak less than the limit the program runs; a real source would clamp
    the others too.

    Parameters
    ----------
    devices : Devices
    kernel : LawKernel
    fresh : ndarray, shape (state, device)
    schedule : Schedule

    Raises
    ------
    ProgramError
        Names the limit and the leakage current.
    """
    seen = schedule.segments[schedule.recorded & (schedule.segments[:, 2] != 0.0)]
    if not len(seen):
        return
    v, limit = float(seen[0, 2]), float(seen[0, 3])
    leak = min(
        abs(kernel.law_current(y, v, p))
        for y, p in zip(fresh.T.copy(), devices.values, strict=True)
    )
    if leak > limit:
        raise ProgramError(
            f"compliance = {limit:g} A is below the leakage current: every fresh device carries at "
            f"least {leak:g} A "
            f"at the first sample, {v:g} V; raise the compliance, or leave it out"
        )


def _state(law: Law, y: np.ndarray) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in zip(law.state_names, y, strict=True))
