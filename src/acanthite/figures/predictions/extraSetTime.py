"""A prediction: the time a device takes to SET, against the voltage it is held at."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from acanthite import device, measurement
from acanthite.constants import boltzmann, conductance_quantum, elementary_charge, eV, mA
from acanthite.device.laws.filament import junction_current
from acanthite.device.laws.set_times import growth_time, nucleation_time
from acanthite.drawing import BLUE, GREEN, GREY, ORANGE, PUBLISHED, legend_above, new_figure
from acanthite.figures import experiments, recipes
from acanthite.figures.base import Outcome, Progress, Settings, silent
from acanthite.measurement.schedule import Schedule

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

TITLE = "Prediction: set time against voltage"
CAPTION = (
    "Left: time that fresh {stack.film_thickness:nm} devices take to SET at one voltage, median "
    "and the middle four fifths, with what nucleation and growth alone take in closed form. "
    "Right: voltage that a decade of time costs, beside the published laws of electrochemical "
    "cells. The paper measured no such series."
)
ALT = (
    "Set times fall over more than twelve decades, steeply where nucleation limits them, flatly "
    "above half a volt where growth does; the slope crosses those of electrochemical laws."
)
WEIGHT = 6.0
VOLTAGES = tuple(np.round(np.geomspace(0.07, 1.0, 16), 4))  # V
_LOWEST = 0.05  # V; where the closed forms begin
TRANSFER = 0.5  # charge transfer coefficient of a symmetrical reaction
NUCLEI = 2  # atoms of a critical nucleus, for the classical law of nucleation
_PER_DECADE = 16
_BEFORE, _AFTER = -4.0, 1.5  # decades of the samples about the closed form
_MET = 0.5  # share of a quantum at which a device counts as set


@dataclass(frozen=True)
class Hold:
    """One voltage, sampled at ever longer times.

    Parameters
    ----------
    voltage : float
        [V]
    times : ndarray
        Of the samples. [s]
    """

    voltage: float
    times: np.ndarray

    def schedule(self, current_limit: float) -> Schedule:
        """Return the segments; dim is (sample,)."""
        rows = [
            (dt, self.voltage, self.voltage, current_limit) for dt in np.diff(self.times, prepend=0)
        ]
        return Schedule(np.array(rows), np.ones(len(rows), bool), 1, ("sample",), (len(rows),))


def compute(settings: Settings, progress: Progress = silent) -> Outcome:
    """Hold fresh devices at every voltage until they set."""
    import xarray as xr

    grown = recipes.grown(settings, thickness=recipes.thin(settings))
    values = device.Filament.from_film(grown, settings.parameters).values
    n = experiments.count(settings, 100, 20)
    volts = np.array(VOLTAGES)
    fine = np.geomspace(_LOWEST, volts[-1], 200)
    expected = nucleation_time(volts, values) + growth_time(volts, values)
    rows = []
    for k, volt in enumerate(volts):
        devices = experiments.devices(settings, n, recipes.thin(settings), experiment=400 + k)
        rows.append(_set_times(devices, float(volt), float(expected[k]), values))
        progress((k + 1) / volts.size)
    data = xr.Dataset(
        {
            "set_time": (("voltage", "device"), np.array(rows), {"units": "s"}),
            "nucleation_time": ("volt", nucleation_time(fine, values), {"units": "s"}),
            "growth_time": ("volt", growth_time(fine, values), {"units": "s"}),
        },
        {
            "voltage": ("voltage", volts, {"units": "V", "long_name": "voltage, magnitude"}),
            "volt": ("volt", fine, {"units": "V", "long_name": "voltage of the closed forms"}),
        },
    )
    return Outcome(
        recordings={"set_time_against_voltage": data},
        notes=_notes(data, values),
        sources=("Menzel2013", "Nayak2010"),
    )


def _set_times(
    devices: device.Devices, volt: float, expected: float, values: dict[str, float]
) -> np.ndarray:
    """Return when each device sets, not-a-number where it does not. [s]"""
    times = expected * np.logspace(_BEFORE, _AFTER, round((_AFTER - _BEFORE) * _PER_DECADE) + 1)
    held = measurement.run(
        devices, Hold(-volt, times), instrument=measurement.Instrument("quiet", 1 * mA, 0.0, 0.0)
    )
    off = abs(junction_current(volt, 1.0, SimpleNamespace(**values)))
    on = np.abs(held["current"].values[:, 0]) > off + _MET * conductance_quantum * volt
    return np.where(on.any(1), times[on.argmax(1)], np.nan)


def slopes(voltage: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Return the voltage that a decade of time costs, at each voltage. [V]"""
    return -1.0 / np.gradient(np.log10(time), voltage)


def published_slopes(temperature: float) -> dict[str, float]:
    """Return the slopes of the laws of electrochemical cells. [V] a decade"""
    decade = np.log(10.0) * boltzmann * temperature / elementary_charge
    return {
        f"electron transfer, α = {TRANSFER:g}": decade / TRANSFER,
        f"nucleation, {NUCLEI} atoms": decade / (NUCLEI + TRANSFER),
    }


def _notes(data: xr.Dataset, values: dict[str, float]) -> tuple[str, ...]:
    volts, middle = data["voltage"].values, np.nanmedian(data["set_time"].values, axis=1)
    fine, closed = data["volt"].values, (data["nucleation_time"] + data["growth_time"]).values
    limited = data["growth_time"].values > data["nucleation_time"].values
    from_volt = f"from {fine[limited.argmax()]:.2f} V on" if limited.any() else "nowhere"
    energy = (values["migration_barrier"] + values["nucleation_field"] / 0.2) / eV
    decades, whole = (np.log10(np.nanmax(x) / np.nanmin(x)) for x in (middle, closed))
    return (
        f"The median set time falls by {decades:.0f} decades between {volts[0]:g} and "
        f"{volts[-1]:g} V, the closed form by {whole:.0f} from {fine[0]:g} V on. Growth takes longer than nucleation {from_volt}.",
        "A decade of time costs less and less voltage towards low voltage, in proportion to its "
        "square, as two-dimensional nucleation has it; classical laws of cells, nucleation, "
        "electron transfer and migration in turn (Menzel 2013), are straight lines one by one.",
        f"At 0.2 V the apparent activation energy, W + B/V, is {energy:.2f} eV; an Ag2S gap has "
        "shown 0.58 eV at low and 1.32 eV at high bias (Nayak 2010), the other way round: this law "
        "has no step whose barrier rises with the voltage.",
        "The fastest SET of the law is a film's thickness over the velocity of growth, ten "
        "microseconds. Ag2S point contacts switch within nanoseconds at a volt: there the law does "
        "not hold.",
        "Nothing was fitted to this series.",
    )


def draw(outcome: Outcome) -> Figure:
    """Draw times and slopes against the voltage."""
    data = outcome.recordings["set_time_against_voltage"]
    v = data["voltage"].values
    low, middle, high = np.nanquantile(data["set_time"].values, (0.1, 0.5, 0.9), axis=1)
    fine = data["volt"].values
    nucleation, growth = data["nucleation_time"].values, data["growth_time"].values
    figure, (left, right) = new_figure(7.8, 3.6, ncols=2)
    left.semilogy(fine, nucleation, color=GREEN, label="nucleation")
    left.semilogy(fine, growth, color=ORANGE, label="growth")
    left.errorbar(
        v,
        middle,
        np.array([middle - low, high - middle]),
        fmt="o",
        color=BLUE,
        markersize=3.5,
        label="twin, 80 % of the devices",
    )
    left.set(xlabel="voltage, magnitude (V)", ylabel="set time (s)")
    right.plot(fine, 1e3 * slopes(fine, nucleation + growth), color=GREY, label="closed form")
    right.plot(v, 1e3 * slopes(v, middle), "o", color=BLUE, markersize=3.5, label="twin")
    for (name, slope), style in zip(published_slopes(300.0).items(), ("--", ":"), strict=True):
        right.axhline(1e3 * slope, color=PUBLISHED, linestyle=style, linewidth=1.0, label=name)
    right.set(xlabel="voltage, magnitude (V)", ylabel="voltage a decade (mV)", yscale="log")
    for ax in (left, right):
        legend_above(ax, ncols=2)
    return figure
