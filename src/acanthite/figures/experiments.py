"""The paper's experiments, done on the twin: what several figures share, simulated once a run.

Numbers of devices and cycles are at least the paper's; ``quick`` cuts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from acanthite import analysis, device, measurement
from acanthite.constants import uA
from acanthite.device import Devices
from acanthite.figures import recipes
from acanthite.figures.base import Settings
from acanthite.film import diffraction
from acanthite.measurement import Endurance, PulseTrain, Retention, Sweep
from acanthite.parameters.reading import cached

if TYPE_CHECKING:
    import xarray as xr

    from acanthite.synapse import Synapse

COMPLIANCES = (1 * uA, 3 * uA, 10 * uA, 30 * uA, 100 * uA)
"""Compliance currents of the series. [A]"""

_cached = cached(64)


def count(settings: Settings, full: int, quick: int) -> int:
    """Return how many of something this run takes."""
    return quick if settings.quick else full


def _offset(settings: Settings, n: int) -> int:
    """Return a seed of its own for the ``n``-th experiment of a run."""
    return settings.seed * 1000 + n


def devices(
    settings: Settings,
    n: int,
    thickness: float,
    anneal: float | Literal["recipe"] | None = "recipe",
    experiment: int = 0,
    bent: bool = False,
) -> Devices:
    """Return ``n`` devices on a film of the given thickness and anneal.

    Parameters
    ----------
    settings : Settings
    n : int
    thickness : float
        [m]
    anneal : float, None or "recipe"
        Temperature, None for un-annealed; the recipe's own without it. [K]
    experiment : int
        Devices of different experiments share no random number.
    bent : bool
        Whether the film is on a foil bent as in the paper.

    Returns
    -------
    Devices
    """
    hot = recipes.reference_anneal(settings) if anneal == "recipe" else anneal
    sheet = recipes.bent if bent else recipes.grown
    made = sheet(settings, thickness=thickness, anneal_temperature=hot)
    nominal = device.Filament.from_film(made, settings.parameters)
    return nominal.sample(n, seed=_offset(settings, experiment))


def sweep(
    settings: Settings, cycles: int = 1, stop: float | None = None, compliance: float | None = None
) -> Sweep:
    """Return the DC cycle of the paper: SET first, then RESET."""
    p = settings.parameters.group("instrument")
    stop = stop or p["sweep_stop"]
    return Sweep(-stop, stop, p["sweep_rate"], p["sweep_step"], cycles, compliance)


def heat_note(settings: Settings, population: Devices, loops: xr.Dataset) -> str:
    """Say how hot the filaments get in a recording, and whether Ag2S around them would transform."""
    hottest = (
        device.filament_temperature(population, loops["voltage"], loops["current"])
        .reshape(len(population), -1)
        .max(1)
    )
    limit = settings.parameters.value("film.phase_transition_temperature")
    over = int((hottest > limit).sum())
    heat = (
        f"Joule heat takes the filaments to {np.median(hottest):.0f} K (median of the devices), "
        f"{hottest.max():.0f} K at most"
    )
    if not over:
        return f"{heat}, below the transition of Ag2S at {limit:.0f} K."
    flow = loops["voltage"].values, loops["current"].values
    _, share = device.argentite_shell(population, *flow, settings.parameters)
    most = np.sort(share.reshape(len(population), -1).max(1))
    return (
        f"{heat}. {over} of {hottest.size} pass the transition of Ag2S at {limit:.0f} K: the "
        f"argentite around a filament would carry up to {np.median(most):.1%} of its current "
        f"(median of the devices; {most[-1]:.1%} in the hottest), which the law leaves out."
    )


def line_temperature(anneal: float | None, settings: Settings) -> float:
    """Return the hottest a film has been: its anneal, or the deposition of an un-annealed one. [K]"""
    return recipes.recipe(settings).substrate_temperature if anneal is None else anneal


def line_widths(settings: Settings, films: Sequence[tuple[float, float | None]]) -> np.ndarray:
    """Return the fitted width of the (-1 1 2) line of films given as (thickness, anneal). [rad]"""
    p = settings.parameters
    near, neighbours = (
        float(diffraction.bragg_angle((-1, 1, 2), p)),
        diffraction.singlet_neighbours(p),
    )
    widths = []
    for k, (thickness, anneal) in enumerate(films):
        made = recipes.grown(settings, thickness=thickness, anneal_temperature=anneal)
        scan = diffraction.measure(made, settings.seed, k, p)
        line = diffraction.fit_line(
            scan["two_theta"].values, scan["counts"].values, near, neighbours=neighbours
        )
        widths.append(line.width.value)
    return np.array(widths)


def thin_devices(settings: Settings) -> Devices:
    """Thirty devices on the 50 nm film."""
    return devices(settings, 30, recipes.thin(settings))


def thick_devices(settings: Settings) -> Devices:
    """Thirty devices on the 200 nm film."""
    return devices(settings, 30, recipes.thick(settings), experiment=1)


@_cached
def thin_loops(settings: Settings) -> xr.Dataset:
    """DC loops of 30 devices on the 50 nm film, 50 cycles each."""
    return measurement.run(thin_devices(settings), sweep(settings, 50))


@_cached
def thin_switching(settings: Settings) -> analysis.Switching:
    """What :func:`thin_loops` say."""
    return analysis.switching(thin_loops(settings))


@_cached
def thick_loops(settings: Settings) -> xr.Dataset:
    """DC loops of 30 devices on the 200 nm film, 50 cycles each."""
    return measurement.run(thick_devices(settings), sweep(settings, 50))


@_cached
def thick_switching(settings: Settings) -> analysis.Switching:
    """What :func:`thick_loops` say."""
    return analysis.switching(thick_loops(settings))


@_cached
def compliance_loops(settings: Settings, compliance: float | None) -> xr.Dataset:
    """One SET sweep of 30 fresh 50 nm devices under a compliance current, and the way back."""
    p = settings.parameters.group("instrument")
    program = Sweep(-p["sweep_stop"], 0.0, p["sweep_rate"], p["sweep_step"], 1, compliance)
    return measurement.run(devices(settings, 30, recipes.thin(settings), experiment=2), program)


@_cached
def gold_side_loops(settings: Settings) -> xr.Dataset:
    """0 -> -1 -> 0 V on the Au electrode, which is +1 V on the Ag one; 30 devices."""
    p = settings.parameters.group("instrument")
    program = Sweep(1.0, 0.0, p["sweep_rate"], p["sweep_step"])
    return measurement.run(devices(settings, 30, recipes.thin(settings), experiment=3), program)


@_cached
def film_loops(
    settings: Settings, thickness: float, anneal: float | None, stop: float = 1.0
) -> xr.Dataset:
    """SET sweeps to -``stop`` of 30 fresh devices on any film."""
    p = settings.parameters.group("instrument")
    program = Sweep(-stop, 0.0, p["sweep_rate"], p["sweep_step"])
    n = count(settings, 100, 30)
    return measurement.run(devices(settings, n, thickness, anneal, experiment=4), program)


@_cached
def write_pulses(settings: Settings) -> tuple[xr.Dataset, np.ndarray]:
    """Three write pulses, each followed by a read, on 200 nm devices; and their energies.

    Returns
    -------
    recording : xarray.Dataset
        Dims (device, cycle, pulse, sample).
    energies : ndarray, shape (device, pulse)
        [J]
    """
    p = settings.parameters.group("pulse")
    edge = settings.parameters.value("instrument.pulse_edge")
    program = PulseTrain(-p["write_voltage"], p["write_width"], edge, 3, p["read_voltage"])
    n = count(settings, 30, 10)
    population = devices(settings, n, recipes.thick(settings), experiment=5)
    recording = measurement.run(population, program, instrument=measurement.FAST)
    return recording, analysis.pulse_energy(recording).isel(cycle=0).values


@_cached
def retention(settings: Settings) -> xr.Dataset:
    """Levels set by compliance, then read at 5 mV for 1e4 s; dims (level, device, cycle, sample)."""
    import xarray as xr

    p = settings.parameters.group("instrument")
    read = Retention(read_voltage=settings.parameters.value("pulse.read_voltage"))
    population = devices(settings, count(settings, 10, 5), recipes.thin(settings), experiment=6)
    levels = COMPLIANCES[2:]
    runs = [
        measurement.run(
            population,
            read,
            after=Sweep(-p["sweep_stop"], 0.0, p["sweep_rate"], p["sweep_step"], 1, c),
        )
        for c in levels
    ]
    joined = xr.concat(
        runs, "level", combine_attrs="drop_conflicts", data_vars=["voltage", "current"]
    )
    values = [p["current_limit"] if c is None else c for c in levels]
    return joined.assign_coords(
        level=("level", values, {"units": "A", "long_name": "compliance current of the SET"})
    )


@_cached
def endurance(settings: Settings) -> xr.Dataset:
    """1e4 write-read cycles at ±0.3 V, 10 ms, of 50 nm devices."""
    p = settings.parameters.group("pulse")
    program = Endurance(
        count(settings, 10_000, 1_000),
        p["write_voltage"],
        p["endurance_width"],
        read_voltage=p["read_voltage"],
    )
    return measurement.run(
        devices(settings, count(settings, 11, 5), recipes.thin(settings), experiment=7), program
    )


@_cached
def ladders(settings: Settings) -> xr.Dataset:
    """Twenty ladders of 30 potentiation and 30 depression pulses on bent 200 nm devices: 1200
    pulses each.
    """
    from acanthite.synapse import measured

    n = count(settings, 30, 10)
    population = devices(settings, n, recipes.thick(settings), experiment=8, bent=True)
    return measured.ladders(population, settings.parameters)


@_cached
def synapse(settings: Settings) -> Synapse:
    """The pulse law fitted to :func:`ladders`: what the network is trained with."""
    from acanthite.synapse import fit

    return fit(ladders(settings))


@_cached
def lrs_reads(settings: Settings) -> xr.Dataset:
    """I-V within ±25.5 mV of 18 bent memristors: 6 set under compliance, 12 left in the HRS; dims
    (device, cycle, sample).
    """
    population = devices(settings, 18, recipes.thin(settings), experiment=9, bent=True)
    return kernel_reads(settings, population)


def kernel_reads(settings: Settings, population: Devices) -> xr.Dataset:
    """:func:`lrs_reads` of any 18 devices."""
    import xarray as xr

    p = settings.parameters.group("instrument")
    top = 255 * settings.parameters.value("mac.volt_per_level")
    read = Sweep(-top, top, p["sweep_rate"], top / 51)
    preparation = Sweep(-p["sweep_stop"], 0.0, p["sweep_rate"], p["sweep_step"], 1, 10 * uA)
    on = measurement.run(population, read, after=preparation).isel(device=slice(0, 6))
    off = measurement.run(population, read).isel(device=slice(6, 18))
    joined = xr.concat(
        [on, off], "device", combine_attrs="drop_conflicts", data_vars=["voltage", "current"]
    )
    return joined.assign_coords(state=("device", ["LRS"] * 6 + ["HRS"] * 12))
