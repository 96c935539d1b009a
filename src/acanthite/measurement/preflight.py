"""Refuse what no instrument could measure: laws that give no numbers, compliances below the leakage current."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

import numpy as np

from acanthite.device import Devices, Law
from acanthite.errors import LawError, ProgramError
from acanthite.measurement.program import Schedule

_VOLTAGES = 41


def check_law(law: Law, kernel: ModuleType, y: np.ndarray, p: np.ndarray, schedule: Schedule) -> None:
    """Refuse a law whose current or rates are no numbers, or whose current falls with the voltage.

    Parameters
    ----------
    law : Law
    kernel : module
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
    volts = np.linspace(min(0.0, applied.min()), max(0.0, applied.max()), _VOLTAGES)
    current = np.array([kernel.law_current(y, v, p) for v in volts])
    for v, i in zip(volts, current, strict=True):
        if not np.isfinite(i):
            raise LawError(
                f"law {law.name!r}: the current is {i} A at {v:g} V ({_state(law, y)}); expected a number"
            )
        check_rates(law, kernel, y, p, [v])
    falls = np.diff(current) < -1e-9 * np.abs(current).max()
    if falls.any():
        k = int(falls.argmax())
        raise LawError(
            f"law {law.name!r}: the current falls from {current[k]:g} A at {volts[k]:g} V to {current[k + 1]:g} A at "
            f"{volts[k + 1]:g} V ({_state(law, y)}); it must grow with the voltage in every state, or the voltage "
            "left under a current limit is not unique: let a state carry the fall"
        )


def check_rates(law: Law, kernel: ModuleType, y: np.ndarray, p: np.ndarray, volts: Sequence[float]) -> None:
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
                    f"law {law.name!r}: the rate of {state.name!r} is {rate} at {v:g} V ({_state(law, y)}); "
                    "expected a number: guard divisions, roots and logarithms"
                )


def check_compliance(devices: Devices, kernel: ModuleType, fresh: np.ndarray, schedule: Schedule) -> None:
    """Refuse a current limit that every fresh device already reaches at the first sample.

    Nothing could be seen under such a limit: the source is in compliance from the first step to the last. Where
    some devices leak less than the limit the program runs; a real source would clamp the others too.

    Parameters
    ----------
    devices : Devices
    kernel : module
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
    leak = min(abs(kernel.law_current(y, v, p)) for y, p in zip(fresh.T.copy(), devices.values, strict=True))
    if leak > limit:
        raise ProgramError(
            f"compliance = {limit:g} A is below the leakage current: every fresh device carries at least {leak:g} A "
            f"at the first sample, {v:g} V; raise the compliance, or leave it out"
        )


def _state(law: Law, y: np.ndarray) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in zip(law.state_names, y, strict=True))
