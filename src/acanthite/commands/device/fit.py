"""``acanthite fit``: a device file from a lab's own measurements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from acanthite.commands.device.fit_report import (
    device_json,
    print_loops,
    print_moments,
    print_pulses,
    pulses_json,
)
from acanthite.commands.hints import ByName, Columns, Hints, Units, read_hints
from acanthite.commands.options import (
    FAILED,
    AsJson,
    LabFiles,
    Seed,
    comma_separated,
    option,
    print_json,
    report_skipped,
)
from acanthite.errors import FitError, nearest

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    from acanthite.fitting import DataFile

LawName = Annotated[
    str | None,
    option(
        "LAW",
        "vteam, yakopcic, stanford-pku, linear-drift, filament for loops; soft-bounds, "
        "power-step ... for pulse responses.",
        "pulse responses: all, the best kept",
        "--law",
    ),
]
Out = Annotated[Path, option("FILE.toml", "Device file; pictures go next to it.")]
Names = Annotated[
    str | None, option("NAMES", "Parameters to fit: a,b,c.", "those loops can tell apart")
]
Values = Annotated[
    list[str] | None,
    option("NAME=VALUE", "Hold a parameter, in SI; several times.", name="--fix"),
]
Shared = Annotated[str | None, option("NAMES", "Parameters all devices have in common: a,b.")]
EachName = Annotated[str, option("WHAT", "device or cycle: what has parameters of its own.")]
ScaleName = Annotated[
    str, option("SCALE", "log or linear: compare currents by ratio or difference.")
]
Held = Annotated[
    float, option("SHARE", "Hold out this share of devices or cycles, and predict it.")
]
Rate = Annotated[float | None, option("V/S", "Speed of the sweep, where a file has no times.")]
Begin = Annotated[
    str | None,
    option(
        "NAME",
        "Parameter the state stands at when the data begin: w_on for RESETs by vteam.",
        "a fresh device",
        "--begin",
    ),
]
Ends = Annotated[
    str | None, option("LOW,HIGH", "Conductances in S that relative levels run between.")
]
Flip = Annotated[
    bool,
    typer.Option(
        "--flip", help="Swap the electrodes of the loops, where the law SETs at the other sign."
    ),
]
Likelihood = Annotated[
    bool,
    typer.Option(
        "--likelihood",
        help="Pulse responses: fit law and noise at once, not the mean response first.",
    ),
]


def fit(
    paths: LabFiles,
    law: LawName = None,
    out: Out = Path("device.toml"),
    free: Names = None,
    fix: Values = None,
    shared: Shared = None,
    each: EachName = "device",
    scale: ScaleName = "log",
    holdout: Held = 0.0,
    rate: Rate = None,
    begin: Begin = None,
    conductance: Ends = None,
    flip: Flip = False,
    likelihood: Likelihood = False,
    columns: Columns = None,
    units: Units = None,
    hints: ByName = None,
    seed: Seed = 0,
    as_json: AsJson = False,
) -> int:
    """Fit a device law to loops, or a pulse law to pulse responses, and write a device file.

    The filament is random: it is fitted to how thresholds and conductances of five or more devices
    scatter, the other laws to the currents themselves. Two files of one device, SETs in one and
    RESETs in the other, are taken as sweeps in turn. The file holds every parameter with its
    standard error, 95 % interval and spread between devices, the correlations, what was held out,
    and each fitted file with its hash. 'acanthite train --device FILE.toml' trains on it. Files
    that cannot be read are reported, the others are fitted all the same, and the exit code is 1.
    """
    pulses, loops, files, broken = _read(paths, read_hints(columns, units, hints))
    if pulses and (law is None or not loops):
        ends = _ends(conductance)
        options = {"holdout": holdout, "pulse_noise": likelihood, "conductance": ends}
        _pulses(pulses, law, options, out, files, as_json)
    elif loops:
        options = {
            "free": comma_separated(free) or None,
            "fixed": _fixed(fix or []),
            "shared": comma_separated(shared) or (),
            "each": each,
            "scale": scale,
            "holdout": holdout,
            "rate": rate,
            "begin": begin,
            "seed": seed,
        }
        loops = [_flipped(loop) for loop in loops] if flip else loops
        _loops(loops, law, options, out, files, as_json)
    else:
        raise FitError(
            "no loop or pulse response found; 'acanthite convert' shows what the files hold"
        )
    return FAILED if broken else 0


def _read(
    paths: Sequence[Path], hints: Hints
) -> tuple[list[xr.Dataset], list[xr.Dataset], list[DataFile], bool]:
    """Return pulse responses, loops, the files they are from, and whether one could not be read."""
    from acanthite.fitting import data_file
    from acanthite.measurement import read_folder
    from acanthite.measurement.io.folder import files_in

    general, special = hints
    recordings, skipped = read_folder(paths, by_name=special, **general)
    broken = report_skipped(skipped)
    left = {entry.file for entry in skipped}
    dates = {str(r.attrs.get("file")): str(r.attrs.get("date", "")) for r in recordings}
    files = [data_file(f, dates.get(f.name, "")) for f in files_in(paths) if f not in left]
    pulses = [r for r in recordings if "pulse" in r.dims and "pulse_voltage" in r.coords]
    loops = [r for r in recordings if "current" in r and "pulse" not in r.dims]
    return pulses, loops, files, broken


def _fixed(texts: Sequence[str]) -> dict[str, float]:
    values = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError:
            raise FitError(f"--fix {text!r}; expected NAME=VALUE with a number, in SI") from None
    return values


def _ends(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise FitError(f"--conductance {text!r}; expected two numbers LOW,HIGH in S") from None
    return low, high


def _loops(
    loops: Sequence[xr.Dataset],
    name: str | None,
    options: Mapping[str, Any],
    out: Path,
    files: Sequence[DataFile],
    as_json: bool,
) -> None:
    from acanthite import fitting
    from acanthite.console import working
    from acanthite.device import MODELS

    known = ("filament", *MODELS)
    if name not in known:
        given = f"--law {name!r}" if name else "no --law"
        raise FitError(
            f"{given}: loops need a device law, one of "
            f"{', '.join(known)}{nearest(name or '', known)}"
        )
    if fitting.halves(loops):
        loops = [fitting.interleave(*loops)]
        typer.echo(f"sweeps in turn of one device: {loops[0].attrs['file']}", err=True)
    with working(f"fitting {name}") as progress:
        if name == "filament":
            options = _of_moments(options)
            fit = fitting.fit_moments(loops, fitting.filament(), progress=progress, **options)
        else:
            fit = fitting.fit(loops, MODELS[name], progress=progress, **options)
    fitting.save(fit, out, files)
    by_moments = isinstance(fit, fitting.MomentFit)
    _save_picture(fitting.draw_moments if by_moments else fitting.draw, fit, out)
    if as_json:
        print_json(device_json(fit, out))
    elif by_moments:
        print_moments(fit, out)
    else:
        print_loops(fit, out)


def _flipped(recording: xr.Dataset) -> xr.Dataset:
    names = [n for n in ("voltage", "current", "applied") if n in recording]
    return recording.assign({n: -recording[n] for n in names})


def _of_moments(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a fit by moments; those that only a fit to currents has are refused."""
    for name, default in (("shared", ()), ("each", "device"), ("scale", "log"), ("begin", None)):
        if options[name] != default:
            raise FitError(
                f"--{name} {options[name]!r}: the filament is fitted to distributions, not to "
                "currents; leave it out"
            )
    return {n: options[n] for n in ("free", "fixed", "holdout", "rate", "seed")}


def _pulses(
    recordings: Sequence[xr.Dataset],
    name: str | None,
    options: dict[str, Any],
    out: Path,
    files: Sequence[DataFile],
    as_json: bool,
) -> None:
    from acanthite import fitting
    from acanthite.console import working
    from acanthite.synapse import save

    if len(recordings) > 1:
        raise FitError(
            f"{len(recordings)} pulse responses; expected one file, its devices in columns: fit "
            "them one by one"
        )
    laws = [name] if name else list(fitting.PULSE_LAWS)
    with working("fitting pulse laws") as progress:
        fits = fitting.compare(recordings[0], laws, progress=progress, **options)
    best = next(iter(fits.values()))
    origin = {
        "fitted_to": "; ".join(f"{f.file}, sha256 {f.sha256}" for f in files),
        "held_out": best.held_out,
        "verdict": str(best.verdict),
        "conductance": "assumed: the file holds relative levels" if best.assumed else None,
    }
    provenance = {key: value for key, value in origin.items() if value is not None}
    save(replace(best.synapse, provenance=provenance), out)
    _save_picture(fitting.draw_pulses, fits, out)
    if as_json:
        print_json(pulses_json(fits, out))
    else:
        print_pulses(fits, out)


def _save_picture(draw: Callable[[Any], Figure], fit: Any, out: Path) -> None:
    from acanthite.drawing import look, save_png

    with look():
        save_png(draw(fit), out.with_suffix(".png"))
