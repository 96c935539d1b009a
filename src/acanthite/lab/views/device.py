"""One device: from the recipe to its film, its loop, its pulses, and what a write costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from acanthite.constants import celsius, hour, mA, nm, sccm, us
from acanthite.formatting import as_text
from acanthite.lab.views import repeat
from acanthite.lab.views.curves import Curve, Row, curve, positive
from acanthite.lab.views.knobs import Knob, of_parameter, parameters_of, si_values
from acanthite.parameters import ParameterSet

if TYPE_CHECKING:
    import xarray as xr

    from acanthite.device import Devices
    from acanthite.film import Film

DEVICE_KNOBS: tuple[Knob, ...] = (
    of_parameter("stack.film_thickness", "film thickness", "nm", 20, 400, 1, factor=nm),
    of_parameter(
        "process.anneal_temperature", "anneal", "°C", 25, 177, 1, factor=1.0, offset=celsius(0.0)
    ),
    of_parameter("process.anneal_time", "anneal time", "h", 0, 12, 0.1, factor=hour),
    of_parameter("process.h2s_flow", "H₂S flow", "sccm", 2, 100, 1, factor=sccm),
    of_parameter("instrument.sweep_stop", "sweep to ±", "V", 0.05, 1.5, 0.01),
    Knob("compliance", "compliance", "mA", 1e-3, 100, 1e-3, 100, factor=mA, logarithmic=True),
    of_parameter("pulse.write_voltage", "pulse voltage", "V", 0.05, 1.0, 0.01),
    of_parameter(
        "pulse.write_width", "pulse width", "µs", 0.1, 1e4, 0.1, factor=us, logarithmic=True
    ),
    Knob("device", "device number", "", 1, 1000, 1, 1, whole=True),
)
"""The knobs of a device: the recipe, the sweep, the pulses, and which device it is."""

LADDER = 30
"""Pulses up, and as many down."""


@dataclass(frozen=True)
class DeviceView:
    """What is seen of a device.

    Parameters
    ----------
    film : tuple of Row
        What the recipe gives.
    loop : Curve
        Magnitude of the current [A] against the voltage [V].
    switching : tuple of Row
        What the loop says.
    ladder : Curve
        Conductance [S] after each pulse.
    energy : tuple of Row
        Where the energy of the first write goes, and the noise that a read has.

    Examples
    --------
    >>> view = ac.lab.device_view({"film_thickness": 200})
    >>> view.film[0].label, view.film[0].value.split()[0]
    ('thickness', '200')
    """

    film: tuple[Row, ...]
    loop: Curve
    switching: tuple[Row, ...]
    ladder: Curve
    energy: tuple[Row, ...]


def device_view(shown: Mapping[str, float] | None = None) -> DeviceView:
    """Return what is seen of a device.

    Parameters
    ----------
    shown : mapping of str to float, optional
        Values of :data:`DEVICE_KNOBS` by name, in their units; the others are where they start.

    Returns
    -------
    DeviceView

    Raises
    ------
    ParameterError
        If a value is out of bounds.
    AcanthiteError
        If no film can be grown of the recipe, or the device cannot be measured.

    Examples
    --------
    >>> view = ac.lab.device_view({"sweep_stop": 0.3})
    >>> min(voltage for voltage, current in view.loop.points)
    -0.3
    """
    shown = shown or {}
    parameters = parameters_of(DEVICE_KNOBS, shown)
    values = si_values(DEVICE_KNOBS, shown)
    film = _film(parameters)
    device = _device(film, parameters, int(values["device"]))
    recording = _swept(device, parameters, values["compliance"])
    return DeviceView(
        film=film_rows(film, parameters),
        loop=positive(curve("loop", recording.voltage, recording.current)),
        switching=switching_rows(recording),
        ladder=_ladder(device, parameters),
        energy=energy_rows(device, film, parameters),
    )


def _film(parameters: ParameterSet) -> Film:
    from acanthite.film import Recipe, grow

    return grow(Recipe.of(parameters), parameters)


def _device(film: Film, parameters: ParameterSet, seed: int) -> Devices:
    from acanthite.device import Filament

    return Filament.from_film(film, parameters).sample(1, seed=seed)


def grown_device(parameters: ParameterSet, number: int) -> Devices:
    """Return one device on the film of a parameter set's recipe."""
    return _device(_film(parameters), parameters, number)


def film_rows(film: Film, parameters: ParameterSet) -> tuple[Row, ...]:
    """Return what is known of a film."""
    from acanthite.film.summary import summary

    return tuple(
        Row(
            entry.label,
            entry.value if isinstance(entry.value, str) else as_text(entry.value, entry.unit),
            entry.basis,
        )
        for entry in summary(film, parameters)
    )


def _swept(device: Devices, parameters: ParameterSet, compliance: float) -> xr.Dataset:
    from acanthite.measurement import Sweep, run

    p = parameters.group("instrument")
    stop = p["sweep_stop"]
    return run(device, Sweep(-stop, stop, p["sweep_rate"], p["sweep_step"], 1, compliance))


def switching_rows(recording: xr.Dataset) -> tuple[Row, ...]:
    """Return where a loop sets and resets, and its resistances; dashes where it does not."""
    from acanthite.analysis import switching

    found = switching(recording)
    lrs, hrs = _only(found.lrs_conductance), _only(found.hrs_conductance)
    return (
        Row("V_set", as_text(_only(found.set_voltage), "V")),
        Row("V_reset", as_text(_only(found.reset_voltage), "V")),
        Row("conductance, LRS", as_text(lrs, "S")),
        Row("conductance, HRS", as_text(hrs, "S")),
    )


def _only(values: object) -> float:
    """Return the first value of an array of one device's single cycle."""
    return float(np.ravel(np.asarray(values))[0])


def _ladder(device: Devices, parameters: ParameterSet) -> Curve:
    from acanthite.analysis import conductance
    from acanthite.measurement import FAST, PulseLadder, run

    p = parameters.group("pulse")
    program = PulseLadder(
        LADDER,
        LADDER,
        1,
        p["write_voltage"],
        p["write_width"],
        parameters.value("instrument.pulse_edge"),
        read_voltage=p["read_voltage"],
    )
    levels = np.ravel(conductance(run(device, program, instrument=FAST)))
    return curve("conductance", np.arange(1, levels.size + 1), levels)


def energy_rows(device: Devices, film: Film, parameters: ParameterSet) -> tuple[Row, ...]:
    """Return where the energy of a fresh device's first write goes."""
    from acanthite.analysis import pulse_energy
    from acanthite.cost import write_cost
    from acanthite.measurement import FAST, PulseTrain, run

    p = parameters.group("pulse")
    edge = parameters.value("instrument.pulse_edge")
    train = PulseTrain(-p["write_voltage"], p["write_width"], edge, 1, p["read_voltage"])
    drawn = _only(pulse_energy(run(device, train, instrument=FAST)))
    side = parameters.value("stack.island_side")
    line = parameters.value("instrument.parasitic_capacitance")
    cost = write_cost(
        side**2,
        p["write_voltage"],
        film.thickness,
        parameters.value("filament.relative_permittivity"),
        drawn,
        side**2,
        line=line,
    )
    noise = FAST.noise_floor / p["read_voltage"]
    return (
        Row("current through the device", as_text(drawn, "J")),
        Row("charging the cross-point, C V²", as_text(float(cost.crosspoint), "J")),
        Row(f"charging a line of {as_text(line, 'F')}, C V²", as_text(float(cost.line), "J")),
        Row("noise of a read (one sigma)", as_text(noise, "S")),
    )


def device_commands(shown: Mapping[str, float]) -> str:
    """Return the commands that repeat the film and the loop."""
    parameters = parameters_of(DEVICE_KNOBS, shown)
    values = si_values(DEVICE_KNOBS, shown)
    p = parameters.group("instrument")
    stop = p["sweep_stop"]
    settings = {
        "first": -stop,
        "second": stop,
        "rate": p["sweep_rate"],
        "step": p["sweep_step"],
        "compliance": values["compliance"],
    }
    words = [f"--set {name}={value:.12g}" for name, value in settings.items()]
    count = f"--devices 1 --seed {values['device']:g}"
    film = repeat.command("film", parameters=parameters)
    loop = repeat.command("measure", "sweep", *words, count, parameters=parameters)
    return f"{film}\n{loop}"


def device_script(shown: Mapping[str, float]) -> str:
    """Return the lines of Python that repeat film, loop, ladder and energy."""
    parameters = parameters_of(DEVICE_KNOBS, shown)
    values = si_values(DEVICE_KNOBS, shown)
    return (
        repeat.python_start(parameters)
        + f"""film = ac.film.grow(ac.film.Recipe.of(parameters), parameters)
device = ac.device.Filament.from_film(film, parameters).sample(1, seed={values["device"]:g})
tool, pulse = parameters.group("instrument"), parameters.group("pulse")
stop, compliance = tool["sweep_stop"], {values["compliance"]!r}
sweep = ac.measurement.Sweep(
    -stop, stop, tool["sweep_rate"], tool["sweep_step"], compliance=compliance
)
loop = ac.measurement.run(device, sweep)

shape = pulse["write_width"], tool["pulse_edge"]
read = {{"read_voltage": pulse["read_voltage"]}}
pulses = ac.measurement.PulseLadder({LADDER}, {LADDER}, 1, pulse["write_voltage"], *shape, **read)
ladder = ac.measurement.run(device, pulses, instrument=ac.measurement.FAST)
conductance = ac.analysis.conductance(ladder)

write = ac.measurement.PulseTrain(-pulse["write_voltage"], *shape, 1, **read)
energy = ac.analysis.pulse_energy(
    ac.measurement.run(device, write, instrument=ac.measurement.FAST)
)
"""
    )
