"""What the twin says of conditions nobody has measured: fresh devices, one SET ramp each, against
one condition.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis, device, measurement
from acanthite.constants import boltzmann
from acanthite.device.laws.filament import junction_current
from acanthite.device.laws.nucleation import RampNucleation
from acanthite.drawing import BLUE, GREY, RED, legend_above
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Progress, Settings
from acanthite.formatting import percent
from acanthite.parameters import ParameterSet, Quantity

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_TOP = 1.0  # V; ramps end here
_COMPLIANCE = 100.0  # times the HRS current where nucleation alone would set: past it a slow ramp would only cost time


@dataclass(frozen=True)
class Ramp:
    """One condition.

    Parameters
    ----------
    rate : float
        [V/s]
    temperature : float
        Of device and bath; the film stays what it is. [K]
    """

    rate: float
    temperature: float


def at_temperature(parameters: ParameterSet, temperature: float) -> ParameterSet:
    """Return the parameters with the device at another temperature. [K]"""
    q = Quantity(temperature, "K", "acanthite", "condition of a prediction", "assumed")
    return parameters.replace({"filament.temperature": q})


def ramps(
    settings: Settings,
    conditions: Sequence[Ramp],
    axis: str,
    unit: str,
    experiment: int,
    progress: Progress,
) -> xr.Dataset:
    """Set fresh 50 nm devices under each condition.

    Parameters
    ----------
    settings : Settings
    conditions : sequence of Ramp
    axis, unit : str
        Which of a condition's values is varied, and its unit.
    experiment : int
        Keeps the random numbers apart from those of other figures.
    progress : callable

    Returns
    -------
    xarray.Dataset
        ``set_voltage`` [V], dims (axis, device), not-a-number where a device did not set;
        ``closed_form`` and ``closed_form_spread`` [V], what nucleation alone would give.
    """
    import xarray as xr

    n = experiments.count(settings, 200, 40)
    step = settings.parameters.value("instrument.sweep_step")
    volts, closed = [], []
    for k, condition in enumerate(conditions):
        parameters = at_temperature(settings.parameters, condition.temperature)
        here = replace(settings, parameters=parameters)
        grown = recipes.grown(here, thickness=recipes.thin(settings))
        nominal = device.Filament.from_film(grown, parameters)
        closed.append(_nucleation(nominal, condition).moments())
        limit = _COMPLIANCE * junction_current(
            closed[-1][0], 1.0, SimpleNamespace(**nominal.values)
        )
        loops = measurement.run(
            nominal.sample(n, seed=1000 * settings.seed + 10 * experiment + k),
            measurement.Sweep(-_TOP, 0.0, condition.rate, step, compliance=limit),
        )
        volts.append(np.abs(analysis.switching(loops).set_voltage[:, 0]))
        progress((k + 1) / len(conditions))
    mean, spread = np.array(closed).T
    return xr.Dataset(
        {
            "set_voltage": (
                (axis, "device"),
                np.array(volts),
                {"units": "V", "long_name": "set voltage, magnitude"},
            ),
            "closed_form": (axis, mean, {"units": "V", "long_name": "mean by nucleation alone"}),
            "closed_form_spread": (
                axis,
                spread,
                {"units": "V", "long_name": "spread by nucleation alone"},
            ),
        },
        {axis: (axis, [getattr(c, axis) for c in conditions], {"units": unit, "long_name": axis})},
    )


def _nucleation(nominal: device.Filament, condition: Ramp) -> RampNucleation:
    v = nominal.values
    sigma = math.hypot(nominal.device_barrier, v["cycle_barrier"])
    prefactor = v["site_number"] * v["attempt_rate"]
    kT = boltzmann * condition.temperature
    return RampNucleation(
        prefactor, v["migration_barrier"], v["nucleation_field"], kT, condition.rate, sigma
    )


def draw_series(axes: Sequence[Axes], data: xr.Dataset, axis: str) -> None:
    """Draw mean and spread of the set voltage against a condition, with what nucleation alone would
    give.
    """
    x, v = data[axis].values, data["set_voltage"].values
    n = np.isfinite(v).sum(1)
    mean, spread = np.nanmean(v, axis=1), np.nanstd(v, axis=1, ddof=1)
    top, bottom = axes
    top.plot(x, data["closed_form"], color=GREY, label="nucleation alone")
    top.errorbar(
        x,
        mean,
        1.96 * spread / np.sqrt(n),
        fmt="o",
        color=BLUE,
        markersize=4,
        label="twin, 95 % interval",
    )
    top.set_ylabel("mean |V$_{set}$| (V)")
    bottom.plot(x, 1e3 * data["closed_form_spread"], color=GREY, label="nucleation alone")
    error = 1e3 * 1.96 * spread / np.sqrt(2 * (n - 1))
    bottom.errorbar(
        x, 1e3 * spread, error, fmt="s", color=RED, markersize=4, label="twin, 95 % interval"
    )
    bottom.set_ylabel("spread of |V$_{set}$| (mV)")
    for ax in axes:
        ax.set_ylim(bottom=0)
        legend_above(ax)


def unset(data: xr.Dataset, axis: str) -> tuple[str, ...]:
    """Return a note on the devices that did not set, if there are any."""
    share = 1 - np.isfinite(data["set_voltage"].values).mean(1)
    if not share.any():
        return ()
    worst = int(share.argmax())
    where = f"{float(data[axis][worst]):g} {data[axis].attrs['units']}"
    return (
        (
            f"Up to {percent(float(share.max()))} of the devices (at {where}) do not set below "
            f"{_TOP:g} V and are left out of mean and spread."
        ),
    )
