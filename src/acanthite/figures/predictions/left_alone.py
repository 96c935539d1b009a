"""What becomes of devices that were set under a compliance current and then left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from acanthite import analysis, device, measurement
from acanthite.device.laws.lifetimes import capillary_lifetime
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Progress, Settings
from acanthite.figures.predictions.ramps import at_temperature

if TYPE_CHECKING:
    import xarray as xr

QUIET = measurement.Instrument("quiet", 0.1, 0.0, 0.0)  # what the devices do, without its noise
LOST = 0.5  # share of its conductance whose loss ends a state's life
_FIRST, _LAST = 1e-5, 1e10  # s
_PER_DECADE = 8
_UNITS = {"compliance": "A", "temperature": "K", "time": "s"}


def left_alone(
    settings: Settings,
    compliance: float,
    temperature: float,
    seed: int,
    last: float = _LAST,
) -> tuple[np.ndarray, np.ndarray]:
    """Set fresh 50 nm devices and read them at ever longer times, nothing applied between.

    Parameters
    ----------
    settings : Settings
    compliance : float
        Of the SET. [A]
    temperature : float
        Of device and bath. [K]
    seed : int
        Number of the experiment, which keeps its random numbers apart from others'.
    last : float
        Time of the last read. [s]

    Returns
    -------
    time : ndarray, shape (time,)
        [s]
    conductance : ndarray, shape (device, time)
        [S]
    """
    parameters = at_temperature(settings.parameters, temperature)
    here = replace(settings, parameters=parameters)
    n = experiments.count(settings, 40, 10)
    devices = experiments.devices(here, n, recipes.thin(here), experiment=seed)
    p = parameters.group("instrument")
    setting = measurement.Sweep(
        -p["sweep_stop"], 0.0, p["sweep_rate"], p["sweep_step"], 1, compliance
    )
    points = round(_PER_DECADE * np.log10(last / _FIRST)) + 1
    reads = measurement.run(
        devices,
        measurement.Retention(
            last, points, _FIRST, parameters.value("pulse.read_voltage"), read_time=0.1 * _FIRST
        ),
        after=setting,
        instrument=QUIET,
    )
    return reads["time"].values[0], analysis.conductance(reads).isel(cycle=0).values


def lifetimes(
    settings: Settings,
    compliances: Sequence[float],
    temperatures: Sequence[float],
    experiment: int,
    progress: Progress,
) -> xr.Dataset:
    """Return how long states last, and how long surface diffusion alone would let them.

    Parameters
    ----------
    settings : Settings
    compliances, temperatures : sequence of float
        [A], [K]
    experiment : int
        As ``seed`` of :func:`left_alone`.
    progress : callable

    Returns
    -------
    xarray.Dataset
        ``lifetime`` [s], infinite past the last read, ``set_conductance`` [S] and ``closed_form``
        [s], dims (compliance, temperature, device); the latter is not-a-number below a quantum.
    """
    import xarray as xr

    shape = len(compliances), len(temperatures)
    lives, begun, closed = [], [], []
    for k, (i, j) in enumerate(np.ndindex(shape)):
        time, g = left_alone(settings, compliances[i], temperatures[j], experiment)
        gone = g < (1.0 - LOST) * g[:, :1]
        lives.append(np.where(gone.any(1), time[gone.argmax(1)], np.inf))
        begun.append(g[:, 0])
        closed.append(capillary_lifetime(g[:, 0], _values(settings, temperatures[j]), 1.0 - LOST))
        progress((k + 1) / np.prod(shape))

    dims = ("compliance", "temperature", "device")

    def array(rows: list[np.ndarray], units: str, name: str) -> tuple:
        return dims, np.reshape(rows, (*shape, -1)), {"units": units, "long_name": name}

    return xr.Dataset(
        {
            "lifetime": array(lives, "s", "time to half the conductance"),
            "set_conductance": array(begun, "S", "conductance as set"),
            "closed_form": array(closed, "s", "lifetime by surface diffusion alone"),
        },
        {
            "compliance": ("compliance", list(compliances), {"units": "A"}),
            "temperature": ("temperature", list(temperatures), {"units": "K"}),
        },
    )


def _values(settings: Settings, temperature: float) -> dict[str, float]:
    parameters = at_temperature(settings.parameters, temperature)
    here = replace(settings, parameters=parameters)
    grown = recipes.grown(here, thickness=recipes.thin(here))
    return device.Filament.from_film(grown, parameters).values
