"""``acanthite measure``: a device taken through a programme, as picture, CSV and NetCDF."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acanthite.commands.options import (
    AsJson,
    Over,
    Seed,
    Thickness,
    Threads,
    TrustCode,
    chosen_parameters,
    comma_separated,
    law_of,
    option,
    print_json,
    print_written,
    whole_number,
)
from acanthite.commands.wafer.film import recipe_of
from acanthite.errors import ProgramError, nearest

if TYPE_CHECKING:
    import xarray as xr

    from acanthite.device import Devices
    from acanthite.measurement import Load, Program

PROGRAMS = {
    "sweep": "Sweep",
    "current-sweep": "CurrentSweep",
    "waveform": "Waveform",
    "pulses": "PulseTrain",
    "ladder": "PulseLadder",
    "endurance": "Endurance",
    "retention": "Retention",
    "paired-pulses": "PairedPulses",
    "spike-pairs": "SpikePairs",
}
"""Programmes by name; what they take is in the documentation of the class."""

_DELAYS = (0.01, 0.015, 0.022, 0.033, 0.05, 0.075)  # s
_DEFAULTS: dict[str, dict[str, Any]] = {
    "sweep": {"first": -0.5, "second": 0.5},
    "current-sweep": {"first": -1e-4},
    "ladder": {"repeats": 1},
    "endurance": {"cycles": 100},
    "paired-pulses": {"intervals": [1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0]},
    "spike-pairs": {"delays": [sign * t for sign in (-1, 1) for t in _DELAYS]},
}
_count = whole_number(1, 10**6, "a number of devices; give a whole number from 1")

ProgramName = Annotated[
    str, typer.Argument(metavar="PROGRAM", help=", ".join(PROGRAMS), show_default=False)
]
Settings = Annotated[
    list[str] | None,
    option(
        "NAME=VALUE", "A setting in SI; lists as a,b,c; may be given several times.", name="--set"
    ),
]
After = Annotated[
    str | None,
    option("PROGRAM", "Applied first, such as sweep:first=-0.5:compliance=1e-4.", "nothing"),
]
DeviceFile = Annotated[
    Path | None, option("FILE.toml", "A device file of 'acanthite fit'.", "Ag2S", "--device")
]
HowMany = Annotated[int, option("N", "Devices of the population.", parser=_count)]
Resistance = Annotated[float | None, option("OHM", "In series with the device.", "none")]
Capacitance = Annotated[float | None, option("F", "Across the device; needs --resistance.", "none")]
Gate = Annotated[
    float | None, option("V", "Of a transistor in series (1T1R), in a SET.", "none", "--gate")
]
Kelvin = Annotated[float | None, option("K", "Temperature of the Ag2S devices.", "the set's")]
States = Annotated[str | None, option("NAMES", "States to record: gap,radius or all.", "none")]
Out = Annotated[Path, option("DIR", "Folder for the picture, CSV and NetCDF.")]


def measure(
    program: ProgramName,
    settings: Settings = None,
    after: After = None,
    device: DeviceFile = None,
    thickness: Thickness = None,
    devices: HowMany = 3,
    seed: Seed = 1,
    resistance: Resistance = None,
    capacitance: Capacitance = None,
    gate: Gate = None,
    temperature: Kelvin = None,
    states: States = None,
    out: Out = Path("acanthite-measure"),
    parameters: Over = None,
    threads: Threads = None,
    as_json: AsJson = False,
    trust_code: TrustCode = False,
) -> None:
    """Take devices through a programme; write what was measured.

    A waveform takes --set time=0,1,2 --set voltage=0,-0.4,0. DIR gets recording.nc, recording.csv
    and recording.png, and what an analysis made of pairs.
    """
    from acanthite import measurement
    from acanthite import threads as pool

    if threads is not None:
        pool.use(threads)
    chosen = _program(program, settings or [])
    first = None if after is None else _program(*_parts(after))
    population = (
        _ag2s(devices, seed, thickness, temperature, parameters)
        if device is None
        else _of_file(device, devices, seed, trust_code, (thickness, temperature, parameters))
    )
    recording = measurement.run(
        population,
        chosen,
        after=first,
        load=_load(resistance, capacitance, gate),
        states=states == "all" or comma_separated(states),
        progress=not as_json,
    )
    result = _analysis(program, recording)
    files = _write(recording, result, out)
    if as_json:
        print_json(_numbers(program, recording, result, files))
        return
    typer.echo(f"{len(population)} devices of {population.law.name}, {chosen}")
    for name in ("voltage", "current", "peak_current"):
        if name in recording:
            low, high = float(recording[name].min()), float(recording[name].max())
            typer.echo(f"{name:<13}{low:.4g} to {high:.4g} {recording[name].attrs['units']}")
    if result is not None:
        typer.echo(str(result))
        typer.echo(f"verdict: {result.verdict}")
    print_written(files)


def _parts(text: str) -> tuple[str, list[str]]:
    name, *settings = text.split(":")
    return name, settings


def _program(name: str, settings: list[str]) -> Program:
    """Return a programme by name with its settings."""
    from acanthite import measurement

    if name not in PROGRAMS:
        raise ProgramError(
            f"program {name!r} is unknown; expected one of {', '.join(PROGRAMS)}"
            f"{nearest(name, PROGRAMS)}"
        )
    kind: Any = getattr(measurement, PROGRAMS[name])
    fields = {f.name: f for f in dataclasses.fields(kind)}
    given = dict(_DEFAULTS.get(name, {}))
    for text in settings:
        key, equals, value = text.partition("=")
        if not equals or key not in fields:
            raise ProgramError(
                f"--set {text}: expected NAME=VALUE with one of {', '.join(fields)}"
                f"{nearest(key, fields)}"
            )
        given[key] = _value(text, value)
    missing = [n for n, f in fields.items() if f.default is dataclasses.MISSING and n not in given]
    if missing:
        raise ProgramError(f"program {name!r} needs --set {missing[0]}=...")
    return kind(**given)


def _value(text: str, value: str) -> Any:
    """Return a number, or a list of them."""
    try:
        numbers = [float(part) for part in value.split(",")]
    except ValueError:
        raise ProgramError(
            f"--set {text}: {value!r} is no number; expected one in SI, or several as a,b,c"
        ) from None
    whole = [
        int(n) if n == int(n) and abs(n) < 2**53 else n
        for n in numbers
        if n == n and abs(n) != float("inf")
    ]
    if len(whole) < len(numbers):
        raise ProgramError(f"--set {text}: expected finite numbers")
    return whole if len(whole) > 1 else whole[0]


def _ag2s(
    n: int, seed: int, thickness: float | None, kelvin: float | None, file: Path | None
) -> Devices:
    from acanthite.device import Filament
    from acanthite.film import grow

    chosen = chosen_parameters(file)
    if kelvin is not None:
        quantity = dataclasses.replace(chosen["filament.temperature"], value=kelvin)
        chosen = chosen.replace({"filament.temperature": quantity})
    film = grow(recipe_of(chosen, thickness), chosen)
    return Filament.from_film(film, chosen).sample(n, seed=seed)


def _of_file(
    file: Path, n: int, seed: int, trust: bool, film: tuple[float | Path | None, ...]
) -> Devices:
    if any(option is not None for option in film):
        raise ProgramError(
            "--device has its own parameters; leave out --thickness, --temperature and --parameters"
        )
    return law_of(file, trust).sample(n, seed=seed)


def _load(resistance: float | None, capacitance: float | None, gate: float | None) -> Load | None:
    from acanthite.measurement import Load, Transistor

    if resistance is None and capacitance is None and gate is None:
        return None
    transistor = None if gate is None else Transistor(gate)
    return Load(resistance or 0.0, transistor, capacitance or 0.0)


def _analysis(name: str, recording: xr.Dataset) -> Any:
    """Return what an analysis makes of pairs; None of other programmes, which have several."""
    from acanthite import analysis

    if name == "paired-pulses":
        return analysis.paired_pulses(recording)
    return analysis.spike_timing(recording) if name == "spike-pairs" else None


def _write(recording: xr.Dataset, result: Any, out: Path) -> list[Path]:
    from acanthite.drawing import look, save_png
    from acanthite.measurement import save_recording, write

    out.mkdir(parents=True, exist_ok=True)
    files = [out / f"recording.{ending}" for ending in ("nc", "csv", "png")]
    save_recording(recording, files[0])
    write(recording, files[1], "csv")
    with look():
        ax = recording.acanthite.plot() if result is None else result.plot()
        save_png(ax.figure, files[2])
    return files


def _numbers(name: str, recording: xr.Dataset, result: Any, files: list[Path]) -> dict[str, Any]:
    numbers: dict[str, Any] = {
        "program": name,
        "sizes": {str(d): n for d, n in recording.sizes.items()},
        "voltage": [float(recording["voltage"].min()), float(recording["voltage"].max())],
        "current": [float(recording["current"].min()), float(recording["current"].max())],
        "files": [str(path) for path in files],
    }
    if result is not None:
        numbers["verdict"] = result.verdict
        middle = result.mean if name == "paired-pulses" else result.median
        numbers["index" if name == "paired-pulses" else "change"] = middle.tolist()
    return numbers
