"""From a recipe to what its devices do: loops, writes, retention."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from acanthite import analysis, measurement
from acanthite.device import Devices
from acanthite.film import Recipe
from acanthite.parameters import AG2S
from acanthite.studies.jobs.films import changed, grown, sampled

_RECIPE = Recipe()
_QUIET = measurement.Instrument("quiet", 0.1, 0.0, 0.0)  # what devices do, without its noise
_FIRST, _PER_DECADE = 1e-5, 4  # s: of the reads of a retention test
_LOST = 0.5  # share of the conductance whose loss ends a state
_SET = 10.0  # over its HRS, a device conducts from where it counts as set

UNITS = {
    "set_voltage": "V",
    "set_voltage_cv": "1",
    "reset_voltage": "V",
    "lrs_resistance": "Ω",
    "hrs_resistance": "Ω",
    "dynamic_range": "1",
    "set_share": "1",
    "write_energy": "J",
    "retention": "s",
}


def device(
    thickness: float = AG2S.value("stack.film_thickness"),
    anneal_temperature: float | None = _RECIPE.anneal_temperature,
    anneal_time: float = _RECIPE.anneal_time,
    rf_power: float = _RECIPE.rf_power,
    pressure: float = _RECIPE.pressure,
    bend_radius: float = math.inf,
    devices: int = 20,
    cycles: int = 20,
    sweep_stop: float = 0.5,
    sweep_rate: float = 2.0,
    compliance: float | None = None,
    write_voltage: float = 0.3,
    write_width: float = AG2S.value("pulse.write_width"),
    longest: float = 1e8,
    parameters: Mapping[str, float] = {},
    seed: int = 1,
) -> dict[str, float]:
    """Grow a film, and take its devices through loops, a write and a retention test.

    Parameters
    ----------
    thickness : float
        [m]
    anneal_temperature : float
        [K]
    anneal_time : float
        [s]
    rf_power : float
        [W]
    pressure : float
        [Pa]
    bend_radius : float
        Infinite is flat. [m]
    devices, cycles : int
        Measured.
    sweep_stop : float
        Ends of the loops, and of the SET before the retention test. [V]
    sweep_rate : float
        [V/s]
    compliance : float
        Of the SET; that of the instrument without it. [A]
    write_voltage : float
        Height of write pulses. [V]
    write_width : float
        [s]
    longest : float
        When the retention test ends. [s]
    parameters : mapping of str to float
        Over the parameter set, in SI.
    seed : int

    Returns
    -------
    dict of str to float
        Medians over devices and cycles: ``set_voltage`` and ``reset_voltage`` (magnitudes),
        ``lrs_resistance``, ``hrs_resistance``, ``dynamic_range``; ``set_voltage_cv``, the mean over
        devices of the spread from cycle to cycle; ``set_share`` of the loops that set;
        ``write_energy``, the mean of a first pulse; ``retention``, the median time in which a state
        loses half of its conductance, at most ``longest``; not-a-number unless most devices have
        one: ten times the conductance that they have in HRS.
    """
    values = changed(parameters)
    recipe = Recipe(
        thickness=thickness,
        anneal_temperature=anneal_temperature,
        anneal_time=anneal_time,
        rf_power=rf_power,
        pressure=pressure,
    )
    film = grown(recipe, bend_radius, values)
    population = sampled(film, values, devices, seed)
    return {
        **_loops(population, sweep_stop, sweep_rate, int(cycles), compliance),
        "write_energy": _write_energy(population, write_voltage, write_width),
        "retention": _retention(population, sweep_stop, sweep_rate, compliance, longest),
    }


def _loops(
    devices: Devices, stop: float, rate: float, cycles: int, compliance: float | None
) -> dict[str, float]:
    sweep = measurement.Sweep(-stop, stop, rate=rate, cycles=cycles, compliance=compliance)
    loops = analysis.switching(measurement.run(devices, sweep))
    with np.errstate(divide="ignore", invalid="ignore"):
        lrs, hrs = 1.0 / loops.lrs_conductance, 1.0 / loops.hrs_conductance
        ratio = hrs / lrs
    return {
        "set_voltage": _median(np.abs(loops.set_voltage)),
        "set_voltage_cv": _spread(loops.set_voltage),
        "reset_voltage": _median(np.abs(loops.reset_voltage)),
        "lrs_resistance": _median(lrs),
        "hrs_resistance": _median(hrs),
        "dynamic_range": _median(ratio),
        "set_share": loops.set_share,
    }


def _median(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else math.nan


def _spread(values: np.ndarray) -> float:
    """Return the coefficient of variation from cycle to cycle, the mean over devices."""
    rows = [row[np.isfinite(row)] for row in values]
    each = [row.std(ddof=1) / abs(row.mean()) for row in rows if len(row) >= 3]
    return float(np.mean(each)) if each else math.nan


def _write_energy(devices: Devices, voltage: float, width: float) -> float:
    edge = min(AG2S.value("instrument.pulse_edge"), 0.2 * width)
    train = measurement.PulseTrain(-voltage, width, edge, 1)
    recording = measurement.run(devices, train, instrument=measurement.FAST)
    return float(analysis.pulse_energy(recording).mean())


def _retention(
    devices: Devices, stop: float, rate: float, compliance: float | None, longest: float
) -> float:
    points = round(_PER_DECADE * math.log10(longest / _FIRST)) + 1
    test = measurement.Retention(longest, points, _FIRST, read_time=0.1 * _FIRST)
    setting = measurement.Sweep(-stop, 0.0, rate=rate, compliance=compliance)
    reads = measurement.run(devices, test, after=setting, instrument=_QUIET)
    conductance = analysis.conductance(reads).isel(cycle=0).values
    set_ones = conductance[:, 0] > _SET * devices.parameter("hrs_conductance")
    if set_ones.mean() <= 0.5:
        return math.nan
    gone = conductance[set_ones] < (1.0 - _LOST) * conductance[set_ones, :1]
    time = reads["time"].values[0]
    return float(np.median(np.where(gone.any(1), time[gone.argmax(1)], longest)))
